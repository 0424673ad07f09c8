"""Columns without their autocorrelation."""

from __future__ import annotations

import math

import numpy as np

from levelfield.signals.evidence.accounts import Floats, Ints
from levelfield.words.compiled import compiled


@compiled
def whitened(columns: Floats, t: Ints, phi: float, kappa: float) -> Floats:
    """Columns (c, m) without the autocorrelation of an AR(1) process of share κ plus white noise, of unit variance."""
    c, m = columns.shape
    found = np.empty((c, m))
    at = np.zeros(c)
    var = kappa
    for i in range(m):
        total = var + 1.0 - kappa
        gain = var / total
        lag = 1.0
        if i + 1 < m:
            lag = phi ** (t[i + 1] - t[i])
        for j in range(c):
            off = columns[j, i] - at[j]
            found[j, i] = off / math.sqrt(total)
            at[j] = lag * (at[j] + gain * off)
        var = lag * lag * var * (1.0 - gain) + kappa * (1.0 - lag * lag)
    return found
