"""What a rule is: a name, a severity, a sentence, and an expression that finds where it is broken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from levelfield.same_data.estate import Estate
from levelfield.same_data.finding import Finding, Severity
from levelfield.same_data.reading import Reading
from levelfield.same_data.shape import Shape
from levelfield.words import Grain


@dataclass(frozen=True)
class Look:
    """What a rule may look at besides the rows: the reading, the day, and what was published before.

    `before` holds, for every (partner, line, day) of the current publication that lies near the delivery,
    a measure of volume; `known_days` are the first and last day of the delivery.
    """

    reading: Reading
    today: dt.date
    before: Mapping[tuple[str, str, dt.date], float] = field(default_factory=dict)
    delivered_before: str = ""

    @property
    def shape(self) -> Shape:
        """The shape of the facts."""
        return self.reading.profile.shape

    @property
    def estate(self) -> Estate:
        """Client and partners."""
        return self.reading.estate

    def filled(self, *columns: str) -> bool:
        """Are all these columns read from the file (or given)?"""
        used = set(self.reading.used) | {"day", "partner"}
        return all(c in used for c in columns)


@dataclass(frozen=True)
class RowRule:
    """Breaks row by row. Broken rows are counted, shown and, if the rule says so, kept out of the facts."""

    name: str
    severity: Severity
    sentence: str  # `{rows}` stands for the count
    wrong: Callable[[ir.Table, Look], ir.BooleanValue]
    columns: tuple[str, ...]  # applies when all of these are delivered; their values are shown as examples
    shapes: tuple[str, ...] = ()  # empty: every shape
    next_step: str = ""
    sets_aside: bool = False  # keep the rows out although publishing goes on

    def applies(self, look: Look) -> bool:
        """Does the delivery have what the rule needs?"""
        return (not self.shapes or look.shape.name in self.shapes) and look.filled(*self.columns)

    @property
    def keeps_out(self) -> bool:
        """Do broken rows stay out of the facts?"""
        return self.sets_aside or self.severity is Severity.REJECTED


@dataclass(frozen=True)
class TableRule:
    """Breaks over many rows: asks a small table of the facts and tells what it sees in it."""

    name: str
    shapes: tuple[str, ...]
    columns: tuple[str, ...]
    ask: Callable[[ir.Table, Look], ir.Table]
    tell: Callable[[Sequence[Mapping[str, Any]], Look], Sequence[Finding]]

    def applies(self, look: Look) -> bool:
        """Does the delivery have what the rule needs?"""
        return (not self.shapes or look.shape.name in self.shapes) and look.filled(*self.columns)


DAY_S = 86_400


def grain_of(length_s: int | None) -> Grain:
    """What a row of so many seconds stands for; a row without a length is one contact, counted by the day.

    >>> grain_of(1800), grain_of(31 * DAY_S)
    (<Grain.DAY: 'day'>, <Grain.MONTH: 'month'>)
    """
    days = (length_s or 0) / DAY_S
    return next(
        (grain for grain, most in ((Grain.DAY, 1), (Grain.WEEK, 7), (Grain.MONTH, 31)) if days <= most), Grain.YEAR
    )


def rows(count: int) -> str:
    """1 row, 2 rows."""
    return f"{count:,} row" + ("" if count == 1 else "s")
