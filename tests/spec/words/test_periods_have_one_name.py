"""Grains, periods and refusals: the few words every room shares."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levelfield.words import Grain, Period, Refusal, RefusalKind, nearest

DAY = dt.date(2026, 5, 14)  # a Thursday
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))
LENGTHS = [g for g in Grain if g is not Grain.ALL]

TABLE = [
    (Grain.DAY, "2026-05-14", "2026-05-14", "2026-05-15"),
    (Grain.WEEK, "2026-W20", "2026-05-11", "2026-05-18"),
    (Grain.MONTH, "2026-05", "2026-05-01", "2026-06-01"),
    (Grain.QUARTER, "2026-Q2", "2026-04-01", "2026-07-01"),
    (Grain.YEAR, "2026", "2026-01-01", "2027-01-01"),
]


@pytest.mark.parametrize("grain, name, start, end", TABLE)
def test_a_period_has_a_name_a_first_day_and_a_day_after_its_last(grain, name, start, end):
    period = Period(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    assert Period.of(grain, DAY) == period == Period.parse(name)
    assert grain.name_of(period.start) == name
    assert DAY in period and period.start in period and period.end not in period


def test_all_is_everything_there_ever_was():
    assert Period.of(Grain.ALL, DAY) == Period(dt.date.min, dt.date.max)
    assert Grain.ALL.name_of(dt.date.min) == "all"


def test_a_week_belongs_to_the_year_of_its_thursday():
    assert Grain.WEEK.name_of(Grain.WEEK.start_of(dt.date(2027, 1, 1))) == "2026-W53"
    assert Period.parse("2026-W53") == Period(dt.date(2026, 12, 28), dt.date(2027, 1, 4))


@given(DAYS, st.sampled_from(LENGTHS))
def test_every_day_lies_in_one_period_and_its_name_leads_back(day, grain):
    period = Period.of(grain, day)
    assert day in period
    assert Period.parse(grain.name_of(period.start)) == period
    assert grain.start_of(period.end) == period.end
    assert grain.start_of(period.end - dt.timedelta(days=1)) == period.start


def test_two_days_with_dots_are_a_period_without_the_second():
    period = Period.parse("2026-01-22..2026-02-22")
    assert (period.start, period.end, period.days) == (dt.date(2026, 1, 22), dt.date(2026, 2, 22), 31)


@pytest.mark.parametrize("text", ["", "May", "2026-13", "2026-Q5", "2026-W54", "2026-02-30", "2026-01-01..", "2026-1"])
def test_what_is_not_a_period_is_refused(text):
    with pytest.raises(Refusal, match=r"is not a period|is empty") as caught:
        Period.parse(text)
    assert caught.value.kind is RefusalKind.DEFINITION


@pytest.mark.parametrize("text", ["2026-03-01..2026-03-01", "2026-03-02..2026-03-01"])
def test_an_empty_period_is_refused_and_says_so(text):
    with pytest.raises(Refusal, match=r"is empty\. Expected an end after the start\."):
        Period.parse(text)


def test_a_refusal_is_where_what_expected_and_next_step_in_one_paragraph():
    refusal = Refusal("`handled` is 131", where="Row 4,812", expected="handled ≤ offered", next_step="Correct the row")
    assert str(refusal) == "Row 4,812: `handled` is 131. Expected handled ≤ offered. Correct the row."
    assert str(Refusal("Is it Billing?")) == "Is it Billing?"


def test_the_nearest_words_come_best_first_whatever_their_case():
    assert nearest("billing uk", ["Billing UK", "Billing IE", "Orders"])[0] == "Billing UK"
    assert nearest("xyz", ["Billing UK"]) == []
    assert nearest("Partner Nort", ["Partner North", "Partner South"])[0] == "Partner North"


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("Acme", "Partner East"),
        ("Partner Centre", "Partner North"),
        ("Returns", "Retail"),
        ("Orders", "Other"),
        ("", "Other"),
    ],
)
def test_a_name_that_is_nothing_like_it_is_not_suggested(word, known):
    assert nearest(word, [known]) == []
