"""One more day on a large store: its sheets, beside building all sheets anew."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from bench.measuring import CONTACTS, Row, apart, busy_estate, days_of_contacts, store_at
from levelfield.same_data.publication import Chunk, Publication
from levelfield_io.engine import working_engine
from levelfield_io.sheets_at_hand import ensure_sheets
from levelfield_io.store import Store

DAYS = 100
ROWS = {"small": 2_000_000, "full": 50_000_000}
GOAL = 0.05


def publications(home: str, contacts: int) -> dict[str, Any]:
    """The facts of a hundred days and one more as chunks, and the time all sheets took, and those of one more day."""
    store = store_at(Path(home))
    plan = busy_estate(contacts * (DAYS + 1) // DAYS, DAYS + 1)
    chunks: dict[str, list[Chunk]] = {}
    rows = last = 0
    for table in days_of_contacts(plan):
        rows, last = rows + table.num_rows, table.num_rows
        for partner in pc.unique(table["partner"]).to_pylist():
            own = table.filter(pc.equal(table["partner"], partner))
            part = own["day"][0].as_py().isoformat()
            chunks.setdefault(partner, []).append(store.write_chunk(partner, CONTACTS, part, own))
    versions = {CONTACTS.name: CONTACTS.version}
    day = max(c.part for own in chunks.values() for c in own)
    before = {p: Publication.of(p, [c for c in own if c.part < day], versions) for p, own in chunks.items()}
    after = {p: Publication.of(p, own, versions) for p, own in chunks.items()}
    taken = {"first": _all(store, before, {})}
    taken["one more"] = _all(store, after, {p: b.id for p, b in before.items()})
    for name in ("sheets", "compiled"):
        shutil.rmtree(store.root / name)
    taken["anew"] = _all(store, after, {})
    return {"rows": rows, "last": last, **taken}


def _all(store: Store, publications_: dict[str, Publication], previous: dict[str, str]) -> float:
    started = time.perf_counter()
    with working_engine(store.home) as engine:
        for partner, publication in publications_.items():
            ensure_sheets(store, publication, engine, previous.get(partner))
    return time.perf_counter() - started


def measure(size: str, folder: Path) -> list[Row]:
    """The share of a full rebuild that one more day costs."""
    took = apart(publications, folder / "home", ROWS[size])
    result = took.result
    ratio = result["one more"] / result["anew"]
    return [
        Row(f"sheets after one more day of {result['last']:,} contacts on {result['rows'] - result['last']:,}", f"{result['one more']:.2f} s",
            f"{result['anew']:.1f} s all anew", ratio, f"≤ {GOAL:.0%}", ratio <= GOAL),
        Row("its memory, the making of the facts included", f"{took.peak_mb:,.0f} MB"),
    ]  # fmt: skip
