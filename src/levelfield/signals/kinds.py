"""How likely each kind of change is, from the evidence for each; every kind counts as equally likely beforehand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Fitted by bench/kinds.py on development worlds: the score corrected as the p-value corrects it, bent by a power since
# strong evidence is too sure of itself and weak evidence not sure enough, with a slope and a constant for each kind of
# change (one-off, sustained, drift, more variable); a stable series is what they are held against.
POWER = 0.753
SLOPES = np.array([2.029, 2.5, 2.167, 1.797])
CONSTANTS = np.array([0.652, -0.121, 0.336, 0.959])


def probabilities(odds: Floats, correction: float) -> Floats:
    """Probabilities of the five kinds, adding up to one.

    Shapes: odds (5,), log evidence against a stable series; correction: what the null distribution subtracts from it.
    """
    weight = np.exp(np.minimum(logits(odds[1:] + correction), 300.0))
    total = 1.0 + float(weight.sum())
    return np.concatenate(([1.0 / total], weight / total))


def logits(corrected: Floats) -> Floats:
    """Log odds of the four kinds of change against none. Shapes: (…, 4) in and out."""
    return np.asarray(SLOPES * np.sign(corrected) * np.abs(corrected) ** POWER + CONSTANTS)
