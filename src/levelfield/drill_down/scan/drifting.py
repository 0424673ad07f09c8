"""By how much ordinary places drift between two spans, where nobody did anything."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

CUT = 3.0  # of a squared standard normal: more is no ordinary place
CUT_MEAN = 0.8582  # of squared standard normals cut off there, and their spread
CUT_SPREAD = 0.9555
ORDINARY_DRIFT = 0.1  # places that count so much that chance is less than this tell no more by counting more
DOUBTED = 0.5  # standard errors by which the drift is told smaller than it looks
MOST_DRIFT = 4.0  # variance of a logarithm; more is no drift


def drift_of(told: Floats) -> float:
    """The variance of the drift at which squared deviations are those of normals: cut off, so that a few causes do not decide.

    Shapes: `told` is (places, 3): the squared deviation over its chance, the variance of that without a drift, and what a drift of one
    adds. Each place counts by what it tells; the estimate is a little less, for its own chance.
    """
    squares, plain, by_drift = told.T
    weight = by_drift / (plain + ORDINARY_DRIFT**2 * by_drift)
    chance = DOUBTED * CUT_SPREAD * math.sqrt(float((weight**2).sum()))

    def excess(drift: float) -> float:
        far = np.minimum(squares / (plain + drift * by_drift), CUT)
        return float((weight * (far - CUT_MEAN)).sum()) - chance

    if excess(0.0) <= 0:
        return 0.0
    low, high = 1e-6, MOST_DRIFT
    for _ in range(24):
        half = math.sqrt(low * high)
        low, high = (half, high) if excess(half) > 0 else (low, half)
    return math.sqrt(low * high)
