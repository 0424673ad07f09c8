"""Tallies of every place of a cube, what each would explain, and the update when leaves are explained: as machine code.

A place is a cell of the cube to which every dimension was given one more label, "all": its index names the labels it
fixes. Four tallies are kept of each: leaves, sum and sum of squares of their deviations, and their log density as noise.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# The prior of a place's shift: its leaves differ by a standard deviation of about 0.15 around a shift of −2 to 2.
ALPHA, SPREAD, WIDE = 1.5, 0.12, 1.1
BETA = ALPHA * SPREAD * SPREAD
KAPPA = SPREAD * SPREAD / (WIDE * WIDE)
LEAST_SHIFT = 0.05  # a smaller relative shift is not worth telling
QUICK = 3.0  # standard errors; a place with less of a shift cannot pay its price
APART = 4.0  # nats by which a shift must beat mere spread
NOTHING = -1e300


@compiled
def whole_cube(d: Floats, log0: Floats, codes: npt.NDArray[np.int32], sizes: Ints) -> Floats:
    """Tallies of every place, (cells, 4): leaves are added to the finest cells, then every dimension is added up."""
    dims = len(sizes)
    strides = np.ones(dims, dtype=np.int64)
    for k in range(dims - 2, -1, -1):
        strides[k] = strides[k + 1] * (sizes[k + 1] + 1)
    cells = strides[0] * (sizes[0] + 1)
    tally = np.zeros((cells, 4))
    for i in range(len(d)):
        at = 0
        for k in range(dims):
            at += strides[k] * codes[k, i]
        tally[at, 0] += 1
        tally[at, 1] += d[i]
        tally[at, 2] += d[i] * d[i]
        tally[at, 3] += log0[i]
    for k in range(dims):
        stride, size = strides[k], sizes[k]
        block = stride * (size + 1)
        for start in range(0, cells, block):
            top = start + size * stride
            for label in range(size):
                low = start + label * stride
                for j in range(stride):
                    tally[top + j, 0] += tally[low + j, 0]
                    tally[top + j, 1] += tally[low + j, 1]
                    tally[top + j, 2] += tally[low + j, 2]
                    tally[top + j, 3] += tally[low + j, 3]
    return tally


@compiled
def gain_of(n: float, s1: float, s2: float, log0: float, middle: float) -> float:
    """Log evidence of one shift of n leaves, whatever it is, over noise; normal with an inverse gamma prior of the spread."""
    mean = s1 / n
    if abs(mean - middle) < LEAST_SHIFT:
        return NOTHING
    spread = max(s2 - n * mean * mean, 0.0)
    kappa, alpha = KAPPA + n, ALPHA + n / 2
    beta = BETA + 0.5 * (spread + KAPPA * n * mean * mean / kappa)
    evidence = (
        math.lgamma(alpha) - math.lgamma(ALPHA) + ALPHA * math.log(BETA) - alpha * math.log(beta) + 0.5 * math.log(KAPPA / kappa)
        - n / 2 * math.log(2 * math.pi)
    )  # fmt: skip
    gain = evidence - log0
    if n > 1:
        # More spread around no shift is another explanation of the same place, at the same price: the shift must beat it.
        around = s2 - 2 * middle * s1 + n * middle * middle
        if n / 2 * math.log((around + 2 * BETA) / (spread + 2 * BETA)) < APART:
            return NOTHING
    return gain


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
    cells: Ints, everything: bool, tally: Floats, gains: npt.NDArray[np.float32], prices: Floats, strides: Ints, sizes: Ints, middle: float, spread: float
) -> None:  # fmt: skip
    """Gains after their price, of some places or of all."""
    many = len(gains) if everything else len(cells)
    for i in range(many):
        cell = i if everything else cells[i]
        n = tally[cell, 0]
        if n < 0.5:
            gains[cell] = NOTHING_32
            continue
        away = abs(tally[cell, 1] - n * middle)
        if away * away < QUICK * QUICK * spread * spread * n:
            gains[cell] = NOTHING_32
            continue
        gain = gain_of(n, tally[cell, 1], tally[cell, 2], tally[cell, 3], middle)
        if gain > 0:
            gain -= prices[dims_of(cell, strides, sizes)]
        gains[cell] = gain if gain > -1e30 else NOTHING_32


NOTHING_32 = np.float32(-1e30)


@compiled
def best_of(gains: npt.NDArray[np.float32]) -> int:
    """The place with the largest gain."""
    best, at = gains[0], 0
    for i in range(1, len(gains)):
        if gains[i] > best:
            best, at = gains[i], i
    return at


@compiled
def take_out(
    leaves: Ints, d: Floats, log0: Floats, codes: npt.NDArray[np.int32], tally: Floats, strides: Ints, sizes: Ints, touched: npt.NDArray[np.bool_]
) -> Ints:  # fmt: skip
    """Take leaves out of every place they lie in; the places touched, each once."""
    dims = len(sizes)
    many = 1 << dims
    found = np.empty(0, dtype=np.int64)
    room, used = 1024, 0
    found = np.empty(room, dtype=np.int64)
    for i in leaves:
        for fixed in range(many):
            at = 0
            for k in range(dims):
                at += strides[k] * (codes[k, i] if fixed >> k & 1 else sizes[k])
            tally[at, 0] -= 1
            tally[at, 1] -= d[i]
            tally[at, 2] -= d[i] * d[i]
            tally[at, 3] -= log0[i]
            if not touched[at]:
                touched[at] = True
                if used == room:
                    more = np.empty(2 * room, dtype=np.int64)
                    more[:used] = found
                    found, room = more, 2 * room
                found[used] = at
                used += 1
    for j in range(used):
        touched[found[j]] = False
    return found[:used]
