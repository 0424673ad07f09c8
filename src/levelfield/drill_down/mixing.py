"""A change of a ratio, split exactly into mix and rate: parts that weigh otherwise, and parts that changed themselves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.leaves import Leaves, read_leaves
from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Range = tuple[float, float]

FEWEST = 30  # a cell with fewer in either span has no rate of its own
POOLED = "others, too few each"
MOST_CELLS = 400  # beyond it intervals cost more than anybody reads
MOST_ORDERS = 4  # dimensions of which every order is averaged: 24 orders
Z = 1.959964  # of a normal distribution, 95 %
OPPOSITE = 0.9  # share of the weight that must have moved against the whole to call it a reversal


@dataclass(frozen=True)
class Part:
    """One cell of the finest level."""

    labels: tuple[str, ...]
    mix: float  # what its weight did, at the finest level
    rate: float  # what its own change did
    rate_range: Range | None  # 95 %
    weight_before: float
    weight_after: float
    before: float | None  # None where it did not exist
    after: float | None
    n_before: float
    n_after: float


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

    @property
    def change(self) -> float:
        """After minus before."""
        return self.after - self.before

    @property
    def mix(self) -> float:
        """What all dimensions' mixes did."""
        return math.fsum(level.mix for level in self.levels)


def mix_and_rate(
    table: object, dims: Sequence[str], numerator: str, denominator: str, baseline_numerator: str, baseline_denominator: str, *,
    order: str = "given", fewest: float = FEWEST, dispersion: float = 1.0,
) -> MixAndRate:  # fmt: skip
    """Split the change of a ratio between two spans, or two partners, into mix and rate; symmetric, nested, exact.

    Shapes: a table with a row per leaf; dimensions, numerator and denominator of both spans as columns.
    Unit: of the ratio, in and out. With weights w and rates r of cells c, R of the whole, and bars for the mean of both
    spans: mix = Σ Δw (r̄ − R̄), rate = Σ w̄ Δr; both spans count alike (Shapley). A cell that exists in one span only has
    no change of its own: all it does is mix. `order`: "given" nests the dimensions as they come; "every" takes the mean
    over all orders (at most four dimensions). Cells under `fewest` in a span they exist in are pooled with their neighbours.
    Refuses: no denominator in a span, negative figures, an unknown order. Intervals: delta method, multinomial weights and
    binomial rates with the given dispersion; none where a ratio is no share.
    Source: Kitagawa (1955), doi:10.1080/01621459.1955.10501299; Das Gupta (1993), U.S. Census P23-186; Shapley: Sun (1998),
    doi:10.1016/S0140-9883(97)00026-9.

    >>> table = {"line": ["a", "b"], "x1": [90, 40], "n1": [100, 100], "x0": [180, 20], "n0": [200, 50]}
    >>> found = mix_and_rate(table, ["line"], "x1", "n1", "x0", "n0")
    >>> round(found.change, 4), round(found.mix, 4), round(found.rate, 4)
    (-0.15, -0.15, 0.0)
    """
    if order not in {"given", "every"}:
        raise Refusal(f"“{order}” is not an order", expected="given or every", kind=RefusalKind.DEFINITION)
    leaves = read_leaves(table, dims, (numerator, denominator, baseline_numerator, baseline_denominator))
    x1, n1, x0, n0 = (
        leaves.figures[name] for name in (numerator, denominator, baseline_numerator, baseline_denominator)
    )
    for name, total in ((denominator, n1.sum()), (baseline_denominator, n0.sum())):
        if total <= 0:
            raise Refusal(
                f"“{name}” adds up to nothing", where="mix and rate", expected="contacts in both spans",
                next_step="A ratio of nothing cannot change; choose other spans.", kind=RefusalKind.DEFINITION,
            )  # fmt: skip
    names = leaves.dims
    notes = list(leaves.notes)
    if not names:
        before, after = float(x0.sum() / n0.sum()), float(x1.sum() / n1.sum())
        return MixAndRate(before, after, (), after - before, None, None, (), tuple(notes), "")
    cells = _cells(leaves, (x1, n1, x0, n0), fewest, notes)
    shares = bool((cells.x1 <= cells.n1).all() and (cells.x0 <= cells.n0).all())
    orders = [tuple(range(len(names)))]
    if order == "every" and len(names) <= MOST_ORDERS:
        orders = list(permutations(range(len(names))))
    elif order == "every":
        notes.append(f"{len(names)} dimensions have too many orders; they are nested as given.")
    found, ranges = _over(orders, cells, shares, dispersion)
    levels = tuple(Level(names[d], float(found[d]), ranges[d]) for d in range(len(names)))
    every = [_nested(cells.codes[:, own], cells.n0, cells.x0, cells.n1, cells.x1) for own in orders]
    parts = _parts(cells, every, shares, dispersion)
    before, after = float(cells.x0.sum() / cells.n0.sum()), float(cells.x1.sum() / cells.n1.sum())
    change_range = _change_range(before, after, cells, dispersion) if shares else None
    return MixAndRate(
        before, after, levels, float(found[-1]), ranges[-1], change_range, parts, tuple(notes),
        _reversal(after - before, change_range, float(found[-1]), ranges[-1], parts),
    )  # fmt: skip


