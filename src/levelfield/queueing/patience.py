"""How long customers are ready to wait: known of those who gave up, and at least known of those who were answered."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]

FEWEST = 5  # people who gave up; of fewer a mean would be chance
Z = 1.959964
SHAPE_APART = 1.25  # a Weibull shape so far from one changes waits beyond the model's own roughness


@dataclass(frozen=True)
class Patience:
    """Mean patience with its 95 % range, and whether it is as the model takes it."""

    mean_s: float | None  # None: too few gave up to say
    low_s: float | None
    high_s: float | None
    n: int  # who gave up
    of: int  # who waited at all or were answered
    shape: float | None  # of a Weibull: 1 is the model's exponential, above one patience runs out, below it lasts
    sentence: str


def fit_patience(wait_s: npt.ArrayLike, abandoned: npt.ArrayLike) -> Patience:
    """Mean patience from single waits, of which those that ended in an answer are censored.

    Shapes: (n,) waits and (n,) truths. Unit: seconds. Refuses: negative waits, lengths that differ. Assumes: giving up
    has the same chance at every moment of a wait (exponential patience); the Weibull shape beside it tells when it has not.
    Source: the maximum likelihood of censored exponentials, total time over deaths: Epstein and Sobel (1953),
    doi:10.1080/01621459.1953.10483488; of call centres: Mandelbaum and Zeltyn (2013), doi:10.1287/serv.1120.0026.

    >>> fit_patience([10, 20, 30, 40] * 5, [True, False, False, False] * 5).mean_s
    100.0
    """
    wait = np.asarray(wait_s, dtype=np.float64)
    gone = np.asarray(abandoned, dtype=bool)
    if wait.shape != gone.shape:
        raise Refusal(
            f"{wait.size} waits and {gone.size} truths",
            where="patience",
            expected="as many of each",
            kind=RefusalKind.DEFINITION,
        )
    known = np.isfinite(wait)
    wait, gone = wait[known], gone[known]
    if (wait < 0).any():
        at = int(np.argmax(wait < 0))
        raise Refusal(
            f"wait {at + 1} is {wait[at]:g}",
            where="patience",
            expected="zero or more seconds",
            kind=RefusalKind.DEFINITION,
        )
    n = int(gone.sum())
    if n < FEWEST or wait.sum() <= 0:
        return Patience(
            None, None, None, n, len(wait), None, f"{n} of {len(wait)} gave up: too few to say how patient they are."
        )
    mean = float(wait.sum() / n)
    low, high = mean * math.exp(-Z / math.sqrt(n)), mean * math.exp(Z / math.sqrt(n))
    shape = _weibull_shape(wait, gone)
    said = f"Customers are ready to wait {mean:.0f} s on average ({low:.0f} to {high:.0f}); {n:,} of {len(wait):,} gave up."
    if shape is not None and n >= 10 * FEWEST and not 1 / SHAPE_APART < shape < SHAPE_APART:
        said += " More give up the longer they wait." if shape > 1 else " Those who do not give up at once stay long."
        said += " The model takes every moment alike, so its waits are rough here."
    return Patience(mean, low, high, n, len(wait), shape, said)


def patience_from_totals(total_wait_s: npt.ArrayLike, abandons: npt.ArrayLike) -> Any:
    """Mean patience from sums: all seconds waited, by those answered and those who gave up, over those who gave up.

    Shapes: scalars or arrays that broadcast; nan where fewer than five gave up. Unit: seconds. Refuses: seconds or people
    below zero.

    >>> patience_from_totals(3600.0, 30)
    120.0
    """
    total, gone = np.broadcast_arrays(
        np.asarray(total_wait_s, dtype=np.float64), np.asarray(abandons, dtype=np.float64)
    )
    for figures, name in ((total, "seconds waited"), (gone, "people who gave up")):
        if (figures < 0).any():
            raise Refusal(
                f"{figures[figures < 0].flat[0]:g} {name}", where="patience", expected="zero or more", kind=RefusalKind.DEFINITION
            )  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where((gone >= FEWEST) & (total > 0), total / gone, np.nan)
    return float(mean) if mean.ndim == 0 else mean


def _weibull_shape(wait: Floats, gone: npt.NDArray[np.bool_]) -> float | None:
    """The shape that fits censored waits best; None where it cannot be told."""
    positive = wait > 0
    wait, gone = wait[positive], gone[positive]
    if gone.sum() < FEWEST or np.ptp(wait) == 0:
        return None
    logs = np.log(wait / wait.mean())
    at_end = float(logs[gone].mean())

    def score(shape: float) -> float:
        weights = np.exp(shape * (logs - logs.max()))
        return 1 / shape + at_end - float((weights * logs).sum() / weights.sum())

    low, high = 0.05, 20.0
    if score(low) < 0 or score(high) > 0:
        return None
    for _ in range(60):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if score(middle) > 0 else (low, middle)
    return math.sqrt(low * high)
