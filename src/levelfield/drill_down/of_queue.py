"""A change of waiting, service level or abandonment over many queues: what moved between them, and what moved in each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.explanation import Contribution, Place, largest_first
from levelfield.drill_down.owners import DRIVERS
from levelfield.queueing import (
    Attribution,
    Workload,
    attribute_queue,
    own_shape,
    patience_from_totals,
    typical,
    within_chance,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FEWEST_OFFERED = 30  # a queue with fewer in a span is not modelled


@dataclass(frozen=True)
class QueueFigures:
    """The intervals of one queue over one span, each `(n,)`, and what the measure says of it."""

    numerator: float  # of the measure, exactly as it is defined
    denominator: float
    day: Ints
    slot: Ints  # of the week: weekday and time of day
    offered: Floats
    forecast: Floats  # nan where none was locked
    handled_s: Floats  # handling time of the interval's contacts
    answered: Floats
    waited_s: float  # all waits, of answered and of those who gave up
    abandoned: float
    agents: Floats
    scheduled: Floats  # of the day, any unit; nan where not delivered
    adhered: Floats
    absent: Floats
    down: Floats  # lost to systems
    interval_s: float
    threshold_s: float

    @property
    def rate(self) -> float:
        """The measure of the queue."""
        return self.numerator / self.denominator if self.denominator else math.nan


@dataclass(frozen=True)
class OfQueue:
    """One queue's part in the change."""

    place: Place
    weight: float  # mean part of both spans in the whole
    mix: float
    found: Attribution | None  # None where it could not be modelled
    change: float  # of its own rate
    slots_per_hour: float


SLOTS_OF_DAY = 1000  # a slot of the week is weekday times this plus the number of the interval


def explain_queues(
    queues: Mapping[Place, tuple[QueueFigures, QueueFigures]], measure: str, *, opens: Mapping[Place, float] | None = None
) -> tuple[tuple[Contribution, ...], tuple[OfQueue, ...], tuple[str, ...]]:  # fmt: skip
    """Contributions by driver, each with its queues as parts, and what could not be modelled.

    `queues`: before and after of each. `measure`: one of `levelfield.queueing.attributing.MEASURES`. `opens`: hour of the
    first interval, for words. What a queue gained or lost of the work is mix; its own change is split by Erlang A. Contributions
    plus the unexplained sum to the change of the whole ratio, in the measure's unit before `times`.
    """
    notes: list[str] = []
    before_total = math.fsum(b.denominator for b, _a in queues.values())
    after_total = math.fsum(a.denominator for _b, a in queues.values())
    whole_before = math.fsum(b.numerator for b, _a in queues.values()) / before_total
    whole_after = math.fsum(a.numerator for _b, a in queues.values()) / after_total
    middle = (whole_before + whole_after) / 2
    found: list[OfQueue] = []
    for place, (before, after) in sorted(queues.items()):
        w0, w1 = before.denominator / before_total, after.denominator / after_total
        r0 = before.rate if before.denominator else after.rate
        r1 = after.rate if after.denominator else before.rate
        mix = (w1 - w0) * ((r0 + r1) / 2 - middle)
        own = _attributed(before, after, measure)
        found.append(OfQueue(place, (w0 + w1) / 2, mix, own, r1 - r0, 3600 / after.interval_s))
    missing = [q for q in found if q.found is None and abs(q.change) > 0]
    if missing:
        notes.append(
            f"{len(missing)} of {len(found)} queues have too few contacts, or nobody known to answer them; their change stays unexplained."
        )
    for text in sorted({note for q in found if q.found is not None for note in q.found.notes}):
        notes.append(text)
    return _by_driver(found, opens or {}), tuple(found), tuple(notes)


