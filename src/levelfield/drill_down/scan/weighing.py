"""Places numbered, tallied and weighed, as machine code."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]

X, E, N, X0, E0 = range(5)  # columns of a tally: counted, expected and possible now; counted and fitted in the baseline
REST = 5.0  # nats per unit of the logarithm by which the rest must have moved, were this place the cause
MOST_REST = 3.0
WORTH_EXACT = 2.0  # nats a place may lack and still be weighed exactly
SEEN = 0.5  # counts added to a place's own baseline, so that none is certain
STUDENT = 0.05  # share of an estimated scatter from which its tails are heavier


@compiled
def number(key: Ints, whole: int) -> Any:
    """Places numbered as they come: of each leaf its place, and of each place a leaf."""
    own = np.empty(len(key), dtype=np.int32)
    first = np.empty(min(len(key), whole), dtype=np.int64)
    seen = np.full(whole, -1, dtype=np.int32)
    many = 0
    for i in range(len(key)):
        at = seen[key[i]]
        if at < 0:
            at = many
            seen[key[i]] = at
            first[many] = i
            many += 1
        own[i] = at
    return own, first[:many].copy()


@compiled
def tally_up(cells_of: Numbers, values: Floats, cells: int) -> Floats:
    """Sums of the columns of the leaves over every place: (cells, columns)."""
    out = np.zeros((cells, values.shape[1]))
    for c in range(cells_of.shape[0]):
        for i in range(cells_of.shape[1]):
            cell = cells_of[c, i]
            for m in range(values.shape[1]):
                out[cell, m] += values[i, m]
    return out


@compiled
def move(leaves: Ints, sign: float, cells_of: Numbers, values: Floats, tally: Floats) -> None:
    """Take leaves out of every place they lie in (−1), or put them back (+1)."""
    for i in leaves:
        for c in range(cells_of.shape[0]):
            cell = cells_of[c, i]
            for m in range(values.shape[1]):
                tally[cell, m] += sign * values[i, m]


@compiled
def meant(row: Floats, own: float, known: float, moved: float, binomial: bool) -> Any:
    """What a place should count, and the relative variance of that.

    `own`: counts at which a place's own baseline weighs as much as that of its labels.
    `moved`: the factor by which rates (of shares: odds) moved elsewhere.
    """
    before = max(row[X0], 0.0) + own + SEEN
    moved *= before / (max(row[E0], 0.0) + own + SEEN)
    doubt = 1.0 / before + (own / before) ** 2 * known
    rate = row[E] / row[N]
    if binomial:
        rate = min(rate, 1.0 - 1e-9)
        rate = rate * moved / (1.0 - rate + rate * moved)
    else:
        rate *= moved
    return max(row[N] * rate, 1e-9), doubt


@compiled
def moved_by(x: float, e: float, n: float, binomial: bool) -> float:
    """The factor by which rates moved, of shares by which odds moved; half a count keeps it finite."""
    if not binomial:
        return (x + SEEN) / (e + SEEN)
    return (x + SEEN) * (n - e + SEEN) / ((e + SEEN) * (max(n - x, 0.0) + SEEN))


@compiled
def _unlikely(x: float, e: float) -> float:
    return x * math.log(x / e) if x > 0.0 else 0.0


@compiled
def weigh(
    tally: Floats, cuboid_of: Numbers, known: Floats, prices: Floats, owns: Floats, drifts: Floats, sure: float, total: Floats, binomial: bool, least: float,
    gains: Floats,
) -> None:  # fmt: skip
    """What each place gains: the likelihood ratio of two samples, the place and what it is expected from, less its price.

    What is expected is worth as many counts as its variance says: that of the place's baseline and of how everything else moved. Of the
    logarithm of the change, the drift of ordinary places is added to the variance of counting (`drifts`; `sure`: by how many it is known).
    """
    for cell in range(len(tally)):
        row = tally[cell]
        c = cuboid_of[cell]
        if row[N] <= 1e-9 or row[E] <= 1e-12:
            gains[cell] = -1e30
            continue
        n, x = row[N], max(row[X], 0.0)
        rest = max(total[X] - x, 0.0)
        moved = moved_by(rest, max(total[E] - row[E], 0.0), max(total[N] - n, 0.0), binomial)
        e, doubt = meant(row, owns[c], known[cell], moved, binomial)
        worth = 1.0 / (doubt + 1.0 / (rest + SEEN))
        pooled = (x + worth) / (e + worth)
        own, other = e * pooled, worth * pooled
        both = max(1.0 - own / n, 1e-9) if binomial else 1.0
        far = (x - own) * (x - own) * (1.0 / own + 1.0 / other) / both
        price = prices[c] + min(REST * abs(math.log(moved)), MOST_REST)
        ratio = 0.5 * far
        if far > price + least - WORTH_EXACT:
            ratio = _unlikely(x, own) + _unlikely(worth, other)
            if binomial:
                fails = max(1.0 - e / n, 1e-9)
                ratio += _unlikely(max(n - x, 0.0), n * both) + _unlikely(worth / e * n * fails, worth / e * n * both)
            size = math.log(moved_by(x, e, n, binomial))
            plain, by_drift = 1.0 / max(ratio, 1e-9), 2.0 * drifts[c] / max(size * size, 1e-12)
            ratio = 1.0 / (plain + by_drift)
            part = by_drift * ratio
            if part > STUDENT:
                free = sure / (part * part)
                ratio = 0.5 * (free + 1.0) * math.log1p(2.0 * ratio / free)
        gains[cell] = ratio - price


@compiled
def deviations(
    tally: Floats, looked: Ints, cuboid_of: Numbers, known: Floats, owns: Floats, total: Floats, binomial: bool
) -> Floats:
    """Of some places: squared deviation over the chance of counting, its variance without drift, and what a drift adds to it."""
    out = np.zeros((len(looked), 3))
    moved = moved_by(total[X], total[E], total[N], binomial)
    for i in range(len(looked)):
        row = tally[looked[i]]
        if row[N] <= 1e-9 or row[E] <= 1e-12:
            continue
        e, doubt = meant(row, owns[cuboid_of[looked[i]]], known[looked[i]], moved, binomial)
        fails = max(1.0 - e / row[N], 1e-9) if binomial else 1.0
        out[i, 0] = (row[X] - e) ** 2 / (e * fails)
        out[i, 1] = 1.0 + e * doubt
        out[i, 2] = e * fails
    return out
