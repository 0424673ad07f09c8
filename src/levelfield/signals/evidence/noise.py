"""The noises a stable series may have, how likely each is beforehand, and the places a change is looked for."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# φ, persistent share κ, weight. Service data wander slowly under sampling noise: κ < 1 is that mixture.
PERSISTENT = (
    (-0.30, 1.0, 0.3), (-0.15, 1.0, 0.6), (0.0, 1.0, 1.2), (0.12, 1.0, 1.0), (0.24, 1.0, 1.0), (0.36, 1.0, 1.0),
    (0.48, 1.0, 1.0), (0.60, 1.0, 0.9), (0.70, 1.0, 0.8), (0.80, 1.0, 0.6), (0.90, 1.0, 0.4),
)  # fmt: skip
MIXED = (
    (0.50, 0.75, 0.14), (0.75, 0.75, 0.14), (0.92, 0.75, 0.14), (0.60, 0.50, 0.10), (0.80, 0.50, 0.14),
    (0.93, 0.50, 0.14), (0.80, 0.25, 0.10), (0.95, 0.25, 0.14),
)  # fmt: skip

LENGTHS = (1, 2, 3, 4, 6, 8, 11, 15, 21, 28, 40, 56)  # of one-offs, in periods; at most a third of the series

# What a kind of change costs in log evidence before it counts: a one-off at the end, one in the past, a sustained
# shift, a drift, more variable. A shift matters most to an agreement and is looked for in the fewest places.
PRICES = np.array([-1.0, -1.2, 0.0, -0.7, -1.5])


def _grid() -> Floats:
    grid = np.array(PERSISTENT + MIXED)
    grid[:, 2] = np.log(grid[:, 2] / grid[:, 2].sum())
    return grid


NOISES = _grid()
IS_MIXED = (NOISES[:, 1] < 1.0).astype(np.float64)
LONG_RUN = np.log(NOISES[:, 1] * (1 + NOISES[:, 0]) / (1 - NOISES[:, 0]) + 1 - NOISES[:, 1])  # log long-run variance
LAG_ONE = NOISES[:, 0] * NOISES[:, 1]


@lru_cache(maxsize=512)
def lengths_for(m: int) -> Ints:
    """The lengths of one-offs that are looked for in a series of m periods."""
    return np.array([length for length in LENGTHS if length <= max(1, m // 3)], dtype=np.int64)
