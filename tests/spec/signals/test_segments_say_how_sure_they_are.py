"""Probabilities, onsets and lines; and the programmes beside every segmentation, counted out by hand."""

from __future__ import annotations

import doctest
import importlib
import itertools
import math
import pkgutil

import numpy as np
import pytest

import levelfield.signals.segmentation as room
from levelfield.signals.segmentation import segment
from levelfield.signals.segmentation.price import Price
from levelfield.signals.segmentation.search import (
    SHORTEST_FLAT,
    SHORTEST_SLOPED,
    cheapest,
    misfits,
    running_sums,
    start_weights,
)

MODULES = [m.name for m in pkgutil.walk_packages(room.__path__, f"{room.__name__}.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_is_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def stepped(seed, size, n=120, at=70):
    values = np.random.default_rng(seed).normal(size=n)
    values[at:] += size
    return values


def test_a_clear_change_is_sure_and_narrow():
    (change,) = segment(stepped(1, 8)).changes
    assert change.probability > 0.99
    assert (change.earliest, change.at, change.latest) == (70, 70, 70)


def test_a_smaller_change_has_a_wider_onset():
    wide, narrow = (
        sum(c.latest - c.earliest for s in range(6) for c in segment(stepped(s, d)).changes) for d in (1.8, 8)
    )
    assert wide > narrow


def test_the_onset_holds_the_planted_change_about_four_times_in_five():
    held = [c.earliest <= 70 <= c.latest for s in range(40) for c in segment(stepped(s, 3)).changes]
    assert len(held) >= 36
    assert sum(held) / len(held) >= 0.7


def test_where_nothing_changes_no_index_is_probable():
    assert segment(stepped(2, 0)).starting.sum() < 0.5


def test_probabilities_add_up_to_the_number_of_changes():
    found = segment(np.concatenate([stepped(3, 8), stepped(4, 8)]))
    assert len(found.changes) == 3
    assert found.starting.sum() == pytest.approx(3, abs=0.3)


def test_levels_and_slopes_are_those_of_the_series():
    rng = np.random.default_rng(5)
    values = np.concatenate([np.full(60, 500.0), 800 + 20.0 * np.arange(60)]) + rng.normal(size=120) * 5
    first, second = segment(values).segments
    assert first.level == pytest.approx(500, abs=5)
    assert first.slope == 0
    assert second.start == 60
    assert second.level == pytest.approx(800, abs=10)
    assert second.slope == pytest.approx(20, abs=0.5)


def test_a_curve_is_one_segment_and_says_so():
    found = segment((np.arange(120) / 10) ** 2 + np.random.default_rng(6).normal(size=120))
    assert found.curved
    assert len(found.segments) == 1


def every_segmentation(n):
    """All ways to cut 0..n into segments, flat or sloped, that are long enough."""
    for count in range(n):
        for cuts in itertools.combinations(range(1, n), count):
            pairs = list(itertools.pairwise((0, *cuts, n)))
            if all(b - a >= SHORTEST_FLAT for a, b in pairs):
                kinds = [(False, True) if b - a >= SHORTEST_SLOPED else (False,) for a, b in pairs]
                for chosen in itertools.product(*kinds):
                    yield pairs, chosen


def by_hand(values, pairs, chosen, noise, price):
    """The cost of one segmentation, each segment fitted on its own."""
    cost = 0.0
    for (a, b), sloped in zip(pairs, chosen, strict=True):
        x = np.arange(a, b)
        fitted = np.polyval(np.polyfit(x, values[a:b], int(sloped)), x)
        cost += ((values[a:b] - fitted) ** 2).sum() / noise + (price.sloped if sloped else price.flat)
    return cost


@pytest.mark.parametrize("seed", range(4))
def test_the_programmes_agree_with_every_segmentation_counted_out(seed):
    rng = np.random.default_rng(seed)
    n, noise, price = 12, 1.5, Price(8.0)
    values = rng.normal(size=n) + np.where(np.arange(n) < 6, 0, 3 * (seed % 2))
    tables = misfits(running_sums(np.arange(n) / 1.0, values), np.arange(n + 1))
    counted = [(by_hand(values, *one, noise, price), *one) for one in every_segmentation(n)]
    cost, pairs, chosen = min(counted, key=lambda one: one[0])
    starts, sloped = cheapest(*tables, noise, price.flat, price.sloped)
    assert (starts.tolist(), tuple(sloped)) == ([a for a, _ in pairs], chosen), cost
    total = sum(math.exp(-c) for c, _, _ in counted)
    expected = np.zeros(n + 1)
    for c, pairs, _ in counted:
        for a, _ in pairs[1:]:
            expected[a] += math.exp(-c) / total
    found = start_weights(*tables, np.zeros(n + 1), noise, price.flat, price.sloped)
    assert found == pytest.approx(expected, abs=1e-9)
