"""The search: the place that gains most, the scatter of all others learned without it, again until nothing gains."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.found import Found
from levelfield.drill_down.scan.drifting import drift_of
from levelfield.drill_down.scan.fitting import fitted_rates
from levelfield.drill_down.scan.places import Places

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer[Any]]

SURE = 3.0  # nats a place must gain beyond its price: at most two false culprits in a hundred tables without a cause (bench)
EACH_DEPTH = 0.7  # nats: the price of one more attribute
ENOUGH = 50.0  # counts that tell the shift of everything
LEAST_DRIFT = 0.02  # of a rate between two spans, where nobody did anything; nobody looks for less
FEWEST_PLACES = 6  # from which a drift is told
FEWEST_EXPECTED = 3.0  # counts; a place with less says little on scatter
LOOK = 4000  # places of a depth that are looked at
ALONG = 0.5  # of a place's move that its other leaves must have made, for its pieces to be told as one
TELLS = 0.7  # of its labels, the share by which a table tells its drift as well as normals would
AGAIN = 5  # times a place is chosen anew with what was learned without it
ALL_MOST = 1e7  # counts by which a place is drawn towards its labels where places do not differ


class Scan:
    """A scan over all listed places of leaves with counts `(n,)` now (`x1` of `n1`) and in the baseline (`x0` of `n0`).

    A place's expectation is what its leaves' rates make, times its own baseline's excess over them, drawn towards none as strongly as
    places of that kind lie close to their labels, times the factor by which everything moved.
    """

    def __init__(
        self,
        codes: Sequence[Codes],
        sizes: Sequence[int],
        x1: Floats,
        n1: Floats,
        x0: Floats,
        n0: Floats,
        binomial: bool,
    ) -> None:
        from levelfield.drill_down.scan import weighing

        self.kernel, self.binomial = weighing, binomial
        self.places = Places(codes, sizes)
        self.rate = fitted_rates(codes, sizes, x0, n0, binomial=binomial)
        self.values = np.column_stack([x1, n1 * self.rate, n1, x0, n0 * self.rate])
        self.tally = weighing.tally_up(self.places.cells_of, self.values, len(self.places))
        self.total = self.values.sum(axis=0)
        self.alive = np.ones(len(x1), dtype=bool)
        self.depth = np.array([len(fixed) for fixed in self.places.cuboids])
        self.known = self._known(codes, sizes, x0)
        self.owns = self._owns()
        self.prices = self.places.prices(self.tally[:, 2] > 0, EACH_DEPTH)
        self.labels = float(sum(len(np.unique(own)) for own in codes))
        self.looked = self._looked()
        self.drifts = np.full(len(self.depth), LEAST_DRIFT**2)
        self.gains = np.empty(len(self.places))

    def _known(self, codes: Sequence[Codes], sizes: Sequence[int], x0: Floats) -> Floats:
        """Of each place: the relative variance of its labels' effects, from how few they counted in the baseline."""
        by_label = [1 / (np.bincount(own, x0, minlength=size) + 1) for own, size in zip(codes, sizes, strict=True)]
        found = np.zeros(len(self.places))
        for c, fixed in enumerate(self.places.cuboids):
            cells = slice(*self.places.span_of(c))
            one = self.places.one_leaf[cells]
            found[cells] = sum(by_label[k][codes[k][one]] for k in fixed)
        return found

    def _owns(self) -> Floats:
        """Of each cuboid: counts at which a place's own baseline weighs as much as what its labels say.

        The inverse of the variance by which baselines scatter around their labels beyond chance.
        """
        found = np.zeros(len(self.depth))
        for c in np.flatnonzero(self.depth > 1):
            _x1, e1, n1, x, e = self.tally[slice(*self.places.span_of(int(c)))].T
            chance = e * (1 - np.divide(e1, n1, out=np.zeros_like(e1), where=n1 > 0)) if self.binomial else e
            told = np.flatnonzero(chance >= FEWEST_EXPECTED)
            told = told[:: max(1, math.ceil(len(told) / LOOK))]
            plain = np.ones(len(told))
            scatter = (
                drift_of(np.column_stack([(x - e)[told] ** 2 / chance[told], plain, chance[told]]))
                if len(told) >= FEWEST_PLACES
                else 0.0
            )
            found[c] = min(1 / scatter, ALL_MOST) if scatter > 0 else ALL_MOST
        return found

    def _looked(self) -> list[Ints]:
        """Of each depth: the places by which its drift is told, spread over them."""
        depth = self.depth[self.places.cuboid_of]
        found = []
        for deep in range(1, int(self.depth.max()) + 1):
            own = np.flatnonzero((depth == deep) & (self.tally[:, 1] >= FEWEST_EXPECTED))
            found.append(own[:: max(1, math.ceil(len(own) / LOOK))])
        return found

    def _learn(self) -> None:
        """The drift of ordinary places of each depth, from those that are left."""
        drift = LEAST_DRIFT**2
        for deep, looked in enumerate(self.looked, start=1):
            found = self.kernel.deviations(
                self.tally, looked, self.places.cuboid_of, self.known, self.owns, self.total, self.binomial
            )
            told = found[found[:, 2] >= FEWEST_EXPECTED]
            # A place drifts with each of its labels: one more label makes it no steadier.
            drift = max(drift, drift_of(told) if len(told) >= FEWEST_PLACES else 0.0)
            self.drifts[self.depth == deep] = drift

    def weigh(self) -> None:
        """The gains of all places as things stand."""
        self.kernel.weigh(
            self.tally, self.places.cuboid_of, self.known, self.prices, self.owns, self.drifts, TELLS * self.labels, self.total,
            self.binomial, SURE, self.gains,
        )  # fmt: skip

    def leaves_of(self, cell: int) -> Ints:
        """The leaves of a place that are left."""
        leaves = self.places.leaves_of(cell)
        return leaves[self.alive[leaves]]

    def set_aside(self, leaves: Ints) -> None:
        """Take leaves out of all places."""
        self.alive[leaves] = False
        self.kernel.move(leaves, -1.0, self.places.cells_of, self.values, self.tally)
        self.total = self.total - self.values[leaves].sum(axis=0)

    def put_back(self, leaves: Ints) -> None:
        """Leaves that were set aside, back in all places."""
        self.alive[leaves] = True
        self.kernel.move(leaves, 1.0, self.places.cells_of, self.values, self.tally)
        self.total = self.total + self.values[leaves].sum(axis=0)

    def best(self) -> Found | None:
        """The place that gains most, where the scatter is that of the others; None where none gains enough."""
        cell, leaves = -1, np.empty(0, dtype=np.int64)
        for _ in range(AGAIN):
            self.weigh()
            other = int(np.argmax(self.gains))
            if other == cell or self.gains[other] <= SURE:
                break
            cell, leaves = other, self.leaves_of(other)
            self.set_aside(leaves)
            self._learn()
            self.put_back(leaves)
        else:
            self.weigh()
        cell = int(np.argmax(self.gains))
        gain = float(self.gains[cell])
        if gain <= SURE:
            return None
        cell = self._plainest(self._within(cell))
        leaves = self.leaves_of(cell)
        runner, runner_gain = self._runner_up(cell, leaves)
        return Found(cell, gain, leaves, runner, runner_gain) if len(leaves) else None

    def run(self, most: int) -> list[Found]:
        """Places one after another until nothing gains, pieces joined, each chosen once more beside all others; best first."""
        found: list[Found] = []
        while len(found) < most:
            one = self.best()
            if one is None:
                break
            self.set_aside(one.leaves)
            found.append(one)
        if not found and most > 1:
            found = self._side_by_side()
        if len(found) > 1:
            found = self._again(self._joined(found))
        return sorted(found, key=lambda one: -one.gain)

    def _side_by_side(self) -> list[Found]:
        """Places that hide each other, each being scatter to the other: the two that are furthest off, if both stand without each other."""
        self.drifts[:] = LEAST_DRIFT**2
        pair: list[Found] = []
        for _ in range(2):
            self.weigh()
            cell = self._plainest(int(np.argmax(self.gains)))
            leaves = self.leaves_of(cell)
            if self.gains[cell] <= SURE or not len(leaves):
                break
            self.set_aside(leaves)
            pair.append(Found(cell, float(self.gains[cell]), leaves, None, -math.inf))
        self._learn()
        kept = self._again(pair) if len(pair) > 1 else []
        if len(kept) > 1:
            return kept
        for one in kept or pair:
            self.put_back(one.leaves[~self.alive[one.leaves]])
        return []

    def _again(self, found: list[Found]) -> list[Found]:
        """Each place chosen once more: the first was chosen while the others disturbed what is ordinary."""
        kept: list[Found] = []
        for one in found:
            self.put_back(one.leaves)
            other = self.best()
            if other is not None:
                self.set_aside(other.leaves)
                kept.append(other)
        return kept

    def _joined(self, found: list[Found]) -> list[Found]:
        """Pieces of one place told as that place, where it gains more than the best of them."""
        for place in self._in_common(found):
            fixed = set(self.places.labels_of(place).items())
            pieces = [one for one in found if fixed <= set(self.places.labels_of(one.cell).items())]
            if len(pieces) < 2:
                continue
            others = self._moved(place)
            for one in pieces:
                self.put_back(one.leaves)
            along = others is None or others / (self._moved(place) or math.inf) > ALONG
            whole = self._as_cause(place) if along else None
            if whole is not None and whole.gain > max(one.gain for one in pieces):
                self.set_aside(whole.leaves)
                found = [*(one for one in found if one not in pieces), whole]
            else:
                for one in pieces:
                    self.set_aside(one.leaves)
        return found

    def _moved(self, cell: int) -> float | None:
        """The logarithm by which a place moved against everything else; None where it counts too little to say."""
        row, rest = self.tally[cell], self.total - self.tally[cell]
        if row[2] <= 0:
            return None
        moved = self.kernel.moved_by(rest[0], rest[1], rest[2], self.binomial)
        e, _doubt = self.kernel.meant(
            row, self.owns[self.places.cuboid_of[cell]], self.known[cell], moved, self.binomial
        )
        if e < FEWEST_EXPECTED:
            return None
        return math.log(self.kernel.moved_by(max(row[0], 0.0), e, row[2], self.binomial))

    def _in_common(self, found: list[Found]) -> list[int]:
        """Places that hold two found ones at least, those with the fewest attributes first."""
        labels = [set(self.places.labels_of(one.cell).items()) for one in found]
        shared = {frozenset(a & b) for k, a in enumerate(labels) for b in labels[:k] if a & b}
        places = []
        for fixed in sorted(shared, key=lambda own: (len(own), sorted(own))):
            holder = found[next(k for k, own in enumerate(labels) if fixed <= own)]
            cuboid = self.places.cuboids.index(tuple(sorted(k for k, _label in fixed)))
            places.append(int(self.places.cells_of[cuboid, holder.leaves[0]]))
        return places

    def _as_cause(self, cell: int) -> Found | None:
        """A place weighed as the next cause, the scatter learned without it."""
        leaves = self.leaves_of(cell)
        self.set_aside(leaves)
        self._learn()
        self.put_back(leaves)
        self.weigh()
        gain = float(self.gains[cell])
        runner, runner_gain = self._runner_up(cell, leaves)
        return Found(cell, gain, leaves, runner, runner_gain) if gain > SURE else None

    def _within(self, cell: int) -> int:
        """Where a change sits: of the places inside and around one that changed, that which the counts speak for most.

        That something changed is judged beside the drift of ordinary places; where it sits is not: they all share that drift.
        """
        leaves = self.leaves_of(cell)
        if not len(leaves):
            return cell
        fixed = set(self.places.cuboids[int(self.places.cuboid_of[cell])])
        family: list[Ints] = []
        for c, other in enumerate(self.places.cuboids):
            if fixed <= set(other):
                family.append(np.unique(self.places.cells_of[c, leaves]).astype(np.int64))
            elif fixed > set(other):
                family.append(self.places.cells_of[c, leaves[:1]].astype(np.int64))
        near = np.concatenate(family)
        drifts, kept = self.drifts.copy(), self.gains.copy()
        self.drifts[:] = LEAST_DRIFT**2
        self.weigh()
        best = int(near[int(np.argmax(self.gains[near]))])
        self.drifts[:], self.gains[:] = drifts, kept
        return best

    def _plainest(self, cell: int) -> int:
        """Of all places with the same leaves left, the one that fixes the fewest attributes: a city names its province."""
        leaves = self.leaves_of(cell)
        if not len(leaves):
            return cell
        at = self.places.cells_of[:, leaves[0]].astype(np.int64)
        same = np.isclose(self.tally[at], self.tally[cell], rtol=1e-9, atol=1e-9).all(axis=1)
        return int(at[int(np.argmax(same))]) if same.any() else cell

    def _runner_up(self, cell: int, leaves: Ints) -> tuple[int | None, float]:
        """The best other place among those of its heaviest leaf."""
        if not len(leaves):
            return None, -math.inf
        one = int(leaves[int(np.argmax(np.abs(self.values[leaves, 0] - self.values[leaves, 1])))])
        others = self.places.cells_of[:, one].astype(np.int64)
        others = others[others != cell]
        if not len(others):
            return None, -math.inf
        best = int(others[int(np.argmax(self.gains[others]))])
        return (best, float(self.gains[best])) if self.gains[best] > -1e29 else (None, -math.inf)

    def left(self, turned: bool = False) -> float:
        """The factor by which the leaves moved that no place holds; one where too few are left to say. `turned`: of what was not counted."""
        x, e, n = (float(own) for own in self.total[:3])
        if turned:
            x, e = n - x, n - e
        return x / e if e >= ENOUGH else 1.0

    def expected(self, cell: int, leaves: Ints) -> float:
        """What a place should count by the baseline alone."""
        row = self.values[leaves].sum(axis=0)
        return float(
            self.kernel.meant(row, self.owns[self.places.cuboid_of[cell]], self.known[cell], 1.0, self.binomial)[0]
        )
