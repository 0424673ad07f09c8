"""Partners side by side: who stands apart from the others, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from levelfield.signals.fair import Groups, Kind, Side, funnel, overdispersion
from levelfield.words import Refusal, RefusalKind

ALIKE = {f"P{n}": (500 + 4 * n, 1000) for n in range(-4, 5)}


def test_a_group_far_from_the_others_is_named_with_its_side():
    found = funnel(ALIKE | {"North": (700, 1000), "South": (300, 1000)})
    assert found.outliers == ()  # two that far apart are what tells each that groups differ so much
    found = funnel(ALIKE | {"North": (700, 1000)})
    assert found.outliers == ("North",)
    assert found["North"].side is Side.ABOVE
    assert found["North"].others == pytest.approx(0.5, abs=0.01)
    assert found.sentence.startswith("North lies above the others. The other 9 cannot be told from one another")


def test_a_group_is_not_its_own_benchmark():
    mild, far = (funnel(ALIKE | {"North": (n, 1000)}) for n in (600, 900))
    assert mild["North"].others == pytest.approx(far["North"].others, abs=0.002)
    assert abs(far["North"].score) > abs(mild["North"].score)


def test_partners_that_differ_anyway_are_not_called_apart():
    generator = np.random.default_rng(4)
    n = generator.integers(3000, 40_000, 28)
    shares = 1 / (1 + np.exp(-(1.5 + 0.3 * generator.standard_normal(28))))
    found = funnel({f"P{i}": (generator.binomial(n[i], shares[i]), n[i]) for i in range(28)})
    assert sum(abs(g.z) > 3.09 for g in found) >= 20
    assert found.outliers == ()
    assert (
        found.sentence
        == "The 28 groups cannot be told apart: none stands further from the others than such groups do anyway."
    )


@pytest.mark.parametrize("k", [8, 12])
@pytest.mark.parametrize("tau", [0.0, 0.3])
def test_false_outliers_stay_near_two_in_a_thousand(k, tau):
    generator = np.random.default_rng([k, int(tau * 10)])
    flagged = judged = 0
    for _ in range(1200 // k):
        n = np.floor(np.exp(generator.uniform(np.log(30), np.log(50_000), k)))
        shares = 1 / (1 + np.exp(-(-1.0 + tau * generator.standard_normal(k))))
        found = funnel({f"P{i}": (generator.binomial(int(n[i]), shares[i]), n[i]) for i in range(k)})
        flagged, judged = flagged + len(found.outliers), judged + k
    assert flagged <= stats.binom.ppf(0.9999, judged, 0.003)


def test_nobody_inside_the_limits_of_chance_is_called_apart():
    same = {f"P{n}": (800, 1000) for n in range(7)}
    assert funnel(same | {"North": (815, 1000)}).outliers == ()
    assert funnel(same | {"North": (900, 1000)}).outliers == ("North",)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_fewer_than_five_groups_cannot_be_judged(n):
    found = funnel({f"P{i}": (10 * i, 100) for i in range(n)})
    assert {g.side for g in found} == {Side.CANNOT_JUDGE}
    assert found.outliers == ()
    assert found.sentence.startswith("Cannot judge")


@pytest.mark.parametrize("top", [0, 100])
def test_groups_at_an_end_of_the_scale_cannot_be_judged(top):
    found = funnel({f"P{i}": (top, 100) for i in range(6)})
    assert found.sentence == "Cannot judge: all 6 groups are at the end of the scale and nothing tells them apart."


def test_equal_groups_cannot_be_told_apart():
    found = funnel({f"P{i}": (50, 100) for i in range(6)})
    assert (found.outliers, found.phi, found.tau2) == ((), 0.0, 0.0)


def test_the_order_is_that_of_the_names_or_sizes_and_never_of_the_values():
    found = funnel([("b", 9, 30), ("a", 1, 10), ("c", 10, 20)])
    assert [g.name for g in found] == ["b", "a", "c"]
    assert [g.name for g in found.by_name] == ["a", "b", "c"]
    assert [g.name for g in found.by_size] == ["a", "c", "b"]


def test_a_target_given_is_the_middle_that_is_judged_against():
    found = funnel({f"P{n}": (500 + n, 1000) for n in range(8)}, target=0.3, overdispersion=False)
    assert len(found.outliers) == 8
    assert found.target == 0.3


def test_limits_widen_where_groups_are_small_and_where_they_differ():
    found = funnel({f"P{n}": (n * n * 5, n * 100) for n in range(1, 9)})
    widths = [g.upper - g.lower for g in found.by_size]
    assert widths == sorted(widths, reverse=True)
    assert all(g.upper_spread >= g.upper and g.lower_spread <= g.lower for g in found)


@pytest.mark.parametrize("kind", ["rate", "ratio"])
def test_rates_and_ratios_are_judged_as_counts(kind):
    found = funnel({f"P{n}": (100 + n, 100.5) for n in range(7)} | {"North": (300, 100.5)}, kind=kind)
    assert found.outliers == ("North",)


def test_shapes_of_groups_do_not_matter():
    triples = [(name, *pair) for name, pair in ALIKE.items()]
    names, tops, bottoms = (list(x) for x in zip(*triples, strict=True))
    columns = {"group": names, "numerator": tops, "denominator": bottoms}
    ways = [funnel(g) for g in (ALIKE, triples, columns, pa.table(columns))]
    assert len({tuple(g.score for g in way) for way in ways}) == 1


def test_the_order_of_groups_changes_no_verdict():
    given_ = ALIKE | {"North": (640, 1000), "Small": (3, 31)}
    one, other = funnel(given_), funnel(dict(reversed(given_.items())))
    for group in one:
        assert other[group.name].score == pytest.approx(group.score, abs=1e-9)


NUMBERS = st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 10**7)), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(NUMBERS, st.sampled_from(list(Kind)))
def test_whatever_is_counted_gets_a_verdict_and_no_crash(rows, kind):
    groups = {f"P{i}": (min(a, n) if kind is Kind.PROPORTION else a, n) for i, (a, n) in enumerate(rows)}
    found = funnel(groups, kind=kind)
    for group in found:
        assert group.lower_spread <= group.upper_spread
        assert group.score is None or math.isfinite(group.score)


BAD = [
    ({}, "no group"),
    ({"a": (-1, 10)}, "is -1"),
    ({"a": (11, 10)}, "numerator ≤ denominator"),
    ({"a": (0, 0)}, "The denominator of “a” is 0"),
    ({"a": (math.inf, 10)}, "infinite"),
    ({"a": (math.nan, 10)}, "missing is not zero"),
    ({"a": (None, 10)}, "no number"),
    ({"a": ("many", 10)}, "no number"),
    ({"a": 3}, "no pair"),
    ([("a", 1, 2), ("a", 1, 3)], "stands 2 times"),
    ([("a", 1)], "2 entries"),
    (7, "cannot be read"),
    ({"group": ["a"], "numerator": [1, 2], "denominator": [3, 4]}, "different lengths"),
    (pa.table({"group": ["a"], "numerator": [1]}), "no column “denominator”"),
]


@pytest.mark.parametrize("groups, told", BAD)
def test_what_cannot_be_compared_is_refused_in_words(groups, told):
    with pytest.raises(Refusal, match=told) as caught:
        funnel(groups)
    assert caught.value.kind is RefusalKind.DEFINITION
    assert caught.value.where == "Fair comparison"


@pytest.mark.parametrize(
    "more",
    [{"kind": "guess"}, {"limit": 1.0}, {"winsor": 0.5}, {"target": 1.5}, {"target": math.nan}, {"scale": "root"}],
)
def test_what_cannot_be_asked_is_refused(more):
    with pytest.raises(Refusal):
        funnel(ALIKE, **more)


def test_dispersion_is_one_where_groups_differ_by_chance_alone():
    generator = np.random.default_rng(5)
    n = np.full(2000, 5000.0)
    groups = Groups(tuple(map(str, range(2000))), generator.binomial(5000, 0.3, 2000).astype(float), n, Kind.PROPORTION)
    assert overdispersion(groups, winsor=0).phi == pytest.approx(1, abs=0.1)
