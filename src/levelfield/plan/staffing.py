"""What a promise about a queue takes in people, by the queueing model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.queueing import min_agents
from levelfield.words import Refusal

Floats = npt.NDArray[np.float64]

QUEUE_MEASURES = {"service_level": "service_level", "abandonment": "abandonment", "asa": "asa_s"}
EDGE = 0.01  # a share this near to 0 or 1 asks for a staffing no day has


@dataclass(frozen=True)
class QueueDay:
    """One queue on a usual day. Shapes: (slots,). Unit: contacts a slot, seconds."""

    contacts: Floats
    slot_s: Floats
    handle_s: Floats
    patience_s: float
    threshold_s: float
    starts: tuple[str, ...]  # times of day, such as 10:30


@dataclass(frozen=True)
class Staffing:
    """Agents more over a usual day."""

    most: int  # in the slot that needs most
    at: str
    hours: float
    sentence: str


def staffing(queues: Sequence[QueueDay], *, measure: str, baseline: float, target: float) -> Staffing | None:
    """Agents for the target less agents for the baseline, queue by queue and slot by slot of a usual day, added up.

    Unit: shares 0 to 1, seconds. None where the model cannot tell: another measure, no contacts, a level that no staffing
    reaches. Source: Erlang A (docs/how-to/explain-a-change.md).
    """
    named = QUEUE_MEASURES.get(measure)
    if named is None:
        return None
    more: dict[str, int] = {}
    hours = 0.0
    for queue in queues:
        keep = (queue.contacts > 0) & (queue.handle_s > 0) & (queue.slot_s > 0) & np.isfinite(queue.contacts) & np.isfinite(queue.handle_s)  # fmt: skip
        if not keep.any() or not queue.patience_s > 0:
            continue
        rate, handle = queue.contacts[keep] / queue.slot_s[keep], queue.handle_s[keep]
        try:
            before, after = (
                min_agents(rate, handle, queue.patience_s, target=_inside(x, named), threshold_s=queue.threshold_s, measure=named)
                for x in (baseline, target)
            )  # fmt: skip
        except Refusal:
            return None
        extra = np.asarray(after - before)
        hours += float(np.sum(extra * queue.slot_s[keep]) / 3600)
        for start, n in zip(np.asarray(queue.starts)[keep], extra, strict=True):
            more[str(start)] = more.get(str(start), 0) + int(n)
    if not more:
        return None
    at = max(more, key=lambda start: (more[start], start))
    most = more[at]
    if most <= 0:
        return Staffing(most, at, hours, "By the queueing model it takes no agent more on a usual day.")
    said = (
        f"By the queueing model it takes up to {most} agent{'s' if most != 1 else ''} more (at {at}), "
        f"{hours:.0f} hour{'s' if round(hours) != 1 else ''} of work more on a usual day, unless handle time or volume changes."
    )
    return Staffing(most, at, hours, said)


def _inside(x: float, named: str) -> float:
    return max(x, 0.5) if named == "asa_s" else min(max(x, EDGE), 1 - EDGE)
