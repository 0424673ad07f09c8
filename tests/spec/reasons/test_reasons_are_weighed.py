"""Weights: every person counts the same, silence is no zero, and how far people are apart is a number only where it can be one."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from levelfield.reasons import Kind, Reason, weights
from levelfield.reasons.weighing import concordance
from levelfield.words import Refusal

THREE = ["cost", "quality", "coverage"]
DAY = dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("points", "shares"),
    [
        ({"Ada": (20, 30, 50)}, (0.2, 0.3, 0.5)),
        ({"Ada": (2, 3, 5), "Eve": (200, 300, 500)}, (0.2, 0.3, 0.5)),  # only proportions count
        ({"Ada": (100, 0, 0), "Eve": (0, 1, 1)}, (0.5, 0.25, 0.25)),  # 100 points weigh no more than 2
        ({"Ada": (1, 1, 2), "Eve": (0, 0, 0)}, (0.25, 0.25, 0.5)),  # who weighed nothing does not count
        ({"Ada": (1, 1, 2), "Eve": (9, None, 1)}, (0.25, 0.25, 0.5)),  # nor who left a reason out
    ],
)
def test_shares(points: dict[str, tuple[float | None, ...]], shares: tuple[float, ...]) -> None:
    given_ = {who: {k: v for k, v in zip(THREE, own, strict=True) if v is not None} for who, own in points.items()}
    found = weights(given_, THREE)
    assert tuple(found.by_reason.values()) == pytest.approx(shares)


def test_who_is_left_out_is_named_and_nobody_is_no_number() -> None:
    found = weights({"Ada": {"cost": 1.0}, "Eve": dict.fromkeys(THREE, 0.0)}, THREE)
    assert (found.shares, found.n, found.left_out, found.concordance) == ((), 0, ("Ada", "Eve"), None)


def test_points_below_zero_are_refused() -> None:
    with pytest.raises(Refusal, match="Ada gives -1 points"):
        weights({"Ada": {"cost": -1.0, "quality": 3.0}}, ["cost", "quality"])


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=3),
        st.fixed_dictionaries({k: st.integers(0, 100).map(float) for k in THREE}),
        max_size=6,
    )
)
def test_shares_sum_to_one_or_there_are_none(points: dict[str, dict[str, float]]) -> None:
    found = weights(points, THREE)
    assert not found.shares or sum(found.by_reason.values()) == pytest.approx(1)
    assert found.n + len(found.left_out) == len(points)
    for key, low, high in found.ranges:
        assert low - 1e-12 <= found.by_reason[key] <= high + 1e-12


@pytest.mark.parametrize(
    ("points", "w"),
    [
        ([[1, 2, 3], [1, 2, 3], [1, 2, 3]], 1.0),
        ([[1, 2, 3], [3, 2, 1]], 0.0),
        ([[1, 2, 3, 4], [2, 1, 3, 4]], 0.9),
        ([[1, 1, 3], [1, 1, 9]], 1.0),  # the same ties: the same order
        ([[1, 2, 3]], None),  # one person
        ([[1, 2], [2, 1]], None),  # two reasons
        ([[5, 5, 5], [5, 5, 5]], None),  # nobody prefers any
    ],
)
def test_kendalls_w(points: list[list[float]], w: float | None) -> None:
    found = concordance(np.array(points, dtype=float))
    assert found is w if w is None else found == pytest.approx(w)


@given(st.lists(st.permutations([1.0, 2.0, 3.0, 4.0]), min_size=2, max_size=6))
def test_w_follows_from_the_mean_rank_correlation_of_all_pairs(rows: list[list[float]]) -> None:
    """A second way to the same number, without ties: mean Spearman r = (m W - 1) / (m - 1)."""
    m = len(rows)
    pairs = [float(np.corrcoef(a, b)[0, 1]) for a, b in itertools.combinations(rows, 2)]
    found = concordance(np.array(rows))
    assert found is not None
    assert sum(pairs) / len(pairs) == pytest.approx((m * found - 1) / (m - 1))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"kind": Kind.OWN, "words": " "}, "no words"),
        ({"measure": "csat"}, "which way is better"),
        ({"baseline": 0.7, "baseline_on": DAY, "source": "a survey"}, "belongs to no measure"),
        ({"measure": "csat", "higher_is_better": True, "baseline": 0.7}, "when and where"),
        ({"measure": "csat", "higher_is_better": True, "baseline_on": DAY, "source": "a survey"}, "has no value"),
        (
            {"measure": "csat", "higher_is_better": True, "baseline": float("nan"), "baseline_on": DAY, "source": "a"},
            "is nan",
        ),
    ],
)
def test_a_reason_that_says_half_of_it_is_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        Reason(**{"key": "r", "kind": Kind.QUALITY, **wrong})
