"""The product's own way from facts to values: sheets built by Ibis on DuckDB, aggregated, finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pyarrow as pa

from levelfield.measures.catalogue import measure_named
from levelfield.measures.compute import Asked, aggregated, check, finished
from levelfield.measures.definition import Definition
from levelfield.measures.sheet import Sheet
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value
from levelfield.same_data.canonical import schema_of
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Grain, Period
from levelfield_io.engine import Engine, quoted

Facts = Mapping[str, Sequence[Mapping[str, Any]]]


def arrow_of(shape: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of the shape; moments without a zone, as inside the engine."""
    table = pa.Table.from_pylist(list(rows), schema=schema_of(SHAPES[shape]))
    return naive_moments(table)


def naive_moments(table: pa.Table) -> pa.Table:
    fields = [pa.field(f.name, pa.timestamp("us")) if pa.types.is_timestamp(f.type) else f for f in table.schema]
    return table.cast(pa.schema(fields))


def shapes_for(sheet: Sheet, delivered: Mapping[str, object]) -> tuple[str, ...]:
    """Which of a partner's shapes a sheet is built from."""
    there = tuple(s for s in sheet.shapes if s in delivered)
    if sheet.all_shapes:
        return there if len(there) == len(sheet.shapes) else ()
    return there[:1] if sheet.name == "volume" else there


def last_day_of(contacts: pa.Table) -> pa.Table:
    return pa.table({"last_day": pa.array([max(contacts["day"].to_pylist())], pa.date32())})


class Recomputed:
    """Facts of some partners, reduced to sheets in an engine of their own."""

    def __init__(self, partners: Mapping[str, Mapping[str, pa.Table]]) -> None:
        self.engine = Engine()
        self.sheets: dict[str, ibis.expr.types.Table] = {}
        for sheet in SHEETS.values():
            pieces = []
            for partner, tables in partners.items():
                shapes = shapes_for(sheet, tables)
                if not shapes:
                    continue
                seen = {s: self.engine.see(f"{partner}_{s}", tables[s]) for s in shapes}
                if "contacts" in tables:
                    seen["last_day"] = self.engine.see(f"{partner}_last_day", last_day_of(tables["contacts"]))
                name = f"{sheet.name}_of_{partner}"
                self.engine.make_table(name, sheet.build(seen).select(*sheet.columns))
                pieces.append(f"SELECT * FROM {quoted(name)}")
            if pieces:
                self.engine.connection.execute(f"CREATE VIEW {quoted(sheet.name)} AS {' UNION ALL '.join(pieces)}")
                self.sheets[sheet.name] = ibis.table(sheet.schema(), name=sheet.name)

    @classmethod
    def of_rows(cls, partners: Mapping[str, Facts]) -> Recomputed:
        """From rows written by hand."""
        return cls({p: {s: arrow_of(s, rows) for s, rows in facts.items()} for p, facts in partners.items()})

    def values(self, asked: Asked) -> list[Value]:
        """Values as the product gives them."""
        check(asked)
        rows = {
            name: self.engine.rows(aggregated(SHEETS[name], self.sheets[name], asked))
            for name in asked.sheets
            if name in self.sheets
        }
        return finished(asked, rows, "P-test")

    def close(self) -> None:
        self.engine.close()


def values_from(
    facts: Facts, name: str, by: Sequence[str] = (), grain: Grain = Grain.MONTH, *, period: str = "", **switches: Any
) -> list[Value]:
    """Values of one measure from one partner's rows, oldest first."""
    recomputed = Recomputed.of_rows({"north": facts})
    try:
        measure, definition = measure_named(name), Definition.from_data(switches)
        return recomputed.values(
            Asked(((measure, definition),), tuple(by), grain, Period.parse(period) if period else None)
        )
    finally:
        recomputed.close()


def value_from(facts: Facts, name: str, **more: Any) -> Value:
    """The only value there is."""
    (value,) = values_from(facts, name, **more)
    return value
