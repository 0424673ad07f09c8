"""A world is the same for the same seed, fills every contract exactly, and its counts add up."""

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from levelfield_worlds.estates import demo_estate, estate_of_size, queue_map, small_estate
from levelfield_worlds.grow import World, grow
from levelfield_worlds.incidents import demo_incidents
from levelfield_worlds.stream import contact_stream
from levelfield_worlds.tables import schema_of

START = dt.date(2026, 1, 5)


@pytest.fixture(scope="module")
def world() -> World:
    """Three partners and the first twelve topics of the UK for sixty days, Claims and its tickets among them."""
    return grow(small_estate(START, 60, partners=4, lines=12), (), np.random.default_rng(5), contacts_days=20)


def every_table(world: World) -> list[tuple[str, str, pa.Table]]:
    return [(partner, shape, table) for partner, tables in world.tables.items() for shape, table in tables.items()]


def numbers(table: pa.Table, column: str) -> np.ndarray:
    return table[column].to_numpy()


def test_the_same_seed_grows_the_same_world_and_another_seed_another():
    estate = small_estate(START, 20)
    one, again, other = (grow(estate, (), np.random.default_rng(seed)) for seed in (1, 1, 2))
    for partner, shape, table in every_table(one):
        assert table.equals(again.tables[partner][shape])
    assert not one.tables["north"]["intervals"].equals(other.tables["north"]["intervals"])


def test_every_table_has_exactly_the_columns_and_kinds_of_its_shape(world):
    shapes = {shape for _, shape, _ in every_table(world)}
    assert len(shapes) == 10
    for partner, shape, table in every_table(world):
        assert table.schema.equals(schema_of(shape)), (partner, shape)
        assert set(table["partner"].to_pylist()) <= {partner}


def test_every_needed_column_is_filled_and_every_key_is_unique(world):
    from levelfield.same_data.shapes import SHAPES

    for partner, shape, table in every_table(world):
        for column in SHAPES[shape].needed:
            assert table[column].null_count == 0, (partner, shape, column)
        keys = table.select(list(SHAPES[shape].key))
        assert keys.group_by(keys.column_names).aggregate([]).num_rows == table.num_rows, (partner, shape)


def test_the_counts_of_every_interval_add_up(world):
    for partner in world.tables:
        t = world.tables[partner]["intervals"]
        assert (
            numbers(t, "offered") == numbers(t, "answered") + numbers(t, "abandoned") + numbers(t, "overflow_out")
        ).all()
        assert (numbers(t, "answered_within") <= numbers(t, "answered")).all()
        assert (numbers(t, "short_abandoned") <= numbers(t, "abandoned_within")).all()
        assert (numbers(t, "abandoned_within") <= numbers(t, "abandoned")).all()
    assert numbers(world.tables["west"]["intervals"], "overflow_out").sum() > 0


def test_the_contacts_counted_again_give_the_intervals(world):
    for partner, tables in world.tables.items():
        contacts, intervals = tables["contacts"], tables["intervals"]
        recent = intervals.filter(pc.greater_equal(intervals["day"], pc.min(contacts["day"])))
        answered = contacts.filter(contacts["answered"])
        assert answered.num_rows == pc.sum(recent["answered"]).as_py(), partner
        assert contacts.num_rows == pc.sum(recent["offered"]).as_py() - pc.sum(recent["overflow_out"]).as_py()
        within = pc.sum(pc.less_equal(answered["wait_ms"], 20_000)).as_py()
        assert within == pc.sum(recent["answered_within"]).as_py()
        for column in ("talk_ms", "hold_ms", "wrap_ms"):
            assert pc.sum(answered[column]).as_py() == pc.sum(recent[column]).as_py()


def test_intervals_cover_the_opening_hours_of_every_day_also_where_the_clock_changes():
    estate = small_estate(dt.date(2026, 3, 28), 2, partners=1, lines=1)  # the clock goes forward on the 29th
    table = grow(estate, (), np.random.default_rng(0)).tables["north"]["intervals"]
    starts = [moment.astimezone(dt.UTC).strftime("%d %H:%M") for moment in table["start_at"].to_pylist()]
    assert len(starts) == 48
    assert (starts[0], starts[23], starts[24], starts[47]) == ("28 08:00", "28 19:30", "29 07:00", "29 18:30")


