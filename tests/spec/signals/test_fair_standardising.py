"""Comparing partners as if each had the same mix of contacts."""

from __future__ import annotations

import numpy as np
import pytest

from levelfield.signals.fair import standardise
from levelfield.words import Refusal

MIXED = [
    ("North", "easy", 900, 1000), ("North", "hard", 100, 200),
    ("South", "easy", 180, 200), ("South", "hard", 500, 1000),
    ("West", "easy", 450, 500), ("West", "hard", 250, 500),
]  # fmt: skip


@pytest.mark.parametrize("how", ["indirect", "direct"])
@pytest.mark.parametrize("kind", ["proportion", "rate"])
@pytest.mark.parametrize("own", [True, False])
def test_partners_that_differ_by_their_mix_alone_are_alike_once_it_is_taken_out(how, kind, own):
    found = standardise(MIXED, how=how, kind=kind, leave_own_out=own)
    assert found["North"].crude - found["South"].crude > 0.25
    for group in found:
        assert group.ratio == pytest.approx(1)
        assert group.ratio_lower < 1 < group.ratio_upper
        assert group.lower < group.value < group.upper


def test_direct_figures_by_hand():
    found = standardise(MIXED, how="direct", weights={"easy": 3, "hard": 1})
    assert found["North"].value == pytest.approx(0.9 * 0.75 + 0.5 * 0.25)


def test_indirect_figures_by_hand():
    rows = [("North", "easy", 8, 10), ("North", "hard", 3, 10), ("South", "easy", 90, 100), ("South", "hard", 20, 40)]
    north = standardise(rows)["North"]
    assert (north.observed, north.expected) == (11, pytest.approx(10 * 0.9 + 10 * 0.5))
    everybody = standardise(rows, leave_own_out=False)["North"]
    assert everybody.expected == pytest.approx(10 * 98 / 110 + 10 * 23 / 50)


def test_a_missing_stratum_gives_no_direct_figure_and_says_so():
    found = standardise(MIXED[:3] + MIXED[4:], how="direct")["South"]
    assert (found.value, found.ratio, found.missing) == (None, None, ("hard",))
    assert found.sentence == "No figure for South: nothing to compare with in hard."
    assert found.crude == pytest.approx(0.9)


def test_a_stratum_nobody_else_has_is_left_out_and_told():
    found = standardise([*MIXED, ("North", "chat", 30, 300)])["North"]
    assert found.ratio == pytest.approx(1)
    assert found.missing == ("chat",)
    assert found.sentence == "North: chat left out, nobody else has contacts there; 80% of its contacts are compared."


@pytest.mark.parametrize("kind, level", [("proportion", 0.9), ("rate", 0.08)])
@pytest.mark.parametrize("how", ["indirect", "direct"])
def test_intervals_of_standardised_ratios_hold_one_nineteen_times_in_twenty(kind, level, how):
    generator, held = np.random.default_rng(11), 0
    sizes = {"North": (60, 25), "South": (200, 300), "West": (400, 100)}
    worlds = 250
    for _ in range(worlds):
        rows = []
        for name, ns in sizes.items():
            for stratum, n, rate in zip(("easy", "hard"), ns, (level, level * 0.7), strict=True):
                seen = generator.binomial(n, rate) if kind == "proportion" else generator.poisson(n * rate)
                rows.append((name, stratum, seen, n))
        north = standardise(rows, kind=kind, how=how)["North"]
        held += north.ratio_lower <= 1 <= north.ratio_upper
    assert 0.92 <= held / worlds <= 0.99


@pytest.mark.parametrize("top, whole", [(0, 20), (20, 20)])
@pytest.mark.parametrize("how", ["indirect", "direct"])
def test_nothing_and_everything_have_an_interval_too(top, whole, how):
    north = standardise([("North", "easy", top, whole), ("South", "easy", 50, 100)], how=how)["North"]
    assert north.ratio == pytest.approx(2 * top / whole)
    assert north.ratio_upper > north.ratio_lower >= 0


@pytest.mark.parametrize(
    "rows, more, told",
    [
        ([], {}, "is empty"),
        ([("a", "x", 1, 2)], {}, "There is one group"),
        ([("a", "x", 3, 2), ("b", "x", 1, 2)], {}, "numerator ≤ denominator"),
        ([("a", "x", -3, 2), ("b", "x", 1, 2)], {}, "is -3"),
        ([("a", "x", 0, 0), ("b", "x", 1, 2)], {}, "no contacts in any stratum"),
        ([("a", "x", 0, 0), ("b", "x", 0, 0)], {}, "All denominators are 0"),
        ([("a", "x", 3), ("b", "x", 1, 2)], {}, "3 entries"),
        (5, {}, "cannot be read"),
        (MIXED, {"how": "somehow"}, "no way to standardise"),
        (MIXED, {"kind": "ratio"}, "cannot be standardised"),
        (MIXED, {"how": "direct", "weights": {"easy": 1}}, "“hard” has no weight"),
        (MIXED, {"how": "direct", "weights": {"easy": 0, "hard": 0}}, "All weights are 0"),
        (MIXED, {"how": "direct", "weights": {"easy": 1, "hard": 1, "chat": 1}}, "Nobody has a stratum “chat”"),
        (MIXED, {"coverage": 2}, "no coverage"),
    ],
)
def test_what_cannot_be_standardised_is_refused_in_words(rows, more, told):
    with pytest.raises(Refusal, match=told):
        standardise(rows, **more)
