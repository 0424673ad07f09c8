"""`levelfield publish`: looked at, merged, frozen, released; all of it or nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.same_data.canonical import content_hash, in_shape, sorted_by_key
from levelfield.same_data.estate import Estate
from levelfield.same_data.finding import Finding, Findings, Severity
from levelfield.same_data.profile import Profile
from levelfield.same_data.publication import Chunk, Delivery, Difference, Publication, Record
from levelfield.same_data.shape import Shape
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Grain, Period, Refusal, RefusalKind
from levelfield_io.engine import Engine, quoted, working_engine
from levelfield_io.looking import Looked, Progress, look_at, silent, with_estate
from levelfield_io.quarantine import write_quarantine
from levelfield_io.recompute import values_of
from levelfield_io.sheets_at_hand import ensure_sheets
from levelfield_io.store import Release, Store
from levelfield_io.unpacking import plain_files

SEVERAL = "a delivery of several partners"
SLAB_ROWS = 500_000  # facts in memory at once while they are cut into chunks
Place = tuple[str, str, str]  # partner, shape, part


@dataclass(frozen=True)
class Parcel:
    """A file or folder to be read, the profile to read it with (found out when none is named), and its options."""

    path: Path
    profile: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    name: str = ""  # what the file is called, where the path does not say


@dataclass(frozen=True)
class FileResult:
    """What became of one plain file."""

    name: str
    profile: str
    findings: Findings
    rows_read: int
    rows_good: int
    rows_kept_out: int
    quarantine: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a delivery. `records` are the new publications; empty when nothing changed or nothing was published."""

    files: tuple[FileResult, ...]
    published: bool
    records: tuple[Record, ...] = ()
    unchanged: tuple[str, ...] = ()  # publications the same facts had already made
    release: Release | None = None


@dataclass
class _Work:
    """What a delivery has gathered so far; nothing of it is visible before the release."""

    store: Store
    current: dict[str, Publication]
    staged: dict[Place, Chunk] = field(default_factory=dict)
    deliveries: dict[str, list[Delivery]] = field(default_factory=dict)

    def chunk(self, place: Place) -> Chunk | None:
        if place in self.staged:
            return self.staged[place]
        publication = self.current.get(place[0])
        return publication.parts(place[1]).get(place[2]) if publication else None


def publish(
    parcels: Sequence[Parcel],
    store: Store,
    *,
    by: str,
    at: dt.datetime,
    leave_rejected: bool = False,
    replace_days: bool = False,
    note: str = "",
    dry_run: bool = False,
    seen_estate: Callable[[Estate], Estate] = lambda whole: whole,
    only_partner: str = "",
    progress: Progress = silent,
) -> Outcome:
    """Publish files as one delivery, or look at them only (`dry_run`).

    A partner delivers for itself: `only_partner` refuses facts of anybody else, and `seen_estate` cuts the estate
    down to what that side may see, so that no finding can hint at another name. Whoever only looks holds nobody up.
    """
    results: list[FileResult] = []
    with tempfile.TemporaryDirectory(prefix="levelfield-") as name, nullcontext() if dry_run else store.lock():
        work_folder = Path(name)
        release = store.release
        work = _Work(store, {p: store.record(p, i).publication for p, i in release.current.items()})
        whole = store.estate
        estate = seen_estate(whole)
        if only_partner:
            work.current = {p: publication for p, publication in work.current.items() if p == only_partner}
        stop = False
        for parcel in parcels:
            for shown, plain in plain_files(parcel.path, work_folder):
                if parcel.name:
                    shown = parcel.name if plain == parcel.path else f"{parcel.name}/{shown.rsplit('/', 1)[-1]}"
                with working_engine(work_folder) as engine:
                    looked = look_at(
                        plain, shown, engine=engine, work=work_folder, estate=estate, key=store.key, today=at.date(),
                        profile=parcel.profile, options=parcel.options, home=store.home,
                        before=lambda p, e: _volumes_before(work, p, e),
                        delivered_before=lambda sha: store.delivered(sha, only_partner), progress=progress,
                    )  # fmt: skip
                    if only_partner:  # before anything of the file is kept or told
                        _only_own(engine, only_partner, shown)
                    quarantine = (
                        write_quarantine(looked, store.home, at) if looked.kept_out or _malformed(looked) else None
                    )
                    results.append(
                        FileResult(
                            shown,
                            looked.profile.name,
                            looked.findings,
                            looked.rows_read,
                            looked.rows_good,
                            looked.kept_out,
                            quarantine,
                        )
                    )
                    stop = stop or looked.findings.refused or (looked.findings.rejected_rows and not leave_rejected)
                    if stop or dry_run:
                        continue
                    if parcel.options.get("add_unknown") == "yes":
                        found = engine.connection.execute("SELECT DISTINCT partner FROM facts ORDER BY 1").fetchall()
                        estate = with_estate(estate, [p for (p,) in found])
                    _stage(work, looked, replace_days, progress)
        if stop or dry_run:
            return Outcome(tuple(results), published=False)
        estate = estate if seen_estate(whole) == whole else whole
        return _release(work, release, results, estate, by=by, at=at, note=note, progress=progress)


