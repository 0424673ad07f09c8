"""The Wilson interval: golden values, and its behaviour at the edges."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from levelfield.measures.value import wilson

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
