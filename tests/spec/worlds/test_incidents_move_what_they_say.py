"""Each planted incident moves the numbers it names, where and when it says, and leaves the others alone.

The same seed is grown with and without the incident, so that the difference is the incident.
"""

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from levelfield.words import Refusal
from levelfield_worlds.estates import small_estate
from levelfield_worlds.grow import World, grow
from levelfield_worlds.incidents import KINDS
from levelfield_worlds.plan import Incident

ESTATE = small_estate(dt.date(2026, 1, 5), 84, partners=2, lines=3, volume=600)
FROM, TO = dt.date(2026, 2, 16), dt.date(2026, 3, 30)


def world_with(*incidents: Incident) -> World:
    return grow(ESTATE, incidents, np.random.default_rng(8), contacts_days=84)


def at_north(kind: str, size: float, start: dt.date = FROM, end: dt.date = TO) -> Incident:
    return Incident(kind, "north", "Sunderland", None, start, end, size, "partner")


def part(world: World, shape: str, partner: str = "north", start: dt.date = FROM, end: dt.date = TO) -> pa.Table:
    table = world.tables[partner][shape]
    return table.filter(pc.and_(pc.greater_equal(table["day"], start), pc.less(table["day"], end)))


def total(table: pa.Table, *columns: str) -> int:
    return sum(pc.sum(table[column]).as_py() for column in columns)


def aht(table: pa.Table) -> float:
    return total(table, "talk_ms", "hold_ms", "wrap_ms") / total(table, "answered") / 1000


def in_time(table: pa.Table) -> float:
    return total(table, "answered_within") / total(table, "offered")


def solved(world: World) -> float:
    return pc.mean(part(world, "contacts")["resolved"]).as_py()


@pytest.fixture(scope="module")
def quiet() -> World:
    return world_with()


def test_nothing_moves_nothing(quiet):
    loud = world_with(at_north("nothing", 0.0))
    for partner in ("north", "south"):
        for shape in ("intervals", "contacts", "surveys"):
            assert loud.tables[partner][shape].equals(quiet.tables[partner][shape])


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"nothing"}))
def test_an_incident_at_one_partner_leaves_the_other_partner_alone(quiet, kind):
    loud = world_with(at_north(kind, 10 if kind == "definition_change" else 0.2))
    assert not loud.tables["north"]["intervals"].equals(quiet.tables["north"]["intervals"])
    assert loud.tables["south"]["intervals"].equals(quiet.tables["south"]["intervals"])
    before = {"start": ESTATE.start, "end": FROM}
    assert total(part(loud, "intervals", **before), "offered") == pytest.approx(
        total(part(quiet, "intervals", **before), "offered"), rel=0.03
    )


def test_a_forecast_miss_brings_more_contacts_than_the_lock_said(quiet):
    loud = world_with(at_north("forecast_miss", 0.3))
    assert total(part(loud, "intervals"), "offered") / total(part(quiet, "intervals"), "offered") == pytest.approx(
        1.3, abs=0.03
    )
    locked = [t.filter(pc.equal(t["version"], "lock")) for t in (part(w, "forecasts") for w in (loud, quiet))]
    assert locked[0].equals(locked[1])
    assert in_time(part(loud, "intervals")) < in_time(part(quiet, "intervals")) - 0.05


def test_absence_shows_in_the_schedules_and_costs_service_level(quiet):
    loud = world_with(at_north("absence", 0.15))

    def share(world):
        return total(part(world, "schedules"), "absence_ms") / total(part(world, "schedules"), "scheduled_ms")

    assert share(loud) - share(quiet) == pytest.approx(0.15, abs=0.03)
    assert in_time(part(loud, "intervals")) < in_time(part(quiet, "intervals")) - 0.03


def test_a_new_hire_wave_fills_the_floor_with_new_people_who_take_longer(quiet):
    loud = world_with(at_north("new_hire_wave", 0.5))

    def new(world):
        bands = part(world, "contacts")["tenure_band"].drop_null()
        return pc.mean(pc.is_in(bands, pa.array(["0-30", "31-90"]))).as_py()

    assert new(loud) > new(quiet) + 0.3
    assert aht(part(loud, "intervals")) > aht(part(quiet, "intervals")) * 1.06
    assert solved(loud) < solved(quiet) - 0.01
    months = loud.tables["north"]["headcount"]
    assert total(months, "starters") > total(quiet.tables["north"]["headcount"], "starters")


