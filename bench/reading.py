"""A CSV of contacts through the front door, beside the bare reading of the same file by DuckDB."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import duckdb

from bench.measuring import TODAY, Row, apart, contacts_csv, store_at
from levelfield_io.publishing import Parcel, publish

ROWS = {"small": 1_000_000, "full": 10_000_000}
GOAL, MEMORY_MB = 2.5, 2000


def bare(file: str, into: str) -> None:
    """What nobody can do without: parse the file and write it as Parquet."""
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute(f"COPY (FROM read_csv('{file}')) TO '{into}' (FORMAT parquet)")


def ours(file: str, home: str) -> dict[str, Any]:
    """Every cell cast, every rule asked, facts frozen, publications released, sheets added up."""
    began: dict[str, float] = {}
    started = time.perf_counter()

    def told(step: str, share: float) -> None:
        began.setdefault(step, time.perf_counter() - started)

    outcome = publish([Parcel(Path(file))], store_at(Path(home)), by="bench", at=TODAY, progress=told)
    assert outcome.published, [f.sentence for file in outcome.files for f in file.findings.all]
    return {"rows": outcome.files[0].rows_good, "began": began}


def measure(size: str, folder: Path) -> list[Row]:
    """Time and memory of both."""
    file = folder / "contacts.csv"
    rows = contacts_csv(ROWS[size], file)
    peer = apart(bare, file, folder / "bare.parquet")
    mine = apart(ours, file, folder / "home")
    assert mine.result["rows"] == rows
    began = mine.result["began"]
    frozen = began["adding up"]
    steps = f"read {began['looking']:.0f} s, rules {began['storing'] - began['looking']:.0f} s, frozen {frozen - began['storing']:.0f} s"
    what = f"a CSV of {rows:,} contacts ({file.stat().st_size / 1e6:,.0f} MB)"
    ratio = frozen / peer.seconds
    return [
        Row(f"{what}: every finding, quarantine, frozen publication", f"{frozen:.0f} s ({steps})", f"{peer.seconds:.1f} s bare COPY",
            ratio, f"≤ {GOAL}", ratio <= GOAL),
        Row("the same with all sheets for the pages added up and released", f"{mine.seconds:.0f} s", f"{peer.seconds:.1f} s bare COPY",
            mine.seconds / peer.seconds),
        Row("the same in processor time", f"{mine.cpu_s:.0f} s", f"{peer.cpu_s:.0f} s", mine.cpu_s / peer.cpu_s),
        Row("its memory", f"{mine.peak_mb:,.0f} MB", f"{peer.peak_mb:,.0f} MB", None, f"≤ {MEMORY_MB:,} MB", mine.peak_mb <= MEMORY_MB),
    ]  # fmt: skip
