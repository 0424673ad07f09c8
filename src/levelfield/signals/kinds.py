"""How likely each kind of change is, from the evidence for each; every kind counts as equally likely beforehand."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Fitted by bench/kinds.py on development worlds: the score corrected as the p-value corrects it, a slope below one since
# evidence is a little too sure of itself, and one constant a kind (usual, one-off, sustained, drift, more variable).
SLOPE = 1.64
CONSTANTS = np.array([0.0, 0.52, -0.165, 0.124, 0.986])


def probabilities(odds: Floats, correction: float) -> Floats:
    """Probabilities of the five kinds, adding up to one.

    Shapes: odds (5,), log evidence against a stable series; correction: what the null distribution subtracts from it.
    """
    logit = SLOPE * (odds + np.where(np.arange(5) > 0, correction, 0.0)) + CONSTANTS
    weight = np.exp(logit - logit.max())
    return np.asarray(weight / weight.sum())
