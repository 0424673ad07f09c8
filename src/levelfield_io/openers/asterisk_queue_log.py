"""Asterisk queue_log: a line per event of a call becomes one row per call.

Events used: ENTERQUEUE, CONNECT (hold time first), COMPLETECALLER and COMPLETEAGENT (hold time, call time),
ABANDON (position, original position, wait time), EXITWITHTIMEOUT, EXITWITHKEY, BLINDTRANSFER, ATTENDEDTRANSFER.
Source: https://docs.asterisk.org/Configuration/Applications/Call-Queues/Queue-Logs/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

NAME = "asterisk_queue_log"
LINE = re.compile(rb"^\d{9,10}(\.\d+)?\|[^|\n]*\|[^|\n]*\|[^|\n]*\|[A-Z]{4,}")
ENDS = {
    "COMPLETECALLER",
    "COMPLETEAGENT",
    "ABANDON",
    "EXITWITHTIMEOUT",
    "EXITWITHKEY",
    "BLINDTRANSFER",
    "ATTENDEDTRANSFER",
}
MOST_OPEN = 200_000  # calls in the air at one time; more means that ends are missing


def recognises(head: bytes) -> bool:
    """Does the first line have the form epoch|call|queue|agent|EVENT?"""
    return bool(LINE.match(head.lstrip()))


def rows(path: Path) -> Iterator[dict[str, str | None]]:
    """One row per call, when it ends; calls still open at the end of the file are left out."""
    calls: dict[str, dict[str, str | None]] = {}
    with path.open("rb") as stream:
        for line in stream:
            fields = line.decode("utf-8", errors="replace").rstrip("\r\n").split("|")
            if len(fields) < 5:
                continue
            at, call, queue, agent, event, *data = fields
            if event == "ENTERQUEUE":
                if len(calls) >= MOST_OPEN:
                    calls.pop(next(iter(calls)))
                calls[call] = {
                    "callid": call, "entered": at, "queue": queue, "caller": data[1] if len(data) > 1 else None,
                    "answered": "no", "transferred": "no",
                }  # fmt: skip
            elif call in calls:
                row = calls[call]
                _event(row, event, agent, data)
                if event in ENDS:
                    yield calls.pop(call)


def _event(row: dict[str, str | None], event: str, agent: str, data: list[str]) -> None:
    """What one event adds to its call."""
    if event == "CONNECT":
        row |= {"answered": "yes", "agent": agent, "wait": data[0] if data else None}
    elif event in ("COMPLETECALLER", "COMPLETEAGENT"):
        row |= {"wait": data[0] if data else row.get("wait"), "talk": data[1] if len(data) > 1 else None}
    elif event in ("ABANDON", "EXITWITHTIMEOUT", "EXITWITHKEY"):
        row["wait"] = data[2] if len(data) > 2 else None
        row["left"] = event
    else:
        row["transferred"] = "yes"
