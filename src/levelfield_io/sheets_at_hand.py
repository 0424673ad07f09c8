"""Sheets on disk: built for new chunks only, kept by what they were made of, and now and then joined.

A publication's index lists the files of each sheet. One more day adds a small file and leaves the others as they are;
when small files pile up they are joined into one, which later publications share.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa

from levelfield.measures.sheet import Sheet, in_months
from levelfield.measures.sheets import SHEETS
from levelfield.same_data.canonical import schema_of
from levelfield.same_data.publication import Chunk, Publication
from levelfield.same_data.shapes import SHAPES
from levelfield_io.engine import Engine, sql_of, working_engine
from levelfield_io.store import Store, safe, write_whole

BATCH_ROWS = 2_000_000  # facts that are added up at once; the memory of a small machine sets it
MOST_FILES_A_MONTH = 16  # single days pile up; then the month is made anew in one piece
MOST_FILES_APART = 24  # files beside the joined one; then they are joined anew

# A sheet whose version rises is built anew, for every publication that is asked for.
VERSIONS = hashlib.sha256(" ".join(f"{s.name} {s.version}" for s in SHEETS.values()).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Made:
    """A file of a sheet, and the chunks it accounts for."""

    name: str
    covered: tuple[str, ...]


@dataclass(frozen=True)
class Kept:
    """The files of a sheet in a publication. `joined` holds what `inside` held; those not inside are read beside it."""

    files: tuple[Made, ...]
    joined: str = ""
    inside: tuple[str, ...] = ()
    months: str = ""  # the same as `joined` with the days of a month added up

    def to_read(self, in_months: bool = False) -> list[str]:
        """The files that hold every row once."""
        apart = [f.name for f in self.files if f.name not in set(self.inside)]
        joined = self.months if in_months and self.months else self.joined
        return [joined, *apart] if joined else apart


@dataclass(frozen=True)
class Index:
    """The sheets of a publication, and the last day of its contacts."""

    sheets: dict[str, Kept]
    last_day: str = ""


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
    earlier = _read_index(store, publication.partner, previous) if previous else None
    sheets: dict[str, Kept] = {}
    for sheet in SHEETS.values():
        old = earlier.sheets.get(sheet.name, Kept(())) if earlier else Kept(())
        files: list[Made] = []
        for shapes in sources(sheet, publication):
            files += _files(store, publication, sheet, shapes, old.files, engine)
        if files:
            sheets[sheet.name] = _joined(store, publication.partner, sheet, files, old, engine)
    index = Index(sheets, max(publication.parts("contacts"), default=""))
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "index.json", json.dumps(asdict(index)).encode())


def compiled_folder(store: Store, partner: str, id_: str) -> Path:
    """Where the index of a publication's sheets lies."""
    return store.root / "compiled" / safe(partner) / id_ / VERSIONS


def sheet_rows(store: Store, publications: Mapping[str, str], sheet: Sheet, in_months: bool = False) -> str | None:
    """A query for all rows of a sheet in some publications, given as partner and id; None where none has it.

    With `in_months` the days of a month may stand on its first. Sheets of an older version are built anew first.
    """
    queries, plain = [], []
    for partner, id_ in publications.items():
        index = _read_index(store, partner, id_)
        if index is None:
            with store.lock(), working_engine() as engine:
                ensure_sheets(store, store.record(partner, id_).publication, engine)
            index = _read_index(store, partner, id_)
        files = index.sheets[sheet.name].to_read(in_months) if index and sheet.name in index.sheets else []
        if files and index and sheet.to_last_day:
            queries.append(f"SELECT *, DATE '{index.last_day}' AS last_day FROM {_listed(store, files)}")
        else:
            plain += files
    if plain:
        queries.append(f"SELECT * FROM {_listed(store, plain)}")
    return " UNION ALL ".join(queries) or None


def _listed(store: Store, files: Iterable[str]) -> str:
    names = ", ".join("'" + str(store.root / f).replace("'", "''") + "'" for f in files)
    return f"read_parquet([{names}], hive_partitioning = false)"


