"""Months that were counted once: kept beside the sheets of their publication, named by everything that enters them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from levelfield.agreement.terms import Agreement
from levelfield.settlement.inputs import Measured, Month, Unit, Volume
from levelfield.words import Period
from levelfield_io.settling import Moves, months_to_settle
from levelfield_io.sheets_at_hand import compiled_folder
from levelfield_io.store import Store, write_whole

WRITTEN_AS = "months 3"  # rises when counting or writing changes, so that older files are left aside


def months_at_hand(store: Store, agreements: Sequence[Agreement], publication: str, moves: Moves) -> list[Month]:
    """The months of a publication under some agreements; counted at the first call, read from disk afterwards."""
    path = _path(store, agreements, publication, moves)
    if path.exists():
        return months_from_data(json.loads(path.read_bytes()))
    made = months_to_settle(store, agreements, publication, moves)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, json.dumps(months_to_data(made), separators=(",", ":")).encode())
    return made


def are_at_hand(store: Store, agreements: Sequence[Agreement], publication: str, moves: Moves) -> bool:
    """Were these months counted before?"""
    return _path(store, agreements, publication, moves).exists()


def made_of(agreements: Sequence[Agreement], publication: str, moves: Moves) -> str:
    """The hash of everything that enters the counts: what was agreed, the facts, the locks, when claimed events were."""
    entering = [
        WRITTEN_AS,
        publication,
        [a.content for a in agreements],
        [(month, at.isoformat()) for month, at in sorted(moves.locks.items())],
        sorted((e.start.isoformat(), e.end.isoformat()) for e in moves.excuses),  # they ask for intervals
    ]
    return hashlib.sha256(json.dumps(entering).encode()).hexdigest()[:32]


def _path(store: Store, agreements: Sequence[Agreement], publication: str, moves: Moves) -> Path:
    folder = compiled_folder(store, agreements[0].partner, publication)
    return folder / f"months-{made_of(agreements, publication, moves)}.json"


def months_to_data(months: Iterable[Month]) -> dict[str, Any]:
    """Months as plain data. Decimals are written as text, so that no digit is lost."""
    return {"levelfield": WRITTEN_AS, "months": [_month(m) for m in months]}


def months_from_data(data: Mapping[str, Any]) -> list[Month]:
    """The same months again."""
    return [
        Month(
            Period(_day(m["start"]), _day(m["end"])), m["publication"], {key: _measured(key, t) for key, t in m["measured"].items()},
            _decimal(m["fees"]), _decimal(m["credited"]), {key: _decimal(v) for key, v in m["resources"].items()},
            tuple(Volume(_day(day), offered, _decimal(forecast)) for day, offered, forecast in m["volume"]), m["ended"],
        )
        for m in data["months"]
    ]  # fmt: skip


def _month(m: Month) -> dict[str, Any]:
    return {
        "start": str(m.period.start), "end": str(m.period.end), "publication": m.publication,
        "measured": {
            key: {
                "numerator": t.numerator, "denominator": t.denominator, "n": t.n, "value": _text(t.value), "why": t.why,
                "units": [
                    [str(u.day), u.at.isoformat() if u.at else None, u.numerator, u.denominator, u.n, u.offered, _text(u.forecast), u.length_s]
                    for u in t.units
                ],
            }
            for key, t in m.measured.items()
        },
        "fees": _text(m.fees), "credited": _text(m.credited), "resources": {key: _text(v) for key, v in m.resources.items()},
        "volume": [[str(v.day), v.offered, _text(v.forecast)] for v in m.volume], "ended": m.ended,
    }  # fmt: skip


def _measured(key: str, t: Mapping[str, Any]) -> Measured:
    units = tuple(
        Unit(_day(day), dt.datetime.fromisoformat(at) if at else None, above, below, n, offered, _decimal(forecast), length)
        for day, at, above, below, n, offered, forecast, length in t["units"]
    )  # fmt: skip
    return Measured(key, t["numerator"], t["denominator"], t["n"], _decimal(t["value"]), t["why"], units)


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
