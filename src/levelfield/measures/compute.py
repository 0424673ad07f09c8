"""From sheets to values: one expression per sheet for all measures asked for, and the finishing of its rows.

Whether a measure is asked of built sheets or straight from facts, the expression is the same.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import numpy as np

from levelfield.measures.definition import Definition
from levelfield.measures.histogram import percentile_ms
from levelfield.measures.measure import Form, Measure, Unit
from levelfield.measures.sheet import Sheet
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value, Why, wilson
from levelfield.same_data.publication import edition_of
from levelfield.words import Grain, Period, Refusal, RefusalKind

A_DAY_S = 86_400
TRUNCATE = {Grain.WEEK: "W", Grain.MONTH: "M", Grain.QUARTER: "Q", Grain.YEAR: "Y"}


@dataclass(frozen=True)
class Asked:
    """What is asked: measures with their definitions, split by dimensions, over periods of a grain."""

    measures: tuple[tuple[Measure, Definition], ...]
    by: tuple[str, ...] = ("partner",)
    grain: Grain = Grain.MONTH
    period: Period | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # keep only these values of a dimension

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets that are needed."""
        names = [name for m, _ in self.measures for name in (m.sheet, m.denominator_sheet) if name]
        return tuple(dict.fromkeys(names))

    @property
    def in_whole_months(self) -> bool:
        """Does nothing asked for cut a month?"""
        edges = () if self.period is None else (self.period.start, self.period.end)
        return self.grain not in (Grain.DAY, Grain.WEEK) and all(edge.day == 1 for edge in edges)


def check(asked: Asked) -> None:
    """Refuse a split that a measure's facts cannot make."""
    for measure, _ in asked.measures:
        for name in (measure.sheet, measure.denominator_sheet):
            if not name:
                continue
            sheet = SHEETS[name]
            allowed = ("partner", *sheet.dimensions, *sheet.extra)
            for dimension in (*asked.by, *asked.only):
                if dimension not in allowed:
                    raise Refusal(
                        f"{measure.title} cannot be split by {dimension}",
                        expected="one of "
                        + ", ".join(("partner", *sheet.dimensions))
                        + f", which its facts ({sheet.title.lower()}) carry",
                        kind=RefusalKind.DEFINITION,
                    )


def bucket(day: ir.DateValue, grain: Grain) -> ir.DateValue:
    """The first day of the period that holds a day."""
    if grain is Grain.DAY:
        return day
    if grain is Grain.ALL:
        return ibis.literal(dt.date.min)
    return day.truncate(TRUNCATE[grain]).cast("date")


