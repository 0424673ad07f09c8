"""The cheapest segmentation, and the weight of all of them: dynamic programmes over where segments may start."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from levelfield.signals.segmentation.segments import Floats
from levelfield.words.compiled import compiled

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SHORTEST_FLAT = 3  # points; two alike are chance
SHORTEST_SLOPED = 5
UNSEEN = 30.0  # nats; a weight so far below another does not change their sum


@compiled
def running_sums(places: Floats, values: Floats) -> Floats:
    """Sums of x, x², y, xy and y² up to each point: every segment's fit takes a few subtractions."""
    n = len(values)
    sums = np.zeros((n + 1, 5))
    for i in range(n):
        x, y = places[i], values[i]
        sums[i + 1, 0] = sums[i, 0] + x
        sums[i + 1, 1] = sums[i, 1] + x * x
        sums[i + 1, 2] = sums[i, 2] + y
        sums[i + 1, 3] = sums[i, 3] + x * y
        sums[i + 1, 4] = sums[i, 4] + y * y
    return sums


@compiled
def misfits(sums: Floats, bounds: Ints) -> tuple[Floats, Floats]:
    """The sums of squares about the mean and about the line of every segment that may be; inf where it is too short.

    Shapes: sums (n + 1, 5); bounds (b,), rising, from 0 to n: where segments may start and stop. Out: (b, b), of which
    [stop, start] are filled for stop > start.
    """
    count = len(bounds)
    flat, sloped = np.full((count, count), np.inf), np.full((count, count), np.inf)
    for j in range(1, count):
        stop = bounds[j]
        for i in range(j):
            start = bounds[i]
            n = stop - start
            if n < SHORTEST_FLAT:
                break
            x, y = sums[stop, 0] - sums[start, 0], sums[stop, 2] - sums[start, 2]
            about_mean = max(sums[stop, 4] - sums[start, 4] - y * y / n, 0.0)
            flat[j, i] = about_mean
            if n < SHORTEST_SLOPED:
                continue
            xx = sums[stop, 1] - sums[start, 1] - x * x / n
            xy = sums[stop, 3] - sums[start, 3] - x * y / n
            sloped[j, i] = max(about_mean - xy * xy / xx, 0.0) if xx > 0 else about_mean
    return flat, sloped


@compiled
def cheapest(about_mean: Floats, about_line: Floats, noise: float, flat: float, sloped: float) -> tuple[Ints, Bools]:
    """The segments with the least misfit ÷ noise plus prices: the bounds they start at, and which are sloped.

    Shapes: misfits (b, b) of `misfits`. Out: (k,) each, the first start is 0.
    Source: Jackson et al. (2005), 10.1109/LSP.2001.838216, optimal partitioning.
    """
    last = len(about_mean) - 1
    best = np.full(last + 1, np.inf)
    best[0] = 0.0
    came = np.zeros(last + 1, np.int64)
    is_sloped = np.zeros(last + 1, np.bool_)
    per = 1 / noise
    for j in range(1, last + 1):
        for i in range(j):
            one = best[i] + about_mean[j, i] * per + flat
            other = best[i] + about_line[j, i] * per + sloped
            if one < best[j]:
                best[j], came[j], is_sloped[j] = one, i, False
            if other < best[j]:
                best[j], came[j], is_sloped[j] = other, i, True
    count, j = 0, last
    while j > 0:
        count, j = count + 1, came[j]
    starts, slopes, j = np.empty(count, np.int64), np.empty(count, np.bool_), last
    for k in range(count - 1, -1, -1):
        starts[k], slopes[k] = came[j], is_sloped[j]
        j = came[j]
    return starts, slopes


@compiled
def start_weights(
    about_mean: Floats, about_line: Floats, share: Floats, noise: float, flat: float, sloped: float
) -> Floats:
    """For each bound, the probability over all segmentations that a segment starts there (forward, then backward).

    Shapes: misfits (b, b) of `misfits`; share (b,), the logarithm of the independent points a bound stands for.
    Out: (b,).
    Source: Fearnhead (2006), 10.1007/s11222-006-8450-8, exact recursions over segmentations.
    """
    last = len(share) - 1
    each = np.full(
        (last + 1, last + 1), -np.inf
    )  # the logarithm of the weight of each segment, flat and sloped together
    forward, backward = np.full(last + 1, -np.inf), np.full(last + 1, -np.inf)
    forward[0], backward[last] = 0.0, 0.0
    for j in range(1, last + 1):
        for i in range(j):
            one, other = -about_mean[j, i] / noise - flat, -about_line[j, i] / noise - sloped
            most, least = max(one, other), min(one, other)
            if most == -np.inf:
                break
            if least > most - UNSEEN:
                most += math.log1p(math.exp(least - most))
            each[j, i] = most + (share[i] if i > 0 else 0.0)
        forward[j] = _log_sum(forward[:j] + each[j, :j])
    for i in range(last - 1, -1, -1):
        backward[i] = _log_sum(backward[i + 1 :] + each[i + 1 :, i])
    found = np.zeros(last + 1)
    for i in range(1, last):
        found[i] = math.exp(min(forward[i] + backward[i] - forward[last], 0.0))
    return found


@compiled
def _log_sum(weights: Floats) -> float:
    """The logarithm of the sum of exponentials; terms too small to be seen are not computed."""
    top, total = -np.inf, 0.0
    for weight in weights:
        top = max(top, weight)
    if top == -np.inf:
        return top
    for weight in weights:
        if weight > top - UNSEEN:
            total += math.exp(weight - top)
    return top + math.log(total)
