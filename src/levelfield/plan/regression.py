"""A linear model of weekly values whose noise is correlated from week to week, honest about how little is known of it.

The correlation is not plugged in: every value of it counts by its restricted likelihood, so an estimate's interval is wide
where the weeks are few. The same model says beforehand what could be seen, and afterwards what was.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from levelfield.words import Refusal

Floats = npt.NDArray[np.float64]

PHIS = np.linspace(-0.3, 0.9, 25)  # correlation of neighbouring weeks
# Service data are correlated: the median over 28 contracts of a public phone service is 0.48 (docs/decisions/0013). Few weeks
# cannot show it, so it is believed to lie around there, widely, until the data speak.
BELIEVED, WIDELY = 0.45, 0.3
FEWEST_FREE = 5  # degrees of freedom below which no spread is estimated


@dataclass(frozen=True)
class Fitted:
    """The coefficient of one column: a mixture over correlations of Student's t.

    Shapes: all (k,), one per correlation. `weight` sums to 1.
    """

    estimate: Floats
    error: Floats
    weight: Floats
    free: int

    @property
    def value(self) -> float:
        """The estimate."""
        return float(np.sum(self.weight * self.estimate))

    @property
    def spread(self) -> float:
        """The standard deviation of the estimate."""
        t = self.free / max(self.free - 2, 1)
        return math.sqrt(float(np.sum(self.weight * (self.error**2 * t + (self.estimate - self.value) ** 2))))

    def below(self, x: float) -> float:
        """The probability that the effect is below x."""
        return float(np.sum(self.weight * special.stdtr(self.free, (x - self.estimate) / self.error)))

    def against(self, side: float) -> float:
        """The probability of no effect towards a side: upwards where it is above zero."""
        return self.below(0.0) if side > 0 else 1 - self.below(0.0)

    def quantile(self, p: float) -> float:
        """The effect below which it lies with probability p."""
        reach = 60 * float(np.max(self.error)) + 1e-12
        low, high = float(np.min(self.estimate)) - reach, float(np.max(self.estimate)) + reach
        return float(optimize.brentq(lambda x: self.below(x) - p, low, high, xtol=1e-12, rtol=1e-10))


@dataclass(frozen=True)
class Spread:
    """What is known of the noise of a series: for every correlation its weight and the scale of the noise."""

    weight: Floats  # (k,)
    scale: Floats  # (k,) standard deviation of one week
    free: int
    weeks: int

    @property
    def sd(self) -> float:
        """The usual scatter of one week around its level."""
        return float(np.sqrt(np.sum(self.weight * self.scale**2)))

    @property
    def correlation(self) -> float:
        """The expected correlation of neighbouring weeks."""
        return float(np.sum(self.weight * PHIS))


def fitted(
    y: npt.ArrayLike, columns: npt.ArrayLike, of: int = -1, held: tuple[int, float] | None = None
) -> tuple[Fitted, Spread]:
    """The coefficient of one column in y = columns · b + noise of first-order correlation; missing weeks are left out.

    Shapes: y (n,), oldest first, missing = nan; columns (n, k). `held` is a column whose coefficient is believed to lie around
    zero, and the standard deviation it is believed with. Refuses: fewer than FEWEST_FREE weeks more than columns, a
    column that the others imply. Assumes: evenly spaced weeks, normal noise of one scale.
    Source: restricted likelihood, Patterson and Thompson 1971, doi:10.1093/biomet/58.3.545; small-sample need for it in short
    interrupted series, Turner et al. 2021, doi:10.1186/s12874-021-01306-w.
    """
    values, design = np.asarray(y, dtype=float), np.asarray(columns, dtype=float)
    there = np.isfinite(values) & np.isfinite(design).all(axis=1)
    values, design, at = values[there], design[there], np.flatnonzero(there)
    n, k = design.shape
    if n - k < FEWEST_FREE:
        raise Refusal(
            f"{n} weeks are too few for this test",
            expected=f"at least {k + FEWEST_FREE} weeks with a value",
            next_step="Wait for more weeks.",
        )
    if np.linalg.matrix_rank(design) < k:
        raise Refusal("The weeks cannot tell the parts of this test apart", expected="weeks before and after the begin")
    estimate, error, scale, score = (np.empty(len(PHIS)) for _ in range(4))
    for i, phi in enumerate(PHIS):
        white_y, white_x, log_det = _whitened(values, design, at, float(phi))
        if held is not None:
            white_y, white_x = _with_belief(white_y, white_x, held)
        q, r = np.linalg.qr(white_x)
        beta = np.linalg.solve(r, q.T @ white_y)
        rest = white_y - white_x @ beta
        ss = max(float(rest @ rest), 1e-300)
        inverse = np.linalg.inv(r)
        variance = ss / (n - k)
        estimate[i], scale[i] = beta[of], math.sqrt(variance)
        error[i] = math.sqrt(variance * float(inverse[of] @ inverse[of]))
        score[i] = -0.5 * (log_det + 2 * float(np.sum(np.log(np.abs(np.diag(r))))) + (n - k) * math.log(ss))
    score -= 0.5 * ((PHIS - BELIEVED) / WIDELY) ** 2
    weight = np.exp(score - score.max())
    weight /= weight.sum()
    return Fitted(estimate, np.maximum(error, 1e-300), weight, n - k), Spread(weight, scale, n - k, n)


def _whitened(y: Floats, x: Floats, at: npt.NDArray[np.int64], phi: float) -> tuple[Floats, Floats, float]:
    """Rows turned into uncorrelated ones of one scale, gaps included, and the log determinant of the correlation."""
    gap = np.diff(at)
    carried = np.sign(phi) ** gap * np.abs(phi) ** gap if phi else np.zeros(len(gap))
    left = np.sqrt(1 - carried**2)
    white_y = np.concatenate([y[:1], (y[1:] - carried * y[:-1]) / left])
    white_x = np.vstack([x[:1], (x[1:] - carried[:, None] * x[:-1]) / left[:, None]])
    return white_y, white_x, 2 * float(np.sum(np.log(left)))


def _with_belief(y: Floats, x: Floats, held: tuple[int, float]) -> tuple[Floats, Floats]:
    """One row more that says: this coefficient lies around zero, on the scale of the noise."""
    column, believed = held
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    scale = math.sqrt(max(float(rest @ rest), 1e-300) / max(len(y) - x.shape[1], 1))
    row = np.zeros(x.shape[1])
    row[column] = scale / max(believed, 1e-300)
    return np.append(y, 0.0), np.vstack([x, row])


def spread_of(y: npt.ArrayLike, breaks: Sequence[int] = ()) -> Spread:
    """The noise of a series around its level, which may step at `breaks` (positions of first weeks of new levels)."""
    values = np.asarray(y, dtype=float)
    return fitted(values, levels(len(values), breaks), 0)[1]


def error_of_mean(sd: float, correlation: float, weeks: int) -> float:
    """How much a mean of some weeks scatters: sd·√((1 + r) / (1 − r) / weeks) for many, never more than one week does."""
    r = min(max(correlation, 0.0), 0.9)
    return sd * math.sqrt(min(1.0, (1 + r) / (1 - r) / weeks))


def levels(n: int, breaks: Sequence[int] = ()) -> Floats:
    """One column of ones, and one for every later level. Shapes: (n, 1 + breaks)."""
    own = [np.ones(n)] + [(np.arange(n) >= b).astype(float) for b in breaks if 0 < b < n]
    return np.column_stack(own)


HALF_A_YEAR = 26  # a level may drift by the size of a promise in so many weeks, by belief before the data speak


def drift_of(n: int, start: int) -> Floats:
    """The column of a drift since the last step of the level. Shapes: (n,)."""
    time = np.maximum(np.arange(n, dtype=float) - start, 0.0)
    centred: Floats = time - time.mean()
    return centred


def power(effect: float, noise: Spread, before: int, under_way: int, after: int, alpha: float = 0.05) -> float:
    """The probability that an effect of this size is seen beyond chance, one-sided at alpha.

    Shapes: weeks of the level before, weeks until the effect is there in full, weeks with it. The noise is taken as the past
    shows it, correlation included, and the level may drift as it may in the test itself.

    >>> quiet = Spread(np.eye(len(PHIS))[6], np.full(len(PHIS), 1.0), 40, 41)
    >>> power(4.0, quiet, 40, 2, 8) > 0.9, round(power(0.0, quiet, 30, 2, 8), 2)
    (True, 0.05)
    """
    if after < 1 or before < 2:
        return 0.0
    counts = (
        noise.weight > 0.01
    )  # correlations that hardly count are left out, so that a plan's page costs milliseconds
    free = max(before + after - 2, 1)
    # Beliefs are rounded so that neighbours share their work; a twentieth of a scale changes no digit that is shown.
    believed = np.maximum(abs(effect) / HALF_A_YEAR / noise.scale[counts], 1e-6)
    rounded = np.exp(np.round(np.log(believed) * 10) / 10)
    unit = np.array(
        [_unit_error(before, under_way, after, float(p), float(b)) for p, b in zip(PHIS[counts], rounded, strict=True)]
    )
    error, weight = noise.scale[counts] * unit, noise.weight[counts] / noise.weight[counts].sum()
    # Beyond chance: beyond what the mixture over correlations, which the test itself has to take, leaves to chance.
    beyond = float(
        optimize.brentq(
            lambda x: float(np.sum(weight * special.stdtr(free, x / error))) - (1 - alpha),
            0.0,
            100 * float(error.max()),
        )
    )
    return float(np.sum(weight * special.stdtr(free, (abs(effect) - beyond) / error)))


@lru_cache(maxsize=50_000)
def _unit_error(before: int, under_way: int, after: int, phi: float, believed: float) -> float:
    """The standard error of the effect per unit of noise."""
    n = before + under_way + after
    at = np.arange(n)
    columns = [np.ones(n), drift_of(n, 0)]
    if under_way:
        columns.append(((at >= before) & (at < before + under_way)).astype(float))
    columns.append((at >= before + under_way).astype(float))
    _y, white, _d = _whitened(np.zeros(n), np.column_stack(columns), at, phi)
    row = np.zeros(white.shape[1])
    row[1] = 1 / believed
    r = np.linalg.qr(np.vstack([white, row]), mode="r")
    return float(np.linalg.norm(np.linalg.inv(r)[-1]))