def _only_own(engine: Engine, partner: str, name: str) -> None:
    """Refuse a partner's file with facts of anybody else."""
    others = engine.connection.execute("SELECT count(*) FROM facts_looked_at WHERE partner <> ?", [partner]).fetchall()[
        0
    ][0]
    if others:
        raise Refusal(
            f"{others:,} rows are not facts of {partner}",
            where=name,
            expected=f"facts of {partner} only, under a name that is known for it",
            next_step="Correct the partner column, or leave it out of the file.",
            kind=RefusalKind.PERMISSION,
        )


def _malformed(looked: Looked) -> bool:
    return any(f.rule == "malformed_line" for f in looked.findings.all)


def _volumes_before(work: _Work, profile: Profile, engine: Engine) -> dict[tuple[str, str, dt.date], float]:
    """Volume by partner, line and day in what is published, for the days near this delivery."""
    shape = profile.shape
    if shape.name not in ("intervals", "contacts"):
        return {}
    measure = "sum(offered)" if shape.name == "intervals" else "count(*)"
    span = engine.connection.execute("SELECT min(day), max(day) FROM facts_read WHERE kept").fetchall()[0]
    if span[0] is None:
        return {}
    low, high = (span[0] - dt.timedelta(days=60)).isoformat()[:7], span[1].isoformat()[:10]
    partners = {p for (p,) in engine.connection.execute("SELECT DISTINCT partner FROM facts_read").fetchall()}
    files = [
        str(work.store.chunk_path(partner, chunk))
        for partner, publication in work.current.items()
        if partner in partners
        for part, chunk in publication.parts(shape.name).items()
        if low <= part[:7] and part <= high and work.store.chunk_path(partner, chunk).exists()
    ]
    if not files:
        return {}
    listed = ", ".join("'" + f.replace("'", "''") + "'" for f in files[:400])
    rows = engine.connection.execute(
        f"SELECT partner, coalesce(line, ''), day, {measure} FROM read_parquet([{listed}]) GROUP BY ALL"
    ).fetchall()
    return {(p, line, day): float(v or 0) for p, line, day, v in rows}


