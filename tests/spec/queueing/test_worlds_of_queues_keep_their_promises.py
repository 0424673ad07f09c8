"""Worlds of one queue: what is planted is there, callers are counted once, and the split finds what did it."""

from __future__ import annotations

import numpy as np
import pytest

from levelfield.queueing import erlang_a
from levelfield_worlds.queue_days import (
    KINDS,
    SIZES,
    Circumstances,
    changed,
    days_of,
    played,
    rate_of,
    true_parts,
    usual_circumstances,
)


def test_five_callers_by_hand():
    """One agent from 0 s on, a second from 100 s. The third gives up at 35 s; the fourth is taken by the second agent."""
    waits, answered = played(
        np.array([0.0, 10, 15, 20, 30]), np.array([40.0, 70, 50, 50, 50]), np.array([99.0, 99, 20, 99, 99]), np.array([0.0, 100.0]), np.array([1, 2])
    )  # fmt: skip
    assert waits.tolist() == [0, 30, 20, 80, 80]
    assert answered.tolist() == [1, 1, 0, 1, 1]


def test_whoever_leaves_first_finishes_and_whoever_is_left_at_the_end_gives_up():
    waits, answered = played(
        np.array([0.0, 1, 2]),
        np.array([50.0, 50, 50]),
        np.array([500.0, 500, 60]),
        np.array([0.0, 10.0]),
        np.array([1, 0]),
    )
    assert (waits.tolist(), answered.tolist()) == ([0, 500, 60], [1, 0, 0])


def test_a_steady_day_is_erlang_a():
    every = np.ones(48)
    lived = Circumstances(
        every * 144, every * 144, every * 300, every * 120, every * 24, every * 0, every * 0, every * 0
    )
    counted = days_of(lived, 60, np.random.default_rng(1), steady=True)
    state = erlang_a(144 / 1800, 300, 120, 24)
    assert rate_of(counted, "service_level") == pytest.approx(state.service_level, abs=0.006)
    assert rate_of(counted, "abandonment") == pytest.approx(state.abandonment, abs=0.003)
    assert rate_of(counted, "asa_s") == pytest.approx(state.wait_answered_s, rel=0.04)
    assert (counted.answered + counted.abandoned == counted.offered).all()
    assert counted.handled_s.sum() / counted.answered.sum() == pytest.approx(300, rel=0.01)


@pytest.mark.parametrize("kind", KINDS)
def test_each_circumstance_moves_its_own_input_and_no_other(kind):
    usual = usual_circumstances(np.random.default_rng(2))
    new = changed(usual, kind, SIZES[kind][1])
    field = {
        "forecast_miss": {"offered"}, "plan_volume": {"offered", "forecast"}, "shape": {"offered"}, "handle": {"handle_s"}, "planned_staff": {"planned"},
        "patience": {"patience_s"},
    }.get(kind, {kind})  # fmt: skip
    names = ("offered", "forecast", "handle_s", "patience_s", "planned", "absence", "adherence", "systems")
    assert {name for name in names if not np.allclose(getattr(usual, name), getattr(new, name))} == field
    if kind == "shape":
        assert new.offered.sum() == pytest.approx(usual.offered.sum())


def test_the_same_seed_is_the_same_world_and_true_parts_sum():
    usual = usual_circumstances(np.random.default_rng(3))
    one, other = (days_of(usual, 3, np.random.default_rng(4)) for _ in range(2))
    assert (one.wait_answered_s == other.wait_answered_s).all()
    sizes = {"handle": 0.2, "absence": 0.1}
    parts = true_parts(usual, sizes, "service_level", seed=5, days=20)
    alone = [true_parts(usual, {kind: size}, "service_level", seed=5, days=20)[kind] for kind, size in sizes.items()]
    assert set(parts) == set(sizes) and all(part < -0.02 for part in parts.values())
    assert sum(parts.values()) != pytest.approx(sum(alone), abs=1e-3)  # together they do more, or less, than each alone
