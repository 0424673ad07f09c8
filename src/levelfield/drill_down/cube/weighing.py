"""What places would explain, from their tallies: as machine code. Gains are nats after the price of a place."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cube.kernel import EMPTY
from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Gains = npt.NDArray[np.float32]
Cuboids = npt.NDArray[np.int32]

# The prior of a place's shift: its leaves differ by a standard deviation of about 0.15 around a shift of −2 to 2.
ALPHA, SPREAD, WIDE = 1.5, 0.12, 1.1
BETA = ALPHA * SPREAD * SPREAD
KAPPA = SPREAD * SPREAD / (WIDE * WIDE)
LOG_GAMMA_ALPHA, LOG_BETA, LOG_TAU = math.lgamma(ALPHA), math.log(BETA), math.log(2 * math.pi)
QUICK = 3.0  # standard errors; a place with less of a shift cannot pay its price
APART = 4.0  # nats by which a shift must beat mere spread
NEARLY_POISSON = 1e7  # shape of a negative binomial distribution beyond which digits would be lost
NOTHING, NOTHING_32 = -1e300, np.float32(-1e30)


@compiled
def gain_of(n: float, s1: float, s2: float, log0: float, middle: float) -> float:
    """Log evidence of one shift of n leaves, whatever it is, over noise; normal with an inverse gamma prior of the spread."""
    mean = s1 / n
    spread = max(s2 - n * mean * mean, 0.0)
    if n > 1:
        # More spread around no shift is another explanation of the same place, at the same price: the shift must beat it.
        around = s2 - 2 * middle * s1 + n * middle * middle
        if n / 2 * math.log((around + 2 * BETA) / (spread + 2 * BETA)) < APART * (1 - 1 / n):
            return NOTHING
    kappa, alpha = KAPPA + n, ALPHA + n / 2
    beta = BETA + 0.5 * (spread + KAPPA * n * mean * mean / kappa)
    evidence = (
        math.lgamma(alpha) - LOG_GAMMA_ALPHA + ALPHA * LOG_BETA - alpha * math.log(beta) + 0.5 * math.log(KAPPA / kappa) - n / 2 * LOG_TAU
    )  # fmt: skip
    return evidence - log0


@compiled
def count_gain_of(x: float, e: float, shape: float) -> float:
    """Log evidence of one factor for a place's counts x, whatever it is, over none, where e are expected.

    With a factor: Poisson with an exponential prior of mean one. Without: negative binomial, its `shape` from the errors of
    what is expected; Poisson where there are none.
    """
    changed = -(x + 1) * math.log(1 + e)
    if shape > NEARLY_POISSON:
        return changed + math.lgamma(x + 1) + e
    ordinary = math.lgamma(x + shape) - math.lgamma(shape) - shape * math.log1p(e / shape) - x * math.log(shape + e)
    return changed + math.lgamma(x + 1) - ordinary


@compiled
def dims_of(cell: int, strides: Ints, sizes: Ints) -> int:
    """Which dimensions a place fixes, as bits."""
    fixed = 0
    for k in range(len(sizes)):
        if (cell // strides[k]) % (sizes[k] + 1) != sizes[k]:
            fixed |= 1 << k
    return fixed


@compiled
def evaluate(
    cells: Ints, everything: bool, tally: Floats, gains: Gains, prices: Floats, least: Floats, cuboid_of: Cuboids, strides: Ints, sizes: Ints, middle: float, spread: float
) -> None:  # fmt: skip
    """Gains after their price, of some places or of all."""
    many = len(gains) if everything else len(cells)
    for i in range(many):
        cell = i if everything else cells[i]
        n = tally[cell, 0]
        if n < EMPTY:
            gains[cell] = NOTHING_32
            continue
        away = abs(tally[cell, 1] - n * middle)
        if away * away < QUICK * QUICK * spread * spread * n:
            gains[cell] = NOTHING_32
            continue
        gain = gain_of(n, tally[cell, 1], tally[cell, 2], tally[cell, 3], middle)
        if gain > 0:
            which = cuboid_of[cell] if len(cuboid_of) else dims_of(cell, strides, sizes)
            gain = NOTHING if away < least[which] * n else gain - prices[which]
        gains[cell] = gain if gain > -1e30 else NOTHING_32


@compiled
def evaluate_counts(
    cells: Ints, everything: bool, tally: Floats, gains: Gains, prices: Floats, least: Floats, cuboid_of: Cuboids, strides: Ints, sizes: Ints, own_error: float
) -> None:  # fmt: skip
    """Gains after their price where leaves are counts (y) and what is expected of them (x), whose relative variance is `own_error`."""
    many = len(gains) if everything else len(cells)
    for i in range(many):
        cell = i if everything else cells[i]
        e, e2, x = tally[cell, 1], tally[cell, 2], tally[cell, 3]
        gains[cell] = NOTHING_32
        if tally[cell, 0] < EMPTY or e <= 0:
            continue
        away, scatter = abs(x - e), 1 + own_error * e2 / e
        if away * away < QUICK * QUICK * scatter * max(e, 1.0):
            continue
        gain = count_gain_of(max(x, 0.0), e, e * e / max(own_error * e2, 1e-300))
        if gain > 0:
            which = cuboid_of[cell] if len(cuboid_of) else dims_of(cell, strides, sizes)
            gain = NOTHING if away < least[which] * e else gain - prices[which]
        gains[cell] = gain if gain > -1e30 else NOTHING_32
