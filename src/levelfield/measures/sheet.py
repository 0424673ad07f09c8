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
    """How a sheet is built and merged. `reach_days`: how far a fact may look at later days."""

    name: str
    title: str
    shapes: tuple[str, ...]  # any of these is enough unless `all_shapes`
    dimensions: tuple[str, ...]
    parts: tuple[Part, ...]
    build: Callable[[Tables], ir.Table]
    extra: tuple[str, ...] = ()  # other columns rows are kept apart by, such as the threshold
    all_shapes: bool = False
    reach_days: int = 0
    version: int = 1

    @property
    def apart(self) -> tuple[str, ...]:
        """All columns rows are kept apart by."""
        return ("partner", "day", "span_s", *self.dimensions, *self.extra, "there")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a built sheet."""
        return (*self.apart, *(p.name for p in self.parts), "n_rows")

    def schema(self) -> dict[str, str]:
        """Column names and types."""
        kinds = {"partner": "string", "day": "date", "span_s": "int64", "there": "int64"}
        kinds |= dict.fromkeys(self.dimensions, "string")
        kinds |= {name: "string" if name in TEXT_EXTRA else "int64" for name in self.extra}
        return {c: kinds.get(c, "int64") for c in self.columns}


TEXT_EXTRA = ("scored_by", "sample", "item", "currency", "level", "what")


def span_of(t: ir.Table) -> ir.IntegerValue:
    """Length of time a row stands for: at least a day."""
    return ibis.greatest(t.length_s, A_DAY_S) if "length_s" in t.columns else ibis.literal(A_DAY_S, type="int64")


def there_of(values: Sequence[ir.Value]) -> ir.IntegerValue:
    """A bit per part: was it delivered?"""
    bits = [ibis.ifelse(v.notnull(), 1 << i, 0).cast("int64") for i, v in enumerate(values)]
    return functools.reduce(operator.add, bits)


def reduced(sheet_parts: Sequence[Part], apart: Sequence[str], t: ir.Table) -> ir.Table:
    """Group a table of row-level parts into a sheet."""
    counted = t.n_rows if "n_rows" in t.columns else ibis.literal(1)
    t = t.mutate(there=there_of([t[p.name] for p in sheet_parts]), n_rows=counted.cast("int64"))
    merged = {p.name: (t[p.name].max() if p.merge == "max" else t[p.name].sum()).cast("int64") for p in sheet_parts}
    return t.group_by(list(apart)).aggregate(**merged, n_rows=t.n_rows.sum().cast("int64"))
