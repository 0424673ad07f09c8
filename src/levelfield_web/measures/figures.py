"""Values for pages: publications never change, so a sheet is loaded once and an answer is kept.

Every call names its publications; who may see them is decided in `queries`, before it comes here.
"""

from __future__ import annotations

import itertools
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import ibis
from django.conf import settings

from levelfield.measures.compute import Asked, aggregated, check, finished
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value
from levelfield_io.engine import Engine, quoted, sql_of
from levelfield_io.sheets_at_hand import sheet_rows
from levelfield_io.store import Store

KEPT_ANSWERS = 3000
KEPT_VALUES = 300_000
KEPT_TABLES = 120
KEPT_QUERIES = 2000
PLACE = "sheet_here"

Publications = tuple[tuple[str, str], ...]


@dataclass
class Table:
    """A sheet over some publications as a table of the engine. It stays as long as somebody reads it."""

    name: str | None = None  # nothing while nobody has loaded it, and where nobody delivered
    is_loaded: bool = False
    readers: int = 0
    loading: threading.Lock = field(default_factory=threading.Lock)


class Figures:
    """One engine per server process, the sheets of the publications in use, and recent answers.

    The lock guards what is kept and is never held over a query: each question runs on a connection of its own, so that
    a slow one holds nobody up.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._compiling = threading.Lock()
        self._engine: Engine | None = None
        self._tables: OrderedDict[tuple[str, Publications, str, bool], Table] = OrderedDict()
        self._answers: OrderedDict[tuple[Any, ...], list[Value]] = OrderedDict()
        self._queries: OrderedDict[tuple[Any, ...], str] = OrderedDict()
        self._numbers = itertools.count(1)
        self._kept = 0  # values in all answers together

    def values(self, publications: Mapping[str, str], asked: Asked) -> list[Value]:
        """Compute measures from publications, or take the answer given before."""
        check(asked)
        home = str(settings.LEVELFIELD_HOME)
        which = tuple(sorted(publications.items()))
        key = (home, which, *_key(asked))
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            self._engine = self._engine or Engine()
            connection = self._engine.beside()
        rows: dict[str, Sequence[Mapping[str, Any]]] = {}
        with connection:
            for sheet in asked.sheets:
                with self._table(connection, home, which, sheet, asked.in_whole_months) as table:
                    if table is not None:
                        query = self._query(sheet, asked).replace(f'"{PLACE}"', quoted(table))
                        rows[sheet] = connection.execute(query).to_arrow_table().to_pylist()
        return self._keep(key, finished(asked, rows, publications))

    def _keep(self, key: tuple[Any, ...], answer: list[Value]) -> list[Value]:
        """Keep an answer, and forget the oldest ones where there are too many."""
        with self._lock:
            self._kept += len(answer) - len(self._answers.pop(key, ()))
            self._answers[key] = answer
            while len(self._answers) > KEPT_ANSWERS or self._kept > KEPT_VALUES:
                self._kept -= len(self._answers.popitem(last=False)[1])
        return answer

    @contextmanager
    def _table(
        self, connection: duckdb.DuckDBPyConnection, home: str, which: Publications, sheet: str, in_months: bool
    ) -> Iterator[str | None]:
        """The table of a sheet over some publications, loaded at first use and kept while it is read."""
        in_months = in_months and SHEETS[sheet].by_month
        key = (home, which, sheet, in_months)
        with self._lock:
            table = self._tables.setdefault(key, Table())
            self._tables.move_to_end(key)
            table.readers += 1
        try:
            with table.loading:
                if not table.is_loaded:
                    rows = sheet_rows(Store(Path(home)), dict(which), SHEETS[sheet], in_months)
                    if rows:
                        table.name = f"sheet_{next(self._numbers)}"
                        connection.execute(f"CREATE TABLE {table.name} AS {rows}")
                    table.is_loaded = True
            yield table.name
        finally:
            with self._lock:
                table.readers -= 1
                gone = self._let_go()
            for name in gone:
                connection.execute(f"DROP TABLE {name}")

    def _let_go(self) -> list[str]:
        """Forget the oldest tables nobody reads where there are too many; their names."""
        spare = len(self._tables) - KEPT_TABLES
        unread = [key for key, table in self._tables.items() if not table.readers] if spare > 0 else []
        gone = [self._tables.pop(key) for key in unread[: max(spare, 0)]]
        return [table.name for table in gone if table.name]

    def _query(self, sheet: str, asked: Asked) -> str:
        key = (sheet, *_key(asked))
        with self._compiling:
            if key not in self._queries:
                table = ibis.table(SHEETS[sheet].schema(), name=PLACE)
                self._queries[key] = sql_of(aggregated(SHEETS[sheet], table, asked))
                while len(self._queries) > KEPT_QUERIES:
                    self._queries.popitem(last=False)
            return self._queries[key]


def _key(asked: Asked) -> tuple[Any, ...]:
    measures = tuple((m.name, d) for m, d in asked.measures)
    only = tuple(sorted((k, tuple(v)) for k, v in asked.only.items()))
    return (measures, asked.by, asked.grain, asked.period, only)


FIGURES = Figures()
