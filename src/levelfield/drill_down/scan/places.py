"""Every place that holds a leaf, listed cuboid by cuboid: for tables that are too wide or too sparse for a whole cube."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer[Any]]

ROOM = 60_000_000  # entries of leaves × cuboids that are kept
DEEPEST = 5  # attributes in a place; nobody acts on more


class Places:
    """The cells of all cuboids in one row of numbers; a cell that holds no leaf does not exist.

    `cells_of` is (cuboids, leaves); `cuboid_of` and `one_leaf` are (cells,).
    """

    def __init__(self, codes: Sequence[Codes], sizes: Sequence[int]) -> None:
        self.codes, self.sizes = list(codes), list(sizes)
        n, dims = len(codes[0]), len(codes)
        self.cuboids = self._chosen(n, dims)
        self.cells_of = np.empty((len(self.cuboids), n), dtype=np.int32)
        cuboid_of, one_leaf, self.counts = [], [], []
        offset = 0
        for c, fixed in enumerate(self.cuboids):
            key = np.zeros(n, dtype=np.int64)
            for k in fixed:
                key = key * self.sizes[k] + self.codes[k]
            whole = math.prod(self.sizes[k] for k in fixed)
            if whole <= 4 * n:
                there = np.bincount(key, minlength=whole) > 0
                number = np.cumsum(there) - 1
                own = number[key]
                many = int(there.sum())
            else:
                _unique, own = np.unique(key, return_inverse=True)
                many = int(own.max()) + 1
            self.cells_of[c] = own + offset
            first = np.zeros(many, dtype=np.int64)
            first[own] = np.arange(n)
            one_leaf.append(first)
            cuboid_of.append(np.full(many, c, dtype=np.int32))
            self.counts.append(many)
            offset += many
        self.cuboid_of, self.one_leaf = np.concatenate(cuboid_of), np.concatenate(one_leaf)

    @staticmethod
    def _chosen(n: int, dims: int) -> list[tuple[int, ...]]:
        """All sets of dimensions up to the depth for which there is room, the shallow ones first."""
        found: list[tuple[int, ...]] = []
        for depth in range(1, min(dims, DEEPEST) + 1):
            more = list(combinations(range(dims), depth))
            if found and (len(found) + len(more)) * n > ROOM:
                break
            found += more
        return found

    def __len__(self) -> int:
        return len(self.cuboid_of)

    @property
    def deepest(self) -> int:
        """How many attributes a place has at the most."""
        return len(self.cuboids[-1])

    def labels_of(self, cell: int) -> dict[int, int]:
        """The labels a place fixes, by dimension."""
        leaf = int(self.one_leaf[cell])
        return {k: int(self.codes[k][leaf]) for k in self.cuboids[int(self.cuboid_of[cell])]}

    def leaves_of(self, cell: int) -> Ints:
        """The leaves of a place."""
        found: Ints = np.flatnonzero(self.cells_of[int(self.cuboid_of[cell])] == cell)
        return found

    def prices(self, each_depth: float) -> Floats:
        """Of each cuboid: which one, and which of its places that hold anything."""
        dims = len(self.codes)
        return np.array(
            [
                math.log(max(many, 1)) + math.log(math.comb(dims, len(fixed))) + each_depth * len(fixed) + math.log(max(dims, 2))
                for fixed, many in zip(self.cuboids, self.counts, strict=True)
            ]
        )  # fmt: skip
