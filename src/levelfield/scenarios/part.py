"""One part of a fit: evidence for or against, and the sentence that says what it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

NEVER = -30.0  # log-odds of what cannot be: a probability of one in ten million million, and still a number


@dataclass(frozen=True)
class Part:
    """What one kind of evidence adds to the log-odds of “it caused the change” against “it has nothing to do with it”."""

    name: str  # onset, place, duration, signs
    log_odds: float
    sentence: str


def part(name: str, ratio: float, sentence: str) -> Part:
    """A part from a likelihood ratio.

    >>> round(part("place", 2.0, "").log_odds, 2), part("onset", 0.0, "").log_odds
    (0.69, -30.0)
    """
    return Part(name, max(math.log(ratio), NEVER) if ratio > 0 else NEVER, sentence)


def per_cent(share: float) -> str:
    """A share for people: 0.834 as “83 %”; what is nearly nothing or nearly all is not rounded to it.

    >>> per_cent(0.834), per_cent(0.0004), per_cent(0.9996), per_cent(0.0)
    ('83 %', 'less than 1 %', 'more than 99 %', '0 %')
    """
    if 0 < share < 0.005:
        return "less than 1 %"
    if 0.995 < share < 1:
        return "more than 99 %"
    return f"{100 * share:.0f} %"


def counted(number: int, word: str) -> str:
    """A number with its noun: “1 week”, “3 weeks”."""
    return f"{number} {word}{'' if number == 1 else 's'}"
