"""Where does a change of a count or an amount sit? The few places that carry it, or none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cause import Cause, Causes
from levelfield.drill_down.cube.noise import Noise, log_density, noise_of
from levelfield.drill_down.leaves import SMALL, Leaves, read_leaves
from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer[Any]]

MOST = 20  # causes that are told
MOST_CELLS = 200_000_000  # of the cube with its totals; beyond, dimensions of many labels are searched for their common labels only
TOTALS_APART = 1e-3  # share by which a given total may differ from the leaves
FEWEST_LEAVES = 8  # of fewer nobody can tell noise from change
SURE = 0.0  # nats a place must gain after its price
EACH_DEPTH = 0.7  # nats: the price of one more attribute in a place
ORDINARY = 0.5  # share of leaves that must stay ordinary: what most leaves do is the noise, not a place
PLAIN = 40.0  # nats: a change nobody doubts
DISTURBING = 0.005  # share of leaves in such changes that colours the noise of all
SAME_NOISE = 0.02  # of its spread
WORTH_A_NOTE = 0.02  # a shift of everything that is told
COMMON = 400  # labels of a dimension that is searched in part


def localise(
    leaves: object, dims: Sequence[str], actual: str, expected: str, *, total_actual: float | None = None, total_expected: float | None = None, most: int = MOST
) -> Causes:  # fmt: skip
    """The few conjunctions of attributes that carry a change of an additive figure, best first; empty where there is none.

    Shapes: a table with a row per leaf. Unit: any; both figures in the same. Every conjunction of every set of dimensions
    is weighed: the evidence that its leaves share one shift, over the noise of ordinary leaves, less a price for having
    looked everywhere. The best is taken, its leaves are set aside, and the rest is weighed again until nothing gains. A shift of all leaves
    alike is the baseline, not a place; it is told in the notes. Refuses: what `read_leaves` refuses; totals that do not match.
    Assumes: the leaves' noise is independent. Source: docs/decisions/0012; robust noise and description length as in
    Rissanen (1978), doi:10.1016/0005-1098(78)90005-5; the setting: Kalander (2022), arXiv:2205.10004.
    """
    read = read_leaves(leaves, dims, (actual, expected), may_be_negative=True)
    v, f = read.figures[actual], read.figures[expected]
    for name, total, own in ((actual, total_actual, v), (expected, total_expected, f)):
        if total is not None and abs(total - own.sum()) > TOTALS_APART * max(abs(total), 1e-12):
            raise Refusal(
                f"the leaves of “{name}” add up to {own.sum():,.6g} and the total is {total:,.6g}", where="localise",
                expected="leaves that add up to their total", next_step="Deliver every leaf, or search without a total.", kind=RefusalKind.DEFINITION,
            )  # fmt: skip
    change = float(v.sum() - f.sum())
    notes = list(read.notes)
    counted = (np.abs(v) + np.abs(f)) > 0
    if not read.dims or counted.sum() < FEWEST_LEAVES:
        notes.append("There is too little to search: no dimension splits it, or too few leaves hold anything.")
        return Causes((), notes=notes, change=change)
    whole = bool(counted.all())
    if not whole:
        v, f = v[counted], f[counted]
    from levelfield.drill_down.cube.kernel import all_deviations

    d = all_deviations(v, f)
    if _are_counts(v, f):
        return _of_counts(read, read.figures[actual], read.figures[expected], notes, change, most)
    kind = np.int8 if max(read.sizes) < SMALL else np.int32
    codes = np.stack([(own if whole else own[counted]).astype(kind, copy=False) for own in read.codes])
    codes, labels = _room(codes, read.labels, notes)
    sizes = np.array([len(x) for x in labels], dtype=np.int64)
    noise = noise_of(v, f)
    search = _Search(d, log_density(v, f, noise), codes, sizes, noise)
    found = search.run(most, least=PLAIN)
    if (~search.alive).mean() > DISTURBING:
        # What plainly changed has coloured the noise: the noise is that of the others, and all is weighed again.
        others = noise_of(v[search.alive], f[search.alive])
        if not _alike(noise, others):
            noise, found = others, []
            search = _Search(d, log_density(v, f, noise), codes, sizes, noise)
    found += search.run(most - len(found))
    if abs(noise.shift) > WORTH_A_NOTE:
        notes.append(f"Leaves moved by {noise.shift:+.0%} everywhere; places are those that differ from it.")
    return Causes((_cause(one, search, v, f, read, labels, change) for one in found), notes=notes, change=change)


SMALL_COUNTS = 25.0  # expected in the middle leaf, below which a relative deviation is mostly chance


def _are_counts(v: Floats, f: Floats) -> bool:
    """Are these small whole numbers against a forecast? Then chance is that of counting, and relative deviations mislead."""
    sample = slice(None, None, max(1, len(v) // 20_000))
    own, usual = v[sample], f[sample]
    positive = usual[usual > 0]
    if (own < 0).any() or (usual < 0).any() or not len(positive) or float(np.median(positive)) > SMALL_COUNTS:
        return False
    return bool((own == np.round(own)).all())


def _of_counts(read: Leaves, v: Floats, f: Floats, notes: list[str], change: float, most: int) -> Causes:
    """The same question of small counts: the scan, with the forecast as what is expected."""
    from levelfield.drill_down.localising_rates import scan

    keep = f > 0
    if not keep.all():
        unexpected = float(v[~keep].sum())
        if unexpected:
            notes.append(f"{unexpected:,.0f} came where nothing was expected; they are in the total and in no place.")
    found = scan(read, v, f, f, f, binomial=False, most=min(most, 10), exact=True)
    total = float(f.sum())
    causes = [
        Cause(c.where, c.change * total, c.change * total / change if change else math.nan, c.shift, c.leaves, c.certainty, c.gain, c.runner_up, c.runner_up_odds)
        for c in found
    ]  # fmt: skip
    return Causes(causes, notes=[*notes, *found.notes[len(read.notes) :]], change=change)


def _alike(one: Noise, other: Noise) -> bool:
    """Would another look at the noise change nothing that matters?"""
    return (
        one.unit == other.unit
        and abs(one.spread / other.spread - 1) < SAME_NOISE
        and abs(one.shift - other.shift) < SAME_NOISE * one.spread
    )


OTHERS = "other, rarer labels"


def _room(codes: Codes, labels: tuple[tuple[str, ...], ...], notes: list[str]) -> tuple[Codes, list[tuple[str, ...]]]:
    """Dimensions as they fit into memory: of one with very many labels the most common stay, the others are one."""
    kept = list(labels)
    while math.prod(len(own) + 1 for own in kept) > MOST_CELLS:
        widest = max(range(len(kept)), key=lambda k: len(kept[k]))
        counts = np.bincount(codes[widest], minlength=len(kept[widest]))
        common = np.sort(np.argsort(-counts, kind="stable")[: max(COMMON, len(kept[widest]) // 64)])
        if len(common) + 1 >= len(kept[widest]):
            break
        back = np.full(len(kept[widest]), len(common), dtype=codes.dtype)
        back[common] = np.arange(len(common), dtype=codes.dtype)
        codes[widest] = back[codes[widest]]
        notes.append(
            f"A dimension of {len(kept[widest]):,} labels was searched for its {len(common)} most common ones."
        )
        kept[widest] = (*(kept[widest][c] for c in common), OTHERS)
    return codes, kept


@dataclass(frozen=True)
class _Found:
    """One place with its leaves."""

    cell: int
    gain: float
    leaves: Ints
    runner_up: int | None
    runner_gain: float


class _Search:
    """The greedy search over one cube."""

    def __init__(self, d: Floats, log0: Floats, codes: Codes, sizes: Ints, noise: Noise) -> None:
        from levelfield.drill_down.cube import kernel

        self.kernel, self.d, self.log0, self.codes, self.sizes = kernel, d, log0, codes, sizes
        self.middle, self.spread = noise.shift, noise.spread
        strides = np.ones(len(sizes), dtype=np.int64)
        for k in range(len(sizes) - 2, -1, -1):
            strides[k] = strides[k + 1] * (sizes[k + 1] + 1)
        self.strides = strides
        self.tally = kernel.whole_cube(d, log0, codes, sizes)
        self.gains = np.full(len(self.tally), -1e30, dtype=np.float32)
        self.prices = self._prices()
        self.alive = np.ones(len(d), dtype=bool)
        kernel.evaluate(
            np.empty(0, dtype=np.int64),
            True,
            self.tally,
            self.gains,
            self.prices,
            strides,
            sizes,
            self.middle,
            self.spread,
        )
        self.gains[-1] = -1e30  # everything is no place
        self.touched = np.zeros(len(self.tally), dtype=bool)

    def _prices(self) -> Floats:
        """Of each set of dimensions: which one, and which of its places; at most as many as there are leaves."""
        dims = len(self.sizes)
        prices = np.zeros(1 << dims)
        for fixed in range(1, 1 << dims):
            depth = bin(fixed).count("1")
            places = math.prod(int(self.sizes[k]) for k in range(dims) if fixed >> k & 1)
            prices[fixed] = (
                math.log(min(places, len(self.d)))
                + math.log(max(math.comb(dims, depth), 1))
                + EACH_DEPTH * depth
                + math.log(dims)
            )
        return prices

    def labels_of(self, cell: int) -> dict[int, int]:
        """The labels a place fixes, by dimension."""
        found = {}
        for k in range(len(self.sizes)):
            label = cell // int(self.strides[k]) % (int(self.sizes[k]) + 1)
            if label != self.sizes[k]:
                found[k] = int(label)
        return found

    def run(self, most: int, least: float = SURE) -> list[_Found]:
        """Places one after another, until nothing gains."""
        found: list[_Found] = []
        while len(found) < most:
            cell = self.kernel.best_of(self.gains)
            gain = float(self.gains[cell])
            if gain <= least:
                break
            cell = self._refined(cell)
            gain = float(self.gains[cell])
            inside = self.alive.copy()
            for k, label in self.labels_of(cell).items():
                inside &= self.codes[k] == label
            leaves = np.flatnonzero(inside)
            if self.alive.sum() - len(leaves) < ORDINARY * len(self.alive):
                break
            runner, runner_gain = self._runner_up(cell, leaves)
            self.alive[leaves] = False
            touched = self.kernel.take_out(
                leaves, self.d, self.log0, self.codes, self.tally, self.strides, self.sizes, self.touched
            )
            self.kernel.evaluate(
                touched, False, self.tally, self.gains, self.prices, self.strides, self.sizes, self.middle, self.spread
            )
            self.gains[-1] = -1e30
            found.append(_Found(cell, gain, leaves, runner, runner_gain))
        return found

    def _refined(self, cell: int) -> int:
        """The place itself, or the finer one to tell first where its parts explain more one by one.

        Two of ten parts that changed make a wide shift of the whole: it beats noise, and its parts beat it.
        """
        while True:
            split = max((self._split(cell, k) for k in self._free(cell)), default=(-math.inf, cell))
            if split[0] <= float(self.gains[cell]):
                return cell
            cell = split[1]

    def _free(self, cell: int) -> list[int]:
        fixed = self.labels_of(cell)
        return [k for k in range(len(self.sizes)) if k not in fixed]

    def _split(self, cell: int, k: int) -> tuple[float, int]:
        """What the parts of a place along one dimension gain together, and the part that gains most."""
        size, stride = int(self.sizes[k]), int(self.strides[k])
        parts = self.gains[cell - size * stride : cell : stride]
        return float(parts[parts > 0].sum(dtype=np.float64)), cell - (size - int(np.argmax(parts))) * stride

    def _runner_up(self, cell: int, leaves: Ints) -> tuple[int | None, float]:
        """The best other place that holds at least one of the same leaves: coarser, finer or beside."""
        one = int(leaves[len(leaves) // 2])
        dims = len(self.sizes)
        best, at = -math.inf, None
        for fixed in range(1, 1 << dims):
            other = sum(
                int(self.strides[k]) * (int(self.codes[k, one]) if fixed >> k & 1 else int(self.sizes[k]))
                for k in range(dims)
            )
            if other != cell and self.gains[other] > best:
                best, at = float(self.gains[other]), other
        return (at, best) if at is not None and best > -1e29 else (None, -math.inf)


def _cause(
    one: _Found, search: _Search, v: Floats, f: Floats, read: Leaves, labels: Sequence[tuple[str, ...]], change: float
) -> Cause:
    def named(cell: int) -> dict[str, str]:
        return {read.dims[k]: labels[k][label] for k, label in search.labels_of(cell).items()}

    own, usual = float(v[one.leaves].sum()), float(f[one.leaves].sum())
    odds = math.exp(min(one.runner_gain - one.gain, 0.0)) if one.runner_up is not None else 0.0
    return Cause(
        named(one.cell), own - usual, (own - usual) / change if change else math.nan, own / usual - 1 if usual else math.inf, len(one.leaves),
        certainty(one.gain), one.gain, named(one.runner_up) if one.runner_up is not None else None, odds,
    )  # fmt: skip


def certainty(gain: float) -> float:
    """That there is a change in this place at all: the evidence against an even chance, after its price."""
    return 1 / (1 + math.exp(-max(min(gain, 700.0), -700.0)))
