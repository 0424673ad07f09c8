"""A measure: a numerator and a denominator over a sheet, its unit, its direction, and how few is too few."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import ibis.expr.types as ir

from levelfield.measures.definition import Definition

Term = Callable[[ir.Table, Definition], ir.Value]


class Unit(StrEnum):
    """What a value is counted in. A share is 0 to 1; it is shown as per cent only on a screen."""

    SHARE = "share"
    SECONDS = "s"
    COUNT = "count"
    MONEY = "money"
    POINTS = "points"  # NPS: -100 to 100; scores: 0 to 100
    PER_YEAR = "per_year"


class Direction(StrEnum):
    """Which way is agreed to be better."""

    HIGHER = "higher"
    LOWER = "lower"
    NONE = "none"


class Form(StrEnum):
    """How merged parts become a value."""

    RATIO = "ratio"  # Σ numerator / Σ denominator
    SUM = "sum"  # Σ numerator
    AVERAGE = "average"  # Σ numerator / time covered, however many rows stand for the same days
    MAX = "max"  # largest numerator
    PERCENTILE = "percentile"  # from a histogram
    LEVEL = "level"  # everything up to the end of the period


@dataclass(frozen=True)
class Measure:
    """A definition as data. Terms are expressions over one row of the sheet; they are added up, then divided."""

    name: str
    title: str
    about: str
    formula: str
    sheet: str
    unit: Unit
    numerator: Term
    denominator: Term | None = None
    direction: Direction = Direction.NONE
    form: Form = Form.RATIO
    times: float = 1.0  # applied to the finished value: 0.001 turns milliseconds into seconds
    n: Term | None = None  # how many contacts, answers, people stand behind the value; the denominator by default
    n_of: str = "contacts"
    fewest: int = 30  # fewer than this gives no number
    where: Term | None = None  # rows of the sheet that count at all
    denominator_sheet: str = ""  # another sheet the denominator comes from
    asked: Term | None = None  # how many were asked, for a response rate
    share: float = 0.5  # which percentile
    decimals: int = 1
    switches: tuple[str, ...] = ()  # definition switches the measure listens to
    kind: str = ""  # measures of different kinds are never compared
    traps: tuple[str, ...] = ()
    source: str = ""
    short: str = ""  # a short title for narrow columns
    theme: str = ""

    def switches_of(self, definition: Definition) -> list[str]:
        """What a definition says to this measure, as `name=value` words; the rest of it changes nothing here."""
        return [word for word in definition.told.split(",") if word.partition("=")[0] in self.switches]

    @property
    def label(self) -> str:
        """The short title where there is one."""
        return self.short or self.title