@dataclass(frozen=True)
class _Cells:
    """Cells of the finest level, in the order of their codes."""

    codes: Ints  # (cells, dimensions)
    labels: tuple[tuple[str, ...], ...]
    x1: Floats
    n1: Floats
    x0: Floats
    n0: Floats


def _cells(leaves: Leaves, figures: tuple[Floats, ...], fewest: float, notes: list[str]) -> _Cells:
    """Leaves added up to cells; those too small are pooled with the others under the same labels before the last."""
    codes = np.column_stack([c.astype(np.int64) for c in leaves.codes])
    pooled_code = np.array(leaves.sizes, dtype=np.int64)  # one past the last label of each dimension
    for depth in range(codes.shape[1] - 1, -1, -1):
        unique, back = np.unique(codes, axis=0, return_inverse=True)
        back = back.reshape(-1)
        sums = [np.asarray(np.bincount(back, f, minlength=len(unique)), dtype=np.float64) for f in figures]
        _x1, n1, _x0, n0 = sums
        small = ((n1 < fewest) & (n1 > 0)) | ((n0 < fewest) & (n0 > 0)) | ((n1 == 0) & (n0 == 0))
        if small.any():
            many = int((small & ((n1 > 0) | (n0 > 0))).sum())
            if many:
                rows = small[back]
                codes[rows, depth] = pooled_code[depth]
                if depth == codes.shape[1] - 1:
                    notes.append(
                        f"{many} of {len(unique)} cells have fewer than {fewest:g} in a span; they are pooled as “{POOLED}”."
                    )
    unique, back = np.unique(codes, axis=0, return_inverse=True)
    back = back.reshape(-1)
    x1, n1, x0, n0 = (np.asarray(np.bincount(back, f, minlength=len(unique)), dtype=np.float64) for f in figures)
    there = (n1 > 0) | (n0 > 0)
    labels = tuple(
        tuple(POOLED if code == pooled_code[d] else leaves.labels[d][code] for d, code in enumerate(row))
        for row in unique[there]
    )
    return _Cells(unique[there], labels, x1[there], n1[there], x0[there], n0[there])


@dataclass(frozen=True)
class _Nested:
    """The decomposition over one order of dimensions; leading axes are kept."""

    mixes: list[Floats]  # one per dimension, in the order taken
    rate: Floats
    weight: Floats  # (..., cells) mean weight of each cell along the nest
    cell_rate: Floats
    cell_mix: Floats  # at the finest level, in the order taken


def _nested(codes: Ints, n0: Floats, x0: Floats, n1: Floats, x1: Floats) -> _Nested:
    """Mix of each dimension within those before it, and rate. Codes in the order taken; cells need no order."""
    cells = codes.shape[0]
    parent = np.zeros(cells, dtype=np.int64)
    weight = np.ones((*n0.shape[:-1], 1))
    whole = [f.sum(axis=-1, keepdims=True) for f in (n0, x0, n1, x1)]
    mixes: list[Floats] = []
    cell_mix = np.zeros_like(n0)
    r0 = r1 = np.zeros_like(n0)
    group_of = parent
    for depth in range(codes.shape[1]):
        key = group_of * (int(codes[:, depth].max()) + 1) + codes[:, depth]
        _unique, first, group = np.unique(key, return_index=True, return_inverse=True)
        group = group.reshape(-1)
        sums = [_added(f, group, len(first)) for f in (n0, x0, n1, x1)]
        up = group_of[first]
        m0, y0, m1, y1 = sums
        p0, q0, p1, q1 = (f[..., up] for f in whole)
        with np.errstate(divide="ignore", invalid="ignore"):
            w0, w1 = m0 / p0, m1 / p1
            r0, r1 = y0 / m0, y1 / m1
            big0, big1 = q0 / p0, q1 / p1
        # What did not exist has the other span's weight and rate: neither can have changed.
        w0, w1 = np.where(p0 > 0, w0, w1), np.where(p1 > 0, w1, w0)
        r0, r1 = np.where(m0 > 0, r0, r1), np.where(m1 > 0, r1, r0)
        big0, big1 = np.where(p0 > 0, big0, big1), np.where(p1 > 0, big1, big0)
        over = weight[..., up]
        own = over * (w1 - w0) * ((r0 + r1) / 2 - (big0 + big1) / 2)
        mixes.append(own.sum(axis=-1))
        cell_mix = own
        weight = over * (w0 + w1) / 2
        whole, group_of = sums, group
    cell_rate = weight * (r1 - r0)
    back = group_of
    return _Nested(mixes, cell_rate.sum(axis=-1), weight[..., back], cell_rate[..., back], cell_mix[..., back])


