"""Too few points, none, all alike, infinite, too many: an answer or a sentence, never a crash."""

from __future__ import annotations

import math

import numpy as np
import pytest

from levelfield.signals.segmentation import change_points, segment
from levelfield.words import Refusal

NAN = math.nan
NOTHING = {
    "no point": [], "one point": [4.0], "one missing": [NAN], "two": [1, 2], "five": [1, 1, 1, 9, 9],
    "all missing": [NAN] * 40, "none": [None] * 40, "all alike": [3.0] * 60, "alike but for rounding": [0.1 + 0.2] * 20 + [0.3] * 20,
    "zeros": [0] * 30, "two that take turns": [0, 1] * 40, "a straight line": list(range(50)), "a season without noise": [1, 5, 2, 7] * 12,
    "alike and missing": [2.0, NAN] * 30,
}  # fmt: skip


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_to_find_is_an_empty_list(what):
    assert change_points(NOTHING[what]) == []
    assert len(segment(NOTHING[what]).starting) == len(NOTHING[what])


@pytest.mark.parametrize("values", [[0] * 20 + [1e308] * 20, [-1e308] * 20 + [1e308] * 20, [0] * 20 + [5e-320] * 20])
def test_very_large_and_very_small_numbers_are_numbers(values):
    assert change_points(values) == [20]


@pytest.mark.parametrize(
    "values, words",
    [
        ([1.0, 2.0, math.inf], "The value at index 2 is infinite"),
        ([-math.inf] * 3, "The value at index 0 is infinite"),
        (np.zeros(20_001), "has 20,001 points"),
        ([[1.0, 2.0], [3.0, 4.0]], "not a row of numbers"),
        (["many", "few"], "not a row of numbers"),
        (5.0, "not a row of numbers"),
        (None, "not a row of numbers"),
        ([10**400], "not a row of numbers"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(values, words):
    with pytest.raises(Refusal, match=words):
        change_points(values)


def test_too_many_points_are_to_be_rolled_up():
    with pytest.raises(Refusal, match="Roll it up to longer periods"):
        change_points(np.zeros(20_001))


def test_twenty_thousand_points_are_judged():
    values = np.random.default_rng(1).normal(size=20_000)
    values[12_000:] += 1
    (found,) = change_points(values)
    assert abs(found - 12_000) <= 20


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_the_answer_holds_together(seed):
    rng = np.random.default_rng([9, seed])
    for kind in range(6):
        values = rng.normal(size=int(rng.integers(0, 140))) * 10.0 ** rng.integers(-6, 7)
        match kind:
            case 0:
                values = np.round(values)
            case 1:
                values = np.cumsum(values)
            case 2:
                values[rng.random(len(values)) < 0.5] = NAN
            case 3:
                values[rng.random(len(values)) < 0.8] = 0.0
        found = segment(values)
        starts = [c.at for c in found.changes]
        assert starts == [s.start for s in found.segments][1:] == sorted(set(starts))
        assert [s.stop for s in found.segments] == [*starts, len(values)][: len(found.segments)]
        assert all(0 < c.earliest <= c.at <= c.latest < len(values) and 0 <= c.probability <= 1 for c in found.changes)
        assert ((found.starting >= 0) & (found.starting <= 1)).all()