def test_a_tool_outage_lengthens_handling_and_loses_system_time(quiet):
    loud = world_with(at_north("tool_outage", 0.3))
    assert aht(part(loud, "intervals")) / aht(part(quiet, "intervals")) == pytest.approx(1.3, abs=0.05)
    assert total(part(quiet, "schedules"), "system_ms") == 0
    assert total(part(loud, "schedules"), "system_ms") / total(part(loud, "schedules"), "scheduled_ms") > 0.1


def test_a_mix_shift_lengthens_handling_though_no_reason_changed(quiet):
    loud = world_with(at_north("mix_shift", 0.2))

    def by_reason(world):
        t = part(world, "contacts").filter(pc.field("answered"))
        t = t.append_column("handle", pc.add(pc.add(t["talk_ms"], t["hold_ms"]), t["wrap_ms"]))
        found = t.group_by("reason").aggregate([("handle", "mean"), ("handle", "count")])
        return {row["reason"]: row for row in found.to_pylist()}

    before, after = by_reason(quiet), by_reason(loud)
    for reason, row in before.items():
        assert after[reason]["handle_mean"] == pytest.approx(row["handle_mean"], rel=0.08), reason
    assert after["Billing: fault"]["handle_count"] > 1.8 * before["Billing: fault"]["handle_count"]
    assert aht(part(loud, "intervals")) > 1.1 * aht(part(quiet, "intervals"))


def test_site_quality_lowers_solutions_and_satisfaction_but_not_service_level(quiet):
    loud = world_with(at_north("site_quality", 0.2))
    assert solved(quiet) - solved(loud) == pytest.approx(0.2, abs=0.03)
    assert in_time(part(loud, "intervals")) == pytest.approx(in_time(part(quiet, "intervals")), abs=0.005)


def test_slow_decay_is_small_at_first_and_large_in_the_end(quiet):
    loud = world_with(at_north("slow_decay", 0.3))

    def staffed(first: dt.date, last: dt.date) -> float:
        span = {"start": first, "end": last}
        return total(part(loud, "intervals", **span), "staffed_ms") / total(
            part(quiet, "intervals", **span), "staffed_ms"
        )

    week = dt.timedelta(days=7)
    assert staffed(FROM, FROM + week) > 0.95
    assert staffed(TO - week, TO) == pytest.approx(0.7, abs=0.06)


def test_one_bad_day_is_one_day(quiet):
    day = dt.timedelta(days=1)
    loud = world_with(at_north("one_bad_day", 0.6, FROM, FROM + day))
    ratios = []
    for start in (FROM - day, FROM, FROM + day):
        span = {"start": start, "end": start + day}
        ratios.append(
            total(part(loud, "intervals", **span), "offered") / total(part(quiet, "intervals", **span), "offered")
        )
    assert ratios == pytest.approx([1, 1.6, 1], abs=0.12)


def test_a_definition_change_lifts_the_count_in_time_while_the_waits_stay_as_they_were(quiet):
    loud = world_with(at_north("definition_change", 20))
    before, after = part(quiet, "intervals"), part(loud, "intervals")
    assert total(after, "answered_within") > total(before, "answered_within")
    assert after.drop_columns(["answered_within", "abandoned_within"]).equals(
        before.drop_columns(["answered_within", "abandoned_within"])
    )
    assert part(loud, "contacts").equals(part(quiet, "contacts"))


def test_a_plan_that_works_shortens_handling_and_solves_more(quiet):
    loud = world_with(at_north("plan_effect", 0.1))
    assert aht(part(loud, "intervals")) / aht(part(quiet, "intervals")) == pytest.approx(0.9, abs=0.03)
    assert solved(loud) - solved(quiet) == pytest.approx(0.05, abs=0.02)


def test_an_unknown_kind_is_refused():
    with pytest.raises(Refusal, match="forecast_mess"):
        world_with(at_north("forecast_mess", 0.2))
