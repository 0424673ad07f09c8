"""Local time and UTC, beside what the standard library says: every half hour around every change of the clocks."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from levelfield.same_data.estate import Estate
from levelfield.same_data.reading import Reading, stages
from levelfield.same_data.zones import autumn_hours, local_from_utc, spring_gaps, utc_from_local, zone_named
from levelfield.words import Refusal
from levelfield_io.engine import Engine, sql_of
from levelfield_io.profiles_at_hand import own_format

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "UTC",
)


@pytest.fixture(scope="module")
def engine():
    made = Engine()
    yield made
    made.close()


def half_hours(year: int) -> list[dt.datetime]:
    """Every half hour of the weeks in which clocks change somewhere."""
    starts = [
        dt.datetime(year, m, d) for m, d in ((3, 1), (3, 25), (4, 1), (9, 24), (10, 1), (10, 24), (11, 1), (12, 28))
    ]
    return [s + dt.timedelta(minutes=30 * i) for s in starts for i in range(48 * 8)]


def converted(engine, moments, change, zone):
    seen = engine.see("moments", pa.table({"at": pa.array(moments, pa.timestamp("us"))}))
    return engine.run(seen.select(at=seen.at, there=change(seen.at, zone))).to_pylist()


@pytest.mark.parametrize("zone", ZONES)
def test_local_time_is_what_the_standard_library_says(zone, engine):
    for row in converted(engine, half_hours(2026) + half_hours(2011), local_from_utc, zone):
        expected = row["at"].replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert row["there"] == expected


@pytest.mark.parametrize("zone", ZONES)
def test_a_local_time_that_happens_once_finds_its_moment_and_of_two_the_earlier(zone, engine):
    place = ZoneInfo(zone)
    for row in converted(engine, half_hours(2026), utc_from_local, zone):
        early = row["at"].replace(tzinfo=place, fold=0).astimezone(dt.UTC)
        if early.astimezone(place).replace(tzinfo=None) != row["at"]:
            continue  # a time in the spring gap has no moment
        assert row["there"] == early.replace(tzinfo=None)


def test_the_doubled_hour_and_the_missing_hour_are_known():
    year = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    assert autumn_hours("America/New_York", *year) == ((dt.datetime(2026, 11, 1, 1), dt.datetime(2026, 11, 1, 2)),)
    assert spring_gaps("Europe/London", *year) == ((dt.datetime(2026, 3, 29, 1), dt.datetime(2026, 3, 29, 2)),)
    assert autumn_hours("Asia/Kolkata", *year) == spring_gaps("UTC", *year) == ()


def test_no_step_of_a_reading_writes_a_text_out_again_and_again():
    """A hundred copies of a long expression once made a query of megabytes that took minutes to plan."""
    profile = own_format("contacts")
    reading = Reading(tuple(f.sources[0] for f in profile.fills), profile, Estate(zone="Europe/London"), {}, "key")
    assert max(len(sql_of(step)) for _, step in stages(reading)) < 100_000


def test_a_zone_that_is_none_is_refused():
    with pytest.raises(Refusal, match="“Mars/Olympus” is not a time zone"):
        zone_named("Mars/Olympus")
