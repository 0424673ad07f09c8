"""Each group against all others: a group is never its own benchmark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaincc, gammaln, logit, ndtr

from levelfield.signals.fair.groups import Floats, Groups, Kind
from levelfield.signals.fair.predicted import surprise

FEWEST = 5  # groups; with fewer, three others would have to tell how much groups differ
SMALL = 25.0  # expected counts below which the bias of the transform is summed exactly
SPREADS = 56  # steps of the spread between groups that are tried
NARROWER = 14  # steps by which the others may differ less than chance lets them
REACH = 16.0  # how far that reaches to smaller groups; measured: at 4 too few of 8 are found, without end too many
NARROWEST = 0.05  # the least part of chance that is left; equal values do not make chance nothing


@dataclass(frozen=True, eq=False)
class Scaled:
    """The groups on the logit scale (proportions) or log scale (ratios, rates). Shapes: (k,) each."""

    y: Floats
    variance: Floats  # by chance alone


@dataclass(frozen=True, eq=False)
class Against:
    """What the others say about each group. Shapes: (k,) each."""

    below: Floats  # chance of a value so low or lower, of a group like the others
    above: Floats
    centre: Floats  # the others' middle, on the scale of the values
    by_chance: Floats  # the normal score where groups differ by chance alone


def scaled(groups: Groups) -> Scaled:
    """The groups on a scale on which differences between groups are about normal, without the bias of small counts.

    Shapes: (k,). Unit: logit of a proportion, logarithm of a ratio or rate.
    Assumes: chance is as wide for a group as it is at the middle of all groups, so that a group with a lucky count does
    not also look more certain.
    Source: Haldane (1956) and Anscombe (1956) for the half; bias and variance are summed over the counts below 25.

    >>> scaled(Groups(("a", "b"), np.array([500., 500.]), np.array([1000., 1000.]), Kind.PROPORTION)).variance.round(4)
    array([0.004, 0.004])
    """
    top, n = groups.numerator, groups.denominator
    shares = groups.kind is Kind.PROPORTION
    y = np.log((top + 0.5) / (n - top + 0.5)) if shares else np.log((top + 0.5) / n)
    start = (top.sum() + 0.5) / (n.sum() + 1) if shares else (top.sum() + 0.5) / n.sum()
    per_one = start * (1 - start) if shares else start
    variance = 1 / (n * per_one)
    weight = 1 / (variance + _moment(y, variance))
    middle = float(np.sum(weight * y) / weight.sum())
    level = float(expit(middle)) if shares else float(np.exp(middle))
    variance = 1 / (n * (level * (1 - level) if shares else level))
    rare = n * (min(level, 1 - level) if shares else level)
    few = np.flatnonzero(rare < SMALL)
    if len(few):
        bias, variance[few] = _small(n[few], level, shares)
        y[few] -= bias
    return Scaled(y, variance)


def against_others(groups: Groups, *, target: float | None = None, spread: bool = True) -> Against:
    """How likely a group like the others would have so low, or so high, a value as this one.

    Shapes: groups (k,), k ≥ 3. Unit: chances from 0 to 1.
    Assumes: the others' true levels are normal on the logit (log) scale about a common middle or `target`; counts are
    binomial (Poisson) about them. The spread between groups is not known: it is averaged over its fiducial distribution
    given the others, Q(τ²) ~ χ², which gives Student's t where all groups are equally large. Where the others differ
    less than chance lets them, the variance is taken as small as it looks, or the verdict would never speak.
    `spread=False` lets groups differ by chance alone.
    Source: Fisher (1935) and Hannig et al. (2016), doi:10.1080/01621459.2016.1165102, for the fiducial argument; Cochran
    (1954), doi:10.2307/3001666, for Q. Measured in bench/fair_comparison.py.

    >>> four = Groups(tuple("abcdef"), np.array([500., 510, 490, 505, 495, 700]), np.full(6, 1000.0), Kind.PROPORTION)
    >>> bool(against_others(four).above[5] < 0.001), bool(against_others(four).above[0] > 0.3)
    (True, True)
    """
    on = scaled(groups)
    shares = groups.kind is Kind.PROPORTION
    goal = None if target is None else float(logit(target) if shares else np.log(target))
    top = groups.numerator[:, None]
    rest = groups.denominator[:, None] - top if shares else None
    exposure = None if shares else groups.denominator[:, None]
    zero = np.zeros(1)
    centre0, weight0, q0 = _others(on, zero, goal)
    z0 = surprise(top, rest, exposure, centre0, np.zeros_like(centre0) + _doubt(weight0, goal))
    if not spread:
        return _against(z0, np.ones_like(z0), centre0, z0, shares)
    free = len(groups) - (2 if goal is None else 1)
    edges = _steps(on, q0, free)
    middles = np.append(edges[1] / 2, np.sqrt(edges[1:-1] * edges[2:]))
    chance = _survival(_others(on, edges, goal)[2], free)
    centre, weight, _ = _others(on, middles, goal)
    z = surprise(top, rest, exposure, centre, middles + _doubt(weight, goal))
    narrow, share = _narrower(on, q0, weight0, free, goal)
    odds = np.concatenate([np.diff(chance, axis=1), share], axis=1)
    found = _against(np.concatenate([z, z0 * narrow], axis=1), odds, centre, z0, shares)
    beyond = (1 - chance[:, -1]) / 2
    best = np.sum(np.diff(chance, axis=1) * centre, axis=1) + chance[:, 0] * centre0[:, 0]
    return Against(found.below + beyond, found.above + beyond, expit(best) if shares else np.exp(best), found.by_chance)


def _against(z: Floats, odds: Floats, centre: Floats, z0: Floats, shares: bool) -> Against:
    middle = centre[:, 0]
    return Against(
        np.sum(odds * ndtr(z), axis=1),
        np.sum(odds * ndtr(-z), axis=1),
        expit(middle) if shares else np.exp(middle),
        z0[:, 0],
    )


def _others(on: Scaled, tau2: Floats, goal: float | None) -> tuple[Floats, Floats, Floats]:
    """The others' weighted middle, their weight, and Cochran's Q of the others, at each spread; (k, g) each."""
    y = on.y - (np.median(on.y) if goal is None else goal)
    weight = 1 / (on.variance[:, None] + tau2)
    first, second = weight * y[:, None], weight * (y**2)[:, None]
    total = weight.sum(0) - weight
    sum_y, sum_y2 = first.sum(0) - first, second.sum(0) - second
    if goal is not None:
        return np.full_like(total, goal), total, np.maximum(sum_y2, 1e-12)
    return sum_y / total + np.median(on.y), total, np.maximum(sum_y2 - sum_y**2 / total, 1e-12)


def _doubt(weight: Floats, goal: float | None) -> Floats:
    """The variance of the others' middle; none where a target was given."""
    return 1 / weight if goal is None else np.zeros_like(weight)


