"""A promise: an action with its owner, its measure, its effect and its dates."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from levelfield.words import Refusal, RefusalKind

MOST_PROMISES = 5  # more is a programme; a plan of five can be kept in mind
LONGEST = dt.timedelta(weeks=52)


class Owner(StrEnum):
    """The side that keeps a promise."""

    CLIENT = "client"
    PARTNER = "partner"


@dataclass(frozen=True)
class Path:
    """When a promise begins, when its effect should be there in full, and when it is judged. Half-open weeks begin on Mondays."""

    begins_on: dt.date
    full_on: dt.date
    judged_on: dt.date

    def __post_init__(self) -> None:
        if not self.begins_on <= self.full_on < self.judged_on:
            raise Refusal(
                f"The promise begins on {self.begins_on}, shows in full on {self.full_on} and is judged on {self.judged_on}",
                expected="a begin, then the full effect, and a later day on which it is judged",
                next_step="Correct the days.", kind=RefusalKind.DEFINITION,
            )  # fmt: skip
        if self.judged_on - self.begins_on > LONGEST:
            raise Refusal(
                f"The promise runs from {self.begins_on} to {self.judged_on}",
                expected="at most a year: a plan is short", next_step="Choose an earlier day to judge it.", kind=RefusalKind.DEFINITION,
            )  # fmt: skip

    @property
    def weeks_under_way(self) -> int:
        """Whole weeks from the begin until the effect should be there."""
        return (self.full_on - self.begins_on).days // 7

    @property
    def weeks_in_full(self) -> int:
        """Whole weeks with the full effect, until it is judged."""
        return (self.judged_on - self.full_on).days // 7


@dataclass(frozen=True)
class Promise:
    """One action. `baseline` and `target` are in the unit of the measure as it is stored (a share is 0 to 1)."""

    key: str
    action: str
    owner: Owner
    who: str
    measure: str
    scope: str  # the slice as an address query, empty for the whole
    baseline: float
    target: float
    path: Path
    how: str  # how we will know
    rhythm_weeks: int
    cost: Decimal | None = None
    currency: str = ""

    @property
    def effect(self) -> float:
        """What the measure should move by."""
        return self.target - self.baseline


def reachable(baseline: float, target: float, better: str, unit: str) -> None:
    """Refuse a target that is no improvement, or that no such measure can reach.

    `better` is higher, lower or none (then any direction is an aim). A share lies between 0 and 1.
    """
    if not (math.isfinite(baseline) and math.isfinite(target)):
        raise Refusal("Baseline or target is no number", expected="two numbers", kind=RefusalKind.DEFINITION)
    wrong = (better == "higher" and target <= baseline) or (better == "lower" and target >= baseline)
    if wrong or target == baseline:
        raise Refusal(
            "The target is no improvement on the baseline",
            expected={"higher": "a higher value", "lower": "a lower value"}.get(better, "another value"),
            next_step="Correct the target.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    if (unit == "share" and not 0 <= target <= 1) or (unit in ("s", "count", "money") and target < 0):
        raise Refusal(
            "No value of this measure can reach the target",
            expected="0 to 100 per cent" if unit == "share" else "zero or more",
            next_step="Correct the target.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
