"""The explanation of a change, from publications: what pages, the command line and the other side recompute alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from levelfield.drill_down import localise_rate
from levelfield.drill_down.cause import Cause
from levelfield.drill_down.explanation import Contribution, Explanation, Owner, Place, Question, Span
from levelfield.drill_down.leaves import NOT_NAMED
from levelfield.drill_down.mixing import Part
from levelfield.drill_down.of_queue import QueueFigures, explain_queues
from levelfield.drill_down.of_ratio import explain_ratio, explain_sum
from levelfield.drill_down.owners import DRIVERS
from levelfield.drill_down.spans import apart, days_of
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Abandons, Definition
from levelfield.measures.measure import Form, Measure, Unit
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value
from levelfield.queueing import typical
from levelfield.words import Grain, Period, Refusal, RefusalKind
from levelfield_io.house_at_hand import Ask, kept_intervals
from levelfield_io.queues_at_hand import Intervals, slots_of
from levelfield_io.store import Store

# Which of the queue model's measures a measure is, given its definition.
QUEUES: Mapping[str, Callable[[Definition], str]] = {
    "service_level": lambda d: {
        Abandons.NOT_COUNTED: "within_of_answered", Abandons.WITHIN_IGNORED: "within_ignored", Abandons.WITHIN_CREDITED: "within_credited",
    }.get(d.abandons, "service_level"),
    "answered_within_of_answered": lambda d: "within_of_answered",
    "abandonment": lambda d: "abandonment",
    "answered_share": lambda d: "answered_share",
    "asa": lambda d: "asa_s",
}  # fmt: skip
SPLIT = {
    "volume": ("site", "line", "channel", "language", "queue"), "contacts": ("reason", "tenure_band", "line", "site", "channel"),
    "surveys": ("line", "site", "channel"), "evaluations": ("line", "site", "channel"), "repeats": ("reason", "tenure_band", "line", "site", "channel"),
}  # fmt: skip
QUEUE = ("line", "site", "channel")  # what makes a queue of its own
Counts = tuple[float, float]  # numerator and denominator
NOTHING: Counts = (0.0, 0.0)
WORTH_ASKING = 0.15  # of the largest part; smaller ones raise no question
LEAST_ANSWERED = 0.5  # share of the queues' contacts whose intervals must be known to ask the queue model


@dataclass(frozen=True)
class Wanted:
    """What is to be explained: a measure of a slice, between two spans."""

    measure: Measure
    definition: Definition
    before: Span
    after: Span
    only: Mapping[str, tuple[str, ...]]
    lock_days: int = 10
    by: tuple[str, ...] = ()  # dimensions to split by; those of the facts where none are named


def explain(store: Store, publications: Mapping[str, str], ask: Ask, wanted: Wanted) -> Explanation:
    """Explain a change of one partner's measure, or of several partners together.

    `ask` answers questions on measures from the publications. Refuses: spans that overlap or hold nothing, measures that are
    no sums and no ratios of sums.
    """
    apart(wanted.before, wanted.after)
    measure = wanted.measure
    if measure.form not in (Form.RATIO, Form.SUM) or measure.denominator_sheet:
        raise Refusal(
            f"{measure.title} is no sum and no ratio of sums of one kind of facts, so its change has no parts that add up",
            expected="a share, a mean or a count", next_step="Explain the measures it is made of.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    spans = (days_of(wanted.before), days_of(wanted.after))
    first, last = (_whole(ask, wanted, span) for span in (wanted.before, wanted.after))
    base = Explanation(
        wanted.before, wanted.after, _plain(measure, first), _plain(measure, last), first.n, last.n, (), "", publication=last.publication,
    )  # fmt: skip
    if measure.form is Form.SUM:
        return _of_sum(base, ask, wanted, spans, publications)
    if len(publications) == 1 and measure.name in QUEUES and not wanted.by:
        ((partner, publication),) = publications.items()
        own = _of_queues(base, store, partner, publication, ask, wanted, spans)
        if own is not None:
            return own
    return _of_ratio(base, store, ask, wanted, spans, publications)


def _whole(ask: Ask, wanted: Wanted, span: Span) -> Value:
    """The measure over a whole span. Refuses a span without facts."""
    value = next(iter(_values(ask, wanted, days_of(span), ())), None)
    if value is None or value.numerator is None or (wanted.measure.form is Form.RATIO and not value.denominator):
        raise Refusal(
            f"There is no {wanted.measure.title.lower()} for {span.name}", expected="two spans with facts", next_step="Choose other spans.",
        )  # fmt: skip
    return value


def _values(ask: Ask, wanted: Wanted, span: Period, by: Sequence[str]) -> Sequence[Value]:
    return ask(
        Asked(
            ((wanted.measure, wanted.definition),), by=tuple(by), grain=Grain.ALL, period=span, only=dict(wanted.only)
        )
    )


def _counts(
    ask: Ask, wanted: Wanted, span: Period, by: Sequence[str], unnamed: str = ""
) -> Mapping[tuple[str, ...], Counts]:
    """Numerator and denominator of a ratio by the labels of some dimensions, exactly as it is defined."""
    return {
        tuple(str(v.of(d) or unnamed) for d in by): (float(v.numerator or 0), float(v.denominator or 0))
        for v in _values(ask, wanted, span, by)
        if v.denominator
    }


def _plain(measure: Measure, value: Value) -> float:
    """Numerator over denominator, before `times`; of a sum the sum. Too few to print is still enough to take apart."""
    above = float(value.numerator or 0)
    return above / float(value.denominator) if measure.form is Form.RATIO and value.denominator else above


# Queues


def _of_queues(
    base: Explanation,
    store: Store,
    partner: str,
    publication: str,
    ask: Ask,
    wanted: Wanted,
    spans: tuple[Period, Period],
) -> Explanation | None:
    """By queueing, where intervals with staff are known; None where they are not."""
    before, after = (kept_intervals(store, partner, publication, span, wanted.lock_days) for span in spans)
    if before is None or after is None:
        return None
    cells = [_counts(ask, wanted, span, QUEUE) for span in spans]
    figures: dict[Place, tuple[QueueFigures, QueueFigures]] = {}
    opens: dict[Place, float] = {}
    known = 0.0
    for key in sorted(set(cells[0]) | set(cells[1])):
        place: Place = tuple((d, label) for d, label in zip(QUEUE, key, strict=True) if label)
        own = [_of_queue(side, key) for side in (before, after)]
        first, last = (
            _figures(side, values.get(key, NOTHING), wanted.definition) for side, values in zip(own, cells, strict=True)
        )
        figures[place] = (first, last)
        opens[place] = _opens(own[1], store.estate.zone)
        known += last.offered.sum()
    if not figures or known < LEAST_ANSWERED * base.n_after:
        return None
    name = QUEUES[wanted.measure.name](wanted.definition)
    parts, queues, notes = explain_queues(figures, name, opens=opens)
    if all(q.found is None for q in queues):
        return None
    parts = _shortened(parts)
    pushed = [p for p in parts if p.amount * base.change > 0]  # what worked against the change asks nothing
    places = tuple((q.place, q.weight * q.change / base.change) for q in queues) if base.change else ()
    made = replace(
        base, contributions=parts, method="queueing", notes=notes, questions=_questions(pushed), places=places
    )
    return replace(made, reversal=_reversal(made, queues))


def _of_queue(side: Intervals, key: tuple[str, ...]) -> Intervals:
    line, site, channel = key
    return side.where((side.line == line) & (side.site == site) & (side.channel == channel))


def _figures(own: Intervals, cell: Counts, definition: Definition) -> QueueFigures:
    total = {name: float(np.nansum(values)) for name, values in own.counts.items()}
    length = float(np.median(own.length_s)) if len(own) else 1800.0
    threshold = definition.threshold_s or (
        float(np.nanmedian(own.threshold_s)) if len(own) and np.isfinite(own.threshold_s).any() else 20.0
    )
    staffed = own.counts["staffed_ms"] / 1000 / np.maximum(own.length_s, 1)
    if len(own) and not np.isfinite(staffed).any():
        staffed = _spread_over_the_day(own, total)
    handled = np.sum([np.nan_to_num(own.counts[part]) for part in ("talk_ms", "hold_ms", "wrap_ms")], axis=0) / 1000
    return QueueFigures(
        *cell, own.day.astype(np.int64), slots_of(own) if len(own) else np.zeros(0, dtype=np.int64), np.nan_to_num(own.counts["offered"]), own.forecast,
        handled, np.nan_to_num(own.counts["answered"]), (total["wait_answered_ms"] + total["wait_abandoned_ms"]) / 1000,
        total["abandoned"], staffed, own.shifts["scheduled_ms"], own.shifts["adhered_ms"], own.shifts["absence_ms"], own.shifts["system_ms"], length,
        float(threshold),
    )  # fmt: skip


def _spread_over_the_day(own: Intervals, total: Mapping[str, float]) -> Any:
    """Agents by interval where only a day's worked time is known: spread as the day's usual work asks for it, load plus its root."""
    handled = total["talk_ms"] + total["hold_ms"] + total["wrap_ms"]
    if total["answered"] <= 0 or not np.isfinite(own.shifts["adhered_ms"]).any():
        return np.full(len(own), np.nan)
    slots = slots_of(own)
    usual = typical(np.nan_to_num(own.counts["offered"]), slots, slots)
    load = usual * handled / 1000 / total["answered"] / np.maximum(own.length_s, 1)
    wanted = load + np.sqrt(load)
    _days, back = np.unique(own.day, return_inverse=True)
    whole = np.bincount(back, wanted * own.length_s)[back]
    return np.divide(wanted * own.shifts["adhered_ms"] / 1000, whole, out=np.full(len(own), np.nan), where=whole > 0)


def _opens(own: Intervals, zone: str) -> float:
    """The hour of the first interval of a usual day, on the client's clock."""
    if not len(own):
        return 0.0
    seconds = own.start_at.astype("datetime64[s]").astype(np.int64)
    shift = dt.datetime.fromtimestamp(int(np.median(seconds)), ZoneInfo(zone)).utcoffset() or dt.timedelta()
    return float(((seconds + int(shift.total_seconds())) % 86_400).min()) / 3600


