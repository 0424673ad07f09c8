"""The two spans a change lies between: named by people, or taken from when an episode began."""

from __future__ import annotations

from collections.abc import Sequence

from levelfield.drill_down.explanation import Span
from levelfield.words import Grain, Period, Refusal, RefusalKind

WEEKS_BEFORE = 8  # enough for a usual week, near enough to be the same world
MOST_AFTER = 8  # of a long episode its first weeks: later ones have other causes as well
PLAIN_AFTER = 4


def days_of(span: Span) -> Period:
    """The days of a span of named periods, the last one included.

    >>> days_of(Span("2026-02", "2026-03"))
    Period(start=datetime.date(2026, 2, 1), end=datetime.date(2026, 4, 1))
    """
    return Period(Period.parse(span.first).start, Period.parse(span.last).end)


def span_of(text: str) -> Span:
    """A span as people write it: `2026-03`, `2026-W10..2026-W17`, the last one included.

    >>> span_of("2026-W10..2026-W17")
    Span(first='2026-W10', last='2026-W17')
    """
    first, dots, last = text.strip().partition("..")
    span = Span(first.strip(), (last if dots else first).strip())
    try:
        days_of(span)
    except Refusal as refusal:
        raise Refusal(
            f"“{text[:60]}” is not a span of time", expected="a period such as 2026-03, or two such as 2026-W10..2026-W17",
            next_step=refusal.what, kind=RefusalKind.DEFINITION,
        ) from None  # fmt: skip
    return span


def around(names: Sequence[str], onset: str | None, end: str | None, grain: Grain) -> tuple[Span, Span] | None:
    """Before and after an onset among consecutive periods, oldest first; the latest periods where there is no onset.

    `end`: the first period that is as before again, None where the episode goes on. None where too few periods lie before.
    """
    if not names:
        return None
    start = names.index(onset) if onset in names and onset is not None else max(0, len(names) - PLAIN_AFTER)
    stop = names.index(end) if end in names and end is not None else len(names)
    after = names[start : max(stop, start + 1)][:MOST_AFTER]
    before = names[max(0, start - WEEKS_BEFORE) : start]
    if (len(before) < 2 and grain is not Grain.MONTH) or not before:
        return None
    return Span(before[0], before[-1]), Span(after[0], after[-1])


def apart(before: Span, after: Span) -> None:
    """Refuse spans that overlap: a change from a week to itself is none."""
    one, other = days_of(before), days_of(after)
    if one.start < other.end and other.start < one.end:
        raise Refusal(
            f"The two spans overlap: {before.name} and {after.name}",
            expected="two spans without a day in common",
            kind=RefusalKind.DEFINITION,
        )
