"""How noisy a series is, how long its noise lasts, and which of its points stand alone."""

from __future__ import annotations

import numpy as np

from levelfield.signals.segmentation.price import FEWEST_EFFECTIVE
from levelfield.signals.segmentation.segments import Floats
from levelfield.words.compiled import compiled

NORMAL = 1.4826  # median absolute deviations in one standard deviation
CLIPPED_AT = 2.0  # standard deviations; beyond, a difference crosses a change
BLOCKS = 50  # wandering is looked for in averages of up to a fiftieth of the series,
LONGEST_BLOCK = 16  # and of so many points: between changes, a series must be longer than that
ALONE_BEYOND = 5.0  # standard deviations from both sides before a point stands alone
MOST_ALONE = 0.05  # of all points; what is more frequent is how the series is
DUST = 1e-18  # of the variance: what rounding leaves where neighbours are equal
SIDE = 5  # points on each side that say what is usual there
SEEN = 0.02  # of the standard deviation: the least noise when looking for points that stand alone


@compiled
def clipped_square(differences: Floats) -> float:
    """The mean square about the median, each term clipped."""
    about = np.abs(differences - np.median(differences))
    most = CLIPPED_AT * NORMAL * np.median(about)
    return float(np.mean(np.minimum(about, most) ** 2))


@compiled
def autocorrelation(values: Floats) -> float:
    """The correlation of neighbouring points, from differences, so that a few changes of level do not count.

    Shapes: (n,), oldest first, none missing, variance about 1. Unit: 0 to 1; a smooth series gives 1.
    Assumes: about an autoregression of order one around segments.
    Source: Chakar, Lebarbier, Lévy-Leduc and Robin (2017), 10.3150/15-BEJ782; clipped squares for their medians.

    >>> round(autocorrelation(np.arange(20.0) % 2), 2), autocorrelation(np.arange(20.0) ** 2)
    (0.0, 1.0)
    """
    if len(values) < 4:
        return 0.0
    one = clipped_square(values[1:] - values[:-1])
    two = clipped_square(values[2:] - values[:-2])
    if one <= DUST:
        return 1.0 if two > DUST else 0.0
    return min(max(two / one - 1, 0.0), 1.0)


@compiled
def wandering(values: Floats) -> float:
    """By how much the noise of averages of blocks exceeds that of independent points; 1 when it does not."""
    n = len(values)
    total = np.zeros(n + 1)
    total[1:] = np.cumsum(values)
    first, most, block = 0.0, 1.0, 1
    while block <= min(max(1, n // BLOCKS), LONGEST_BLOCK) and 3 * block + 1 <= n:
        mean = (total[block:] - total[:-block]) / block
        found = clipped_square(mean[2 * block :] - 2 * mean[block:-block] + mean[: -2 * block]) * block
        if block == 1:
            first = found
        elif first > DUST:
            most = max(most, found / first)
        block *= 2
    return most


def effective_length(values: Floats, correlation: float) -> float:
    """How many independent points a series is worth: n(1 − φ)/(1 + φ), fewer where it wanders for longer.

    Shapes: (n,), oldest first, none missing.

    >>> effective_length(np.arange(30.0) % 2, 0.5)
    10.0
    """
    n = len(values)
    shrunk = n * (1 - correlation) / (1 + correlation)
    return float(max(min(shrunk, n / wandering(values)), min(FEWEST_EFFECTIVE, n)))


@compiled
def running_median(values: Floats, side: int) -> Floats:
    """The median of each point and so many on each side, fewer at the ends."""
    n = len(values)
    found = np.empty(n)
    for i in range(n):
        found[i] = np.median(values[max(0, i - side) : min(n, i + side + 1)])
    return found


@compiled
def standing_alone(values: Floats) -> Floats:
    """1 for a point far from both sides while the sides agree, or that ends the series with an unusual step; else 0.

    Shapes: (n,), oldest first, none missing. Assumes: outliers are rare; when many points are far, none is one.
    """
    n = len(values)
    alone = np.zeros(n)
    if n < 2 * SIDE + 2:
        return alone
    off = np.abs(values - running_median(values, SIDE // 2 + 1))
    least = max(NORMAL * np.median(off), SEEN * np.std(values))
    noise = NORMAL * running_median(off, min(2 * SIDE, n // 2 - 1))
    for i in range(1, n - 1):
        before = np.median(values[max(0, i - SIDE) : i])
        after = np.median(values[i + 1 : i + 1 + SIDE])
        one, other = values[i] - before, values[i] - after
        far = min(abs(one), abs(other)) if one * other > 0 else 0.0
        if far > ALONE_BEYOND * max(least, noise[i]) and abs(before - after) < far / 2:
            alone[i] = 1.0
    steps = np.abs(values[1:] - values[:-1])
    for i, step, usual in ((0, steps[0], steps[1 : 1 + SIDE]), (n - 1, steps[-1], steps[-1 - SIDE : -1])):
        if step - np.max(usual) > ALONE_BEYOND * max(least, noise[i]):
            alone[i] = 1.0
    return alone if alone.mean() <= MOST_ALONE else np.zeros(n)