def _shortened(parts: Sequence[Contribution]) -> tuple[Contribution, ...]:
    """Where one queue makes most of a driver, the driver is told with its place."""
    made = []
    for part in parts:
        if part.parts and part.amount:
            first, moved = part.parts[0], sum(abs(p.amount) for p in part.parts)
            if abs(first.amount) >= 0.8 * moved and not part.where:
                where = tuple((d, label) for d, label in first.where if d in ("site", "line"))
                part = replace(part, where=where)
        made.append(part)
    return tuple(made)


def _reversal(own: Explanation, queues: Sequence[Any]) -> str:
    """Did the whole go one way and nearly all queues the other?"""
    moved = [q for q in queues if q.weight]
    against = sum(q.weight for q in moved if q.change * own.change < 0)
    if not moved or own.change == 0 or against < 0.9:
        return ""
    many = sum(q.change * own.change < 0 for q in moved)
    return f"The whole {'rose' if own.change > 0 else 'fell'}, and {many} of its {len(moved)} queues went the other way: the mix did it, not the work."


def _questions(parts: Sequence[Contribution]) -> tuple[Question, ...]:
    """What the largest parts ask of each side."""
    found = []
    least = WORTH_ASKING * max((abs(p.amount) for p in parts), default=0.0)
    for part in parts[:4]:
        words = DRIVERS.get(part.driver) if abs(part.amount) >= least else None
        if words is None:
            continue
        place = ", ".join(label for _d, label in (part.where or (part.parts[0].where if part.parts else ())))
        for side, text in ((Owner.CLIENT, words.ask_client), (Owner.PARTNER, words.ask_partner)):
            if text:
                said = f"{part.evidence}. " if part.evidence else (f"{place}. " if place else "")
                found.append(Question(side, f"{said}{text}"))
    return tuple(found)


