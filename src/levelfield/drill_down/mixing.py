"""A change of a ratio, split exactly into mix and rate: parts that weigh otherwise, and parts that changed themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.leaves import Leaves, read_leaves
from levelfield.drill_down.mix.cells import POOLED, Cells, pooled_cells
from levelfield.drill_down.mix.nested import Four, nest, slopes, variances
from levelfield.drill_down.mix.reversal import Z, reversals
from levelfield.words import Refusal, RefusalKind

__all__ = ["FEWEST", "POOLED", "Level", "MixAndRate", "Part", "Range", "mix_and_rate"]

Floats = npt.NDArray[np.float64]
Range = tuple[float, float]

FEWEST = 30  # a cell with fewer in either span has no rate of its own
MOST_RANGES = 1000  # cells times orders; beyond, only the sums have ranges: nobody reads a thousand
MOST_ORDERS = 4  # dimensions of which every order is averaged: 24 orders
ORDERS = ("given", "every")


@dataclass(frozen=True)
class Part:
    """One cell of the finest level. Its `rate` is its own change; its `mix` is what its weight among its siblings did."""

    labels: tuple[str, ...]
    mix: float
    rate: float
    rate_range: Range | None  # 95 %
    weight_before: float
    weight_after: float
    before: float | None  # None where it did not exist
    after: float | None
    n_before: float
    n_after: float
    mix_range: Range | None = None  # 95 %


@dataclass(frozen=True)
class Level:
    """What the mix of one dimension did, within the dimensions before it."""

    dimension: str
    mix: float
    mix_range: Range | None


@dataclass(frozen=True)
class MixAndRate:
    """A change of a whole ratio as mix of each dimension plus rate. They sum to it exactly."""

    before: float
    after: float
    levels: tuple[Level, ...]
    rate: float
    rate_range: Range | None
    change_range: Range | None
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    reversal: str  # empty where whole and parts went the same way
    mix_range: Range | None = None  # of all dimensions together
    pooled: int = 0  # cells too small to stand alone
    reversals: tuple[str, ...] = ()  # of the whole first, then of groups within

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def mix(self) -> float:
        """What all dimensions' mixes did."""
        return math.fsum(level.mix for level in self.levels)

    @property
    def sentence(self) -> str:
        """The change and its pieces in one sentence; shares in per cent and points."""
        share = self.change_range is not None
        way = "did not move" if not self.change else "rose" if self.change > 0 else "fell"

        def level(value: float) -> str:
            return f"{value:.1%}" if share else f"{value:,.4g}"

        def amount(value: float, span: Range | None = None) -> str:
            words = f"{100 * value:+.2f}".replace("-", "−") if share else f"{value:+,.4g}".replace("-", "−")
            return f"{words} ({amount(span[0])} to {amount(span[1])})" if span else words

        pieces = [f"{amount(one.mix, one.mix_range)} the mix of {one.dimension}" for one in self.levels]
        pieces.append(f"{amount(self.rate, self.rate_range)} the parts themselves")
        points = " points" if share else ""
        return f"The ratio {way}, from {level(self.before)} to {level(self.after)}: {amount(self.change)}{points}, of it {', '.join(pieces)}."


