"""Agreement files of a home: agreements/<partner>-<version>.toml."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from levelfield.agreement.agreement import Agreement, agreement_from_data
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Unit
from levelfield.words import Refusal, RefusalKind
from levelfield_io.store import safe, write_whole

SHOWN_TIMES = {m.name: 100 if m.unit is Unit.SHARE else 1 for m in MEASURES.values()}


def read_agreement(path: Path) -> Agreement:
    """One agreement file."""
    try:
        body = path.read_bytes()
    except OSError as wrong:
        raise Refusal(
            "The file cannot be read", where=str(path), expected="an agreement as a TOML file", kind=RefusalKind.FILE
        ) from wrong
    return parse_agreement(body, path.name)


def parse_agreement(body: bytes, name: str) -> Agreement:
    """An agreement from the bytes of a TOML file; definitions are checked as well."""
    try:
        text = body.decode("utf-8")
        data = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise Refusal(f"The agreement is not TOML: {wrong}", where=name, kind=RefusalKind.DEFINITION) from None
    return agreement_of(data, name, text)


def agreement_of(data: Mapping[str, Any], name: str, text: str = "") -> Agreement:
    """An agreement from the data of its file, checked against the measures there are."""
    return agreement_from_data(data, measures=SHOWN_TIMES, definitions=Definition.from_data, where=name, text=text)


def agreements(home: Path) -> list[Agreement]:
    """All agreements of a home, by partner and version."""
    found = [read_agreement(p) for p in sorted((home / "agreements").glob("*.toml"))]
    return sorted(found, key=lambda a: (a.partner, a.version))


def in_force(home: Path, partner: str, on: dt.date) -> Agreement | None:
    """The version of a partner's agreement that holds on a day: the latest whose valid-from has come."""
    own = [a for a in agreements(home) if a.partner == partner and a.valid_from <= on]
    return max(own, key=lambda a: (a.valid_from, a.version), default=None)


def newest(home: Path, partner: str) -> Agreement | None:
    """The latest version of a partner's agreement, in force or not yet."""
    own = [a for a in agreements(home) if a.partner == partner]
    return max(own, key=lambda a: (a.valid_from, a.version), default=None)


def save_agreement(home: Path, body: bytes, name: str) -> Agreement:
    """Add a version. One that exists is never edited, only superseded."""
    agreement = parse_agreement(body, name)
    path = home / "agreements" / f"{safe(agreement.partner)}-{agreement.version:03d}.toml"
    if path.exists():
        if read_agreement(path).content == agreement.content:
            return agreement
        raise Refusal(
            f"Version {agreement.version} of the agreement with {agreement.partner} exists and says something else",
            where=name,
            expected=f"version {agreement.version + 1}",
            next_step="Raise the version; a version in force is superseded, never edited.",
        )
    write_whole(path, body)
    return agreement
