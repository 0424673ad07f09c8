"""One row at a time: numbers that cannot be true together."""

from __future__ import annotations

import functools
import operator

import ibis
import ibis.expr.types as ir

from levelfield.same_data.finding import Severity
from levelfield.same_data.rules.rule import Look, RowRule
from levelfield.same_data.shape import Kind, Shape

A_DAY_S = 86_400
NUMBERS = (Kind.COUNT, Kind.DURATION, Kind.THOUSANDTHS, Kind.MONEY)


def unreadable(shape: Shape, column: str) -> RowRule:
    """A cell has text that cannot be read as the column's kind."""
    index = shape.names.index(column)
    kinds = {
        "count": "a whole number",
        "duration": "a length of time",
        "day": "a day",
        "moment": "a moment",
        "flag": "yes or no",
    }
    kind = kinds.get(shape[column].kind, "a number")
    return RowRule(
        name="unreadable",
        severity=Severity.REJECTED,
        sentence=f"`{column}` cannot be read as {kind} in {{rows}}.",
        wrong=lambda t, look: (t.bad & (1 << index)) != 0,
        columns=(column,),
        next_step="Correct the cells, or change the column's format in the profile.",
    )


def missing_needed(shape: Shape, column: str) -> RowRule:
    """A column every row must have is blank."""
    index = shape.names.index(column)
    return RowRule(
        name="missing",
        severity=Severity.REJECTED,
        sentence=f"`{column}` is blank in {{rows}}; without it a row says nothing.",
        wrong=lambda t, look: t[column].isnull() & ((t.bad & (1 << index)) == 0),
        columns=(column,),
        next_step="Fill the cells and deliver the file again.",
    )


def negative(shape: Shape, column: str) -> RowRule:
    """A number that counts or measures something lies below zero."""
    return RowRule(
        name="negative",
        severity=Severity.REJECTED,
        sentence=f"`{column}` is below zero in {{rows}}.",
        wrong=lambda t, look: (t[column] < 0).fill_null(False),
        columns=(column,),
        next_step="Correct the rows and deliver the file again.",
    )


def not_above(part: str, whole: str) -> RowRule:
    """A part cannot exceed its whole. In intervals shorter than a day a contact may cross the boundary."""

    def wrong(t: ir.Table, look: Look) -> ir.BooleanValue:
        if "length_s" not in t.columns:
            return (t[part] > t[whole]).fill_null(False)
        slack = ibis.ifelse(t.length_s >= A_DAY_S, 0.0, ibis.greatest(2.0, t[whole] * 0.02))
        return (t[part] > t[whole] + slack).fill_null(False)

    return RowRule(
        name=f"{part}_above_{whole}",
        severity=Severity.REJECTED,
        sentence=f"`{part}` is larger than `{whole}` in {{rows}}. Expected {part} ≤ {whole}.",
        wrong=wrong,
        columns=(part, whole),
        shapes=("intervals",),
        next_step="Correct the rows and deliver the file again.",
    )


def among(shape: str, column: str, words: tuple[str, ...]) -> RowRule:
    """A column takes only certain words."""
    return RowRule(
        name="unknown_word",
        severity=Severity.REJECTED,
        sentence=f"`{column}` holds another word than {', '.join(words)} in {{rows}}.",
        wrong=lambda t, look: (t[column].notnull() & ~t[column].isin(words)).fill_null(False),
        columns=(column,),
        shapes=(shape,),
        next_step="Translate the words in the profile ([columns.…] words = { … }).",
    )


def not_before(shape: str, later: str, earlier: str) -> RowRule:
    """What ends cannot end before it began."""
    return RowRule(
        name=f"{later}_before_{earlier}",
        severity=Severity.REJECTED,
        sentence=f"`{later}` lies before `{earlier}` in {{rows}}.",
        wrong=lambda t, look: (t[later] < t[earlier]).fill_null(False),
        columns=(later, earlier),
        shapes=(shape,),
        next_step="Correct the moments; check day and month, and the time zone.",
    )