def _attributed(before: QueueFigures, after: QueueFigures, measure: str) -> Attribution | None:
    if min(before.offered.sum(), after.offered.sum(), before.denominator, after.denominator) < FEWEST_OFFERED:
        return None
    wanted = np.unique(after.slot[after.offered > 0])
    wanted = wanted[np.isin(wanted, before.slot)]
    if not len(wanted):
        return None
    pooled = patience_from_totals(before.waited_s + after.waited_s, before.abandoned + after.abandoned)
    if not math.isfinite(pooled) or min(before.answered.sum(), after.answered.sum()) < FEWEST_OFFERED:
        return None
    patience = [patience_from_totals(side.waited_s, side.abandoned) for side in (before, after)]
    if not _apart(before, after):
        patience = [pooled, pooled]
    sides = [_workload(side, wanted, p) for side, p in zip((before, after), patience, strict=True)]
    sides[1] = _shaped(before, after, sides, wanted)
    if any(not np.isfinite(side.agents).all() for side in sides):
        return None
    known = [np.isfinite(side.forecast).all() if side.forecast is not None else False for side in sides]
    if not all(known):
        sides = [_without(side, "forecast") for side in sides]
    for name in ("absence", "adherence", "systems"):
        if any(getattr(side, name) is None or not np.isfinite(getattr(side, name)).all() for side in sides):
            sides = [_without(side, name) for side in sides]
    scale = 1000.0 if measure == "asa_s" else 1.0
    return attribute_queue(
        sides[0], sides[1], measure=measure, threshold_s=after.threshold_s, interval_s=after.interval_s,
        observed_before=before.rate / scale, observed_after=after.rate / scale, held=within_chance(_daily(before), _daily(after)),
    )  # fmt: skip


def _without(side: Workload, name: str) -> Workload:
    nothing: dict[str, Any] = {name: None}
    return replace(side, **nothing)


def _apart(before: QueueFigures, after: QueueFigures) -> bool:
    """Did patience change beyond chance? Two means of exponentials differ by the root of the sum of one over each count."""
    if min(before.abandoned, after.abandoned) < 30:
        return False
    ratio = math.log((after.waited_s / after.abandoned) / (before.waited_s / before.abandoned))
    return abs(ratio) > 3 * math.sqrt(1 / before.abandoned + 1 / after.abandoned)


def _workload(side: QueueFigures, wanted: Ints, patience: float) -> Workload:
    """The typical week of a span, over the slots both spans have."""
    n = np.ones(len(wanted))
    absence, adherence, systems = (typical(part, side.slot, wanted) for part in _lost(side))
    return Workload(
        typical(side.offered, side.slot, wanted), n * float(side.handled_s.sum() / side.answered.sum()), n * patience,
        typical(side.agents, side.slot, wanted), typical(side.forecast, side.slot, wanted), absence, adherence, systems,
        wanted // SLOTS_OF_DAY, wanted % SLOTS_OF_DAY,
    )  # fmt: skip


def _lost(side: QueueFigures) -> tuple[Floats, Floats, Floats]:
    """Shares of scheduled time lost: to absence, away from the schedule, to systems; nan where nothing was scheduled."""
    away = np.maximum(side.scheduled - side.adhered - side.absent - side.down, 0)
    absence, adherence, systems = (_ratio(part, side.scheduled) for part in (side.absent, away, side.down))
    return absence, adherence, systems


