"""Could we see it? Whether an effect of the promised size shows by the promised day, given how the measure scatters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import optimize

from levelfield.plan.promise import Path
from levelfield.plan.regression import Spread, power, spread_of
from levelfield.words import Refusal

WANTED = 0.8  # the usual power of a trial: four of five real effects are seen
MOST_WEEKS = 104  # looked ahead for "needs n weeks"
LATEST = 5  # weeks: data older than that do not "arrive"


class CanSee(StrEnum):
    """Can the effect be seen by its day?"""

    YES = "measurable"
    NOT_YET = "not by that day"
    NO = "not measurable"


@dataclass(frozen=True)
class Measurable:
    """The verdict with its numbers."""

    can: CanSee
    sentence: str
    power: float | None = None
    weeks_needed: int | None = None  # weeks with the full effect until four of five are seen
    smallest: float | None = None  # the smallest effect that is seen four times of five by that day
    noise: Spread | None = None


def measurable(
    values: npt.ArrayLike, effect: float, path: Path, *, written: Callable[[float], str], breaks: Sequence[int] = (), old_weeks: int = 0
) -> Measurable:  # fmt: skip
    """Test a promise on the weekly values so far.

    Shapes: values (n,), oldest first, missing = nan; `breaks` are positions at which the level stepped; `old_weeks` says how
    many weeks ago the newest value is. `written` writes an effect in the measure's unit.
    """
    own = np.asarray(values, dtype=float)
    there = int(np.isfinite(own).sum())
    if not there:
        return Measurable(CanSee.NO, "No data of this measure and slice arrive, so nobody could see it.")
    if old_weeks > LATEST:
        return Measurable(CanSee.NO, f"The newest value is {old_weeks} weeks old; the data no longer arrive.")
    try:
        noise = spread_of(own, breaks)
    except Refusal:
        return Measurable(
            CanSee.NO, f"Only {there} weeks have a value: too few to know how much it scatters by itself."
        )
    before = int(np.isfinite(own[max(breaks, default=0) :]).sum())
    chance = power(effect, noise, before, path.weeks_under_way, path.weeks_in_full)
    needed = _weeks_needed(effect, noise, before, path)
    smallest = _smallest(noise, before, path)
    weeks = f"{path.weeks_in_full} week{'s' if path.weeks_in_full != 1 else ''} with the full effect"
    scatter = f"one week scatters by {written(noise.sd)} around its level"
    if chance >= WANTED:
        said = f"An effect of {written(abs(effect))} would be seen with a probability of {_per_cent(chance)} after {weeks}: {scatter}."
        return Measurable(CanSee.YES, said, chance, needed, smallest, noise)
    said = f"An effect of {written(abs(effect))} would be seen with a probability of only {_per_cent(chance)} after {weeks}: {scatter}."
    said += f" It takes {needed} weeks to see it" if needed is not None else " Even two years would not show it"
    said += f"; by that day only {written(smallest)} or more would be seen." if smallest is not None else "."
    return Measurable(CanSee.NOT_YET if needed is not None else CanSee.NO, said, chance, needed, smallest, noise)


def _weeks_needed(effect: float, noise: Spread, before: int, path: Path) -> int | None:
    """The fewest weeks with the full effect that show it four times of five."""
    return fewest_weeks(lambda k: power(effect, noise, before, path.weeks_under_way, k), 1)


def fewest_weeks(chance: Callable[[int], float], least: int) -> int | None:
    """The fewest weeks, from `least` on, whose power is what is wanted; None beyond two years. More weeks never see less."""
    if chance(MOST_WEEKS) < WANTED:
        return None
    low, high = least - 1, MOST_WEEKS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if chance(middle) >= WANTED else (middle, high)
    return high


def _smallest(noise: Spread, before: int, path: Path) -> float | None:
    """The smallest effect that is seen four times of five by the day."""

    def short(size: float) -> float:
        return power(size, noise, before, path.weeks_under_way, path.weeks_in_full) - WANTED

    top = 60 * noise.sd
    if top <= 0 or short(top) < 0:
        return None
    return float(optimize.brentq(short, 0.0, top, xtol=1e-9))


def _per_cent(share: float) -> str:
    return "more than 99 %" if share > 0.99 else f"{100 * share:.0f} %"
