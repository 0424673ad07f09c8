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
DENSE = 2_000_000  # numbers of a cuboid that are looked up in a row; more are sorted first
LARGEST = 2**60  # a number that still fits
DEEPEST = 5  # attributes in a place; nobody acts on more


class Places:
    """The cells of all cuboids in one row of numbers; a cell that holds no leaf does not exist.

    `cells_of` is (cuboids, leaves); `cuboid_of` and `one_leaf` are (cells,).
    """

    def __init__(self, codes: Sequence[Codes], sizes: Sequence[int]) -> None:
        from levelfield.drill_down.scan import weighing

        self.codes, self.sizes = list(codes), list(sizes)
        n, dims = len(codes[0]), len(codes)
        self.cuboids = self._chosen(n, dims)
        self.cells_of = np.empty((len(self.cuboids), n), dtype=np.int32)
        cuboid_of, one_leaf = [], []
        self.counts: list[int] = []
        self.starts: list[int] = []
        offset = 0
        for c, fixed in enumerate(self.cuboids):
            key, whole = np.zeros(n, dtype=np.int64), 1
            for k in fixed:
                if whole * self.sizes[k] > LARGEST:
                    unique, key = np.unique(key, return_inverse=True)
                    whole = len(unique)
                key, whole = key * self.sizes[k] + self.codes[k], whole * self.sizes[k]
            if whole > max(DENSE, 4 * n):
                unique, key = np.unique(key, return_inverse=True)
                whole = len(unique)
            own, first = weighing.number(key, whole)
            many = len(first)
            self.cells_of[c] = own + offset
            one_leaf.append(first)
            cuboid_of.append(np.full(many, c, dtype=np.int32))
            self.counts.append(many)
            self.starts.append(offset)
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

    def span_of(self, c: int) -> tuple[int, int]:
        """First and last place of a cuboid, the last one excluded."""
        return self.starts[c], self.starts[c] + self.counts[c]

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

    def prices(self, holds: npt.NDArray[np.bool_], each_depth: float) -> Floats:
        """Of each cuboid: which one, and which of its places that hold anything (`holds`, one per place)."""
        dims = len(self.codes)
        counts = np.bincount(self.cuboid_of[holds], minlength=len(self.cuboids))
        return np.array(
            [
                math.log(max(many, 1)) + math.log(math.comb(dims, len(fixed))) + each_depth * len(fixed) + math.log(max(dims, 2))
                for fixed, many in zip(self.cuboids, counts, strict=True)
            ]
        )  # fmt: skip
