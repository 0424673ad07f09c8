"""The warehouse on disk: immutable Parquet chunks named by their content, manifests, and a line of releases.

    warehouse/facts/<partner>/<shape>/<part>/<content>.parquet     facts, written once
    warehouse/publications/<partner>/<id>.json                     what a publication consists of
    warehouse/releases/00000042.json                               which publication of each partner is current
    warehouse/sheets/…, warehouse/compiled/<id>/…                  mergeable parts, made from the facts
    warehouse/tombstones/<content>.json                            facts removed on purpose

A release comes into being by one hard link, which either happened or did not. Everything a release names is on
the disk before. So a process that is killed leaves the old release or the new one, and files nobody names.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import functools
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import tomli_w

from levelfield.same_data.canonical import content_hash, in_shape, schema_of
from levelfield.same_data.estate import Estate
from levelfield.same_data.publication import Chunk, Record, Tombstone, edition_of, record_from_data, record_to_data
from levelfield.same_data.shape import Shape
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Refusal, RefusalKind


@dataclass(frozen=True)
class Release:
    """Which publication of each partner is current."""

    number: int
    at: dt.datetime | None
    current: Mapping[str, str]

    @property
    def edition(self) -> str:
        """The name of the whole set; the client's own."""
        return edition_of(self.current)


