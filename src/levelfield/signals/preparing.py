"""From a measure as delivered to values a likelihood can be asked about: about normal, of one scale, without weekdays.

Shares go through the arcsine of their square root, counts through a power between two thirds and a third,
times through the logarithm; plain numbers through the logarithm where that fits them much better. Weekdays have a level
each. A series that cannot be judged says why, in words.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.signals.evidence.findings import Evidence, evidence_of
from levelfield.signals.set_apart import set_apart
from levelfield.words import Family, Grain, Series

Floats = npt.NDArray[np.float64]
Back = Callable[[Floats], Floats]

FEWEST = 12  # periods with a value
FEWEST_DAYS = 14  # days with a value, since every weekday has a level of its own
FEWEST_EVENTS = 1.0  # expected of the rarer outcome in a usual period; fewer are too few contacts
SKEWED = 0.35  # a plain series less skewed than this stays as it is
EVEN = 1.3  # sampling variances that differ by less than this factor count as equal
MOST_ALIKE = 0.5  # a series with more equal values than this share is not judged


@dataclass(frozen=True, eq=False)
class Prepared:
    """What is weighed: x (m,), its period numbers t, weights g; `back` leads from the scale of x to the measure."""

    x: Floats
    t: npt.NDArray[np.int64]
    g: Floats
    weekly: bool
    level: float  # the middle of the scale, taken off before x was weighed
    forward: Back  # from the measure to the scale
    back: Back
    evidence: Evidence


@dataclass(frozen=True)
class CannotJudge:
    """Why there is no verdict."""

    why: str


def prepare(series: Series, country: str | None = None) -> Prepared | CannotJudge:
    """Make a series ready, or say why it cannot be judged."""
    value = series.value
    there = np.isfinite(value)
    if not there.any():
        return CannotJudge("no period has a value")
    weekday = _weekdays(series)
    there &= ~_closed(value, weekday)
    said = _cannot(series, there)
    if said:
        return CannotJudge(said)
    apart = set_apart(series, country) & there
    there = there & ~apart
    m = int(there.sum())
    fewest = FEWEST if weekday is None else FEWEST_DAYS
    if m < fewest:
        less = f" outside the holidays, of {m + int(apart.sum())}" if apart.any() else ""
        return CannotJudge(f"{m} {_plural(series.grain, m)} with a value{less}; at least {fewest} are needed")
    t = np.flatnonzero(there)
    days = None if weekday is None else weekday[there]
    best: Prepared | None = None
    fit = -np.inf
    for x, variance, jacobian, forward, back in _transformed(series, t, days):
        x, g, level = _of_one_scale(x if days is None else _without_weekdays(x, days), variance)
        spread = float(x.std())
        if spread <= 1e-9 * max(1.0, float(np.abs(x).max())):
            return CannotJudge("the values do not vary")
        evidence = evidence_of(x, t, g)
        total = jacobian - len(x) * math.log(spread) + evidence.score
        if best is None or total > fit:
            best, fit = Prepared(x, t, g, days is not None, level, forward, back, evidence), total
    assert best is not None  # noqa: S101  (there is at least one transformation)
    return best


def _weekdays(series: Series) -> npt.NDArray[np.int64] | None:
    if series.grain is not Grain.DAY:
        return None
    first = series.start.weekday() if series.start is not None else 0
    return (np.arange(len(series)) + first) % 7


def _closed(value: Floats, weekday: npt.NDArray[np.int64] | None) -> npt.NDArray[np.bool_]:
    """Weekdays that are nearly always zero: nobody works then."""
    closed = np.zeros(len(value), dtype=bool)
    if weekday is None:
        return closed
    zero = value == 0
    for day in range(7):
        own = weekday == day
        known = own & np.isfinite(value)
        if known.sum() >= 3 and zero[known].mean() >= 0.8:
            closed |= own
    return (
        closed if (closed & np.isfinite(value)).sum() < np.isfinite(value).sum() else np.zeros(len(value), dtype=bool)
    )


def _cannot(series: Series, there: npt.NDArray[np.bool_]) -> str:
    """Why the values that are there cannot be judged; empty when they can."""
    value = series.value[there]
    if np.ptp(value) == 0:
        return "all values are the same" if len(value) > 1 else "there is a single value"
    if series.family in {Family.SHARES, Family.COUNTS}:
        size = series.size[there]
        level = float((value * size).sum() / size.sum())
        rarer = level * (1 - level) if series.family is Family.SHARES else level
        expected = float(np.median(size)) * rarer
        if expected < FEWEST_EVENTS:
            return f"too few contacts: about {expected:.1f} of the rarer outcome are expected in a period"
    zeros = np.flatnonzero(there)[_doubtful_zeros(series, value)]
    if len(zeros):
        named = ", ".join(series.labels[i] for i in zeros[:3]) + (" …" if len(zeros) > 3 else "")
        return f"{len(zeros)} values are zero among values that never come near it ({named}): if they were not delivered, leave them blank"
    several = len(value) - len(set(value.tolist())) + 1  # so many values, at most, are one and the same number
    if len(value) >= FEWEST and several > MOST_ALIKE * len(value):
        alike = int(np.unique(value, return_counts=True)[1].max())
        if alike > MOST_ALIKE * len(value):
            return f"{alike} of {len(value)} values are the same number"
    return ""


def _doubtful_zeros(series: Series, value: Floats) -> npt.NDArray[np.bool_]:
    """Zeros that look like missing: all other values lie far above, and a count so low has no chance."""
    zero = value == 0
    rest = value[~zero]
    if not zero.any() or len(rest) < 3 or (rest < 0).any():
        return np.zeros(len(value), dtype=bool)
    low, middle = float(rest.min()), float(np.median(rest))
    spread = float(np.median(np.abs(rest - middle))) * 1.4826
    far = low > 0.25 * middle and middle > 6 * spread
    if series.family is Family.COUNTS:
        far = far and middle * float(np.nanmedian(series.size)) > 20
    return zero if far else np.zeros(len(value), dtype=bool)


def _without_weekdays(x: Floats, weekday: npt.NDArray[np.int64]) -> Floats:
    """Each value less the mean of its weekday, plus the mean of all."""
    count = np.bincount(weekday, minlength=7)
    mean = np.bincount(weekday, weights=x, minlength=7) / np.maximum(count, 1)
    return np.asarray(x - mean[weekday] + x.mean())


def _of_one_scale(x: Floats, variance: Floats | None) -> tuple[Floats, Floats, float]:
    """Values and weights so that sampling noise of uneven size becomes even; without known sizes all weigh 1."""
    if variance is None or variance.min() * EVEN > variance.max():
        level = float(x.mean())
        return x - level, np.ones(len(x)), level
    between = max(float(x.var()) - float(variance.mean()), 0.0)
    g = 1.0 / np.sqrt(between + variance)
    g /= g.mean()
    level = float((x * g * g).sum() / (g * g).sum())
    return (x - level) * g, g, level


Transformed = tuple[Floats, Floats | None, float, Back, Back]


def _transformed(series: Series, t: npt.NDArray[np.int64], days: npt.NDArray[np.int64] | None) -> list[Transformed]:
    """The scales a series may be judged on: x, its sampling variance, the log Jacobian, the way there and back."""
    value, size = series.value[t], series.size[t]
    match series.family:
        case Family.SHARES:
            x = np.arcsin(np.sqrt((value * size + 0.375) / (size + 0.75)))
            return [(x, 0.25 / (size + 0.5), 0.0, _to_arcsine, _from_arcsine)]
        case Family.COUNTS:
            return [_counts(value, size, days)]
        case Family.MEANS:
            variance = series.variance[t]
            known = np.isfinite(variance).all()
            if value.min() > 0:
                noise = variance / (size * value**2) if known else None
                return [(np.log(value), noise, 0.0, _to_log, np.exp)]
            return [(value, variance / size if known else None, 0.0, _as_it_is, _as_it_is)]
        case _:
            return _plain(value, days)


def _plain(value: Floats, days: npt.NDArray[np.int64] | None) -> list[Transformed]:
    as_it_is: Transformed = (value, None, 0.0, _as_it_is, _as_it_is)
    rest = value if days is None else _without_weekdays(value, days)
    spread = rest.std()
    skew = float(((rest - rest.mean()) ** 3).mean() / spread**3) if spread > 0 else 0.0
    if value.min() <= 0 or abs(skew) < SKEWED or spread < 0.05 * value.mean():
        return [as_it_is]
    logs = np.log(value)
    return [as_it_is, (logs, None, -float(logs.sum()), _to_log, np.exp)]


def _counts(value: Floats, size: Floats, days: npt.NDArray[np.int64] | None) -> Transformed:
    """The power of counts of mean μ and variance μ + αμ² that has no skew: two thirds for Poisson counts, a third for gamma."""
    level = np.full(len(value), value.mean()) if days is None else value - _without_weekdays(value, days) + value.mean()
    one = float(np.mean(size))
    mean = float(value.mean()) * one
    alpha = max(float(((value - level) ** 2).mean()) * one * one - mean, 0.0) / mean**2
    power = 1.0 - (1.0 + 2.0 * alpha * mean) / (1.0 + alpha * mean) / 3.0
    shift = 0.25 / one

    def forward(given: Floats) -> Floats:
        return np.asarray((np.maximum(given, 0.0) + shift) ** power)

    def back(scaled: Floats) -> Floats:
        return np.asarray(np.maximum(np.maximum(scaled, 0.0) ** (1.0 / power) - shift, 0.0))

    slope = power * (float(value.mean()) + shift) ** (power - 1.0)
    noise = slope**2 * float(value.mean()) / size if np.ptp(size) > 0 else None
    return (forward(value), noise, 0.0, forward, back)


def _to_arcsine(share: Floats) -> Floats:
    return np.asarray(np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0))))


def _to_log(value: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(value, 1e-12)))


def _from_arcsine(x: Floats) -> Floats:
    return np.asarray(np.sin(np.clip(x, 0.0, np.pi / 2)) ** 2)


def _as_it_is(x: Floats) -> Floats:
    return x


def _plural(grain: Grain | None, n: int) -> str:
    word = str(grain) if grain is not None else "period"
    return word if n == 1 else f"{word}s"
