"""The grid a world grows on: series (one partner's site on one line), days, and intervals of the day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from levelfield_worlds.arrays import Floats, Ints
from levelfield_worlds.plan import Assignment, Estate, Incident, Line, Partner

EPOCH = dt.date(1970, 1, 1)
SECOND_US = 1_000_000


@dataclass(frozen=True)
class Frame:
    """Every series and every day of an estate as arrays that the other files index."""

    estate: Estate
    series: tuple[Assignment, ...]
    lines: tuple[Line, ...]  # of each series
    partners: tuple[Partner, ...]  # of each series
    dates: tuple[dt.date, ...]
    day: Ints  # (days,) days since 1970
    opens_at: Ints  # (days,) moment of opening, microseconds UTC
    line_index: Ints  # (series,) position of the line in the estate
    share: Floats  # (series,)

    @property
    def shape(self) -> tuple[int, int]:
        """Series by days."""
        return len(self.series), len(self.dates)

    @property
    def ends_at(self) -> int:
        """The moment after which nothing is known, in microseconds UTC."""
        return moment(self.estate.end, 0, self.estate.zone)

    def start_at(self, day_index: Ints, slot: Ints) -> Ints:
        """When an interval begins, in microseconds UTC."""
        starts: Ints = self.opens_at[day_index] + slot * (self.estate.interval_s * SECOND_US)
        return starts

    def days_of(self, incident: Incident) -> slice:
        """The days an incident covers, cut to the estate's life."""
        first = max(0, (incident.start - self.estate.start).days)
        return slice(first, max(first, min(len(self.dates), (incident.end - self.estate.start).days)))

    def series_of(self, incident: Incident) -> Ints:
        """The series an incident touches."""
        return np.array(
            [
                number
                for number, a in enumerate(self.series)
                if incident.partner in (None, a.partner)
                and incident.site in (None, a.site)
                and incident.line in (None, a.line)
            ],
            dtype=np.int64,
        )

    def series_of_partner(self, partner: str) -> Ints:
        """The series one partner serves."""
        return np.array([n for n, a in enumerate(self.series) if a.partner == partner], dtype=np.int64)


def frame_of(estate: Estate) -> Frame:
    """Lay out the grid of an estate."""
    dates = tuple(estate.start + dt.timedelta(days=n) for n in range(estate.days))
    names = [line.name for line in estate.lines]
    return Frame(
        estate,
        estate.assignments,
        tuple(estate.line_by_name[a.line] for a in estate.assignments),
        tuple(estate.partner_by_key[a.partner] for a in estate.assignments),
        dates,
        np.array([(date - EPOCH).days for date in dates], dtype=np.int64),
        np.array([moment(date, estate.opens_s, estate.zone) for date in dates], dtype=np.int64),
        np.array([names.index(a.line) for a in estate.assignments], dtype=np.int64),
        np.array([a.share for a in estate.assignments]),
    )


def moment(date: dt.date, second: int, zone: str) -> int:
    """A wall-clock second of a day in a zone, as microseconds UTC."""
    wall = dt.datetime.combine(date, dt.time(second // 3600, second // 60 % 60, second % 60), ZoneInfo(zone))
    return round(wall.timestamp()) * SECOND_US