class Store:
    """One home's warehouse."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.root = home / "warehouse"

    # The estate and the secret of the pseudonyms

    @property
    def estate(self) -> Estate:
        """The client and its partners, from estate.toml."""
        path = self.home / "estate.toml"
        if not path.exists():
            return Estate()
        try:
            return Estate.from_data(tomllib.loads(path.read_text(encoding="utf-8")))
        except tomllib.TOMLDecodeError as wrong:
            raise Refusal(f"It is not TOML: {wrong}", where="estate.toml", kind=RefusalKind.DEFINITION) from None

    def save_estate(self, estate: Estate) -> None:
        """Write estate.toml as a whole."""
        self.home.mkdir(parents=True, exist_ok=True)
        write_whole(self.home / "estate.toml", tomli_w.dumps(estate.to_data()).encode())

    @property
    def key(self) -> str:
        """The secret of the pseudonyms, made at first use and readable by the owner only."""
        path = self.home / "pseudonym.key"
        given = os.environ.get("LEVELFIELD_PSEUDONYM_KEY")
        if given:
            return given
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            write_first(path, os.urandom(32).hex().encode(), mode=0o600)
        return path.read_text(encoding="ascii").strip()

    # Facts

    def chunk_path(self, partner: str, chunk: Chunk) -> Path:
        """Where a chunk's facts lie."""
        return self.root / "facts" / safe(partner) / chunk.shape / chunk.part / f"{chunk.content}.parquet"

    def write_chunk(self, partner: str, shape: Shape, part: str, table: pa.Table) -> Chunk:
        """Store facts sorted by key; storing the same facts again writes nothing."""
        chunk = Chunk(shape.name, part, table.num_rows, content_hash(table, shape))
        path = self.chunk_path(partner, chunk)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            staged = path.with_name(f"{path.name}.{os.getpid()}.part")
            # A dictionary pays where few words repeat; for numbers, moments and keys it costs time and room.
            words = [c.name for c in shape.columns if c.dimension]
            pq.write_table(table, staged, compression="zstd", compression_level=1, use_dictionary=words)
            staged.replace(path)
        return chunk

    def read_chunk(self, partner: str, chunk: Chunk) -> pa.Table:
        """The facts of a chunk, or a refusal that says why they are gone."""
        path = self.chunk_path(partner, chunk)
        if not path.exists():
            raise self._gone(chunk)
        return in_shape(pq.read_table(path, schema=schema_of(SHAPES[chunk.shape])), SHAPES[chunk.shape])

    def _gone(self, chunk: Chunk) -> Refusal:
        stone = self.tombstone(chunk.content)
        if stone is not None:
            return Refusal(
                f"The {chunk.shape} of {chunk.part} were removed on {stone.removed_at:%d %B %Y} by {stone.by}: {stone.reason}",
                next_step="Values made before stay; facts cannot be read again.",
            )
        return Refusal(
            f"The {chunk.shape} of {chunk.part} are missing from the warehouse",
            where=chunk.content[:12],
            next_step="Restore the warehouse from its backup, then run `levelfield verify`.",
            kind=RefusalKind.FILE,
        )

    def tombstone(self, content: str) -> Tombstone | None:
        """What is known about facts that were removed."""
        path = self.root / "tombstones" / f"{content}.json"
        if not path.exists():
            return None
        data = json.loads(path.read_text(encoding="utf-8"))
        return Tombstone(data["content"], dt.datetime.fromisoformat(data["removed_at"]), data["by"], data["reason"])

    def remove_facts(self, partner: str, shape: str, before: str, *, by: str, at: dt.datetime, reason: str) -> int:
        """Delete the facts of a shape in all parts before `before`, in every publication, and leave tombstones."""
        removed = 0
        with self.lock():
            folder = self.root / "facts" / safe(partner) / shape
            for path in sorted(folder.glob("*/*.parquet")):
                if path.parent.name < before:
                    stone = {"content": path.stem, "removed_at": at.isoformat(), "by": by, "reason": reason}
                    write_whole(self.root / "tombstones" / f"{path.stem}.json", json.dumps(stone).encode())
                    path.unlink()
                    removed += 1
        return removed

    # Publications and releases

    def manifest_path(self, partner: str, id_: str) -> Path:
        """Where a publication's manifest lies."""
        return self.root / "publications" / safe(partner) / f"{id_}.json"

    def write_record(self, record: Record) -> None:
        """Store a manifest; one that exists is never changed."""
        path = self.manifest_path(record.publication.partner, record.id)
        if not path.exists():
            write_whole(path, json.dumps(record_to_data(record), indent=1, ensure_ascii=False).encode())

    def record(self, partner: str, id_: str) -> Record:
        """A publication of a partner by its id or the beginning of it."""
        folder = self.root / "publications" / safe(partner)
        found = sorted(folder.glob(f"{safe(id_)}*.json")) if len(id_) >= 6 else []
        if len(found) != 1:
            raise Refusal(
                f"There is no publication {id_}"
                if not found
                else f"{id_} is the beginning of {len(found)} publications",
                expected="an id as `levelfield publications` lists it",
            )
        return _read_record(found[0])

    def partner_of(self, id_: str) -> str:
        """Whose publication an id names."""
        if id_.startswith("E-"):
            raise Refusal(
                f"{id_} is an edition: the publications of several partners together",
                expected="one publication, as `levelfield publications` lists it",
            )
        found = sorted((self.root / "publications").glob(f"*/{safe(id_)}*.json")) if len(id_) >= 6 else []
        if not found:
            raise Refusal(f"There is no publication {id_}", expected="an id as `levelfield publications` lists it")
        return found[0].parent.name

    def records(self, partner: str) -> list[Record]:
        """All publications of a partner that were ever current, oldest first, each once."""
        ids = dict.fromkeys(r.current[partner] for r in self.releases() if partner in r.current)
        return [self.record(partner, i) for i in ids]

    def releases(self) -> list[Release]:
        """All releases, oldest first."""
        return [self._release(p) for p in sorted((self.root / "releases").glob("*.json"))]

    @property
    def release(self) -> Release:
        """The current release; number 0 before the first."""
        paths = sorted((self.root / "releases").glob("*.json"))
        return self._release(paths[-1]) if paths else Release(0, None, {})

    @staticmethod
    def _release(path: Path) -> Release:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Release(int(path.stem), dt.datetime.fromisoformat(data["at"]), data["current"])

    def commit(self, current: Mapping[str, str], at: dt.datetime, before: Release) -> Release:
        """Make a set of publications current, if nobody did so since `before`. This is the one moment of truth."""
        os.sync()  # everything the release names is on the disk before the release is
        folder = self.root / "releases"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{before.number + 1:08d}.json"
        staged = folder / f".{os.getpid()}.{before.number + 1}.part"
        body = {"at": at.isoformat(), "current": dict(sorted(current.items()))}
        _write_through(staged, json.dumps(body, indent=1).encode())
        try:
            os.link(staged, target)
        except FileExistsError:
            raise Refusal(
                "Somebody else published at the same moment; nothing of this delivery was published",
                next_step="Publish again.",
            ) from None
        finally:
            staged.unlink()
        _sync_folder(folder)
        return self._release(target)

    def remember_deliveries(self, record: Record) -> None:
        """Note which publication a file went into, so that it is known when it comes again."""
        for delivery in record.deliveries:
            path = self.root / "delivered" / delivery.sha256
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text(record.id, encoding="ascii")

    def delivered(self, sha256: str, only_partner: str = "") -> str:
        """The first publication a file went into; empty when it never came, or came for another partner."""
        path = self.root / "delivered" / sha256
        found = path.read_text(encoding="ascii") if path.exists() else ""
        if found and only_partner and not self.manifest_path(only_partner, found).exists():
            return ""
        return found

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One publisher at a time; a killed process lets go of it by dying."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield


@functools.lru_cache(maxsize=500)
def _read_record(path: Path) -> Record:
    """A manifest never changes, so it is read and proved once."""
    return record_from_data(json.loads(path.read_text(encoding="utf-8")))


def safe(name: str) -> str:
    """A name that may stand in a path: never a separator, never hidden, never empty."""
    cleaned = "".join(ch if ch.isalnum() or ch in "-_" else f"%{ord(ch):x}" for ch in name)
    return cleaned[:120] or "%"


def write_whole(path: Path, body: bytes, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}.part")
    _write_through(staged, body, mode)
    staged.replace(path)


def write_first(path: Path, body: bytes, mode: int = 0o644) -> None:
    """Write a file that nobody wrote before; of two writers at one moment the first one counts."""
    staged = path.with_name(f".{path.name}.{os.urandom(4).hex()}.part")
    _write_through(staged, body, mode)
    try:
        os.link(staged, path)
    except FileExistsError:
        pass
    finally:
        staged.unlink()


def _write_through(path: Path, body: bytes, mode: int = 0o644) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(body)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def as_data(value: Any) -> dict[str, Any]:
    """A frozen dataclass as plain data."""
    return asdict(value)