SCORE_OFF_SCALE = RowRule(
    name="score_off_scale",
    severity=Severity.REJECTED,
    sentence="The score lies outside its own scale in {rows}.",
    wrong=lambda t, look: ((t.score_milli < t.scale_low_milli) | (t.score_milli > t.scale_high_milli)).fill_null(False),
    columns=("score_milli", "scale_low_milli", "scale_high_milli"),
    shapes=("surveys",),
    next_step="Check which scale the question was asked on.",
)
SCORE_ABOVE_100 = RowRule(
    name="score_above_100",
    severity=Severity.REJECTED,
    sentence="The quality score is above 100 per cent in {rows}.",
    wrong=lambda t, look: (t.score_milli > 100_000).fill_null(False),
    columns=("score_milli",),
    shapes=("evaluations",),
    next_step="Deliver scores in per cent, 0 to 100.",
)
LONGEST_ABOVE_SUM = RowRule(
    name="longest_wait_above_all_waits",
    severity=Severity.WARNING,
    sentence="The longest wait is longer than all waits together in {rows}.",
    wrong=lambda t, look: (
        t.longest_wait_ms > t.wait_answered_ms + ibis.coalesce(t.wait_abandoned_ms, t.longest_wait_ms) + 1000
    ).fill_null(False),
    columns=("longest_wait_ms", "wait_answered_ms"),
    shapes=("intervals",),
    next_step="Check the units of the two columns.",
)
BUSY_ABOVE_STAFFED = RowRule(
    name="handling_above_staffed",
    severity=Severity.WARNING,
    sentence="Handling time is longer than all signed-in time in {rows}; concurrent chats or a wrong unit can do this.",
    wrong=lambda t, look: ((t.talk_ms + t.hold_ms + t.wrap_ms) > t.staffed_ms * 1.05).fill_null(False),
    columns=("talk_ms", "hold_ms", "wrap_ms", "staffed_ms"),
    shapes=("intervals",),
)
FUTURE = RowRule(
    name="future",
    severity=Severity.REJECTED,
    sentence="The day lies in the future in {rows}.",
    wrong=lambda t, look: (t.day > ibis.literal(look.today)).fill_null(False),
    columns=("day",),
    shapes=("intervals", "contacts", "surveys", "evaluations", "tickets", "headcount"),
    next_step="Check day and month, and the year.",
)
LONG_AGO = RowRule(
    name="long_ago",
    severity=Severity.REJECTED,
    sentence="The day lies before the year 2000 in {rows}.",
    wrong=lambda t, look: (t.day < ibis.date("2000-01-01")).fill_null(False),
    columns=("day",),
    next_step="Check the date format: a two-digit year, or an empty date read as 1970 or 1900.",
)
DAY_APART = RowRule(
    name="too_long_interval",
    severity=Severity.REJECTED,
    sentence="The interval is shorter than a minute or longer than a quarter in {rows}.",
    wrong=lambda t, look: ((t.length_s < 60) | (t.length_s > 93 * A_DAY_S)).fill_null(False),
    columns=("length_s",),
    next_step="Give the length in seconds.",
)

FIXED: tuple[RowRule, ...] = (
    not_above("answered", "offered"),
    not_above("abandoned", "offered"),
    not_above("answered_within", "answered"),
    not_above("abandoned_within", "abandoned"),
    not_above("short_abandoned", "abandoned"),
    not_above("transferred", "answered"),
    not_above("callbacks_within_10min", "callbacks"),
    among("surveys", "question", ("csat", "nps", "fcr")),
    among("evaluations", "scored_by", ("client", "partner")),
    among("evaluations", "sample", ("random", "risk", "targeted")),
    among("events", "owner", ("client", "partner", "outside")),
    not_before("events", "ends_at", "starts_at"),
    not_before("tickets", "solved_at", "opened_at"),
    SCORE_OFF_SCALE,
    SCORE_ABOVE_100,
    LONGEST_ABOVE_SUM,
    BUSY_ABOVE_STAFFED,
    FUTURE,
    LONG_AGO,
    DAY_APART,
)


def row_rules(look: Look) -> tuple[RowRule, ...]:
    """Every row rule that applies to a delivery."""
    shape = look.shape
    made = [
        *(unreadable(shape, c.name) for c in shape.columns if c.kind not in (Kind.TEXT, Kind.KEY)),
        *(missing_needed(shape, name) for name in shape.needed),
        *(negative(shape, c.name) for c in shape.columns if c.kind in NUMBERS and not c.negative),
    ]
    return tuple(rule for rule in (*made, *FIXED) if rule.applies(look))


def kept_out(rules: list[RowRule], t: ir.Table, look: Look) -> ir.BooleanValue:
    """Rows that any of these rules keeps out of the facts."""
    wrongs = [rule.wrong(t, look) for rule in rules if rule.keeps_out]
    return functools.reduce(operator.or_, wrongs) if wrongs else ibis.literal(False)
