"""Sheets on disk: built for new chunks only, kept per chunk set, joined into one file per publication."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from levelfield.measures.sheet import Sheet
from levelfield.measures.sheets import SHEETS
from levelfield.same_data.canonical import schema_of
from levelfield.same_data.publication import Chunk, Publication
from levelfield.same_data.shapes import SHAPES
from levelfield_io.engine import Engine, quoted, sql_of, working_engine
from levelfield_io.store import Store, safe, write_whole

Index = dict[str, list[tuple[str, tuple[str, ...]]]]  # sheet: files with the chunks they were made of
BATCH_ROWS = 2_000_000  # facts that are added up at once; the memory of a small machine sets it
MOST_FILES_A_MONTH = 16  # single days pile up; then the month is made anew in one piece


# A sheet whose version rises is built anew, for every publication that is asked for.
VERSIONS = hashlib.sha256(" ".join(f"{s.name} {s.version}" for s in SHEETS.values()).encode()).hexdigest()[:12]


def sources(sheet: Sheet, publication: Publication) -> list[list[str]]:
    """Which shapes a sheet is built from in a publication; each inner list is built on its own."""
    there = [s for s in sheet.shapes if publication.parts(s)]
    if sheet.all_shapes:
        return [list(sheet.shapes)] if len(there) == len(sheet.shapes) else []
    return [[s] for s in there]


def ensure_sheets(store: Store, publication: Publication, engine: Engine, previous: str | None = None) -> None:
    """Build what is missing, so that every sheet of a publication is on disk."""
    folder = compiled_folder(store, publication.partner, publication.id)
    if (folder / "index.json").exists():
        return
    earlier = _read_index(store, publication.partner, previous) if previous else {}
    index: Index = {}
    for sheet in SHEETS.values():
        files: list[tuple[str, tuple[str, ...]]] = []
        for shapes in sources(sheet, publication):
            files += _files(store, publication, sheet, shapes, earlier.get(sheet.name, []), engine)
        if files:
            index[sheet.name] = files
            _compile(store, publication, sheet, [name for name, _ in files], engine)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "index.json", json.dumps(index).encode())


def compiled_folder(store: Store, partner: str, id_: str) -> Path:
    """Where a publication's joined sheets lie."""
    return store.root / "compiled" / safe(partner) / id_ / VERSIONS


def sheet_file(store: Store, partner: str, id_: str, sheet: str) -> Path | None:
    """The joined sheet of a publication, if it has one. Sheets of an older version are built anew first."""
    folder = compiled_folder(store, partner, id_)
    if not (folder / "index.json").exists():
        with store.lock(), working_engine() as engine:
            ensure_sheets(store, store.record(partner, id_).publication, engine)
    path = folder / f"{sheet}.parquet"
    return path if path.exists() else None


def _read_index(store: Store, partner: str, id_: str) -> Index:
    path = compiled_folder(store, partner, id_) / "index.json"
    if not path.exists():
        return {}
    return {name: [(f, tuple(c)) for f, c in files] for name, files in json.loads(path.read_text()).items()}