def _read_index(store: Store, partner: str, id_: str) -> Index | None:
    path = compiled_folder(store, partner, id_) / "index.json"
    if not path.exists():
        return None
    data = json.loads(path.read_text())
    sheets = {
        name: Kept(
            tuple(Made(f["name"], tuple(f["covered"])) for f in kept["files"]),
            kept["joined"],
            tuple(kept["inside"]),
            kept["months"],
        )
        for name, kept in data["sheets"].items()
    }
    return Index(sheets, data["last_day"])


def _joined(store: Store, partner: str, sheet: Sheet, files: list[Made], old: Kept, engine: Engine) -> Kept:
    """The files with those joined before, as long as all of them still hold and few have come since."""
    names = {f.name for f in files}
    if old.joined and set(old.inside) <= names and (store.root / old.joined).exists():
        kept = Kept(tuple(files), old.joined, old.inside, old.months)
        if len(kept.to_read()) <= MOST_FILES_APART:
            return kept
    if len(files) <= 2:
        return Kept(tuple(files))
    inside = tuple(sorted(names))
    digest = hashlib.sha256(" ".join(inside).encode()).hexdigest()
    name = f"sheets/{safe(partner)}/{sheet.name}/joined-{digest[:32]}.parquet"
    if not (store.root / name).exists():
        _write(engine, f"SELECT * FROM {_listed(store, inside)} ORDER BY day", store.root / name)
    if not sheet.by_month:
        return Kept(tuple(files), name, inside)
    months = name.replace("joined-", "months-")
    if not (store.root / months).exists():
        rows = engine.see_query("joined", f"SELECT * FROM {_listed(store, [name])}", sheet.schema())
        _write(engine, sql_of(in_months(sheet, rows)), store.root / months)
    return Kept(tuple(files), name, inside, months)


