"""What is ordinary for small counts: they scatter as counting does, somewhat more where forecasts are off."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cube import weighing
from levelfield.drill_down.cube.geometry import ListedCuboids, WholeCube

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Gains = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
Places = WholeCube | ListedCuboids

SMALL_COUNTS = 25.0  # expected in the middle leaf, below which a relative deviation is mostly chance
LOOK = 20_000  # leaves that tell whether these are counts
MOST_LEAVES = 200_000  # that tell how counts scatter
PER_GROUP = 200.0  # counts expected in a group of leaves: enough for its middle to be its mean
LEAVES_PER_GROUP = 20  # at least, since one large leaf makes no group
FEWEST_GROUPS = 20
SAME = 0.05  # share of the own error by which another look must differ
DISTURBING = 0.005  # share of leaves in plain places that colours the scatter of all
NORMAL = 1.4826  # median absolute deviations in one standard deviation
DOUBTED = 1.7  # standard error of that scatter as a share of it, times the root of how many groups
WORTH_TAKING_OUT, SURELY = 0.02, 3.0  # a shift of everything, and its standard errors
EVERY = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Counting:
    """Of a leaf: x what is expected after the common shift, y what was counted."""

    common: float
    own_error: float  # relative variance of what is expected of a leaf, beyond counting
    settled: bool = False  # not to be looked at again

    @property
    def everywhere(self) -> float:
        """The relative shift of all leaves alike."""
        return self.common - 1

    def alike(self, other: Counting) -> bool:
        """Would another look change nothing that matters?"""
        return self.common == other.common and abs(self.own_error - other.own_error) < SAME * max(self.own_error, 0.1)

    def values(self, v: Floats, f: Floats) -> tuple[Floats, Floats, Floats]:
        """What is expected, and counts."""
        return f * self.common, v, np.empty(0)

    def weigh(
        self, cells: Ints | None, tally: Floats, gains: Gains, prices: Floats, least: Floats, places: Places
    ) -> None:
        """Gains after their price."""
        own = EVERY if cells is None else cells
        weighing.evaluate_counts(
            own, cells is None, tally, gains, prices, least, places.cuboid_of, places.strides, places.sizes, self.own_error
        )  # fmt: skip

    def ordinary(self, rest: Floats, changed: Floats) -> float:
        """As expected, against the factor of the changed parts."""
        _n, e, e2, x = (float(one) for one in rest)
        if e <= 0:
            return 0.0
        factor = max(float(changed[3] / max(changed[1], 1e-9)), 1e-9)
        return ((factor - 1) * e - x * math.log(factor)) / (1 + self.own_error * e2 / e)

    def without_common(self) -> Counting | None:
        """The same without a shift of everything, where there is one."""
        return None if self.common == 1 else Counting(1.0, self.own_error, settled=True)

    def log_likelihood(self, v: Floats, f: Floats) -> float:
        """Of all counts as ordinary, but for what does not hang on the shift of everything."""
        return float(v.sum() * math.log(self.common) - self.common * f.sum())

    def shifts(self, tally: Floats) -> tuple[Floats, Floats]:
        """Of some places: relative shift and its variance."""
        e = np.maximum(tally[:, 1], 1e-9)
        return tally[:, 3] / e - 1, (1 + self.own_error * tally[:, 2] / e) / e

    def again(self, v: Floats, f: Floats, alive: Marks, y: Floats, first: bool) -> Counting | None:
        """A better look at what is ordinary without the leaves of plain places, if it changes anything."""
        if self.settled or not first or (~alive).mean() <= DISTURBING:
            return None
        other = counting_of(v[alive], f[alive])
        return None if self.alike(other) else other


def are_counts(v: Floats, f: Floats) -> bool:
    """Are these small whole numbers against a forecast? Then chance is that of counting, and relative deviations mislead."""
    sample = slice(None, None, max(1, len(v) // LOOK))
    own, usual = v[sample], f[sample]
    if (own != np.round(own)).any() or (own < 0).any() or (usual < 0).any():
        return False
    positive = usual[usual > 0]
    return len(positive) > 0 and float(np.median(positive)) <= SMALL_COUNTS


def counting_of(v: Floats, f: Floats) -> Counting:
    """The common factor and the scatter, by groups of leaves that lie apart from each other.

    A place is spread over all groups, so that it moves them alike; what differs between groups is chance.
    """
    own, usual = v[apart(len(v))], f[apart(len(v))]
    groups = min(int(usual.sum() / PER_GROUP), len(own) // LEAVES_PER_GROUP)
    if groups < FEWEST_GROUPS:
        return Counting(_surely(_middle_of(own, usual), own), 0.0)
    starts = np.linspace(0, len(own), groups, endpoint=False).astype(np.int64)
    x, e, squares = (np.add.reduceat(one, starts) for one in (own, usual, usual * usual))
    x, e, squares = x[e > 0], e[e > 0], squares[e > 0]
    factor = _surely(float(np.median(x / e)), own)
    z = (x - factor * e) / np.sqrt(factor * e)
    spread = NORMAL * float(np.median(np.abs(z - np.median(z))))
    scatter = max(1.0, spread * spread * (1 - DOUBTED / math.sqrt(len(z))))
    return Counting(factor, (scatter - 1) / (factor * float(np.median(squares / e))))


def _surely(factor: float, own: Floats) -> float:
    """A factor of everything; 1 where it is too little to tell, or within chance."""
    error = 1.25 / math.sqrt(max(float(own.sum()), 1.0))  # of a middle value
    return factor if factor > 0 and abs(math.log(factor)) >= max(WORTH_TAKING_OUT, SURELY * error) else 1.0


def _middle_of(own: Floats, usual: Floats) -> float:
    """The middle ratio of leaves, each as heavy as what is expected of it."""
    heavy = usual > 0
    ratio, weight = own[heavy] / usual[heavy], usual[heavy]
    order = np.argsort(ratio, kind="stable")
    before = np.cumsum(weight[order])
    return float(ratio[order][int(np.searchsorted(before, before[-1] / 2))])


def apart(n: int) -> Ints:
    """Positions of leaves in an order in which neighbours lie far apart; of very many leaves, some.

    >>> apart(8).tolist()
    [0, 5, 2, 7, 4, 1, 6, 3]
    """
    step = int(0.618 * n) | 1
    while math.gcd(step, n) > 1:
        step += 2
    positions: Ints = np.arange(min(n, MOST_LEAVES), dtype=np.int64) * step % n
    return positions