def _files(
    store: Store,
    publication: Publication,
    sheet: Sheet,
    shapes: list[str],
    earlier: list[tuple[str, tuple[str, ...]]],
    engine: Engine,
) -> list[tuple[str, tuple[str, ...]]]:
    """Files that cover the chunks of a sheet: those of the last publication that still hold, and new ones."""
    chunks = {c.content: c for s in shapes for c in publication.parts(s).values()}
    if sheet.name == "volume" and shapes == ["contacts"]:
        # A month that has intervals is counted from them alone, so that no contact counts twice.
        counted = {part[:7] for part in publication.parts("intervals")}
        chunks = {content: c for content, c in chunks.items() if c.part[:7] not in counted}
    by_month: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks.values():
        by_month[chunk.part[:7]].append(chunk)
    daily = all(SHAPES[s].chunk == "day" for s in shapes)
    jobs: list[_Job] = []
    if sheet.reach_days or sheet.all_shapes:
        for month, own in sorted(by_month.items()):
            inputs = [*own, *_reached(month, sheet.reach_days, chunks.values())]
            if sheet.all_shapes and {c.shape for c in own} != set(shapes):
                continue
            last = max(c.part for c in chunks.values()) if sheet.reach_days else ""
            near_end = sheet.reach_days and last[:7] <= _month_after(_month_after(month))
            jobs.append(_Job(month, tuple(inputs), last if near_end else "later"))
        return _build_months(store, publication.partner, sheet, jobs, engine, daily)
    kept = [
        (name, covered) for name, covered in earlier if set(covered) <= set(chunks) and (store.root / name).exists()
    ]
    done = {c for _, covered in kept for c in covered}
    if all(SHAPES[s].chunk == "month" for s in shapes):
        # Months are few and small: those that are missing are made in one piece.
        missing = [c for c in chunks.values() if c.content not in done]
        return [*kept, _build(store, publication.partner, sheet, missing, engine, "", "")] if missing else kept
    for month, own in sorted(by_month.items()):
        missing = [c for c in own if c.content not in done]
        if not missing:
            continue
        of_month = [k for k in kept if all(chunks[c].part[:7] == month for c in k[1])]
        if len(of_month) >= MOST_FILES_A_MONTH:
            kept = [k for k in kept if k not in of_month]
            missing = own
        jobs.append(_Job(month, tuple(missing), ""))
    return [*kept, *_build_months(store, publication.partner, sheet, jobs, engine, daily)]


def _month_after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def _reached(month: str, days: int, chunks: Iterable[Chunk]) -> list[Chunk]:
    """Chunks after a month that its facts may look at."""
    if not days:
        return []
    end = dt.date.fromisoformat(f"{_month_after(month)}-01")
    limit = (end + dt.timedelta(days=days)).isoformat()
    return [c for c in chunks if c.part[:7] > month and c.part < limit]


@dataclass(frozen=True)
class _Job:
    """A month's file of a sheet: the facts it is made of, and the last delivered day where the sheet looks ahead."""

    month: str
    inputs: tuple[Chunk, ...]
    last: str

    @property
    def rows(self) -> int:
        return sum(c.rows for c in self.inputs)


def _build_months(
    store: Store, partner: str, sheet: Sheet, jobs: list[_Job], engine: Engine, together: bool
) -> list[tuple[str, tuple[str, ...]]]:
    """Make the files of several months. Months of small daily chunks are added up `together`, a few million facts at once."""
    missing = [j for j in jobs if not (store.root / _name(partner, sheet, j)[0]).exists()]
    if together:
        for batch in _batches(missing):
            if len(batch) > 1:
                _build_batch(store, partner, sheet, batch, engine)
    return [_build(store, partner, sheet, list(j.inputs), engine, j.month, j.last) for j in jobs]


def _batches(jobs: list[_Job]) -> Iterator[list[_Job]]:
    """Neighbouring jobs with the same last day, up to so many facts."""
    batch: list[_Job] = []
    for job in jobs:
        if batch and (job.last != batch[0].last or sum(j.rows for j in batch) + job.rows > BATCH_ROWS):
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