# Ratios


def _of_ratio(
    base: Explanation,
    store: Store,
    ask: Ask,
    wanted: Wanted,
    spans: tuple[Period, Period],
    publications: Mapping[str, str],
) -> Explanation:
    dims = wanted.by or _dims(wanted, len(publications) > 1)
    table, used = _finer(ask, wanted, spans, base.change) if not wanted.by and len(publications) == 1 else (None, [])
    if table is None:
        table, used = _leaves(ask, wanted, spans, dims)
    if table is None:
        return replace(base, method="mix and rate", remainder_words="which no delivered attribute splits")
    causes: list[Cause] = []
    notes: list[str] = []
    if not wanted.by and wanted.measure.unit is Unit.SHARE and len(publications) == 1:
        found = localise_rate(table, used, "after_num", "after_den", "before_num", "before_den")
        causes, notes = list(found)[:3], [n for n in found.notes if "everywhere" in n]
    own = explain_ratio(table, used, causes)
    parts = own.contributions
    if len(publications) > 1 and not wanted.by:
        notes.extend(_together(own.found.parts, base.change))
    return replace(
        base, contributions=parts, method="mix and rate", notes=(*own.notes, *notes), questions=_asked(wanted.measure, parts, store.estate.name_of), reversal=own.found.reversal,
        remainder_words="in facts without these attributes", places=tuple((tuple(sorted(c.where.items())), c.share) for c in causes),
    )  # fmt: skip


# Handling time is known by contact as well, with reason and tenure, which intervals are not.
FINER = {
    "aht": Measure(
        "aht", "Average handling time", "Of single contacts.", "Σ handling / answered", "contacts", Unit.SECONDS, lambda t, d: t.handle_ms, lambda t, d: t.answered,
        times=0.001,
    ),
}  # fmt: skip
NEAR = 0.25  # of the change: facts of single contacts that tell another story are not used


