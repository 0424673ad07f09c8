"""Rule sets over lines that are known: which points each rule marks, and how often noise is marked."""

from __future__ import annotations

import math

import numpy as np
import pytest

from levelfield.signals.charts import ANHOEJ, NHS, WESTERN_ELECTRIC, Lines, Phase, flags, runs
from levelfield.words import Refusal

NAN = math.nan


def known_lines(n: int) -> Lines:
    """Centre 0, sigma 1, limits at 3: the values are their own positions."""
    zero = np.zeros(n)
    return Lines(zero, zero - 3, zero + 3, zero + 1, "known", (Phase(0, n, n),))


def marked(values, rule_set, name):
    return [index for index, names in enumerate(flags(values, known_lines(len(values)), rule_set)) if name in names]


TABLE = [
    (WESTERN_ELECTRIC, "one beyond three sigma", [3.0, 3.1, -3.1], [1, 2]),
    (WESTERN_ELECTRIC, "two of three beyond two sigma", [2.1, -1, 3.5, 0, 2.1], [0, 2, 4]),
    (WESTERN_ELECTRIC, "two of three beyond two sigma", [2.1, -2.1, 0, 0, 2.1], []),
    (WESTERN_ELECTRIC, "two of three beyond two sigma", [2.1, NAN, 0, 2.1], [0, 3]),
    (WESTERN_ELECTRIC, "four of five beyond one sigma", [1.1, 1.1, -2, 1.1, 1.1], [0, 1, 3, 4]),
    (WESTERN_ELECTRIC, "four of five beyond one sigma", [1.1, 1.1, 0.9, 1.1, 0.9], []),
    (WESTERN_ELECTRIC, "eight one side", [-1, *[0.1] * 8, -1], list(range(1, 9))),
    (WESTERN_ELECTRIC, "eight one side", [*[0.1] * 4, 0, *[0.1] * 4], []),
    (NHS, "outside limits", [3.0, -3.1], [1]),
    (NHS, "seven point trend", [-3, -2, -1, 0, 1, 2, 3, 2], list(range(7))),
    (NHS, "two of three close to a limit", [2.1, 0.1, 2.1], [0, 2]),
    (NHS, "two of three close to a limit", [2.1, -0.1, 2.1], []),
    (NHS, "two of three close to a limit", [2.1, 3.1, 0.1], []),
    (NHS, "seven one side", [0.1] * 7, list(range(7))),
    (ANHOEJ, "unusually long run", [1, -1] * 4 + [1] * 8, list(range(8, 16))),  # 16 useful: 7 are chance, 8 are not
    (ANHOEJ, "unusually long run", [1, -1, 1, -1, -1, 1, -1, 1, -1] + [1] * 7, []),
    (ANHOEJ, "unusually long run", [1, -1] * 4 + [1, 1, 0, 1, NAN, 1, 1, 1, 1, 1], [8, 9, 11, 13, 14, 15, 16, 17]),
    (ANHOEJ, "unusually few crossings", [1] * 6 + [0] + [-1] * 6, [*range(6), *range(7, 13)]),  # 1 of at least 3
    (ANHOEJ, "unusually few crossings", [1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1], []),
]


@pytest.mark.parametrize("rule_set, name, values, expected", TABLE)
def test_a_pattern_marks_the_points_that_belong_to_it(rule_set, name, values, expected):
    assert marked(values, rule_set, name) == expected


def test_a_point_may_be_marked_by_several_rules():
    assert flags([0.1] * 6 + [3.1], known_lines(7), NHS)[-1] == ("outside limits", "seven one side")


@pytest.mark.parametrize("rule_set", [NHS, WESTERN_ELECTRIC, ANHOEJ])
@pytest.mark.parametrize("values", [[], [NAN], [NAN] * 9, [0.0] * 9, [1.0]])
def test_nothing_is_marked_where_nothing_can_be_said(rule_set, values):
    assert flags(values, known_lines(len(values)), rule_set) == ((),) * len(values)


def test_the_runs_of_a_phase_are_counted_without_the_points_on_the_line():
    found = runs([1, 1, 0, 1, -1, NAN, -1, 1, 5], known_lines(9), exclude=[8])[0]
    assert (found.n_points, found.n_useful, found.longest_run, found.crossings) == (8, 6, 3, 2)


def test_no_useful_point_is_no_signal():
    found = runs([0, NAN], known_lines(2))[0]
    assert (found.n_useful, found.longest_run, found.crossings, found.signal) == (0, 0, 0, False)


@pytest.mark.parametrize("n, longest, crossings", [(10, 6, 2), (20, 7, 6), (24, 8, 8), (44, 8, 16), (64, 9, 25), (100, 10, 41)])  # fmt: skip
def test_what_chance_leaves_is_as_published(n, longest, crossings):
    """Anhøj & Olesen (2014), doi:10.1371/journal.pone.0113825; vignette of qicharts2."""
    found = runs([1, -1] * (n // 2), known_lines(n))[0]
    assert (found.longest_run_max, found.crossings_min) == (longest, crossings)


def test_lines_of_another_length_are_refused():
    with pytest.raises(Refusal, match="The lengths differ: values 2, lines 3"):
        flags([1, 2], known_lines(3), NHS)
    with pytest.raises(Refusal, match="values: is infinite at index 0"):
        flags([math.inf], known_lines(1), NHS)


def first_signal(values: np.ndarray, rule_set) -> int:
    """How many points it takes until a rule fires, by halving: a pattern once complete stays."""
    low, high = 0, len(values)
    while high - low > 1:
        middle = (low + high) // 2
        fired = any(flags(values[:middle], known_lines(middle), rule_set))
        low, high = (low, middle) if fired else (middle, high)
    return high


def test_western_electric_rules_raise_a_false_alarm_every_92_points():
    """Champ & Woodall (1987), Exact results for Shewhart control charts with supplementary runs rules: 91.75."""
    random = np.random.default_rng(20)
    waits = [first_signal(random.normal(size=900), WESTERN_ELECTRIC) for _ in range(200)]
    assert np.mean(waits) == pytest.approx(91.75, abs=20)  # three standard errors


def test_points_of_noise_lie_outside_once_in_370():
    values = np.random.default_rng(21).normal(size=200_000)
    assert np.mean([bool(names) for names in flags(values, known_lines(len(values)), NHS[:1])]) == pytest.approx(
        0.0027, abs=0.0004
    )
