"""The individuals chart: every point is noise or more, better or worse, by four rules in one order."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from levelfield.signals.charts import xmr_lines, xmr_points
from levelfield.words import Refusal, RefusalKind

NAN = math.nan
QUIET = [4.0, 6.0] * 6  # mean 5, ranges 2, limits 5 ± 5.32, two sigma 3.55

TABLE = [  # what follows 12 quiet points that fix the lines at −0.32, 5, 10.32
    ("a point on the mean is nothing", [5], ["Common Cause"]),
    ("a point above the upper limit", [10.4], ["Above UCL"]),
    ("a point below the lower limit", [-0.4], ["Below LCL"]),
    ("one close point is nothing", [9, 5, 5], ["Common Cause"] * 3),
    ("two close of three on one side", [9, 6, 9], ["2 in 3 Above CL", "Common Cause", "2 in 3 Above CL"]),
    ("below as well", [1, 1, 4], ["2 in 3 Below CL", "2 in 3 Below CL", "Common Cause"]),
    ("the third lies on the other side", [9, 4, 9], ["Common Cause"] * 3),
    ("an outside point is not a close one", [9, 11, 6, 4], ["Common Cause", "Above UCL", "Common Cause", "Common Cause"]),
    ("six on one side are nothing", [4, 6, 7, 6, 7, 6, 7, 4], ["Common Cause"] * 8),
    ("seven on one side, all of them", [4, 6, 7, 6, 7, 6, 7, 6], ["Common Cause"] + ["7 Points Above CL"] * 7),
    ("a point on the mean ends a run", [4, 6, 7, 6, 5, 6, 7, 6], ["Common Cause"] * 8),
    ("a missing point ends none", [4, 6, 7, 6, NAN, 7, 6, 7, 6],
     ["Common Cause", *["7 Points Above CL"] * 3, "Missing", *["7 Points Above CL"] * 4]),
    ("seven that rise", [2, 3, 4, 5, 6, 7, 8, 4], [*["7 Point Trend (Increasing)"] * 7, "Common Cause"]),
    ("six that rise are nothing", [3, 4, 5, 6, 7, 8, 4], ["Common Cause"] * 7),
    ("an equal step ends a trend", [2, 3, 4, 5, 5, 6, 7, 8], ["Common Cause"] * 8),
    ("a missing point ends no trend", [2, 3, 4, NAN, 5, 6, 7, 8],
     [*["7 Point Trend (Increasing)"] * 3, "Missing", *["7 Point Trend (Increasing)"] * 4]),
    ("a peak goes with the fall after it", [3, 4, 5, 6, 7, 8, 8.5, 8, 7, 6, 5, 4, 3],
     ["7 Point Trend (Increasing)"] * 6 + ["7 Point Trend (Decreasing)"] * 7),
    ("outside comes before trend", [4.5, 5, 6, 7, 8, 9, 11],
     ["7 Point Trend (Increasing)"] * 6 + ["Above UCL"]),
    ("trend comes before close", [4, 5, 6, 7, 8, 9, 10], ["7 Point Trend (Increasing)"] * 7),
    ("close comes before the side", [4, 6, 7, 6, 7, 6, 9, 9], ["Common Cause"] + ["7 Points Above CL"] * 5 + ["2 in 3 Above CL"] * 2),
]  # fmt: skip


@pytest.mark.parametrize("told, after, expected", TABLE, ids=[row[0] for row in TABLE])
def test_the_first_rule_that_holds_names_the_point(told, after, expected):
    assert list(xmr_points([*QUIET, *after], fix_after=12).special_cause_type[12:]) == expected


@pytest.mark.parametrize(
    "improvement, high, low",
    [
        ("increase", "special_cause_improvement", "special_cause_concern"),
        ("decrease", "special_cause_concern", "special_cause_improvement"),
        ("none", "special_cause_neutral", "special_cause_neutral"),
    ],
)
def test_what_is_better_depends_on_the_measure(improvement, high, low):
    found = xmr_points([*QUIET, 11, -1, 5, NAN], fix_after=12, improvement=improvement)
    assert found[12:] == (high, low, "common_cause", "missing")


def test_a_rise_below_the_mean_is_still_a_rise():
    found = xmr_points([*QUIET, 1, 1.5, 2, 2.5, 3, 3.5, 4], fix_after=12)
    assert set(found[12:]) == {"special_cause_improvement"}
    assert set(found.side[12:].tolist()) == {-1}


@pytest.mark.parametrize(
    "target, improvement, expected",
    [
        (12, "increase", "consistent_fail"),
        (12, "decrease", "consistent_pass"),
        (-2, "increase", "consistent_pass"),
        (-2, "decrease", "consistent_fail"),
        (5, "increase", "inconsistent"),
        (12, "none", ""),
        (None, "increase", ""),
    ],
)
def test_the_target_is_held_against_the_limits(target, improvement, expected):
    assert xmr_points(QUIET, target=target, improvement=improvement).assurance == expected


def test_the_target_is_held_against_the_last_phase():
    values = [*QUIET, *[v + 20 for v in QUIET]]
    assert xmr_points(values, target=15, rebase=[12]).assurance == "consistent_pass"
    assert xmr_points(values[:12], target=15).assurance == "consistent_fail"


def test_the_result_is_the_sequence_of_its_classes():
    found = xmr_points([*QUIET, 30], fix_after=12)
    assert list(found) == list(found.point_type)
    assert len(found) == 13 and found[-1] == "special_cause_improvement" and found[0] == "common_cause"
    assert found.special_cause_flag.tolist() == [False] * 12 + [True]


def test_a_range_beyond_usual_is_left_out_once():
    values = [0, 1, 0, 1, 0, 1, 0, 1, 20, 1]  # ranges: seven of 1, two of 19; mean 5, so 19 is 16.3 or more
    assert xmr_lines(values).at(0)[2] == pytest.approx(2.5 + 2.66)
    assert xmr_lines(values, trim_ranges=False).at(0)[2] == pytest.approx(2.5 + 2.66 * 5)


def test_each_phase_has_its_own_lines_and_patterns_end_with_it():
    values = [4, 6, 4, 6, 6.5, 7, 6.5, 7, 14, 16, 14, 16]
    found = xmr_points(values, rebase=[8])
    assert [(p.first, p.end, p.n_points) for p in found.lines.phases] == [(0, 8, 8), (8, 12, 4)]
    assert found.lines.n_points == 12
    assert found.mean[0] == pytest.approx(47 / 8) and found.mean[8] == 15
    assert xmr_points(values, rebase=[0, 8, 8]).lines.phases == found.lines.phases


def test_a_range_next_to_a_missing_point_is_not_counted():
    assert xmr_lines([4, 6, NAN, 60, 62]).at(0)[2] == pytest.approx(33 + 2.66 * 2)


def test_too_few_points_have_no_limits_and_no_verdict():
    assert list(xmr_points([5])) == ["cannot_judge"]
    assert list(xmr_points([5, NAN, 6])) == ["cannot_judge", "missing", "cannot_judge"]
    assert list(xmr_points([NAN, NAN], target=1)) == ["missing", "missing"]
    assert xmr_points([5], target=1).assurance == ""
    assert list(xmr_points([])) == []


@pytest.mark.parametrize("value", [0.1, 0.7, 1e9 + 0.1, 0.0])
def test_values_that_never_move_are_all_usual(value):
    found = xmr_points([value] * 30)
    assert set(found) == {"common_cause"}
    assert found.lower[0] == found.mean[0] == found.upper[0] == value


def test_a_change_after_values_that_never_moved_is_outside():
    assert xmr_points([0.3] * 8 + [0.31], fix_after=8)[-1] == "special_cause_improvement"


@pytest.mark.parametrize(
    "arguments, said",
    [
        ({"values": [1, math.inf]}, "values: is infinite at index 1"),
        ({"values": ["a"]}, "not a number"),
        ({"values": [[1, 2]]}, "2 dimensions"),
        ({"values": [1, 2], "improvement": "up"}, "'up'"),
        ({"values": [1, 2], "rebase": [2]}, "2 is no index of 2 periods"),
        ({"values": [1, 2], "rebase": [-1]}, "-1 is no index"),
        ({"values": [1, 2], "rebase": [0.5]}, "0.5 is no index"),
        ({"values": [1, 2], "fix_after": 1}, "fix_after: is 1"),
        ({"values": [1, 2], "fix_after": 2.5}, "fix_after: is 2.5"),
        ({"values": [1, 2], "target": NAN}, "target: is nan"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(arguments, said):
    with pytest.raises(Refusal, match=said) as caught:
        xmr_points(**arguments)
    assert caught.value.kind is RefusalKind.DEFINITION


def naive_types(values: list[float], starts: list[int]) -> list[str]:
    """The same verdicts by the longest way: every window of every phase looked at in plain Python."""
    found = ["Missing"] * len(values)
    for first, end in zip(starts, [*starts[1:], len(values)], strict=True):
        own = values[first:end]
        at = [i for i, v in enumerate(own) if not math.isnan(v)]
        known = [own[i] for i in at]
        mean = sum(known) / len(known)
        steps = [abs(b - a) for a, b in itertools.pairwise(own)]
        ranges = [step for step in steps if not math.isnan(step)]
        most = 3.267 * sum(ranges) / len(ranges)
        kept = [r for r in ranges if r < most]
        half = 2.66 * sum(kept) / len(kept)
        side = [(v > mean) - (v < mean) for v in known]
        out = [abs(v - mean) > half for v in known]
        close = [abs(v - mean) > half * 2 / 3 and not o for v, o in zip(known, out, strict=True)]
        words = ["Common Cause"] * len(known)
        for i in range(len(known)):
            for sign, word in ((1, "7 Points Above CL"), (-1, "7 Points Below CL")):
                if any(a >= 0 and side[a : a + 7] == [sign] * 7 for a in range(i - 6, i + 1)):
                    words[i] = word
            for sign, word in ((1, "2 in 3 Above CL"), (-1, "2 in 3 Below CL")):
                windows = [a for a in range(max(i - 2, 0), i + 1) if side[a : a + 3] == [sign] * 3]
                if close[i] and any(sum(close[a : a + 3]) >= 2 for a in windows):
                    words[i] = word
            for a in range(max(i - 6, 0), i + 1):
                seven = known[a : a + 7]
                if len(seven) == 7 and sorted(set(seven)) == seven:
                    words[i] = "7 Point Trend (Increasing)"
                if len(seven) == 7 and sorted(set(seven), reverse=True) == seven:
                    words[i] = "7 Point Trend (Decreasing)"
            if out[i]:
                words[i] = "Above UCL" if side[i] > 0 else "Below LCL"
        for i, word in zip(at, words, strict=True):
            found[first + i] = word
    return found


@pytest.mark.parametrize("seed", range(60))
def test_a_naive_twin_comes_to_the_same_verdicts(seed):
    random = np.random.default_rng(seed)
    values = random.normal(0, 1, 80) + np.sin(np.arange(80) / 4) * random.uniform(0, 3) + np.arange(80) * 0.02
    values[random.random(80) < 0.1] = NAN
    values[[0, 1, 41, 42]] = random.normal(0, 1, 4)
    assert list(xmr_points(values, rebase=[41]).special_cause_type) == naive_types(values.tolist(), [0, 41])