def test_unsolved_contacts_bring_customers_back(world):
    contacts = world.tables["north"]["contacts"]
    rows = zip(contacts["customer"].to_pylist(), contacts["resolved"].to_pylist(), strict=True)
    seen: dict[str, list[bool]] = {}
    for customer, resolved in rows:
        seen.setdefault(customer, []).append(bool(resolved))
    first = [(was[0], len(was) > 1) for was in seen.values()]
    back = {solved: np.mean([returned for was, returned in first if was is solved]) for solved in (True, False)}
    assert back[False] > back[True] + 0.2


def test_satisfied_and_angry_customers_answer_more_often_and_solutions_please():
    estate = small_estate(START, 200, partners=1, lines=6, volume=400)
    surveys = grow(estate, (), np.random.default_rng(3), contacts_days=0).tables["north"]["surveys"]
    csat = surveys.filter(pc.and_(pc.equal(surveys["question"], "csat"), surveys["responded"]))
    assert 0.1 < csat.num_rows / surveys.filter(pc.equal(surveys["question"], "csat")).num_rows < 0.4
    assert set(csat["score_milli"].to_pylist()) == {1000, 2000, 3000, 4000, 5000}
    nps = surveys.filter(pc.and_(pc.equal(surveys["question"], "nps"), surveys["responded"]))
    assert pc.min_max(nps["score_milli"]).as_py() == {"min": 0, "max": 10_000}


def test_the_two_sides_score_the_same_contacts_apart_by_the_planted_gap(world):
    sheets = world.tables["south"]["evaluations"].select(["contact_id", "scored_by", "score_milli"])
    client = sheets.filter(pc.equal(sheets["scored_by"], "client"))
    partner = sheets.filter(pc.equal(sheets["scored_by"], "partner"))
    both = client.join(partner, "contact_id", right_suffix="_p", join_type="inner")
    assert both.num_rows > 30
    gap = (numbers(both, "score_milli_p") - numbers(both, "score_milli")).mean() / 1000
    assert 2.5 < gap < 7  # planted: 5, less at the top of the scale


def test_every_forecast_is_made_before_the_day_it_is_for(world):
    forecasts = world.tables["north"]["forecasts"]
    ahead = numbers(forecasts, "start_at") - numbers(forecasts, "made_at")
    versions = np.array(forecasts["version"].to_pylist())
    days = ahead / np.timedelta64(1, "D")
    assert days[versions == "lock"].min() >= 45 and days[versions == "lock"].max() < 53
    assert days[versions == "late"].min() >= 10 and days[versions == "late"].max() < 18


def test_the_demo_has_sixty_lines_that_one_or_two_of_five_partners_serve():
    estate = demo_estate(dt.date(2026, 7, 1))
    serving: dict[str, set[str]] = {}
    for a in estate.assignments:
        serving.setdefault(a.line, set()).add(a.partner)
    assert len(serving) == 60
    assert {len(partners) for partners in serving.values()} == {1, 2}
    for partner in estate.partners:
        assert 12 <= len({a.line for a in estate.served_by(partner.key)}) <= 20
    shares = {line: sum(a.share for a in estate.assignments if a.line == line) for line in serving}
    assert all(share == pytest.approx(1) for share in shares.values())
    codes = [(row["partner"], row["queue"]) for row in queue_map(estate) if row["partner"] != "west"]
    assert len(codes) == len(set(codes))
    assert len({incident.kind for incident in demo_incidents(estate)}) == 11


def test_a_stream_holds_about_as_many_contacts_as_were_asked_for():
    estate = estate_of_size(40_000, seed=2)
    days = list(contact_stream(estate, np.random.default_rng(2)))
    assert len(days) == estate.days
    assert sum(day.num_rows for day in days) == pytest.approx(40_000, rel=0.15)
    assert all(len(set(day["day"].to_pylist())) == 1 for day in days)
    ids = pa.chunked_array([chunk for day in days for chunk in day["contact_id"].chunks])
    assert len(pc.unique(ids)) == len(ids)
