"""A change of a queue as drivers: they sum to it, nobody is blamed for what did not move, and what is missing is said."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levelfield.queueing import Workload, attribute_queue, erlang_a, over_the_day, own_shape, within_chance
from levelfield.queueing.counterfactual import MEASURES
from levelfield.words import Refusal

SLOTS = 12
SLOT = np.arange(SLOTS)
HILL = 30 + 50 * np.exp(-(((SLOT - 5) / 3) ** 2))


def workload(
    offered: np.ndarray = HILL,
    *,
    handle: float = 300,
    patience: float = 150,
    agents: np.ndarray | None = None,
    **known: object,
) -> Workload:
    every = np.ones(SLOTS)
    staff = HILL * 300 / 1800 * 1.1 + 1 if agents is None else agents
    return Workload(offered, every * handle, every * patience, staff, day=SLOT * 0, slot=SLOT, **known)


def with_schedules(
    offered: np.ndarray = HILL,
    *,
    planned: float = 1.0,
    absence: float = 0.06,
    adherence: float = 0.05,
    systems: float = 0.01,
    **rest: object,
) -> Workload:
    every = np.ones(SLOTS)
    agents = planned * (HILL * 300 / 1800 * 1.25 + 1) * (1 - absence - adherence - systems)
    lost = {"absence": every * absence, "adherence": every * adherence, "systems": every * systems}
    return workload(offered, agents=agents, **{"forecast": HILL} | lost | rest)


changes = st.fixed_dictionaries(
    {
        "planned": st.floats(0.7, 1.2), "absence": st.floats(0.0, 0.3), "adherence": st.floats(0.0, 0.2), "systems": st.floats(0.0, 0.2),
        "handle": st.floats(200, 450), "patience": st.floats(30, 600),
    }
)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(
    changes,
    st.floats(0.5, 1.6),
    st.floats(-0.4, 0.6),
    st.sampled_from(sorted(MEASURES)),
    st.booleans(),
    st.floats(-0.2, 0.2),
)
def test_drivers_and_what_is_not_explained_sum_to_the_observed_change(
    change, volume, steeper, measure, carry_over, noise
):
    after = with_schedules(HILL * volume * (HILL / HILL.mean()) ** steeper, forecast=HILL * (1 + volume) / 2, **change)
    found = attribute_queue(
        with_schedules(), after, measure=measure, observed_before=0.5, observed_after=0.5 + noise, carry_over=carry_over
    )
    assert sum(d.amount for d in found.drivers) + found.unexplained == pytest.approx(noise, abs=1e-9)
    assert sum(d.amount for d in found.drivers) == pytest.approx(found.modelled_after - found.modelled_before, abs=1e-9)
    backwards = attribute_queue(after, with_schedules(), measure=measure, carry_over=carry_over)
    there, back = ({d.name: d.amount for d in one.drivers} for one in (found, backwards))
    assert {name: -amount for name, amount in back.items()} == pytest.approx(there, abs=1e-9)


def test_each_amount_is_the_mean_over_all_orders():
    before, after = workload(), workload(HILL * 1.15, handle=330, patience=90)
    inputs = {
        "volume": ("offered", HILL, HILL * 1.15),
        "handle": ("handle_s", 300, 330),
        "patience": ("patience_s", 150, 90),
    }

    def value(moved: tuple[str, ...]) -> float:
        own = {field: new if name in moved else old for name, (field, old, new) in inputs.items()}
        state = erlang_a(own["offered"] / 1800, own["handle_s"], own["patience_s"], before.agents)
        return float((own["offered"] * state.service_level).sum() / own["offered"].sum())

    orders = list(permutations(inputs))
    found = attribute_queue(before, after)
    for driver in found.drivers:
        steps = [value(order[: i + 1]) - value(order[:i]) for order in orders for i in [order.index(driver.name)]]
        assert driver.amount == pytest.approx(np.mean(steps), abs=1e-12)
    assert (found.before, found.after) == pytest.approx((value(()), value(tuple(inputs))))


@pytest.mark.parametrize(
    ("after", "name", "owner"),
    [
        (with_schedules(HILL * 1.2), "forecast_miss", "client"),
        (with_schedules(HILL * 1.2, forecast=HILL * 1.2), "plan_volume", "client"),
        (with_schedules(HILL**1.4 * HILL.sum() / (HILL**1.4).sum()), "shape", "outside"),
        (with_schedules(handle=360), "handle", "shared"),
        (with_schedules(planned=0.85), "planned_staff", "partner"),
        (with_schedules(absence=0.2), "absence", "partner"),
        (with_schedules(adherence=0.2), "adherence", "partner"),
        (with_schedules(systems=0.2), "systems", "client"),
        (with_schedules(patience=60), "patience", "outside"),
    ],
)
def test_what_alone_moved_is_the_only_driver(after, name, owner):
    found = attribute_queue(with_schedules(), after)
    assert [(d.name, d.owner) for d in found.drivers] == [(name, owner)]
    assert found.drivers[0].amount == pytest.approx(found.change) and found.change != 0


def test_an_owner_may_be_agreed_otherwise():
    found = attribute_queue(workload(), workload(handle=360), owners={"handle": "partner"})
    assert found.drivers[0].owner == "partner"


def test_without_forecast_and_schedules_the_coarser_drivers_are_said():
    found = attribute_queue(workload(), workload(HILL * 1.1, agents=workload().agents * 0.9))
    assert {d.name for d in found.drivers} == {"volume", "staff"}
    assert [note.split(" on both")[0] for note in found.notes] == ["Without a locked forecast", "Without schedules"]
    one_sided = attribute_queue(with_schedules(), replace(with_schedules(HILL * 1.1), forecast=None))
    assert [d.name for d in one_sided.drivers] == ["volume"]


def test_a_forecast_of_nothing_cannot_be_missed():
    found = attribute_queue(with_schedules(), with_schedules(HILL * 1.1, forecast=HILL * 0))
    assert [d.name for d in found.drivers] == ["volume"]
    assert found.drivers[0].after == pytest.approx(HILL.sum() * 1.1)


def test_sums_are_divided_and_means_never_averaged():
    offered = np.where(
        SLOT == 0, 300.0, 1.0
    )  # one interval with nearly all contacts, and enough agents everywhere else
    found = attribute_queue(
        workload(offered, agents=np.full(SLOTS, 40.0)), workload(offered, agents=np.full(SLOTS, 41.0))
    )
    state = erlang_a(offered / 1800, 300, 150, 40)
    assert found.before == pytest.approx((offered * state.service_level).sum() / offered.sum())
    assert abs(found.before - state.service_level.mean()) > 0.2


def test_what_it_would_have_taken_is_enough_and_one_fewer_is_not():
    before, after = workload(), workload(HILL + 40 * np.exp(-(((SLOT - 5) / 1.2) ** 2)))
    found = attribute_queue(before, after)
    need = found.needed
    assert need is not None and 3 <= need.first_slot <= 5 <= need.last_slot <= 7
    inside = (need.first_slot <= SLOT) & (need.last_slot >= SLOT)
    for agents, enough in ((need.agents, True), (need.agents - 1, False)):
        state = erlang_a(after.offered / 1800, 300, 150, after.agents + np.where(inside, agents, 0))
        level = float((after.offered * state.service_level).sum() / after.offered.sum())
        assert (level >= found.modelled_before) == enough
    assert attribute_queue(after, before).needed is None  # it got better


def test_carry_over_is_the_days_own_measure_and_sees_what_the_steady_state_cannot():
    rush = workload(HILL * np.where((SLOT >= 4) & (SLOT <= 5), 1.7, 1.0), patience=400)
    steady, carried = (
        attribute_queue(workload(patience=400), rush, measure="asa_s", carry_over=way) for way in (False, True)
    )
    day = over_the_day(rush.offered / 1800, 300, 400, rush.agents, start_queue=0)
    assert carried.modelled_after == pytest.approx(day.wait_of_answered_s, rel=1e-9)
    assert abs(carried.modelled_after / steady.modelled_after - 1) > 0.02
    assert {d.name for d in carried.drivers} == {"volume", "shape"}


def test_a_side_that_is_held_is_nobodys_and_stays_unexplained():
    found = attribute_queue(
        workload(), workload(HILL * 1.2, handle=303), observed_before=0.8, observed_after=0.7, held=("handle",)
    )
    assert [d.name for d in found.drivers] == ["volume"]
    assert "taken as before" in found.notes[-1]


def test_chance_is_told_from_a_move_of_daily_values():
    rng = np.random.default_rng(4)
    before = {
        "handle": rng.normal(300, 10, 40),
        "absence": rng.normal(0.06, 0.01, 40),
        "systems": np.zeros(40),
        "short": [1, 2],
    }
    after = {
        "handle": rng.normal(300, 10, 20),
        "absence": rng.normal(0.09, 0.01, 20),
        "systems": np.zeros(20),
        "short": [1, 2],
    }
    assert within_chance(before, after) == ("handle", "systems")


def test_chance_alone_rarely_makes_a_driver_and_four_and_a_half_standard_errors_mostly_do():
    rng = np.random.default_rng(6)
    error = (1 / 40 + 1 / 20) ** 0.5
    for shift, least, most in ((0, 0.985, 1.0), (4.5 * error, 0.0, 0.15)):
        held = [
            within_chance({"handle": rng.normal(size=40)}, {"handle": rng.normal(shift, size=20)}) for _ in range(400)
        ]
        assert least <= np.mean([bool(names) for names in held]) <= most


def test_a_ripple_is_no_shape_and_a_new_shape_is_one():
    rng = np.random.default_rng(5)
    day, slot = np.repeat(np.arange(5), SLOTS), np.tile(SLOT, 5)
    expected = np.tile(HILL, 5) * 4
    usual = rng.poisson(expected * 8).astype(float)
    moved = expected * np.tile(np.linspace(0.7, 1.3, SLOTS), 5)
    moved *= expected.sum() / moved.sum()
    for true, most in ((expected, 0.5), (moved, 0.7)):
        counted = rng.poisson(true).astype(float)
        found = own_shape(counted, usual, day, slot)
        own_error, raw_error = (np.abs(one - true).mean() for one in (found, counted))
        assert own_error < most * raw_error
        assert np.bincount(day, found) == pytest.approx(np.bincount(day, counted))


@pytest.mark.parametrize(
    ("after", "asked", "what"),
    [
        (workload(), {"measure": "fun"}, "“fun” is not a measure of a queue"),
        (workload(), {"owners": {"weather": "client"}}, "“weather” is not a driver"),
        (workload(), {"held": ("weather",)}, "“weather” is not a driver"),
        (workload(), {"interval_s": 0}, "the interval is 0 s"),
        (Workload(*(np.ones(3) for _ in range(4))), {}, "before has 12 intervals and after 3"),
        (workload(HILL * np.where(SLOT == 3, np.nan, 1)), {}, "after, interval 4 of 12: offered is nan"),
        (workload(handle=0), {}, "handle_s is 0"),
        (workload(HILL * 0), {}, "no contacts are offered"),
        (replace(workload(), absence=np.full(SLOTS, 1.5)), {}, "absence is 1.5"),
        (replace(workload(), day=SLOT), {}, "days are not cut alike"),
    ],
)
def test_what_cannot_be_split_is_refused_in_words(after, asked, what):
    with pytest.raises(Refusal, match=what):
        attribute_queue(workload(), after, **asked)


def test_carry_over_needs_days_in_their_order():
    loose = replace(workload(), day=None, slot=None)
    with pytest.raises(Refusal, match="carry-over needs days"):
        attribute_queue(loose, loose, carry_over=True)
