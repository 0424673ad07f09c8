"""Waits sampled from the steady state agree with a queue that is played through, event by event."""

import datetime as dt

import numpy as np
import pyarrow.compute as pc
import pytest

from levelfield_worlds.erlang_a import offered_waits
from levelfield_worlds.estates import small_estate
from levelfield_worlds.grow import grow
from levelfield_worlds.queue_events import play

HOURS = 4000


@pytest.mark.parametrize(
    ("per_hour", "agents", "handle_s", "patience_s"),
    [
        (20, 2, 300, 150),  # a small queue
        (120, 12, 300, 200),  # a busy one
        (150, 10, 300, 240),  # overloaded: only those who give up keep it steady
        (6, 1, 240, 400),  # one agent
    ],
)
def test_service_level_and_abandonment_agree(per_hour, agents, handle_s, patience_s):
    rng = np.random.default_rng(11)
    size = min(per_hour * HOURS, 60_000)
    arrived = np.cumsum(rng.exponential(3600 / per_hour, size))
    patience = rng.exponential(patience_s, size)
    played = play(arrived, rng.exponential(handle_s, size), patience, np.array([agents]), 1800)
    one = (np.array([float(x)]) for x in (per_hour / 3600, agents, handle_s, patience_s))
    steady = offered_waits(*one)
    sampled = steady.at(np.zeros(size, dtype=np.int64), rng.random(size))
    for waits in (played, sampled):
        assert steady.within(20)[0] == pytest.approx((waits <= 20).mean(), abs=0.02)
    assert (sampled > patience).mean() == pytest.approx((played > patience).mean(), abs=0.015)
    assert sampled.mean() == pytest.approx(played.mean(), rel=0.1, abs=1)


def test_first_come_is_first_served_and_who_gives_up_takes_no_time():
    arrived, handle = np.array([0.0, 10, 20, 30]), np.array([100.0, 100, 100, 100])
    patience = np.array([1e9, 1e9, 5, 1e9])
    waits = play(arrived, handle, patience, np.array([1]), 1800)
    assert waits.tolist() == [0, 90, 180, 170]  # the third gives up after 5 s; the fourth waits for the second only


def test_an_agent_who_goes_finishes_first_and_one_who_comes_is_free_at_once():
    arrived = np.array([1790.0, 1795, 1801, 1802])
    waits = play(arrived, np.full(4, 100.0), np.full(4, 1e9), np.array([2, 1]), 1800)
    assert waits.tolist() == [0, 0, 94, 193]
    waits = play(arrived, np.full(4, 100.0), np.full(4, 1e9), np.array([1, 2]), 1800)
    assert waits.tolist() == [0, 95, 0, 99]


@pytest.mark.parametrize("volume", [120.0, 900.0])
def test_a_whole_world_played_through_has_nearly_the_service_level_of_a_sampled_one(volume):
    """Nearly: real queues carry work over from one interval to the next, and handling is not exponential."""
    estate = small_estate(dt.date(2026, 1, 5), 42, volume=volume)
    levels = {}
    for queue in ("sampled", "events"):
        tables = grow(estate, (), np.random.default_rng(6), contacts_days=0, queue=queue).tables
        answered = sum(pc.sum(t["intervals"]["answered_within"]).as_py() for t in tables.values())
        levels[queue] = answered / sum(pc.sum(t["intervals"]["offered"]).as_py() for t in tables.values())
    assert levels["sampled"] == pytest.approx(levels["events"], abs=0.02)
