"""How large a change is, once its kind is known: generalised least squares under the likeliest noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.signals.evidence.accounts import DRIFT, MORE_VARIABLE, ONE_OFF, Floats, Ints

Z95 = 1.959964


@dataclass(frozen=True)
class Size:
    """A change on the scale that was judged: level before, size with its standard error, spread of the noise."""

    before: float
    change: float
    error: float
    spread: float


def change_column(kind: int, t: Ints, g: Floats, onset: int, length: int) -> Floats:
    """What a change of size 1 adds to every value. Shapes: (m,)."""
    m = len(t)
    after = np.arange(m) >= onset
    if kind == ONE_OFF:
        return np.where(after & (np.arange(m) < onset + length), g, 0.0)
    if kind == DRIFT:
        rise = (t - t[onset]) / max(float(t[-1] - t[onset]), 1.0)
        return np.where(after, g * rise, 0.0)
    return np.where(after, g, 0.0)


def size_of(kind: int, x: Floats, t: Ints, g: Floats, onset: int, length: int, phi: float, kappa: float) -> Size:
    """The change that begins at `onset`. For a change of spread it is the logarithm of the ratio of spreads."""
    if kind == MORE_VARIABLE:
        return _spread_of(x, t, g, onset, phi, kappa)
    from levelfield.signals.evidence.whitening import whitened

    columns = whitened(np.stack([x, g, change_column(kind, t, g, onset, length)]), t, phi, kappa)
    y, design = columns[0], columns[1:].T
    beta, *_ = np.linalg.lstsq(design, y, rcond=None)
    left = y - design @ beta
    variance = float(left @ left) / max(len(y) - 2, 1)
    covariance = variance * np.linalg.pinv(design.T @ design)
    return Size(float(beta[0]), float(beta[1]), math.sqrt(max(float(covariance[1, 1]), 0.0)), math.sqrt(variance))


def _spread_of(x: Floats, t: Ints, g: Floats, onset: int, phi: float, kappa: float) -> Size:
    from levelfield.signals.evidence.whitening import whitened

    columns = whitened(np.stack([x, g]), t, phi, kappa)
    level = float(columns[0] @ columns[1] / (columns[1] @ columns[1]))
    left = columns[0] - level * columns[1]
    before, after = left[:onset], left[onset:]
    one, other = float(np.sqrt((before**2).mean())), float(np.sqrt((after**2).mean()))
    error = math.sqrt(0.5 / max(len(before), 1) + 0.5 / max(len(after), 1))
    return Size(level, math.log(max(other, 1e-12) / max(one, 1e-12)), error, one)


def span_of(weights: npt.NDArray[np.float64], share: float) -> tuple[int, int]:
    """The first and last place of the narrowest set of places that holds a share of the weight.

    >>> span_of(np.array([0.01, 0.6, 0.3, 0.09]), 0.9)
    (1, 2)
    """
    order = np.argsort(-weights, kind="stable")
    held = np.cumsum(weights[order]) / weights.sum()
    chosen = order[: int(np.searchsorted(held, share - 1e-12)) + 1]
    return int(chosen.min()), int(chosen.max())
