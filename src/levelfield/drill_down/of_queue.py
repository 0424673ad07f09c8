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
from levelfield.queueing import Attribution, Workload, attribute_queue, patience_from_totals
from levelfield.queueing.attributing import typical

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FEWEST_OFFERED = 30  # a queue with fewer in a span is not modelled
HARDLY = 0.02  # a queue with less of the change than that is not told apart


@dataclass(frozen=True)
class QueueFigures:
    """The intervals of one queue over one span, each `(n,)`, and what the measure says of it."""

    numerator: float  # of the measure, exactly as it is defined
    denominator: float
    day: Ints
    slot: Ints  # of the week: weekday and time of day
    offered: Floats
    forecast: Floats  # nan where none was locked
    handled_s: float  # all handling time
    answered: float
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
    if not math.isfinite(pooled) or before.answered < FEWEST_OFFERED or after.answered < FEWEST_OFFERED:
        return None
    patience = [patience_from_totals(side.waited_s, side.abandoned) for side in (before, after)]
    if not _apart(before, after):
        patience = [pooled, pooled]
    usual = typical(before.offered, before.slot, wanted)
    sides = [_workload(side, wanted, p, usual) for side, p in zip((before, after), patience, strict=True)]
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
        observed_before=before.rate / scale, observed_after=after.rate / scale,
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


def _workload(side: QueueFigures, wanted: Ints, patience: float, usual: Floats) -> Workload:
    """The typical week of a span, over the slots both spans have."""
    offered = typical(side.offered, side.slot, wanted)
    offered = _shrunk(offered, usual, side, wanted)
    n = np.ones(len(wanted))
    lost = {}
    for name, part in (("absence", side.absent), ("systems", side.down)):
        lost[name] = typical(
            np.divide(part, side.scheduled, out=np.full(len(part), np.nan), where=side.scheduled > 0), side.slot, wanted
        )
    away = side.scheduled - side.adhered - side.absent - side.down
    lost["adherence"] = typical(
        np.divide(np.maximum(away, 0), side.scheduled, out=np.full(len(away), np.nan), where=side.scheduled > 0),
        side.slot,
        wanted,
    )
    return Workload(
        offered, n * side.handled_s / side.answered, n * patience, typical(side.agents, side.slot, wanted), typical(side.forecast, side.slot, wanted),
        lost["absence"], lost["adherence"], lost["systems"], wanted // SLOTS_OF_DAY, wanted % SLOTS_OF_DAY,
    )  # fmt: skip


def _shrunk(offered: Floats, usual: Floats, side: QueueFigures, wanted: Ints) -> Floats:
    """Contacts by slot with as much of their own shape as is more than counting's chance, else the usual shape."""
    weeks = typical_count(side.slot, wanted)
    total = float((offered * weeks).sum())
    shape = usual / usual.sum() if usual.sum() > 0 else np.full(len(usual), 1 / len(usual))
    day = wanted // SLOTS_OF_DAY
    expected = np.zeros_like(offered)
    for number in np.unique(day):
        own = day == number
        part = usual[own].sum()
        if part > 0:
            expected[own] = usual[own] * (offered[own].sum() / part)
        else:
            expected[own] = offered[own]
    counted, model = offered * weeks, expected * weeks
    known = model > 0
    if total <= 0 or known.sum() < 2 or not shape.any():
        return offered
    excess = float(((counted - model)[known] ** 2 - model[known]).sum() / (model[known] ** 2).sum())
    if excess <= 0:
        return expected
    keep = np.zeros_like(offered)
    keep[known] = excess * model[known] / (1 + excess * model[known])
    return expected + keep * (offered - expected)


def typical_count(slot: Ints, wanted: Ints) -> Floats:
    """How often each wanted slot was there."""
    names, counts = np.unique(slot, return_counts=True)
    place = np.clip(np.searchsorted(names, wanted), 0, len(names) - 1)
    found: Floats = np.where(names[place] == wanted, counts[place], 0).astype(np.float64)
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
