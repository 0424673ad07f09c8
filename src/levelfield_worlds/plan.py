"""What is decided before a world grows: who serves which line from where, and what goes wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Partner:
    """A company that serves contacts, with its habits."""

    key: str
    name: str
    zone: str
    country: str
    sites: tuple[str, ...]
    currency: str = "GBP"
    staffing_factor: float = 1.0  # agents on the queue over agents required
    absence: float = 0.06  # usual share of scheduled time lost to unplanned absence
    attrition: float = 0.4  # leavers per position and year
    skill: float = 0.0  # shift of the chance that an issue is solved
    calibration_gap: float = 3.0  # points by which it scores itself above the client's evaluators
    queue_by_site: bool = False  # does its platform keep one queue per site?
    overflows: bool = False  # does it send long waits on to another queue?


@dataclass(frozen=True)
class Line:
    """A line of business as the client names it, with what its customers do."""

    key: str
    name: str
    topic: str
    market: str
    channel: str
    language: str
    volume: float  # contacts on an average day, all partners together
    handle_s: float
    patience_s: float


@dataclass(frozen=True)
class Assignment:
    """One partner's site serving a share of one line."""

    partner: str
    site: str
    line: str
    share: float


@dataclass(frozen=True)
class Estate:
    """One client's outsourced service over a half-open span of days."""

    client: str
    partners: tuple[Partner, ...]
    lines: tuple[Line, ...]
    assignments: tuple[Assignment, ...]
    start: dt.date
    end: dt.date
    zone: str = "Europe/London"
    interval_s: int = 1800
    threshold_s: int = 20
    short_s: int = 5
    opens_s: int = 8 * 3600
    closes_s: int = 20 * 3600
    partner_by_key: dict[str, Partner] = field(init=False, repr=False, compare=False)
    line_by_name: dict[str, Line] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "partner_by_key", {partner.key: partner for partner in self.partners})
        object.__setattr__(self, "line_by_name", {line.name: line for line in self.lines})

    @property
    def days(self) -> int:
        """How many days the estate lives."""
        return (self.end - self.start).days

    @property
    def slots(self) -> int:
        """How many intervals an opening day has."""
        return (self.closes_s - self.opens_s) // self.interval_s

    def queue_of(self, assignment: Assignment) -> str:
        """The partner's own code of the queue: the line's, with the site's first letters where queues are per site."""
        key = self.line_by_name[assignment.line].key
        if self.partner_by_key[assignment.partner].queue_by_site:
            return f"{key}_{assignment.site[:3].upper()}"
        return key

    def served_by(self, partner: str) -> tuple[Assignment, ...]:
        """What one partner serves."""
        return tuple(a for a in self.assignments if a.partner == partner)


@dataclass(frozen=True)
class Incident:
    """One planted circumstance, over a half-open span of days; where partner, site or line is None it holds for all."""

    kind: str
    partner: str | None
    site: str | None
    line: str | None
    start: dt.date
    end: dt.date
    size: float
    owner: str  # client, partner or outside
