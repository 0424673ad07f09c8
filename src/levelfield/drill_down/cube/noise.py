"""How ordinary leaves scatter: the density that a place must beat."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NORMAL = 1.4826  # median absolute deviations in one standard deviation
SAMPLE = 5_000  # leaves that decide on unit and spread, to about one per cent of it
TAIL_SAMPLE = 500_000  # leaves among which tails are counted
BINS = 12  # of size, to see whether small leaves scatter more
CORE = 2.5  # standard deviations within which ordinary leaves decide in which unit they scatter evenly
RARE = 1e-9  # share of leaves that may be anything at all
ODD = math.log(1e-5)  # log density below which a leaf says nothing on the unit: it may have changed
LEAST_SPREAD = 1e-4  # a forecast that is right to the last digit still has this much noise
WORTH_TAKING_OUT = 0.02  # a shift of everything that is taken out first; a smaller one is the middle of the noise
DIGIT_COUNTS = 0.01  # of the spread: a last digit that is finer adds nothing to it
STEPS, AS_GOOD_AS_WHOLE = (1.0, 0.1, 0.01, 0.001, 0.0001), 1e-4  # in which figures may be given
TAIL_BINS = 400  # of half a standard deviation each, over which a tail is told; beyond, it stays as the last
FEWEST_BEYOND = 12  # leaves beyond the core on a side, below which it has no tail to speak of
ENOUGH_BEYOND = 60  # leaves that tell that a tail ends; with fewer it goes on at least exponentially
NORMAL_SHAPE, NEAR_NORMAL = (
    -0.12,
    0.08,
)  # of a normal distribution beyond its core, and how far noise usually is from it
HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)
LOG_TWO = math.log(2)
OPPOSITE = 1e12  # the ratio that stands for figures of opposite signs
OF_ACTUAL, OF_EXPECTED, EVEN, LOGARITHM, OF_EITHER = range(5)  # what a deviation is relative to
UNITS = (EVEN, OF_ACTUAL, OF_EXPECTED, LOGARITHM, OF_EITHER)  # the plainest first


@dataclass(frozen=True)
class Noise:
    """Ordinary leaves' relative deviations: their middle, their spread by size, and the unit in which they are even."""

    unit: int
    middle: float  # in the unit
    sizes: Floats  # (bins,) logarithms, ascending
    spreads: Floats  # (bins,)
    tails: Floats  # (TAIL_BINS,) log density of |z|, never below the normal one
    digit: float  # the smallest step in which figures are given
    rare: float = RARE  # share of leaves that may be anything at all

    @property
    def spread(self) -> float:
        """Of a typical leaf."""
        return float(np.median(self.spreads))

    @property
    def shift(self) -> float:
        """The middle as a deviation of the common unit."""
        m = self.middle
        match self.unit:
            case 0:
                return -2 * m / (2 + m)
            case 1:
                return 2 * m / (2 + m)
            case 3:
                return 2 * math.tanh(m / 2)
            case _:
                return m


def deviations(actual: Floats, expected: Floats) -> Floats:
    """Relative deviation 2 (v − f) / (|v| + |f|), −2 to 2: above zero, more came than expected; 0 where both are zero."""
    total = np.abs(actual) + np.abs(expected)
    made: Floats = np.divide(2 * (actual - expected), total, out=np.zeros_like(total), where=total > 0)
    return made


def _in_unit(v: Floats, f: Floats, unit: int) -> tuple[Floats, Floats]:
    """Deviations in a unit, and the logarithm of how fast it moves with the common one."""
    most, small = np.maximum(np.abs(v), np.abs(f)), 1e-12
    v_, f_ = np.maximum(np.abs(v), small * most), np.maximum(np.abs(f), small * most)
    half = np.log((v_ + f_) / 2)  # 4 / (2 ± d)² is ((v + f) / 2)² over the square of what it is relative to
    match unit:
        case 0:
            return (f - v) / v_, 2 * half - 2 * np.log(v_)
        case 1:
            return (v - f) / f_, 2 * half - 2 * np.log(f_)
        case 3:
            ratio = np.where(v * f < 0, OPPOSITE, v_ / f_)  # of opposite signs there is no logarithm: as far as can be
            return np.log(ratio), 2 * half - np.log(v_) - np.log(f_)
        case _:
            return deviations(v, f), np.zeros_like(v)


