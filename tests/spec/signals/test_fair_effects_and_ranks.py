"""How far a partner lies from the middle, which ranks it may have, and which two can be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from levelfield.signals.fair import effects, effects_of, pairs, pairs_sentence, ranks
from levelfield.words import Refusal

ALIKE = {f"P{n}": (500 + 4 * n, 1000) for n in range(-4, 5)}


def test_a_small_partner_is_drawn_in_further_than_a_large_one():
    found = effects(ALIKE | {"Small": (18, 20), "Large": (9000, 10_000)})
    small, large = found.partners[-2:]
    assert (small.value, large.value) == (0.9, 0.9)
    assert small.likely < large.likely
    assert small.own_share < large.own_share
    assert small.upper - small.lower > large.upper - large.lower


def test_intervals_hold_the_true_level_nineteen_times_in_twenty():
    generator = np.random.default_rng(8)
    held = told = 0
    for _ in range(150):
        s = np.exp(0.5 * generator.standard_normal(12))
        true = generator.standard_normal(12)
        found = effects_of([str(i) for i in range(12)], true + s * generator.standard_normal(12), s)
        held += sum(p.lower <= t <= p.upper for p, t in zip(found, true, strict=True))
        told += 12
    assert 0.93 < held / told < 0.98


@pytest.mark.parametrize("bad", [{"a": (1, 2)}, {"a": (1, 2), "b": (3, 0)}])
def test_effects_of_one_partner_are_refused(bad):
    with pytest.raises(Refusal):
        effects(bad)


def test_the_same_numbers_give_the_same_ranks():
    found = effects(ALIKE)
    assert ranks(found).partners == ranks(found).partners


def test_partners_that_are_alike_may_have_any_rank():
    found = ranks(effects({f"P{n}": (50, 100) for n in range(6)}))
    assert all(p.width >= 5 for p in found)
    assert all(p.expected == pytest.approx(3.5, abs=0.3) for p in found)


def test_true_ranks_lie_inside_nineteen_times_in_twenty():
    generator, held, told = np.random.default_rng(9), 0, 0
    for _ in range(200):
        true = generator.standard_normal(8)
        y = true + 0.3 * generator.standard_normal(8)
        found = ranks(effects_of(list("abcdefgh"), y, np.full(8, 0.3)), draws=500, generator=generator)
        places = true.argsort().argsort() + 1
        held += sum(p.lowest <= t <= p.highest for p, t in zip(found, places, strict=True))
        told += 8
    assert 0.935 < held / told < 0.975


def test_chances_of_ranks_add_up_both_ways():
    found = ranks(effects(ALIKE))
    np.testing.assert_allclose(found.chances.sum(axis=0), 1)
    np.testing.assert_allclose(found.chances.sum(axis=1), 1)


def test_the_usual_answer_is_that_two_cannot_be_told_apart():
    found = pairs(effects(ALIKE))
    assert found.apart == ()
    assert found.sentence == "No two partners can be told apart: all 36 pairs lie within what chance gives."
    assert found.pairs[0].sentence == "P-4 and P-3 cannot be told apart."


def test_pairs_that_can_be_told_apart_are_named_after_those_that_cannot():
    found = pairs(effects({"North": (700, 1000), "South": (500, 1000), "West": (505, 1000)}))
    assert pairs_sentence(found) == (
        "Of 3 pairs 1 cannot be told apart; 2 can: North lies above South; North lies above West."
    )


def test_a_margin_asks_for_a_difference_that_matters():
    found = effects({"North": (51_000, 100_000), "South": (50_000, 100_000)})
    assert pairs(found).pairs[0].apart
    assert not pairs(found, margin=0.02).pairs[0].apart


def test_pairs_by_chance_alone_are_told_apart_once_in_twenty():
    generator, wrong = np.random.default_rng(10), 0
    for _ in range(200):
        y = generator.standard_normal(6)
        wrong += bool(pairs(effects_of(list("abcdef"), y, np.ones(6))).apart)
    assert stats.binom.ppf(0.001, 200, 0.05) <= wrong <= stats.binom.ppf(0.999, 200, 0.05)


@pytest.mark.parametrize(
    "move", [lambda e: ranks(e, coverage=1), lambda e: ranks(e, draws=3), lambda e: pairs(e, level=0)]
)
def test_ranks_and_pairs_refuse_what_cannot_be_asked(move):
    with pytest.raises(Refusal):
        move(effects(ALIKE))
