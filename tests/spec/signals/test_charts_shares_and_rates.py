"""Charts of counts: lines that a person can compute, and counts that cannot be."""

from __future__ import annotations

import math

import numpy as np
import pytest

from levelfield.signals.charts import (
    c_chart,
    p_chart,
    p_prime_chart,
    rates,
    shares,
    u_chart,
    u_prime_chart,
    xmr_lines,
)
from levelfield.words import Refusal, RefusalKind

NAN = math.nan


def test_a_share_of_nothing_is_missing_and_not_zero():
    assert shares([0, 1, NAN, 1], [0, 4, 4, NAN]) == pytest.approx([NAN, 0.25, NAN, NAN], nan_ok=True)
    assert rates([0, 1], [0, 4], per=100) == pytest.approx([NAN, 25], nan_ok=True)


def test_larger_periods_have_nearer_limits():
    drawn = p_chart([20, 180], [100, 900])  # 0.2; 0.4 / sqrt(n)
    assert drawn.at(0) == pytest.approx((0.08, 0.2, 0.32))
    assert drawn.at(1) == pytest.approx((0.16, 0.2, 0.24))


def test_limits_are_cut_at_what_is_possible():
    assert p_chart([1, 0], [4, 4]).lower.tolist() == [0, 0]
    assert p_chart([4, 3], [4, 4]).upper.tolist() == [1, 1]
    assert u_chart([1], [1]).at(0) == (0, 1, 4)
    assert c_chart([1]).at(0) == (0, 1, 4)


def test_a_missing_period_is_not_learnt_from_and_has_no_limits_without_a_size():
    drawn = p_chart([20, NAN, 5, 0], [100, 100, NAN, 0])
    assert drawn.at(1) == pytest.approx((0.08, 0.2, 0.32))
    assert [math.isnan(limit) for limit in drawn.upper] == [False, False, True, True]
    assert drawn.centre.tolist() == [0.2] * 4 and drawn.n_points == 1


def test_what_is_left_out_is_drawn_but_not_learnt_from():
    drawn = c_chart([16, 100, 16], exclude=[1])
    assert drawn.centre.tolist() == [16] * 3 and drawn.n_points == 2
    assert drawn.beyond(np.array([16.0, 100, 16])).tolist() == [False, True, False]


def test_each_phase_has_its_own_centre():
    drawn = u_chart([4, 4, 18, 18], [2, 2, 2, 2], rebase=[2])
    assert drawn.centre.tolist() == [2, 2, 9, 9]
    assert [(p.first, p.end) for p in drawn.phases] == [(0, 2), (2, 4)]
    assert c_chart([4, 4, 18], fix_after=2).centre.tolist() == [4, 4, 4]


@pytest.mark.parametrize("scale", [10, 1000])
def test_with_equal_sizes_laneys_limits_are_those_of_the_individuals_chart(scale):
    """Laney (2002): the p′ chart of equal subgroups is the individuals chart; 2.66 is 3 / 1.128 rounded."""
    values = np.array([0.20, 0.25, 0.22, 0.31, 0.18, 0.24])
    n = np.full(6, 100.0 * scale)
    individuals = xmr_lines(values, trim_ranges=False)
    for drawn in (p_prime_chart(values * n, n), u_prime_chart(values * n, n)):
        assert drawn.centre[0] == pytest.approx(individuals.centre[0])
        assert drawn.upper[0] - drawn.centre[0] == pytest.approx(
            (individuals.upper[0] - individuals.centre[0]) * 3 / 1.128 / 2.66
        )


def test_laneys_chart_of_shares_that_never_move_has_its_limits_on_the_centre():
    assert p_prime_chart([1, 2, 3], [3, 6, 9]).at(0) == pytest.approx((1 / 3, 1 / 3, 1 / 3), abs=1e-12)
    assert p_prime_chart([0, 0, 0], [3, 6, 9]).at(0) == (0, 0, 0)
    assert u_prime_chart([0, 0, 0], [3, 6, 9]).at(0) == (0, 0, 0)
    assert p_prime_chart([3, 6], [3, 6]).at(0) == (1, 1, 1)


def test_laneys_limits_need_two_neighbours():
    lower, centre, upper = p_prime_chart([3], [10]).at(0)
    assert math.isnan(lower) and centre == 0.3 and math.isnan(upper)


def test_a_period_of_nothing_but_missing_has_no_lines():
    assert np.isnan(p_chart([NAN], [NAN]).centre).all()
    assert c_chart([]).n_points == 0


@pytest.mark.parametrize(
    "draw, arguments, said",
    [
        (p_chart, ([5], [4]), "numerators: is 5 of 4 at index 0"),
        (p_prime_chart, ([1, 5], [4, 4]), "numerators: is 5 of 4 at index 1"),
        (p_chart, ([-1], [4]), "numerators: is -1 at index 0"),
        (p_chart, ([1], [-4]), "denominators: is -4 at index 0"),
        (p_chart, ([1, 2], [4]), "The lengths differ: numerators 2, denominators 1"),
        (p_chart, ([math.inf], [4]), "numerators: is infinite"),
        (u_chart, ([1], [0]), "events: is 1 at index 0, where the exposure is 0"),
        (u_chart, ([1], [-1]), "exposure: is -1"),
        (u_prime_chart, ([1, 2], [1]), "The lengths differ: events 2, exposure 1"),
        (c_chart, ([-1],), "events: is -1 at index 0"),
    ],
)
def test_counts_that_cannot_be_are_refused(draw, arguments, said):
    with pytest.raises(Refusal, match=said) as caught:
        draw(*arguments)
    assert caught.value.kind is RefusalKind.DEFINITION


@pytest.mark.parametrize("per", [0, -1, math.inf, NAN])
def test_a_rate_is_per_something(per):
    with pytest.raises(Refusal, match="per: is"):
        u_chart([1], [1], per=per)


def test_a_period_that_does_not_exist_cannot_be_left_out():
    with pytest.raises(Refusal, match="exclude: 3 is no index of 3 periods"):
        c_chart([1, 2, 3], exclude=[3])
