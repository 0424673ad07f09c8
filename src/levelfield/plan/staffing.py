"""What a promise about a queue takes in people, by the queueing model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.queueing import min_agents
from levelfield.words import Refusal

Floats = npt.NDArray[np.float64]

QUEUE_MEASURES = {"service_level": "service_level", "abandonment": "abandonment", "asa": "asa_s"}
EDGE = 0.01  # a share this near to 0 or 1 asks for a staffing no day has


@dataclass(frozen=True)
class Staffing:
    """Agents more in each slot of a usual day; their hours are counted over the whole day."""

    more: npt.NDArray[np.int64]  # (slots,)
    hours: float
    most: int
    sentence: str


def staffing(
    contacts: npt.ArrayLike, slot_s: npt.ArrayLike, handle_s: npt.ArrayLike, patience_s: float, *, measure: str, baseline: float, target: float,
    threshold_s: float, starts: list[str],
) -> Staffing | None:  # fmt: skip
    """Agents for the target less agents for the baseline, slot by slot of a usual day.

    Shapes: contacts, slot_s and handle_s (slots,), `starts` their times of day. Unit: shares 0 to 1, seconds. None where the
    model cannot tell: no contacts, a level that no staffing reaches. Source: Erlang A (docs/how-to/explain-a-change.md).
    """
    named = QUEUE_MEASURES.get(measure)
    offered, length, handle = (np.asarray(x, dtype=float) for x in (contacts, slot_s, handle_s))
    keep = (offered > 0) & (handle > 0) & (length > 0) & np.isfinite(offered) & np.isfinite(handle)
    if named is None or not keep.any() or not patience_s > 0:
        return None
    levels = [_inside(x, named) for x in (baseline, target)]
    try:
        agents = [
            np.asarray(
                min_agents(
                    offered[keep] / length[keep],
                    handle[keep],
                    patience_s,
                    target=x,
                    threshold_s=threshold_s,
                    measure=named,
                )
            )
            for x in levels
        ]
    except Refusal:
        return None
    more = np.zeros(len(offered), dtype=np.int64)
    more[keep] = agents[1] - agents[0]
    hours = float(np.sum(more * length) / 3600)
    most = int(np.max(more))
    if most <= 0:
        return Staffing(more, hours, most, "By the queueing model it takes no agent more on a usual day.")
    busiest = [starts[i] for i in np.flatnonzero(more == most)]
    said = (
        f"By the queueing model it takes up to {most} agent{'s' if most != 1 else ''} more (at {busiest[0]}), "
        f"{hours:.0f} hours of work more on a usual day, unless handle time or volume changes."
    )
    return Staffing(more, hours, most, said)


def _inside(x: float, named: str) -> float:
    return max(x, 0.5) if named == "asa_s" else min(max(x, EDGE), 1 - EDGE)
