"""One handling beside earlier ones of the same partner and those of others: a place among them, never a name."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from levelfield.scenarios.handled import Handling

FEWEST_TO_COMPARE = 3  # fewer are anecdotes; and of two others, each could work out the other's figure
SURELY = 2.0  # standard errors of the difference: nearer ones count as alike


@dataclass(frozen=True)
class Beside:
    """A handling among a group: the places it may have, 1 the smoothest, and the middle of the group."""

    of: int  # in the group, itself not counted
    first: int
    last: int
    middle: float  # of their effects, in `by`
    periods_middle: float | None  # to be as usual again; None where half of them are still out


@dataclass(frozen=True)
class Comparison:
    """How a handling compares; None where there are too few to compare with. `by` says in what."""

    own: float | None
    by: str  # times the expected effect, or usual spreads
    others: Beside | None
    past: Beside | None
    sentence: str


def compared(own: Handling, past: Sequence[Handling], others: Sequence[Handling]) -> Comparison:
    """Place a handling among earlier ones of the same partner and among those of others in the same circumstance.

    Compared is the effect as a multiple of what the load let expect where that is known for this one and for 3 of a
    group; else the effect in usual spreads, above zero where worse. Effects that differ by less than 2 standard errors
    are alike, so that a place is a range. Refuses: nothing; too few, or an effect that is not known, say so in words.
    Assumes: periods are independent, so that ranges are too narrow where they are not.

    >>> from levelfield.scenarios.handled import handling
    >>> usual = dict(usual=80, spread=2, start=2, end=6, better="higher")
    >>> small, large = (handling([80, 80, *[80 - drop] * 4, 80, 80], **usual) for drop in (3, 12))
    >>> compared(small, [], [large, large, large]).sentence
    'Beside 3 others: place 1 of 4, 1 being the smoothest. Beside earlier times: cannot be compared, fewer than 3 are known.'
    """
    if own.size is None:
        return Comparison(None, "", None, None, "Cannot be compared: how it is handled is not known.")
    groups = {"others": list(others), "past": list(past)}
    by_ratio = own.ratio is not None and any(_enough(all_of, _ratio) for all_of in groups.values())
    value = _ratio if by_ratio else _size
    beside = {name: _beside(own, all_of, value) for name, all_of in groups.items()}
    sentence = " ".join((_told("others", beside["others"]), _told("earlier times", beside["past"])))
    by = "times the expected effect" if by_ratio else "usual spreads"
    return Comparison(value(own), by, beside["others"], beside["past"], sentence)


Value = Callable[[Handling], float | None]


def _beside(own: Handling, group: Sequence[Handling], value: Value) -> Beside | None:
    if not _enough(group, value):
        return None
    known = [(found, one) for one in group if (found := value(one)) is not None]
    mine, error = value(own) or 0.0, _error(own, value)
    smoother = alike = 0
    for found, one in known:
        apart = SURELY * math.hypot(error, _error(one, value))
        smoother += mine - found > apart
        alike += abs(mine - found) <= apart
    waits = [math.inf if one.periods_to_recover is None else float(one.periods_to_recover) for _, one in known]
    wait = (
        sorted(waits)[len(waits) // 2] if len(waits) % 2 else float(np.mean(sorted(waits)[len(waits) // 2 - 1 :][:2]))
    )
    middle = float(np.median([found for found, _ in known]))
    return Beside(len(known), 1 + smoother, 1 + smoother + alike, middle, wait if math.isfinite(wait) else None)


def _enough(group: Sequence[Handling], value: Value) -> bool:
    return sum(value(one) is not None for one in group) >= FEWEST_TO_COMPARE


def _size(one: Handling) -> float | None:
    return one.size


def _ratio(one: Handling) -> float | None:
    return one.ratio


def _error(one: Handling, value: Value) -> float:
    """The standard error of what is compared."""
    spreads = 1 / math.sqrt(max(one.n, 1))
    if value is _size or one.expected is None:
        return spreads
    return spreads * one.spread / abs(one.expected)


def _told(group: str, beside: Beside | None) -> str:
    if beside is None:
        return f"Beside {group}: cannot be compared, fewer than {FEWEST_TO_COMPARE} are known."
    place = f"{beside.first}" if beside.first == beside.last else f"{beside.first} to {beside.last}"
    return f"Beside {beside.of} {group}: place {place} of {beside.of + 1}, 1 being the smoothest."
