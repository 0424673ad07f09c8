"""The call log report of Five9: times as H:MM:SS, blanks where a column does not apply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from levelfield_worlds.arrow import Table

HEADER = (
    "CALL ID", "TIMESTAMP", "CAMPAIGN", "CALL TYPE", "AGENT", "AGENT NAME", "DISPOSITION", "ANI", "CUSTOMER NAME",
    "DNIS", "CALL TIME", "BILL TIME (ROUNDED)", "COST", "IVR TIME", "QUEUE WAIT TIME", "RING TIME", "TALK TIME",
    "HOLD TIME", "PARK TIME", "AFTER CALL WORK TIME", "TRANSFERS", "CONFERENCES", "HOLDS", "ABANDONED", "RECORDINGS",
)  # fmt: skip
ROWS = 5_000
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def five9_call_log(table: Table, zone: str) -> Iterator[bytes]:
    """Contact rows as the report's lines, in the wall-clock time of the partner's zone; talk time without hold."""
    yield (",".join(HEADER) + "\n").encode()
    place = ZoneInfo(zone)
    for start in range(0, table.num_rows, ROWS):
        rows = table.slice(start, ROWS).to_pylist()
        yield "".join(_line(row, place) for row in rows).encode()


def _line(row: dict[str, Any], zone: ZoneInfo) -> str:
    wait, talk, hold, wrap = ((row[name] or 0) // 1000 for name in ("wait_ms", "talk_ms", "hold_ms", "wrap_ms"))
    taken = row["answered"]
    disposition = ("Solved" if row["resolved"] else "Open") if taken else "Abandon"
    total = wait + talk + hold
    cells = (
        row["contact_id"], _stamp(row["arrived_at"].astimezone(zone)), row["queue"], "Inbound", row["agent"] or "", "",
        disposition, row["customer"], "", "", _clock(total), _clock(-(-total // 60) * 60), "", "", _clock(wait), "",
        _clock(talk) if taken else "", _clock(hold) if taken else "", "", _clock(wrap) if taken else "",
        str(int(row["transferred"])) if taken else "", "", str(int(hold > 0)) if taken else "", str(int(not taken)), "",
    )  # fmt: skip
    return ",".join(cells) + "\n"


def _stamp(moment: dt.datetime) -> str:
    """Thu, 27 Oct 2016 14:51:34, in English whatever the machine speaks."""
    day, month = WEEKDAYS[moment.weekday()], MONTHS[moment.month - 1]
    return f'"{day}, {moment.day:02d} {month} {moment:%Y %H:%M:%S}"'


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
