"""Many series at once: the step-up rule by hand, its false share on noise, and partners that move together."""

from __future__ import annotations

import numpy as np
import pytest

from levelfield.signals.false_discovery import RAREST, chosen, e_values, false_per_year, harmonic
from levelfield.signals.together import together
from levelfield.words import Series
from levelfield_worlds.series import wandering


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ([], []),
        ([0.09], [True]),
        ([0.11], [False]),
        # ten series: harmonic sum 2.93, so k of them need p ≤ k · 0.1 / (10 · 2.93) = k · 0.00341
        ([0.0034] + [0.5] * 9, [True] + [False] * 9),
        ([0.0035] + [0.5] * 9, [False] * 10),
        ([0.0035, 0.0068] + [0.5] * 8, [True, True] + [False] * 8),
        ([0.010, 0.010, 0.010] + [0.5] * 7, [True] * 3 + [False] * 7),
    ],
)
def test_so_many_series_need_so_small_a_p_value(p_values, expected):
    assert chosen(p_values, share=0.1) == expected


def test_however_few_series_there_are_a_signal_is_rare():
    assert chosen([0.0009, 0.5], rarest=RAREST) == [True, False]
    assert chosen([0.0011, 0.5], rarest=RAREST) == [False, False]


def test_it_is_the_step_up_rule_of_benjamini_and_yekutieli():
    rng = np.random.default_rng(1)
    for _ in range(200):
        p = rng.uniform(0, 1, int(rng.integers(1, 40))) ** rng.uniform(1, 6)
        order, m = np.sort(p), len(p)
        passing = [k for k in range(1, m + 1) if order[k - 1] <= 0.1 * k / (m * harmonic(m))]
        bound = order[max(passing) - 1] if passing else -1.0
        assert chosen(list(p), share=0.1) == [bool(v <= bound) for v in p]


def test_the_e_values_of_noise_have_a_mean_of_at_most_one():
    p = np.linspace(0.5e-6, 1 - 0.5e-6, 1_000_000)
    levels = np.ceil(np.clip(p * 20 * harmonic(20) / 0.1, 1e-12, None))
    mean = np.where(levels <= 20, 20 / (0.1 * np.maximum(levels, 1)), 0).mean()
    assert mean == pytest.approx(1.0, abs=1e-3)
    assert e_values([0.5] * 20) == [0.0] * 20


def test_of_what_is_called_changed_few_are_false():
    rng = np.random.default_rng(2)
    false = called = 0
    for _ in range(400):
        p = np.r_[rng.uniform(0, 1, 30), rng.uniform(0, 1, 10) ** 8]
        picked = np.array(chosen(list(p), share=0.1))
        false, called = false + picked[:30].sum(), called + picked.sum()
    assert called > 400
    assert false / called <= 0.1


@pytest.mark.parametrize("many", [1, 10, 40, 300, 3000])
def test_however_many_series_are_watched_false_signals_stay_few(many):
    assert 0 < false_per_year(many) < 1


def test_where_nothing_is_watched_nothing_is_false():
    assert false_per_year(0) == 0


def weeks(seed: int, rows: int = 4) -> np.ndarray:
    return 80 + 2 * wandering(np.random.default_rng(seed), rows, 53, 0.3)


def test_partners_that_fall_in_the_same_weeks_moved_together():
    names, onsets, right = ("north", "south", "west", "east"), [], 0
    for seed in range(40):
        rows = weeks(seed)
        rows[[0, 2], 40:] -= 5
        found = together(dict(zip(names, map(Series.plain, rows), strict=True)))
        right += found.found and {"north", "west"} <= set(found.moving) and found.rose is False
        onsets += [found.onset] if found.found else []
    assert right >= 28  # of forty
    assert abs(np.median(onsets) - 40) <= 1


def test_one_partner_alone_is_never_together():
    wrong = 0
    for seed in range(60):
        rows = weeks(100 + seed)
        rows[0, 40:] -= 8
        wrong += together(dict(zip("abcd", map(Series.plain, rows), strict=True))).found
    assert wrong <= 9  # nominal: at most one in twenty, three of sixty; nine is three and a half standard errors more


def test_partners_that_move_against_each_other_did_not_move_together():
    rows = weeks(5, 2)
    rows[0, 40:] -= 6
    rows[1, 40:] += 6
    assert not together({"a": Series.plain(rows[0]), "b": Series.plain(rows[1])}).found


def test_fewer_than_two_series_that_can_be_judged_find_nothing():
    assert not together({}).found
    assert not together({"a": Series.plain(weeks(6, 1)[0]), "b": Series.plain([1.0] * 53)}).found
