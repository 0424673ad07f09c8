"""Many series at once: which of them may be called changed so that few of those called are false."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

FALSE_SHARE = 0.1  # of a year's signals, at most this share is false on average
LOOK_SHARE = 0.02  # and of those of one weekly look, so that a year of looks keeps to it; bench/monitoring.py
RAREST = 0.001  # no p-value above this makes a signal, however few series are watched together

# How often a year, by weekly looks over a window of 53 weeks, a stable series newly reaches a p-value: measured by
# bench/monitoring.py over autocorrelations 0 to 0.7 and a mixture; between these by the logarithm of both.
REACHED = (
    (0.05, 0.88), (0.02, 0.403), (0.01, 0.243), (0.005, 0.129), (0.002, 0.063), (0.001, 0.035), (0.0005, 0.0226), (0.0002, 0.0126),
)  # fmt: skip


def harmonic(many: int) -> float:
    """1 + 1/2 + … + 1/many.

    >>> harmonic(4)
    2.083333333333333
    """
    return float((1.0 / np.arange(1, many + 1)).sum())


def e_values(p_values: Sequence[float], share: float = LOOK_SHARE) -> list[float]:
    """The largest e-values e-BH can use of p-values: p rounded up to the levels that matter, over the harmonic sum.

    Shapes: one p a series; out the same. Whatever level k·share/many a p-value stays within, its e-value is
    many / (share·k), divided by 1 + 1/2 + … so that its mean is at most one under a stable series.
    Source: boosting, Wang & Ramdas (2022), section 4, https://doi.org/10.1111/rssb.12489; with these e-values e-BH is
    the step-up procedure of Benjamini & Yekutieli (2001), https://doi.org/10.1214/aos/1013699998.
    """
    found = np.asarray(p_values, dtype=float)
    many = len(found)
    if not many:
        return []
    level = np.ceil(np.clip(found * many * harmonic(many) / share, 1e-12, None))
    return [float(many / (share * k)) if k <= many else 0.0 for k in np.maximum(level, 1.0)]


def chosen(p_values: Sequence[float], share: float = LOOK_SHARE, rarest: float = 1.0) -> list[bool]:
    """Which series may be called changed, so that the expected share of false ones among them is at most `share`.

    Shapes: one p-value a series, in any order; out the same. `rarest`: the largest p-value that may be chosen at all.
    Assumes: nothing about how the series depend on each other.
    Source: e-BH, Wang & Ramdas (2022), False discovery rate control with e-values, https://doi.org/10.1111/rssb.12489.

    >>> chosen([0.0005, 0.6, 0.3, 0.02], share=0.1)  # 4 series, harmonic sum 2.08: one needs 0.012, two need 0.024 each
    [True, False, False, True]
    """
    found = np.asarray(e_values(p_values, share))
    many = len(found)
    order = np.argsort(-found, kind="stable")
    enough = found[order] * np.arange(1, many + 1) >= many / share - 1e-9
    last = int(np.flatnonzero(enough).max()) + 1 if enough.any() else 0
    result = np.zeros(many, dtype=bool)
    result[order[:last]] = True
    return [bool(one and p <= rarest) for one, p in zip(result, p_values, strict=True)]


def false_per_year(series: int, share: float = LOOK_SHARE) -> float:
    """How many false signals a year are to be expected over so many stable series that are looked at every week.

    Where nothing ever changes, a signal nearly always opens alone: when one p-value reaches share / (series · harmonic sum), and never above `RAREST`.

    >>> 0 < false_per_year(40) < 5
    True
    """
    if series <= 0:
        return 0.0
    levels, rates = np.log(np.array(REACHED)).T
    at = float(np.log(min(share / (series * harmonic(series)), RAREST)))
    if at < levels[-1]:  # beyond what was measured: as much rarer as the p-value is smaller
        return float(series * np.exp(rates[-1] + (at - levels[-1])))
    return float(series * np.exp(np.interp(at, levels[::-1], rates[::-1])))
