"""Which inputs of a queue moved no more than they do from day to day: of those no driver is made."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BEYOND = 3.0  # standard errors; with eight inputs, one of forty changes names a driver that chance moved
FEWEST_DAYS = 3  # on each side; of fewer the spread is not known, and nothing is held


def within_chance(before: Mapping[str, npt.ArrayLike], after: Mapping[str, npt.ArrayLike]) -> tuple[str, ...]:
    """The inputs that moved no more than chance, from their daily values on both sides; to be held by `attribute_queue`.

    Shapes: `(days,)` each, missing = nan; sides may differ in length. Unit: any, the same on both sides: of the forecast miss
    the ratio of offered to forecast, of handling the day's mean. Assumes: days vary alike on both sides, one by one.

    >>> usual = [300.0, 310, 290, 305, 295]
    >>> within_chance({"handle": usual, "absence": [0.05, 0.06, 0.07]}, {"handle": [298, 309, 301], "absence": [0.15, 0.16, 0.14]})
    ('handle',)
    """
    return tuple(name for name, values in before.items() if name in after and abs(moved(values, after[name])) < BEYOND)


def moved(before: npt.ArrayLike, after: npt.ArrayLike) -> float:
    """How far two means are apart in standard errors of daily values; infinite where days are too few to say.

    >>> round(moved([300, 310, 290], [330, 340, 320]), 2)
    3.67
    """
    first, second = (
        values[np.isfinite(values)]
        for values in (np.asarray(side, dtype=np.float64).ravel() for side in (before, after))
    )
    if min(len(first), len(second)) < FEWEST_DAYS:
        return float("inf")
    distance = float(second.mean() - first.mean())
    if distance == 0:
        return 0.0
    squares = float(((first - first.mean()) ** 2).sum() + ((second - second.mean()) ** 2).sum())
    error = (squares / (len(first) + len(second) - 2) * (1 / len(first) + 1 / len(second))) ** 0.5
    return distance / error if error > 0 else float(np.copysign(np.inf, distance))
