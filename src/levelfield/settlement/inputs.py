"""What a month is settled from: counts of a publication, the locked forecast, excused events, invoices.

Everything is data: whoever holds the same inputs and the same agreement gets the same statement, byte for byte.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from levelfield.words import Period


@dataclass(frozen=True)
class Unit:
    """Counts of one target in one interval or day. `offered` and `forecast` are contacts on the target's lines."""

    day: dt.date
    at: dt.datetime | None  # start of the interval in UTC; None for a whole day
    numerator: int | None
    denominator: int | None
    n: int
    offered: int | None = None
    forecast: Decimal | None = None
    length_s: int = 86_400


@dataclass(frozen=True)
class Measured:
    """A target's counts in one contract month. `value` only where it is no ratio of counts; `why` where there is none."""

    target: str
    numerator: int | None = None
    denominator: int | None = None
    n: int = 0
    value: Decimal | None = None
    why: str = ""
    units: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Volume:
    """Contacts offered and forecast in one interval or day, over all lines of the forecast."""

    day: dt.date
    offered: int | None
    forecast: Decimal | None


@dataclass(frozen=True)
class Month:
    """One contract month. `fees` and `credited` are None where no invoice was delivered."""

    period: Period
    publication: str
    measured: Mapping[str, Measured]
    fees: Decimal | None = None
    credited: Decimal | None = None  # what the invoice gave back, as a positive amount
    resources: Mapping[str, Decimal | None] = field(default_factory=dict)
    volume: tuple[Volume, ...] = ()
    ended: bool = True  # is the last day of the month among the facts?


@dataclass(frozen=True)
class Excuse:
    """A claim that an event be left out. `accepted` is None while nobody answered."""

    key: str
    start: dt.datetime
    end: dt.datetime
    kind: str
    reason: str
    claimed_on: dt.date
    lines: tuple[str, ...] = ()
    accepted: bool | None = None
