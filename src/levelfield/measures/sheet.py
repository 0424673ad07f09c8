"""A sheet: facts of one or more shapes, reduced to a day's mergeable parts. Every measure reads sheets only.

Rows keep three things besides their parts: `span_s`, the length of time they stand for (a day, or the month a
partner reports by); `n_rows`, the facts they came from; and `there`, a bit per part that says whether it was
delivered. Facts with different missing columns are never added together, so in every row a part is either whole
or missing, and a measure computed from sheets equals the one computed from facts.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

A_DAY_S = 86_400
Tables = Mapping[str, ir.Table]


@dataclass(frozen=True)
class Part:
    """One mergeable column of a sheet: a sum, or a largest value."""

    name: str
    about: str
    merge: str = "sum"


@dataclass(frozen=True)
class Sheet:
    """How a sheet is built and merged.

    `looks_back_days`: how far a fact may look at earlier days. `to_last_day`: measures need to know the last
    delivered day of a publication; it is no fact of a row and is added when the sheet is read. `by_month`: it has so
    many rows that whole months are also kept in one piece.
    """

    name: str
    title: str
    shapes: tuple[str, ...]  # any of these is enough unless `all_shapes`
    dimensions: tuple[str, ...]
    parts: tuple[Part, ...]
    rows: Callable[[Tables], ir.Table]  # one additive row per fact; a part is None where it was not delivered
    extra: tuple[str, ...] = ()  # other columns rows are kept apart by, such as the threshold
    all_shapes: bool = False
    looks_back_days: int = 0
    to_last_day: bool = False
    by_month: bool = False
    version: int = 1

    @property
    def apart(self) -> tuple[str, ...]:
        """All columns rows are kept apart by."""
        return ("partner", "day", "span_s", *self.dimensions, *self.extra, "there")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a sheet as it is read."""
        return (*self.stored, *(("last_day",) if self.to_last_day else ()))

    @property
    def stored(self) -> tuple[str, ...]:
        """The columns of a sheet as it is kept."""
        return (*self.apart, *(p.name for p in self.parts), "n_rows")

    def build(self, tables: Tables) -> ir.Table:
        """The sheet, from the facts of its shapes. With a table `last_day` it has all columns, without it those that are kept."""
        return self.part_of(tables, self.parts, self.apart)

    def part_of(self, tables: Tables, parts: Sequence[Part], apart: Sequence[str]) -> ir.Table:
        """Some parts of the sheet, kept apart by some columns only."""
        built = reduced(parts, apart, self.rows(tables))
        if self.to_last_day and "last_day" in tables:
            built = built.mutate(last_day=tables["last_day"].last_day.as_scalar())
        return built

    def schema(self) -> dict[str, str]:
        """Column names and types."""
        kinds = {"partner": "string", "day": "date", "last_day": "date", "span_s": "int64", "there": "int64"}
        kinds |= dict.fromkeys(self.dimensions, "string")
        kinds |= {name: "string" if name in TEXT_EXTRA else "int64" for name in self.extra}
        return {c: kinds.get(c, "int64") for c in self.columns}


def in_months(sheet: Sheet, rows: ir.Table) -> ir.Table:
    """The rows of a sheet with the days of a month added up on its first."""
    moved = rows.mutate(day=rows.day.truncate("M").cast("date"))
    merged = {p.name: (moved[p.name].max() if p.merge == "max" else moved[p.name].sum()) for p in sheet.parts}
    return moved.group_by(list(sheet.apart)).aggregate(**merged, n_rows=moved.n_rows.sum()).select(*sheet.stored)


TEXT_EXTRA = ("scored_by", "sample", "item", "currency", "level", "what")


def span_of(t: ir.Table) -> ir.IntegerValue:
    """Length of time a row stands for: at least a day."""
    return ibis.greatest(t.length_s, A_DAY_S) if "length_s" in t.columns else ibis.literal(A_DAY_S, type="int64")


def there_of(values: Sequence[ir.Value]) -> ir.IntegerValue:
    """A bit per part: was it delivered?"""
    kind = "int64" if len(values) > 30 else "int32"
    bits = [ibis.ifelse(v.notnull(), 1 << i, 0).cast(kind) for i, v in enumerate(values)]
    return functools.reduce(operator.add, bits).cast("int64")


def reduced(sheet_parts: Sequence[Part], apart: Sequence[str], t: ir.Table) -> ir.Table:
    """Group a table of row-level parts into a sheet."""
    counted = t.n_rows if "n_rows" in t.columns else ibis.literal(1)
    t = t.mutate(there=there_of([t[p.name] for p in sheet_parts]), n_rows=counted.cast("int64"))
    merged = {p.name: (t[p.name].max() if p.merge == "max" else t[p.name].sum()).cast("int64") for p in sheet_parts}
    return t.group_by(list(apart)).aggregate(**merged, n_rows=t.n_rows.sum().cast("int64"))
