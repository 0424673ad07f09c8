"""Moving ranges: how far neighbouring points lie apart, and what that says about sigma."""

from __future__ import annotations

import math

import numpy as np

from levelfield.signals.charts.given import Floats

D2 = 1.128  # the mean range of two standard normal values, to the three digits every table prints
RANGE_LIMIT = 3.267  # D4 for ranges of two: a range beyond 3.267 mean ranges is itself a special cause


def mean_moving_range(values: Floats, *, trim: bool) -> float:
    """The mean distance of neighbouring points, on request without the ranges that are themselves beyond usual.

    Shapes: values (n,), oldest first, missing = nan; a range next to a missing point is missing too.
    Unit: that of the values. With no range at all the answer is nan.
    `trim` leaves out, once, every range of 3.267 mean ranges or more.
    Assumes: neighbouring points are about independent.
    Source: Nelson (1982), Control charts for individual measurements, Journal of Quality Technology 14(3), 172-173.

    >>> mean_moving_range(np.array([1.0, 3.0, math.nan, 7.0, 8.0]), trim=False)
    1.5
    >>> mean_moving_range(np.array([0, 1, 0, 1, 0, 1, 20.0]), trim=True)
    1.0
    """
    ranges = np.abs(np.diff(values))
    ranges = ranges[np.isfinite(ranges)]
    if not len(ranges):
        return math.nan
    mean = math.fsum(ranges) / len(ranges)
    if not trim or mean == 0:
        return mean
    kept = ranges[ranges < RANGE_LIMIT * mean]
    return math.fsum(kept) / len(kept)
