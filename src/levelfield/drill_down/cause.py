"""One place that carries a change, with how sure it is and what else it might have been."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """A conjunction of attributes whose leaves share one shift."""

    where: Mapping[str, str]  # attribute -> value
    change: float  # what it adds to the total: actual minus expected; of a rate, in the unit of the whole rate
    share: float  # of the whole change; may exceed 1 or be negative where parts offset each other
    shift: float  # of additive figures actual / expected − 1; of rates, rate minus baseline rate within
    leaves: int
    certainty: float  # 0 to 1: that these leaves differ from the others at all, after all places that were looked at
    gain: float  # evidence in nats after the price of having looked everywhere
    runner_up: Mapping[str, str] | None  # the next best place for the same leaves
    runner_up_odds: float  # how much less likely the runner-up is (0 to 1); 0 where there is none


class Causes(list[Cause]):
    """The causes, best first; empty where there is none. `notes` says what was handled on the way."""

    def __init__(self, causes: Iterable[Cause] = (), *, notes: Iterable[str] = (), change: float = 0.0) -> None:
        super().__init__(causes)
        self.notes = tuple(notes)
        self.change = change  # of the whole: actual minus expected
