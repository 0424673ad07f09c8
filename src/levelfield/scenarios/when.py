"""Does the circumstance start where the change does? Uncertain onset and lag of the effect, against any other day."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import numpy.typing as npt

from levelfield.scenarios.circumstance import Circumstance
from levelfield.scenarios.episode import Episode
from levelfield.scenarios.part import Part, counted, part

Floats = npt.NDArray[np.float64]

# Fitted on worlds (bench/scenarios.py), where lags are drawn from other shapes than these.
QUICK_DAYS = 5.0  # mean lag of an effect that shows within days
SLOW_DAYS = 24.0  # mean lag of one that builds up
LONG_AFTER = 0.06  # share of effects that come at any time of the quarter after
QUARTER = 91
CROWDED = 0.2  # share of unrelated circumstances that are filed for the weeks of the change, since people look there
CROWD_DAYS = 42  # before and after the onset
BLUR = 0.8  # periods: how far the onset lies beside its range even where the verdict knows one period only
SHARE_BEYOND = 0.1  # of the onsets lie outside the range of the verdict


def onset_part(episode: Episode, circumstance: Circumstance, *, slow: bool) -> Part:
    """How much likelier the start of a circumstance is if it caused the change than if it has nothing to do with it."""
    off = abs((episode.onset - circumstance.starts_on).days)
    crowd = CROWDED / (2 * CROWD_DAYS + 1) if off <= CROWD_DAYS else 0.0
    unrelated = (1 - CROWDED) / episode.looked_at_days + crowd
    return part(
        "onset", start_density(episode, circumstance.starts_on, slow=slow) / unrelated, _sentence(episode, circumstance)
    )


def start_density(episode: Episode, starts_on: dt.date, *, slow: bool) -> float:
    """The chance that the cause of a change starts on this day; 0 after the last period in which the change may begin."""
    days, chances = beginnings(episode)
    lag = days + (episode.onset - starts_on).days
    return float(np.sum(chances * lag_chances(lag, slow=slow)))


def beginnings(episode: Episode) -> tuple[npt.NDArray[np.int64], Floats]:
    """The days on which the effect may begin, counted from the onset, and the chance of each.

    A period that is affected by less than its half mostly passes for usual: the effect begins from half a period before
    the onset to half a period after it.
    """
    step = episode.period_days
    before = (episode.onset - episode.onset_first).days / step
    after = (episode.onset_last - episode.onset).days / step
    reach = math.ceil(max(before, after)) + 3
    at = np.arange(-reach, reach + 1)
    scale = (np.where(at < 0, before, after) + BLUR) / -math.log(SHARE_BEYOND)
    weights = np.exp(-np.abs(at) / scale)
    days = np.arange(-reach * step - step // 2, reach * step + (step + 1) // 2)
    chances = np.repeat(weights, step)
    chances = np.where(days < (episode.onset_last - episode.onset).days + step, chances, 0.0)
    return days, chances / chances.sum()


def lag_chances(lag: npt.NDArray[np.int64], *, slow: bool) -> Floats:
    """The chance of each lag in days between a circumstance and its effect; 0 for an effect before its cause."""
    after = np.maximum(lag, 0).astype(float)
    if slow:
        ratio = 2 / (SLOW_DAYS + 2)  # of a sum of two geometric waits, whose mean is SLOW_DAYS
        near = ratio**2 * (after + 1) * (1 - ratio) ** after
    else:
        ratio = 1 / (QUICK_DAYS + 1)
        near = ratio * (1 - ratio) ** after
    late = (after < QUARTER) / QUARTER
    return np.asarray(np.where(lag < 0, 0.0, (1 - LONG_AFTER) * near + LONG_AFTER * late))


def _sentence(episode: Episode, circumstance: Circumstance) -> str:
    starts, last = circumstance.starts_on, episode.onset_last + dt.timedelta(days=episode.period_days)
    if starts >= last:
        return "It starts after the change has begun, so it is not what began it."
    days = (episode.onset - starts).days
    if days > 0:
        told = counted(days, "day") if days < 21 else counted(round(days / 7), "week")
        return f"It starts {told} before the change is first seen."
    if starts < episode.onset + dt.timedelta(days=episode.period_days):
        return "It starts in the period in which the change is first seen."
    return "It starts in the last days in which the change can have begun."
