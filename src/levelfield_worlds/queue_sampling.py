"""Waits for large worlds: each interval in its steady state, nothing carried over to the next."""

from __future__ import annotations

import numpy as np

from levelfield_worlds.arrays import Floats
from levelfield_worlds.block import Arrivals, Block
from levelfield_worlds.erlang_a import offered_waits

ROWS = 40_000  # intervals solved at once, so that memory stays small


def sampled_waits(block: Block, arrivals: Arrivals, rng: np.random.Generator) -> Floats:
    """The wait each contact would be offered, in seconds."""
    row = arrivals.row
    level = rng.random(len(row))
    waits = np.empty(len(row))
    for start in range(0, len(block.offered), ROWS):
        part = slice(start, start + ROWS)
        mine = slice(*np.searchsorted(row, (start, start + ROWS)))
        solved = offered_waits(block.rate[part], block.agents[part], block.handle_s[part], block.patience_s[part])
        waits[mine] = solved.at(row[mine] - start, level[mine])
    return waits
