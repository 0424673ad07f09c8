"""The hash that seals a move to the one before it, over canonical JSON."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

BEGINNING = "0" * 64  # what stands in the place of a previous hash in the first move


class Sealed(Protocol):
    """What a move shows when it is sealed or checked."""

    at: dt.datetime
    by_name: str
    side: str
    partner: str
    verb: str
    object_kind: str
    object_id: str
    sentence: str
    data: Any
    previous_hash: str

    @property
    def by_id(self) -> int | None:
        """Who, when it was a person."""


def seal(move: Sealed) -> str:
    """The sha256 of a move's canonical JSON: keys sorted, no blanks, UTF-8, moments in UTC with microseconds.

    *Refuses*: fractions in `data` (TypeError), because databases write them differently. Use integers or text.
    """
    content = {
        "at": move.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "by": move.by_id,
        "by_name": move.by_name,
        "side": str(move.side),
        "partner": move.partner,
        "verb": move.verb,
        "object_kind": move.object_kind,
        "object_id": move.object_id,
        "sentence": move.sentence,
        "data": move.data,
        "previous_hash": move.previous_hash,
    }
    refuse_fractions(move.data)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_fractions(value: object) -> None:
    """Raise TypeError where a value is, or holds, a floating point number or a key that is not text."""
    match value:
        case None | str() | int():
            return
        case Mapping():
            for key, inner in value.items():
                if not isinstance(key, str):
                    raise TypeError(f"A key in the data of a move must be text, not {key!r}")
                refuse_fractions(inner)
        case list() | tuple():
            for inner in value:
                refuse_fractions(inner)
        case _:
            raise TypeError(f"The data of a move may hold text, integers, lists and mappings, not {value!r}")
