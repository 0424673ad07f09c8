"""Fifteen measures by partner, day and line straight from contacts, beside SQL written by hand for just these."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.measuring import CONTACTS, Row, apart, clocked, contacts_parquet, in_turn
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Abandons, Definition
from levelfield.measures.sheets.volume import VOLUME
from levelfield.same_data.canonical import schema_of
from levelfield.words import Grain
from levelfield_io.engine import Engine
from levelfield_io.recompute import rows_of_facts

ROWS = {"small": 5_000_000, "full": 50_000_000}
GOAL, MEMORY_MB = 1.15, 2000
TIMES = 4  # memory is asked over the same file this many times
PLAIN = Definition(threshold_s=20)
ASKED: tuple[tuple[str, Definition], ...] = (
    ("service_level", PLAIN),
    ("service_level", Definition(abandons=Abandons.ALL_AGAINST, threshold_s=20)),
    ("service_level", Definition(abandons=Abandons.NOT_COUNTED, threshold_s=60)),
    *((name, Definition()) for name in (
        "answered_share", "asa", "abandonment", "wait_of_abandoned", "longest_wait", "offered", "answered", "aht", "talk_time",
        "hold_time", "wrap_time", "transfers",
    )),
)  # fmt: skip
BY_HAND = """
SELECT partner, day, line, count(*) AS offered,
  count(*) FILTER (answered) AS answered,
  count(*) FILTER (NOT answered AND NOT coalesce(callback, false)) AS abandoned,
  count(*) FILTER (answered AND wait_ms <= 20000) AS answered_20,
  count(*) FILTER (answered AND wait_ms <= 60000) AS answered_60,
  count(*) FILTER (NOT answered AND NOT coalesce(callback, false) AND wait_ms <= 20000) AS abandoned_20,
  coalesce(sum(wait_ms) FILTER (answered), 0) AS wait_answered,
  coalesce(sum(wait_ms) FILTER (NOT answered AND NOT coalesce(callback, false)), 0) AS wait_abandoned,
  max(wait_ms) AS longest,
  coalesce(sum(talk_ms) FILTER (answered), 0) AS talk, coalesce(sum(hold_ms) FILTER (answered), 0) AS hold,
  coalesce(sum(wrap_ms) FILTER (answered), 0) AS wrap,
  count(*) FILTER (answered AND transferred) AS transferred
FROM '{file}' GROUP BY ALL ORDER BY ALL
"""
# What the hand-written columns are among ours: numerator and denominator of each measure asked.
SAME = (
    ("answered_20", "answered + abandoned - abandoned_20"), ("answered_20", "answered + abandoned"), ("answered_60", "answered"),
    ("answered", "offered"), ("wait_answered", "answered"), ("abandoned", "offered"), ("wait_abandoned", "abandoned"), ("longest", ""),
    ("offered", ""), ("answered", ""), ("talk + hold + wrap", "answered"), ("talk", "answered"), ("hold", "answered"), ("wrap", "answered"),
    ("transferred", "answered"),
)  # fmt: skip


def ways(file: str) -> dict[str, Any]:
    """Both ways in one process and one engine, in turn; the numbers are compared."""
    engine = Engine()
    table = engine.see_files("contacts", [Path(file)], schema_of(CONTACTS))
    asked = Asked(tuple((MEASURES[n], d) for n, d in ASKED), by=("partner", "line"), grain=Grain.DAY)
    run = engine.connection

    def ours() -> None:
        engine.make_table("ours", rows_of_facts(engine, VOLUME, {"contacts": table}, asked))

    def peer() -> None:
        run.execute(f"CREATE OR REPLACE TABLE peer AS {BY_HAND.format(file=file)}")

    mine_s, peer_s, _, _ = in_turn(ours, peer, 3)
    tests = []
    for index, (above, below) in enumerate(SAME):
        tests.append(f"o.m{index}_num IS DISTINCT FROM ({above})")
        if below:
            tests.append(f"o.m{index}_den IS DISTINCT FROM ({below})")
    joined = "ours o FULL JOIN peer p ON o.partner = p.partner AND o.start_on = p.day AND o.line = p.line"
    off, cells = run.execute(f"SELECT count(*) FILTER ({' OR '.join(tests)}), count(*) FROM {joined}").fetchall()[0]
    return {"ours": mine_s, "peer": peer_s, "off": off, "cells": cells}


def only_ours(file: str, times: int) -> float:
    """Ours alone, for its memory, over the file so many times."""
    engine = Engine()
    table = engine.see_files("contacts", [Path(file)] * times, schema_of(CONTACTS))
    asked = Asked(tuple((MEASURES[n], d) for n, d in ASKED), by=("partner", "line"), grain=Grain.DAY)
    return clocked(lambda: engine.make_table("ours", rows_of_facts(engine, VOLUME, {"contacts": table}, asked)))[0]


def measure(size: str, folder: Path) -> list[Row]:
    """Seconds of both, the number of cells that differ, memory."""
    file = folder / "contacts.parquet"
    rows = contacts_parquet(ROWS[size], file)
    both = apart(ways, file).result
    alone = apart(only_ours, file, TIMES)
    ratio = both["ours"] / both["peer"]
    same = f"{both['cells']:,} groups, {both['off']} differ"
    return [
        Row(f"15 measures by partner × day × line over {rows:,} contacts", f"{both['ours']:.2f} s ({same})", f"{both['peer']:.2f} s SQL by hand",
            ratio, f"≤ {GOAL}, equal", ratio <= GOAL and both["off"] == 0),
        Row(f"memory over {rows * TIMES:,} contacts (the file {TIMES} times)", f"{alone.peak_mb:,.0f} MB", "", None, f"≤ {MEMORY_MB:,} MB", alone.peak_mb <= MEMORY_MB),
    ]  # fmt: skip
