"""A day of intervals agrees with the steady state where nothing changes, and with callers played through where much does."""

from __future__ import annotations

import numpy as np
import pytest

from levelfield.queueing import erlang_a, over_the_day
from levelfield.words import Refusal
from levelfield_worlds.queue_days import Circumstances, days_of

RUSH = np.array([40.0, 60, 110, 150, 150, 110, 80, 60, 50, 40])
STAFF = np.array([8.0, 10, 12, 14, 15, 15, 14, 12, 10, 9])


@pytest.mark.parametrize(
    ("agents", "patience", "threshold"), [(10, 200, 20), (8, 300, 0), (14, 30, 60), (10, 0.05, 1e5), (1, 90, 20)]
)
def test_where_nothing_changes_it_is_the_steady_state(agents, patience, threshold):
    state = erlang_a(40 / 1800, 360, patience, agents, threshold)
    day = over_the_day(np.full(6, 40 / 1800), 360, patience, agents, threshold_s=threshold)
    assert day.abandoned / day.offered == pytest.approx(np.full(6, state.abandonment), rel=1e-9)
    assert day.wait_answered_s / day.answered == pytest.approx(np.full(6, state.wait_answered_s), rel=1e-9)
    assert day.answered_within / day.offered == pytest.approx(np.full(6, state.service_level), abs=1e-9)
    assert day.abandoned_within / day.offered == pytest.approx(np.full(6, state.abandoned_within), abs=1e-9)
    assert day.occupancy == pytest.approx(np.full(6, state.occupancy), rel=1e-9)
    assert day.queue_at_end == pytest.approx(np.full(6, state.queue_length), rel=1e-6)


def test_callers_played_through_wait_as_long():
    every = np.ones(len(RUSH))
    lived = Circumstances(RUSH, RUSH, every * 240, every * 300, STAFF, every * 0, every * 0, every * 0)
    played = days_of(lived, 6000, np.random.default_rng(3), steady=True)
    day = over_the_day(RUSH / 1800, 240, 300, STAFF, start_queue=0)
    contacts = played.offered.sum(axis=0)
    assert day.abandoned / day.offered == pytest.approx(played.abandoned.sum(axis=0) / contacts, abs=0.006)
    assert day.answered_within / day.offered == pytest.approx(played.answered_within.sum(axis=0) / contacts, abs=0.006)
    assert day.wait_of_answered_s == pytest.approx(played.wait_answered_s.sum() / played.answered.sum(), rel=0.02)
    steady = erlang_a(RUSH / 1800, 240, 300, STAFF)  # which is far off in the hours that inherit a queue
    assert np.abs(steady.service_level - played.answered_within.sum(axis=0) / contacts).max() > 0.07


def test_nobody_is_lost_and_a_queue_that_is_there_has_to_be_served():
    calm, full = (over_the_day(np.full(4, 0.02), 240, 300, 8, start_queue=waiting) for waiting in (0, 30))
    for day in (calm, full):
        assert day.answered + day.abandoned == pytest.approx(day.offered, rel=1e-9)
        assert (day.answered_within <= day.answered + 1e-9).all()
    assert full.abandoned[0] > calm.abandoned[0] + 5
    assert full.abandoned[3] == pytest.approx(calm.abandoned[3], rel=0.02)


def test_hours_without_calls_only_let_the_queue_run_off():
    day = over_the_day([0.1, 0.0, 0.0], 240, 300, 8)
    assert day.queue_at_end[0] > 5
    assert (day.queue_at_end[1:] >= 0).all() and (day.queue_at_end[1:] < 1e-6).all()
    assert (day.offered[1], day.abandoned[1]) == (0, 0)
    assert np.isnan(over_the_day([0.0], 240, 300, 8).service_level)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ({"arrivals_per_s": [0.1, -0.1]}, "position 2 of 2: arrivals_per_s is -0.1"),
        ({"interval_s": 0}, "the interval is 0 s"),
        ({"start_queue": -1}, "-1 wait"),
        ({"start_queue": 1e9}, "in the queue at once"),
    ],
)
def test_what_no_day_can_have_is_refused_in_words(arguments, what):
    with pytest.raises(Refusal, match=what):
        over_the_day(**{"arrivals_per_s": [0.1, 0.1], "handle_s": 60, "patience_s": 60, "agents": 5} | arguments)
