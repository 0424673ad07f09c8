"""X-bar and S: the mean of each period and the spread within it."""

from __future__ import annotations

import math

import pytest

from levelfield.signals.charts import s_chart, xbar_chart
from levelfield.words import Refusal

NAN = math.nan


@pytest.mark.parametrize("n, a3, b3, b4", [(2, 2.659, 0, 3.267), (5, 1.427, 0, 2.089), (6, 1.287, 0.030, 1.970), (25, 0.606, 0.565, 1.435)])  # fmt: skip
def test_the_factors_are_those_of_the_tables(n, a3, b3, b4):
    """Montgomery (2009), Introduction to Statistical Quality Control, 6th edition, appendix VI."""
    assert xbar_chart([0, 0], [1, 1], [n, n]).upper[0] == pytest.approx(a3, abs=6e-4)
    assert s_chart([1, 1], [n, n]).at(0) == pytest.approx((b3, 1, b4), abs=6e-4)


def test_piston_rings_have_the_published_limits():
    """Montgomery (2009), example 6.3: mean 74.001, mean deviation 0.0094, five rings: 74.014 and 73.988; 0.0196."""
    assert xbar_chart([74.001] * 25, [0.0094] * 25, [5] * 25).at(0) == pytest.approx((73.988, 74.001, 74.014), abs=5e-4)
    assert s_chart([0.0094] * 25, [5] * 25).at(0) == pytest.approx((0, 0.0094, 0.0196), abs=5e-5)


def test_where_sizes_differ_the_spread_is_pooled_and_the_mean_weighted():
    drawn = s_chart([1, 3], [5, 13])  # sqrt((4 × 1 + 12 × 9) / 16) = sqrt(7)
    assert drawn.centre[0] == pytest.approx(math.sqrt(7))
    assert xbar_chart([10, 13], [1, 3], [5, 10]).centre[0] == pytest.approx(12)


def test_one_value_counts_in_the_mean_but_has_no_limits():
    drawn = xbar_chart([10, 20, NAN], [2, NAN, NAN], [4, 1, 0])
    assert drawn.centre[0] == pytest.approx(12)
    assert [math.isnan(limit) for limit in drawn.upper] == [False, True, True]
    assert drawn.n_points == 2


def test_an_empty_period_changes_nothing_unless_asked_to_count_as_qicharts2_does():
    full, empty = xbar_chart([1, 3], [2, 4], [5, 5]), xbar_chart([1, NAN, 3], [2, NAN, 4], [5, 0, 5])
    assert empty.at(0) == full.at(0)
    told = s_chart([2, NAN, 4], [5, 0, 5], as_qicharts2=True)
    assert told.centre[0] == pytest.approx(math.sqrt((4 * 4 + 4 * 16) / 7))  # seven degrees of freedom, not eight


def test_each_phase_has_its_own_lines_and_may_leave_periods_out():
    drawn = xbar_chart([1, 9, 1, 5, 5], [1] * 5, [4] * 5, rebase=[3], exclude=[1])
    assert drawn.centre.tolist() == [1, 1, 1, 5, 5]


def test_no_spread_known_means_no_limits():
    lower, centre, upper = xbar_chart([1, 2], [NAN, NAN], [4, 4]).at(0)
    assert math.isnan(lower) and centre == 1.5 and math.isnan(upper)


@pytest.mark.parametrize(
    "arguments, said",
    [
        (([1], [-1], [4]), "deviations: is -1"),
        (([1], [1], [-4]), "sizes: is -4"),
        (([1, 2], [1], [4]), "The lengths differ: means 2, deviations 1, sizes 1"),
        (([math.inf], [1], [4]), "means: is infinite"),
    ],
)
def test_subgroups_that_cannot_be_are_refused(arguments, said):
    with pytest.raises(Refusal, match=said):
        xbar_chart(*arguments)
