"""Limits of an individuals chart, and the points that lie outside what is usual."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MOVING_RANGE_FACTOR = 2.66  # 3 / d2 for ranges of two, d2 = 1.128
FEWEST_FOR_LIMITS = 8
TRIAL_BELOW = 12
LONGEST_BASELINE = 26
RUN = 8  # points in a row on one side of the mean


class Point(StrEnum):
    """What one point of a chart is."""

    USUAL = "usual"
    OUTSIDE = "outside"  # beyond a limit
    RUN = "run"  # part of a run on one side of the mean
    MISSING = "missing"


@dataclass(frozen=True)
class Limits:
    """What is usual: mean and natural process limits of a baseline."""

    mean: float
    lower: float
    upper: float
    n: int
    first: int  # index of the first and last baseline point
    last: int

    @property
    def trial(self) -> bool:
        """Are there so few points that the limits will still move?"""
        return self.n < TRIAL_BELOW


def limits(values: Floats, baseline: slice | None = None) -> Limits | None:
    """Mean and limits 2.66 mean moving ranges either side of it; None when points are too few.

    Shapes: values (n,), oldest first, missing = nan. Unit: that of the values.
    Assumes: consecutive points are about independent; service data often is not, which is why this chart is the
    picture and not the verdict.
    Source: Shewhart's individuals chart; Wheeler (1993), Understanding Variation; NHS England, Making Data Count.

    >>> found = limits(np.array([10, 12, 11, 13, 12, 11, 10, 12.0]))
    >>> round(found.mean, 3), round(found.lower, 3), round(found.upper, 3)
    (11.375, 7.575, 15.175)
    """
    there = np.flatnonzero(np.isfinite(values))
    if baseline is not None:
        there = there[
            (there >= (baseline.start or 0)) & (there < (baseline.stop if baseline.stop is not None else len(values)))
        ]
    else:
        there = there[: max(FEWEST_FOR_LIMITS, min(LONGEST_BASELINE, len(there) // 2))]
    if len(there) < FEWEST_FOR_LIMITS:
        return None
    used = values[there]
    mean = math.fsum(used) / len(used)
    half = MOVING_RANGE_FACTOR * math.fsum(abs(np.diff(used))) / (len(used) - 1)
    return Limits(mean, mean - half, mean + half, len(used), int(there[0]), int(there[-1]))


def classes(values: Floats, usual: Limits | None) -> list[Point]:
    """The class of every point: outside a limit, in a run of eight or more on one side of the mean, or usual.

    Shapes: values (n,), missing = nan; a missing point ends no run and belongs to none.
    """
    found = [Point.USUAL if math.isfinite(v) else Point.MISSING for v in values]
    if usual is None:
        return found
    run: list[int] = []
    side = 0
    for index, value in enumerate(values):
        if not math.isfinite(value):
            continue
        own = int(np.sign(value - usual.mean))
        run = [*run, index] if own == side and own != 0 else [index]
        side = own
        if len(run) >= RUN and side != 0:
            for member in run:
                if found[member] is Point.USUAL:
                    found[member] = Point.RUN
        if value < usual.lower or value > usual.upper:
            found[index] = Point.OUTSIDE
    return found
