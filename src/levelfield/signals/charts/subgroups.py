"""Charts of subgroups: the mean of each period (X-bar), and the spread within it (S)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from levelfield.signals.charts.given import Bools, Floats, counts, numbers, same_length
from levelfield.signals.charts.lines import Lines, draw, plan, pooled


def c4(size: float) -> float:
    """The mean of the standard deviation of so many standard normal values; nan below two.

    Source: Montgomery (2009), Introduction to Statistical Quality Control, 6th edition, appendix VI.

    >>> round(c4(2), 4), round(c4(5), 4)
    (0.7979, 0.94)
    """
    if not size > 1:
        return math.nan
    return math.sqrt(2 / (size - 1)) * math.exp(math.lgamma(size / 2) - math.lgamma((size - 1) / 2))


def xbar_chart(
    means: npt.ArrayLike,
    deviations: npt.ArrayLike,
    sizes: npt.ArrayLike,
    *,
    rebase: Sequence[int] = (),
    exclude: Sequence[int] = (),
    fix_after: int | None = None,
    as_qicharts2: bool = False,
) -> Lines:
    """The mean over everything measured, and limits three standard errors of each period's mean either side.

    Shapes: means, deviations (standard deviation within the period, n - 1) and sizes (n,), oldest first,
    missing = nan. Unit: that of the means. The spread within is the mean deviation where all sizes are equal, and
    pooled by degrees of freedom where they are not. A period with one value or none has no limits (nan).
    `as_qicharts2` counts an empty period (size 0) as minus one degree of freedom, as that program does.
    Refuses: infinite values, negative deviations or sizes, other lengths, an index outside (Refusal, definition).
    Assumes: values within a period are independent and about normal, with the same spread in every period.
    Source: Montgomery (2009), Introduction to Statistical Quality Control, 6th edition, section 6.3.

    >>> drawn = xbar_chart([10, 12], [2, 2], [4, 4])  # 11; 3 x 2 / (c4(4) x sqrt(4)), c4(4) = 0.9213
    >>> [round(line, 3) for line in drawn.at(0)]  # lower, centre, upper
    [7.744, 11.0, 14.256]
    """
    values, spread, n = numbers(means, "means"), counts(deviations, "deviations"), counts(sizes, "sizes")
    same_length(means=values, deviations=spread, sizes=n)

    def one_phase(span: slice, base: Bools) -> tuple[float, Floats]:
        own = n[span]
        empty = int((own[:fix_after] == 0).sum()) if as_qicharts2 else 0
        factor = np.array([c4(size) * math.sqrt(size) for size in own])
        centre = pooled(values[span][base] * own[base], own[base])
        return centre, _within(spread[span][base], own[base], empty) / factor

    phases = plan(len(values), rebase, exclude, fix_after)
    return draw("X-bar", np.isfinite(values) & (n > 0), phases, one_phase)


def s_chart(
    deviations: npt.ArrayLike,
    sizes: npt.ArrayLike,
    *,
    rebase: Sequence[int] = (),
    exclude: Sequence[int] = (),
    fix_after: int | None = None,
    as_qicharts2: bool = False,
) -> Lines:
    """The spread within periods, and limits three standard errors of each period's standard deviation either side.

    Shapes: deviations (standard deviation within the period, n - 1) and sizes (n,), oldest first, missing = nan.
    Unit: that of the deviations. Centre and `as_qicharts2` as in `xbar_chart`. No limits (nan) below two values.
    Refuses: infinite values, negative deviations or sizes, other lengths, an index outside (Refusal, definition).
    Assumes: values within a period are independent and about normal.
    Source: Montgomery (2009), Introduction to Statistical Quality Control, 6th edition, section 6.3.

    >>> drawn = s_chart([1, 3], [5, 5])  # 2; for five values B4 = 2.089 and B3 = 0
    >>> [round(line, 3) for line in drawn.at(0)]  # lower, centre, upper
    [0.0, 2.0, 4.178]
    """
    spread, n = counts(deviations, "deviations"), counts(sizes, "sizes")
    same_length(deviations=spread, sizes=n)

    def one_phase(span: slice, base: Bools) -> tuple[float, Floats]:
        empty = int((n[span][:fix_after] == 0).sum()) if as_qicharts2 else 0
        centre = _within(spread[span][base], n[span][base], empty)
        unbiased = np.array([c4(size) for size in n[span]])
        return centre, centre * np.sqrt(1 - unbiased**2) / unbiased

    phases = plan(len(n), rebase, exclude, fix_after)
    return draw("S", np.isfinite(spread) & (n > 1), phases, one_phase, floor=0.0)


def _within(spread: Floats, sizes: Floats, empty: int) -> float:
    """The spread within periods: the mean where sizes are equal, pooled by degrees of freedom where they differ."""
    known = np.isfinite(spread) & (sizes > 1)
    freedom = sizes[known] - 1
    if not known.any():
        return math.nan
    if not empty and len(set(sizes.tolist())) == 1:
        return math.fsum(spread[known]) / len(freedom)
    left = math.fsum(freedom) - empty
    return math.sqrt(math.fsum(freedom * spread[known] ** 2) / left) if left > 0 else math.nan
