"""An agreement, first form: which measures, how they are computed, and which level is expected.

The pure floor keeps switches of a definition as plain data here, because the room of measures comes later in the
story; `measures.definition.Definition.from_data` reads them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from levelfield.words import Refusal, RefusalKind, nearest


class Better(StrEnum):
    """Which way a level is kept."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Standing(StrEnum):
    """How a value stands to what was agreed. There is no status where nothing was agreed."""

    MET = "met"
    MISSED_EXPECTED = "expected level missed"
    MISSED_MINIMUM = "minimum level missed"
    CANNOT_JUDGE = "cannot judge"


@dataclass(frozen=True)
class Target:
    """What was agreed of one measure on some lines and channels. Levels are in the measure's unit; shares 0 to 1."""

    key: str
    measure: str
    definition: tuple[tuple[str, Any], ...]
    better: Better
    expected: float | None
    minimum: float | None
    window: str = "month"
    lines: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    fewest: int = 30
    clause: str = ""
    decimals: int | None = None  # the value is rounded to so many decimals of the shown unit before it is compared

    def covers(self, line: str | None, channel: str | None) -> bool:
        """Does the target speak of this line and channel?"""
        return (not self.lines or line in self.lines) and (not self.channels or channel in self.channels)

    def standing(self, value: float | None, n: int) -> Standing:
        """Met, missed, or cannot judge. A level reached exactly is met."""
        if value is None or n < self.fewest:
            return Standing.CANNOT_JUDGE
        if self.expected is not None and self._reaches(value, self.expected):
            return Standing.MET
        if self.minimum is None:
            return Standing.MISSED_EXPECTED if self.expected is not None else Standing.CANNOT_JUDGE
        if self.expected is None:
            return Standing.MET if self._reaches(value, self.minimum) else Standing.MISSED_MINIMUM
        return Standing.MISSED_EXPECTED if self._reaches(value, self.minimum) else Standing.MISSED_MINIMUM

    def _reaches(self, value: float, level: float) -> bool:
        # Ten decimals lie far below any agreed level and far above the noise of a division.
        value, level = round(value, 10), round(level, 10)
        return value >= level if self.better is Better.AT_LEAST else value <= level


@dataclass(frozen=True)
class Agreement:
    """One version of the agreement with one partner."""

    partner: str
    title: str
    version: int
    valid_from: dt.date
    zone: str
    currency: str
    targets: tuple[Target, ...]
    month_starts_on: int = 1
    lock_days: int = 10
    content: str = ""

    def target_for(self, measure: str, line: str | None = None, channel: str | None = None) -> Target | None:
        """The most particular target of a measure: one that names the line before one for all."""
        found = [t for t in self.targets if t.measure == measure and t.covers(line, channel)]
        return max(found, key=lambda t: (bool(t.lines), bool(t.channels)), default=None)


AGREEMENT_KEYS = (
    "partner",
    "title",
    "version",
    "valid_from",
    "zone",
    "currency",
    "month_starts_on",
    "lock_days",
    "target",
)
TARGET_KEYS = (
    "key", "measure", "definition", "at_least", "at_most", "minimum", "window", "lines", "channels", "fewest", "clause", "decimals",
)  # fmt: skip
WINDOWS = ("month",)


def agreement_from_data(data: Mapping[str, Any], *, measures: Sequence[str], where: str = "agreement") -> Agreement:
    """Read a parsed agreement file, or refuse it with everything that is wrong at once."""
    wrong: list[str] = []
    _unknown(data, AGREEMENT_KEYS, "", wrong)
    for key in ("partner", "title", "version", "valid_from", "target"):
        if key not in data:
            wrong.append(f"“{key}” is missing")
    zone = data.get("zone", "UTC")
    try:
        ZoneInfo(str(zone))
    except (KeyError, ValueError, OSError):
        wrong.append(f"zone “{zone}” is not a time zone such as Europe/London")
    if not isinstance(data.get("valid_from", dt.date.min), dt.date):
        wrong.append(
            f"valid_from is “{data['valid_from']}”; expected a date such as 2026-01-01 without quotation marks"
        )
    starts = data.get("month_starts_on", 1)
    if not isinstance(starts, int) or not 1 <= starts <= 28:
        wrong.append(f"month_starts_on is “{starts}”; expected a day from 1 to 28")
    targets = [
        t for i, entry in enumerate(data.get("target", ()), 1) if (t := _target(entry, i, measures, wrong)) is not None
    ]
    keys = [t.key for t in targets]
    wrong += [f"two targets have the key “{k}”" for k in sorted({k for k in keys if keys.count(k) > 1})]
    if wrong:
        raise Refusal(
            f"The agreement has {len(wrong)} finding{'s' if len(wrong) != 1 else ''}: " + "; ".join(wrong),
            where=where,
            next_step="Correct the file; nothing was changed.",
            kind=RefusalKind.DEFINITION,
        )
    return Agreement(
        partner=str(data["partner"]),
        title=str(data["title"]),
        version=int(data["version"]),
        valid_from=data["valid_from"],
        zone=str(zone),
        currency=str(data.get("currency", "GBP")),
        targets=tuple(targets),
        month_starts_on=starts,
        lock_days=int(data.get("lock_days", 10)),
        content=content_of(data),
    )


def content_of(data: Mapping[str, Any]) -> str:
    """The hash both sides accept: of what the file says, not of how it is spaced."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def _target(entry: Mapping[str, Any], number: int, measures: Sequence[str], wrong: list[str]) -> Target | None:
    at = f"target {number}"
    _unknown(entry, TARGET_KEYS, f"{at}: ", wrong)
    measure = str(entry.get("measure", ""))
    if measure not in measures:
        near = nearest(measure, measures)
        wrong.append(f"{at}: “{measure}” is not a measure" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    given = [k for k in ("at_least", "at_most") if k in entry]
    if len(given) != 1:
        wrong.append(f"{at}: expected exactly one of at_least and at_most")
        return None
    expected, minimum = entry[given[0]], entry.get("minimum")
    for name, level in ((given[0], expected), ("minimum", minimum)):
        if level is not None and (isinstance(level, bool) or not isinstance(level, int | float)):
            wrong.append(f"{at}: {name} is “{level}”; expected a number")
            return None
    better = Better(given[0])
    if minimum is not None and (minimum > expected if better is Better.AT_LEAST else minimum < expected):
        wrong.append(f"{at}: the minimum {minimum} is stricter than the expected level {expected}")
    if entry.get("window", "month") not in WINDOWS:
        wrong.append(f"{at}: window “{entry['window']}” is not known; expected one of {', '.join(WINDOWS)}")
    return Target(
        key=str(entry.get("key", measure)),
        measure=measure,
        definition=tuple(sorted(dict(entry.get("definition", {})).items())),
        better=better,
        expected=float(expected),
        minimum=None if minimum is None else float(minimum),
        window=str(entry.get("window", "month")),
        lines=tuple(entry.get("lines", ())),
        channels=tuple(entry.get("channels", ())),
        fewest=int(entry.get("fewest", 30)),
        clause=str(entry.get("clause", "")),
        decimals=entry.get("decimals"),
    )


def _unknown(data: Mapping[str, Any], known: Sequence[str], where: str, wrong: list[str]) -> None:
    for key in data:
        if key not in known:
            near = nearest(key, known)
            wrong.append(
                f"{where}“{key}” is not known"
                + (f"; did you mean “{near[0]}”?" if near else f"; expected one of {', '.join(known)}")
            )
