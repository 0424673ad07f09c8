"""A change of waiting, service level or abandonment, split among what a queue depends on: drivers that sum to it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from levelfield.queueing.erlang import QueueState, erlang_a
from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]

# Who could have done otherwise; an argument may say so differently for one queue.
OWNERS: Mapping[str, str] = {
    "plan_volume": "client", "forecast_miss": "client", "volume": "client", "shape": "outside", "handle": "shared", "planned_staff": "partner",
    "staff": "partner", "absence": "partner", "adherence": "partner", "systems": "client", "patience": "outside",
}  # fmt: skip

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
    "asa_s": lambda s, n: (n * _of_answered(s) * np.nan_to_num(s.asa_s), n * _of_answered(s)),
}
BETTER_LOWER = {"abandonment", "asa_s"}
STRETCH = 0.7  # share of the harm the hours that are named must hold
MOST_MORE = 2.0  # times the staff there is; more would be another queue


@dataclass(frozen=True)
class Workload:
    """What a queue was given over some intervals, each `(n,)`; optional parts are None where they are not known.

    `agents` are those on the queue. `absence`, `adherence` and `systems` are shares of planned time lost.
    `day` numbers the days: volume is split into the day's total and its shape. `slot` numbers the time of day.
    """

    offered: Floats
    handle_s: Floats
    patience_s: Floats
    agents: Floats
    forecast: Floats | None = None
    absence: Floats | None = None
    adherence: Floats | None = None
    systems: Floats | None = None
    day: npt.NDArray[np.int64] | None = None
    slot: npt.NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Driver:
    """One thing a queue depends on, and what its change did to the measure."""

    name: str
    owner: str
    amount: float
    before: float  # of the input, over all intervals
    after: float


@dataclass(frozen=True)
class Needed:
    """What it would have taken to be as before: so many agents more in these slots of every day, first and last."""

    agents: int
    first_slot: int
    last_slot: int


@dataclass(frozen=True)
class Attribution:
    """A change as drivers and what the model does not explain; they sum to it."""

    measure: str
    before: float  # observed
    after: float
    modelled_before: float
    modelled_after: float
    drivers: tuple[Driver, ...]  # largest first
    needed: Needed | None
    notes: tuple[str, ...]

    @property
    def change(self) -> float:
        """Observed, after minus before."""
        return self.after - self.before

    @property
    def unexplained(self) -> float:
        """What the model leaves."""
        return self.change - math.fsum(d.amount for d in self.drivers)


def attribute_queue(
    before: Workload, after: Workload, *, measure: str = "service_level", threshold_s: float = 20.0, interval_s: float = 1800.0,
    observed_before: float | None = None, observed_after: float | None = None, owners: Mapping[str, str] | None = None,
) -> Attribution:  # fmt: skip
    """Split the change of a queue between two aligned sets of intervals among its drivers, by Shapley over counterfactuals.

    Shapes: both sides have the same slots, `(n,)` each. Unit: of the measure (share, or seconds). Every driver takes its
    value of before or of after, all combinations are computed by Erlang A, and each driver gets its mean part over all
    orders. Without an observed value the model's own stands for it, and nothing is left unexplained. Drivers whose inputs
    are missing on a side are told as the coarser one: volume for forecast, staff for planning and absence.
    Refuses: sides of different length, unknown measures, owners of unknown drivers, what `erlang_a` refuses.
    Source: Shapley (1953); of counterfactual models: Shorrocks (2013), doi:10.1007/s10888-011-9214-z.

    >>> from dataclasses import replace
    >>> n = np.full(4, 100.0)
    >>> usual = Workload(n, n * 0 + 300, n * 0 + 180, n * 0 + 19)
    >>> found = attribute_queue(usual, replace(usual, offered=n * 1.2))
    >>> [(d.name, round(d.amount, 3)) for d in found.drivers]
    [('volume', -0.23)]
    """
    if measure not in MEASURES:
        raise Refusal(
            f"“{measure}” is not a measure of a queue", expected=", ".join(MEASURES), kind=RefusalKind.DEFINITION
        )
    if len(before.offered) != len(after.offered):
        raise Refusal(
            f"before has {len(before.offered)} intervals and after {len(after.offered)}", where="attribution",
            expected="the same slots on both sides", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    whose = dict(OWNERS)
    for name, owner in (owners or {}).items():
        if name not in OWNERS:
            raise Refusal(f"“{name}” is not a driver", expected=", ".join(OWNERS), kind=RefusalKind.DEFINITION)
        whose[name] = owner
    notes: list[str] = []
    old, new = _factors(before, after, notes)
    names = [name for name in old if not np.allclose(old[name], new[name], rtol=1e-9, atol=1e-12)]
    values = _all_combinations(old, new, names, measure, threshold_s, interval_s)
    amounts = _shapley(values, len(names))
    modelled_before, modelled_after = float(values[0]), float(values[-1])
    seen_before = modelled_before if observed_before is None else observed_before
    seen_after = modelled_after if observed_after is None else observed_after
    drivers = [
        Driver(name, whose[name], float(amount), *(_told(side, name) for side in (old, new)))
        for name, amount in zip(names, amounts, strict=True)
    ]
    return Attribution(
        measure, seen_before, seen_after, modelled_before, modelled_after, tuple(sorted(drivers, key=lambda d: -abs(d.amount))),
        _needed(after, old, new, measure, threshold_s, interval_s, modelled_before), tuple(notes),
    )  # fmt: skip


def _factors(before: Workload, after: Workload, notes: list[str]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """The inputs of both sides as factors: volume is their product, staff the planned less what is lost."""
    sides: list[dict[str, Floats]] = []
    has_forecast = before.forecast is not None and after.forecast is not None
    lost = [
        n
        for n in ("absence", "adherence", "systems")
        if getattr(before, n) is not None and getattr(after, n) is not None
    ]
    if not has_forecast:
        notes.append("Without a locked forecast on both sides volume is one driver.")
    if not lost:
        notes.append("Without schedules on both sides staff is one driver.")
    for own in (before, after):
        day = own.day if own.day is not None else np.arange(len(own.offered))
        _days, back = np.unique(day, return_inverse=True)
        totals = np.asarray(np.bincount(back, own.offered), dtype=np.float64)[back]
        factors: dict[str, Floats] = {}
        if has_forecast and own.forecast is not None:
            plan = np.asarray(np.bincount(back, own.forecast), dtype=np.float64)[back]
            factors["plan_volume"] = plan
            with np.errstate(divide="ignore", invalid="ignore"):
                factors["forecast_miss"] = np.where(plan > 0, totals / plan, 1.0)
        else:
            factors["volume"] = totals
        with np.errstate(divide="ignore", invalid="ignore"):
            factors["shape"] = np.where(totals > 0, own.offered / totals, 0.0)
        factors["handle"], factors["patience"] = (
            np.broadcast_to(np.asarray(x, dtype=np.float64), own.offered.shape) for x in (own.handle_s, own.patience_s)
        )
        away = np.zeros_like(own.offered)
        for name in lost:
            share = np.asarray(getattr(own, name), dtype=np.float64)
            factors[name] = np.clip(share, 0.0, 0.95)
            away = away + factors[name]
        kept = np.maximum(1 - away, 0.05)
        factors["planned_staff" if lost else "staff"] = own.agents / kept if lost else own.agents
        sides.append(factors)
    return sides[0], sides[1]


LEAST_AGENTS = 0.05  # an interval nobody works in still has a state


def _world(factors: Mapping[str, Floats]) -> tuple[Floats, Floats, Floats, Floats]:
    """Offered, handling, patience and agents of one combination."""
    offered = factors["shape"] * (
        factors["volume"] if "volume" in factors else factors["plan_volume"] * factors["forecast_miss"]
    )
    if "staff" in factors:
        agents = factors["staff"]
    else:
        away = sum((factors[n] for n in ("absence", "adherence", "systems") if n in factors), np.zeros_like(offered))
        agents = factors["planned_staff"] * np.maximum(1 - away, 0.05)
    return offered, factors["handle"], factors["patience"], np.maximum(agents, LEAST_AGENTS)


def _all_combinations(
    old: Mapping[str, Floats],
    new: Mapping[str, Floats],
    names: list[str],
    measure: str,
    threshold_s: float,
    interval_s: float,
) -> Floats:
    """The measure for every subset of drivers taken from after; the bits of the position name them."""
    many = 1 << len(names)
    stacked: list[list[Floats]] = [[], [], [], []]
    for subset in range(many):
        factors = dict(old) | {name: new[name] for bit, name in enumerate(names) if subset >> bit & 1}
        for part, values in zip(stacked, _world(factors), strict=True):
            part.append(values)
    offered, handle, patience, agents = (np.concatenate(part) for part in stacked)
    state = erlang_a(offered / interval_s, handle, patience, agents, threshold_s)
    return _measured(state, offered, measure, many)


def _measured(state: QueueState, offered: Floats, measure: str, many: int) -> Floats:
    """The measure of each of `many` worlds: sums over intervals, then divided."""
    with np.errstate(invalid="ignore"):
        above, below = (np.nan_to_num(part).reshape(many, -1).sum(axis=1) for part in MEASURES[measure](state, offered))
    found: Floats = above / below
    return found


def _shapley(values: Floats, k: int) -> Floats:
    """Each driver's mean part over all orders, from the values of all subsets."""
    amounts = np.zeros(k)
    for bit in range(k):
        others = [b for b in range(k) if b != bit]
        for size in range(k):
            weight = 1 / (k * math.comb(k - 1, size))
            for chosen in combinations(others, size):
                base = sum(1 << b for b in chosen)
                amounts[bit] += weight * (values[base | 1 << bit] - values[base])
    return amounts


