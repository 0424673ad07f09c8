"""One partner's month delivered again, beside Delta Lake overwriting the same partition of the same facts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable, write_deltalake

from bench.measuring import CONTACTS, TODAY, Row, apart, busy_estate, days_of_contacts, store_at
from levelfield.same_data.canonical import sorted_by_key
from levelfield.same_data.publication import Chunk, Publication, Record
from levelfield_io.engine import working_engine
from levelfield_io.sheets_at_hand import ensure_sheets

DAYS = 365
ROWS = {"small": 1_000_000, "full": 10_000_000}
PARTNER = "north"


def both(folder: str, contacts: int) -> dict[str, Any]:
    """Build both stores once, then restate one month of one partner in each."""
    place = Path(folder)
    store = store_at(place / "home")
    delta = str(place / "delta")
    chunks: list[Chunk] = []
    month: list[pa.Table] = []
    held: list[pa.Table] = []
    plan = busy_estate(contacts, DAYS)
    restated = f"{plan.end.year}-{plan.end.month - 2:02d}"
    for number, table in enumerate(days_of_contacts(plan), start=1):
        own = table.filter(pc.equal(table["partner"], PARTNER))
        part = own["day"][0].as_py().isoformat()
        chunks.append(store.write_chunk(PARTNER, CONTACTS, part, own))
        if part.startswith(restated):
            month.append(own)
        held.append(table)
        if number % 31 == 0 or number == plan.days:
            _append(delta, held)
            held = []
    versions = {CONTACTS.name: CONTACTS.version}
    old = Publication.of(PARTNER, chunks, versions)
    with working_engine(place) as engine:
        ensure_sheets(store, old, engine)
    new_facts = [_later(t) for t in month]
    started = time.perf_counter()
    changed = {
        c.part: c for t in new_facts for c in [store.write_chunk(PARTNER, CONTACTS, t["day"][0].as_py().isoformat(), t)]
    }
    new = Publication.of(PARTNER, [changed.get(c.part, c) for c in chunks], versions)
    stored = time.perf_counter() - started
    with working_engine(place) as engine:
        ensure_sheets(store, new, engine, old.id)
    store.write_record(Record(new, TODAY, "bench", (), old.id))
    store.commit({PARTNER: new.id}, TODAY, store.release)
    mine = time.perf_counter() - started
    rows = pa.concat_tables(new_facts)
    rows = rows.append_column("month", pa.array([restated] * rows.num_rows))
    started = time.perf_counter()
    write_deltalake(delta, rows, mode="overwrite", predicate=f"partner = '{PARTNER}' AND month = '{restated}'")
    peer = time.perf_counter() - started
    read = DeltaTable(delta).to_pyarrow_dataset(partitions=[("partner", "=", PARTNER)]).to_table(columns=["talk_ms"])
    files = [str(store.chunk_path(PARTNER, c)) for c in new.chunks]
    ours_sum = duckdb.connect().execute("SELECT sum(talk_ms) FROM read_parquet(?)", [files]).fetchall()[0][0]
    assert pc.sum(read["talk_ms"]).as_py() == ours_sum, "the two stores hold different facts"
    return {"stored": stored, "ours": mine, "peer": peer, "rows": rows.num_rows}


def _append(delta: str, tables: list[pa.Table]) -> None:
    rows = pa.concat_tables(tables)
    months = pc.strftime(rows["day"], format="%Y-%m")
    write_deltalake(delta, rows.append_column("month", months), mode="append", partition_by=["partner", "month"])


def _later(table: pa.Table) -> pa.Table:
    """The same contacts with a second more of talk."""
    index = table.schema.get_field_index("talk_ms")
    return sorted_by_key(table.set_column(index, table.schema.field(index), pc.add(table["talk_ms"], 1000)), CONTACTS)


def measure(size: str, folder: Path) -> list[Row]:
    """Seconds of both; ours proves hashes and keeps the earlier facts readable, and so does theirs by its log."""
    result = apart(both, folder, ROWS[size]).result
    what = f"restating one partner-month of {result['rows']:,} contacts"
    return [
        Row(f"{what}: facts stored and hashed", f"{result['stored']:.2f} s", f"{result['peer']:.2f} s Delta Lake overwrite",
            result["stored"] / result["peer"]),
        Row(f"{what}: with sheets, manifest and release", f"{result['ours']:.2f} s", f"{result['peer']:.2f} s, facts only",
            result["ours"] / result["peer"]),
    ]  # fmt: skip
