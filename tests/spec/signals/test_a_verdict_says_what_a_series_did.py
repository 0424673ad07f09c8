"""Verdicts on series with a known truth; how often they are wrong is measured in bench/ and, small, here."""

from __future__ import annotations

import math

import numpy as np
import pytest

from levelfield.signals import Kind, judge, xmr_points
from levelfield.words import Grain, Refusal, Series
from levelfield_worlds.series import FAMILIES, as_family, mixed, seasonal, wandering


def noisy(n: int = 52, seed: int = 1, phi: float = 0.3) -> np.ndarray:
    return 80 + 2 * wandering(np.random.default_rng(seed), 1, n, phi)[0]


def test_a_stable_series_is_as_usual():
    reading = judge(Series.plain(noisy()))
    assert (reading.kind, reading.changed, reading.onset, reading.size) == (Kind.USUAL, False, None, None)
    assert reading.p_value > 0.05
    assert reading.level_before == pytest.approx(80, abs=1.5)


@pytest.mark.parametrize(("sign", "rose"), [(1, True), (-1, False)])
def test_a_level_that_moved_is_a_sustained_shift_with_its_onset_and_size(sign, rose):
    values = noisy(seed=2)
    values[36:] += sign * 8
    reading = judge(Series.plain(values, period="week", start="2026-01-05"))
    assert (reading.kind, reading.rose, reading.going_on) == (Kind.SUSTAINED, rose, True)
    first, last = reading.onset_range
    assert first <= 36 <= last and abs(reading.onset - 36) <= 1
    low, high = reading.size_range
    assert low < sign * 8 < high and low <= reading.size <= high
    assert reading.level_after - reading.level_before == pytest.approx(reading.size)
    assert reading.probabilities["sustained"] > 0.8
    assert sum(reading.probabilities.values()) == pytest.approx(1)


def test_a_week_that_stood_out_and_came_back_is_a_one_off_that_is_over():
    values = noisy()
    values[40] -= 14
    reading = judge(Series.plain(values))
    assert (reading.kind, reading.onset, reading.end, reading.going_on) == (Kind.ONE_OFF, 40, 41, False)


def test_six_weeks_away_from_the_level_and_back_are_short_term():
    values = noisy(seed=4)
    values[30:36] += 10
    reading = judge(Series.plain(values))
    assert (reading.kind, reading.going_on) == (Kind.ONE_OFF, False)
    assert abs(reading.onset - 30) <= 1 and abs(reading.end - 36) <= 2


def test_a_last_week_that_stands_out_may_stay_or_not():
    values = noisy()
    values[-1] -= 14
    reading = judge(Series.plain(values))
    assert (reading.kind, reading.onset, reading.going_on) == (Kind.ONE_OFF, 51, None)


def test_a_slow_slide_is_a_drift():
    values = noisy() - np.linspace(0, 10, 52)
    reading = judge(Series.plain(values))
    assert (reading.kind, reading.rose, reading.going_on) == (Kind.DRIFT, False, True)


def test_a_wider_spread_is_more_variable_and_moves_no_level():
    values = noisy(phi=0.0)
    values[30:] = 80 + 3.5 * (values[30:] - 80)
    reading = judge(Series.plain(values))
    assert (reading.kind, reading.rose) == (Kind.MORE_VARIABLE, None)
    low, high = reading.size_range
    assert low < 3.5 < high


def test_scale_and_place_of_the_numbers_do_not_matter():
    values = noisy()
    values[36:] -= 6
    one, other = judge(Series.plain(values - 200)), judge(Series.plain(-3 * (values - 200)))
    assert one.kind == other.kind and one.onset == other.onset
    assert one.p_value == pytest.approx(other.p_value, rel=1e-6)
    assert other.size == pytest.approx(-3 * one.size, rel=1e-6)


def test_shares_of_few_contacts_weigh_less_than_shares_of_many():
    rng = np.random.default_rng(8)
    size = np.where(np.arange(52) % 2, 4000, 60)
    hits = rng.binomial(size, 0.8)
    hits[-1], size[-1] = 30, 60  # 50 % of sixty contacts: four standard errors off
    assert judge(Series.shares(hits, size)).kind == Kind.ONE_OFF
    hits[-1], size[-1] = 42, 60  # 70 % of sixty contacts is nothing, of four thousand it would be a catastrophe
    assert judge(Series.shares(hits, size)).kind == Kind.USUAL
    hits[-1], size[-1] = 2800, 4000
    assert judge(Series.shares(hits, size)).kind != Kind.USUAL


def test_weekdays_are_no_signal():
    rng = np.random.default_rng(9)
    latent = seasonal(wandering(rng, 1, 104, 0.2), "weekly")[0]
    series = as_family(rng, latent, "binomial", grain=Grain.DAY)
    assert judge(series).kind == Kind.USUAL


def test_christmas_is_set_apart_and_a_public_holiday_where_a_country_is_named():
    rng = np.random.default_rng(10)
    values = 200 + 10 * wandering(rng, 1, 120, 0.2)[0]
    values[54:58] -= 120  # 24 to 27 December
    assert judge(Series.plain(values, period="day", start="2026-11-01")).kind == Kind.USUAL
    easter = 200 + 10 * wandering(rng, 1, 80, 0.0)[0]
    easter[33] -= 150  # Good Friday, 3 April 2026
    days = Series.plain(easter, period="day", start="2026-03-01")
    assert judge(days).kind == Kind.ONE_OFF
    assert judge(days, country="GB").kind == Kind.USUAL


