"""What it would have taken: agents more in the hours that held most of the harm."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.queueing.counterfactual import BETTER_LOWER, Factors, Model, world

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STRETCH = 0.7  # share of the harm the hours that are named must hold
MOST_MORE = 2.0  # times the staff there is; more would be another queue


@dataclass(frozen=True)
class Needed:
    """What it would have taken to be as before: so many agents more in these slots of every day, first and last."""

    agents: int
    first_slot: int
    last_slot: int


def agents_needed(slot: Ints | None, old: Factors, new: Factors, model: Model, aim: float) -> Needed | None:
    """The fewest agents more, in the shortest hours that hold most of the harm, that bring the model back to before.

    None where slots are not known, nothing got worse, or twice the staff would not do.
    """
    if slot is None:
        return None
    worlds = tuple(np.stack(pair) for pair in zip(world(old), world(new), strict=True))
    above, below = model.parts((worlds[0], worlds[1], worlds[2], worlds[3]))
    values = above / np.maximum(below, 1e-12)
    lower = model.measure in BETTER_LOWER
    harm = (values[1] - values[0]) * worlds[0][1] * (1 if lower else -1)
    slots = np.unique(slot)
    by_slot = np.array([harm[slot == s].sum() for s in slots])
    if by_slot.sum() <= 0:
        return None
    first, last = _shortest(np.maximum(by_slot, 0), STRETCH)
    inside = (slot >= slots[first]) & (slot <= slots[last])
    offered, handle, patience, agents = world(new)

    def reached(more: int) -> bool:
        value = float(
            model.values((offered[None], handle[None], patience[None], (agents + np.where(inside, more, 0))[None]))[0]
        )
        return value <= aim if lower else value >= aim

    most = max(2, math.ceil(MOST_MORE * float(agents[inside].max())))
    if not reached(most):
        first, last = 0, len(slots) - 1
        inside = np.ones(len(offered), dtype=bool)
        if not reached(most):
            return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return Needed(high, int(slots[first]), int(slots[last]))


def _shortest(weights: Floats, share: float) -> tuple[int, int]:
    """The shortest run of neighbours that holds a share of the whole; of equal ones the heaviest."""
    total = np.concatenate([[0.0], np.cumsum(weights)])
    for length in range(1, len(weights) + 1):
        held = total[length:] - total[:-length]
        best = int(np.argmax(held))
        if held[best] >= share * total[-1]:
            return best, best + length - 1
    return 0, len(weights) - 1
