"""Days on which nothing is compared with other days: holidays, of which a series rarely has a second one."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from levelfield.words import Grain, Refusal, RefusalKind, Series

CHRISTMAS = ((12, 21), (1, 3))  # first and last day, two whole weeks: no weekday is missing more often than another
CHRISTMAS_WEEK = ((12, 24), (12, 25), (12, 26), (1, 1))


def set_apart(series: Series, country: str | None = None) -> npt.NDArray[np.bool_]:
    """Which periods of a series hold a holiday: Christmas everywhere, public holidays where a country is named.

    Shapes: (n,). Refuses: a country the holiday calendar does not know. Assumes: days and weeks alone are short enough
    for a holiday to matter; a series without a start has no calendar.
    Source: public holidays of the library `holidays`.

    >>> set_apart(Series.plain([1, 2, 3], period="day", start="2026-12-19"))
    array([False, False,  True])
    """
    if series.grain not in {Grain.DAY, Grain.WEEK} or series.start is None:
        return np.zeros(len(series), dtype=bool)
    return _set_apart(series.grain, series.start, len(series), (country or "").upper())


@lru_cache(maxsize=4096)
def _set_apart(grain: Grain, start: dt.date, n: int, country: str) -> npt.NDArray[np.bool_]:
    step = 1 if grain is Grain.DAY else 7
    days = [start + dt.timedelta(days=step * i) for i in range(n)]
    public = _public(country, start.year, (days[-1] if days else start).year + 1) if country else frozenset()
    if grain is Grain.DAY:
        found = np.array([is_christmas(day) or day in public for day in days], dtype=bool)
    else:
        found = np.array([_holds_christmas(day) for day in days], dtype=bool)
    found.setflags(write=False)
    return found


def is_christmas(day: dt.date) -> bool:
    """Does a day lie between 21 December and 3 January?"""
    return (day.month, day.day) >= CHRISTMAS[0] or (day.month, day.day) <= CHRISTMAS[1]


def _holds_christmas(monday: dt.date) -> bool:
    return any((day.month, day.day) in CHRISTMAS_WEEK for day in (monday + dt.timedelta(days=i) for i in range(7)))


@lru_cache(maxsize=64)
def _public(country: str, first: int, last: int) -> frozenset[dt.date]:
    import holidays

    try:
        land, _, part = country.partition("-")  # a calendar of an agreement may name a part of a country: GB-ENG
        return frozenset(holidays.country_holidays(land, subdiv=part or None, years=range(first, last + 1)))
    except NotImplementedError:
        raise Refusal(
            f"No holidays are known for the country “{country[:20]}”",
            where="Signals",
            expected="a code such as GB, GB-ENG, DE or US",
            next_step="Name another country or none.",
            kind=RefusalKind.DEFINITION,
        ) from None
