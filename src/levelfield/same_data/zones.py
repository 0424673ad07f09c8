"""Local time to UTC and back as arithmetic, so that every engine gives the same moment.

An engine's own time-zone tables differ by release. Here the zone's changes of offset are written into the
expression, so the result depends only on the tz database of the machine that publishes.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Callable
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

from levelfield.words import Refusal, RefusalKind

FIRST_YEAR, LAST_YEAR = 2000, 2040


@functools.cache
def zone_named(name: str) -> ZoneInfo:
    """The zone of a name, or a refusal that says what a name looks like."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Refusal(
            f"“{name}” is not a time zone",
            expected="a name such as Europe/London or America/New_York",
            kind=RefusalKind.DEFINITION,
        ) from None


@functools.cache
def changes(name: str) -> tuple[tuple[dt.datetime, int], ...]:
    """Moments (naive UTC) at which the zone's offset changes, with the offset in seconds from then on.

    >>> [(at.isoformat(), offset) for at, offset in changes("Europe/London") if at.year == 2026]
    [('2026-03-29T01:00:00', 3600), ('2026-10-25T01:00:00', 0)]
    """
    zone = zone_named(name)

    def offset(at: dt.datetime) -> int:
        return int(at.replace(tzinfo=dt.UTC).astimezone(zone).utcoffset().total_seconds())  # type: ignore[union-attr]

    at, last = dt.datetime(FIRST_YEAR, 1, 1), offset(dt.datetime(FIRST_YEAR, 1, 1))
    found = [(dt.datetime.min, last)]
    while at.year < LAST_YEAR:
        later = at + dt.timedelta(days=7)
        if offset(later) != last:
            low, high = at, later
            while high - low > dt.timedelta(seconds=1):
                middle = low + (high - low) / 2
                middle = middle.replace(microsecond=0)
                low, high = (middle, high) if offset(middle) == last else (low, middle)
            last = offset(high)
            found.append((high, last))
        at = later
    return tuple(found)


def _offset(moment: ir.TimestampValue, steps: tuple[tuple[dt.datetime, int], ...]) -> ir.IntegerValue:
    """Offset in seconds at a moment: a balanced tree of comparisons."""
    if len(steps) == 1:
        return ibis.literal(steps[0][1], type="int64")
    middle = len(steps) // 2
    return ibis.ifelse(
        moment < ibis.literal(steps[middle][0], type="timestamp(6)"),
        _offset(moment, steps[:middle]),
        _offset(moment, steps[middle:]),
    )


def local_from_utc(moment: ir.TimestampValue, zone: str) -> ir.TimestampValue:
    """Naive local time of a naive UTC moment."""
    steps = changes(zone)
    return moment + _offset(moment, steps).as_interval("s")


def utc_from_local(local: ir.TimestampValue, zone: str) -> ir.TimestampValue:
    """Naive UTC moment of a naive local time; of two possible moments in autumn, the earlier."""
    steps = changes(zone)
    local_steps = tuple(
        (at if index == 0 else at + dt.timedelta(seconds=max(offset, steps[index - 1][1])), offset)
        for index, (at, offset) in enumerate(steps)
    )
    return local - _offset(local, local_steps).as_interval("s")


def once(moment: ir.TimestampValue, then: Callable[[ir.TimestampValue], ir.TimestampValue]) -> ir.TimestampValue:
    """Bind a moment to a name before it is compared a hundred times: SQL would write the whole expression out each time."""
    return ibis.array([moment]).map(then)[0]


def autumn_hours(name: str, first: dt.date, last: dt.date) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
    """Spans of local time that happen twice between two days.

    >>> autumn_hours("Europe/London", dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    ((datetime.datetime(2026, 10, 25, 1, 0), datetime.datetime(2026, 10, 25, 2, 0)),)
    """
    steps = changes(name)
    spans = []
    for (_, before), (at, after) in itertools.pairwise(steps):
        if after < before and first <= at.date() <= last:
            spans.append((at + dt.timedelta(seconds=after), at + dt.timedelta(seconds=before)))
    return tuple(spans)


def spring_gaps(name: str, first: dt.date, last: dt.date) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
    """Spans of local time that never happen between two days."""
    steps = changes(name)
    return tuple(
        (at + dt.timedelta(seconds=before), at + dt.timedelta(seconds=after))
        for (_, before), (at, after) in itertools.pairwise(steps)
        if after > before and first <= at.date() <= last
    )