def mix_and_rate(
    table: object, dims: Sequence[str], numerator: str, denominator: str, baseline_numerator: str, baseline_denominator: str, *,
    order: str = "given", fewest: float = FEWEST, dispersion: float = 1.0,
) -> MixAndRate:  # fmt: skip
    """Split the change of a ratio between two spans, or two partners, into mix and rate; symmetric, nested, exact.

    Shapes: a table with a row per leaf; dimensions, numerator and denominator of both spans as columns. Two partners are
    two spans: the one the other is compared with is the baseline.
    Unit: of the ratio, in and out. With weights w and rates r of cells c, R of the whole, and bars for the mean of both
    spans: mix = Σ Δw (r̄ − R̄), rate = Σ w̄ Δr; both spans count alike (Shapley). A cell that exists in one span only has
    no change of its own: all it does is mix. `order`: "given" nests the dimensions as they come, each mix within those
    before it; "every" takes the mean over all orders (at most four dimensions). Cells under `fewest` in a span they exist
    in are pooled with their neighbours.
    Refuses: what `read_leaves` refuses; no denominator in a span, a numerator without one,
    an unknown order.
    Assumes: for the ranges, contacts that fall into cells and succeed there independently; `dispersion` is the factor by
    which their variance exceeds that (known from days, say). A ratio that is no share has no ranges: its scatter is not in
    its sums.
    Source: Kitagawa (1955), doi:10.1080/01621459.1955.10501299; Das Gupta (1993), U.S. Census P23-186; Shapley: Sun (1998),
    doi:10.1016/S0140-9883(97)00026-9.

    >>> table = {"line": ["a", "b"], "x1": [90, 40], "n1": [100, 100], "x0": [180, 20], "n0": [200, 50]}
    >>> found = mix_and_rate(table, ["line"], "x1", "n1", "x0", "n0")
    >>> round(found.change, 4), round(found.mix, 4), round(found.rate, 4)
    (-0.15, -0.15, 0.0)
    """
    if order not in ORDERS:
        raise Refusal(f"“{order}” is not an order", expected=" or ".join(ORDERS), kind=RefusalKind.DEFINITION)
    if not (dispersion > 0 and math.isfinite(dispersion)):
        raise Refusal(f"the dispersion is {dispersion:g}", expected="a number above zero", kind=RefusalKind.DEFINITION)
    names = (baseline_numerator, baseline_denominator, numerator, denominator)
    leaves = read_leaves(table, dims, names)
    for above, below in (names[:2], names[2:]):
        _check(leaves, above, below)
    x0, n0, x1, n1 = figures = _figures(leaves, names)
    notes = list(leaves.notes)
    if not leaves.dims:
        return _undivided(figures, notes, dispersion)
    cells = pooled_cells(leaves, x0, n0, x1, n1, fewest)
    if cells.pooled:
        notes.append(
            f"{cells.pooled:,} of {cells.seen:,} cells have fewer than {fewest:g} in a span; they are pooled as “{POOLED}”."
        )
    if cells.one_span:
        notes.append(f"{cells.one_span:,} cells exist in one span only; all they do is mix.")
    if not cells.are_shares:
        notes.append("The ratio is no share: its sums do not tell its chance, so no ranges are given.")
    many = len(leaves.dims)
    orders = [tuple(range(many))]
    if order == "every" and many <= MOST_ORDERS:
        orders = list(permutations(range(many)))
    elif order == "every":
        notes.append(f"{many} dimensions have too many orders; they are nested as given.")
    found = _pieces(cells, orders, dispersion)
    told = reversals(cells, leaves.dims, dispersion) if cells.are_shares else ()
    own = (cells.x0, cells.n0, cells.x1, cells.n1)
    return MixAndRate(
        *_wholes(own), tuple(Level(name, found.mixes[d], found.mix_ranges[d]) for d, name in enumerate(leaves.dims)), found.rate, found.rate_range,
        _change_range(own, dispersion) if cells.are_shares else None, found.parts, tuple(notes), told[0] if told else "", found.mix_range, cells.pooled, told,
    )  # fmt: skip


def _figures(leaves: Leaves, names: tuple[str, str, str, str]) -> Four:
    x0, n0, x1, n1 = (leaves.figures[name] for name in names)
    return x0, n0, x1, n1


