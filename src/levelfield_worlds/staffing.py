"""How many agents a forecast calls for, and how many are really there."""

from __future__ import annotations

import numpy as np

from levelfield_worlds.arrays import Floats
from levelfield_worlds.erlang_a import offered_waits
from levelfield_worlds.frame import Frame

AIM = 0.83  # share answered in time that a planner aims at; noise brings it down to about 0.8
LOADS = 40


def required_agents(frame: Frame, per_slot: Floats) -> Floats:
    """Agents on the queue that the aim calls for, in fractions, for expected contacts `(series, ..., slots)`."""
    needed = np.empty_like(per_slot)
    for number, line in enumerate(frame.lines):
        load = per_slot[number] / frame.estate.interval_s * line.handle_s
        curve = _curve(float(load.max()) + 0.1, line.handle_s, line.patience_s, frame.estate.threshold_s)
        needed[number] = np.interp(load, *curve)
    return needed


def present_agents(rng: np.random.Generator, wanted: Floats) -> Floats:
    """Whole agents whose average is the wanted number, at least one."""
    whole: Floats = np.maximum(1.0, np.floor(wanted + rng.random(wanted.shape)))
    return whole


def _curve(most: float, handle_s: float, patience_s: float, threshold_s: float) -> tuple[Floats, Floats]:
    """Loads and, for each, the fraction of agents at which the chance of a wait in time meets the aim."""
    loads = np.geomspace(0.01, most, LOADS)
    agents = np.arange(1.0, np.ceil(most + 4 * np.sqrt(most)) + 4)
    grid_load, grid_agents = (part.ravel() for part in np.meshgrid(loads, agents, indexing="ij"))
    size = grid_load.size
    waits = offered_waits(grid_load / handle_s, grid_agents, np.full(size, handle_s), np.full(size, patience_s))
    met = waits.within(threshold_s).reshape(len(loads), len(agents))
    return loads, np.array([np.interp(AIM, chances, agents) for chances in met])
