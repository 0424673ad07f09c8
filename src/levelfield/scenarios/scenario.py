"""What a known circumstance is: whose, what would show it in delivered measures, what would have to be delivered besides."""

from __future__ import annotations

from dataclasses import dataclass

from levelfield.drill_down.explanation import Owner


@dataclass(frozen=True)
class Sign:
    """A measure that moves when a circumstance is at work, which way, and why."""

    measure: str  # a name of `levelfield.measures.catalogue.MEASURES`
    rises: bool
    why: str


@dataclass(frozen=True)
class Scenario:
    """A known kind of circumstance, in words that both sides read."""

    key: str
    number: int  # 1 to 16; 0 for own words
    title: str
    about: str
    owner: Owner
    signs: tuple[Sign, ...]
    ask: str  # of the partner
    source: str = ""  # where it is described
    missing: tuple[str, ...] = ()  # what would have to be delivered to see more of it
    slow: bool = False  # does the effect build up over weeks rather than days?
    passes: bool | None = None  # does the effect pass when the circumstance does? None where nobody can know
