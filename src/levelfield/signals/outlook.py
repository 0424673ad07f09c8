"""Will it meet the agreement? What the same model expects of the next contract period, and how likely it is to hold."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from levelfield.signals.evidence.accounts import DRIFT, SUSTAINED, Floats
from levelfield.signals.evidence.noise import NOISES
from levelfield.signals.evidence.sizing import change_column
from levelfield.signals.preparing import CannotJudge, Prepared, prepare
from levelfield.words import Series

HAZARD = 0.012  # how likely a level is to shift in a period, from the development worlds of bench/outlook.py
SHIFT = 1.8  # and by how many standard deviations, as in the prior of a shift
STABLE_BEFOREHAND = 0.7  # how likely no change is before the series is seen
BAND = 0.9


@dataclass(frozen=True)
class Outlook:
    """The next contract period: what is expected, and how likely the agreed levels are to be met; None where not agreed."""

    periods: int
    expected: float
    low: float
    high: float  # the period's value lies between low and high with 90 per cent
    meets_expected: float | None
    meets_minimum: float | None
    misses_expected: float | None = None

    @property
    def certain(self) -> bool:
        """Is it nearly sure either way?"""
        p = self.meets_expected
        return p is not None and (p >= 0.95 or p <= 0.05)


@dataclass(frozen=True, eq=False)
class _Part:
    """One way the series may go on: its share, and a t distribution on the judged scale."""

    share: float
    mean: float
    error: float
    df: float


def outlook(
    series: Series,
    *,
    periods: int,
    expected: float | None = None,
    minimum: float | None = None,
    at_least: bool = True,
    country: str | None = None,
) -> Outlook | None:
    """How likely the mean of the next `periods` periods is to meet the expected and the minimum level; None when it cannot be said.

    Shapes: a series of n periods, oldest first. Unit: levels in that of the measure. Weekdays even out over whole weeks.
    Assumes: the noise stays as it is; a level may shift at any time as often as it did in the development worlds; the
    contacts of the coming periods are about even.
    Source: mixture of the judged kinds; measured calibration in bench/outlook.py.

    >>> rng = np.random.default_rng(3)
    >>> found = outlook(Series.plain(rng.normal(80, 2, 52)), periods=4, expected=75, minimum=70)
    >>> round(found.meets_expected, 1), found.low < 80 < found.high
    (1.0, True)
    """
    ready = prepare(series, country)
    if isinstance(ready, CannotJudge):
        return None
    parts = _parts(ready, periods)

    def below(level: float) -> float:
        at = float(ready.forward(np.array([level]))[0]) - ready.level
        return float(sum(p.share * stdtr(p.df, (at - p.mean) / p.error) for p in parts))

    def meets(level: float | None) -> float | None:
        if level is None:
            return None
        return 1.0 - below(level) if at_least else below(level)

    middle, low, high = (_quantile(parts, q) for q in (0.5, (1 - BAND) / 2, (1 + BAND) / 2))
    values = sorted(float(v) for v in ready.back(np.array([low, high]) + ready.level))
    met = meets(expected)
    return Outlook(
        periods, float(ready.back(np.array([middle + ready.level]))[0]), values[0], values[1], met, meets(minimum),
        None if met is None else 1.0 - met,
    )  # fmt: skip


def _parts(ready: Prepared, periods: int) -> list[_Part]:
    """The stable series, the shifted one at its likely onsets, the drifting one: each with the noise that fits it."""
    evidence = ready.evidence
    odds = np.exp(np.r_[0.0, evidence.odds[SUSTAINED], evidence.odds[DRIFT]] - max(0.0, evidence.odds[1:].max()))
    weight = np.r_[STABLE_BEFOREHAND, 0.5 * (1 - STABLE_BEFOREHAND), 0.5 * (1 - STABLE_BEFOREHAND)] * odds
    weight = weight / weight.sum()
    noise = int(np.argmax(evidence.of_noise))
    phi, kappa, _ = NOISES[noise]
    found = [_part(ready, weight[0], None, 0, periods, float(phi), float(kappa))]
    for kind, share in ((SUSTAINED, weight[1]), (DRIFT, weight[2])):
        if share < 0.005:
            continue
        places = evidence.places[kind] / evidence.places[kind].sum()
        onsets = np.argsort(-places)[:4]
        total = places[onsets].sum()
        for onset in onsets:
            found.append(
                _part(ready, share * places[onset] / total, kind, int(onset), periods, float(phi), float(kappa))
            )
    total = sum(part.share for part in found)
    return [_Part(part.share / total, part.mean, part.error, part.df) for part in found]


def _part(ready: Prepared, share: float, kind: int | None, onset: int, periods: int, phi: float, kappa: float) -> _Part:
    x, t, g = ready.x, ready.t, ready.g
    columns = [x, g] if kind is None else [x, g, change_column(kind, t, g, onset, 1)]
    from levelfield.signals.evidence.whitening import whitened

    white = whitened(np.stack(columns), t, phi, kappa)
    design = white[1:].T
    beta, *_ = np.linalg.lstsq(design, white[0], rcond=None)
    left = white[0] - design @ beta
    df = max(len(x) - design.shape[1], 1)
    variance = float(left @ left) / df
    ahead = np.ones(design.shape[1])
    level = float(ahead @ beta)
    around = float(ahead @ np.linalg.pinv(design.T @ design) @ ahead) * variance
    residual = (x - np.stack(columns[1:]).T @ beta)[-1]
    carried, noise = _ahead(periods, phi, kappa, float(residual), variance)
    later = HAZARD * periods / 2 * SHIFT**2 * variance  # a shift somewhere on the way
    drift = (float(beta[1]) * periods / max(2.0 * float(t[-1] - t[onset]), 1.0)) ** 2 if kind == DRIFT else 0.0
    return _Part(share, level + carried, math.sqrt(around + noise + later + drift), df)


def _ahead(periods: int, phi: float, kappa: float, last: float, variance: float) -> tuple[float, float]:
    """Mean and variance of the average of the noise over the periods ahead, given the last residual."""
    h = np.arange(1, periods + 1)
    carried = float((kappa * phi**h).mean()) * last
    state = variance * kappa
    own = state * (1 - kappa * phi ** (2 * np.minimum.outer(h, h))) * phi ** np.abs(np.subtract.outer(h, h))
    total = own + np.eye(periods) * variance * (1 - kappa)
    return carried, float(total.mean())


def _quantile(parts: list[_Part], q: float) -> float:
    """Quantile of the mixture, by halving."""
    low = min(p.mean - 60 * p.error for p in parts)
    high = max(p.mean + 60 * p.error for p in parts)
    for _ in range(60):
        middle = 0.5 * (low + high)
        if sum(p.share * stdtr(p.df, (middle - p.mean) / p.error) for p in parts) < q:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


__all__ = ["BAND", "Floats", "Outlook", "outlook"]