def _survival(q: Floats, free: int) -> Floats:
    found: Floats = gammaincc(free / 2, q / 2)
    return found


def _steps(on: Scaled, q0: Floats, free: int) -> Floats:
    """Spreads between groups (τ²) to try: 0, then geometric from far below chance to far above what is seen."""
    seen = float(np.var(on.y)) + float(on.variance.max())
    low = 0.02 * float(on.variance.min())
    high = max(seen, low) * 2 * len(on.y) / _small_square(free)
    return np.concatenate([[0.0], np.geomspace(low, max(high, 10 * low), SPREADS)])


def _small_square(free: int) -> float:
    """About the value that a χ² undercuts once in fifty thousand."""
    return float(2 * np.exp((np.log(2e-5) + gammaln(free / 2 + 1)) * 2 / free))


def _narrower(on: Scaled, q0: Floats, weight0: Floats, free: int, goal: float | None) -> tuple[Floats, Floats]:
    """By how much scores grow where the others differ less than chance lets them, and how likely each step is."""
    edges = np.geomspace(NARROWEST, 1, NARROWER + 1)
    reached = _survival(q0 / edges, free)
    reached[:, 0] = 0.0  # what would lie below the narrowest counts there
    share = np.diff(reached, axis=1)
    phi = np.sqrt(edges[:-1] * edges[1:])
    squared = 1 / on.variance**2
    spare = weight0[:, 0] - (squared.sum() - squared) / weight0[:, 0] if goal is None else weight0[:, 0]
    typical = np.minimum(REACH * free / spare, on.variance)[:, None]
    own, doubt = on.variance[:, None], _doubt(weight0, goal)
    return np.sqrt((own + doubt) / (own - (1 - phi) * typical + phi * doubt)), share


def _moment(y: Floats, variance: Floats) -> float:
    """The spread between groups by moments."""
    weight = 1 / variance
    total = weight.sum()
    q = float(np.sum(weight * (y - np.sum(weight * y) / total) ** 2))
    spare = float(total - np.sum(weight**2) / total)
    return max(0.0, (q - len(y) + 1) / spare) if spare > 0 else 0.0


def _small(n: Floats, level: float, shares: bool) -> tuple[Floats, Floats]:
    """Bias and variance of the transform where counts are small, by summing over the counts; (m,) each."""
    flip = shares and level > 0.5
    rare = 1 - level if flip else level
    most = n.max() if shares else np.inf
    x = np.arange(0.0, min(most, SMALL + 10 * SMALL**0.5) + 1)[None, :]
    size = n[:, None]
    if shares:
        inside = x <= size
        left = np.maximum(size - x, 0)
        mass = gammaln(size + 1) - gammaln(x + 1) - gammaln(left + 1) + x * np.log(rare) + left * np.log1p(-rare)
        mass = np.where(inside, np.exp(mass), 0)
        y = np.log((x + 0.5) / (left + 0.5))
        true = np.log(rare / (1 - rare))
    else:
        mass = np.exp(x * np.log(size * rare) - size * rare - gammaln(x + 1))
        y = np.log((x + 0.5) / size)
        true = np.log(rare)
    mass = mass / mass.sum(axis=1, keepdims=True)
    mean = np.sum(mass * y, axis=1)
    bias = (mean - true) * (-1 if flip else 1)
    return bias, np.maximum(np.sum(mass * y**2, axis=1) - mean**2, 1e-9)


__all__ = ["FEWEST", "Against", "Scaled", "against_others", "scaled"]
