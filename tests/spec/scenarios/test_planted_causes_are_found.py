"""Worlds with a planted cause among decoys, or with none: the probabilities are worth what they say."""

from __future__ import annotations

import numpy as np
import pytest

from levelfield.scenarios import Fits, fits
from levelfield_worlds.circumstances import Case, cases, without

Judged = list[tuple[Case, Fits]]


@pytest.fixture(scope="module")
def drawn() -> list[Case]:
    return cases(160, np.random.default_rng(31))


@pytest.fixture(scope="module")
def judged(drawn: list[Case]) -> Judged:
    return [(one, fits(one.episode, one.circumstances, one.signs)) for one in drawn]


def first_right(judged: Judged) -> float:
    return float(np.mean([found.ranked[0].circumstance.key == one.cause for one, found in judged if one.cause]))


def test_the_cause_is_mostly_the_first(judged: Judged) -> None:
    assert first_right(judged) > 0.75  # 0.86 of 3,000, bench/scenarios.py
    assert np.mean([len(one.circumstances) for one, _ in judged if one.cause]) > 4, (
        "there are others to be mistaken for it"
    )


def test_drill_down_and_signs_help(drawn: list[Case], judged: Judged) -> None:
    bare = [without(one, place=True, signs=True) for one in drawn]
    assert (
        first_right(judged)
        > first_right([(one, fits(one.episode, one.circumstances, one.signs)) for one in bare]) + 0.03
    )


def test_where_nobody_filed_the_cause_seldom_one_is_named(judged: Judged) -> None:
    assert np.mean([found.best is not None for one, found in judged if one.cause is None]) <= 0.1


def test_probabilities_are_about_as_often_right_as_they_say(judged: Judged) -> None:
    said = np.array([p for _, found in judged for p in (found.none, *(o.probability for o in found.ranked))])
    true = np.array(
        [
            own
            for one, found in judged
            for own in (one.cause is None, *(o.circumstance.key == one.cause for o in found.ranked))
        ]
    )
    for low, high in ((0.0, 0.2), (0.2, 0.6), (0.6, 1.01)):
        inside = (said >= low) & (said < high)
        assert abs(said[inside].mean() - true[inside].mean()) < 0.1


def test_a_world_is_the_same_for_the_same_seed() -> None:
    one, other = (cases(3, np.random.default_rng(8)) for _ in range(2))
    assert [(c.episode.onset, c.circumstances, c.cause) for c in one] == [
        (c.episode.onset, c.circumstances, c.cause) for c in other
    ]