def _build_batch(store: Store, partner: str, sheet: Sheet, jobs: list[_Job], engine: Engine) -> None:
    """Add up several months in one pass, and write a file for each. A sheet keeps days apart, so months cannot mix."""
    inputs = list({c.content: c for j in jobs for c in j.inputs}.values())
    query = _sql(sheet, _tables(store, partner, sheet, inputs, engine, jobs[0].last))
    engine.connection.execute(f"CREATE OR REPLACE TEMP TABLE months_together AS {query}")
    for job in jobs:
        path = store.root / _name(partner, sheet, job)[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_name(f"{path.name}.part")
        engine.write_query(f"SELECT * FROM months_together{_within(job.month)}", staged)
        staged.replace(path)
    engine.connection.execute("DROP TABLE months_together")


def _within(month: str) -> str:
    return f" WHERE day >= DATE '{month}-01' AND day < DATE '{_month_after(month)}-01'"


def _name(partner: str, sheet: Sheet, job: _Job) -> tuple[str, tuple[str, ...]]:
    """The file of a job, named by what it is made of."""
    contents = tuple(sorted(c.content for c in job.inputs))
    made_of = f"{sheet.name} {sheet.version} {job.last} {job.month} {' '.join(contents)}"
    digest = hashlib.sha256(made_of.encode()).hexdigest()
    return f"sheets/{safe(partner)}/{sheet.name}/{digest[:32]}.parquet", contents


def _build(
    store: Store, partner: str, sheet: Sheet, inputs: list[Chunk], engine: Engine, month: str, last: str
) -> tuple[str, tuple[str, ...]]:
    """Make one sheet file of some chunks, unless it is there already."""
    name, contents = _name(partner, sheet, _Job(month, tuple(inputs), last))
    path = store.root / name
    if path.exists():
        return name, contents
    path.parent.mkdir(parents=True, exist_ok=True)
    tables = _tables(store, partner, sheet, inputs, engine, last)
    staged = path.with_name(f"{path.name}.part")
    engine.write_query(_sql(sheet, tables) + (_within(month) if sheet.reach_days else ""), staged)
    staged.replace(path)
    return name, contents


def _tables(
    store: Store, partner: str, sheet: Sheet, inputs: list[Chunk], engine: Engine, last: str
) -> dict[str, ir.Table]:
    """What a sheet is built from, as views over the chunks."""
    tables: dict[str, ir.Table] = {}
    for shape in sheet.shapes:
        own = [c for c in inputs if c.shape == shape]
        if own:
            for c in own:
                if not store.chunk_path(partner, c).exists():
                    store.read_chunk(partner, c)  # refuses, and says why the facts are gone
            tables[shape] = engine.see_files(
                f"in_{shape}", [store.chunk_path(partner, c) for c in own], schema_of(SHAPES[shape])
            )
    return tables | _last_day(engine, inputs, last)


_SQL: dict[tuple[str, ...], str] = {}  # an expression over the same tables compiles to the same text


def _sql(sheet: Sheet, tables: dict[str, ir.Table]) -> str:
    key = (sheet.name, *sorted(tables))
    if key not in _SQL:
        _SQL[key] = sql_of(sheet.build(tables).select(*sheet.columns))
    return _SQL[key]


def _last_day(engine: Engine, inputs: list[Chunk], last: str) -> dict[str, ir.Table]:
    """The last delivered day, for sheets that look ahead."""
    if not last:
        return {}
    day = dt.date(9999, 1, 1) if last == "later" else dt.date.fromisoformat(last if len(last) == 10 else f"{last}-28")
    return {"last_day": engine.see("last_day", pa.table({"last_day": pa.array([day], pa.date32())}))}


def _compile(store: Store, publication: Publication, sheet: Sheet, files: list[str], engine: Engine) -> None:
    """Join a sheet's files into one, sorted so that a partner's days lie together."""
    target = compiled_folder(store, publication.partner, publication.id) / f"{sheet.name}.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    listed = ", ".join("'" + str(store.root / f).replace("'", "''") + "'" for f in files)
    staged = target.with_suffix(".part")
    engine.write_query(f"SELECT * FROM read_parquet([{listed}]) ORDER BY day", staged)
    staged.replace(target)


def see_sheet(engine: Engine, name: str, sheet: Sheet, files: Iterable[Path], in_memory: bool = False) -> ir.Table:
    """A sheet over one or several publications' files, in an engine."""
    listed = ", ".join("'" + str(f).replace("'", "''") + "'" for f in files)
    kind = "TABLE" if in_memory else "VIEW"
    engine.connection.execute(f"CREATE OR REPLACE TEMP {kind} {quoted(name)} AS SELECT * FROM read_parquet([{listed}])")
    return ibis.table(sheet.schema(), name=name)


__all__ = ["compiled_folder", "ensure_sheets", "see_sheet", "sheet_file", "sources", "sql_of"]
