"""Where does a change of a rate sit? A scan over all places with counts as small as they come; often there is none."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cause import Cause, Causes
from levelfield.drill_down.leaves import Leaves, read_leaves
from levelfield.drill_down.scan.expecting import DRAWN, Expected, expected_counts, forecast_counts
from levelfield.drill_down.scan.places import Places
from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MOST = 10  # causes that are told
SURE = 3.5  # nats a place must gain beyond its price: one false culprit in some hundred tables without a cause
EACH_DEPTH = 0.7  # nats: the price of one more attribute
FEWEST_PLACES = 12  # of a cuboid, from which the scatter of its places is told
ENOUGH_PLACES = 40  # of one cuboid, to tell its scatter from that of others as deep
FEWEST_EXPECTED = 3.0  # counts; a place with less says little on scatter
WORTH_A_NOTE = 0.05
SAME = 0.01  # share by which the shift of everything may be off
FAMILIES = ("binomial", "poisson")
ENOUGH = 50.0  # counts that tell the shift of everything
DOUBTED = 1.6  # standard error of the middle of squared normals, as a share of it, times the root of how many
HALF_NORMAL = 0.4549  # median of a squared standard normal


def localise_rate(
    leaves: object, dims: Sequence[str], numerator: str, denominator: str, baseline_numerator: str, baseline_denominator: str, *, family: str = "binomial",
    most: int = MOST,
) -> Causes:  # fmt: skip
    """The few conjunctions of attributes that carry a change of a rate, best first; empty where there is none.

    Shapes: a table with a row per leaf: dimensions, and counts now and in the baseline. Every conjunction is weighed by the
    likelihood ratio of its summed counts against what its leaves should count (their own baseline drawn towards that of
    their labels), in both directions, less the scatter of ordinary places and a price for having looked everywhere. A shift
    of all leaves alike is the baseline; it is told in the notes. `family`: "binomial" for shares, "poisson" for ratios above one.
    Refuses: what `read_leaves` refuses, a numerator above its denominator (binomial), nothing to compare with.
    Source: the scan statistic of Kulldorff (1997), doi:10.1080/03610929708831995; the empirical null of Efron (2004),
    doi:10.1198/016214504000000089; docs/decisions/0012.
    """
    if family not in FAMILIES:
        raise Refusal(f"“{family}” is not a family", expected=" or ".join(FAMILIES), kind=RefusalKind.DEFINITION)
    read = read_leaves(leaves, dims, (numerator, denominator, baseline_numerator, baseline_denominator))
    x1, n1, x0, n0 = (read.figures[name] for name in (numerator, denominator, baseline_numerator, baseline_denominator))
    if family == "binomial":
        for above, below, names in (
            (x1, n1, (numerator, denominator)),
            (x0, n0, (baseline_numerator, baseline_denominator)),
        ):
            if (above > below).any():
                at = int(np.argmax(above > below))
                raise Refusal(
                    f"“{names[0]}” is {above[at]:g} and “{names[1]}” is {below[at]:g} in leaf {at + 1:,}", where="localise_rate", expected=f"{names[0]} ≤ {names[1]}",
                    next_step="Correct the leaf, or say family=“poisson” where a ratio may exceed one.", kind=RefusalKind.DEFINITION,
                )  # fmt: skip
    for name, own in ((denominator, n1), (baseline_denominator, n0)):
        if own.sum() <= 0:
            raise Refusal(
                f"“{name}” adds up to nothing",
                where="localise_rate",
                expected="contacts in both spans",
                kind=RefusalKind.DEFINITION,
            )
    return scan(read, x1, n1, x0, n0, binomial=family == "binomial", most=most)


def scan(
    read: Leaves, x1: Floats, n1: Floats, x0: Floats, n0: Floats, *, binomial: bool, most: int, exact: bool = False
) -> Causes:
    """The scan over leaves that are read already. `exact`: the baseline is a forecast, which has no chance of its own."""
    change = float(x1.sum() / n1.sum() - x0.sum() / n0.sum())
    notes = list(read.notes)
    counted = n1 > 0
    if not read.dims or counted.sum() < 2:
        notes.append("There is too little to search: no dimension splits it, or too few leaves hold anything.")
        return Causes((), notes=notes, change=change)
    codes = [own[counted] for own in read.codes]
    x1, n1, x0, n0 = (own[counted] for own in (x1, n1, x0, n0))
    if exact:
        tellings = _tellings(
            codes,
            list(read.sizes),
            (x1, n1, x0),
            lambda c: forecast_counts(codes, read.sizes, x1, n1, everywhere=c),
            binomial,
            most,
            exact=True,
        )
    else:
        tellings = _tellings(
            codes,
            list(read.sizes),
            (x1, n1, x0),
            lambda c: expected_counts(codes, read.sizes, x1, n1, x0, n0, binomial=binomial, everywhere=c),
            binomial,
            most,
        )
    _rank, search, meant, places = min(tellings, key=lambda telling: telling[0])
    if abs(meant.everywhere - 1) > WORTH_A_NOTE:
        notes.append(f"The rate moved by {meant.everywhere - 1:+.0%} everywhere; places are those that differ from it.")
    found = [_cause(search, read, one, x1, n1, x0, n0, change) for one in places]
    return Causes(found, notes=notes, change=change)


def _tellings(
    codes: Sequence[Any],
    sizes: list[int],
    figures: tuple[Floats, Floats, Floats],
    meaning: Callable[[float | None], Expected],
    binomial: bool,
    most: int,
    exact: bool = False,
) -> list[tuple[tuple[float, float], _Scan, Expected, list[Found]]]:
    """The story told from two starts: nothing moved everywhere, or what the middle labels say. Fewer places are the better story.

    A large place that changed looks like a shift of everything, and the other way round. Where what is left moved otherwise than was
    taken, the story is told once more from there.
    """
    x1, n1, x0 = figures
    found: list[tuple[tuple[float, float], _Scan, Expected, list[Found]]] = []
    shared: Places | None = None
    for start in (1.0, None):
        everywhere = start
        for _ in range(2):
            meant = meaning(everywhere)
            if any(abs(meant.everywhere / own.everywhere - 1) < SAME for _r, _s, own, _p in found):
                break
            search = _Scan(list(codes), sizes, x1, n1, None if exact else x0, meant, binomial, shared)
            shared = search.places
            places = search.run(most)
            everywhere = search.left()
            off = everywhere is not None and abs(everywhere / meant.everywhere - 1) > SAME
            moved = abs(meant.everywhere - 1) > SAME
            found.append(
                ((len(places) + moved + (10 if off else 0), abs(math.log(meant.everywhere))), search, meant, places)
            )
            if not off:
                break
    return found


Found = tuple[int, float, Ints, int | None, float]  # cell, gain, leaves, runner-up and its gain


class _Scan:
    """The greedy scan over all listed places."""

    def __init__(
        self,
        codes: list[npt.NDArray[np.integer[Any]]],
        sizes: list[int],
        x1: Floats,
        n1: Floats,
        x0: Floats | None,
        meant: Expected,
        binomial: bool,
        places: Places | None = None,
    ) -> None:
        from levelfield.drill_down.scan import kernel

        self.kernel, self.binomial, self.meant = kernel, binomial, meant
        self.places = places or Places(codes, sizes)
        self.values = np.column_stack([x1, meant.count, meant.variance, meant.chance, n1])
        self.tally = kernel.tally_up(self.places.cells_of, self.values, len(self.places))
        self.known = np.zeros(len(self.places)) if x0 is None else self._known(codes, sizes, x0)
        self.price = self.places.prices(EACH_DEPTH)[self.places.cuboid_of]
        self.scatter = self._scatter()[self.places.cuboid_of]
        self.alive = np.ones(len(x1), dtype=bool)

    def _known(self, codes: Sequence[Any], sizes: Sequence[int], x0: Floats) -> Floats:
        """Of each place: the relative variance of what is expected there, from how few its labels counted in the baseline."""
        by_label = [1 / (np.bincount(own, x0, minlength=size) + DRAWN) for own, size in zip(codes, sizes, strict=True)]
        found = np.zeros(len(self.places))
        for c, fixed in enumerate(self.places.cuboids):
            cells = self.places.cuboid_of == c
            one = self.places.one_leaf[cells]
            found[cells] = sum(by_label[k][codes[k][one]] for k in fixed)
        return found

    def _doubt(self) -> Floats:
        """Of each place: its variance over what counting alone makes."""
        _x, e, v, chance = (self.tally[:, m] for m in range(4))
        share = chance / np.maximum(e, 1e-12)  # one less the rate; one for counts
        doubt: Floats = np.maximum(v, 1e-12) / np.maximum(chance, 1e-12) + e * self.known * share
        return doubt

    def _scatter(self) -> Floats:
        """Of each cuboid: by how much its places scatter more than counting and the baseline make them, at least one."""
        x, e = self.tally[:, 0], self.tally[:, 1]
        z2 = (x - e) ** 2 / np.maximum(self.tally[:, 3] * self._doubt(), 1e-12)
        found = np.ones(len(self.places.cuboids))
        known = e >= FEWEST_EXPECTED
        if self.binomial:
            known &= (self.tally[:, 4] - e) >= FEWEST_EXPECTED
        depth = np.array([len(fixed) for fixed in self.places.cuboids])
        of_depth = depth[self.places.cuboid_of]
        for deep in range(1, int(depth.max()) + 1):
            pooled = _spread_of(z2[known & (of_depth == deep)])
            for c in np.flatnonzero(depth == deep):
                own = z2[(self.places.cuboid_of == c) & known]
                found[c] = max(pooled, _spread_of(own)) if len(own) >= ENOUGH_PLACES else pooled
        return found

    def left(self) -> float | None:
        """The factor by which the leaves moved that no place explains; None where too few are left to say."""
        x, e = float(self.values[self.alive, 0].sum()), float(self.values[self.alive, 1].sum())
        return self.meant.everywhere * x / e if e >= ENOUGH else None

    def gains(self) -> Floats:
        """What each place gains after its price."""
        x, e, n = (self.tally[:, m] for m in (0, 1, 4))
        x, e = np.maximum(x, 0.0), np.maximum(e, 1e-9)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(x > 0, x * np.log(x / e), 0.0)
            if self.binomial:
                rest, meant = np.maximum(n - x, 0.0), np.maximum(n - e, 1e-9)
                ratio = ratio + np.where(rest > 0, rest * np.log(rest / meant), 0.0)
            else:
                ratio = ratio - (x - e)
        gained: Floats = np.maximum(ratio, 0.0) / np.maximum(self._doubt() * self.scatter, 1.0) - self.price
        gained[n <= 1e-9] = -np.inf
        return gained

    def run(self, most: int) -> list[Found]:
        """Places one after another: cell, gain, leaves, runner-up and its gain."""
        found: list[Found] = []
        while len(found) < most:
            gains = self.gains()
            cell = int(np.argmax(gains))
            gain = gains[cell]
            if gain <= SURE:
                break
            cell = self._plainest(cell)
            leaves = self.places.leaves_of(cell)
            leaves = leaves[self.alive[leaves]]
            if not len(leaves):
                break
            runner, runner_gain = self._runner_up(cell, leaves, gains)
            self.alive[leaves] = False
            self.tally = self.kernel.take_out(leaves, self.places.cells_of, self.values, self.tally)
            found.append((cell, float(gain), leaves, runner, runner_gain))
        return found

    def _plainest(self, cell: int) -> int:
        """Of all places with the same leaves left, the one that fixes the fewest attributes: a city names its province."""
        at = self.places.cells_of[:, int(self._one(cell))].astype(np.int64)
        same = np.isclose(self.tally[at], self.tally[cell], rtol=1e-9, atol=1e-9).all(axis=1)
        return int(at[int(np.argmax(same))])

    def _one(self, cell: int) -> int:
        """A leaf of a place that is still there."""
        leaves = self.places.leaves_of(cell)
        alive = leaves[self.alive[leaves]]
        return int(alive[0]) if len(alive) else int(leaves[0])

    def _runner_up(self, cell: int, leaves: Ints, gains: Floats) -> tuple[int | None, float]:
        """The best other place among those of its heaviest leaf."""
        one = int(leaves[int(np.argmax(np.abs(self.values[leaves, 0] - self.values[leaves, 1])))])
        others = self.places.cells_of[:, one].astype(np.int64)
        others = others[others != cell]
        if not len(others):
            return None, -math.inf
        best = int(others[int(np.argmax(gains[others]))])
        return (best, float(gains[best])) if math.isfinite(gains[best]) else (None, -math.inf)


def _spread_of(squares: Floats) -> float:
    """By how much squared deviations exceed those of a standard normal: the middle one, less its own chance; at least one."""
    many = len(squares)
    if many < FEWEST_PLACES:
        return 1.0
    return max(1.0, float(np.median(squares)) / HALF_NORMAL * (1 - DOUBTED / math.sqrt(many)))


def _cause(
    search: _Scan, read: Leaves, one: tuple[int, float, Ints, int | None, float], x1: Floats, n1: Floats, x0: Floats, n0: Floats, change: float
) -> Cause:  # fmt: skip
    cell, gain, leaves, runner, runner_gain = one

    def named(place: int) -> dict[str, str]:
        return {read.dims[k]: read.labels[k][label] for k, label in search.places.labels_of(place).items()}

    above, below = float(x1[leaves].sum()), float(n1[leaves].sum())
    meant = float((n1[leaves] * search.meant.rate[leaves]).sum())
    part = (above - meant) / float(n1.sum())
    before, under = float(x0[leaves].sum()), float(n0[leaves].sum())
    usual = before / under if under > 0 else meant / below
    odds = math.exp(min(runner_gain - gain, 0.0)) if runner is not None else 0.0
    return Cause(
        named(cell), part, part / change if change else math.nan, above / below - usual, len(leaves), 1 / (1 + math.exp(-min(gain, 700.0))), gain,
        named(runner) if runner is not None else None, odds,
    )  # fmt: skip
