"""Mean patience from waits that mostly ended in an answer."""

from __future__ import annotations

import numpy as np
import pytest

from levelfield.queueing import fit_patience, patience_from_totals
from levelfield.words import Refusal


def waits(patience: np.ndarray, offered: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.minimum(patience, offered), patience < offered


def test_the_range_holds_the_truth_about_as_often_as_it_says():
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        fit = fit_patience(*waits(rng.exponential(150, 400), rng.exponential(40, 400)))
        held += fit.low_s <= 150 <= fit.high_s
    assert 182 <= held <= 198  # of 200; at 95 % outside of these once in 250 such tests


def test_total_wait_over_those_who_gave_up():
    fit = fit_patience([10.0] * 95 + [30.0] * 5, [False] * 95 + [True] * 5)
    assert fit.mean_s == (95 * 10 + 5 * 30) / 5 == patience_from_totals(1100, 5)


def test_four_are_too_few_and_no_number_is_given():
    fit = fit_patience([10.0] * 99, [True] * 4 + [False] * 95)
    assert (fit.mean_s, fit.low_s, fit.shape) == (None, None, None)
    assert "4 of 99 gave up: too few" in fit.sentence
    assert np.isnan(patience_from_totals([100.0, 100.0], [4, 0])).all()


@pytest.mark.parametrize(
    ("shape", "words"),
    [(1.0, None), (2.0, "More give up the longer they wait"), (0.5, "Those who do not give up at once")],
)
def test_patience_that_is_not_exponential_is_said_so(shape, words):
    rng = np.random.default_rng(8)
    fit = fit_patience(*waits(150 * rng.weibull(shape, 4000), rng.exponential(100, 4000)))
    assert fit.shape == pytest.approx(shape, rel=0.1)
    assert (words in fit.sentence) if words else ("rough" not in fit.sentence)


def test_a_missing_wait_is_left_out_and_not_taken_for_none():
    assert fit_patience([10.0] * 10 + [np.nan], [True] * 5 + [False] * 5 + [True]).mean_s == 20


def test_what_cannot_be_is_refused():
    with pytest.raises(Refusal, match="wait 2 is -3"):
        fit_patience([1, -3], [True, False])
    with pytest.raises(Refusal, match="2 waits and 1 truths"):
        fit_patience([1, 3], [True])
    with pytest.raises(Refusal, match="-1 people"):
        patience_from_totals(100, -1)
