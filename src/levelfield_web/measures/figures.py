"""Values for pages: publications never change, so a sheet is loaded once and an answer is kept.

Every call names its publications; who may see them is decided in `queries`, before it comes here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

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


class Figures:
    """One engine per server process, the sheets of the publications in use, and recent answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._tables: OrderedDict[tuple[str, Publications, str, bool], str | None] = OrderedDict()
        self._answers: OrderedDict[tuple[Any, ...], list[Value]] = OrderedDict()
        self._queries: OrderedDict[tuple[Any, ...], str] = OrderedDict()
        self._number = 0
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
            rows: dict[str, Sequence[Mapping[str, Any]]] = {}
            for sheet in asked.sheets:
                table = self._table(home, which, sheet, asked.in_whole_months)
                if table is not None:
                    query = self._query(sheet, asked).replace(f'"{PLACE}"', quoted(table))
                    rows[sheet] = self._own_engine.connection.execute(query).to_arrow_table().to_pylist()
            answer = finished(asked, rows, publications)
            self._answers[key] = answer
            self._kept += len(answer)
            while len(self._answers) > KEPT_ANSWERS or self._kept > KEPT_VALUES:
                self._kept -= len(self._answers.popitem(last=False)[1])
            return answer

    @property
    def _own_engine(self) -> Engine:
        if self._engine is None:
            self._engine = Engine()
        return self._engine

    def _table(self, home: str, which: Publications, sheet: str, in_months: bool) -> str | None:
        """The table of a sheet over some publications, loaded at first use."""
        in_months = in_months and SHEETS[sheet].by_month
        key = (home, which, sheet, in_months)
        if key not in self._tables:
            store = Store(Path(home))
            rows = sheet_rows(store, dict(which), SHEETS[sheet], in_months)
            name = None
            if rows:
                self._number += 1
                name = f"sheet_{self._number}"
                self._own_engine.connection.execute(f"CREATE TABLE {name} AS {rows}")
            self._tables[key] = name
            while len(self._tables) > KEPT_TABLES:
                _, gone = self._tables.popitem(last=False)
                if gone is not None:
                    self._own_engine.connection.execute(f"DROP TABLE {gone}")
        self._tables.move_to_end(key)
        return self._tables[key]

    def _query(self, sheet: str, asked: Asked) -> str:
        key = (sheet, *_key(asked))
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