def _check(leaves: Leaves, above: str, below: str) -> None:
    x, n = leaves.figures[above], leaves.figures[below]
    if n.sum() <= 0:
        raise Refusal(
            f"“{below}” adds up to nothing", where="mix and rate", expected="contacts in both spans",
            next_step="A ratio of nothing cannot change; choose other spans.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    wrong = (n == 0) & (x != 0)
    if wrong.any():
        at = int(np.argmax(wrong))
        labels = zip(leaves.dims, leaves.labels, leaves.codes, strict=True)
        place = ", ".join(f"{name} {own[codes[at]]}" for name, own, codes in labels)
        raise Refusal(
            f"“{above}” is {x[at]:g} where “{below}” is zero, at {place or 'the whole'}", where="mix and rate",
            expected=f"no {above} without {below}", next_step="Correct the row; nothing was split.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip


def _wholes(figures: tuple[Floats, ...]) -> Range:
    x0, n0, x1, n1 = (float(own.sum()) for own in figures)
    return x0 / n0, x1 / n1


def _change_range(figures: tuple[Floats, ...], dispersion: float) -> Range:
    before, after = _wholes(figures)
    n0, n1 = float(figures[1].sum()), float(figures[3].sum())
    return _around(after - before, dispersion * (before * (1 - before) / n0 + after * (1 - after) / n1))


def _around(value: float, variance: float) -> Range:
    error = Z * math.sqrt(variance)
    return value - error, value + error


def _undivided(figures: tuple[Floats, ...], notes: list[str], dispersion: float) -> MixAndRate:
    """No dimension splits the whole: all of its change is its own."""
    before, after = _wholes(figures)
    share = all(0 <= rate <= 1 for rate in (before, after))
    span = _change_range(figures, dispersion) if share else None
    return MixAndRate(before, after, (), after - before, span, span, (), tuple(notes), "")


@dataclass(frozen=True)
class _Pieces:
    mixes: list[float]
    mix_ranges: list[Range | None]
    mix_range: Range | None
    rate: float
    rate_range: Range | None
    parts: tuple[Part, ...]


def _pieces(cells: Cells, orders: Sequence[tuple[int, ...]], dispersion: float) -> _Pieces:
    """The mean over the orders: mix of each dimension, all of them, rate, and mix and rate of every cell, with ranges."""
    figures: Four = (cells.x0, cells.n0, cells.x1, cells.n1)
    many, dims = len(cells), cells.codes.shape[1]
    each = many if cells.are_shares and many * len(orders) <= MOST_RANGES else 0  # cells that have ranges
    rows = dims + 2 + 2 * each
    values, cell_mix, cell_rate = np.zeros(dims), np.zeros(many), np.zeros(many)
    by: list[Floats] = [np.zeros((rows, many)) for _ in range(4)]
    for order in orders:
        found = nest(cells.codes[:, order], figures)
        values[list(order)] += found.mixes
        cell_mix += found.cell_mix
        cell_rate += found.cell_rate
        if cells.are_shares:
            of_mixes, of_mix, of_rate = np.zeros((rows, dims)), np.zeros((rows, many)), np.zeros((rows, many))
            of_mixes[list(order), np.arange(dims)] = 1.0
            of_mixes[dims] = 1.0
            of_rate[dims + 1] = 1.0
            of_mix[dims + 2 : dims + 2 + each] = np.eye(each, many)
            of_rate[dims + 2 + each :] = np.eye(each, many)
            for total, more in zip(by, slopes(found, of_mixes, of_mix, of_rate), strict=True):
                total += more
    times = len(orders)
    values, cell_mix, cell_rate = values / times, cell_mix / times, cell_rate / times
    rate = math.fsum(cell_rate)
    spans: list[Range | None] = [None] * (dims + 2 + 2 * many)
    if cells.are_shares:
        x0, n0, x1, n1 = (total / times for total in by)
        variance = variances((x0, n0, x1, n1), figures) * dispersion
        known = [*values, math.fsum(values), rate, *cell_mix[:each], *cell_rate[:each]]
        spans[: len(known)] = [_around(float(v), float(s)) for v, s in zip(known, variance, strict=True)]
    own = spans[dims + 2 :]
    parts = [
        _part(
            cells, i, float(cell_mix[i]), float(cell_rate[i]), own[i] if each else None, own[each + i] if each else None
        )
        for i in range(many)
    ]
    return _Pieces(
        [float(v) for v in values], spans[:dims], spans[dims], rate, spans[dims + 1],
        tuple(sorted(parts, key=lambda p: (-abs(p.rate), p.labels))),
    )  # fmt: skip


def _part(cells: Cells, i: int, mix: float, rate: float, mix_range: Range | None, rate_range: Range | None) -> Part:
    n0, n1 = float(cells.n0[i]), float(cells.n1[i])
    before, after = float(cells.x0[i]) / n0 if n0 else None, float(cells.x1[i]) / n1 if n1 else None
    both = before is not None and after is not None
    return Part(
        cells.labels[i], mix, rate, rate_range if both else None, n0 / float(cells.n0.sum()), n1 / float(cells.n1.sum()), before, after, n0, n1, mix_range,
    )  # fmt: skip
