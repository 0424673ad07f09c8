"""The EWMA chart: small lasting shifts, seen in a mean that forgets slowly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from levelfield.signals.charts.given import Bools, Floats, above_zero, finite, numbers, refused
from levelfield.signals.charts.lines import Lines, draw, mean_of, plan
from levelfield.signals.charts.ranges import D2, mean_moving_range
from levelfield.signals.charts.rules import Ints

WEIGHT, WIDTH = 0.2, 2.962  # a false alarm every 500 points: Lucas & Saccucci (1990)
LONGEST_RUN = 1e12  # beyond it the equation is singular to sixteen digits, and its answer noise
FEWEST_NODES, NODES_A_SIGMA = 64, 8  # Gauss-Legendre nodes: far more than the smooth kernel needs


@dataclass(frozen=True, eq=False)
class EwmaPoints:
    """An EWMA chart: the smoothed values, their lines, and on which side each lies beyond them."""

    ewma: Floats
    lines: Lines
    signal: Ints  # +1 above the upper line, -1 below the lower, 0 between or missing


def ewma_chart(
    values: npt.ArrayLike,
    *,
    weight: float = WEIGHT,
    width: float = WIDTH,
    centre: float | None = None,
    sigma: float | None = None,
    exact: bool = True,
    rebase: Sequence[int] = (),
) -> EwmaPoints:
    """Smooths the points with a weight on the newest, and says where the smoothed value lies beyond its limits.

    Shapes: values (n,), oldest first, missing = nan: the smoothed value waits, and none is shown. Every phase begins
    at its centre. Unit: that of the values; width in standard deviations of the smoothed value.
    `exact` limits widen from the first point to the asymptotic ones, which are drawn throughout otherwise.
    Without `centre` and `sigma`: the mean, and the mean moving range over 1.128, of each phase.
    Refuses: infinite values, a weight outside (0, 1], a width or sigma not above zero (Refusal, definition).
    Assumes: points are independent with the same variance.
    Source: Roberts (1959), doi:10.1080/00401706.1959.10489860; Lucas & Saccucci (1990),
    doi:10.1080/00401706.1990.10484583.

    >>> drawn = ewma_chart([10, 14], weight=0.5, width=3, centre=10, sigma=1)
    >>> drawn.lines.upper.round(3).tolist()  # 10 + 3 x 0.5, 10 + 3 x sqrt(0.25 + 0.0625)
    [11.5, 11.677]
    >>> drawn.ewma.tolist(), drawn.signal.tolist()
    ([10.0, 12.0], [0, 1])
    """
    given, weight, width = numbers(values, "values"), _weight(weight), above_zero(width, "width")
    known_centre = None if centre is None else finite(centre, "centre")
    known_sigma = None if sigma is None else above_zero(sigma, "sigma")
    smoothed = np.full(len(given), math.nan)

    def one_phase(span: slice, base: Bools) -> tuple[float, Floats]:
        own = given[span]
        middle = mean_of(own[base]) if known_centre is None else known_centre
        unit = mean_moving_range(own, trim=False) / D2 if known_sigma is None else known_sigma
        smoothed[span] = _smoothed(own, middle, weight)
        grown = 1 - (1 - weight) ** (2.0 * np.maximum(np.cumsum(base), 1)) if exact else np.ones(len(own))
        return middle, unit * np.sqrt(weight / (2 - weight) * grown)

    lines = draw("EWMA", np.isfinite(given), plan(len(given), rebase), one_phase, width=width)
    signal = (smoothed > lines.upper).astype(np.int64) - (smoothed < lines.lower).astype(np.int64)
    return EwmaPoints(smoothed, lines, signal)


def ewma_run_length(weight: float, width: float, shift: float = 0.0) -> float:
    """The mean number of points to a signal when the mean lies `shift` sigma off from the first point on.

    Two-sided, asymptotic limits, started at the centre (zero state).
    Unit: width in standard deviations of the smoothed value, shift in those of a point; out, points.
    Refuses: a weight outside (0, 1], a width not above zero, a shift that is not finite, run lengths above 1e12
    (Refusal, definition).
    Assumes: independent normal points, centre and sigma known.
    Source: Crowder (1987), A simple method for studying run-length distributions of EWMA charts,
    doi:10.1080/00401706.1987.10488267; solved with Gauss-Legendre nodes.

    >>> round(ewma_run_length(1, 3), 1)  # weight 1 is Shewhart's chart: 1 / 0.0027
    370.4
    """
    weight, width, shift = _weight(weight), above_zero(width, "width"), abs(finite(shift, "shift"))
    if weight == 1:  # nothing is remembered: every point has the same chance to signal
        chance = float(ndtr(shift - width) + ndtr(-shift - width))
        return bounded(1 / chance if chance else math.inf)
    limit = width * math.sqrt(weight / (2 - weight))
    nodes, weights = gauss_legendre(-limit, limit, weight)

    def kernel(start: Floats) -> Floats:
        return normal_density((nodes - (1 - weight) * start[:, None]) / weight - shift) * weights / weight

    lengths = mean_waits(kernel(nodes))
    return bounded(1 + float((kernel(np.zeros(1)) @ lengths)[0]))


def gauss_legendre(low: float, high: float, sigma: float) -> tuple[Floats, Floats]:
    """Nodes and weights of a quadrature over an interval, close enough for a kernel of that standard deviation."""
    wanted = max(FEWEST_NODES, math.ceil(NODES_A_SIGMA * (high - low) / sigma))
    if wanted > 2000:
        raise refused(
            f"would take {wanted} nodes", "run length", "a heavier weight or nearer limits", "Change the setting"
        )
    nodes, weights = np.polynomial.legendre.leggauss(wanted)
    half = (high - low) / 2
    return low + half * (nodes + 1), half * weights


def normal_density(z: Floats) -> Floats:
    """The density of the standard normal distribution."""
    return np.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)


def mean_waits(moves: Floats) -> Floats:
    """The mean number of points to leave, from each state; infinite where sixteen digits see no way out."""
    try:
        waits = np.linalg.solve(np.eye(len(moves)) - moves, np.ones(len(moves)))
    except np.linalg.LinAlgError:
        waits = np.full(len(moves), math.inf)
    return waits.astype(np.float64)


def bounded(length: float) -> float:
    """A run length that sixteen digits can hold."""
    if not 1 <= length <= LONGEST_RUN:
        raise refused(
            "cannot be computed", "run length", "limits near enough for a signal in 1e12 points", "Bring the limits in"
        )
    return length


def _smoothed(values: Floats, start: float, weight: float) -> Floats:
    """The exponentially weighted mean after each point; it waits at a missing one."""
    level, found = start, []
    for value in values.tolist():
        level = level if math.isnan(value) else weight * value + (1 - weight) * level
        found.append(math.nan if math.isnan(value) else level)
    return np.array(found)


def _weight(weight: float) -> float:
    """A weight above 0, and 1 at the most."""
    if not 0 < weight <= 1:
        raise refused(f"is {weight!r}", "weight", "above 0, and 1 at the most", "Use 0.2 if in doubt")
    return float(weight)
