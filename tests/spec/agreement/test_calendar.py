"""Contract months, windows and working days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levelfield.agreement.calendar import (
    after_working_days,
    contract_month,
    due,
    ends_window,
    is_working_day,
    known_calendars,
    month_before,
    months_of,
    name_of,
    named_month,
)
from levelfield.words import Period
from spec.settlement.worked import SERVICE, agreed

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2035, 12, 31))
STARTS = st.integers(1, 28)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    "on, starts_on, start, end, name",
    [
        ("2026-03-21", 22, "2026-02-22", "2026-03-22", "2026-03"),
        ("2026-03-22", 22, "2026-03-22", "2026-04-22", "2026-04"),
        ("2026-12-31", 22, "2026-12-22", "2027-01-22", "2027-01"),
        ("2026-01-01", 28, "2025-12-28", "2026-01-28", "2026-01"),
        ("2026-02-28", 28, "2026-02-28", "2026-03-28", "2026-03"),
        ("2026-02-28", 1, "2026-02-01", "2026-03-01", "2026-02"),
    ],
)
def test_a_day_lies_in_one_contract_month_named_by_its_last_day(on, starts_on, start, end, name):
    month = contract_month(day(on), starts_on)
    assert (month, name_of(month)) == (Period(day(start), day(end)), name)


@pytest.mark.parametrize(
    "name, starts_on, days", [("2026-02", 1, 28), ("2028-02", 1, 29), ("2026-04", 1, 30), ("2026-03", 22, 28), ("2028-03", 22, 29), ("2026-04", 22, 31)]
)  # fmt: skip
def test_months_have_as_many_days_as_the_calendar_gives_them(name, starts_on, days):
    assert named_month(name, starts_on).days == days


@given(DAYS, STARTS)
def test_months_lie_side_by_side_and_their_names_lead_back(on, starts_on):
    month = contract_month(on, starts_on)
    assert on in month
    assert month_before(month).end == month.start == month_before(month_before(month), -1).start
    assert named_month(name_of(month), starts_on) == month


@pytest.mark.parametrize("name, ends", [("2026-02", False), ("2026-03", True), ("2026-12", True), ("2027-01", False)])
def test_a_quarter_ends_with_march_june_september_and_december(name, ends):
    target = agreed(SERVICE + 'at_least = 0.8\nwindow = "quarter"').targets[0]
    assert ends_window(target, named_month(name)) is ends


def test_the_months_of_a_window_are_oldest_first():
    quarter = agreed(SERVICE + 'at_least = 0.8\nwindow = "quarter"').targets[0]
    rolling = agreed(SERVICE + 'at_least = 0.8\nwindow = "rolling"\nmonths = 3').targets[0]
    assert [name_of(m) for m in months_of(quarter, named_month("2026-06"))] == ["2026-04", "2026-05", "2026-06"]
    assert [name_of(m) for m in months_of(rolling, named_month("2026-02"))] == ["2025-12", "2026-01", "2026-02"]
    fiscal = months_of(quarter, named_month("2026-03", 22))
    assert (fiscal[0].start, fiscal[-1].end) == (day("2025-12-22"), day("2026-03-22"))


@pytest.mark.parametrize(
    "since, days, calendar, last",
    [
        ("2026-03-02", 5, "GB-ENG", "2026-03-09"),  # a Monday; a week later
        ("2026-03-06", 1, "GB-ENG", "2026-03-09"),  # a Friday
        ("2026-03-07", 1, "GB-ENG", "2026-03-09"),  # a Saturday
        ("2026-04-02", 2, "GB-ENG", "2026-04-08"),  # Good Friday and Easter Monday
        ("2026-04-02", 2, "GB-SCT", "2026-04-07"),  # Easter Monday is a working day in Scotland
        ("2026-12-31", 1, "US", "2027-01-04"),  # the year turns over New Year's Day and a weekend
        ("2026-04-30", 1, "PL", "2026-05-04"),  # 1 May is a Friday
    ],
)
def test_working_days_leave_out_weekends_and_public_holidays(since, days, calendar, last):
    assert after_working_days(day(since), days, calendar) == day(last)


@given(DAYS, st.integers(1, 30))
def test_so_many_working_days_lie_between(since, days):
    last = after_working_days(since, days, "GB-ENG")
    between = [since + dt.timedelta(days=n) for n in range(1, (last - since).days + 1)]
    assert sum(is_working_day(d, "GB-ENG") for d in between) == days and is_working_day(last, "GB-ENG")


def test_a_clock_that_was_not_agreed_does_not_run():
    agreement = agreed(
        SERVICE + "at_least = 0.8", '[clocks]\ndispute = { days = 5, silence = "final" }', calendar='"GB-ENG"'
    )
    assert due(agreement, "dispute", day("2026-03-02")) == day("2026-03-09")
    assert due(agreement, "plan", day("2026-03-02")) is None


def test_countries_and_their_parts_are_known():
    assert {"GB", "GB-ENG", "GB-SCT", "US", "US-TX", "DE", "DE-BY", "PL"} <= known_calendars()