def _stage(work: _Work, looked: Looked, replace_days: bool, progress: Progress) -> None:
    """Write the delivery's facts as chunks, merged with what is current."""
    shape, engine = looked.profile.shape, looked.engine
    length = 10 if shape.chunk == "day" else 7
    parts = engine.connection.execute(
        f"SELECT left(CAST(day AS VARCHAR), {length}) AS part, count(*) FROM facts GROUP BY 1 ORDER BY 1"
    ).fetchall()
    slabs: list[list[str]] = [[]]
    size = 0
    for part, count in parts:
        if slabs[-1] and size + count > SLAB_ROWS:
            slabs.append([])
            size = 0
        slabs[-1].append(part)
        size += count
    partner_rows: dict[str, int] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        for number, slab in enumerate(slabs):
            if not slab:
                continue
            progress("storing", 0.6 + 0.3 * number / len(slabs))
            table = _slab(engine, shape, slab, length)
            pieces = _pieces(table, length)
            done = pool.map(lambda piece: _merge(work, shape, piece, replace_days), pieces)
            for (partner, part, rows), chunk in zip(pieces, done, strict=True):
                partner_rows[partner] = partner_rows.get(partner, 0) + rows.num_rows
                work.staged[(partner, shape.name, part)] = chunk
    # The name and the hash of a file of several partners would tell each of them about the others.
    alone = len(partner_rows) == 1
    for partner, rows_ in partner_rows.items():
        work.deliveries.setdefault(partner, []).append(
            Delivery(
                _public_name(looked.name) if alone else SEVERAL,
                looked.sha256
                if alone
                else hashlib.sha256(f"{work.store.key} {partner} {looked.sha256}".encode()).hexdigest(),
                looked.profile.name,
                rows_,
                looked.kept_out if alone else 0,
            )
        )


def _public_name(name: str) -> str:
    """The file's own name without folders, which may be private to one side."""
    return name.rsplit("/", 1)[-1]


def _slab(engine: Engine, shape: Shape, parts: list[str], length: int) -> pa.Table:
    """The facts of some parts, in shape, sorted by partner, part and key."""
    columns = ", ".join(quoted(n) for n in shape.names)
    step = "1 DAY" if length == 10 else "1 MONTH"
    first, last = (part if length == 10 else f"{part}-01" for part in (parts[0], parts[-1]))
    # Compared as dates, so that the engine passes over the blocks that hold other days.
    table = engine.connection.execute(
        f"SELECT {columns} FROM facts WHERE day >= CAST(? AS DATE) AND day < CAST(? AS DATE) + INTERVAL {step}",
        [first, last],
    ).to_arrow_table()
    return sorted_by_key(in_shape(table, shape), shape)


def _pieces(table: pa.Table, length: int) -> list[tuple[str, str, pa.Table]]:
    """Cut a sorted table into one piece per partner and part. The key begins with partner and day, so pieces lie together."""
    partner = pc.dictionary_encode(table["partner"].combine_chunks())
    partner = partner.combine_chunks() if isinstance(partner, pa.ChunkedArray) else partner
    day = table["day"].combine_chunks().cast(pa.int32())
    codes = partner.indices.to_numpy().astype("int64") * 1_000_000 + day.to_numpy()
    if len(codes) == 0:
        return []
    edges = [0, *(int(i) + 1 for i in (codes[1:] != codes[:-1]).nonzero()[0]), len(codes)]
    runs = []
    for start, end in itertools.pairwise(edges):
        part = table["day"][start].as_py().isoformat()[:length]
        runs.append((table["partner"][start].as_py(), part, start, end))
    pieces = []
    for (name, part), group in itertools.groupby(runs, key=lambda r: (r[0], r[1])):
        own = list(group)
        pieces.append((name, part, table.slice(own[0][2], own[-1][3] - own[0][2])))
    return pieces


def _merge(work: _Work, shape: Shape, piece: tuple[str, str, pa.Table], replace_days: bool) -> Chunk:
    """New facts over old ones: the same key is replaced; with `replace_days` whole delivered days are."""
    partner, part, new = piece
    old_chunk = work.chunk((partner, shape.name, part))
    if old_chunk is None:
        return work.store.write_chunk(partner, shape, part, new)
    if old_chunk.rows == new.num_rows and old_chunk.content == content_hash(new, shape):
        return old_chunk
    old = work.store.read_chunk(partner, old_chunk)
    if replace_days:
        rest = old.filter(pc.invert(pc.is_in(old["day"], value_set=pc.unique(new["day"]))))
    else:
        rest = _without(old, new, shape)
    return work.store.write_chunk(partner, shape, part, sorted_by_key(pa.concat_tables([rest, new]), shape))


