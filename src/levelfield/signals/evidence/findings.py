"""The evidence of one prepared series, in a form that can be asked questions."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from levelfield.signals.evidence.accounts import KINDS, USUAL, Floats, Ints
from levelfield.signals.evidence.noise import IS_MIXED, LAG_ONE, LONG_RUN, NOISES, PRICES, lengths_for


@dataclass(frozen=True, eq=False)
class Evidence:
    """What a series says: `odds` (5,) log evidence of each kind over that of a stable series, prices included."""

    odds: Floats
    places: Floats
    of_noise: Floats
    lasting: Ints
    long_run: float  # log of the long-run variance over the variance
    mixed: float  # how likely slow wander under white noise is
    lag_one: float
    score: float  # log odds of any change against none


def evidence_of(x: Floats, t: Ints, g: Floats) -> Evidence:
    """Weigh a series of at least twelve values that vary.

    Shapes: x, t, g (m,), oldest first, t the period numbers. Assumes: x is about normal around g·level.
    """
    from levelfield.signals.evidence.gaussian import weigh

    found, places, of_noise, lasting = weigh(x / x.std(), t, g, NOISES, lengths_for(len(x)), PRICES)
    p = np.exp(of_noise - of_noise.max())
    p /= p.sum()
    odds = found - found[USUAL]
    top = float(odds[1:].max())
    score = top + math.log(float(np.exp(odds[1:] - top).sum()))
    return Evidence(odds, places, p, lasting, float(p @ LONG_RUN), float(p @ IS_MIXED), float(p @ LAG_ONE), score)


__all__ = ["KINDS", "Evidence", "evidence_of"]
