"""An explanation is parts that sum to the change, read the same in sentence, picture and table, each with its owner."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import levelfield.drill_down
from levelfield.drill_down.cause import Cause
from levelfield.drill_down.explanation import Contribution, Explanation, Owner, Span, adding_up, evenly, sentence_of
from levelfield.drill_down.of_queue import SLOTS_OF_DAY, QueueFigures, explain_queues
from levelfield.drill_down.of_ratio import explain_ratio, explain_sum
from levelfield.drill_down.owners import DRIVERS, mix_owner, rate_owner
from levelfield.drill_down.spans import apart, around, span_of
from levelfield.queueing.attributing import OWNERS
from levelfield.words import Grain, Refusal

MODULES = [m.name for m in pkgutil.walk_packages(levelfield.drill_down.__path__, "levelfield.drill_down.")]


@pytest.mark.parametrize("name", MODULES)
def test_every_example(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module, extraglobs={"np": np}).failed == 0


def explanation(amounts: list[float], change: float) -> Explanation:
    parts = tuple(Contribution(f"d{i}", f"part {i}", list(Owner)[i % 4], a) for i, a in enumerate(amounts))
    return Explanation(
        Span("2026-02", "2026-02"), Span("2026-03", "2026-03"), 0.8, 0.8 + change, 900, 900, parts, "queueing"
    )


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=9), st.sampled_from([1.0, 0.1, 0.01]))
def test_rounded_amounts_sum_to_the_rounded_whole_and_stay_near(amounts, step):
    total = sum(amounts)
    even = adding_up(amounts, total, step)
    assert sum(even) == pytest.approx(round(total / step) * step, abs=step * 1e-6)
    assert all(abs(e - a) <= step * 1.0001 for e, a in zip(even, amounts, strict=True))


@given(st.lists(st.floats(-0.1, 0.1), min_size=1, max_size=8), st.floats(-0.3, 0.3))
def test_contributions_and_remainder_are_the_change(amounts, change):
    own = explanation(amounts, change)
    assert own.explained + own.remainder == pytest.approx(own.change, abs=1e-12)
    even = evenly(own, 0.001)
    assert sum(c.amount for c in even.contributions) + even.remainder == pytest.approx(even.change, abs=1e-9)
    assert sum(amount for _o, amount in even.by_owner) == pytest.approx(even.explained, abs=1e-9)


def test_the_sentence_names_what_moved_from_where_and_whose():
    own = explanation([-0.051, -0.033, 0.006], -0.084)
    said = sentence_of(evenly(own, 0.001), "Service level", lambda a: f"{abs(a) * 100:.1f} points", lambda o: f"of {o}")
    assert said == (
        "Service level fell 8.4 points: 5.1 points from part 0 (of client), 3.3 points from part 1 (of partner), 0.6 points the other way from part 2 (of shared), "
        "0.6 points not explained by the model."
    )


def test_no_change_is_said_as_one():
    assert "did not change" in sentence_of(explanation([0.0], 0.0), "ASA", str, str)


def test_every_driver_has_words_and_the_owner_the_model_gives_it():
    assert set(OWNERS) <= set(DRIVERS)
    assert all(DRIVERS[name].owner == owner for name, owner in OWNERS.items())
    assert (mix_owner("reason"), mix_owner("tenure_band"), mix_owner("free_a")) == (
        Owner.CLIENT,
        Owner.PARTNER,
        Owner.SHARED,
    )
    assert (rate_owner(("line", "site")), rate_owner(("reason",))) == (Owner.PARTNER, Owner.SHARED)


WEEK = 7 * 4


def queue(
    *, weeks: int, offered: float, agents: float, late: float, absent: float = 0.05, first_day: int = 20_000
) -> QueueFigures:
    """A queue of four slots a day, without chance."""
    n = weeks * WEEK
    day = first_day + np.arange(n) // 4
    slot = (day + 3) % 7 * SLOTS_OF_DAY + np.arange(n) % 4
    volume = np.full(n, offered)
    total = offered * n
    scheduled = np.full(n, 100.0)
    return QueueFigures(
        total * (1 - late), total, day, slot, volume, np.full(n, 40.0), volume * 0.97 * 300, volume * 0.97, total * 20, total * 0.03 * 4, np.full(n, agents), scheduled,
        scheduled * (1 - absent - 0.01), scheduled * absent, scheduled * 0, 1800.0, 20.0,
    )  # fmt: skip


def test_a_queue_whose_people_stay_away_is_explained_by_absence():
    place = (("line", "Billing"), ("site", "Cebu"))
    before, after = (
        queue(weeks=6, offered=40, agents=9.0, late=0.10),
        queue(weeks=3, offered=40, agents=8.0, late=0.25, absent=0.155),
    )
    parts, queues, _notes = explain_queues({place: (before, after)}, "service_level", opens={place: 8.0})
    assert parts[0].driver == "absence"
    assert parts[0].owner is Owner.PARTNER
    assert "5.0% of scheduled time before, 15.5% after" in parts[0].parts[0].evidence
    assert "between" in parts[0].parts[0].needed
    whole = after.rate - before.rate
    assert sum(p.amount for p in parts) + queues[0].found.unexplained == pytest.approx(whole)


def test_volume_beyond_the_locked_forecast_is_the_clients():
    before, after = queue(weeks=6, offered=40, agents=9.0, late=0.10), queue(weeks=3, offered=50, agents=9.0, late=0.30)
    parts, _queues, _notes = explain_queues({(("line", "Billing"),): (before, after)}, "service_level")
    assert (parts[0].driver, parts[0].owner) == ("forecast_miss", Owner.CLIENT)


def test_work_that_moved_to_a_slower_queue_is_mix_and_no_drivers():
    quick, slow = (("line", "Quick"),), (("line", "Slow"),)
    sides = {
        quick: (queue(weeks=6, offered=40, agents=9.0, late=0.05), queue(weeks=6, offered=40, agents=9.0, late=0.05)),
        slow: (queue(weeks=6, offered=10, agents=4.0, late=0.40), queue(weeks=6, offered=10, agents=4.0, late=0.40)),
    }
    more = {**sides, slow: (sides[slow][0], queue(weeks=6, offered=40, agents=15.0, late=0.40))}
    parts, _queues, _notes = explain_queues(more, "service_level")
    mix = next(p for p in parts if p.driver == "mix")
    assert mix.amount < -0.05
    assert mix.owner is Owner.CLIENT


def test_a_queue_nobody_can_model_is_told_and_stays_unexplained():
    few = queue(weeks=1, offered=0.5, agents=1.0, late=0.1)
    parts, queues, notes = explain_queues({(("line", "Rare"),): (few, few)}, "service_level")
    assert queues[0].found is None
    assert not [p for p in parts if p.driver != "mix"]
    busy = queue(weeks=6, offered=40, agents=9.0, late=0.1)
    _p, _q, notes = explain_queues(
        {(("line", "Rare"),): (few, queue(weeks=1, offered=0.5, agents=1.0, late=0.4)), (("line", "B"),): (busy, busy)},
        "service_level",
    )
    assert "1 of 2 queues" in notes[0]


def test_a_ratio_is_told_by_mix_place_and_the_rest():
    table = {
        "site": ["Porto", "Porto", "Lisbon", "Lisbon"], "line": ["Claims", "Orders"] * 2, "after_num": [60, 130, 170, 180], "after_den": [100, 200, 200, 200],
        "before_num": [85, 170, 170, 180], "before_den": [100, 200, 200, 200],
    }  # fmt: skip
    cause = Cause({"site": "Porto"}, -0.1, 0.9, -0.2, 2, 0.99, 20.0, None, 0.0)
    found = explain_ratio(table, ["site", "line"], [cause])
    first = found.contributions[0]
    assert (first.named, first.owner) == ("the work at Porto", Owner.PARTNER)
    assert sum(c.amount for c in found.contributions) == pytest.approx(found.found.change)
    assert first.low < first.amount < first.high < 0


def test_a_sum_is_its_labels():
    parts = explain_sum({"Billing": 100.0, "Orders": 50.0}, {"Billing": 130.0, "Returns": 5.0}, "line")
    assert [(p.where[0][1], p.amount) for p in parts] == [("Orders", -50.0), ("Billing", 30.0), ("Returns", 5.0)]


def test_spans_are_taken_around_an_onset():
    weeks = [f"2026-W{n:02d}" for n in range(1, 21)]
    before, after = around(weeks, "2026-W15", None, Grain.WEEK)
    assert (before.name, after.name) == ("2026-W07 to 2026-W14", "2026-W15 to 2026-W20")
    assert around(weeks, "2026-W02", None, Grain.WEEK) is None, "one week before is no usual level"
    assert around([], None, None, Grain.WEEK) is None


@pytest.mark.parametrize("text", ["yesterday", "2026-W10..soon", "", "2026-03..2026-01"])
def test_a_span_that_is_none_is_refused_in_words(text):
    with pytest.raises(Refusal, match="is not a span of time"):
        span_of(text)


def test_spans_that_overlap_are_refused():
    with pytest.raises(Refusal, match="overlap"):
        apart(span_of("2026-W10..2026-W14"), span_of("2026-W14"))
