"""Is it real, and what kind of change is it? A verdict on one series whose false-alarm rate is known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from levelfield.signals.evidence.accounts import DRIFT, MORE_VARIABLE, ONE_OFF, SUSTAINED, USUAL, Floats
from levelfield.signals.evidence.noise import NOISES, lengths_for
from levelfield.signals.evidence.sizing import Z95, Size, size_of, span_of
from levelfield.signals.kinds import probabilities
from levelfield.signals.null import null_of
from levelfield.signals.preparing import CannotJudge, Prepared, prepare
from levelfield.words import Refusal, RefusalKind, Series

ALPHA = 0.05
SURE = 0.9  # the range of an onset holds it with this probability


class Kind(StrEnum):
    """What a series did."""

    USUAL = "usual"
    ONE_OFF = "one_off"
    SUSTAINED = "sustained"
    DRIFT = "drift"
    MORE_VARIABLE = "more_variable"
    CANNOT_JUDGE = "cannot_judge"


KINDS = (Kind.USUAL, Kind.ONE_OFF, Kind.SUSTAINED, Kind.DRIFT, Kind.MORE_VARIABLE)


@dataclass(frozen=True)
class Reading:
    """The verdict on a series. Indices count its periods from 0; what is unknown is None, or nan for p.

    `size` is in the unit of the measure: the level after less the level before (of a drift: over the whole drift; of a
    one-off: while it lasted; of more variable: how many times the spread). `size_range` and `onset_range` hold the truth
    with 95 and 90 per cent. `going_on` is None where it is too early to say.
    """

    kind: Kind
    p_value: float = math.nan
    e_value: float = math.nan
    probabilities: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    onset: int | None = None
    onset_range: tuple[int, int] | None = None
    end: int | None = None  # of a one-off: the first period after it
    size: float | None = None
    size_range: tuple[float, float] | None = None
    level_before: float | None = None
    level_after: float | None = None
    going_on: bool | None = None
    latest: int | None = None  # the newest period that was judged
    n: int = 0  # periods that were judged
    autocorrelation: float = math.nan
    why: str = ""  # why it cannot be judged

    @property
    def changed(self) -> bool:
        """Is it neither usual nor beyond judgement?"""
        return self.kind not in {Kind.USUAL, Kind.CANNOT_JUDGE}

    @property
    def rose(self) -> bool | None:
        """Did the level go up? None where no level changed."""
        if self.size is None or self.kind is Kind.MORE_VARIABLE:
            return None
        return self.size > 0


def judge(series: Series, *, alpha: float = ALPHA, country: str | None = None) -> Reading:
    """Say whether a series changed, and how: usual, one-off, sustained, drift, more variable, or cannot judge.

    Shapes: a `levelfield.words.Series` of n periods, oldest first. `alpha`: how often a stable series may be called
    changed. `country`: whose public holidays are set apart; Christmas always is.
    Refuses: an alpha outside 0 to 0.5; an unknown country. What cannot be judged is a Reading that says why.
    Assumes: on its own scale a stable series is a level (weekdays apart, one each) under AR(1) plus white noise.
    Source: marginal likelihoods as in Barry & Hartigan (1993) https://doi.org/10.1080/01621459.1993.10594323, under
    autocorrelated noise; the p-value from simulation (bench/calibrate.py). docs/decisions/0010-a-verdict-is-calibrated.md

    >>> rng = np.random.default_rng(7)
    >>> values = np.r_[rng.normal(80, 2, 40), rng.normal(74, 2, 12)]
    >>> reading = judge(Series.plain(values, period="week"))
    >>> str(reading.kind), reading.onset, round(reading.size), reading.going_on
    ('sustained', 40, -5, True)
    """
    if not 0 < alpha <= 0.5:
        raise Refusal(
            f"alpha is {alpha}", where="Signals", expected="a share above 0 and up to 0.5",
            next_step="Give the share of stable series that may be called changed.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    ready = prepare(series, country)
    if isinstance(ready, CannotJudge):
        return Reading(Kind.CANNOT_JUDGE, why=ready.why, n=int(np.isfinite(series.value).sum()))
    evidence = ready.evidence
    null = null_of(len(ready.x), ready.weekly)
    at = null.corrected(evidence)
    p, e = null.p_value(at), null.e_value(at)
    chances = probabilities(evidence.odds, at - evidence.score)
    told = MappingProxyType({str(kind): float(chance) for kind, chance in zip(KINDS, chances, strict=True)})
    latest = int(ready.t[-1])
    if p > alpha:
        level = float(ready.back(np.array([ready.level]))[0])
        return Reading(
            Kind.USUAL, p, e, told, level_before=level, latest=latest, n=len(ready.x), autocorrelation=evidence.lag_one
        )
    which = 1 + int(np.argmax(chances[1:]))
    return _changed(ready, which, p, e, told)


def _changed(ready: Prepared, which: int, p: float, e: float, told: Mapping[str, float]) -> Reading:
    """The reading of a series that is not usual."""
    evidence, m = ready.evidence, len(ready.x)
    places = evidence.places[which]
    onset = int(np.argmax(places))
    first, last = span_of(places, SURE)
    length = int(evidence.lasting[onset]) if which == ONE_OFF else m - onset
    size = _over_onsets(ready, which, places, length)
    before, after, change, span = _in_unit(ready, which, size)
    end = int(ready.t[onset + length - 1]) + 1 if which == ONE_OFF and onset + length < m else None
    going_on: bool | None = True
    if which == ONE_OFF:
        going_on = None if onset + length >= m else False
    return Reading(
        KINDS[which], p, e, told, int(ready.t[onset]), (int(ready.t[first]), int(ready.t[last])), end, change, span,
        before, after, going_on, int(ready.t[-1]), m, evidence.lag_one,
    )  # fmt: skip


def _over_onsets(ready: Prepared, which: int, places: Floats, length: int) -> Size:
    """The size, averaged over the likely onsets and noises, its error widened by what they disagree on."""
    weights = places / places.sum()
    onsets = np.argsort(-weights)[:6]
    onsets = onsets[weights[onsets] >= 0.05 * weights[onsets[0]]]
    noises = np.argsort(-ready.evidence.of_noise)[:3]
    found, share = [], []
    for onset in onsets:
        for noise in noises:
            phi, kappa, _ = NOISES[noise]
            found.append(size_of(which, ready.x, ready.t, ready.g, int(onset), length, float(phi), float(kappa)))
            share.append(weights[onset] * ready.evidence.of_noise[noise])
    w = np.array(share) / np.sum(share)
    change = np.array([one.change for one in found])
    mean = float(w @ change)
    error = math.sqrt(float(w @ (np.array([one.error for one in found]) ** 2 + (change - mean) ** 2)))
    return Size(
        float(w @ np.array([one.before for one in found])),
        mean,
        error,
        float(w @ np.array([one.spread for one in found])),
    )


def _in_unit(ready: Prepared, which: int, size: Size) -> tuple[float, float, float, tuple[float, float]]:
    """Level before and after, size and its range, in the unit of the measure."""
    if which == MORE_VARIABLE:
        level = float(ready.back(np.array([ready.level + size.before]))[0])
        low, high = math.exp(size.change - Z95 * size.error), math.exp(size.change + Z95 * size.error)
        return level, level, math.exp(size.change), (low, high)
    start = ready.level + size.before
    scaled = np.array(
        [start, start + size.change, start + size.change - Z95 * size.error, start + size.change + Z95 * size.error]
    )
    before, after, low, high = (float(v) for v in ready.back(scaled))
    return before, after, after - before, (low - before, high - before)


__all__ = [
    "ALPHA",
    "DRIFT",
    "KINDS",
    "MORE_VARIABLE",
    "ONE_OFF",
    "SUSTAINED",
    "USUAL",
    "Kind",
    "Reading",
    "judge",
    "lengths_for",
]
