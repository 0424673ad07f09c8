"""A publication as a folder that opens anywhere: Parquet, a manifest with hashes, and values to check against."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.measures.value import Value
from levelfield.same_data.canonical import content_hash, in_shape, schema_of, sorted_by_key
from levelfield.same_data.publication import Publication, Record, record_from_data, record_to_data
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Grain, Refusal, RefusalKind
from levelfield_io.engine import working_engine
from levelfield_io.harmless import harmless
from levelfield_io.recompute import values_of
from levelfield_io.sheets_at_hand import ensure_sheets
from levelfield_io.store import Store, safe, write_whole

README = """This folder is publication {id}, the facts that the client and {partner} share.

    pip install levelfield
    levelfield verify THIS_FOLDER

proves that every file is what was published, and computes every value of values.csv again from the facts.
"""
COLUMNS = ("measure", "definition", "line", "period", "value", "numerator", "denominator", "n", "why")


@dataclass(frozen=True)
class Check:
    """One thing that was verified."""

    what: str
    right: bool
    told: str = ""


def values_to_prove(store: Store, partner: str, id_: str, currency: str) -> list[Value]:
    """Every measure by month, and by line and month where its facts carry lines."""
    plain = Definition(currency=currency)
    with working_engine() as engine:
        everything = values_of(
            store, {partner: id_}, Asked(tuple((m, plain) for m in MEASURES.values()), by=(), grain=Grain.MONTH), engine
        )
        by_line = tuple(
            (m, plain) for m in MEASURES.values() if m.sheet in ("volume", "contacts", "surveys", "evaluations")
        )
        by_line = tuple((m, d) for m, d in by_line if not m.denominator_sheet)
        return everything + values_of(store, {partner: id_}, Asked(by_line, by=("line",), grain=Grain.MONTH), engine)


def export(store: Store, partner: str, id_: str, folder: Path, currency: str) -> Path:
    """Write the folder; it must be new or empty."""
    record = store.record(partner, id_)
    target = folder / record.id
    if target.exists() and any(target.iterdir()):
        raise Refusal("The folder is not empty", where=str(target), expected="a new folder", kind=RefusalKind.FILE)
    target.mkdir(parents=True, exist_ok=True)
    for chunk in record.publication.chunks:
        path = target / "facts" / chunk.shape / f"{chunk.part}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        if store.chunk_path(partner, chunk).exists():
            shutil.copyfile(store.chunk_path(partner, chunk), path)
        else:
            store.read_chunk(partner, chunk) if store.tombstone(chunk.content) is None else None
    stones = [
        vars(s) | {"removed_at": s.removed_at.isoformat()}
        for c in record.publication.chunks
        if (s := store.tombstone(c.content))
    ]
    manifest = record_to_data(record) | {"previous": record.previous, "currency": currency, "tombstones": stones}
    write_whole(target / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False).encode())
    write_whole(target / "README.txt", README.format(id=record.id, partner=store.estate.name_of(partner)).encode())
    with (target / "values.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        writer.writerows(_row(v) for v in values_to_prove(store, partner, record.id, currency))
    return target


def _row(value: Value) -> tuple[str, ...]:
    number = "" if value.value is None else repr(value.value)
    parts = ("" if x is None else str(x) for x in (value.numerator, value.denominator))
    texts = (value.measure, value.definition, str(value.of("line") or ""), value.period)
    return (*map(harmless, texts), number, *parts, str(value.n), harmless(value.why or ""))


def verify(folder: Path, work: Path) -> Iterator[Check]:
    """Prove an exported folder: the manifest's own hash, every chunk's content, every value."""
    path = folder / "manifest.json"
    if not path.exists():
        raise Refusal(
            "There is no manifest.json", where=str(folder), expected="an exported publication", kind=RefusalKind.FILE
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        record = record_from_data(manifest)
    except (ValueError, KeyError, TypeError) as wrong:
        raise Refusal(f"The manifest cannot be read: {wrong}", where=str(path), kind=RefusalKind.FILE) from None
    yield Check("manifest", True, f"{record.id} is the hash of what the manifest lists")
    removed = {s["content"] for s in manifest.get("tombstones", ())}
    store = Store(work)
    good = True
    for chunk in record.publication.chunks:
        source = folder / "facts" / chunk.shape / f"{safe(chunk.part)}.parquet"
        what = f"{chunk.shape} {chunk.part}"
        if not source.exists():
            good = False
            yield Check(
                what,
                chunk.content in removed,
                "removed on purpose; its hash stays in the chain" if chunk.content in removed else "missing",
            )
            continue
        shape = SHAPES[chunk.shape]
        try:
            table = sorted_by_key(in_shape(pq.read_table(source, schema=schema_of(shape)), shape), shape)
        except (pa.ArrowInvalid, OSError, KeyError) as wrong:
            good = False
            yield Check(what, False, f"cannot be read: {wrong}")
            continue
        right = content_hash(table, shape) == chunk.content and table.num_rows == chunk.rows
        good = good and right
        yield Check(what, right, f"{table.num_rows:,} rows" if right else "the facts are not those that were published")
        store.write_chunk(record.publication.partner, shape, chunk.part, table)
    if not good:
        yield Check("values", bool(removed), "not recomputed, because some facts are missing or altered")
        return
    yield _values(store, record, folder, str(manifest.get("currency", "")))


def _values(store: Store, record: Record, folder: Path, currency: str) -> Check:
    """Compute every value again from the facts alone and compare it with values.csv."""
    publication: Publication = record.publication
    with working_engine() as engine:
        ensure_sheets(store, publication, engine)
    store.write_record(record)
    again = {_row(v)[:4]: _row(v) for v in values_to_prove(store, publication.partner, publication.id, currency)}
    with (folder / "values.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    off = [row for row in rows if again.get(tuple(row[:4])) != tuple(row)]
    if off or len(rows) != len(again):
        first = f"; the first is {' '.join(off[0][:4])}" if off else ""
        return Check("values", False, f"{len(off)} of {len(rows):,} values differ from the facts{first}")
    return Check("values", True, f"all {len(rows):,} values follow from the facts")
