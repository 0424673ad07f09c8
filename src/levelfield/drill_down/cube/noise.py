"""How ordinary leaves scatter: the density that a place must beat."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

NORMAL = 1.4826  # median absolute deviations in one standard deviation
SAMPLE = 60_000  # leaves that are looked at; more say the same
BINS = 12  # of size, to see whether small leaves scatter more
CORE = 2.5  # standard deviations within which ordinary leaves decide in which unit they scatter evenly
RARE = 1e-9  # share of leaves that may be anything at all
ODD = math.log(1e-5)  # log density below which a leaf says nothing on the unit: it may have changed
LEAST_SPREAD = 1e-4  # a forecast that is right to the last digit still has this much noise
TAIL_BINS = 80  # of half a standard deviation each, in which tails are counted
HALF_LOG_TAU = 0.5 * math.log(2 * math.pi)
LOG_TWO = math.log(2)
OF_ACTUAL, OF_EXPECTED, EVEN, LOGARITHM, OF_EITHER = range(5)  # what a deviation is relative to


@dataclass(frozen=True)
class Noise:
    """Ordinary leaves' relative deviations: their middle, their spread by size, and the unit in which they are even."""

    unit: int
    middle: float  # in the unit
    sizes: Floats  # (bins,) logarithms, ascending
    spreads: Floats  # (bins,)
    tails: Floats  # (TAIL_BINS,) log density of |z|, never below the normal one
    digit: float  # the smallest step in which figures are given

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
            return np.log(v_ / f_), 2 * half - np.log(v_) - np.log(f_)
        case _:
            return deviations(v, f), np.zeros_like(v)


def noise_of(v: Floats, f: Floats) -> Noise:
    """The noise of ordinary leaves, robust against the few that changed.

    Shapes: (n,) actual and expected. The unit is the one in which the core scatters as a normal distribution does, relative to the
    actual, the expected, either of them in turn, their mean, or their ratio. Tails count on the side with fewer: a cause
    moves leaves to one side, noise to both.
    """
    step = max(1, len(v) // SAMPLE)
    v, f = v[::step], f[::step]
    size = np.maximum(np.abs(v), np.abs(f))
    logs = np.log(np.maximum(size, 1e-300))
    digit = _digit(v, f)
    best: tuple[float, Noise] | None = None
    for unit in (EVEN, OF_ACTUAL, OF_EXPECTED, LOGARITHM, OF_EITHER):
        x = _smaller(v, f) if unit == OF_EITHER else _in_unit(v, f, unit)[0]
        middle = 0.0 if unit == OF_EITHER else float(np.median(x))
        sizes, spreads = _by_size(np.abs(x - middle), logs)
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
    z = (_smaller(v, f) if own.unit == OF_EITHER else _in_unit(v, f, own.unit)[0] - own.middle) / _spread(size, own)
    return Noise(own.unit, own.middle, own.sizes, own.spreads, _tails(z), digit)


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
    """The smallest figure above zero: figures are not given more finely than that."""
    positive = [own[own > 0].min(initial=np.inf) for own in (np.abs(v), np.abs(f))]
    least = min(positive)
    return float(least) if np.isfinite(least) else 0.0


def _by_size(away: Floats, logs: Floats) -> tuple[Floats, Floats]:
    """Spread of the deviations by size; one spread where sizes tell no difference."""
    whole = max(NORMAL * float(np.median(away)), LEAST_SPREAD)
    edges = np.quantile(logs, np.linspace(0, 1, BINS + 1))
    middles, spreads = [], []
    for low, high in itertools.pairwise(edges):
        own = away[(logs >= low) & (logs <= high)]
        if len(own) >= 50:
            middles.append((low + high) / 2)
            spreads.append(max(NORMAL * float(np.median(own)), LEAST_SPREAD))
    if len(spreads) < 3 or max(spreads) < 1.35 * min(spreads):
        return np.array([0.0]), np.array([whole])
    order = np.argsort(middles)
    return np.array(middles)[order], np.array(spreads)[order]


def _spread(size: Floats, noise: Noise) -> Floats:
    """Spread of each leaf: by its size, and of the last digit it is given in."""
    if len(noise.sizes) == 1:
        own: Floats = np.full_like(size, noise.spreads[0])
    else:
        own = np.interp(np.log(np.maximum(size, 1e-300)), noise.sizes, noise.spreads)
    if noise.digit > 0:
        own = np.hypot(own, noise.digit / np.maximum(size, noise.digit))
    return own


def _tails(z: Floats) -> Floats:
    """Log density of |z| by bins of half a deviation: the normal one, or more where both sides have more."""
    edges = np.arange(TAIL_BINS + 1) * 0.5
    above = np.histogram(z[z > 0], edges)[0].astype(np.float64)
    below = np.histogram(-z[z < 0], edges)[0].astype(np.float64)
    fewer = np.minimum(above, below)
    # Where both sides still have leaves further out, what lies before cannot be rarer than one of all.
    reach = np.cumsum(fewer[::-1])[::-1] > 0
    counted = np.where(reach, np.maximum(fewer, 0.5), 0.0)
    middles = edges[:-1] + 0.25
    normal = -0.5 * middles**2 - HALF_LOG_TAU
    with np.errstate(divide="ignore"):
        seen = np.log(counted / max(len(z), 1) / 0.5)
    made: Floats = np.where(middles > CORE, np.maximum(normal, seen), -np.inf)
    return made


def log_density(v: Floats, f: Floats, noise: Noise) -> Floats:
    """Log density of the deviations of leaves as noise, in the common unit, with a floor for what may be anything."""
    size = np.maximum(np.abs(v), np.abs(f))
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
    place = np.minimum((z * 2).astype(np.int64), TAIL_BINS - 1)
    tail = np.where(z < TAIL_BINS / 2, noise.tails[place], -np.inf) - log_spread + slope
    made: Floats = np.logaddexp(np.maximum(density, tail), math.log(RARE / 4))
    return made
