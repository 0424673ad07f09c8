"""The CUSUM chart: what lies beyond an allowance adds up, on either side, until it is too much for noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from levelfield.signals.charts.ewma import LONGEST_RUN, bounded, gauss_legendre, mean_waits, normal_density
from levelfield.signals.charts.given import Floats, above_zero, finite, numbers, refused
from levelfield.signals.charts.lines import Phase, mean_of, plan
from levelfield.signals.charts.ranges import D2, mean_moving_range
from levelfield.signals.charts.rules import Ints

REFERENCE, DECISION = 0.5, 5.0  # made for a shift of one sigma, with a false alarm every 465 points


@dataclass(frozen=True, eq=False)
class CusumPoints:
    """A two-sided CUSUM: both sums in sigmas, and since how many points each has been above zero."""

    high: Floats
    low: Floats  # counted upwards as well
    high_count: Ints  # the change began about so many points ago, if `high` signals
    low_count: Ints
    signal: Ints  # +1 the high sum is beyond the decision, -1 the low one, 0 neither or missing
    decision: float
    phases: tuple[Phase, ...]


def cusum_chart(
    values: npt.ArrayLike,
    *,
    reference: float = REFERENCE,
    decision: float = DECISION,
    target: float | None = None,
    sigma: float | None = None,
    rebase: Sequence[int] = (),
) -> CusumPoints:
    """Adds up, above and below, how far the points lie beyond the reference, and signals beyond the decision.

    Shapes: values (n,), oldest first, missing = nan: both sums wait, and none is shown. Every phase begins at zero;
    a signal ends no sum. Unit: values in their own; reference, decision and sums in sigmas.
    Without `target` and `sigma`: the mean, and the mean moving range over 1.128, of each phase.
    Refuses: infinite values, a decision or sigma not above zero, a negative reference, values that never move
    where sigma is not given (Refusal, definition).
    Assumes: points are independent with the same variance.
    Source: Page (1954), doi:10.1093/biomet/41.1-2.100; Montgomery (2009), Introduction to Statistical Quality
    Control, 6th edition, section 9.1.

    >>> drawn = cusum_chart([11, 13, 9], reference=0.5, decision=2.5, target=10, sigma=1)
    >>> drawn.high.tolist(), drawn.low.tolist(), drawn.signal.tolist()  # 1 - 0.5; 0.5 + 3 - 0.5; 3 - 1 - 0.5
    ([0.5, 3.0, 1.5], [0.0, 0.0, 0.5], [0, 1, 0])
    """
    given, reference, decision = numbers(values, "values"), _reference(reference), above_zero(decision, "decision")
    n = len(given)
    high, low, z = np.full(n, math.nan), np.full(n, math.nan), np.full(n, math.nan)
    high_count, low_count, phases = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64), []
    for span, _ in plan(n, rebase):
        there = np.isfinite(given[span])
        phases.append(Phase(span.start, span.stop, int(there.sum())))
        if there.any():
            z[span] = _standardised(given[span], target, sigma)
            high[span], high_count[span] = _sums(z[span] - reference)
            low[span], low_count[span] = _sums(-z[span] - reference)
    signal = (high > decision).astype(np.int64) - (low > decision).astype(np.int64)
    return CusumPoints(high, low, high_count, low_count, signal, decision, tuple(phases))


def cusum_run_length(reference: float, decision: float, shift: float = 0.0) -> float:
    """The mean number of points to a signal on either side when the mean lies `shift` sigma off from the start.

    Two-sided, started at zero (zero state). Unit: all three in sigmas; out, points.
    Refuses: a negative reference, a decision not above zero, a shift that is not finite, run lengths above 1e12
    (Refusal, definition).
    Assumes: independent normal points, target and sigma known.
    Source: Page (1954), doi:10.1093/biomet/41.1-2.100, for the equation with its atom at zero; the two sides combine
    as 1 / ARL = 1 / ARL+ + 1 / ARL- (Van Dobben de Bruyn 1968, Cumulative Sum Tests); Gauss-Legendre nodes.

    >>> round(cusum_run_length(0.5, 5)), round(cusum_run_length(0.5, 5, shift=1), 1)  # Montgomery's table: 465, 10.4
    (465, 10.4)
    """
    reference, decision = _reference(reference), above_zero(decision, "decision")
    up, down = (_one_sided(reference, decision, sign * finite(shift, "shift")) for sign in (1, -1))
    chance = 1 / up + 1 / down
    return bounded(1 / chance if chance else math.inf)


def _one_sided(reference: float, decision: float, shift: float) -> float:
    """The mean run length of the upper sum, started at zero; where it is beyond all digits, infinite.

    From a sum s the next is s + x - reference, cut at zero: the equation has a part that starts anew at zero and a
    part spread over (0, decision).
    """
    nodes, weights = gauss_legendre(0.0, decision, 1.0)
    starts = np.concatenate([[0.0], nodes])  # the atom at zero is a start of its own
    to_zero = np.asarray(ndtr(reference - shift - starts), dtype=np.float64)
    to_nodes = normal_density(nodes + reference - shift - starts[:, None]) * weights
    moves = np.column_stack([to_zero, to_nodes])
    length = float(mean_waits(moves)[0])
    return length if 0 < length <= LONGEST_RUN else math.inf


def _standardised(values: Floats, target: float | None, sigma: float | None) -> Floats:
    """How many sigma each point lies from the target, by what is given or by what the phase itself shows."""
    there = values[np.isfinite(values)]
    middle = mean_of(there) if target is None else finite(target, "target")
    unit = mean_moving_range(values, trim=False) / D2 if sigma is None else above_zero(sigma, "sigma")
    if unit == 0:
        raise refused("never move", "values", "values that differ, or sigma", "Give sigma")
    return (values - middle) / unit


def _sums(steps: Floats) -> tuple[Floats, Ints]:
    """The sums after each step, cut at zero, and for how many points each has been above it; missing steps wait."""
    level, since, sums, counted = 0.0, 0, [], []
    for step in steps.tolist():
        missing = math.isnan(step)
        if not missing:
            level = max(0.0, level + step)
            since = since + 1 if level > 0 else 0
        sums.append(math.nan if missing else level)
        counted.append(0 if missing else since)
    return np.array(sums), np.array(counted, dtype=np.int64)


def _reference(reference: float) -> float:
    """A reference of zero or more."""
    if not (math.isfinite(reference) and reference >= 0):
        raise refused(f"is {reference!r}", "reference", "zero or more", "Use half the shift that matters, in sigmas")
    return float(reference)