def _write(engine: Engine, query: str, path: Path) -> None:
    """The whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f"{path.name}.part")
    engine.write_query(query, staged)
    staged.replace(path)


@dataclass(frozen=True)
class _Job:
    """A file to make: the facts it accounts for, and those they look back on."""

    own: tuple[Chunk, ...]
    before: tuple[Chunk, ...] = ()

    @property
    def rows(self) -> int:
        return sum(c.rows for c in self.own)

    @property
    def first(self) -> str:
        return min(c.part for c in self.own)

    @property
    def covered(self) -> tuple[str, ...]:
        return tuple(sorted(c.content for c in self.own))

    def name(self, partner: str, sheet: Sheet) -> str:
        """The file, named by what it is made of."""
        looked = " ".join(sorted(c.content for c in self.before))
        made_of = f"{sheet.name} {sheet.version} {' '.join(self.covered)} < {looked}"
        return f"sheets/{safe(partner)}/{sheet.name}/{hashlib.sha256(made_of.encode()).hexdigest()[:32]}.parquet"


def _files(
    store: Store,
    publication: Publication,
    sheet: Sheet,
    shapes: list[str],
    earlier: Iterable[Made],
    engine: Engine,
) -> list[Made]:
    """Files that cover the chunks of a sheet: those of the last publication that still hold, and new ones."""
    partner = publication.partner
    chunks = {c.content: c for s in shapes for c in publication.parts(s).values()}
    if sheet.name == "volume" and shapes == ["contacts"]:
        # A month that has intervals is counted from them alone, so that no contact counts twice.
        counted = {part[:7] for part in publication.parts("intervals")}
        chunks = {content: c for content, c in chunks.items() if c.part[:7] not in counted}

    def job(own: Iterable[Chunk]) -> _Job:
        own = tuple(own)
        return _Job(own, _looked_back(own, sheet.looks_back_days, chunks.values()))

    kept: list[Made] = []
    for made in earlier:
        if set(made.covered) <= set(chunks) and job(chunks[c] for c in made.covered).name(partner, sheet) == made.name:
            kept.append(made)
    done = {c for made in kept for c in made.covered}
    if all(SHAPES[s].chunk == "month" for s in shapes) and not sheet.all_shapes:
        # Months are few and small: those that are missing are made in one piece.
        missing = [c for c in chunks.values() if c.content not in done]
        return [*kept, _build(store, partner, sheet, job(missing), engine)] if missing else kept
    by_month: dict[str, list[Chunk]] = defaultdict(list)
    for chunk in chunks.values():
        by_month[chunk.part[:7]].append(chunk)
    jobs: list[_Job] = []
    for month, own in sorted(by_month.items()):
        missing = [c for c in own if c.content not in done]
        if not missing or (sheet.all_shapes and {c.shape for c in own} != set(shapes)):
            continue
        of_month = [k for k in kept if all(chunks[c].part[:7] == month for c in k.covered)]
        if sheet.all_shapes or len(of_month) >= MOST_FILES_A_MONTH:
            kept = [k for k in kept if k not in of_month]
            again = {c for k in of_month for c in k.covered}
            missing = [c for c in own if c.content not in done or c.content in again]
        jobs.append(job(missing))
    if sheet.looks_back_days:
        jobs = [job(c for j in batch for c in j.own) for batch in _batches(jobs)]
    elif all(SHAPES[s].chunk == "day" for s in shapes):
        for batch in _batches([j for j in jobs if not (store.root / j.name(partner, sheet)).exists()]):
            if len(batch) > 1:
                _build_batch(store, partner, sheet, batch, engine)
    return [*kept, *(_build(store, partner, sheet, j, engine) for j in jobs)]


def _looked_back(own: Iterable[Chunk], days: int, chunks: Iterable[Chunk]) -> tuple[Chunk, ...]:
    """The chunks before some others that their facts may look at."""
    own = tuple(own)
    if not days or not own:
        return ()
    first, covered = min(c.part for c in own), {c.content for c in own}
    limit = (dt.date.fromisoformat(first) - dt.timedelta(days=days)).isoformat()
    last = max(c.part for c in own)
    return tuple(c for c in chunks if limit <= c.part <= last and c.content not in covered)


def _batches(jobs: list[_Job]) -> Iterator[list[_Job]]:
    """Neighbouring jobs, up to so many facts."""
    batch: list[_Job] = []
    for job in jobs:
        if batch and sum(j.rows for j in batch) + job.rows > BATCH_ROWS:
            yield batch
            batch = []
        batch.append(job)
    if batch:
        yield batch


def _build_batch(store: Store, partner: str, sheet: Sheet, jobs: list[_Job], engine: Engine) -> None:
    """Add up several months in one pass, and write a file for each. A sheet keeps days apart, so months cannot mix."""
    whole = _Job(tuple(c for j in jobs for c in j.own))
    engine.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE months_together AS {_sql(sheet, _tables(store, partner, sheet, whole, engine))}"
    )
    for job in jobs:
        month = dt.date.fromisoformat(f"{job.first[:7]}-01")
        within = f"day >= DATE '{month}' AND day < DATE '{month}' + INTERVAL 1 MONTH"
        _write(engine, f"SELECT * FROM months_together WHERE {within}", store.root / job.name(partner, sheet))
    engine.connection.execute("DROP TABLE months_together")


def _build(store: Store, partner: str, sheet: Sheet, job: _Job, engine: Engine) -> Made:
    """Make one sheet file of some chunks, unless it is there already."""
    name = job.name(partner, sheet)
    if not (store.root / name).exists():
        _write(engine, _sql(sheet, _tables(store, partner, sheet, job, engine)), store.root / name)
    return Made(name, job.covered)


def _tables(store: Store, partner: str, sheet: Sheet, job: _Job, engine: Engine) -> dict[str, ir.Table]:
    """What a sheet is built from, as views over the chunks."""
    tables: dict[str, ir.Table] = {}
    for shape in sheet.shapes:
        own = [c for c in (*job.own, *job.before) if c.shape == shape]
        if own:
            for c in own:
                if not store.chunk_path(partner, c).exists():
                    store.read_chunk(partner, c)  # refuses, and says why the facts are gone
            tables[shape] = engine.see_files(
                f"in_{shape}", [store.chunk_path(partner, c) for c in own], schema_of(SHAPES[shape])
            )
    if sheet.looks_back_days:
        days = sorted({dt.date.fromisoformat(c.part) for c in job.own})
        tables["own_days"] = engine.see("own_days", pa.table({"day": pa.array(days, pa.date32())}))
    return tables


_SQL: dict[tuple[str, ...], str] = {}  # an expression over the same tables compiles to the same text


def _sql(sheet: Sheet, tables: dict[str, ir.Table]) -> str:
    key = (sheet.name, *sorted(tables))
    if key not in _SQL:
        _SQL[key] = sql_of(sheet.build(tables).select(*sheet.stored))
    return _SQL[key]
