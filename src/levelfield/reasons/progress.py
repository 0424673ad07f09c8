"""Where a reason stands today beside the day the work was given away."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from levelfield.reasons.reason import Reason
from levelfield.reasons.telling import NO_BREAK
from levelfield.words import Refusal, RefusalKind

FEWEST = 30  # contacts, answers or people behind a current value, unless its measure asks for other numbers
SAME = 0.02  # of the baseline: a smaller difference would not have been a reason to outsource, however sure it is
Z95 = NormalDist().inv_cdf(0.975)


class Course(StrEnum):
    """How a reason stands beside its baseline."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "about the same"
    CANNOT_SAY = "cannot say"


@dataclass(frozen=True)
class Progress:
    """A reason's baseline and its current value, both in the unit of the measure; no number is made up for a missing one."""

    reason: str
    course: Course
    baseline: float | None
    current: float | None
    n: int
    sentence: str


def plain(value: float) -> str:
    """A number as it is.

    >>> plain(4.10)
    '4.1'
    """
    return f"{value:.6g}"


def progress(
    reason: Reason, current: float | None, n: int, se: float | None = None, *, fewest: int = FEWEST, what: str = "", told: Callable[[float], str] = plain
) -> Progress:  # fmt: skip
    """Say whether a reason comes true: better, worse or about the same as its baseline, or that nobody can say.

    `se` is the standard error of the current value where it is known, else the difference is told beside 2 % of the
    baseline alone. `what` is the measure in words, `told` writes a value with its unit.
    Refuses: a negative number of contacts, a negative standard error.
    Assumes: the baseline is exact, since nothing but its value is kept.

    >>> import datetime as dt
    >>> from levelfield.reasons.reason import Kind
    >>> cost = Reason("r", Kind.COST, "", "cost_per_contact", False, 5.0, dt.date(2024, 1, 1), "the ledger")
    >>> progress(cost, 4.0, 900).course, progress(cost, 5.05, 900).course, progress(cost, 4.0, 9).course
    (<Course.BETTER: 'better'>, <Course.SAME: 'about the same'>, <Course.CANNOT_SAY: 'cannot say'>)
    """
    if n < 0 or (se is not None and not se >= 0):
        raise Refusal(
            f"n is {n} and the standard error {se}",
            where=reason.title,
            expected="numbers from 0 on",
            kind=RefusalKind.DEFINITION,
        )
    named = what or reason.measure
    value = current if current is not None and math.isfinite(current) else None

    def unsaid(why: str) -> Progress:
        return Progress(reason.key, Course.CANNOT_SAY, reason.baseline, value, n, f"{reason.title}: {why}.")

    if not reason.is_measured:
        return unsaid("no measure was named, so nobody can say whether it comes true")
    if n < fewest and (n > 0 or value is not None):
        few = f"{reason.title}: {named} rests on {n} now, too few to compare; at least {fewest} are needed."
        return Progress(reason.key, Course.CANNOT_SAY, reason.baseline, None, n, few)
    if value is None:
        return unsaid(
            f"there is no current value of {named}" + (", and no baseline" if reason.baseline is None else "")
        )
    if reason.baseline is None or reason.baseline_on is None:
        return unsaid(f"{named} is {told(value)} now (n{NO_BREAK}{n:,}), and no baseline is on record to compare with")
    change = value - reason.baseline
    margin = max(SAME * abs(reason.baseline), Z95 * (se or 0.0))
    day = f"{reason.baseline_on:%-d %B %Y}"
    if abs(change) <= margin:
        course, moved = Course.SAME, f"{named} is {told(value)}, about the same as the {told(reason.baseline)} of {day}"
    else:
        course = Course.BETTER if (change > 0) == reason.higher_is_better else Course.WORSE
        moved = f"{named} {'rose' if change > 0 else 'fell'} from {told(reason.baseline)} on {day} to {told(value)}: {course}"
    return Progress(reason.key, course, reason.baseline, value, n, f"{reason.title}: {moved} (n{NO_BREAK}{n:,}).")
