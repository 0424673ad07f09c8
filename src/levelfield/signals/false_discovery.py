"""Many series at once: which of them may be called changed so that few of those called are false."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FALSE_SHARE = 0.1  # of what is called changed, at most this share is false on average

# How often a year, by weekly looks over a window of 53 weeks, a stable series newly reaches an e-value: measured by
# bench/monitoring.py over autocorrelations 0 to 0.7 and mixtures; between these by the logarithm of both.
REACHED = ((20.0, 0.060), (50.0, 0.025), (100.0, 0.013), (200.0, 0.007), (500.0, 0.003), (1000.0, 0.0017), (3000.0, 0.0006))


def chosen(e_values: Sequence[float], share: float = FALSE_SHARE) -> list[bool]:
    """Which hypotheses fall, so that the expected share of false ones among them is at most `share`.

    Shapes: one e-value a series, in any order; out the same. Assumes: nothing about how the series depend on each other.
    Source: e-BH, Wang & Ramdas (2022), False discovery rate control with e-values, https://doi.org/10.1111/rssb.12489.

    >>> chosen([400.0, 1.2, 0.3, 35.0], share=0.1)  # 4 series: one needs 40, two need 20 each
    [True, False, False, True]
    """
    found = np.asarray(e_values, dtype=float)
    many = len(found)
    order = np.argsort(-found, kind="stable")
    enough = found[order] * np.arange(1, many + 1) >= many / share
    last = int(np.flatnonzero(enough).max()) + 1 if enough.any() else 0
    result = np.zeros(many, dtype=bool)
    result[order[:last]] = True
    return [bool(one) for one in result]


def false_per_year(series: int, share: float = FALSE_SHARE) -> float:
    """How many false signals a year are to be expected over so many stable series that are looked at every week.

    Where nothing ever changes, a signal opens when a single e-value reaches series / share.

    >>> 0 < false_per_year(40) < 1
    True
    """
    if series <= 0:
        return 0.0
    levels, rates = np.log(np.array(REACHED)).T
    at = float(np.log(series / share))
    if at > levels[-1]:  # beyond what was measured an e-value is reached at most as often as its inverse falls
        return float(series * np.exp(rates[-1] - (at - levels[-1])))
    return float(series * np.exp(np.interp(at, levels, rates)))
