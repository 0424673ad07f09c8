"""The Wilson interval: golden values, and its behaviour at the edges."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from levelfield.measures.value import wilson
from spec.measures.odd_facts import FEB, MARCH, at, row
from spec.measures.real_path import value_from

# Wilson (1927) as tabled by Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
# https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C857::AID-SIM777%3E3.0.CO;2-E
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize("hits, n, low, high", [*NEWCOMBE, (8, 10, 0.4902, 0.9433)])
def test_it_is_the_one_in_the_tables(hits, n, low, high):
    assert tuple(round(edge, 4) for edge in wilson(hits, n)) == (low, high)


@pytest.mark.parametrize("n", [1, 7, 30, 1000])
def test_it_is_the_one_of_scipy(n):
    for hits in {0, 1, n // 3, n - 1, n}:
        edges = binomtest(hits, n).proportion_ci(0.95, "wilson")
        assert wilson(hits, n) == pytest.approx((edges.low, edges.high), abs=1e-12)


def test_it_stays_between_nothing_and_all():
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 5)[0] == 0.0 and wilson(5, 5)[1] == 1.0


def test_a_share_of_cases_has_an_interval():
    facts = {"intervals": [row("intervals", "north", MARCH, length_s=86_400, offered=263, answered=81)]}
    value = value_from(facts, "answered_share")
    assert (value.low, value.high) == wilson(81, 263)


def test_a_share_of_time_or_of_forecast_error_has_none_because_milliseconds_are_not_cases():
    worked = row("schedules", "north", MARCH, length_s=86_400, paid_ms=28_800_000, leave_ms=2_880_000)
    assert value_from({"schedules": [worked]}, "shrinkage").low is None
    counts = {
        "offered": 100,
        "answered": 100,
        "talk_ms": 9_000_000,
        "hold_ms": 0,
        "wrap_ms": 0,
        "available_ms": 1_000_000,
    }
    actual = row("intervals", "north", MARCH, length_s=86_400, line="L", **counts)
    made = {"version": "v", "made_at": at(FEB), "length_s": 86_400, "line": "L", "volume_milli": 90_000}
    facts = {"intervals": [actual], "forecasts": [row("forecasts", "north", MARCH, **made)]}
    for name, share in (("occupancy", 0.9), ("forecast_wape_day", 0.1)):
        value = value_from(facts, name)
        assert (value.value, value.low, value.high) == (share, None, None)
