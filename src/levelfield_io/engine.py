"""The embedded engine: runs Ibis expressions on DuckDB. Another engine replaces this file and nothing else."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from levelfield_io.environment import memory_limit, threads


def sql_of(expression: ir.Table) -> str:
    """The expression as DuckDB SQL. Compiling takes longer than running a small query, so recent texts are kept."""
    return _compiled(expression.op())


@functools.lru_cache(maxsize=1000)
def _compiled(operation: ops.Relation) -> str:
    """The expression as DuckDB SQL.

    Ibis writes STRPTIME, which stops a whole query at the first text it cannot read; a delivered file always
    has some. TRY_STRPTIME gives a missing value instead, and the row is told as a finding.
    """
    expression = operation.to_expr()
    inner = str(ibis.to_sql(expression, dialect="duckdb", pretty=False)).replace("STRPTIME(", "TRY_STRPTIME(")
    # DuckDB adds whole numbers up to 128 bits, which Arrow and Parquet would keep as floating point, and
    # gives some dates back as timestamps.
    return f"SELECT {', '.join(_typed(n, t) for n, t in expression.schema().items())} FROM ({inner})"


def _typed(name: str, kind: ibis.DataType) -> str:
    """A column of a result, in exactly the type the expression promises."""
    if kind.is_integer() or kind.is_date():
        return f"CAST({quoted(name)} AS {'DATE' if kind.is_date() else 'BIGINT'}) AS {quoted(name)}"
    return quoted(name)


def ibis_schema(schema: pa.Schema) -> dict[str, str]:
    """The same columns for Ibis. Moments are naive UTC inside the engine."""
    names: dict[str, str] = {}
    for field in schema:
        kind = field.type
        if pa.types.is_timestamp(kind):
            names[field.name] = "timestamp(6)"
        elif pa.types.is_date(kind):
            names[field.name] = "date"
        else:
            names[field.name] = {"bool": "boolean", "double": "float64"}.get(str(kind), str(kind))
    return names


class Engine:
    """One DuckDB connection with the limits of this machine."""

    def __init__(self, database: str = ":memory:", folder: Path | None = None) -> None:
        self.connection = duckdb.connect(database)
        self.connection.execute(f"SET threads = {threads()}")
        self.connection.execute(f"SET memory_limit = '{memory_limit()}'")
        self.connection.execute("SET GLOBAL TimeZone = 'UTC'")  # for the connections of other threads as well
        self.connection.execute("SET autoinstall_known_extensions = false")
        self.connection.execute("SET enable_progress_bar = false")
        if folder is not None:
            self.connection.execute(f"SET temp_directory = '{folder}'")

    def beside(self) -> duckdb.DuckDBPyConnection:
        """Another connection to the same tables and limits, so that another thread need not wait."""
        return self.connection.cursor()

    def run(self, expression: ir.Table) -> pa.Table:
        """The rows of an expression, in memory."""
        return self.connection.execute(sql_of(expression)).to_arrow_table()

    def rows(self, expression: ir.Table) -> list[dict[str, object]]:
        """The rows of a small expression as dictionaries."""
        rows: list[dict[str, object]] = self.run(expression).to_pylist()
        return rows

    def batches(self, expression: ir.Table, size: int = 200_000) -> Iterator[pa.RecordBatch]:
        """The rows of a large expression, a batch at a time."""
        yield from self.connection.execute(sql_of(expression)).to_arrow_reader(size)

    def make_table(self, name: str, expression: ir.Table) -> None:
        """Run an expression into a table of this connection."""
        self.connection.execute(f"CREATE OR REPLACE TABLE {quoted(name)} AS {sql_of(expression)}")

    def write_parquet(self, expression: ir.Table, path: Path) -> None:
        """Run an expression into a Parquet file."""
        self.write_query(sql_of(expression), path)

    def write_query(self, query: str, path: Path) -> None:
        """Run a compiled expression into a Parquet file."""
        target = str(path).replace("'", "''")
        self.connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")

    def see_files(self, name: str, paths: Iterable[Path], schema: pa.Schema) -> ir.Table:
        """A view over Parquet files, or an empty table of the schema where there is none."""
        listed = [str(p).replace("'", "''") for p in paths]
        columns = ", ".join(
            f"CAST({quoted(f.name)} AS TIMESTAMP) AS {quoted(f.name)}"
            if pa.types.is_timestamp(f.type)
            else quoted(f.name)
            for f in schema
        )
        if listed:
            files = ", ".join(f"'{p}'" for p in listed)
            source = f"read_parquet([{files}], hive_partitioning = false)"
        else:
            source = f"nothing_{name}"
            self.connection.register(source, schema.empty_table())
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT {columns} FROM {source}")
        return ibis.table(ibis_schema(schema), name=name)

    def see(self, name: str, table: pa.Table) -> ir.Table:
        """A table in memory under a name."""
        self.connection.register(name, table)
        return ibis.table(ibis_schema(table.schema), name=name)

    def see_query(self, name: str, query: str, schema: Mapping[str, str]) -> ir.Table:
        """A query under a name."""
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS {query}")
        return ibis.table(schema, name=name)

    def close(self) -> None:
        """Give everything back."""
        self.connection.close()


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def working_engine(folder: Path | None = None) -> Iterator[Engine]:
    """An engine with a folder for what is larger than memory; gone afterwards."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="levelfield-") as name:
        engine = Engine(folder=Path(name))
        try:
            yield engine
        finally:
            engine.close()
