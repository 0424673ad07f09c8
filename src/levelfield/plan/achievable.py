"""Has it been done? The share of comparable stretches of the past in which a change of this size came in this time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import stats

WINDOW = 4  # weeks of a level: one week is noise
FEWEST = 4  # stretches that do not overlap before a share is told
USUAL = 0.25  # reached in a quarter of the stretches or more: it has been done


class CanDo(StrEnum):
    """Can it be done in that time, as far as the past can tell?"""

    YES = "has been done"
    SELDOM = "seldom done"
    NEVER = "without precedent"
    CANNOT_SAY = "cannot say"


@dataclass(frozen=True)
class PastChange:
    """One stretch: where the level stood, and by how much it moved the better way until the end of the time."""

    where: str
    began: float
    moved: float  # in the better direction


@dataclass(frozen=True)
class Past:
    """The stretches of some series."""

    changes: tuple[PastChange, ...]
    independent: int  # how many of them do not overlap


@dataclass(frozen=True)
class Kept:
    """Earlier promises on the same measure."""

    judged: int = 0
    kept: int = 0


@dataclass(frozen=True)
class Achievable:
    """The verdict with its numbers."""

    can: CanDo
    sentence: str
    share: float | None = None
    low: float | None = None  # 90 %, Jeffreys, of the stretches that do not overlap
    high: float | None = None
    stretches: int = 0


def past_changes(where: str, values: npt.ArrayLike, weeks: int, better: str, from_level: float, room: float) -> Past:
    """Stretches of a series that began as badly as now, and what became of them.

    Shapes: values (n,), oldest first, missing = nan. A stretch counts when the level it began at was no better than
    `from_level` plus `room`: improving from a good level is another task. `better` is higher or lower.

    >>> past_changes("Billing", [5, 5, 5, 5, 8, 8, 8, 8], 4, "higher", 5, 0.5).changes[0].moved
    3.0
    """
    own = np.asarray(values, dtype=float) * (-1 if better == "lower" else 1)
    start = -from_level if better == "lower" else from_level
    sums = np.array([_level(own[i : i + WINDOW]) for i in range(max(0, len(own) - WINDOW + 1))])
    found, free_from, independent = [], 0, 0
    for i in range(len(sums) - weeks):
        begin, end = sums[i], sums[i + weeks]
        if not (np.isfinite(begin) and np.isfinite(end)) or begin > start + room:
            continue
        found.append(PastChange(where, float(begin), float(end - begin)))
        if i >= free_from:
            independent, free_from = independent + 1, i + weeks
    return Past(tuple(found), independent)


def _level(week: npt.NDArray[np.float64]) -> float:
    """The level of some weeks; nan when fewer than half have a value."""
    there = week[np.isfinite(week)]
    return float(np.median(there)) if len(there) * 2 >= WINDOW else float("nan")


def achievable(
    past: Sequence[Past], effect: float, weeks: int, *, written: Callable[[float], str], who: str, kept: Kept | None = None, group: Sequence[Past] = ()
) -> Achievable:  # fmt: skip
    """Test the size and the time of a promise on what the past did. `who` names whose past it is.

    `group` is the past of others, of which only one thing is told: whether a quarter or more of it reached the size. That
    much tells nobody's figures.
    """
    changes = [c for p in past for c in p.changes]
    independent = sum(p.independent for p in past)
    record = ""
    if kept is not None and kept.judged:
        record = f" Of {kept.judged} earlier promise{'s' if kept.judged != 1 else ''} on this measure, on any line, {kept.kept} {'was' if kept.kept == 1 else 'were'} kept."  # fmt: skip
    who = f"{who}, over {len(past)} lines," if len(past) > 1 else who
    size = abs(effect)
    often = _often(group, size)
    if often is not None:
        record += (
            " Of others, as a group, "
            + ("a quarter or more" if often else "fewer than a quarter")
            + " of such stretches reached it."
        )
    if independent < FEWEST:
        return Achievable(
            CanDo.CANNOT_SAY,
            f"{who} began no better than now in only {independent} stretch{'es' if independent != 1 else ''} of {weeks} weeks before; too few to say.{record}",
            stretches=independent,
        )
    reached = sum(c.moved >= size for c in changes)
    share = reached / len(changes)
    hits = share * independent  # overlapping stretches tell no more than those that do not overlap
    low, high = (float(stats.beta.ppf(p, hits + 0.5, independent - hits + 0.5)) for p in (0.05, 0.95))
    best = max(c.moved for c in changes)
    most = f" The largest was {written(best)}." if best > 0 else " None of them got better."
    said = (
        f"{who} improved by {written(size)} or more in {_per_cent(share)} of the {weeks}-week stretches that began no better than now "
        f"({independent} that do not overlap; {_per_cent(low)} to {_per_cent(high)})."
    )
    if share >= USUAL:
        return Achievable(CanDo.YES, said + record, share, low, high, independent)
    if reached:
        return Achievable(CanDo.SELDOM, said + record, share, low, high, independent)
    said = f"{who} never improved by {written(size)} in {weeks} weeks: none of {independent} such stretches did.{most}"
    return Achievable(CanDo.SELDOM if often else CanDo.NEVER, said + record, 0.0, 0.0, high, independent)


def _often(group: Sequence[Past], size: float) -> bool | None:
    """Did the others reach the size in a quarter of their stretches or more? None where there is no group."""
    changes = [c for p in group for c in p.changes]
    return sum(c.moved >= size for c in changes) >= USUAL * len(changes) if changes else None


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %"
