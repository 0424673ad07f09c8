"""What a measure of a queue would have been with some of its inputs as before and the others as after."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.queueing.erlang import QueueState, erlang_a
from levelfield.queueing.workload import LOST, Workload

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Factors = Mapping[str, Floats]

Terms = Callable[[QueueState, Floats], tuple[Floats, Floats]]


def _of_answered(state: QueueState) -> Floats:
    return np.asarray(1 - state.abandonment)


# Numerator and denominator of each measure, from the states of the intervals and what they are offered.
MEASURES: Mapping[str, Terms] = {
    "service_level": lambda s, n: (n * s.service_level, n),
    "within_of_answered": lambda s, n: (n * s.service_level, n * _of_answered(s)),
    "within_ignored": lambda s, n: (n * s.service_level, n * (1 - s.abandoned_within)),
    "within_credited": lambda s, n: (n * (s.service_level + s.abandoned_within), n),
    "abandonment": lambda s, n: (n * s.abandonment, n),
    "answered_share": lambda s, n: (n * _of_answered(s), n),
    "asa_s": lambda s, n: (n * _of_answered(s) * np.nan_to_num(s.wait_answered_s), n * _of_answered(s)),
}
BETTER_LOWER = {"abandonment", "asa_s"}

MOST_LOST = 0.95  # of planned time; who plans agents and has none at all would be another queue
LEAST_AGENTS = 0.05  # an interval nobody works in still has a state


@dataclass(frozen=True)
class Model:
    """How intervals become states: each in its steady state, or, with the starts of days, one after another."""

    measure: str
    threshold_s: float
    interval_s: float
    starts: Ints | None = None  # carried over from interval to interval within days that start here

    def states(self, offered: Floats, handle: Floats, patience: Floats, agents: Floats) -> QueueState:
        """The states of `(worlds, n)` intervals."""
        if self.starts is None:
            return erlang_a(offered / self.interval_s, handle, patience, agents, self.threshold_s)
        return self._carried(self.starts, offered, handle, patience, agents)

    def parts(self, worlds: tuple[Floats, Floats, Floats, Floats]) -> tuple[Floats, Floats]:
        """Numerator and denominator of every interval of every world."""
        with np.errstate(invalid="ignore"):
            above, below = MEASURES[self.measure](self.states(*worlds), worlds[0])
        return np.nan_to_num(above), np.nan_to_num(below)

    def values(self, worlds: tuple[Floats, Floats, Floats, Floats]) -> Floats:
        """The measure of every world: sums over intervals, then divided; never a mean of means."""
        above, below = self.parts(worlds)
        found: Floats = above.sum(axis=-1) / below.sum(axis=-1)
        return found

    def _carried(self, first: Ints, offered: Floats, handle: Floats, patience: Floats, agents: Floats) -> QueueState:
        from levelfield.queueing.day import days_carried

        worlds, n = offered.shape
        starts = (np.arange(worlds)[:, None] * n + first).ravel()
        rate, work, waits, staff = (part.ravel() for part in (offered / self.interval_s, handle, patience, agents))
        threshold = np.full(worlds * n, float(self.threshold_s))
        day = days_carried(
            rate, work, waits, staff, threshold, starts=starts, interval_s=self.interval_s, start_queue=0.0
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            rows = [
                part.reshape(worlds, n)
                for part in (
                    day.abandoned / day.offered, day.wait_answered_s / day.answered, day.answered_within / day.offered,
                    day.answered_within / day.answered, day.abandoned_within / day.offered, day.occupancy, day.queue_at_end,
                )
            ]  # fmt: skip
        gone, asa, within, of_answered, gone_within, occupancy, queue = rows
        return QueueState(
            gone, gone * patience, asa, within, of_answered, gone_within, occupancy, np.full_like(gone, np.nan), queue
        )


def factors_of(before: Workload, after: Workload, notes: list[str]) -> tuple[Factors, Factors]:
    """The inputs of both sides as factors: volume is their product, staff the planned less what is lost."""
    lost = [n for n in LOST if getattr(before, n) is not None and getattr(after, n) is not None]
    planned = _forecast_is_there(before) and _forecast_is_there(after)
    if not planned:
        notes.append("Without a locked forecast on both sides volume is one driver.")
    if not lost:
        notes.append("Without schedules on both sides staff is one driver.")
    if before.day is None:
        notes.append("Without days volume and its shape within the day are one driver.")
    totals = [_by_day(own.offered, own) for own in (before, after)]
    with np.errstate(divide="ignore", invalid="ignore"):
        shapes = [
            np.where(total > 0, own.offered / total, np.nan) for own, total in zip((before, after), totals, strict=True)
        ]
    even = 1 / _by_day(np.ones(len(before.offered)), before)
    sides: list[dict[str, Floats]] = []
    for own, total, shape, other in zip((before, after), totals, shapes, reversed(shapes), strict=True):
        factors: dict[str, Floats] = {}
        if planned and own.forecast is not None:
            factors["plan_volume"] = _by_day(own.forecast, own)
            factors["forecast_miss"] = np.divide(
                total, factors["plan_volume"], out=np.ones_like(total), where=factors["plan_volume"] > 0
            )
        else:
            factors["volume"] = total
        # A day without contacts has no shape: it takes that of the other side, so that volume alone makes the difference.
        factors["shape"] = np.where(np.isfinite(shape), shape, np.where(np.isfinite(other), other, even))
        factors["handle"] = np.asarray(own.handle_s, dtype=np.float64)
        factors["patience"] = np.asarray(own.patience_s, dtype=np.float64)
        away = np.zeros(len(own.offered))
        for name in lost:
            factors[name] = np.asarray(getattr(own, name), dtype=np.float64)
            away = away + factors[name]
        factors["planned_staff" if lost else "staff"] = own.agents / np.maximum(1 - away, 1 - MOST_LOST)
        sides.append(factors)
    return sides[0], sides[1]


def world(factors: Factors) -> tuple[Floats, Floats, Floats, Floats]:
    """Offered, handling, patience and agents of one combination of factors."""
    volume = factors["volume"] if "volume" in factors else factors["plan_volume"] * factors["forecast_miss"]
    if "staff" in factors:
        agents = factors["staff"]
    else:
        away = sum((factors[n] for n in LOST if n in factors), np.zeros(len(volume)))
        agents = factors["planned_staff"] * np.maximum(1 - away, 1 - MOST_LOST)
    return factors["shape"] * volume, factors["handle"], factors["patience"], np.maximum(agents, LEAST_AGENTS)


def worlds_of(
    old: Factors, new: Factors, names: list[str], subsets: npt.ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """The world of every subset of drivers taken from after, `(subsets, n)` each; the bits of a subset name them."""
    rows = [
        world(dict(old) | {name: new[name] for bit, name in enumerate(names) if int(subset) >> bit & 1})
        for subset in np.asarray(subsets)
    ]  # fmt: skip
    offered, handle, patience, agents = (np.stack(part) for part in zip(*rows, strict=True))
    return offered, handle, patience, agents


def _forecast_is_there(own: Workload) -> bool:
    """A forecast for every day that has contacts; of a day without one nothing could be a miss."""
    if own.forecast is None:
        return False
    return not bool(((_by_day(own.forecast, own) <= 0) & (own.offered > 0)).any())


def _by_day(figures: Floats, own: Workload) -> Floats:
    """The day's total, at each of its intervals."""
    if own.day is None:
        return np.asarray(figures, dtype=np.float64)
    _days, back = np.unique(own.day, return_inverse=True)
    return np.asarray(np.bincount(back, figures), dtype=np.float64)[back]
