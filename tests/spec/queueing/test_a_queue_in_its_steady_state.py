"""Erlang A, B and C beside published figures, a naive twin in plain Python, each other, and figures of fifty digits."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levelfield.queueing import QueueState, erlang_a, erlang_b, erlang_c, wait_beyond
from levelfield.words import Refusal

# Rate, handling, patience, agents, threshold; then delay, given up, service level, ASA, occupancy. Computed in 55 digits by
# `bench.queueing.referee`: states added up one by one, integrals by another rule. They reach from hardly a wait to thrice the load.
FIFTY_DIGITS = [
    ((3.0, 60.0, 5.0, 200.0, 20.0), (0.041262330105689633, 0.0065288909566821016, 0.9934711090433179, 0.028359660073446258, 0.89412399813898611)),
    ((0.01, 300.0, 120.0, 8.0, 20.0), (0.011083112533185451, 0.003150136389364536, 0.99230405626012212, 0.27543299407517044, 0.37381869885398831)),
    ((0.5, 60.0, 60.0, 120.0, 20.0), (3.339521521037214e-35, 3.6439568160291833e-37, 1.0, 2.1625983369275131e-35, 0.25)),
    ((10.0, 900.0, 14400.0, 5000.0, 60.0), (1.0, 0.44444444444444444, 2.9638211242569359e-7261, 8464.0379747780137, 1.0)),
    ((1.0, 30.0, 600.0, 10.0, 120.0), (1.0, 0.66666666666666667, 5.8660310344873987e-51, 657.66862319774085, 1.0)),
    ((2.8, 1800.0, 45.0, 5000.0, 5.0), (0.20663457311102556, 0.01494154214626518, 0.94156755875701541, 0.64325106121417593, 0.99293892551656464)),
    ((0.5, 1800.0, 7200.0, 450.0, 300.0), (1.0, 0.5, 2.2353547931484258e-211, 4988.6598852167857, 1.0)),
    ((0.02, 120.0, 30.0, 1.0, 0.0), (0.79695147959645157, 0.66793688350147852, 0.20304852040354843, 10.763866922012996, 0.79695147959645157)),
    ((16.0, 300.0, 200.0, 4800.0, 20.0), (0.45160520762877596, 0.0063398008414517249, 0.99366018810588341, 1.2619145692901492, 0.99366019915854828)),
]  # fmt: skip


def twin(rate: float, handle: float, patience: float, agents: int) -> tuple[float, float, float]:
    """Delay, given up and occupancy from the states of the chain, added up in plain Python."""
    logs, most = [0.0], 0.0
    while len(logs) < agents + 2 or logs[-1] > most - 45:
        n = len(logs)
        logs.append(logs[-1] + math.log(rate / (min(n, agents) / handle + max(n - agents, 0) / patience)))
        most = max(most, logs[-1])
    weights = [math.exp(log - most) for log in logs]
    total = math.fsum(weights)
    queue = math.fsum((n - agents) * w for n, w in enumerate(weights) if n > agents) / total
    busy = math.fsum(min(n, agents) * w for n, w in enumerate(weights)) / total
    return math.fsum(weights[agents:]) / total, queue / patience / rate, busy / agents


def test_fifty_agents_and_48_calls_a_minute():
    state = erlang_a(48 / 60, 60, 120, 50)
    assert (round(state.abandonment, 3), round(state.asa_s, 1), round(state.occupancy, 2)) == (0.031, 3.7, 0.93)
    assert round(erlang_c(48 / 60, 60, 50).asa_s, 1) == 20.8


def test_fourteen_agents_as_pyworkforce_0_5_4_computes_them():
    state = erlang_a(100 / 1800, 180, 300, 14)
    theirs = QueueState(
        0.013983744122408387, 60 * 0.06991872061204192, math.nan, 0.9167920918635474, math.nan, math.nan, 0.7042973256268512, 0.14526011429636124,
        0.23306240204013975,
    )  # fmt: skip
    for name in ("abandonment", "asa_s", "service_level", "occupancy", "delay_probability", "queue_length"):
        assert getattr(state, name) == pytest.approx(getattr(theirs, name), rel=1e-10)


@pytest.mark.parametrize(("given", "expected"), FIFTY_DIGITS)
def test_every_figure_is_right_to_twelve_digits(given, expected):
    state = erlang_a(*given)
    found = (state.delay_probability, state.abandonment, state.service_level, state.wait_answered_s, state.occupancy)
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-300)


queues = st.tuples(
    st.floats(0.3, 3.0), st.floats(30.0, 1800.0), st.floats(5.0, 900.0), st.integers(1, 120), st.sampled_from([0.0, 5.0, 20.0, 120.0])
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(queues)
def test_a_naive_twin_finds_the_same(queue):
    load, handle, patience, agents, threshold = queue
    state = erlang_a(load * agents / handle, handle, patience, agents, threshold)
    found = (state.delay_probability, state.abandonment, state.occupancy)
    assert found == pytest.approx(twin(load * agents / handle, handle, patience, agents), rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(queues)
def test_what_must_hold_of_every_queue_holds(queue):
    load, handle, patience, agents, threshold = queue
    rate = load * agents / handle
    state = erlang_a(rate, handle, patience, agents, threshold)
    assert 0 <= state.abandonment <= state.delay_probability <= 1
    assert rate * (1 - state.abandonment) * handle == pytest.approx(agents * state.occupancy, rel=1e-10)
    assert state.queue_length == pytest.approx(rate * state.asa_s, rel=1e-10)  # Little
    assert state.service_level + state.abandoned_within <= 1 + 1e-12
    assert state.service_level <= state.within_of_answered <= 1 + 1e-12
    # Who is neither answered nor gone by the threshold still waits: is offered more and is patient enough.
    still = wait_beyond(threshold, rate, handle, patience, agents) * math.exp(-threshold / patience)
    assert 1 - state.service_level - state.abandoned_within == pytest.approx(still, abs=1e-9)
    more = erlang_a(rate, handle, patience, agents + 1, threshold)
    assert more.service_level >= state.service_level - 1e-12
    assert more.abandonment <= state.abandonment


def test_whoever_waits_for_ever_is_erlang_c_and_whoever_never_waits_erlang_b():
    agents = np.array([1, 10, 300])
    rate = 0.9 * agents / 240
    patient, c = erlang_a(rate, 240, 1e12, agents), erlang_c(rate, 240, agents)
    for name in ("delay_probability", "asa_s", "service_level", "occupancy"):
        assert getattr(patient, name) == pytest.approx(getattr(c, name), rel=1e-6)
    assert erlang_a(rate, 240, 1e-9, agents).abandonment == pytest.approx(erlang_b(rate, 240, agents), rel=1e-6)


def test_erlang_b_follows_its_recursion():
    load, blocked = 37.5, 1.0
    for agents in range(1, 60):
        blocked = load * blocked / (agents + load * blocked)
        assert erlang_b(load / 100, 100, agents) == pytest.approx(blocked, rel=1e-12)


def test_a_part_of_an_agent_lies_between():
    state = erlang_a(0.2, 240, 100, np.array([50, 50.25, 50.5, 51]))
    assert (np.diff(state.service_level) > 0).all() and (np.diff(state.abandonment) < 0).all()


def test_what_is_small_keeps_its_digits():
    state = erlang_a(0.5, 60, 60, 120)  # a hundred and twenty agents for thirty
    assert 0 < state.abandonment < 1e-30
    assert state.abandonment == pytest.approx(3.6439568160291833e-37, rel=1e-12, abs=0)


def test_far_beyond_capacity_and_very_many_agents_are_fine():
    state = erlang_a([1e6, 1e4], [600, 600], [60, 300], [5000, 5.9e6])
    assert state.abandonment == pytest.approx([1 - 5000 / 6e8, 1 - 5.9 / 6], rel=1e-9)
    assert np.isfinite(state.asa_s).all()


def test_nobody_calls_is_an_empty_queue_and_not_a_perfect_one():
    for state in (erlang_a(0, 300, 120, 4), erlang_c(0, 300, 4)):
        assert math.isnan(state.service_level) and math.isnan(state.asa_s)
        assert (state.occupancy, state.queue_length) == (0, 0)
    assert erlang_b(0, 300, 4) == 0


def test_above_capacity_nobody_who_never_gives_up_is_ever_answered():
    state = erlang_c(0.8, 60, 48)
    assert (state.asa_s, state.service_level, state.occupancy, state.delay_probability) == (math.inf, 0, 1, 1)


def test_arrays_keep_their_shape_and_scalars_are_floats():
    assert erlang_a([[0.1], [0.2]], 60, 60, [10, 20, 30]).service_level.shape == (2, 3)
    assert isinstance(erlang_a(0.1, 60, 60, 10).service_level, float)
    assert erlang_a([], 60, 60, 10).service_level.shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ((-0.1, 60, 60, 10), "arrivals_per_s is -0.1"),
        ((0.1, 0, 60, 10), "handle_s is 0"),
        ((0.1, 60, math.inf, 10), "patience_s is inf"),
        ((0.1, 60, 60, 0), "agents is 0"),
        ((math.nan, 60, 60, 10), "arrivals_per_s is nan"),
        ((0.1, 60, 60, 10, -1), "threshold_s is -1"),
        (([0.1, 0.2], 60, 60, [10, -2]), "position 2 of 2: agents is -2"),
        (([0.1, 0.2], [60, 60, 60], 60, 10), "2, 3, one, one, one values"),
    ],
)
def test_what_no_queue_can_have_is_refused_in_words(arguments, what):
    with pytest.raises(Refusal) as refused:
        erlang_a(*arguments)
    assert what in str(refused.value) and "Expected" in str(refused.value)
