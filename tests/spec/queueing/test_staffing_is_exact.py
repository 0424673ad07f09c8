"""The least number of agents is the one that trying every number finds."""

from __future__ import annotations

import numpy as np
import pytest

from levelfield.queueing import erlang_a, min_agents
from levelfield.words import Refusal


@pytest.mark.parametrize("measure", ["service_level", "abandonment", "asa_s"])
def test_trying_every_number_finds_the_same(measure):
    rng = np.random.default_rng(5)
    n = 60
    handle, patience, load = rng.uniform(30, 1800, n), rng.uniform(5, 3600, n), rng.uniform(0.2, 120, n)
    target = {
        "service_level": rng.uniform(0.5, 0.99, n),
        "abandonment": rng.uniform(0.005, 0.3, n),
        "asa_s": rng.uniform(1, 60, n),
    }[measure]
    found = min_agents(load / handle, handle, patience, target=target, measure=measure)
    for i in range(n):
        every = np.arange(1, 400)
        values = getattr(erlang_a(load[i] / handle[i], handle[i], patience[i], every), measure)
        enough = values >= target[i] if measure == "service_level" else values <= target[i]
        assert found[i] == every[np.argmax(enough)]


def test_a_thousand_calls_in_half_an_hour_take_159():
    """Answered within 20 s of all offered. The offered wait alone would do with fewer, and 167 is where a search stops that starts at the load."""
    assert min_agents(1000 / 1800, 300, 120, target=0.8, threshold_s=20) == 159
    assert (
        erlang_a(1000 / 1800, 300, 120, 158).service_level < 0.8 <= erlang_a(1000 / 1800, 300, 120, 159).service_level
    )


def test_nobody_calls_takes_nobody_and_arrays_keep_their_shape():
    assert min_agents([[0.0, 0.1]], 60, 60, target=0.8).tolist() == [[0, 7]]


@pytest.mark.parametrize(
    ("target", "measure", "what"),
    [
        (1.0, "service_level", "the target is 1"),
        (0, "asa_s", "the target is 0"),
        (float("nan"), "abandonment", "nan"),
        (0.8, "fun", "“fun”"),
    ],
)
def test_a_target_that_cannot_be_is_refused(target, measure, what):
    with pytest.raises(Refusal, match=what):
        min_agents(0.1, 60, 60, target=target, measure=measure)