@pytest.mark.parametrize(
    ("series", "why"),
    [
        (Series.plain([]), "no period has a value"),
        (Series.plain([math.nan] * 30), "no period has a value"),
        (Series.plain([80.0]), "single value"),
        (Series.plain([80.0] * 52), "all values are the same"),
        (Series.plain(list(range(11))), "11 periods with a value; at least 12"),
        (Series.plain(noisy(13), period="day"), "13 days with a value; at least 14"),
        (Series.shares([0, 1, 0, 0] * 8, [4, 5, 6, 4] * 8), "too few contacts"),
        (Series.counts([0, 1, 0, 0] * 8), "too few contacts"),
        (Series.plain([5.0] * 30 + list(range(10))), "31 of 40 values are the same"),
    ],
)
def test_what_cannot_be_judged_says_why(series, why):
    reading = judge(series)
    assert reading.kind is Kind.CANNOT_JUDGE and why in reading.why
    assert math.isnan(reading.p_value) and not reading.changed


def test_zeros_that_look_like_missing_are_not_a_collapse():
    counts = np.random.default_rng(2).poisson(1300, 60).astype(float)
    counts[-7:] = 0
    reading = judge(Series.counts(counts, period="day", start="2026-01-01"))
    assert reading.kind is Kind.CANNOT_JUDGE
    assert "7 values are zero" in reading.why and "leave them blank" in reading.why


def test_days_on_which_nobody_works_are_no_zeros():
    counts = np.random.default_rng(3).poisson(300, 84).astype(float)
    counts[6::7] = 0  # Sundays
    assert judge(Series.counts(counts, period="day", start="2026-01-05")).kind is Kind.USUAL


def test_missing_periods_are_gaps_and_not_zeros():
    values = noisy()
    values[36:] -= 8
    values[[5, 6, 20, 44]] = math.nan
    reading = judge(Series.plain(values))
    assert (reading.kind, reading.n) == (Kind.SUSTAINED, 48)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Series.shares([5], [4]), "numerator ≤ denominator"),
        (lambda: Series.shares([-1], [4]), "0 or more"),
        (lambda: Series.shares([1, 2], [4]), "one of each"),
        (lambda: Series.counts([-3]), "0 or more"),
        (lambda: Series.plain([1, math.inf]), "finite"),
        (lambda: Series.plain([1, 1e300]), "at most 1e+60"),
        (lambda: xmr_points([1, 1e300]), "at most 1e+60"),
        (lambda: Series.plain(["x"]), "numbers"),
        (lambda: Series.plain([[1.0]]), "one number a period"),
        (lambda: Series.means([4], [2], [1]), "squared"),
        (lambda: Series.plain([1, 2], period="minute"), "day, week, month"),
        (lambda: Series.plain(np.zeros(5_256_000)), "at most 20,000"),
        (lambda: Series.plain([1, 2], period="day", start=["2026-01-02", "2026-01-02"]), "every period once"),
        (lambda: Series.plain([1, 2], period="day", start=["2026-01-02", "2026-01-01"]), "oldest first"),
        (lambda: Series.plain([1, 2], period="day", start=["2026-01-02", "2026-01-04"]), "every day in order"),
        (lambda: Series.plain([1, 2], period="day", start=["2026-01-02"]), "one name a value"),
        (lambda: Series.plain([1], period="day", start="soon"), "a day such as"),
        (lambda: judge(Series.plain(noisy()), alpha=2), "a share above 0"),
        (lambda: judge(Series.plain(noisy(), period="day", start="2026-01-01"), country="XX"), "a code such as"),
    ],
)
def test_bad_input_is_refused_with_what_was_expected(make, word):
    with pytest.raises(Refusal) as caught:
        make()
    assert word in caught.value.sentence


@pytest.mark.parametrize("family", FAMILIES)
def test_of_stable_series_about_one_in_twenty_is_called_changed(family):
    """A small look; the table of all cells is in bench/README.md. 1.5 to 9 % is five standard errors around five."""
    rng = np.random.default_rng(20)
    wrong = sum(judge(as_family(rng, z, family, grain=Grain.WEEK)).changed for z in wandering(rng, 400, 52, 0.3))
    assert 0.015 <= wrong / 400 <= 0.09


def test_p_values_of_stable_series_are_even():
    rng = np.random.default_rng(21)
    p = np.array([judge(Series.plain(v)).p_value for v in mixed(rng, 600, 52, 0.4, 1.0)])
    for level in (0.1, 0.3, 0.5, 0.8):
        assert abs((p <= level).mean() - level) < 5 * math.sqrt(level * (1 - level) / 600)


def test_a_shift_of_one_and_a_half_standard_deviations_is_found_nine_times_in_ten():
    rng = np.random.default_rng(22)
    rows = wandering(rng, 400, 52, 0.0)
    rows[:, 39:] += 1.5
    assert np.mean([judge(Series.plain(v)).p_value <= 0.05 for v in rows]) > 0.85
