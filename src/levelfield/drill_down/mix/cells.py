"""Leaves added up to cells; those too small to have a rate are pooled with their neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.leaves import Leaves

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

POOLED = "others, too few each"


@dataclass(frozen=True)
class Cells:
    """Cells of the finest level in the order of their codes; figures are `(cells,)`, codes `(cells, dimensions)`."""

    codes: Ints
    labels: tuple[tuple[str, ...], ...]
    x0: Floats
    n0: Floats
    x1: Floats
    n1: Floats
    pooled: int  # cells that were too small to stand alone
    seen: int  # cells before they were pooled

    def __len__(self) -> int:
        return len(self.n0)

    @property
    def one_span(self) -> int:
        """How many cells exist in one span only."""
        return int(((self.n0 > 0) != (self.n1 > 0)).sum())

    @property
    def are_shares(self) -> bool:
        """Is every cell's ratio a share, whose chance is known from its counts?"""
        return all(bool(((x >= 0) & (x <= n)).all()) for x, n in ((self.x0, self.n0), (self.x1, self.n1)))


def pooled_cells(leaves: Leaves, x0: Floats, n0: Floats, x1: Floats, n1: Floats, fewest: float) -> Cells:
    """Cells of all dimensions; one with fewer than `fewest` in a span it exists in joins the others under the same labels before it.

    What is still too small then joins the others one dimension up, and so on; the last pool of all stays, however small.
    """
    figures = (x0, n0, x1, n1)
    codes = np.column_stack([own.astype(np.int64) for own in leaves.codes])
    pool = np.array(leaves.sizes, dtype=np.int64)  # one past the last label of each dimension
    pooled = seen = 0
    for depth in range(codes.shape[1] - 1, -1, -1):
        _unique, back, sums = _added_up(codes, figures)
        small = _too_small(sums[1], sums[3], fewest)
        if depth == codes.shape[1] - 1:
            there = sums[1] + sums[3] > 0
            pooled, seen = int((small & there).sum()), int(there.sum())
        codes[small[back], depth] = pool[depth]
    unique, _back, sums = _added_up(codes, figures)
    there = sums[1] + sums[3] > 0
    labels = tuple(
        tuple(POOLED if code == pool[d] else leaves.labels[d][code] for d, code in enumerate(row))
        for row in unique[there]
    )
    x0, n0, x1, n1 = (own[there] for own in sums)
    return Cells(unique[there], labels, x0, n0, x1, n1, pooled, seen)


def _added_up(codes: Ints, figures: tuple[Floats, ...]) -> tuple[Ints, Ints, list[Floats]]:
    """Distinct rows of codes in their order, which of them each leaf is, and the sums of its figures."""
    group = np.zeros(len(codes), dtype=np.int64)
    many = 1
    for depth in range(codes.shape[1]):
        wide = int(codes[:, depth].max()) + 1
        group = group * wide + codes[:, depth]
        many *= wide
        if many > max(len(codes), 1024):  # a number for each that exists, lest the product outgrow its integer
            unique, group = np.unique(group, return_inverse=True)
            many = len(unique)
    there, back = np.bincount(group, minlength=many) > 0, group
    if not there.all():
        back = (np.cumsum(there) - 1)[group]
    first = np.empty(int(there.sum()), dtype=np.int64)
    first[back] = np.arange(len(codes))
    sums = [np.asarray(np.bincount(back, f, minlength=len(first)), dtype=np.float64) for f in figures]
    return codes[first], back, sums


def _too_small(n0: Floats, n1: Floats, fewest: float) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = ((n0 < fewest) & (n0 > 0)) | ((n1 < fewest) & (n1 > 0)) | ((n0 == 0) & (n1 == 0))
    return found
