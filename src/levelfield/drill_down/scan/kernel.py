"""Tallies of listed places and their update, as machine code."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@compiled
def tally_up(cells_of: npt.NDArray[np.int32], values: Floats, cells: int) -> Floats:
    """Sums of the columns of the leaves over every place: (cells, columns)."""
    out = np.zeros((cells, values.shape[1]))
    for c in range(cells_of.shape[0]):
        for i in range(cells_of.shape[1]):
            cell = cells_of[c, i]
            for m in range(values.shape[1]):
                out[cell, m] += values[i, m]
    return out


@compiled
def take_out(leaves: Ints, cells_of: npt.NDArray[np.int32], values: Floats, tally: Floats) -> Any:
    """Take leaves out of every place they lie in."""
    for i in leaves:
        for c in range(cells_of.shape[0]):
            cell = cells_of[c, i]
            for m in range(values.shape[1]):
                tally[cell, m] -= values[i, m]
    return tally
