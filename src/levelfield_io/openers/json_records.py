"""JSON: a list of records, one record, records under one key, or one record a line. Nested names join with a dot."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from levelfield.words import Refusal, RefusalKind

NAME = "json_records"
LARGEST_DOCUMENT = 50_000_000  # read as a whole, a document takes up to thirty times its size in memory
LONGEST_RECORD = 16_000_000  # a line of JSON lines
MOST_WRAPPER_KEYS = 5  # around a list of records stand a count, a page number, a link
RECORD_KEYS = ("ContactId", "conversationId")  # a document with one of these is itself the record


def recognises(head: bytes) -> bool:
    """Does the text begin as JSON does?"""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def rows(path: Path) -> Iterator[dict[str, str | None]]:
    """Flat records."""
    for record in records(path):
        flat: dict[str, str | None] = {}
        flatten(record, "", flat)
        yield flat


def records(path: Path) -> Iterator[Mapping[str, Any]]:
    """The records of a document or of its lines."""
    with path.open("rb") as stream:
        first = stream.readline(LONGEST_RECORD).strip(b"\xef\xbb\xbf \t\r\n")
        second = stream.readline(LONGEST_RECORD).strip()
    if first.startswith(b"{") and first.endswith(b"}") and second.startswith(b"{"):
        yield from _lines(path)
        return
    size = path.stat().st_size
    if size > LARGEST_DOCUMENT:
        raise Refusal(
            f"The JSON document has {size / 1e6:,.0f} MB, too many to be read at once",
            where=path.name,
            expected=f"at most {LARGEST_DOCUMENT // 1_000_000} MB, or one record a line",
            next_step="Export it as JSON lines, one record a line, which may be as large as any other file, or in parts.",
            kind=RefusalKind.FILE,
        )
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        raise _not_json(path, str(wrong)) from None
    yield from _listed(document, path)


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open("rb") as stream:
        for number, line in enumerate(iter(lambda: stream.readline(LONGEST_RECORD + 1), b""), start=1):
            if len(line) > LONGEST_RECORD:
                raise Refusal(
                    f"A record is longer than {LONGEST_RECORD // 1_000_000} MB",
                    where=f"{path.name}, line {number:,}",
                    expected="one record a line (JSON lines)",
                    next_step="Export one record a line.",
                    kind=RefusalKind.FILE,
                )
            text = line.strip(b"\xef\xbb\xbf \t\r\n")
            if not text:
                continue
            try:
                record = json.loads(text)
            except (ValueError, RecursionError) as wrong:
                raise _not_json(path, f"line {number:,}: {wrong}") from None
            if isinstance(record, dict):
                yield record


def _listed(document: Any, path: Path) -> Iterator[Mapping[str, Any]]:
    if isinstance(document, dict):
        lists = [v for v in document.values() if isinstance(v, list) and v and all(isinstance(r, dict) for r in v)]
        wrapped = len(lists) == 1 and len(document) <= MOST_WRAPPER_KEYS and not any(k in document for k in RECORD_KEYS)
        listed = lists[0] if wrapped else [document]
    else:
        listed = document
    if not isinstance(listed, list) or not all(isinstance(r, dict) for r in listed):
        raise _not_json(path, "it holds no list of records")
    yield from listed


def flatten(value: Any, prefix: str, into: dict[str, str | None]) -> None:
    """Nested objects become dotted names; lists become their JSON text."""
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, dict):
            flatten(inner, f"{name}.", into)
        elif inner is None:
            into[name] = None
        elif isinstance(inner, bool):
            into[name] = "yes" if inner else "no"
        else:
            into[name] = inner if isinstance(inner, str) else json.dumps(inner)


def _not_json(path: Path, why: str) -> Refusal:
    return Refusal(
        f"The file begins like JSON but cannot be read: {why}",
        where=path.name,
        expected="a list of records, or one record a line",
        kind=RefusalKind.FILE,
    )
