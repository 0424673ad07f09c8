"""Days of one queue, every caller played through, with planted circumstances: what the split of a change is scored on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import comb

import numpy as np

from levelfield.queueing import min_agents
from levelfield.words.compiled import compiled
from levelfield_worlds.arrays import Floats, Ints

FAR = 1e300


@dataclass(frozen=True)
class Circumstances:
    """What a queue lives with, each `(slots,)` of one day: the means of a process, not what happens."""

    offered: Floats  # contacts per interval that come
    forecast: Floats  # that were forecast
    handle_s: Floats
    patience_s: Floats
    planned: Floats  # agents
    absence: Floats  # shares of planned time
    adherence: Floats
    systems: Floats
    interval_s: float = 1800.0
    threshold_s: float = 20.0

    @property
    def agents(self) -> Floats:
        """Agents on the queue."""
        return self.planned * (1 - self.absence - self.adherence - self.systems)


@dataclass(frozen=True)
class Counted:
    """What a telephone system counts, each `(days, slots)`; a contact counts where it arrived."""

    offered: Ints
    answered: Ints
    answered_within: Ints
    abandoned: Ints
    abandoned_within: Ints
    wait_answered_s: Floats
    wait_abandoned_s: Floats
    handled_s: Floats
    forecast: Floats
    planned: Floats
    absence: Floats
    adherence: Floats
    systems: Floats
    agents: Floats


@compiled
def _push(heap: Floats, size: int, value: float) -> int:
    at = size
    while at > 0 and heap[(at - 1) // 2] > value:
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = value
    return size + 1


@compiled
def _pop(heap: Floats, size: int) -> int:
    """Take the least away."""
    size -= 1
    value, at = heap[size], 0
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size and heap[child + 1] < heap[child]:
            child += 1
        if heap[child] >= value:
            break
        heap[at] = heap[child]
        at = child
    heap[at] = value
    return size


@compiled
def played(
    arrived_s: Floats, handle_s: Floats, patience_s: Floats, change_s: Floats, agents: Ints
) -> tuple[Floats, Floats]:
    """Each caller's wait and 1.0 where it ended in an answer: arrivals, ends of work and changes of staff, one after another.

    The agents at work change at `change_s`, the first at zero. Who leaves first finishes the contact at hand.
    """
    n = len(arrived_s)
    waits, answered = np.zeros(n), np.zeros(n)
    ends = np.empty(n + 1)
    busy, first, arriving, changing, staff = 0, 0, 0, 0, 0
    while arriving < n or first < arriving:
        next_arrival = arrived_s[arriving] if arriving < n else FAR
        next_change = change_s[changing] if changing < len(change_s) else FAR
        next_end = ends[0] if busy > 0 else FAR
        now = min(next_arrival, next_change, next_end)
        if now >= FAR:
            break  # nobody is left to answer
        if next_change == now:
            staff = agents[changing]
            changing += 1
        elif next_end == now:
            busy = _pop(ends, busy)
        else:
            arriving += 1
        while busy < staff and first < arriving:
            if arrived_s[first] + patience_s[first] < now:
                waits[first] = patience_s[first]
            else:
                waits[first], answered[first] = now - arrived_s[first], 1.0
                busy = _push(ends, busy, now + handle_s[first])
            first += 1
    for left in range(first, n):
        waits[left] = patience_s[left]
    return waits, answered


ROUGH = 0.15  # of a share of lost time from one day to the next


def days_of(lived: Circumstances, days: int, rng: np.random.Generator, *, steady: bool = False) -> Counted:
    """So many days of callers, counted by interval. `steady`: shares of lost time are the same every day."""
    slots = len(lived.offered)
    lost = {
        name: np.broadcast_to(getattr(lived, name), (days, slots)) * (1.0 if steady else rng.gamma(1 / ROUGH**2, ROUGH**2, (days, 1)))
        for name in ("absence", "adherence", "systems")
    }  # fmt: skip
    on_queue = lived.planned * np.maximum(1 - lost["absence"] - lost["adherence"] - lost["systems"], 0.05)
    counts = rng.poisson(np.broadcast_to(lived.offered, (days, slots)))
    out = np.zeros((7, days, slots))
    starts = np.arange(slots) * lived.interval_s
    for day in range(days):
        slot = np.repeat(np.arange(slots), counts[day])
        arrived = np.sort(starts[slot] + rng.random(len(slot)) * lived.interval_s)
        handle = rng.exponential(size=len(slot)) * lived.handle_s[slot]
        patience = rng.exponential(size=len(slot)) * lived.patience_s[slot]
        whole = np.floor(on_queue[day])
        joins = starts + (1 - (on_queue[day] - whole)) * lived.interval_s  # one more agent for a part of the interval
        moments = np.stack([starts, joins], axis=1).ravel()
        staff = np.stack([whole, whole + 1], axis=1).ravel().astype(np.int64)
        wait, answered = played(arrived, handle, patience, moments, staff)
        inside = wait <= lived.threshold_s
        for row, figures in enumerate((
            answered, answered * inside, 1 - answered, (1 - answered) * inside, wait * answered, wait * (1 - answered), handle * answered,
        )):  # fmt: skip
            out[row, day] = np.bincount(slot, figures, slots)
    answers, in_time, gone, gone_in_time = (out[row].astype(np.int64) for row in range(4))
    shape = (days, slots)
    return Counted(
        counts, answers, in_time, gone, gone_in_time, out[4], out[5], out[6], np.broadcast_to(lived.forecast, shape), np.broadcast_to(lived.planned, shape),
        lost["absence"], lost["adherence"], lost["systems"], on_queue,
    )  # fmt: skip


def rate_of(counted: Counted, measure: str) -> float:
    """The measure over everything counted: service level and abandonment of offered, ASA of answered."""
    if measure == "asa_s":
        return float(counted.wait_answered_s.sum() / counted.answered.sum())
    above = counted.answered_within if measure == "service_level" else counted.abandoned
    return float(above.sum() / counted.offered.sum())


def usual_circumstances(rng: np.random.Generator, *, target: float = 0.82) -> Circumstances:
    """A queue of some size with the hills of a working day, staffed for a service level."""
    slots = 24
    hour = 8 + np.arange(slots) / 2
    hills = (
        0.35
        + np.exp(-(((hour - rng.uniform(10, 11.5)) / 1.8) ** 2))
        + rng.uniform(0.5, 0.9) * np.exp(-(((hour - 15.5) / 2) ** 2))
    )
    handle = rng.uniform(180, 540)
    load = np.exp(rng.uniform(np.log(6), np.log(70)))  # contacts at work at once, on average
    offered = hills / hills.mean() * load * 1800 / handle
    patience = np.exp(rng.uniform(np.log(60), np.log(360)))
    wanted = np.asarray(min_agents(offered / 1800, handle, patience, target=target), dtype=np.float64)
    every = np.ones(slots)
    absence, adherence, systems = rng.uniform(0.04, 0.08), rng.uniform(0.04, 0.08), rng.uniform(0.005, 0.015)
    planned = wanted / (1 - absence - adherence - systems)
    return Circumstances(
        offered, offered * rng.uniform(0.98, 1.02), every * handle, every * patience, planned, every * absence, every * adherence, every * systems
    )  # fmt: skip


# What each kind of circumstance does; every factor is one driver of the split.
KINDS = (
    "forecast_miss", "plan_volume", "shape", "handle", "planned_staff", "absence", "adherence", "systems", "patience",
)  # fmt: skip
SIZES: Mapping[str, tuple[float, float]] = {
    "forecast_miss": (0.10, 0.22), "plan_volume": (0.10, 0.22), "shape": (0.30, 0.60), "handle": (0.10, 0.22), "planned_staff": (0.10, 0.18),
    "absence": (0.08, 0.16), "adherence": (0.08, 0.16), "systems": (0.08, 0.16), "patience": (0.8, 2.0),
}  # fmt: skip


def changed(usual: Circumstances, kind: str, size: float) -> Circumstances:
    """The circumstances with one of them changed by a size, as a share of what it was, or of planned time."""
    if kind == "forecast_miss":
        return replace(usual, offered=usual.offered * (1 + size))
    if kind == "plan_volume":
        return replace(usual, offered=usual.offered * (1 + size), forecast=usual.forecast * (1 + size))
    if kind == "shape":  # hills grow at the cost of the plains; the day has as many
        steep = usual.offered * (usual.offered / usual.offered.mean()) ** size
        return replace(usual, offered=steep * usual.offered.sum() / steep.sum())
    if kind == "handle":
        return replace(usual, handle_s=usual.handle_s * (1 + size))
    if kind == "planned_staff":
        return replace(usual, planned=usual.planned * (1 - size))
    if kind == "patience":
        return replace(usual, patience_s=usual.patience_s * (1 + size))
    if kind == "absence":
        return replace(usual, absence=usual.absence + size)
    if kind == "adherence":
        return replace(usual, adherence=usual.adherence + size)
    return replace(usual, systems=usual.systems + size)


def all_changed(usual: Circumstances, sizes: Mapping[str, float]) -> Circumstances:
    """Several circumstances changed, one after another."""
    lived = usual
    for kind in KINDS:  # one order for all
        if kind in sizes:
            lived = changed(lived, kind, sizes[kind])
    return lived


def true_parts(
    usual: Circumstances, sizes: Mapping[str, float], measure: str, *, seed: int, days: int
) -> dict[str, float]:
    """What each planted circumstance does to the measure: every combination played with the same chance, split by Shapley."""
    kinds = [kind for kind in KINDS if kind in sizes]
    values: dict[frozenset[str], float] = {}
    for count in range(len(kinds) + 1):
        for chosen in combinations(kinds, count):
            lived = all_changed(usual, {kind: sizes[kind] for kind in chosen})
            values[frozenset(chosen)] = rate_of(days_of(lived, days, np.random.default_rng(seed), steady=True), measure)
    parts = {}
    for kind in kinds:
        others = [k for k in kinds if k != kind]
        parts[kind] = sum(
            (values[frozenset(chosen) | {kind}] - values[frozenset(chosen)]) / (len(kinds) * comb(len(others), size))
            for size in range(len(kinds))
            for chosen in combinations(others, size)
        )
    return parts
