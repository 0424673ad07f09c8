"""The path a promise should take: the expected value at every check-in, with the range in which it is on its way."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from levelfield.plan.promise import Path
from levelfield.plan.regression import error_of_mean

Z90 = 1.6449  # nine of ten values lie inside


@dataclass(frozen=True)
class GlidePoint:
    """What is expected by one day: of the weeks since the check-in before, their mean."""

    on: dt.date
    expected: float
    low: float
    high: float


def glide(
    baseline: float, target: float, path: Path, rhythm_weeks: int, sd: float | None, correlation: float = 0.0
) -> tuple[GlidePoint, ...]:
    """One point per check-in, the last on the day of the judgement. Without a known scatter the range is nan."""
    days = []
    day = path.begins_on + dt.timedelta(weeks=rhythm_weeks)
    while day < path.judged_on:
        days.append(day)
        day += dt.timedelta(weeks=rhythm_weeks)
    days.append(path.judged_on)
    wide = math.nan if sd is None else Z90 * error_of_mean(sd, correlation, rhythm_weeks)
    found = []
    for day in days:
        since = max(path.begins_on, day - dt.timedelta(weeks=rhythm_weeks))
        expected = mean_expected(baseline, target, path, since, day)
        found.append(GlidePoint(day, expected, expected - wide, expected + wide))
    return tuple(found)


def expected_on(baseline: float, target: float, path: Path, day: dt.date) -> float:
    """The expected value in the week that begins on a day: a straight line to the full effect, then level.

    >>> path = Path(dt.date(2026, 1, 5), dt.date(2026, 2, 2), dt.date(2026, 3, 2))
    >>> expected_on(70.0, 78.0, path, dt.date(2026, 1, 19)), expected_on(70.0, 78.0, path, dt.date(2026, 2, 9))
    (74.0, 78.0)
    """
    length = (path.full_on - path.begins_on).days
    gone = (day - path.begins_on).days
    if gone < 0:
        return baseline
    return target if length <= 0 or gone >= length else baseline + (target - baseline) * gone / length


def mean_expected(baseline: float, target: float, path: Path, since: dt.date, until: dt.date) -> float:
    """The mean of the expected values of the whole weeks in [since, until)."""
    weeks = max(1, (until - since).days // 7)
    return math.fsum(expected_on(baseline, target, path, since + dt.timedelta(weeks=w)) for w in range(weeks)) / weeks
