"""Arithmetic of promises about people: how many of the new ones count by the day."""

from __future__ import annotations

import math
from dataclasses import dataclass

from levelfield.words import Refusal, RefusalKind


def handle_time(start_s: float, proficient_s: float, half_life_weeks: float, week: float) -> float:
    """Handle time of a new agent after some weeks on contacts, in seconds.

    Unit: seconds and weeks. Source: exponential glide path, docs/glossary.md (ramp curve).

    >>> [round(handle_time(900, 600, 3, w)) for w in (3, 6, 9, 12)]
    [750, 675, 638, 619]
    """
    return proficient_s + (start_s - proficient_s) * math.exp2(-week / half_life_weeks)


def lost_weeks(start_s: float, proficient_s: float, half_life_weeks: float) -> float:
    """Weeks of work one new agent loses until proficient.

    >>> round(lost_weeks(900, 600, 3), 1), round(lost_weeks(1000, 500, 6), 1)
    (2.2, 8.7)
    """
    return (start_s - proficient_s) / proficient_s * half_life_weeks / math.log(2)


@dataclass(frozen=True)
class Ramp:
    """New people by a day: how many are there, and how many proficient ones they are worth."""

    promised: int
    present: float  # after leavers
    worth: float  # proficient agents
    on_contacts_weeks: float
    sentence: str


def ramp(
    heads: int, weeks_until: float, *, training_weeks: float, start_s: float, proficient_s: float, half_life_weeks: float, leave_share: float = 0.0
) -> Ramp:  # fmt: skip
    """What `heads` new people, whose class begins now, are worth in `weeks_until` weeks.

    `leave_share` is the share of a class that leaves in its first ninety days, spread evenly over them.
    Refuses: numbers that are none, negative or beyond their range.
    """
    given = (heads, weeks_until, training_weeks, start_s, proficient_s, half_life_weeks, leave_share)
    if not all(math.isfinite(x) for x in given) or min(heads, weeks_until, training_weeks) < 0 or not 0 <= leave_share < 1:  # fmt: skip
        raise Refusal("The ramp cannot be worked out", expected="people, weeks and a share of leavers from 0 to below 1", kind=RefusalKind.DEFINITION)  # fmt: skip
    if min(proficient_s, half_life_weeks) <= 0 or start_s < proficient_s:
        raise Refusal(
            "The ramp cannot be worked out", expected="a handle time at the start that is no shorter than the proficient one, and a half-life above zero",
            kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    on_contacts = max(0.0, weeks_until - training_weeks)
    present = heads * (1 - leave_share * min(1.0, weeks_until / (90 / 7)))
    speed = proficient_s / handle_time(start_s, proficient_s, half_life_weeks, on_contacts) if on_contacts > 0 else 0.0
    worth = present * speed
    if on_contacts <= 0:
        said = f"Of {heads} new agents none is on contacts by then: training alone takes {training_weeks:g} weeks."
    else:
        said = f"{heads} new agents are worth {worth:.1f} proficient ones by then: {present:.1f} are still there, {on_contacts:g} weeks on contacts, at {100 * speed:.0f} % of full speed."
    return Ramp(heads, present, worth, on_contacts, said)
