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
AGAIN = "Do not use the folder; have the publication exported again."
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
    except (ValueError, KeyError, TypeError):
        raise Refusal(
            "The manifest cannot be read", where=str(path), expected="manifest.json as it was exported", next_step=AGAIN,
            kind=RefusalKind.FILE,
        ) from None  # fmt: skip
    yield Check("manifest", True, f"{record.id} is the hash of what the manifest lists")
    removed = {s["content"] for s in manifest.get("tombstones", ())}
    store = Store(work)
    good = True
    for chunk in record.publication.chunks:
        source = folder / "facts" / chunk.shape / f"{safe(chunk.part)}.parquet"
        what = f"{chunk.shape} {chunk.part}"
        if not source.exists():
            good = False
            if chunk.content in removed:
                yield Check(what, True, "removed on purpose; its hash stays in the chain")
            else:
                yield _wrong(
                    what, source, "The file is missing", f"{chunk.rows:,} facts with the hash {chunk.content[:12]}…"
                )
            continue
        shape = SHAPES[chunk.shape]
        try:
            table = sorted_by_key(in_shape(pq.read_table(source, schema=schema_of(shape)), shape), shape)
        except (pa.ArrowInvalid, OSError, KeyError):
            good = False
            yield _wrong(what, source, "The file cannot be read", f"a Parquet file with the columns of {chunk.shape}")
            continue
        content = content_hash(table, shape)
        right = content == chunk.content and table.num_rows == chunk.rows
        good = good and right
        if right:
            yield Check(what, True, f"{table.num_rows:,} facts")
        else:
            yield _wrong(
                what, source, f"The facts are not those that were published: {table.num_rows:,} with the hash {content[:12]}…",
                f"{chunk.rows:,} with the hash {chunk.content[:12]}…",
            )  # fmt: skip
        store.write_chunk(record.publication.partner, shape, chunk.part, table)
    yield from _extra(folder, record)
    if not good:
        yield Check(
            "values", bool(removed), "Values were not computed again, because some facts are missing or altered."
        )
        return
    yield _values(store, record, folder, str(manifest.get("currency", "")))


def _extra(folder: Path, record: Record) -> Iterator[Check]:
    """Files nobody published: whoever reads the folder as a whole would take them for facts."""
    own = {folder / "facts" / c.shape / f"{safe(c.part)}.parquet" for c in record.publication.chunks}
    own |= {folder / name for name in ("manifest.json", "README.txt", "values.csv")}
    for path in sorted(folder.rglob("*")):
        if not path.is_dir() and path not in own:
            name = path.relative_to(folder).as_posix()
            yield _wrong(
                name, path, "The file is no part of the publication", "only what the manifest lists", "Take it out."
            )


def _wrong(what: str, path: Path, told: str, expected: str, next_step: str = AGAIN) -> Check:
    """A check that failed: what, where, expected, next step in one paragraph."""
    return Check(what, False, Refusal(told, where=str(path), expected=expected, next_step=next_step).sentence)


def _name(row: tuple[str, ...]) -> str:
    """Measure, line and period of a row of values.csv, as far as they are there."""
    return ", ".join(part for part in (row[:1] + row[2:4]) if part)


def _values(store: Store, record: Record, folder: Path, currency: str) -> Check:
    """Compute every value again from the facts alone and compare it with values.csv."""
    publication: Publication = record.publication
    with working_engine() as engine:
        ensure_sheets(store, publication, engine)
    store.write_record(record)
    again = {_row(v)[:4]: _row(v) for v in values_to_prove(store, publication.partner, publication.id, currency)}
    path = folder / "values.csv"
    if not path.exists():
        return _wrong("values", path, "The file is missing", f"{len(again):,} values")
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [tuple(row) for row in csv.reader(stream)][1:]
    off = [row for row in rows if again.get(row[:4]) != row]
    if off:
        first = off[0]
        value, expected = first[4] if len(first) > 4 else "nothing", again.get(first[:4], ("",) * 5)[4]
        told = f"{len(off):,} of {len(rows):,} values do not follow from the facts; the first is {_name(first)}: {value or 'no value'}"
        return _wrong("values", path, told, expected or "no value")
    if len(rows) != len(again):
        gone = next((key for key in again if key not in {row[:4] for row in rows}), None)
        told = f"{len(rows):,} values are listed" + (f"; {_name(gone)} is missing" if gone else ", some of them twice")
        return _wrong("values", path, told, f"{len(again):,}")
    return Check("values", True, f"all {len(rows):,} values follow from the facts")
