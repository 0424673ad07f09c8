"""Charts of shares: the p chart, and Laney's p′ for counts so large that the p chart sees signals everywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from levelfield.signals.charts.given import Bools, Floats, counts, refused, same_length
from levelfield.signals.charts.lines import Lines, draw, plan, pooled
from levelfield.signals.charts.ranges import D2, mean_moving_range


def shares(numerators: npt.ArrayLike, denominators: npt.ArrayLike) -> Floats:
    """The share of each period, from 0 to 1; nan where either count is missing or nothing was counted.

    Shapes: numerators and denominators (n,), missing = nan. Unit: counts in, a share out.
    Refuses: infinite or negative counts, a numerator above its denominator, other lengths (Refusal, definition).

    >>> shares([1, 0, None], [4, 0, 5])
    array([0.25,  nan,  nan])
    """
    hits, of = _checked(numerators, denominators)
    return hits / of


def p_chart(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    rebase: Sequence[int] = (),
    exclude: Sequence[int] = (),
    fix_after: int | None = None,
) -> Lines:
    """The share over all periods, and limits three binomial standard deviations of each period's size either side.

    Shapes: numerators and denominators (n,), oldest first, missing = nan. Unit: counts in; lines are shares, 0 to 1.
    A period without denominator has no limits (nan). `exclude`: drawn, but not learnt from.
    Refuses: infinite or negative counts, a numerator above its denominator, other lengths, an index outside
    (Refusal, definition).
    Assumes: every contact is a hit by itself with the same chance; in large counts it is not: then `p_prime_chart`.
    Source: Montgomery (2009), Introduction to Statistical Quality Control, 6th edition, section 7.2.

    >>> drawn = p_chart([10, 30], [100, 100])  # 40 / 200; sqrt(0.2 x 0.8 / 100) = 0.04
    >>> [round(line, 12) for line in drawn.at(0)]  # lower, centre, upper
    [0.08, 0.2, 0.32]
    """
    return _share_lines("p", numerators, denominators, rebase, exclude, fix_after, None)


def p_prime_chart(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    rebase: Sequence[int] = (),
    exclude: Sequence[int] = (),
    fix_after: int | None = None,
    trim_ranges: bool = False,
) -> Lines:
    """The p chart, its limits widened or narrowed by what really happens from period to period.

    Shapes: numerators and denominators (n,), oldest first, missing = nan. Unit: counts in; lines are shares, 0 to 1.
    The factor is the mean moving range of the standardised shares over 1.128; with a single period it is not known,
    and there are no limits (nan). `trim_ranges` leaves out ranges that are themselves beyond usual.
    Refuses: what `p_chart` does.
    Assumes: neighbouring periods are about independent.
    Source: Laney (2002), Improved control charts for attributes, doi:10.1081/QEN-120003555.

    >>> drawn = p_prime_chart([280, 320, 280, 320], [1000] * 4)  # shares move by 0.04: 3 x 0.04 / 1.128 = 0.106
    >>> [round(line, 3) for line in drawn.at(0)]  # lower, centre, upper
    [0.194, 0.3, 0.406]
    """
    return _share_lines("p′", numerators, denominators, rebase, exclude, fix_after, trim_ranges)


def laney_factor(gaps: Floats, sigma: Floats, base: Bools, trim: bool) -> float:
    """How much more, or less, the periods move than chance alone would move them."""
    known = base & (sigma > 0)
    standardised = np.divide(gaps, sigma, out=np.where(np.isfinite(gaps), 0.0, math.nan), where=known)
    return mean_moving_range(standardised[base], trim=trim) / D2


def _share_lines(
    kind: str,
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    rebase: Sequence[int],
    exclude: Sequence[int],
    fix_after: int | None,
    laney_trim: bool | None,
) -> Lines:
    """Lines of a p chart, or with `laney_trim` said of a p′ chart."""
    hits, of = _checked(numerators, denominators)

    def one_phase(span: slice, base: Bools) -> tuple[float, Floats]:
        centre = pooled(hits[span][base], of[span][base])
        sigma = np.sqrt(centre * (1 - centre) / of[span])
        if laney_trim is not None:
            sigma = sigma * laney_factor(hits[span] / of[span] - centre, sigma, base, laney_trim)
        return centre, sigma

    phases = plan(len(hits), rebase, exclude, fix_after)
    return draw(kind, np.isfinite(hits / of), phases, one_phase, floor=0.0, ceiling=1.0)


def _checked(numerators: npt.ArrayLike, denominators: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Both counts; a denominator of zero has become nan: a share of nothing is missing, not 0."""
    hits, of = counts(numerators, "numerators"), counts(denominators, "denominators")
    same_length(numerators=hits, denominators=of)
    if (hits > of).any():
        first = int(np.flatnonzero(hits > of)[0])
        raise refused(
            f"is {hits[first]:g} of {of[first]:g} at index {first}",
            "numerators",
            "a numerator no higher than its denominator",
            "Correct the counts; for events that may come more than once, draw a u chart",
        )
    return hits, np.where(of > 0, of, math.nan)
