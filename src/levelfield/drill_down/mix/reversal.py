"""Simpson's paradox, found and told: a whole that went one way beyond chance while its parts went the other."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.mix.cells import Cells
from levelfield.drill_down.mix.nested import Four, Nested, nest, slopes, variances

Ints = npt.NDArray[np.int64]

Z = 1.959964  # of a normal distribution, 95 %
WHOLE = "The whole"
MOST_GROUPS = 200  # of one depth that are looked into one by one
OPPOSITE = 0.9  # share of the weight that must have moved against the whole


def reversals(cells: Cells, names: Sequence[str], dispersion: float) -> tuple[str, ...]:
    """Of the whole and of every group at every depth: the sentence of each that moved against the parts it is split into.

    The whole is compared with its parts of every depth, a group with the parts of the next.
    """
    found: list[str] = []
    for depth in range(len(names)):
        prefix = cells.codes[:, :depth]
        _unique, first, group = np.unique(prefix, axis=0, return_index=True, return_inverse=True)
        for g, one in enumerate(first if len(first) <= MOST_GROUPS else ()):
            inside = np.flatnonzero(group.reshape(-1) == g)
            where = ", ".join(f"{name} {label}" for name, label in zip(names, cells.labels[one][:depth], strict=False))
            found += _against(
                cells, inside, names, depth + 1, f"Within {where} the ratio" if where else WHOLE, dispersion
            )
        if depth:
            found += _against(cells, np.arange(len(cells)), names, depth + 1, WHOLE, dispersion)
    return tuple(found)


def _against(cells: Cells, inside: Ints, names: Sequence[str], depth: int, who: str, dispersion: float) -> list[str]:
    parts, back = np.unique(cells.codes[inside, :depth], axis=0, return_inverse=True)
    if len(parts) < 2:
        return []
    x0, n0, x1, n1 = figures = _sums(cells, inside, back.reshape(-1), len(parts))
    if not (n0.sum() and n1.sum()):
        return []
    split = nest(np.arange(len(parts))[:, None], figures)
    rate = float(split.cell_rate.sum())
    change = float(x1.sum() / n1.sum() - x0.sum() / n0.sum())
    if change * rate >= 0 or not _beyond_chance(split, figures, change, rate, dispersion):
        return []
    both = (n0 > 0) & (n1 > 0)
    weight = (n0 / n0.sum() + n1 / n1.sum())[both]
    against = (x1[both] / n1[both] - x0[both] / n0[both]) * change < 0
    if float(weight[against].sum()) < OPPOSITE * float(weight.sum()):
        return []
    one, other = ("rose", "fell") if change > 0 else ("fell", "rose")
    by = " and ".join(names[:depth] if who == WHOLE else names[depth - 1 : depth])
    many = f"{int(against.sum())} of its {len(against)} parts {other}"
    return [f"{who} {one}, and {many}, split by {by}: the mix did it, not the work."]


def _beyond_chance(split: Nested, figures: Four, change: float, rate: float, dispersion: float) -> bool:
    x0, n0, x1, n1 = (float(own.sum()) for own in figures)
    parts = len(split.cell_rate)
    slope = slopes(split, np.zeros((1, 1)), np.zeros((1, parts)), np.ones((1, parts)))
    of_rate = float(variances(slope, figures)[0])
    of_change = sum(x / n * (1 - x / n) / n for x, n in ((x0, n0), (x1, n1)))
    return all(abs(moved) > Z * math.sqrt(dispersion * own) for moved, own in ((change, of_change), (rate, of_rate)))


def _sums(cells: Cells, inside: Ints, part: Ints, many: int) -> Four:
    x0, n0, x1, n1 = (
        np.bincount(part, f[inside], minlength=many).astype(np.float64)
        for f in (cells.x0, cells.n0, cells.x1, cells.n1)
    )
    return x0, n0, x1, n1
