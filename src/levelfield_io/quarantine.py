"""Rows that cannot be facts, as a file that opens in a spreadsheet: correct them there and deliver it again."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from levelfield_io.engine import quoted
from levelfield_io.harmless import harmless_cell
from levelfield_io.looking import Looked, rejected_lines, row_seen

MOST_ROWS = 1_000_000


def write_quarantine(looked: Looked, home: Path, at: dt.datetime) -> Path:
    """Write the rows that were kept out, as delivered, under their own headers, with their row numbers last."""
    folder = home / "quarantine"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y%m%dT%H%M%S}-{looked.sha256[:10]}.csv"
    connection, opened = looked.engine.connection, looked.opened
    rejected = rejected_lines(looked.engine, opened)
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*map(harmless_cell, opened.headers), "levelfield_row"])
        if looked.kept_out:
            names = ", ".join(quoted(h) for h in opened.headers)
            connection.execute(f"CREATE OR REPLACE TABLE raw_again AS SELECT {names} FROM raw")
            rows = connection.execute(
                f"SELECT {names}, rowid FROM raw_again WHERE rowid IN (SELECT row FROM facts_kept_out) "
                f"ORDER BY rowid LIMIT {MOST_ROWS}"
            )
            while batch := rows.fetchmany(5_000):
                writer.writerows([*map(harmless_cell, row[:-1]), row_seen(row[-1], opened, rejected)] for row in batch)
        if opened.kind == "csv":
            for line, text in connection.execute(
                "SELECT DISTINCT line, csv_line FROM reject_errors ORDER BY line LIMIT 10000"
            ).fetchall():
                writer.writerow([harmless_cell(text or ""), *[""] * (len(opened.headers) - 1), line])
    return path