def aggregated(sheet: Sheet, table: ir.Table, asked: Asked) -> ir.Table:
    """All parts of all measures of one sheet, grouped as asked. One pass over the sheet."""
    cumulative = any(m.form is Form.LEVEL for m, _ in asked.measures if m.sheet == sheet.name)
    since: dt.date | None = None  # where earlier rows must stay for a level, other measures leave them out themselves
    if asked.period is not None:
        table = table.filter(table.day < ibis.literal(asked.period.end))
        if cumulative:
            since = asked.period.start
        else:
            table = table.filter(table.day >= ibis.literal(asked.period.start))
    for dimension, wanted in asked.only.items():
        table = table.filter(table[dimension].isin(wanted))
    start = bucket(table.day, asked.grain)
    grouped = {d: table[d] for d in asked.by}
    extra = ["bin"] if sheet.name == "times" else []
    fits: ir.BooleanValue = ibis.literal(True)
    if asked.grain is not Grain.ALL:
        last_day = table.day + ((table.span_s - 1) // A_DAY_S).as_interval("D")
        fits = (table.span_s <= A_DAY_S) | (bucket(last_day.cast("date"), asked.grain) == start)
    if any(m.form is Form.AVERAGE for m, _ in asked.measures if m.sheet == sheet.name):
        table = table.mutate(covered_s=covered_s(table, [start, *grouped.values()]))
    counted = table.n_rows if "n_rows" in table.columns else ibis.literal(1)
    totals: dict[str, ir.Value] = {
        "rows": counted.sum().cast("int64"),
        "coarse": ibis.ifelse(fits, 0, counted).sum().cast("int64"),
    }
    for index, (measure, definition) in enumerate(asked.measures):
        totals |= _totals(index, measure, definition, sheet, table, fits, counted, since)
    keys = {"start_on": start, **grouped, **{e: table[e] for e in extra}}
    return table.group_by(**keys).aggregate(**totals)


def part_read(sheet: Sheet, tables: Mapping[str, ir.Table], asked: Asked) -> ir.Table:
    """Facts reduced to what the measures read and no further, for facts that no sheet was built of."""
    whole = aggregated(sheet, ibis.table(sheet.schema(), name=sheet.name), asked)
    read = {field.name for field in whole.op().find(ops.Field)}
    apart = [*(c for c in sheet.apart if c in read and c != "there"), "there"]
    return sheet.part_of(tables, [p for p in sheet.parts if p.name in read], apart)


def covered_s(table: ir.Table, apart: Sequence[ir.Value]) -> ir.IntegerValue:
    """The seconds a row covers that no earlier row of its group does: added up, the time covered by any of them."""
    begins = table.day.epoch_seconds()
    ends = begins + table.span_s
    before = ibis.window(group_by=list(apart), order_by=[table.day, table.span_s], preceding=(None, 1))
    reached = ibis.coalesce(ends.max().over(before), begins)
    return ibis.ifelse(ends > reached, ends - ibis.ifelse(reached > begins, reached, begins), 0)


def _totals(
    index: int,
    measure: Measure,
    definition: Definition,
    sheet: Sheet,
    table: ir.Table,
    fits: ir.BooleanValue,
    counted: ir.Value,
    since: dt.date | None,
) -> dict[str, ir.Value]:
    """The sums of one measure. A row without all the measure needs is left out of every one of them."""
    totals: dict[str, ir.Value] = {}
    zero = ibis.literal(0, type="int64")
    if measure.denominator_sheet and sheet.name == measure.denominator_sheet and measure.sheet != sheet.name:
        below = measure.denominator(table, definition) if measure.denominator is not None else ibis.null("int64")
        keep = fits & below.notnull()
        totals[f"m{index}_den"] = ibis.ifelse(keep, below, zero).sum().cast("int64")
        totals[f"m{index}_den_rows"] = ibis.ifelse(keep, counted, 0).sum().cast("int64")
        return totals
    if measure.sheet != sheet.name:
        return totals
    above = measure.numerator(table, definition)
    split = bool(measure.denominator_sheet)
    below = None if measure.denominator is None or split else measure.denominator(table, definition)
    n = measure.n(table, definition) if measure.n is not None else below
    keep = fits & above.notnull()
    if below is not None:
        keep = keep & below.notnull()
    later = since is not None and measure.form is not Form.LEVEL
    if measure.where is not None or later:
        wanted = ibis.literal(True) if measure.where is None else measure.where(table, definition).fill_null(False)
        wanted = wanted & (table.day >= ibis.literal(since)) if later else wanted
        keep = keep & wanted
        totals[f"m{index}_all"] = ibis.ifelse(wanted, counted, 0).sum().cast("int64")
    if measure.form is Form.MAX:
        totals[f"m{index}_num"] = ibis.ifelse(keep, above, ibis.null("int64")).max().cast("int64")
    else:
        totals[f"m{index}_num"] = ibis.ifelse(keep, above, zero).sum().cast("int64")
    if below is not None:
        totals[f"m{index}_den"] = ibis.ifelse(keep, below, zero).sum().cast("int64")
    if n is not None:
        totals[f"m{index}_n"] = ibis.ifelse(keep, ibis.coalesce(n, 0), zero).sum().cast("int64")
    if measure.asked is not None:
        totals[f"m{index}_asked"] = (
            ibis.ifelse(keep, ibis.coalesce(measure.asked(table, definition), 0), zero).sum().cast("int64")
        )
    totals[f"m{index}_rows"] = ibis.ifelse(keep, counted, 0).sum().cast("int64")
    return totals


Rows = Sequence[Mapping[str, Any]]
Key = tuple[Any, ...]


def finished(asked: Asked, rows_by_sheet: Mapping[str, Rows], publication: str | Mapping[str, str] = "") -> list[Value]:
    """Rows of the expressions above as values, sorted by slice and period.

    `publication` is an id, or ids by partner.
    """
    by_key = {name: _keyed(rows, asked) for name, rows in rows_by_sheet.items()}
    values: list[Value] = []
    for index, (measure, definition) in enumerate(asked.measures):
        own = by_key.get(measure.sheet, {})
        others = by_key.get(measure.denominator_sheet, {}) if measure.denominator_sheet else None
        first = dt.date.min if asked.period is None else asked.grain.start_of(asked.period.start)
        made = (
            _levels(index, measure, own, asked)
            if measure.form is Form.LEVEL
            else {k: list(g) for k, g in own.items() if k[-1] >= first}
        )
        for key, group in made.items():
            value = _value(index, measure, definition, key, group, others, asked)
            name = publication if isinstance(publication, str) else _publication_of(value, publication)
            values.append(_named(value, name))
    return sorted(values, key=lambda v: (v.measure, v.definition, tuple(str(x or "") for _, x in v.slice), v.start))


def _publication_of(value: Value, publications: Mapping[str, str]) -> str:
    """The partner's publication; over several partners together, the name of their set."""
    partner = value.of("partner")
    if partner is not None:
        return publications.get(partner, "")
    return next(iter(publications.values())) if len(publications) == 1 else edition_of(publications)


def _named(value: Value, publication: str) -> Value:
    return Value(**{**{f: getattr(value, f) for f in Value.__dataclass_fields__}, "publication": publication})


def _keyed(rows: Rows, asked: Asked) -> dict[Key, list[Mapping[str, Any]]]:
    """Rows by slice and start of period; several only where there is a histogram."""

    def key(row: Mapping[str, Any]) -> Key:
        return (*(row[d] for d in asked.by), row["start_on"])

    ordered = sorted(rows, key=lambda r: tuple((x is None, str(x)) for x in key(r)))
    return {k: list(g) for k, g in groupby(ordered, key=key)}


def _levels(
    index: int, measure: Measure, own: Mapping[Key, list[Mapping[str, Any]]], asked: Asked
) -> dict[Key, list[Mapping[str, Any]]]:
    """What is open at the end of each period: everything up to there, carried forward through quiet periods."""
    slices: dict[Key, dict[dt.date, Mapping[str, Any]]] = {}
    for key, group in own.items():
        slices.setdefault(key[:-1], {})[key[-1]] = group[0]
    made: dict[Key, list[Mapping[str, Any]]] = {}
    for slice_, periods in slices.items():
        total, start, last = 0, min(periods), max(periods)
        while start <= last:
            row = dict(periods.get(start) or {f"m{index}_n": 0, f"m{index}_rows": 1, "rows": 1, "coarse": 0})
            total += row.get(f"m{index}_num") or 0
            row[f"m{index}_num"] = total
            if asked.period is None or start >= asked.grain.start_of(asked.period.start):
                made[(*slice_, start)] = [row]
            if asked.grain is Grain.ALL:
                break
            start = asked.grain.next_after(start)
    return made


def _value(
    index: int,
    measure: Measure,
    definition: Definition,
    key: Key,
    group: Sequence[Mapping[str, Any]],
    others: Mapping[Key, list[Mapping[str, Any]]] | None,
    asked: Asked,
) -> Value:
    row = group[0]
    rows = sum(r.get(f"m{index}_all", r["rows"]) or 0 for r in group)
    used = sum(r.get(f"m{index}_rows") or 0 for r in group)
    above, below = row.get(f"m{index}_num"), row.get(f"m{index}_den")
    n = sum(r.get(f"m{index}_n") or 0 for r in group)
    if others is not None:
        other = others.get(key, [{}])[0]
        below = other.get(f"m{index}_den")
        used = used if other.get(f"m{index}_den_rows") else 0
        n = below or 0
    value: float | None = None
    why: Why | None = None
    absent = Why.TOO_COARSE if row.get("coarse") else Why.NOT_DELIVERED
    if used == 0:
        why = absent
    elif measure.form is Form.PERCENTILE:
        bins = np.array([r["bin"] for r in group if r.get(f"m{index}_num")], dtype=np.int64)
        counts = np.array([r[f"m{index}_num"] for r in group if r.get(f"m{index}_num")], dtype=np.int64)
        above, below = None, int(counts.sum())
        value = percentile_ms(bins, counts, measure.share) * measure.times if below else None
        n = below
    elif measure.form in (Form.RATIO, Form.AVERAGE):
        value = above / below * measure.times if below and above is not None else None
    else:
        value = above * measure.times if above is not None else None
    if why is None and (value is None or math.isnan(value)):
        value, why = None, Why.NOTHING if used >= rows else absent
    if why is None and n < measure.fewest:
        value, why = None, Why.TOO_FEW
    low = high = None
    if (
        value is not None
        and measure.unit is Unit.SHARE
        and measure.form is Form.RATIO
        and measure.n
        is None  # the denominator counts cases; milliseconds and thousandths would look like millions of them
        and above is not None
        and below
        and 0 <= above <= below
    ):
        low, high = wilson(above, below)
    return Value(
        measure=measure.name,
        definition=definition.told,
        slice=tuple(zip(asked.by, key[:-1], strict=True)),
        start=key[-1],
        grain=asked.grain,
        value=value,
        numerator=above,
        denominator=below,
        n=n,
        rows=rows,
        rows_missing=rows - used,
        low=low,
        high=high,
        asked=sum(r.get(f"m{index}_asked") or 0 for r in group) if measure.asked is not None else None,
        why=why,
    )


def series(values: Iterable[Value], measure: str) -> Iterator[tuple[tuple[tuple[str, str | None], ...], list[Value]]]:
    """Values of one measure, by slice, oldest first."""
    own = sorted(
        (v for v in values if v.measure == measure), key=lambda v: (tuple(str(x or "") for _, x in v.slice), v.start)
    )
    for slice_, group in groupby(own, key=lambda v: v.slice):
        yield slice_, list(group)