def _shaped(before: QueueFigures, after: QueueFigures, sides: Sequence[Workload], wanted: Ints) -> Workload:
    """After, with as much of a shape of its own as its counts bear out; a short span's ripple is not a new shape."""
    weeks = [_most_often(side.slot, wanted) for side in (before, after)]
    counted, usual = sides[1].offered * weeks[1], sides[0].offered * weeks[0]
    return replace(
        sides[1], offered=own_shape(counted, usual, wanted // SLOTS_OF_DAY, wanted % SLOTS_OF_DAY) / weeks[1]
    )


def _most_often(slot: Ints, wanted: Ints) -> float:
    """How many weeks a span has, by its most usual slot."""
    _names, counts = np.unique(slot[np.isin(slot, wanted)], return_counts=True)
    return float(counts.max())


def _daily(side: QueueFigures) -> Mapping[str, Floats]:
    """The day's value of every input that varies by chance."""
    _days, back = np.unique(side.day, return_inverse=True)

    def whole(figures: Floats) -> Floats:
        return np.asarray(np.bincount(back, figures), dtype=np.float64)

    ones = whole(np.ones(len(back)))
    lost = dict(zip(("absence", "adherence", "systems"), (whole(part) / ones for part in _lost(side)), strict=True))
    return {
        "forecast_miss": _ratio(whole(side.offered), whole(side.forecast)),
        "handle": _ratio(whole(side.handled_s), whole(side.answered)),
        **lost,
    }


def _ratio(above: Floats, below: Floats) -> Floats:
    found: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return found


def _by_driver(found: Sequence[OfQueue], opens: Mapping[Place, float]) -> tuple[Contribution, ...]:
    """One contribution per driver, with the queues as its parts; the mix is one of them."""
    parts: dict[str, list[Contribution]] = {}
    for queue in found:
        if queue.mix:
            parts.setdefault("mix", []).append(_part("mix", queue, queue.mix, opens, None))
        if queue.found is None:
            continue
        scale = 1000.0 if queue.found.measure == "asa_s" else 1.0
        for driver in queue.found.drivers:
            parts.setdefault(driver.name, []).append(
                _part(driver.name, queue, queue.weight * driver.amount * scale, opens, (driver.before, driver.after))
            )
    whole = [
        Contribution(
            name, DRIVERS[name].words, DRIVERS[name].owner, math.fsum(p.amount for p in own), evidence=_evidence(own),
            needed=_needed_words(own), parts=largest_first(own),
        )
        for name, own in parts.items()
    ]  # fmt: skip
    return largest_first(whole)


def _part(
    name: str, queue: OfQueue, amount: float, opens: Mapping[Place, float], inputs: tuple[float, float] | None
) -> Contribution:
    words = DRIVERS[name]
    said = ""
    if inputs is not None:
        said = _moved(name, *inputs)
    needed = ""
    if (
        queue.found is not None
        and queue.found.needed is not None
        and name != "mix"
        and queue.found.drivers
        and queue.found.drivers[0].name == name
    ):
        need = queue.found.needed
        start = opens.get(queue.place, 0.0)
        first, last = (
            start + need.first_slot / queue.slots_per_hour,
            start + (need.last_slot + 1) / queue.slots_per_hour,
        )
        needed = f"{need.agents} more agent{'s' if need.agents != 1 else ''} between {_clock(first)} and {_clock(last)}"
    return Contribution(name, words.words, words.owner, amount, queue.place, evidence=said, needed=needed)


def _clock(hour: float) -> str:
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"


def _moved(name: str, before: float, after: float) -> str:
    """How an input moved, in words."""
    if name in {"absence", "adherence", "systems"}:
        return f"{before:.1%} of scheduled time before, {after:.1%} after"
    if name == "forecast_miss":
        return f"{_signed(before - 1)} beyond the locked forecast before, {_signed(after - 1)} after"
    if name in {"handle", "patience"}:
        return f"{before:.0f} s before, {after:.0f} s after"
    if name in {"planned_staff", "staff"}:
        return f"{before:.1f} agents before, {after:.1f} after"
    if name in {"volume", "plan_volume"}:
        return f"{_signed(after / before - 1)} contacts" if before else ""
    return ""


def _signed(share: float) -> str:
    return f"{'+' if share >= 0 else '−'}{abs(share):.0%}"


def _evidence(parts: Sequence[Contribution]) -> str:
    """The largest queue's input, named."""
    first = max(parts, key=lambda p: abs(p.amount))
    place = ", ".join(label for _d, label in first.where)
    return f"{place}: {first.evidence}" if first.evidence and place else first.evidence


def _needed_words(parts: Sequence[Contribution]) -> str:
    with_need = [p for p in parts if p.needed]
    if not with_need:
        return ""
    first = max(with_need, key=lambda p: abs(p.amount))
    return f"{first.needed} at {', '.join(label for _d, label in first.where)}"
