"""A publication: the facts of one partner, frozen, named by the hash of their content.

It belongs to the client and one partner alone, so both hold the same thing: nothing in it, not even its name,
depends on what another partner delivered. An edition is the set of current publications of all partners and is
the client's own.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from levelfield.words import Refusal, RefusalKind


@dataclass(frozen=True, order=True)
class Chunk:
    """The facts of one shape in one month (`2026-03`) or day (`2026-03-05`), named by their content."""

    shape: str
    part: str
    rows: int
    content: str


@dataclass(frozen=True)
class Tombstone:
    """Facts that were removed on purpose. The hash stays in the chain, the rows are gone."""

    content: str
    removed_at: dt.datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Delivery:
    """A file that went into a publication."""

    name: str
    sha256: str
    profile: str
    rows: int
    rejected: int = 0


@dataclass(frozen=True)
class Publication:
    """Facts of one partner. Two publications with the same facts are the same publication."""

    partner: str
    shapes: tuple[tuple[str, int], ...]  # the versions of the contracts the facts keep
    chunks: tuple[Chunk, ...]

    @classmethod
    def of(cls, partner: str, chunks: Iterable[Chunk], versions: Mapping[str, int]) -> Publication:
        """A publication of these chunks, in their one order."""
        ordered = tuple(sorted(chunks))
        used = sorted({c.shape for c in ordered})
        return cls(partner, tuple((name, versions[name]) for name in used), ordered)

    @property
    def content(self) -> str:
        """SHA-256 over partner, contracts and chunks."""
        body = {
            "levelfield": "publication 1",
            "partner": self.partner,
            "shapes": [list(s) for s in self.shapes],
            "chunks": [[c.shape, c.part, c.rows, c.content] for c in self.chunks],
        }
        return hashlib.sha256(canonical_json(body)).hexdigest()

    @property
    def id(self) -> str:
        """The name both sides cite: `P-` and the first 20 digits of the content hash."""
        return f"P-{self.content[:20]}"

    @property
    def rows(self) -> int:
        """Facts in all chunks."""
        return sum(c.rows for c in self.chunks)

    def parts(self, shape: str) -> dict[str, Chunk]:
        """Chunks of one shape by month or day."""
        return {c.part: c for c in self.chunks if c.shape == shape}

    @property
    def first_and_last_part(self) -> tuple[str, str] | None:
        """The earliest and the latest month or day that holds facts."""
        parts = sorted(c.part for c in self.chunks)
        return (parts[0], parts[-1]) if parts else None


@dataclass(frozen=True)
class Record:
    """How a publication came about; not part of its identity."""

    publication: Publication
    published_at: dt.datetime
    by: str
    deliveries: tuple[Delivery, ...]
    previous: str | None
    differences: tuple[Difference, ...] = ()
    note: str = ""

    @property
    def id(self) -> str:
        """The publication's id."""
        return self.publication.id


@dataclass(frozen=True)
class Difference:
    """How a restatement moved one value of an earlier period."""

    measure: str
    period: str
    before: float | None
    after: float | None
    n_before: int
    n_after: int


def edition_of(current: Mapping[str, str]) -> str:
    """The name of a set of current publications, one per partner.

    >>> edition_of({"north": "P-1"}) == edition_of({"north": "P-1"})
    True
    """
    return f"E-{hashlib.sha256(canonical_json(dict(sorted(current.items())))).hexdigest()[:20]}"


def canonical_json(value: Any) -> bytes:
    """One spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def record_to_data(record: Record) -> dict[str, Any]:
    """A record as plain data for its manifest."""
    return {
        "levelfield": "publication 1",
        "id": record.id,
        "content": record.publication.content,
        "partner": record.publication.partner,
        "shapes": [list(s) for s in record.publication.shapes],
        "chunks": [[c.shape, c.part, c.rows, c.content] for c in record.publication.chunks],
        "published_at": record.published_at.isoformat(),
        "by": record.by,
        "deliveries": [vars(d) for d in record.deliveries],
        "previous": record.previous,
        "differences": [vars(d) for d in record.differences],
        "note": record.note,
    }


def record_from_data(data: Mapping[str, Any]) -> Record:
    """Read a manifest and prove that its id is the hash of what it lists."""
    publication = Publication(
        data["partner"],
        tuple((name, version) for name, version in data["shapes"]),
        tuple(Chunk(*chunk) for chunk in data["chunks"]),
    )
    if publication.id != data["id"] or publication.content != data["content"]:
        raise Refusal(
            f"The manifest of {data['id']} does not match its own hash: its content gives {publication.id}",
            next_step="It was altered after it was published. Export the publication again.",
            kind=RefusalKind.FILE,
        )
    return Record(
        publication=publication,
        published_at=dt.datetime.fromisoformat(data["published_at"]),
        by=data["by"],
        deliveries=tuple(Delivery(**d) for d in data["deliveries"]),
        previous=data["previous"],
        differences=tuple(Difference(**d) for d in data["differences"]),
        note=data.get("note", ""),
    )