def noise_of(v: Floats, f: Floats) -> Noise:
    """The noise of ordinary leaves, robust against the few that changed.

    Shapes: (n,) actual and expected. The unit is the one in which the core scatters as a normal distribution does, relative to the
    actual, the expected, either of them in turn, their mean, or their ratio. Tails count on the side with fewer: a cause
    moves leaves to one side, noise to both.
    """
    many = (v[:: max(1, len(v) // TAIL_SAMPLE)], f[:: max(1, len(v) // TAIL_SAMPLE)])
    step = max(1, len(v) // SAMPLE)
    v, f = np.ascontiguousarray(v[::step]), np.ascontiguousarray(f[::step])
    size = _size(v, f)
    logs = np.log(np.maximum(size, 1e-300))
    order = np.argsort(logs, kind="stable")
    digit = _digit(v, f)
    best: tuple[float, Noise] | None = None
    for unit in UNITS:
        x = _smaller(v, f) if unit == OF_EITHER else _in_unit(v, f, unit)[0]
        middle = 0.0 if unit == OF_EITHER else float(_middle(x))
        sizes, spreads = _by_size(np.abs(x - middle), order, logs)
        if unit == OF_EITHER:
            spreads = np.array([_of_either(own / NORMAL) for own in spreads])
        trial = Noise(unit, middle, sizes, spreads, np.full(TAIL_BINS, -np.inf), digit)
        density = log_density(v, f, trial)
        value = float(np.maximum(density, ODD).sum())
        if best is None or value > best[0] + 5.0:
            best = (value, trial)
    if best is None:
        raise ValueError("no leaves")
    own = best[1]
    v, f = many
    size = _size(v, f)
    z = (_smaller(v, f) if own.unit == OF_EITHER else _in_unit(v, f, own.unit)[0] - own.middle) / _spread(size, own)
    return Noise(own.unit, own.middle, own.sizes, own.spreads, _tails(z), digit)


def moved_alike(v: Floats, f: Floats) -> float:
    """The factor by which the middle leaf moved; 1 where it is too little to be a shift of everything."""
    step = max(1, len(v) // SAMPLE)
    v, f = v[::step], f[::step]
    both = (v > 0) & (f > 0)
    if not both.any():
        return 1.0
    factor = float(_middle(v[both] / f[both]))
    return factor if abs(math.log(factor)) > WORTH_TAKING_OUT else 1.0


def _size(v: Floats, f: Floats) -> Floats:
    """How large a leaf is: as expected, since what came holds the noise itself; where nothing was expected, what came."""
    own: Floats = np.where(np.abs(f) > 0, np.abs(f), np.abs(v))
    return own


def _smaller(v: Floats, f: Floats) -> Floats:
    """The deviation relative to the larger of both, with its sign: the least that either reading makes of it."""
    most = np.maximum(np.abs(v), np.abs(f))
    made: Floats = np.divide(v - f, most, out=np.zeros_like(most), where=most > 0)
    return made


def _of_either(median: float) -> float:
    """The spread of noise that is relative to either figure in turn, from the median of the smaller reading.

    Below the middle the smaller reading is the noise itself, above it noise over one plus noise.
    """
    from statistics import NormalDist

    if median >= 0.9:
        return NORMAL * median
    low, high, normal = median, 4 * median + 1e-9, NormalDist()
    for _ in range(40):
        middle = (low + high) / 2
        below = (2 * normal.cdf(median / middle) - 1) / 2 + (2 * normal.cdf(median / (1 - median) / middle) - 1) / 2
        low, high = (middle, high) if below > 0.5 else (low, middle)
    return (low + high) / 2


def _digit(v: Floats, f: Floats) -> float:
    """The step in which figures are given, the coarser one of both; 0 where they are given more finely than any step."""
    return max(_step(v), _step(f))


def _step(values: Floats) -> float:
    for step in STEPS:
        scaled = values / step
        if (np.abs(scaled - np.round(scaled)) < AS_GOOD_AS_WHOLE).all():
            return step
    return 0.0


def _by_size(away: Floats, order: npt.NDArray[np.int64], logs: Floats) -> tuple[Floats, Floats]:
    """Spread of the deviations by size; one spread where sizes tell no difference. `order` sorts the sizes."""
    whole = max(NORMAL * float(_middle(away)), LEAST_SPREAD)
    each = len(away) // BINS
    if each < 50:
        return np.array([0.0]), np.array([whole])
    own = order[: each * BINS].reshape(BINS, each)
    spreads = np.maximum(NORMAL * _middle(away[own]), LEAST_SPREAD)
    middles = logs[own[:, each // 2]]
    if spreads.max() < 1.35 * spreads.min() or np.ptp(middles) <= 0:
        return np.array([0.0]), np.array([whole])
    # Below the middle of the smallest leaves it goes on as it came.
    least, first = logs[order[0]], int(np.searchsorted(middles, middles[0] + 0.5))
    first = min(max(first, 1), len(middles) - 1)
    slope = (math.log(spreads[first]) - math.log(spreads[0])) / max(middles[first] - middles[0], 1e-9)
    extra = math.exp(math.log(spreads[0]) + slope * (least - middles[0])) if slope < 0 else spreads[0]
    return np.concatenate([[min(least, middles[0] - 1e-9)], middles]), np.concatenate([[extra], spreads])


def _middle(values: Floats) -> Floats:
    """The middle value along the last axis, the upper one of an even number: a median without its mean of two."""
    half = values.shape[-1] // 2
    return np.asarray(np.partition(values, half, axis=-1)[..., half], dtype=np.float64)


def spread_of(f: Floats, v: Floats, noise: Noise) -> Floats:
    """Spread of each leaf."""
    return _spread(_size(v, f), noise)


def _spread(size: Floats, noise: Noise) -> Floats:
    """Spread of each leaf: by its size, and of the last digit it is given in."""
    if len(noise.sizes) == 1:
        own: Floats = np.full_like(size, noise.spreads[0])
    else:
        own = np.exp(np.interp(np.log(np.maximum(size, 1e-300)), noise.sizes, np.log(noise.spreads)))
    if noise.digit > 0:
        last = noise.digit / np.maximum(size, 1e-6 * noise.digit)
        own = np.where(last > DIGIT_COUNTS * own, np.hypot(own, last), own)
    return own


def _tails(z: Floats) -> Floats:
    """Log density of |z| beyond the core by bins of half a deviation: a generalised Pareto tail, of the lighter side.

    A cause moves leaves to one side, noise to both: the lighter side is noise. Its shape is drawn towards that of a normal
    distribution at this depth, since few leaves lie there. Source: Pickands (1975), doi:10.1214/aos/1176343003; moments
    by Hosking and Wallis (1987), doi:10.1080/00401706.1987.10488243.
    """
    middles = np.arange(TAIL_BINS) * 0.5 + 0.25
    sides = [_tail(own[own > CORE] - CORE, len(z), middles - CORE) for own in (z, -z)]
    made: Floats = np.where(middles > CORE, np.minimum(*sides), -np.inf)
    return made


def _tail(beyond: Floats, n: int, away: npt.NDArray[np.floating[Any]]) -> Floats:
    """Log density of one side, `away` from the core."""
    k = len(beyond)
    if k < FEWEST_BEYOND:
        return np.full(len(away), -np.inf)
    ordered = np.sort(beyond)
    mean = float(ordered.mean())
    lower = float((ordered * (1 - (np.arange(k) + 0.65) / k)).mean())
    shape = 2 - mean / max(mean - 2 * lower, 1e-9)
    error = 1.2 / math.sqrt(k)
    shape = (shape / error**2 + NORMAL_SHAPE / NEAR_NORMAL**2) / (1 / error**2 + 1 / NEAR_NORMAL**2)
    shape = min(max(shape, -0.5 if k >= ENOUGH_BEYOND else 0.0), 0.9)
    scale = mean * (1 - shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        if abs(shape) < 1e-6:
            log_density = np.asarray(-away / scale, dtype=np.float64)
        else:
            inner = 1 + shape * away / scale
            log_density = np.where(inner > 0, -(1 / shape + 1) * np.log(np.maximum(inner, 1e-300)), -np.inf).astype(
                np.float64
            )
    made: Floats = log_density - math.log(scale) + math.log(k / n)
    return made


def log_density(v: Floats, f: Floats, noise: Noise) -> Floats:
    """What `plain_log_density` gives, as machine code."""
    from levelfield.drill_down.cube.densities import log_densities

    return log_densities(
        v, f, noise.unit, noise.middle, noise.sizes, noise.spreads, noise.tails, noise.digit, noise.rare
    )


def plain_log_density(v: Floats, f: Floats, noise: Noise) -> Floats:
    """Log density of the deviations of leaves as noise, in the common unit, with a floor for what may be anything."""
    size = _size(v, f)
    spread = _spread(size, noise)
    log_spread = np.log(spread)
    if noise.unit == OF_EITHER:
        parts = []
        for unit in (OF_ACTUAL, OF_EXPECTED):
            x, slope = _in_unit(v, f, unit)
            parts.append(-0.5 * (x / spread) ** 2 + slope)
        density = np.logaddexp(*parts) - LOG_TWO - HALF_LOG_TAU - log_spread
        z = np.abs(_smaller(v, f)) / spread
        _x, slope = _in_unit(v, f, EVEN)
    else:
        x, slope = _in_unit(v, f, noise.unit)
        z = np.abs(x - noise.middle) / spread
        density = -0.5 * z**2 - HALF_LOG_TAU - log_spread + slope
    place = np.minimum(z * 2, TAIL_BINS - 1).astype(np.int64)
    tail = noise.tails[place] - log_spread + slope
    made: Floats = np.logaddexp(np.maximum(density, tail), math.log(noise.rare / 4))
    return made
