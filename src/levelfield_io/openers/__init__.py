"""Formats that are not tables: each opener flattens one of them into rows of text.

An opener is a module with `NAME`, `recognises(head: bytes) -> bool` and
`rows(path: Path) -> Iterator[dict[str, str | None]]`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from levelfield_io.openers import asterisk_queue_log, genesys_conversations, json_records

Row = dict[str, str | None]


@dataclass(frozen=True)
class Opener:
    """A way to read one nested format."""

    name: str
    recognises: Callable[[bytes], bool]
    rows: Callable[[Path], Iterator[Row]]


OPENERS: dict[str, Opener] = {
    module.NAME: Opener(module.NAME, module.recognises, module.rows)
    for module in (genesys_conversations, asterisk_queue_log, json_records)  # the most particular first
}
