"""What each leaf's rate was: what its labels have in common, fitted to the baseline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer[Any]]

SWEEPS = 6  # of fitting one effect per label; they settle quickly
DRAWN = 2.0  # counts by which a label is drawn towards no effect of its own: few counts tell little
LONGEST = 2.0  # of a step on the scale of log odds
LEAST_RATE = 1e-7


def fitted_rates(codes: Sequence[Codes], sizes: Sequence[int], x: Floats, n: Floats, *, binomial: bool) -> Floats:
    """Rates by one effect per label. Shapes: `(leaves,)` each.

    Shares: effects add up in log odds (one Newton step per dimension and sweep); counts per unit: they multiply (iterative scaling).
    Few counts draw an effect towards none.
    """
    total = max(float(x.sum()), 0.5) / max(float(n.sum()), 1e-300)
    if not binomial:
        rate = np.full(len(x), total)
        for _ in range(SWEEPS):
            for own, size in zip(codes, sizes, strict=True):
                seen = np.bincount(own, x, minlength=size) + DRAWN
                fits = np.bincount(own, n * rate, minlength=size) + DRAWN
                rate = rate * (seen / fits)[own]
        floor: Floats = np.maximum(rate, LEAST_RATE)
        return floor
    total = min(max(total, LEAST_RATE), 1 - LEAST_RATE)
    odds = np.full(len(x), np.log(total / (1 - total)))
    for _ in range(SWEEPS):
        for own, size in zip(codes, sizes, strict=True):
            rate = 1 / (1 + np.exp(-odds))
            far = np.bincount(own, x - n * rate, minlength=size)
            bend = np.bincount(own, n * rate * (1 - rate), minlength=size) + DRAWN
            odds = np.clip(odds + np.clip(far / bend, -LONGEST, LONGEST)[own], -16.0, 16.0)
    found: Floats = np.clip(1 / (1 + np.exp(-odds)), LEAST_RATE, 1 - LEAST_RATE)
    return found
