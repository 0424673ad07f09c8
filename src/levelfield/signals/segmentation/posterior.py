"""How sure each start of a segment is, and where its onset lies."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from levelfield.signals.segmentation.explanation import Explanation, Places, doubled
from levelfield.signals.segmentation.price import Price
from levelfield.signals.segmentation.search import Ints, start_weights
from levelfield.signals.segmentation.segments import Change, Floats

ONSET = 0.8  # of the weight lies in an onset range


def starting(places: Places, found: Explanation, price: Price) -> Floats:
    """For every point, the probability that a new segment starts there, a smooth curve weighed in.

    Shapes: places of b bounds over n points. Out: (n,).
    Assumes: the noise that the best segments leave. Where a place stands for several points, they share its weight.
    """
    bounds = places.bounds
    n = int(bounds[-1])
    noise = doubled(found.misfit, n, price)
    middles = np.concatenate([[0.0], (bounds[:-1] + bounds[1:]) / 2, [n]])
    share = np.log(np.diff(middles) * price.effective / n)  # independent points, which is what a position is paid in
    weights = start_weights(places.about_mean, places.about_line, share, noise, price.flat, price.sloped)
    segments = 1 / (1 + math.exp(min(found.length - found.curve, 700.0)))
    owner = np.searchsorted(middles[1:], np.arange(n), side="right")
    return np.asarray(segments * np.minimum(weights / np.bincount(owner, minlength=len(weights)).clip(1), 1.0)[owner])


def changes_in(probability: Floats, starts: Ints) -> list[Change]:
    """The change about each start, at the middle of the narrowest onset that holds most of the weight near it.

    Shapes: probability (n,); starts (k,), rising, without 0. Assumes: weight nearer to another start belongs to that.

    >>> changes_in(np.array([0, 0, 0.05, 0.6, 0.3, 0]), np.array([4]))
    [Change(at=3, earliest=3, latest=4, probability=0.95)]
    """
    if not len(starts):
        return []
    edges = [0, *((a + b + 1) // 2 for a, b in pairwise(starts)), len(probability)]
    found = []
    for start, (low, high) in zip(map(int, starts), pairwise(map(int, edges)), strict=True):
        here = probability[low:high]
        earliest, latest = _narrowest(here, start - low)
        within = np.cumsum(here[earliest : latest + 1])
        at = int(np.searchsorted(within, within[-1] / 2)) if within[-1] > 0 else 0
        whole = round(min(float(here.sum()), 1.0), 6)
        found.append(Change(low + earliest + at, low + earliest, low + latest, whole))
    return found


def _narrowest(weights: Floats, start: int) -> tuple[int, int]:
    """First and last index of a range about the start that holds most of the weight, grown towards the heavier side."""
    first = last = start
    most, held = ONSET * min(float(weights.sum()), 1.0), float(weights[start])
    while held < most and (first > 0 or last + 1 < len(weights)):
        before = float(weights[first - 1]) if first > 0 else -1.0
        after = float(weights[last + 1]) if last + 1 < len(weights) else -1.0
        if before > after:
            first, held = first - 1, held + before
        else:
            last, held = last + 1, held + after
    return first, last
