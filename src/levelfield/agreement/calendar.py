"""Contract months, the windows of a target, and working days."""

from __future__ import annotations

import datetime as dt
import functools

import holidays

from levelfield.agreement.terms import Agreement, Target
from levelfield.words import Period


def contract_month(day: dt.date, starts_on: int = 1) -> Period:
    """The month of the agreement that holds a day. It is named by the calendar month in which it ends.

    >>> contract_month(dt.date(2026, 3, 5), 22)
    Period(start=datetime.date(2026, 2, 22), end=datetime.date(2026, 3, 22))
    """
    start = day.replace(day=starts_on)
    if start > day:
        start = _month_on(start, -1)
    return Period(start, _month_on(start, 1))


def named_month(text: str, starts_on: int = 1) -> Period:
    """The contract month a name such as 2026-03 stands for: the one that ends in March, or is March.

    >>> named_month("2026-03", 22).start
    datetime.date(2026, 2, 22)
    """
    calendar = Period.parse(text)
    return contract_month(calendar.end - dt.timedelta(days=1), 1) if starts_on == 1 else contract_month(
        calendar.start.replace(day=starts_on) - dt.timedelta(days=1), starts_on
    )  # fmt: skip


def name_of(month: Period) -> str:
    """The name of a contract month: the calendar month of its last day."""
    return f"{month.end - dt.timedelta(days=1):%Y-%m}"


def month_before(month: Period, back: int = 1) -> Period:
    """The contract month so many months before."""
    return Period(_month_on(month.start, -back), _month_on(month.end, -back))


def ends_window(target: Target, month: Period) -> bool:
    """Is a target judged at the end of this month? Quarters end with March, June, September and December."""
    return target.window != "quarter" or (month.end - dt.timedelta(days=1)).month % 3 == 0


def months_of(target: Target, month: Period) -> list[Period]:
    """The contract months a target's window holds up to and with this one, oldest first."""
    if target.window == "quarter":
        back = ((month.end - dt.timedelta(days=1)).month - 1) % 3
    else:
        back = (target.months or 1) - 1
    return [month_before(month, n) for n in range(back, -1, -1)]


@functools.cache
def known_calendars() -> frozenset[str]:
    """Countries and their subdivisions of which public holidays are known."""
    listed = holidays.list_supported_countries()
    return frozenset(listed) | {f"{country}-{part}" for country, parts in listed.items() for part in parts}


@functools.lru_cache(maxsize=200)
def _free_days(calendar: str, year: int) -> frozenset[dt.date]:
    country, _, part = calendar.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


def is_working_day(day: dt.date, calendar: str) -> bool:
    """Monday to Friday, and no public holiday."""
    return day.weekday() < 5 and day not in _free_days(calendar, day.year)


def after_working_days(day: dt.date, days: int, calendar: str) -> dt.date:
    """The last day on which something may be done that is due within so many working days after `day`.

    >>> after_working_days(dt.date(2026, 4, 2), 2, "GB-ENG")  # Good Friday and Easter Monday do not count
    datetime.date(2026, 4, 8)
    """
    while days > 0:
        day += dt.timedelta(days=1)
        days -= is_working_day(day, calendar)
    return day


def due(agreement: Agreement, clock: str, since: dt.date) -> dt.date | None:
    """The last day of a clock of the agreement that began to run on `since`; None where none was agreed."""
    agreed = getattr(agreement.clocks, clock)
    return None if agreed is None else after_working_days(since, agreed.days, agreement.calendar)


def _month_on(day: dt.date, months: int) -> dt.date:
    number = day.year * 12 + day.month - 1 + months
    return day.replace(year=number // 12, month=number % 12 + 1)
