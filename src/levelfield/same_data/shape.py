"""What a fact table promises: its columns, their units, its grain, its key."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How a column is stored. Every kind is exact: no floating-point number enters a publication."""

    TEXT = "text"
    KEY = "key"  # a person or account, replaced by a keyed hash at the door
    COUNT = "count"  # int64
    DURATION = "duration"  # int64 milliseconds
    THOUSANDTHS = "thousandths"  # int64, the number times 1,000
    MONEY = "money"  # int64 minor units (cents), the currency beside it
    MOMENT = "moment"  # timestamp, microseconds, UTC
    DAY = "day"  # date in the agreement's time zone
    FLAG = "flag"  # boolean


UNITS: dict[Kind, str] = {
    Kind.TEXT: "",
    Kind.KEY: "keyed hash",
    Kind.COUNT: "number",
    Kind.DURATION: "milliseconds",
    Kind.THOUSANDTHS: "thousandths",
    Kind.MONEY: "minor units of the currency",
    Kind.MOMENT: "UTC",
    Kind.DAY: "local date",
    Kind.FLAG: "yes or no",
}


@dataclass(frozen=True)
class Column:
    """One column of a fact table."""

    name: str
    kind: Kind
    about: str
    needed: bool = False
    dimension: bool = False
    negative: bool = False  # may the number lie below zero?


@dataclass(frozen=True)
class Shape:
    """A fact table: one row per grain, identified by its key. `version` rises when a published row changes meaning."""

    name: str
    title: str
    about: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    version: int = 1
    chunk: str = "month"  # how the facts of one partner are cut when stored: by day or by month
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    def __getitem__(self, name: str) -> Column:
        return self.by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the contract."""
        return tuple(self.by_name)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The columns by which facts of this shape may be split."""
        return tuple(c.name for c in self.columns if c.dimension)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which a row says nothing."""
        return tuple(c.name for c in self.columns if c.needed)


def count(name: str, about: str, **more: bool) -> Column:
    """A whole number."""
    return Column(name, Kind.COUNT, about, **more)


def duration(name: str, about: str, **more: bool) -> Column:
    """A length of time, kept in milliseconds; the column's name ends in `_ms`."""
    return Column(name, Kind.DURATION, about, **more)


def text(name: str, about: str, **more: bool) -> Column:
    """A short label."""
    return Column(name, Kind.TEXT, about, **more)


def flag(name: str, about: str, **more: bool) -> Column:
    """Yes, no, or not said."""
    return Column(name, Kind.FLAG, about, **more)


PARTNER = Column("partner", Kind.TEXT, "Key of the partner who serves the contacts.", needed=True, dimension=True)
DAY = Column("day", Kind.DAY, "Local date in the agreement's time zone on which the row begins.", needed=True)


def dimensions(*names: str) -> tuple[Column, ...]:
    """The shared dimension columns, in the given order."""
    return tuple(Column(name, Kind.TEXT, DIMENSIONS[name], dimension=True) for name in names)


DIMENSIONS: dict[str, str] = {
    "program": "One client's work at one partner.",
    "site": "Place or work-from-home pool the contact was served from.",
    "line": "Line of business, in the client's words.",
    "queue": "Queue or skill, in the platform's words.",
    "channel": "voice, chat, e-mail, message, social or back-office.",
    "language": "Language the contact was served in, as a short code.",
    "tenure_band": "How long the agent has been in production: 0-30, 31-90, 91-180, 181-365, 366+ days.",
    "reason": "Contact reason, in the client's words.",
    "free_a": "A dimension of your own; the estate file names it.",
    "free_b": "A second dimension of your own.",
    "free_c": "A third dimension of your own.",
}
PLACE = ("program", "site", "line", "queue", "channel")
FREE = ("free_a", "free_b", "free_c")
