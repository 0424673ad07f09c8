"""Lengths of time and half-open spans of days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from levelfield.words.refusals import Refusal, RefusalKind


class Grain(StrEnum):
    """The lengths of time a value may stand for. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ALL = "all"

    def start_of(self, day: dt.date) -> dt.date:
        """The first day of the period of this grain that holds `day`.

        >>> Grain.WEEK.start_of(dt.date(2026, 3, 5))
        datetime.date(2026, 3, 2)
        """
        match self:
            case Grain.DAY:
                return day
            case Grain.WEEK:
                return day - dt.timedelta(days=day.weekday())
            case Grain.MONTH:
                return day.replace(day=1)
            case Grain.QUARTER:
                return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
            case Grain.YEAR:
                return day.replace(month=1, day=1)
            case Grain.ALL:
                return dt.date.min

    def next_after(self, start: dt.date) -> dt.date:
        """The first day of the following period, given the first day of one.

        >>> Grain.QUARTER.next_after(dt.date(2026, 10, 1))
        datetime.date(2027, 1, 1)
        """
        match self:
            case Grain.DAY:
                return start + dt.timedelta(days=1)
            case Grain.WEEK:
                return start + dt.timedelta(days=7)
            case Grain.MONTH | Grain.QUARTER:
                month = start.month + (1 if self is Grain.MONTH else 3)
                return start.replace(year=start.year + (month > 12), month=(month - 1) % 12 + 1)
            case Grain.YEAR:
                return start.replace(year=start.year + 1)
            case Grain.ALL:
                return dt.date.max

    def name_of(self, start: dt.date) -> str:
        """The name people give to the period that begins on `start`.

        >>> Grain.WEEK.name_of(dt.date(2026, 3, 2)), Grain.QUARTER.name_of(dt.date(2026, 4, 1))
        ('2026-W10', '2026-Q2')
        """
        match self:
            case Grain.DAY:
                return start.isoformat()
            case Grain.WEEK:
                return "{}-W{:02d}".format(*start.isocalendar()[:2])
            case Grain.MONTH:
                return f"{start:%Y-%m}"
            case Grain.QUARTER:
                return f"{start.year}-Q{(start.month + 2) // 3}"
            case Grain.YEAR:
                return str(start.year)
            case Grain.ALL:
                return "all"


@dataclass(frozen=True, order=True)
class Period:
    """A half-open span of days: `start` belongs to it, `end` does not."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise Refusal(
                f"The period from {self.start} to {self.end} is empty",
                expected="an end after the start",
                kind=RefusalKind.DEFINITION,
            )

    @property
    def days(self) -> int:
        """How many days lie in the period."""
        return (self.end - self.start).days

    def __contains__(self, day: dt.date) -> bool:
        return self.start <= day < self.end

    @classmethod
    def of(cls, grain: Grain, day: dt.date) -> Period:
        """The period of a grain that holds a day."""
        start = grain.start_of(day)
        return cls(start, grain.next_after(start))

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026`, `2026-Q2`, `2026-03`, `2026-W10`, `2026-03-05` or `2026-01-01..2026-04-01`.

        >>> Period.parse("2026-Q2")
        Period(start=datetime.date(2026, 4, 1), end=datetime.date(2026, 7, 1))
        """
        try:
            if ".." in text:
                first, last = text.split("..", 1)
                return cls(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
            if "-Q" in text:
                year, quarter = text.split("-Q")
                return cls.of(Grain.QUARTER, dt.date(int(year), 3 * int(quarter) - 2, 1))
            if "-W" in text:
                return cls.of(Grain.WEEK, dt.date.fromisoformat(f"{text}-1"))
            match text.count("-"):
                case 0 if len(text) == 4:
                    return cls.of(Grain.YEAR, dt.date(int(text), 1, 1))
                case 0:
                    raise ValueError(text)
                case 1:
                    return cls.of(Grain.MONTH, dt.date.fromisoformat(f"{text}-01"))
                case _:
                    return cls.of(Grain.DAY, dt.date.fromisoformat(text))
        except (ValueError, OverflowError):
            raise Refusal(
                f"“{text[:40]}” is not a period",
                expected="a year, quarter, month, week or day such as 2026, 2026-Q2, 2026-03, 2026-W10 or 2026-03-05, "
                "or two days such as 2026-01-01..2026-04-01 (the second is not included)",
                kind=RefusalKind.DEFINITION,
            ) from None
