"""Where the places of a cube lie in memory: a cube with totals where it fits, else a list of its shallow cuboids."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cube import kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer[Any]]

MOST_CELLS = 60_000_000  # of 32 bytes: two gigabytes
MOST_STEPS = 60_000_000  # leaves times cuboids: about a second


class WholeCube:
    """Every place of a few dimensions: each has one more label, "all", so that totals stand beside their parts."""

    def __init__(self, codes: Codes, sizes: Ints) -> None:
        self.codes, self.sizes, self.depth = codes, sizes, len(sizes)
        strides = np.ones(len(sizes), dtype=np.int64)
        for k in range(len(sizes) - 2, -1, -1):
            strides[k] = strides[k + 1] * (sizes[k + 1] + 1)
        self.strides = strides
        self.cells = int(strides[0] * (sizes[0] + 1))
        self.cuboid_of = np.empty(0, dtype=np.int32)  # told by the position of a cell
        self.cuboids = [tuple(k for k in range(len(sizes)) if own >> k & 1) for own in range(1 << len(sizes))]

    def tally(self, x: Floats, y: Floats, w: Floats) -> Floats:
        """Tallies of every place."""
        return kernel.whole_cube(x, y, w, self.codes, self.sizes)

    def labels_of(self, cell: int) -> dict[int, int]:
        """The labels a place fixes, by dimension."""
        found = {}
        for k in range(len(self.sizes)):
            label = cell // int(self.strides[k]) % (int(self.sizes[k]) + 1)
            if label != self.sizes[k]:
                found[k] = int(label)
        return found

    def parts_of(self, cell: int, k: int) -> slice:
        """The cells of a place's parts along one more dimension."""
        size, stride = int(self.sizes[k]), int(self.strides[k])
        return slice(cell - size * stride, cell, stride)

    def holding(self, leaf: int) -> Ints:
        """All places that hold a leaf, but everything."""
        cells = np.zeros(1, dtype=np.int64)
        for k in range(len(self.sizes)):
            both = (int(self.codes[k, leaf]), int(self.sizes[k]))
            cells = np.concatenate([cells + own * self.strides[k] for own in both])
        return cells[:-1]

    def take_out(
        self, cell: int, leaves: Ints, x: Floats, y: Floats, w: Floats, tally: Floats, touched: npt.NDArray[np.bool_]
    ) -> Ints:
        """Take a place's leaves out: one by one, or as a part of the cube that is added up first; the places touched."""
        fixed = self.labels_of(cell)
        free = [k for k in range(len(self.sizes)) if k not in fixed]
        if not free or math.prod(int(self.sizes[k]) + 1 for k in free) > len(leaves) << len(free):
            return kernel.take_out(leaves, x, y, w, self.codes, tally, self.strides, self.sizes, touched)
        codes, sizes = np.stack([self.codes[k][leaves] for k in free]), self.sizes[free]
        part = kernel.whole_cube(x[leaves], y[leaves], w[leaves] if len(w) else w, codes, sizes)
        offsets = np.zeros(1, dtype=np.int64)
        for k, label in fixed.items():
            offsets = np.concatenate([offsets + own * self.strides[k] for own in (label, self.sizes[k])])
        return kernel.take_part_out(part, sizes, self.strides[free], offsets, tally)


class ListedCuboids:
    """The places of up to a few attributes at once, cuboid after cuboid."""

    def __init__(self, codes: Codes, sizes: Ints, depth: int) -> None:
        self.codes, self.sizes, self.depth = codes, sizes, depth
        self.cuboids = [s for d in range(1, depth + 1) for s in itertools.combinations(range(len(sizes)), d)]
        self.steps = np.zeros((len(self.cuboids), len(sizes)), dtype=np.int64)
        many = []
        for c, fixed in enumerate(self.cuboids):
            step = 1
            for k in reversed(fixed):
                self.steps[c, k] = step
                step *= int(sizes[k])
            many.append(step)
        self.offsets = np.concatenate([[0], np.cumsum(np.array(many, dtype=np.int64))])
        self.cells = int(self.offsets[-1]) + 1  # the last is everything
        self.strides = np.ones(len(sizes), dtype=np.int64)
        self.cuboid_of = np.repeat(np.arange(len(many) + 1, dtype=np.int32), [*many, 1])
        self._place = {fixed: c for c, fixed in enumerate(self.cuboids)}

    def tally(self, x: Floats, y: Floats, w: Floats) -> Floats:
        """Tallies of every place."""
        return kernel.listed_cuboids(x, y, w, self.codes, self.steps, self.offsets)

    def labels_of(self, cell: int) -> dict[int, int]:
        """The labels a place fixes, by dimension."""
        c = int(self.cuboid_of[cell])
        if c == len(self.cuboids):
            return {}
        rest = cell - int(self.offsets[c])
        return {k: rest // int(self.steps[c, k]) % int(self.sizes[k]) for k in self.cuboids[c]}

    def _cell_of(self, labels: Mapping[int, int]) -> int:
        c = self._place[tuple(sorted(labels))]
        return int(self.offsets[c]) + sum(int(self.steps[c, k]) * label for k, label in labels.items())

    def parts_of(self, cell: int, k: int) -> slice:
        """The cells of a place's parts along one more dimension; none where that is deeper than listed."""
        labels = self.labels_of(cell)
        if len(labels) == self.depth:
            return slice(0, 0, 1)
        first = self._cell_of({**labels, k: 0})
        step = int(self.steps[self._place[tuple(sorted([*labels, k]))], k])
        return slice(first, first + step * int(self.sizes[k]), step)

    def holding(self, leaf: int) -> Ints:
        """All places that hold a leaf, but everything."""
        cells: Ints = self.offsets[:-1] + self.steps @ self.codes[:, leaf].astype(np.int64)
        return cells

    def take_out(
        self, cell: int, leaves: Ints, x: Floats, y: Floats, w: Floats, tally: Floats, touched: npt.NDArray[np.bool_]
    ) -> Ints:
        """Take a place's leaves out, one by one; the places touched."""
        return kernel.take_listed_out(leaves, x, y, w, self.codes, self.steps, self.offsets, tally, touched)


def whole_fits(sizes: Sequence[int] | Ints) -> bool:
    """Does the cube with its totals fit?"""
    return math.prod(int(size) + 1 for size in sizes) <= MOST_CELLS


def pairs_fit(sizes: Sequence[int] | Ints) -> bool:
    """Do the places of up to two attributes fit?"""
    return sum(int(a) * int(b) for a, b in itertools.combinations(sizes, 2)) <= MOST_CELLS // 2


def geometry_of(codes: Codes, sizes: Ints) -> WholeCube | ListedCuboids:
    """The whole cube where it fits; else as many attributes at once as fit, at least two."""
    if whole_fits(sizes):
        return WholeCube(codes, sizes)
    depth = 2
    while depth < len(sizes):
        deeper = [s for d in range(1, depth + 2) for s in itertools.combinations(range(len(sizes)), d)]
        cells = sum(math.prod(int(sizes[k]) for k in fixed) for fixed in deeper)
        if cells > MOST_CELLS // 2 or len(deeper) * codes.shape[1] > MOST_STEPS:
            break
        depth += 1
    return ListedCuboids(codes, sizes, depth)