def _without(old: pa.Table, new: pa.Table, shape: Shape) -> pa.Table:
    """Old facts whose key does not occur among the new ones."""
    engine = Engine()
    try:
        engine.connection.register("old", old)
        engine.connection.register("new", new)
        same = " AND ".join(f"o.{quoted(k)} IS NOT DISTINCT FROM n.{quoted(k)}" for k in shape.key)
        kept = engine.connection.execute(f"SELECT o.* FROM old o ANTI JOIN new n ON {same}").to_arrow_table()
        return in_shape(kept, shape)
    finally:
        engine.close()


def _release(
    work: _Work,
    before: Release,
    results: list[FileResult],
    estate: Estate,
    *,
    by: str,
    at: dt.datetime,
    note: str,
    progress: Progress,
) -> Outcome:
    """Freeze the new publications, make their sheets and differences, and release them in one moment."""
    versions = {s.name: s.version for s in SHAPES.values()}
    records, unchanged = [], []
    current = dict(before.current)
    store = work.store
    partners = sorted({place[0] for place in work.staged})
    with working_engine() as engine:
        for number, partner in enumerate(partners):
            progress("adding up", 0.9 + 0.1 * number / len(partners))
            old = work.current.get(partner)
            chunks = {(c.shape, c.part): c for c in (old.chunks if old else ())}
            chunks |= {(shape, part): chunk for (p, shape, part), chunk in work.staged.items() if p == partner}
            publication = Publication.of(partner, [c for c in chunks.values() if c.rows], versions)
            if old is not None and publication.id == old.id:
                unchanged.append(old.id)
                continue
            if old is not None:
                ensure_sheets(store, old, engine)  # they may be of an older version; the lock is ours already
            ensure_sheets(store, publication, engine, old.id if old else None)
            differences = _differences(store, old, publication, engine) if old else ()
            record = Record(
                publication, at, by, tuple(work.deliveries.get(partner, ())), old.id if old else None, differences, note
            )
            store.write_record(record)
            records.append(record)
            current[partner] = publication.id
    if estate != store.estate:
        store.save_estate(estate)
    release = store.commit(current, at, before) if records else before
    for record in records:
        store.remember_deliveries(record)
    progress("published", 1.0)
    return Outcome(tuple(results), True, tuple(records), tuple(unchanged), release)


def _differences(store: Store, old: Publication, new: Publication, engine: Engine) -> tuple[Difference, ...]:
    """Which measure of which earlier month changed, and by how much."""
    plain = Definition(currency=store.estate.currency)
    days = values_of(
        store, {old.partner: old.id}, Asked(((MEASURES["offered"], plain),), by=(), grain=Grain.DAY), engine
    )
    # A month that was still running is compared over the days that had been delivered: growing is no change.
    known = [v.start for v in days if v.value is not None]
    until = Period(dt.date(1900, 1, 1), max(known) + dt.timedelta(days=1)) if known else None
    asked = Asked(tuple((m, plain) for m in MEASURES.values()), by=("partner",), grain=Grain.MONTH, period=until)
    before = {(v.measure, v.start): v for v in values_of(store, {old.partner: old.id}, asked, engine)}
    after = {(v.measure, v.start): v for v in values_of(store, {new.partner: new.id}, asked, engine)}
    found = []
    for key, earlier in before.items():
        later = after.get(key)
        if earlier.value is None and (later is None or later.value is None):
            continue
        if later is None:  # a value that is gone is a change as well
            found.append(Difference(key[0], earlier.period, earlier.value, None, earlier.n, 0))
        elif (earlier.numerator, earlier.denominator, earlier.value) != (
            later.numerator,
            later.denominator,
            later.value,
        ):
            found.append(Difference(key[0], earlier.period, earlier.value, later.value, earlier.n, later.n))
    return tuple(sorted(found, key=lambda d: (d.period, d.measure)))


def restated(outcome: Outcome) -> list[Finding]:
    """What a publication changed in earlier periods, as findings to show at once."""
    return [
        Finding(
            "restated", Severity.NOTE, f"{r.publication.partner}: {len(r.differences)} values of earlier periods changed.", len(r.differences)
        )
        for r in outcome.records
        if r.differences
    ]  # fmt: skip
