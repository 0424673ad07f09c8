"""EWMA and CUSUM: small lasting shifts, and how long each chart waits for them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from levelfield.signals.charts import cusum_chart, cusum_run_length, ewma_chart, ewma_run_length
from levelfield.words import Refusal

NAN = math.nan
SHIFTED = [  # Montgomery (2009), table 9.1: mean 10 for twenty points, 11 for ten; sigma 1
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62, 10.31,
    8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
]  # fmt: skip


def test_the_cusum_of_the_textbook_signals_at_point_29_and_dates_the_change_to_seven_points_before():
    """Montgomery (2009), table 9.2."""
    drawn = cusum_chart(SHIFTED, reference=0.5, decision=5, target=10, sigma=1)
    assert np.flatnonzero(drawn.signal).tolist() == [28, 29]
    assert drawn.high[28:] == pytest.approx([5.28, 5.30])
    assert drawn.high_count[28] == 7
    assert drawn.low[:3] == pytest.approx([0.05, 1.56, 1.77])


def test_the_ewma_of_the_textbook_signals_at_point_29():
    """Montgomery (2009), table 9.10: weight 0.1, width 2.7."""
    drawn = ewma_chart(SHIFTED, weight=0.1, width=2.7, centre=10, sigma=1)
    assert drawn.ewma[:3] == pytest.approx([9.945, 9.7495, 9.70355])
    assert drawn.ewma[-1] == pytest.approx(10.6341, abs=5e-5)
    assert drawn.lines.upper[[0, 1]] == pytest.approx([10.27, 10.3632], abs=5e-5)
    assert np.flatnonzero(drawn.signal).tolist() == [28, 29]


def test_asymptotic_limits_are_level():
    drawn = ewma_chart([10, 11], weight=0.5, width=3, centre=10, sigma=1, exact=False)
    assert drawn.lines.upper == pytest.approx([10 + math.sqrt(3)] * 2)  # 3 × sqrt(0.5 / 1.5)


def test_both_wait_at_a_missing_point():
    smoothed = ewma_chart([12, NAN, 12], weight=0.5, width=3, centre=10, sigma=1)
    assert smoothed.ewma == pytest.approx([11, NAN, 11.5], nan_ok=True)
    assert smoothed.lines.upper[1] == smoothed.lines.upper[0]  # nothing was learnt in between
    summed = cusum_chart([12, NAN, 12], target=10, sigma=1)
    assert summed.high == pytest.approx([1.5, NAN, 3], nan_ok=True)
    assert summed.signal.tolist() == [0, 0, 0] and summed.high_count.tolist() == [1, 0, 2]


def test_both_begin_anew_in_every_phase():
    assert ewma_chart([12, 12], weight=0.5, centre=10, sigma=1, rebase=[1]).ewma.tolist() == [11, 11]
    assert cusum_chart([12, 12], target=10, sigma=1, rebase=[1]).high.tolist() == [1.5, 1.5]


def test_downward_shifts_are_seen_as_well():
    assert ewma_chart([7, 7], weight=0.5, width=2, centre=10, sigma=1).signal.tolist() == [-1, -1]
    assert cusum_chart([6, 6], target=10, sigma=1).signal.tolist() == [0, -1]


def test_without_a_centre_the_phase_shows_it():
    values = [1.0, 3.0, 1.0, 3.0]
    assert ewma_chart(values).lines.at(3) == ewma_chart(values, centre=2, sigma=2 / 1.128).lines.at(3)
    assert cusum_chart(values).high.tolist() == cusum_chart(values, target=2, sigma=2 / 1.128).high.tolist()
    assert np.isnan(ewma_chart([NAN, 1]).lines.upper).all()


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_with_all_weight_on_the_newest_the_ewma_is_shewharts_chart(shift):
    assert ewma_run_length(1, 3, shift) == pytest.approx(1 / (norm.cdf(shift - 3) + norm.cdf(-shift - 3)))
    assert ewma_run_length(0.999, 3, shift) == pytest.approx(ewma_run_length(1, 3, shift), rel=0.01)


@pytest.mark.parametrize("weight, width, shift, published", [(0.5, 3.0, 0, 397.46), (0.25, 3.0, 0, 502.90), (0.25, 3.0, 1, 11.15), (0.1, 2.0, 0, 73.28)])  # fmt: skip
def test_run_lengths_of_the_ewma_are_those_crowder_published(weight, width, shift, published):
    """Crowder (1987), doi:10.1080/00401706.1987.10488267, table 1."""
    assert ewma_run_length(weight, width, shift) == pytest.approx(published, rel=2e-3)


@pytest.mark.parametrize("shift, published", [(0, 465), (0.25, 139), (0.5, 38.0), (1, 10.4), (2, 4.01), (4, 2.01)])
def test_run_lengths_of_the_cusum_are_those_of_the_textbook(shift, published):
    """Montgomery (2009), table 9.3: reference 0.5, decision 5."""
    assert cusum_run_length(0.5, 5, shift) == pytest.approx(published, rel=5e-3)


def test_up_and_down_are_waited_for_alike():
    assert cusum_run_length(0.5, 4, 0.7) == pytest.approx(cusum_run_length(0.5, 4, -0.7))
    assert ewma_run_length(0.2, 2.9, 0.7) == ewma_run_length(0.2, 2.9, -0.7)


def by_markov_chain(reference: float, decision: float, shift: float, states: int = 400) -> float:
    """The one-sided run length by a chain of small steps (Brook & Evans 1972, doi:10.1093/biomet/59.3.539)."""
    width = 2 * decision / (2 * states - 1)
    centres = np.arange(states) * width
    upper = norm.cdf(centres + width / 2 - centres[:, None] + reference - shift)
    moves = np.diff(np.column_stack([np.zeros(states), upper]), axis=1)
    return float(np.linalg.solve(np.eye(states) - moves, np.ones(states))[0])


@pytest.mark.parametrize("reference, decision, shift", [(0.5, 4, 0), (0.25, 8, 0.5), (1.0, 2.5, 1.0)])
def test_a_chain_of_small_steps_comes_to_the_same_run_length(reference, decision, shift):
    up, down = (by_markov_chain(reference, decision, s) for s in (shift, -shift))
    assert cusum_run_length(reference, decision, shift) == pytest.approx(1 / (1 / up + 1 / down), rel=1e-3)


@pytest.mark.parametrize("shift", [0, 1.0])
def test_charts_of_noise_wait_as_long_as_computed(shift):
    random = np.random.default_rng(7)
    waits = []
    for _ in range(400):
        drawn = cusum_chart(random.normal(shift, 1, 700), reference=0.5, decision=3, target=0, sigma=1)
        waits.append(int(np.flatnonzero(drawn.signal)[0]) + 1)
    computed = cusum_run_length(0.5, 3, shift)
    assert np.mean(waits) == pytest.approx(computed, abs=4 * np.std(waits) / 20)


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda: ewma_chart([1, math.inf]), "values: is infinite"),
        (lambda: ewma_chart([1], weight=0), "weight: is 0"),
        (lambda: ewma_chart([1], weight=1.1), "weight: is 1.1"),
        (lambda: ewma_chart([1], width=-1), "width: is -1"),
        (lambda: ewma_chart([1], sigma=0), "sigma: is 0"),
        (lambda: ewma_chart([1], centre=NAN), "centre: is nan"),
        (lambda: cusum_chart([1], reference=-1), "reference: is -1"),
        (lambda: cusum_chart([1], decision=0), "decision: is 0"),
        (lambda: cusum_chart([2, 2, 2]), "values: never move"),
        (lambda: ewma_run_length(0.2, 3, NAN), "shift: is nan"),
        (lambda: ewma_run_length(1, 50), "run length: cannot be computed"),
        (lambda: ewma_run_length(0.5, 12), "run length: cannot be computed"),
        (lambda: ewma_run_length(1e-9, 3), "run length: would take"),
        (lambda: cusum_run_length(0.5, 60), "run length: cannot be computed"),
        (lambda: cusum_run_length(NAN, 5), "reference: is nan"),
    ],
)
def test_what_cannot_be_drawn_or_computed_is_refused(call, said):
    with pytest.raises(Refusal, match=said):
        call()


@pytest.mark.parametrize("shift", [5, 9, 40])
def test_a_great_shift_is_seen_within_two_points(shift):
    assert 1 <= cusum_run_length(0.5, 5, shift) <= 2
    assert 1 <= ewma_run_length(0.4, 3.054, shift) <= 2
