"""The evidence of one prepared series, in a form that can be asked questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from levelfield.signals.evidence.gaussian import KINDS, USUAL, Floats, Ints, weigh
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

    @property
    def score(self) -> float:
        """Log odds of any change against none."""
        top = self.odds[1:].max()
        return float(top + np.log(np.exp(self.odds[1:] - top).sum()))


def evidence_of(x: Floats, t: Ints, g: Floats) -> Evidence:
    """Weigh a series of at least twelve values that vary.

    Shapes: x, t, g (m,), oldest first, t the period numbers. Assumes: x is about normal around g·level.
    """
    scaled = x / x.std()
    found, places, of_noise, lasting = weigh(scaled, t, g, NOISES, lengths_for(len(x)), PRICES)
    p = np.exp(of_noise - of_noise.max())
    p /= p.sum()
    odds = found - found[USUAL]
    return Evidence(odds, places, p, lasting, float(p @ LONG_RUN), float(p[IS_MIXED].sum()), float(p @ LAG_ONE))


__all__ = ["KINDS", "Evidence", "evidence_of"]
