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
Codes = npt.NDArray[np.integer]

# The prior of a place's shift: its leaves differ by a standard deviation of about 0.15 around a shift of −2 to 2.
ALPHA, SPREAD, WIDE = 1.5, 0.12, 1.1
BETA = ALPHA * SPREAD * SPREAD
KAPPA = SPREAD * SPREAD / (WIDE * WIDE)
LEAST_SHIFT = 0.05  # a smaller relative shift is not worth telling
QUICK = 3.0  # standard errors; a place with less of a shift cannot pay its price
APART = 4.0  # nats by which a shift must beat mere spread
NOTHING = -1e300


CACHED = 16_384  # cells of four tallies: half a megabyte


@compiled
def add_up(tally: Floats, first: int, last: int, stride: int, size: int) -> None:
    """Totals over one dimension, in a stretch of the cube."""
    for start in range(first, last, stride * (size + 1)):
        top = start + size * stride
        for label in range(size):
            low = start + label * stride
            for j in range(stride):
                for m in range(4):
                    tally[top + j, m] += tally[low + j, m]


@compiled
def whole_cube(d: Floats, log0: Floats, codes: Codes, sizes: Ints) -> Floats:
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
    # The inner dimensions are added up block by block while a block is in the cache, the outer ones over the whole cube.
    inner = dims - 1
    while inner > 0 and strides[inner - 1] <= CACHED:
        inner -= 1
    block = strides[inner - 1] if inner > 0 else cells
    for start in range(0, cells, block):
        for k in range(dims - 1, inner - 1, -1):
            add_up(tally, start, start + block, strides[k], sizes[k])
    for k in range(inner - 1, -1, -1):
        add_up(tally, 0, cells, strides[k], sizes[k])
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
    leaves: Ints, d: Floats, log0: Floats, codes: Codes, tally: Floats, strides: Ints, sizes: Ints, touched: npt.NDArray[np.bool_]
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


RARE_LOG = math.log(1e-9 / 4)  # as in noise.py; a test compares both
CORE_Z = 2.5
HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)


@compiled
def log_densities(
    v: Floats, f: Floats, unit: int, middle: float, sizes: Floats, spreads: Floats, tails: Floats, digit: float
) -> Floats:
    """Log density of every leaf as noise; the units as `noise.py` numbers them."""
    out = np.empty(len(v))
    plain = len(spreads) == 1
    log_spreads = np.log(spreads)
    bins = len(tails)
    for i in range(len(v)):
        a, b = abs(v[i]), abs(f[i])
        most = max(a, b)
        size = b if b > 0 else a
        spread = spreads[0] if plain else math.exp(np.interp(math.log(max(size, 1e-300)), sizes, log_spreads))
        if digit > 0:
            last = digit / max(size, digit)
            spread = math.sqrt(spread * spread + last * last)
        log_spread = math.log(spread)
        a, b = max(a, 1e-12 * most), max(b, 1e-12 * most)
        half = math.log((a + b) / 2)
        slope = 0.0
        if unit == 4:
            x0, x1 = (f[i] - v[i]) / a, (v[i] - f[i]) / b
            p0 = -0.5 * (x0 / spread) ** 2 + 2 * half - 2 * math.log(a)
            p1 = -0.5 * (x1 / spread) ** 2 + 2 * half - 2 * math.log(b)
            top = max(p0, p1)
            density = (
                top + math.log(math.exp(p0 - top) + math.exp(p1 - top)) - math.log(2.0) - HALF_LOG_TAU - log_spread
            )
            z = abs(v[i] - f[i]) / most / spread
        else:
            if unit == 0:
                x, slope = (f[i] - v[i]) / a, 2 * half - 2 * math.log(a)
            elif unit == 1:
                x, slope = (v[i] - f[i]) / b, 2 * half - 2 * math.log(b)
            elif unit == 3:
                x, slope = math.log(a / b), 2 * half - math.log(a) - math.log(b)
            else:
                x = 2 * (v[i] - f[i]) / (abs(v[i]) + abs(f[i]))
            z = abs(x - middle) / spread
            density = -0.5 * z * z - HALF_LOG_TAU - log_spread + slope
        if z > CORE_Z - 0.5:
            density = max(density, tails[int(min(z * 2, bins - 1.0))] - log_spread + slope)
        if density < RARE_LOG + 40:
            top = max(density, RARE_LOG)
            density = top + math.log(math.exp(density - top) + math.exp(RARE_LOG - top))
        out[i] = density
    return out


@compiled
def listed_twice(codes: Codes, sizes: Ints, cells: int) -> bool:
    """Does any combination of labels stand in two rows?"""
    seen = np.zeros(cells, dtype=np.uint8)
    for i in range(codes.shape[1]):
        at = 0
        for k in range(len(sizes)):
            at = at * sizes[k] + codes[k, i]
        if seen[at]:
            return True
        seen[at] = 1
    return False


@compiled
def all_deviations(v: Floats, f: Floats) -> Floats:
    """What `noise.deviations` gives, in one pass."""
    out = np.empty(len(v))
    for i in range(len(v)):
        total = abs(v[i]) + abs(f[i])
        out[i] = 2 * (v[i] - f[i]) / total if total > 0 else 0.0
    return out
