"""The search over one cube: the place that gains most, one after another, until nothing gains."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cube import kernel
from levelfield.drill_down.cube.geometry import ListedCuboids, WholeCube, geometry_of
from levelfield.drill_down.found import Found

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer[Any]]
Gains = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
Places = WholeCube | ListedCuboids

EACH_DEPTH = 0.7  # nats: the price of one more attribute in a place
ORDINARY = 0.5  # share of leaves that must stay ordinary: what most leaves do is the noise, not a place
PLAINLY_ORDINARY = 5.0  # nats by which the other parts of a place look ordinary rather than changed, for it to be split
LEAST_SHIFT = 0.05  # a smaller relative shift is not worth telling
# Times what labels differ by themselves: the middle label understates it, and of thousands of places the oddest counts.
BEYOND_USUAL = 6.0
WELL_KNOWN, FEWEST_LABELS = 0.02, 12  # error of a label's shift, and labels, from which that is told
NORMAL = 1.4826  # median absolute deviations in one standard deviation
NOWHERE = -1e30  # what a place without leaves gains


class Model(Protocol):
    """What is ordinary, and what it says of a place by its four tallies: Σ w, Σ w x, Σ w x² and Σ y of its leaves."""

    @property
    def everywhere(self) -> float:
        """The relative shift of all leaves alike."""

    def without_common(self) -> Model | None:
        """The same without a shift of everything, where both stories are to be told."""

    def again(self, v: Floats, f: Floats, alive: Marks, y: Floats, first: bool) -> Model | None:
        """A better look at what is ordinary without the leaves of plain places, if it changes anything."""

    def log_likelihood(self, v: Floats, f: Floats) -> float:
        """Of all leaves as ordinary."""

    def values(self, v: Floats, f: Floats) -> tuple[Floats, Floats, Floats]:
        """Of each leaf x, y and its weight; no weights where all weigh one."""

    def weigh(
        self, cells: Ints | None, tally: Floats, gains: Gains, prices: Floats, least: Floats, places: Places
    ) -> None:
        """Write the gains of some places, or of all."""

    def shifts(self, tally: Floats) -> tuple[Floats, Floats]:
        """Of some places: relative shift and its variance."""

    def ordinary(self, rest: Floats, changed: Floats) -> float:
        """By how many nats the rest of a place looks ordinary, rather than changed as the others are."""


class Search:
    """Tallies and gains of every place of a cube, and the leaves that no place explains yet."""

    def __init__(self, v: Floats, f: Floats, codes: Codes, sizes: Ints, model: Model) -> None:
        self.codes, self.places = codes, geometry_of(codes, sizes)
        self.prices = self._prices()
        self.touched = np.zeros(self.places.cells, dtype=bool)
        self.tally, self.gains = np.empty((0, 4)), np.empty(0, dtype=np.float32)
        self.start(v, f, model)

    def start(self, v: Floats, f: Floats, model: Model) -> None:
        """All leaves with what is ordinary for them; no place is taken yet."""
        self.tally, self.gains = np.empty((0, 4)), np.empty(0, dtype=np.float32)  # room for the next ones
        self.model = model
        self.x, self.y, self.w = model.values(v, f)
        self.alive = np.ones(len(v), dtype=bool)
        self.tally = self.places.tally(self.x, self.y, self.w)
        self.gains = np.empty(len(self.tally), dtype=np.float32)
        self.least = self._least()
        self._weigh(None)

    def _least(self) -> Floats:
        """Of each set of dimensions: the least relative shift that is told, more than labels differ by themselves.

        Forecasts of single labels are off by a little, everywhere: such a label is no place, nor is one where two meet.
        """
        away, chance = [], []
        for k in range(len(self.codes)):
            shifts, variances = self.model.shifts(self.tally[self.places.parts_of(len(self.tally) - 1, k)])
            known = variances < WELL_KNOWN**2
            if known.sum() > 2:
                away.append(shifts[known] - np.median(shifts[known]))
                chance.append(variances[known])
        usual = 0.0
        if sum(len(own) for own in away) >= FEWEST_LABELS:
            seen = NORMAL * float(np.median(np.abs(np.concatenate(away))))
            usual = math.sqrt(max(seen * seen - float(np.median(np.concatenate(chance))), 0.0))
        depths = np.array([len(fixed) for fixed in self.places.cuboids] + [0])
        least: Floats = np.maximum(LEAST_SHIFT, BEYOND_USUAL * usual * np.sqrt(depths))
        return least

    def _weigh(self, cells: Ints | None) -> None:
        self.model.weigh(cells, self.tally, self.gains, self.prices, self.least, self.places)
        self.gains[-1] = NOWHERE  # everything is no place

    def _prices(self) -> Floats:
        """Of each set of dimensions: which one, and which of its places; at most as many as there are leaves."""
        sizes = self.places.sizes
        prices = np.zeros(len(self.places.cuboids) + 1)
        for c, fixed in enumerate(self.places.cuboids):
            many = math.prod(int(sizes[k]) for k in fixed)
            which_set = math.log(math.comb(len(sizes), len(fixed))) + math.log(len(sizes))
            prices[c] = math.log(min(many, self.codes.shape[1])) + which_set + EACH_DEPTH * len(fixed)
        return prices

    def run(self, most: int, least: float) -> list[Found]:
        """Places one after another, until none gains more than `least`."""
        found: list[Found] = []
        while len(found) < most:
            cell = kernel.best_of(self.gains)
            if float(self.gains[cell]) <= least:
                break
            cell = self._refined(cell)
            gain = float(self.gains[cell])
            inside = self.alive.copy()
            for k, label in self.places.labels_of(cell).items():
                inside &= self.codes[k] == label
            leaves = np.flatnonzero(inside)
            if self.alive.sum() - len(leaves) < ORDINARY * len(self.alive):
                break
            runner, runner_gain = self._runner_up(cell, leaves)
            self.alive[leaves] = False
            self._weigh(self.places.take_out(cell, leaves, self.x, self.y, self.w, self.tally, self.touched))
            found.append(Found(cell, gain, leaves, runner, runner_gain))
        return found

    def _refined(self, cell: int) -> int:
        """The place itself, or the finer one to tell first where its parts explain more one by one.

        Two of ten parts that changed make a wide shift of the whole: it beats noise, and its parts beat it.
        """
        while True:
            fixed = self.places.labels_of(cell)
            splits = [self._split(cell, k) for k in range(len(self.codes)) if k not in fixed]
            gained, part = max(splits, default=(-math.inf, cell))
            if gained <= float(self.gains[cell]):
                return cell
            cell = part

    def _split(self, cell: int, k: int) -> tuple[float, int]:
        """What the parts of a place along one dimension gain together, and the part that gains most.

        Nothing where the other parts are not plainly ordinary: parts that all changed are one place.
        """
        parts = self.places.parts_of(cell, k)
        gains, own = self.gains[parts], self.tally[parts]
        changed = gains > 0
        if not changed.any() or changed.all():
            return -math.inf, cell
        rest = own[~changed].sum(axis=0)
        if self.model.ordinary(rest, own[changed].sum(axis=0)) < PLAINLY_ORDINARY:
            return -math.inf, cell
        gained = float(gains[changed].sum(dtype=np.float64))
        if abs(float(self.model.shifts(rest[None])[0][0])) < LEAST_SHIFT / 2:
            gained += float(
                self.gains[cell]
            )  # the others did not move: what the whole gains beyond its parts is no shift
        return gained, parts.start + int(np.argmax(gains)) * parts.step

    def _runner_up(self, cell: int, leaves: Ints) -> tuple[int | None, float]:
        """The best other place that holds at least one of the same leaves: coarser, finer or beside."""
        others = self.places.holding(int(leaves[len(leaves) // 2]))
        others = others[others != cell]
        best = int(others[int(np.argmax(self.gains[others]))]) if len(others) else -1
        if best < 0 or self.gains[best] <= NOWHERE:
            return None, -math.inf
        return best, float(self.gains[best])
