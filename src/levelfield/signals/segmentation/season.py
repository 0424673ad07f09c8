"""A season of unknown period, found and taken out."""

from __future__ import annotations

import numpy as np

from levelfield.signals.segmentation.segments import Floats
from levelfield.words.compiled import compiled

SHORTEST, LONGEST = 3, 60  # periods that are tried
FEWEST_PERIODS = 4
EXPLAINED = 0.5  # of the variance about the moving average, before it is called a season
LONGER_ADDS = 0.02  # a multiple of the period explains as much; it must explain more
CLIPPED_AT = 4.0  # standard deviations about the moving average
STEADY = 4  # periods over which the size of the season may change


@compiled
def _about_average(values: Floats, period: int) -> Floats:
    """Values less their centred moving average over one period, for the points that have one."""
    n, half = len(values), period // 2
    total = np.zeros(n + 1)
    total[1:] = np.cumsum(values)
    found = np.empty(n - 2 * half)
    for i in range(half, n - half):
        if period % 2:
            average = (total[i + half + 1] - total[i - half]) / period
        else:
            inner = total[i + half] - total[i - half + 1]
            average = (inner + (values[i - half] + values[i + half]) / 2) / period
        found[i - half] = values[i] - average
    spread = CLIPPED_AT * np.std(found)
    return np.minimum(np.maximum(found, -spread), spread)


@compiled
def _profile(about: Floats, period: int) -> Floats:
    """The mean of each phase, together 0."""
    total, count = np.zeros(period), np.zeros(period)
    half = period // 2
    for i in range(len(about)):
        total[(i + half) % period] += about[i]
        count[(i + half) % period] += 1
    mean = total / np.maximum(count, 1.0)
    return np.asarray(mean - np.mean(mean), dtype=np.float64)


@compiled
def period_of(values: Floats) -> int:
    """The period whose profile explains most of what its moving average leaves; 0 when none explains half.

    Shapes: (n,), oldest first, none missing, at even distances.

    >>> period_of(np.tile([0.0, 5.0, 1.0, 2.0], 8)), period_of(np.arange(32.0))
    (4, 0)
    """
    n = len(values)
    best, most = 0, 0.0
    for period in range(SHORTEST, min(n // FEWEST_PERIODS, LONGEST) + 1):
        about = _about_average(values, period)
        count = len(about)
        whole = np.sum(about**2)
        if count <= period + 1 or whole <= 1e-12 * n:
            continue
        profile = _profile(about, period)
        rest = 0.0
        for i in range(count):
            rest += (about[i] - profile[(i + period // 2) % period]) ** 2
        explained = 1 - (rest / (count - period)) / (whole / count)
        if explained > most + LONGER_ADDS:
            best, most = period, explained
    return best if most > EXPLAINED else 0


def season_of(values: Floats, period: int) -> Floats:
    """The season at every point; its size may grow or shrink slowly.

    Shapes: (n,) in and out, none missing.
    """
    n, half = len(values), period // 2
    about = _about_average(values, period)
    steady = _profile(about, period)[np.arange(n) % period]
    inner = steady[half : n - half]
    window = np.ones(min(STEADY * period + 1, len(about)))
    across = np.convolve(about * inner, window, "same")
    size = np.maximum(across / np.maximum(np.convolve(inner**2, window, "same"), 1e-300), 0.0)
    return np.asarray(np.pad(size, (half, n - half - len(about)), mode="edge") * steady, dtype=np.float64)
