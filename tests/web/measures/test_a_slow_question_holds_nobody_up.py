"""Pages ask at the same time: each question has a connection of its own, and what it reads stays while it reads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.words import Grain
from levelfield_io.engine import Engine
from levelfield_io.store import Store
from levelfield_web.measures import figures
from levelfield_web.measures.figures import Figures


def question(measure: str, grain: Grain = Grain.MONTH) -> Asked:
    return Asked(((MEASURES[measure], Definition(currency="EUR")),), by=(), grain=grain)


@pytest.fixture
def current(home) -> dict[str, str]:
    return dict(Store(home).release.current)


def test_a_quick_question_is_answered_while_a_slow_one_runs(current, monkeypatch):
    own, begun, over = Figures(), threading.Event(), threading.Event()
    real = figures.sheet_rows

    def slow(store, which, sheet, in_months):
        if "south" in which:
            begun.set()
            assert over.wait(30), "nobody let the slow question end"
        return real(store, which, sheet, in_months)

    monkeypatch.setattr(figures, "sheet_rows", slow)
    with ThreadPoolExecutor(2) as pool:
        south = pool.submit(own.values, {"south": current["south"]}, question("offered"))
        assert begun.wait(30)
        north = pool.submit(own.values, {"north": current["north"]}, question("offered"))
        try:
            assert north.result(timeout=10)
        finally:
            over.set()
        assert south.result(timeout=30)


def test_two_queries_run_at_one_time():
    """The engine gives each a connection: the second is answered while the first still adds up."""
    engine = Engine()
    engine.connection.execute("CREATE TABLE facts AS SELECT 1 AS a")
    slow = engine.beside()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(slow.execute, "SELECT sum(hash(a.range + b.range)) FROM range(1000000) a, range(1000000) b")
        try:
            assert engine.beside().execute("SELECT a, current_setting('TimeZone') FROM facts").fetchall() == [
                (1, "UTC")
            ]
            assert not first.done()
        finally:
            while not first.done():
                slow.interrupt()
        with pytest.raises(Exception, match=r"[Ii]nterrupt"):
            first.result()
    engine.close()


def test_the_same_answers_come_however_many_ask_and_however_few_tables_are_kept(current, monkeypatch):
    monkeypatch.setattr(figures, "KEPT_TABLES", 1)
    monkeypatch.setattr(figures, "KEPT_ANSWERS", 0)
    own = Figures()
    asked = [
        ({partner: current[partner]}, question(measure, grain))
        for partner in current
        for measure in ("offered", "service_level", "asa")
        for grain in (Grain.DAY, Grain.MONTH)
    ]
    alone = [own.values(*a) for a in asked]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda a: own.values(*a), asked * 8))
    assert together == alone * 8
    assert len(own._tables) == 1 and not any(table.readers for table in own._tables.values())
    kept = own._engine.connection.execute("SELECT count(*) FROM duckdb_tables()").fetchall()[0][0]
    assert kept == 1, "tables nobody reads are dropped"
