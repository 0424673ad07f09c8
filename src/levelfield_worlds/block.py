"""A block of intervals with all that decides what happens in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from levelfield_worlds.arrays import Floats, Ints
from levelfield_worlds.frame import Frame


@dataclass(frozen=True)
class Block:
    """Intervals by day, then series, then time of day; every array is `(rows,)`."""

    frame: Frame
    series: Ints
    day: Ints  # position among the estate's days
    slot: Ints
    offered: Ints
    rate: Floats  # arrivals per second, before chance
    agents: Floats
    handle_s: Floats  # mean over the people there
    patience_s: Floats


@dataclass(frozen=True)
class Arrivals:
    """Contacts that reach the queues of a block, each array `(contacts,)`, ascending by row."""

    row: Ints  # the interval in the block
    after_s: Ints  # seconds after the interval began
    handle_s: Floats  # work it would take
    patience_s: Floats


def block_of(
    frame: Frame,
    series: Ints,
    days: slice,
    rng: np.random.Generator,
    *,
    mean: Floats,
    agents: Floats,
    handle: Floats,
) -> Block:
    """Cut the intervals of some series and days out of the grid and let chance decide how many contacts come.

    `mean` (contacts) and `agents` are `(series, days, slots)`, `handle` is `(series, days)`, all for the given part.
    """
    numbers = np.arange(frame.shape[1])[days]
    count, slots = len(series), frame.estate.slots
    patience = np.array([frame.lines[s].patience_s for s in series])

    def lay(values: Floats) -> Floats:
        """By day, then series, then slot, as one long array."""
        return np.ascontiguousarray(values.transpose(1, 0, 2)).ravel()

    flat = lay(mean)
    return Block(
        frame,
        np.tile(np.repeat(series, slots), len(numbers)),
        np.repeat(numbers, count * slots),
        np.tile(np.arange(slots), len(numbers) * count),
        rng.poisson(flat).astype(np.int64),
        flat / frame.estate.interval_s,
        lay(agents),
        np.repeat(handle.T.ravel(), slots),
        np.tile(np.repeat(patience, slots), len(numbers)),
    )