def _added(figures: Floats, group: Ints, many: int) -> Floats:
    """Sums of the last axis by group."""
    if figures.ndim == 1:
        return np.asarray(np.bincount(group, figures, minlength=many), dtype=np.float64)
    member = np.zeros((len(group), many))
    member[np.arange(len(group)), group] = 1.0
    out: Floats = figures @ member
    return out


def _over(
    orders: Sequence[tuple[int, ...]], cells: _Cells, shares: bool, dispersion: float
) -> tuple[Floats, list[Range | None]]:
    """Mix of each dimension and rate, the mean over some orders, with their intervals."""
    dims = cells.codes.shape[1]

    def pieces(n0: Floats, x0: Floats, n1: Floats, x1: Floats) -> Floats:
        total = np.zeros((*n0.shape[:-1], dims + 1))
        for order in orders:
            found = _nested(cells.codes[:, order], n0, x0, n1, x1)
            for place, d in enumerate(order):
                total[..., d] += found.mixes[place]
            total[..., dims] += found.rate
        return total / len(orders)

    found = pieces(cells.n0, cells.x0, cells.n1, cells.x1)
    if not shares or len(cells.n0) > MOST_CELLS:
        return found, [None] * (dims + 1)
    variance = np.zeros(dims + 1)
    for span in (0, 1):
        n, x = (cells.n0, cells.x0) if span == 0 else (cells.n1, cells.x1)
        step = max(float(n.sum()) * 1e-6, 1e-6)
        moved = np.eye(len(n)) * step
        for outcome in (0.0, 1.0):  # one more that failed, one more that succeeded
            more = (n + moved, x + moved * outcome)
            less = (n - moved, x - moved * outcome)
            sides = []
            for changed in (more, less):
                args = (*changed, np.broadcast_to(cells.n1, moved.shape), np.broadcast_to(cells.x1, moved.shape)) if span == 0 else (
                    np.broadcast_to(cells.n0, moved.shape), np.broadcast_to(cells.x0, moved.shape), *changed
                )  # fmt: skip
                sides.append(pieces(*args))
            slope = (sides[0] - sides[1]) / (2 * step)  # (cells, pieces)
            counted = x if outcome else n - x
            exists = n > 0
            variance += (slope[exists] ** 2 * counted[exists, None]).sum(axis=0)
    error = np.sqrt(variance * dispersion)
    return found, [(float(v - Z * e), float(v + Z * e)) for v, e in zip(found, error, strict=True)]


def _parts(cells: _Cells, every: Sequence[_Nested], shares: bool, dispersion: float) -> tuple[Part, ...]:
    """The cells with what they did, the mean over the orders."""
    total0, total1 = cells.n0.sum(), cells.n1.sum()
    weight, cell_rate, cell_mix = (
        np.mean([getattr(own, name) for own in every], axis=0) for name in ("weight", "cell_rate", "cell_mix")
    )
    found = []
    for i, labels in enumerate(cells.labels):
        there0, there1 = cells.n0[i] > 0, cells.n1[i] > 0
        before = float(cells.x0[i] / cells.n0[i]) if there0 else None
        after = float(cells.x1[i] / cells.n1[i]) if there1 else None
        span = None
        if shares and before is not None and after is not None:
            error = math.sqrt(
                dispersion * (before * (1 - before) / cells.n0[i] + after * (1 - after) / cells.n1[i])
            ) * float(weight[i])
            rate = float(cell_rate[i])
            span = (rate - Z * error, rate + Z * error)
        found.append(
            Part(
                labels, float(cell_mix[i]), float(cell_rate[i]), span, float(cells.n0[i] / total0), float(cells.n1[i] / total1),
                before, after, float(cells.n0[i]), float(cells.n1[i]),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda p: (-abs(p.rate), p.labels)))


def _change_range(before: float, after: float, cells: _Cells, dispersion: float) -> Range:
    error = math.sqrt(dispersion * (before * (1 - before) / cells.n0.sum() + after * (1 - after) / cells.n1.sum()))
    return after - before - Z * error, after - before + Z * error


def _reversal(
    change: float, change_range: Range | None, rate: float, rate_range: Range | None, parts: Sequence[Part]
) -> str:
    """Simpson's paradox: the whole went one way beyond chance, and its parts the other, beyond chance as well."""
    if (
        change_range is None
        or rate_range is None
        or change_range[0] <= 0 <= change_range[1]
        or rate_range[0] <= 0 <= rate_range[1]
    ):
        return ""
    if change * rate >= 0:
        return ""
    both = [p for p in parts if p.before is not None and p.after is not None]
    weight = sum(p.weight_before + p.weight_after for p in both)
    against = sum(p.weight_before + p.weight_after for p in both if ((p.after or 0) - (p.before or 0)) * change < 0)
    if not weight or against / weight < OPPOSITE:
        return ""
    many = sum(((p.after or 0) - (p.before or 0)) * change < 0 for p in both)
    whole, other = ("rose", "fell") if change > 0 else ("fell", "rose")
    return f"The whole {whole}, and {many} of its {len(both)} parts {other}: the mix did it, not the work."
