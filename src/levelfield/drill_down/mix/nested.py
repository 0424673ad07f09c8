"""The split of a ratio's change over nested dimensions, and how each piece answers to one contact more or less."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Four = tuple[Floats, Floats, Floats, Floats]  # x0, n0, x1, n1


@dataclass(frozen=True)
class _Depth:
    """One depth of the nest: groups with their parents, and what the split of each parent needs."""

    group: Ints  # (cells,) the group of each cell
    up: Ints  # (groups,) the parent of each group
    sums: Four  # (groups,)
    over: Floats  # (groups,) mean weight of the parent along the nest
    w: tuple[Floats, Floats]  # weight within the parent
    r: tuple[Floats, Floats]
    big: tuple[Floats, Floats]  # the parent's own rate
    parent: tuple[Floats, Floats]  # the parent's denominators


@dataclass(frozen=True)
class Nested:
    """The pieces: `mixes[d]` of the d-th dimension in the order taken, and per cell. They sum to the change exactly."""

    mixes: Floats  # (dimensions,)
    cell_mix: Floats  # (cells,) at the finest level; sums to the last of `mixes`
    cell_rate: Floats  # (cells,)
    depths: tuple[_Depth, ...]


def nest(codes: Ints, figures: Four) -> Nested:
    """Split the change. Codes `(cells, dimensions)` in the order taken, no two rows alike.

    At every depth a group's weight is its share of its parent. What does not exist in a span is given the weight and rate
    of the other one: neither can have changed, so all that its coming or going does is mix, one level up.
    """
    group = np.zeros(len(codes), dtype=np.int64)
    over, sums = np.ones(1), tuple(np.array([f.sum()]) for f in figures)
    depths: list[_Depth] = []
    mixes: list[float] = []
    own = np.zeros(len(codes))
    for depth in range(codes.shape[1]):
        key = group * (int(codes[:, depth].max()) + 1) + codes[:, depth]
        _unique, first, inner = np.unique(key, return_index=True, return_inverse=True)
        up, group = group[first], inner.reshape(-1)
        x0, n0, x1, n1 = (np.asarray(np.bincount(group, f, minlength=len(first)), dtype=np.float64) for f in figures)
        below = (x0, n0, x1, n1)
        q0, p0, q1, p1 = (f[up] for f in sums)
        w = _either(_ratio(n0, p0), _ratio(n1, p1), p0, p1)
        r = _either(_ratio(x0, n0), _ratio(x1, n1), n0, n1)
        big = _either(_ratio(q0, p0), _ratio(q1, p1), p0, p1)
        one = _Depth(group, up, below, over[up], w, r, big, (p0, p1))
        own = one.over * (w[1] - w[0]) * ((r[0] + r[1]) - (big[0] + big[1])) / 2
        mixes.append(float(own.sum()))
        depths.append(one)
        over, sums = one.over * (w[0] + w[1]) / 2, below
    last = depths[-1]
    rate = over * (last.r[1] - last.r[0])
    return Nested(np.array(mixes), own[last.group], rate[last.group], tuple(depths))


def slopes(found: Nested, mixes: Floats, cell_mix: Floats, cell_rate: Floats) -> Four:
    """How some sums of pieces change with the figures of every cell: the chain rule, from the finest level up.

    The sums are given by their factors: `mixes` (pieces, dimensions), `cell_mix` and `cell_rate` (pieces, cells).
    Gives (pieces, cells) for each figure.
    """
    many, last = len(mixes), found.depths[-1]
    cells = len(last.group)
    total: list[Floats] = [np.zeros((many, cells)) for _ in range(4)]
    at: list[Floats] = [np.zeros((many, cells)) for _ in range(4)]  # slopes in the sums of this depth's groups
    to_own = _added(cell_mix, last.group, cells)
    to_rate = _added(cell_rate, last.group, cells)
    to_weight = to_rate * (last.r[1] - last.r[0])
    weight = last.over * (last.w[0] + last.w[1]) / 2
    to_r = [-to_rate * weight, to_rate * weight]
    for depth in range(len(found.depths) - 1, -1, -1):
        d = found.depths[depth]
        to_own = to_own + mixes[:, depth, None]
        away = (d.r[0] + d.r[1] - d.big[0] - d.big[1]) / 2
        moved = to_own * d.over * (d.w[1] - d.w[0]) / 2
        to_over = to_own * (d.w[1] - d.w[0]) * away + to_weight * (d.w[0] + d.w[1]) / 2
        to_w = [to_weight * d.over / 2 - to_own * d.over * away, to_weight * d.over / 2 + to_own * d.over * away]
        to_r = [to_r[0] + moved, to_r[1] + moved]
        to_big = [-moved, -moved]
        of_parent: list[Floats] = []
        for span in (0, 1):
            n, p = d.sums[2 * span + 1], d.parent[span]
            here = _lent(to_w, span, d.parent), _lent(to_r, span, (d.sums[1], d.sums[3])), _lent(to_big, span, d.parent)
            by_n, by_p = _ratio(1.0, n), _ratio(1.0, p)
            at[2 * span] = at[2 * span] + here[1] * by_n
            at[2 * span + 1] = at[2 * span + 1] + here[0] * by_p - here[1] * d.r[span] * by_n
            of_parent += [here[2] * by_p, -(here[0] * d.w[span] + here[2] * d.big[span]) * by_p]
        for f in range(4):
            total[f] += at[f][:, d.group]
        parents = len(found.depths[depth - 1].up) if depth else 1
        at = [_added(own, d.up, parents) for own in of_parent]
        to_weight = _added(to_over, d.up, parents)
        to_own = np.zeros((many, parents))
        to_r = [np.zeros((many, parents))] * 2
    x0, n0, x1, n1 = (total[f] + at[f] for f in range(4))
    return x0, n0, x1, n1


def variances(by: Four, figures: Four) -> Floats:
    """Of each piece, where every contact falls into its cell, and succeeds or fails there, by chance alone.

    A cell without a success or without a failure is counted as if it had one of each more: its rate is not certain.
    """
    found = np.zeros(len(by[0]))
    for span in (0, 1):
        to_x, to_n = by[2 * span], by[2 * span + 1]
        x, n = figures[2 * span], figures[2 * span + 1]
        won = n * (x + 1) / (n + 2)
        found += ((to_n + to_x) ** 2 * won + to_n**2 * (n - won)).sum(axis=1)
    return found


def _ratio(above: Floats | float, below: Floats) -> Floats:
    """A ratio, zero where there is nothing to divide by."""
    found: Floats = np.divide(above, below, out=np.zeros_like(below), where=below > 0)
    return found


def _either(before: Floats, after: Floats, n0: Floats, n1: Floats) -> tuple[Floats, Floats]:
    """Both spans' values; one that does not exist is the other's."""
    return np.where(n0 > 0, before, after), np.where(n1 > 0, after, before)


def _lent(slope: list[Floats], span: int, n: tuple[Floats, Floats]) -> Floats:
    """The slope in one span's value, with that of the other span where it was lent."""
    found: Floats = np.where(n[span] > 0, slope[span] + np.where(n[1 - span] > 0, 0.0, slope[1 - span]), 0.0)
    return found


def _added(figures: Floats, group: Ints, many: int) -> Floats:
    """Sums of each row by group."""
    rows = figures.shape[0]
    at = (np.arange(rows)[:, None] * many + group).reshape(-1)
    found = np.bincount(at, figures.reshape(-1), minlength=rows * many)
    return np.asarray(found, dtype=np.float64).reshape(rows, many)