def _finer(ask: Ask, wanted: Wanted, spans: tuple[Period, Period], whole: float) -> tuple[pa.Table | None, list[str]]:
    """The same measure from single contacts, where they tell the same change."""
    own = FINER.get(wanted.measure.name)
    if own is None:
        return None, []
    finer = replace(wanted, measure=own)
    table, used = _leaves(ask, finer, spans, _dims(finer, False))
    if table is None:
        return None, []
    totals = {
        name: float(np.sum(table.column(name).to_numpy()))
        for name in ("before_num", "before_den", "after_num", "after_den")
    }
    if min(totals["before_den"], totals["after_den"]) <= 0:
        return None, []
    change = totals["after_num"] / totals["after_den"] - totals["before_num"] / totals["before_den"]
    return (table, used) if abs(change - whole) <= NEAR * abs(whole) else (None, [])


MOST_TOGETHER = 2 / 3  # of those that moved beyond chance; where more go one way, the cause is looked for upstream


def _together(parts: Sequence[Part], change: float) -> list[str]:
    """Whether most partners moved the same way beyond chance."""
    moved = [p for p in parts if p.rate_range is not None and not p.rate_range[0] <= 0 <= p.rate_range[1]]
    same = [p for p in moved if p.rate * change > 0]
    if len(same) < 2 or len(same) < MOST_TOGETHER * len(parts):
        return []
    return [
        f"{len(same)} of {len(parts)} moved the same way beyond chance. A cause on the client's side, or outside, is looked for before any of them is asked."
    ]


def _dims(wanted: Wanted, several: bool) -> tuple[str, ...]:
    if several:
        return ("partner",)
    sheet = SHEETS[wanted.measure.sheet]
    return tuple(
        d
        for d in SPLIT.get(sheet.name, sheet.dimensions)
        if d in sheet.dimensions and len(wanted.only.get(d, ("", ""))) != 1
    )


def _leaves(
    ask: Ask, wanted: Wanted, spans: tuple[Period, Period], dims: Sequence[str]
) -> tuple[pa.Table | None, list[str]]:
    """Counts of both spans by all dimensions, one row per leaf."""
    sides = [_counts(ask, wanted, span, dims, NOT_NAMED) for span in spans]
    keys = sorted(set(sides[0]) | set(sides[1]))
    if not keys:
        return None, []
    columns: dict[str, Any] = {d: pa.array([k[i] for k in keys]).dictionary_encode() for i, d in enumerate(dims)}
    for name, side in (("before", sides[0]), ("after", sides[1])):
        columns[f"{name}_num"] = np.array([side.get(k, NOTHING)[0] for k in keys])
        columns[f"{name}_den"] = np.array([side.get(k, NOTHING)[1] for k in keys])
    return pa.table(columns), list(dims)


def _asked(measure: Measure, parts: Sequence[Contribution], name_of: Callable[[str], str]) -> tuple[Question, ...]:
    """What the largest parts of a ratio ask."""
    found = []
    for part in parts[:4]:
        place = ", ".join(name_of(label) if d == "partner" else label for d, label in part.where)
        if part.driver == "rate" and place:
            found.append(
                Question(
                    Owner.PARTNER,
                    f"{measure.label} at {place} changed by itself: what is done otherwise there?",
                )
            )
            if part.owner is not Owner.PARTNER:
                found.append(
                    Question(
                        Owner.CLIENT, f"Did anything of the client's change for {place}: a product, a tool, a policy?"
                    )
                )
        elif part.driver.startswith("mix of ") and part.amount:
            side = part.owner if part.owner in (Owner.CLIENT, Owner.PARTNER) else Owner.CLIENT
            found.append(
                Question(
                    side,
                    f"The {part.driver.removeprefix('mix of ').replace('_', ' ')} mix changed ({part.words}): was it meant, and will it stay?",
                )
            )
    return tuple(found)


def _of_sum(
    base: Explanation, ask: Ask, wanted: Wanted, spans: tuple[Period, Period], publications: Mapping[str, str]
) -> Explanation:
    """A count or an amount by one dimension; spans of different length are brought to a day each."""
    sheet = SHEETS[wanted.measure.sheet]
    dimension = (
        wanted.by
        or (
            ("partner",)
            if len(publications) > 1
            else tuple(d for d in ("line", "reason", "site") if d in sheet.dimensions) or ("partner",)
        )
    )[0]
    sides = [
        {
            str(v.of(dimension) or NOT_NAMED): float(v.numerator or 0) / span.days
            for v in _values(ask, wanted, span, (dimension,))
        }
        for span in spans
    ]
    before, after = (base.value_before / spans[0].days, base.value_after / spans[1].days)
    parts = tuple(replace(c, words=dimension.replace("_", " ")) for c in explain_sum(sides[0], sides[1], dimension))
    days = [span.days for span in spans]
    notes = (f"The spans hold {days[0]} and {days[1]} days; figures are per day.",) if days[0] != days[1] else ()
    return replace(
        base,
        value_before=before,
        value_after=after,
        contributions=parts,
        method="parts of a sum",
        notes=notes,
    )
