"""Percentiles from counts: bins of equal ratio, so that months can be added up and a p90 still be right.

Bin *i* holds values from exp(i·w) up to exp((i+1)·w) milliseconds with w = ln 1.03, so a value read back as the
middle of its bin is off by at most 1.5 %. Bin -1 holds zero. No whole number of milliseconds above 1 lies on an
edge, so two engines that round a logarithm differently in the last digit put it into the same bin.
"""

from __future__ import annotations

import math

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt

WIDTH = math.log(1.03)
ZERO_BIN = -1


def bin_of(value_ms: ir.IntegerValue) -> ir.IntegerValue:
    """The bin of a length of time in milliseconds; missing stays missing."""
    # GREATEST passes over missing values in some engines, so it must not be used to keep the logarithm above zero.
    above_zero = ibis.ifelse(value_ms >= 1, value_ms, ibis.null("int64"))
    return ibis.ifelse(value_ms <= 0, ZERO_BIN, (above_zero.cast("float64").ln() / WIDTH).floor().cast("int64"))


def middle_ms(bins: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The value a bin stands for, in milliseconds: its geometric middle."""
    return np.where(bins == ZERO_BIN, 0.0, np.exp((bins + 0.5) * WIDTH))


def percentile_ms(bins: npt.NDArray[np.int64], counts: npt.NDArray[np.int64], share: float) -> float:
    """The smallest value that at least `share` of the counted values do not exceed.

    Shapes: bins and counts (k,), any order. Unit: milliseconds. Refuses: nothing; no counts give nan.

    >>> round(percentile_ms(np.array([0, 100]), np.array([1, 3]), 0.9), 2)
    19.51
    """
    total = int(counts.sum())
    if total == 0:
        return math.nan
    order = np.argsort(bins)
    reached = np.cumsum(counts[order])
    index = int(np.searchsorted(reached, math.ceil(share * total - 1e-9)))
    return float(middle_ms(bins[order][min(index, len(order) - 1)]))