def _told(side: Mapping[str, Floats], name: str) -> float:
    """An input over all intervals, as a person would name it: weighted by what comes."""
    own = side[name]
    if name in {"volume", "plan_volume"}:
        return float((own * side["shape"]).sum())
    weight = side["shape"] * (side["volume"] if "volume" in side else side["plan_volume"])
    return float(np.average(own, weights=weight)) if weight.sum() > 0 else float(own.mean())


def _needed(
    after: Workload,
    old: Mapping[str, Floats],
    new: Mapping[str, Floats],
    measure: str,
    threshold_s: float,
    interval_s: float,
    aim: float,
) -> Needed | None:
    """The fewest agents more, in the shortest hours that hold most of the harm, that bring the model back to before."""
    if after.slot is None:
        return None
    sides = []
    for factors in (old, new):
        offered, handle, patience, agents = _world(factors)
        state = erlang_a(offered / interval_s, handle, patience, agents, threshold_s)
        with np.errstate(invalid="ignore"):
            above, below = (np.nan_to_num(part) for part in MEASURES[measure](state, offered))
        sides.append(above / np.maximum(below, 1e-12))
    offered, handle, patience, agents = _world(new)
    harm = (sides[1] - sides[0]) * offered * (1 if measure in BETTER_LOWER else -1)
    slots = np.unique(after.slot)
    by_slot = np.array([harm[after.slot == s].sum() for s in slots])
    if by_slot.sum() <= 0:
        return None
    first, last = _shortest(np.maximum(by_slot, 0), STRETCH)
    inside = (after.slot >= slots[first]) & (after.slot <= slots[last])

    def reached(more: int) -> bool:
        state = erlang_a(offered / interval_s, handle, patience, agents + np.where(inside, more, 0), threshold_s)
        value = float(_measured(state, offered, measure, 1)[0])
        return value <= aim if measure in BETTER_LOWER else value >= aim

    most = max(2, math.ceil(MOST_MORE * float(agents[inside].max())))
    if not reached(most):
        first, last = 0, len(slots) - 1
        inside = np.ones(len(offered), dtype=bool)
        if not reached(most):
            return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return Needed(high, int(slots[first]), int(slots[last]))


def _shortest(weights: Floats, share: float) -> tuple[int, int]:
    """The shortest run of neighbours that holds a share of the whole; of equal ones the heaviest."""
    total = np.concatenate([[0.0], np.cumsum(weights)])
    for length in range(1, len(weights) + 1):
        held = total[length:] - total[:-length]
        best = int(np.argmax(held))
        if held[best] >= share * total[-1]:
            return best, best + length - 1
    return 0, len(weights) - 1


def typical(figures: Floats, slot: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> Floats:
    """The mean of earlier figures at the same slot of the week, for each wanted slot; nan where there was none.

    >>> typical(np.array([10.0, 20.0, 30.0]), np.array([1, 1, 2]), np.array([2, 1, 3]))
    array([30., 15., nan])
    """
    names, back = np.unique(slot, return_inverse=True)
    known = np.isfinite(figures)
    sums = np.bincount(back, np.where(known, figures, 0.0), minlength=len(names))
    counts = np.bincount(back, known, minlength=len(names))
    with np.errstate(invalid="ignore"):
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    place = np.clip(np.searchsorted(names, wanted), 0, len(names) - 1)
    found: Floats = np.where(names[place] == wanted, means[place], np.nan)
    return found
