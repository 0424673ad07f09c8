"""How often a stable series would score as high: p-values and e-values from the simulated null distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from levelfield.signals.evidence.findings import Evidence
from levelfield.signals.null_table import TABLE, TAILS

Floats = npt.NDArray[np.float64]

LONG = 78  # from here on the table prices slow wander under white noise; below, it cannot be told apart
LOG_TAILS = np.log(np.array(TAILS))
FAR_TAIL = TAILS.index(0.01)  # beyond the last quantile the tail goes on as it does from here


@dataclass(frozen=True, eq=False)
class Null:
    """The null distribution for one length: what is subtracted from a score, quantiles of what is left, the offset of e-values."""

    plane: Floats
    knots: Floats
    offset: float

    def corrected(self, evidence: Evidence) -> float:
        """The score as it would be under the reference noise."""
        lrv, mix = evidence.long_run, evidence.mixed
        a, b, c, d = self.plane
        return float(evidence.score - (a * lrv + b * lrv * lrv + c * mix + d * mix * lrv))

    def p_value(self, at: float) -> float:
        """The share of stable series whose corrected score is as high or higher."""
        if at >= self.knots[-1]:
            slope = (LOG_TAILS[-1] - LOG_TAILS[FAR_TAIL]) / (self.knots[-1] - self.knots[FAR_TAIL])
            return math.exp(max(float(LOG_TAILS[-1] + slope * (at - self.knots[-1])), -300.0))
        return math.exp(float(np.interp(at, self.knots, LOG_TAILS, left=0.0)))

    def e_value(self, at: float) -> float:
        """Odds, from a corrected score, whose mean over stable series is at most one at every autocorrelation of the grid."""
        return math.exp(min(at - max(self.offset, 0.0), 300.0))


@lru_cache(maxsize=4096)
def null_of(m: int, weekly: bool) -> Null:
    """The null distribution for m periods with a value, between those that were simulated by the logarithm of m."""
    lengths = sorted(n for n, w in TABLE if w == weekly and (n >= LONG) == (m >= LONG))
    at = math.log(m)
    logs = np.log(np.array(lengths, dtype=float))
    columns = [np.r_[TABLE[n, weekly][0], TABLE[n, weekly][1], TABLE[n, weekly][2]] for n in lengths]
    mixed = np.array([np.interp(at, logs, column) for column in np.array(columns).T])
    width = len(TABLE[lengths[0], weekly][0])
    return Null(mixed[:width], np.maximum.accumulate(mixed[width:-1]), float(mixed[-1]))
