"""Series of one measure with a known truth: stable ones of every family and season, and ones that change.

Latent values are a stationary AR(1) process of standard normal margins; each family bends them to its own distribution,
so that lag-one correlation and distribution are what was asked for, whatever the family.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.signal import lfilter
from scipy.special import betaln, gammaln

from levelfield.words import Grain, Series

Floats = npt.NDArray[np.float64]
FAMILIES = ("normal", "binomial", "beta-binomial", "negative binomial", "log-normal")
SEASONS = ("none", "weekly", "weekly and Christmas")
KINDS = ("usual", "one_off", "sustained", "drift", "more_variable")
WEEKDAYS = np.array([0.5, 0.2, 0.0, 0.0, 0.1, -0.5, -0.8])
CHRISTMAS = 1.5  # how much lower the latent values are from 24 to 27 December
START = dt.date(2025, 3, 3)


def wandering(rng: np.random.Generator, many: int, n: int, phi: float) -> Floats:
    """Stationary AR(1) series of unit variance, (many, n)."""
    noise = rng.standard_normal((many, n))
    noise[:, 1:] *= np.sqrt(1 - phi * phi)
    return np.asarray(lfilter([1.0], [1.0, -phi], noise, axis=1))


def mixed(rng: np.random.Generator, many: int, n: int, phi: float, kappa: float) -> Floats:
    """A share κ of the variance wanders, the rest is white, (many, n)."""
    if kappa == 1:
        return wandering(rng, many, n, phi)
    white = rng.standard_normal((many, n))
    return np.asarray(np.sqrt(kappa) * wandering(rng, many, n, phi) + np.sqrt(1 - kappa) * white)


def seasonal(latent: Floats, season: str, start: dt.date = START) -> Floats:
    """Latent values with weekdays, and with Christmas."""
    if season == "none":
        return latent
    n = latent.shape[-1]
    days = [start + dt.timedelta(days=i) for i in range(n)]
    effect = np.array([WEEKDAYS[d.weekday()] for d in days])
    if season.endswith("Christmas"):
        effect = effect - CHRISTMAS * np.array([d.month == 12 and 24 <= d.day <= 27 for d in days])
    return np.asarray(latent + effect)


def as_family(rng: np.random.Generator, latent: Floats, family: str, *, grain: Grain, start: dt.date = START) -> Series:
    """One latent series (n,) as the values of a family: shares of about 400, counts of about 200, times of about 300."""
    n = len(latent)
    even = stats.norm.cdf(latent).clip(1e-12, 1 - 1e-12)
    size = rng.integers(300, 500, n)
    match family:
        case "normal":
            return Series.plain(100 + 10 * latent, period=grain, start=start)
        case "binomial":
            return Series.shares(stats.binom.ppf(even, size, 0.82), size, period=grain, start=start)
        case "beta-binomial":
            return Series.shares(_beta_binomial(even, size, 0.82, 60.0), size, period=grain, start=start)
        case "negative binomial":
            return Series.counts(stats.nbinom.ppf(even, 25, 25 / (25 + 200)), period=grain, start=start)
        case "log-normal":
            return Series.means(300 * np.exp(0.35 * latent) * size, size, period=grain, start=start)
    raise ValueError(family)


def _beta_binomial(even: Floats, size: npt.NDArray[np.int64], share: float, precision: float) -> Floats:
    """Quantiles of the beta-binomial: the smallest count whose distribution function reaches the even value."""
    found = [np.searchsorted(_beta_binomial_cdf(int(k), share, precision), u) for u, k in zip(even, size, strict=True)]
    return np.asarray(np.minimum(np.array(found, dtype=float), size))


@lru_cache(maxsize=2048)
def _beta_binomial_cdf(k: int, share: float, precision: float) -> Floats:
    a, b, hits = share * precision, (1 - share) * precision, np.arange(k + 1)
    log_pmf = gammaln(k + 1) - gammaln(hits + 1) - gammaln(k - hits + 1) + betaln(hits + a, k - hits + b) - betaln(a, b)
    return np.asarray(np.cumsum(np.exp(log_pmf)))


@dataclass(frozen=True)
class Planted:
    """A latent series with its truth."""

    values: Floats
    kind: str
    onset: int
    size: float


def planted(rng: np.random.Generator, kind: str, n: int, phi: float) -> Planted:
    """A latent series of one kind: shifts of 2 to 4 standard deviations, drifts of 3 to 5, one-offs of 4 to 7."""
    values = wandering(rng, 1, n, phi)[0]
    sign = float(rng.choice((-1, 1)))
    onset, size = 0, 0.0
    if kind == "one_off":
        length = int(rng.integers(1, 4))
        onset = int(rng.integers(n // 3, n - length + 1))
        size = sign * float(rng.uniform(4, 7)) / (1 if length == 1 else 1.2)
        values[onset : onset + length] += size
    elif kind == "sustained":
        onset, size = int(rng.integers(n // 3, n - 5)), sign * float(rng.uniform(2, 4))
        values[onset:] += size
    elif kind == "drift":
        onset, size = int(rng.integers(0, n // 2)), sign * float(rng.uniform(3, 5))
        values[onset:] += size * np.linspace(0, 1, n - onset)
    elif kind == "more_variable":
        onset, size = int(rng.integers(n // 3, n - n // 4)), float(rng.uniform(2, 4))
        values[onset:] *= size
    return Planted(values, kind, onset, size)
