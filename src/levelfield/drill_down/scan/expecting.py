"""What each leaf should count now: its baseline rate, drawn towards what its labels have in common, times its denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer[Any]]

SWEEPS = 4  # of fitting one factor per label; they settle quickly
SMOOTH = 0.5  # counts added to both sides of a ratio, so that none is impossible
DRAWN = 6.0  # counts by which a label is drawn towards no effect of its own: few counts tell little
LEAST_RATE = 1e-9


@dataclass(frozen=True)
class Expected:
    """Per leaf: the expected count now and its variance, chance and the baseline's own uncertainty together."""

    count: Floats
    variance: Floats
    chance: Floats  # the part of the variance that counting makes
    everywhere: float  # factor by which all leaves moved alike
    rate: Floats  # of the baseline, as it was drawn together


def expected_counts(
    codes: Sequence[Codes],
    sizes: Sequence[int],
    x1: Floats,
    n1: Floats,
    x0: Floats,
    n0: Floats,
    *,
    binomial: bool,
    everywhere: float | None = None,
) -> Expected:
    """Expected counts of all leaves.

    Shapes: (n,) each. The baseline's rates are fitted as a product of one factor per label (Poisson, by iterative scaling), and each leaf
    is drawn towards it as strongly as leaves scatter around it (empirical Bayes). All leaves that moved alike move the expectation;
    by how much is found unless `everywhere` says it.
    """
    rate = _by_labels(codes, sizes, x0, n0)
    top = 0.999 if binomial else np.inf
    rate = np.clip(rate, LEAST_RATE, top)
    strength = _strength(x0, n0, rate, binomial)
    own = np.clip((x0 + strength * rate) / (n0 + strength), LEAST_RATE, top)
    unit = own * (1 - own) if binomial else own
    doubt = n1**2 * unit / (n0 + strength + 1)
    if everywhere is None:
        everywhere = _everywhere(codes, sizes, x1, n1 * own)
    moved = np.clip(own * everywhere, LEAST_RATE, top)
    unit = moved * (1 - moved) if binomial else moved
    return Expected(
        n1 * moved, np.maximum(n1 * unit + doubt * everywhere**2, 1e-12), np.maximum(n1 * unit, 1e-12), everywhere, own
    )


def forecast_counts(
    codes: Sequence[Codes], sizes: Sequence[int], counts: Floats, forecast: Floats, *, everywhere: float | None = None
) -> Expected:
    """Counts against a forecast, which is what is expected itself: chance alone makes the variance."""
    if everywhere is None:
        everywhere = _everywhere(codes, sizes, counts, forecast)
    meant = np.maximum(forecast * everywhere, 1e-12)
    return Expected(meant, meant, meant, everywhere, np.ones_like(forecast))


def _by_labels(codes: Sequence[Codes], sizes: Sequence[int], x: Floats, n: Floats) -> Floats:
    """Rates as a product of factors, so that every label's counts come out right."""
    total = max(float(x.sum()), SMOOTH) / max(float(n.sum()), 1e-300)
    rate = np.full(len(x), total)
    for _ in range(SWEEPS):
        for own, size in zip(codes, sizes, strict=True):
            seen = np.bincount(own, x, minlength=size) + DRAWN
            meant = np.bincount(own, n * rate, minlength=size) + DRAWN
            rate = rate * (seen / meant)[own]
    return rate


def _strength(x: Floats, n: Floats, rate: Floats, binomial: bool) -> float:
    """How many contacts of the fitted rate a leaf's own count is mixed with: few where leaves differ, many where they do not."""
    unit = rate * (1 - rate) if binomial else rate
    known = n > 0
    squares = (x - n * rate)[known] ** 2
    chance, between = (n * unit)[known], (n**2 * unit)[known]
    # A few leaves that are far off must not decide: each counts up to four times its chance.
    squares = np.minimum(squares, 16 * chance + 4)
    excess = float((squares - chance).sum()) / max(float(between.sum()), 1e-300)
    return float(np.clip(1 / excess, 1.0, 1e7)) if excess > 0 else 1e7


def _everywhere(codes: Sequence[Codes], sizes: Sequence[int], x: Floats, expected: Floats) -> float:
    """The factor by which everything moved: of each dimension's labels the middle one, and of the dimensions the least.

    A place that changed moves one label of its own dimensions far and all labels of the others a little: of its own the middle label is
    right, of the others none. Weighted by what is expected.
    """
    found = []
    for own, size in zip(codes, sizes, strict=True):
        seen, meant = np.bincount(own, x, minlength=size), np.bincount(own, expected, minlength=size)
        known = meant > 0
        ratio, weight = (seen[known] + SMOOTH) / (meant[known] + SMOOTH), meant[known]
        order = np.argsort(ratio)
        reached = np.cumsum(weight[order])
        found.append(float(ratio[order][int(np.searchsorted(reached, reached[-1] / 2))]))
    middle = min(found, key=lambda factor: abs(np.log(factor)), default=1.0)
    return min(max(middle, 1e-3), 1e3)
