"""Charts of events: the u chart and Laney's u′ over an exposure that varies, the c chart over one that does not."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from levelfield.signals.charts.given import Bools, Floats, above_zero, counts, refused, same_length
from levelfield.signals.charts.lines import Lines, draw, mean_of, plan, pooled
from levelfield.signals.charts.shares import laney_factor


def rates(events: npt.ArrayLike, exposure: npt.ArrayLike, *, per: float = 1.0) -> Floats:
    """Events per so much exposure; nan where either is missing or there was no exposure.

    Shapes: events and exposure (n,), missing = nan. Unit: events per `per` units of exposure.
    Refuses: infinite or negative counts, events without exposure, other lengths, `per` not above zero
    (Refusal, definition).

    >>> rates([3, 0], [200, 0], per=100)
    array([1.5, nan])
    """
    seen, over = _checked(events, exposure)
    return seen / over * above_zero(per, "per")


def u_chart(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    per: float = 1.0,
    rebase: Sequence[int] = (),
    exclude: Sequence[int] = (),
    fix_after: int | None = None,
) -> Lines:
    """The rate over all periods, and limits three Poisson standard deviations of each exposure either side.

    Shapes: events and exposure (n,), oldest first, missing = nan. Unit: lines are events per `per` of exposure.
    A period without exposure has no limits (nan). `exclude`: drawn, but not learnt from.
    Refuses: infinite or negative counts, events without exposure, other lengths, an index outside, `per` not above
    zero (Refusal, definition).
    Assumes: events come one by one, independently; where they come in clusters: `u_prime_chart`.
    Source: Montgomery (2009), Introduction to Statistical Quality Control, 6th edition, section 7.3.

    >>> drawn = u_chart([3, 5], [2, 2])  # 8 / 4 = 2; sqrt(2 / 2) = 1; 2 - 3 is cut at 0
    >>> drawn.at(0)  # lower, centre, upper
    (0.0, 2.0, 5.0)
    """
    return _rate_lines("u", events, exposure, per, rebase, exclude, fix_after, None)


def u_prime_chart(
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    *,
    per: float = 1.0,
    rebase: Sequence[int] = (),
    exclude: Sequence[int] = (),
    fix_after: int | None = None,
    trim_ranges: bool = False,
) -> Lines:
    """The u chart, its limits widened or narrowed by what really happens from period to period.

    Shapes: events and exposure (n,), oldest first, missing = nan. Unit: lines are events per `per` of exposure.
    The factor is the mean moving range of the standardised rates over 1.128; with a single period it is not known,
    and there are no limits (nan).
    Refuses: what `u_chart` does.
    Assumes: neighbouring periods are about independent.
    Source: Laney (2002), Improved control charts for attributes, doi:10.1081/QEN-120003555.

    >>> drawn = u_prime_chart([100, 104, 100, 104], [1, 1, 1, 1])  # rates move by 4: 3 x 4 / 1.128 = 10.638
    >>> [round(line, 3) for line in drawn.at(0)]  # lower, centre, upper
    [91.362, 102.0, 112.638]
    """
    return _rate_lines("u′", events, exposure, per, rebase, exclude, fix_after, trim_ranges)


def c_chart(
    events: npt.ArrayLike,
    *,
    rebase: Sequence[int] = (),
    exclude: Sequence[int] = (),
    fix_after: int | None = None,
) -> Lines:
    """The mean number of events a period, and limits three square roots of it either side.

    Shapes: events (n,), oldest first, missing = nan. Unit: events a period.
    Refuses: infinite or negative counts, an index outside (Refusal, definition).
    Assumes: every period offers the same exposure, and events come one by one, independently.
    Source: Montgomery (2009), Introduction to Statistical Quality Control, 6th edition, section 7.3.

    >>> drawn = c_chart([14, 18])  # 16; sqrt(16) = 4
    >>> drawn.at(0)  # lower, centre, upper
    (4.0, 16.0, 28.0)
    """
    seen = counts(events, "events")

    def one_phase(span: slice, base: Bools) -> tuple[float, Floats]:
        centre = mean_of(seen[span][base])
        return centre, np.full(len(base), math.sqrt(centre))

    return draw("c", np.isfinite(seen), plan(len(seen), rebase, exclude, fix_after), one_phase, floor=0.0)


def _rate_lines(
    kind: str,
    events: npt.ArrayLike,
    exposure: npt.ArrayLike,
    per: float,
    rebase: Sequence[int],
    exclude: Sequence[int],
    fix_after: int | None,
    laney_trim: bool | None,
) -> Lines:
    """Lines of a u chart, or with `laney_trim` said of a u′ chart."""
    (seen, over), scale = _checked(events, exposure), above_zero(per, "per")

    def one_phase(span: slice, base: Bools) -> tuple[float, Floats]:
        rate = pooled(seen[span][base], over[span][base])
        sigma = np.sqrt(rate / over[span])
        if laney_trim is not None:
            sigma = sigma * laney_factor(seen[span] / over[span] - rate, sigma, base, laney_trim)
        return rate * scale, sigma * scale

    phases = plan(len(seen), rebase, exclude, fix_after)
    return draw(kind, np.isfinite(seen / over), phases, one_phase, floor=0.0)


def _checked(events: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Both series; an exposure of zero has become nan: a rate over nothing is missing, not 0."""
    seen, over = counts(events, "events"), counts(exposure, "exposure")
    same_length(events=seen, exposure=over)
    if ((seen > 0) & (over == 0)).any():
        first = int(np.flatnonzero((seen > 0) & (over == 0))[0])
        raise refused(
            f"is {seen[first]:g} at index {first}, where the exposure is 0",
            "events",
            "no events without exposure",
            "Correct the exposure, or write it as nan if unknown",
        )
    return seen, np.where(over > 0, over, math.nan)
