"""A forecast of a whole line is shared out over its sites, one that names its site stays; what is missing is missing."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from levelfield.same_data.estate import Estate, Partner
from levelfield.words import Period
from levelfield_io.publishing import Parcel, publish
from levelfield_io.queues_at_hand import intervals_of
from levelfield_io.store import Store

from ...conftest import MONDAY

DAY = dt.date(2026, 1, 12)
SPAN = Period(DAY, DAY + dt.timedelta(days=2))
EARLY, LATER, LATE = "2025-12-01T08:00:00Z", "2025-12-20T08:00:00Z", "2026-01-08T08:00:00Z"
INTERVALS = "partner,day,start_at,length_s,site,line,channel,threshold_s,short_s,offered,answered,answered_within,abandoned,abandoned_within,short_abandoned,wait_answered_s,talk_s,wrap_s"
FORECASTS = "partner,day,version,made_at,start_at,length_s,site,line,channel,volume"

# Day after the first, line, site, channel, length in seconds, contacts offered.
OFFERED = (
    (0, "Billing", "A", "voice", 1800, 40),
    (0, "Billing", "B", "voice", 1800, 10),
    (1, "Billing", "A", "voice", 1800, 20),
    (1, "Billing", "B", "voice", 1800, 10),
    (0, "Orders", "A", "voice", 1800, 50),
    (0, "Orders", "B", "voice", 1800, 50),
    (0, "Unplanned", "A", "voice", 1800, 30),
    (0, "Tight", "A", "voice", 3600, 12),
    (0, "Long", "A", "voice", 7200, 90),
    (0, "Both", "A", "voice", 1800, 30),
    (0, "Both", "A", "chat", 1800, 10),
)
# Version, moment it was made, day, line, site, channel, length in seconds, contacts.
EXPECTED = (
    ("V1", EARLY, 0, "Billing", "", "voice", 1800, 60),
    ("V2", LATER, 0, "Billing", "", "voice", 1800, 80),
    ("V3", LATE, 0, "Billing", "", "voice", 1800, 500),
    ("V2", LATER, 1, "Billing", "", "voice", 1800, 40),
    ("V2", LATER, 0, "Orders", "A", "voice", 1800, 33),
    ("V2", LATER, 0, "Orders", "B", "voice", 1800, 7),
    ("V2", LATER, 0, "Tight", "", "voice", 3600, 12),
    ("V2", LATER, 0, "Long", "", "voice", 7200, 90),
    ("V2", LATER, 0, "Both", "", "voice", 1800, 24),
    ("V2", LATER, 0, "Both", "", "chat", 1800, 8),
)


def published(home, offered, expected) -> tuple[Store, str]:
    """A home in which North delivered some intervals, and the forecast of them."""
    store = Store(home)
    store.save_estate(Estate("The client", "Europe/London", partners=(Partner("north", "Partner North"),)))
    facts = [INTERVALS]
    for number, line, site, channel, length, n in offered:
        day = DAY + dt.timedelta(days=number)
        facts.append(
            f"north,{day},{day}T09:00:00Z,{length},{site},{line},{channel},20,5,{n},{n},{n - 4},0,0,0,{n * 10},{n * 300},{n * 40}"
        )
    plan = [FORECASTS]
    for version, made, number, line, site, channel, length, volume in expected:
        day = DAY + dt.timedelta(days=number)
        plan.append(
            f"north,{day},{version},{made},{day}T09:00:00Z,{length},{site},{line},{channel},{volume}"
        )  # fmt: skip
    parcels = []
    for name, rows in (("facts", facts), ("plan", plan)):
        if len(rows) > 1:
            path = home / f"{name}.csv"
            path.write_text("\n".join(rows) + "\n", encoding="utf-8")
            parcels.append(Parcel(path, None, {}))
    outcome = publish(parcels, store, by="Ada", at=MONDAY)
    assert outcome.published, [f.findings for f in outcome.files]
    return store, store.release.current["north"]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory) -> tuple[Store, str]:
    return published(tmp_path_factory.mktemp("queues"), OFFERED, EXPECTED)


@pytest.fixture(scope="module")
def rows(delivered):
    """The locked forecast by line, site, channel and day after the first."""
    found = intervals_of(delivered[0], "north", delivered[1], SPAN)
    assert found is not None
    names = zip(found.line, found.site, found.channel, found.day.astype(object), strict=True)
    return {
        (line, site, channel, (day - DAY).days): volume
        for (line, site, channel, day), volume in zip(names, found.forecast, strict=True)
    }


def test_a_forecast_without_a_site_is_shared_out_by_what_the_sites_were_offered_over_the_span(rows):
    """60 of the 80 calls of Billing came to A: three quarters of each day's forecast are its."""
    assert [rows["Billing", site, "voice", day] for day in (0, 1) for site in "AB"] == pytest.approx([60, 20, 30, 10])


def test_what_was_shared_out_adds_up_to_the_forecast(rows):
    for day, volume in ((0, 80), (1, 40)):
        assert sum(rows["Billing", site, "voice", day] for site in "AB") == pytest.approx(volume)


def test_a_forecast_that_names_its_site_is_taken_as_it_is(rows):
    assert [rows["Orders", site, "voice", 0] for site in "AB"] == [33, 7], "though each was offered half"


def test_a_missing_forecast_is_missing_and_not_zero(rows):
    assert np.isnan(rows["Unplanned", "A", "voice", 0])


def test_intervals_longer_than_an_hour_are_left_out_and_an_hour_is_not(rows):
    assert {line for line, *_rest in rows} == {"Billing", "Orders", "Unplanned", "Tight", "Both"}
    assert rows["Tight", "A", "voice", 0] == 12


def test_channels_keep_their_own_forecast(rows):
    assert (rows["Both", "A", "voice", 0], rows["Both", "A", "chat", 0]) == (24, 8)


@pytest.mark.parametrize(("lock_days", "of_billing"), [(3, 500), (10, 80), (30, 60), (60, None)])
def test_the_version_is_the_latest_that_was_there_so_many_days_ahead(delivered, lock_days, of_billing):
    store, publication = delivered
    found = intervals_of(store, "north", publication, Period(DAY, DAY + dt.timedelta(days=1)), lock_days)
    assert found is not None
    own = found.forecast[found.line == "Billing"]
    if of_billing is None:
        assert np.isnan(own).all(), "no version was in time, so there is none"
    else:
        assert own.sum() == pytest.approx(of_billing)


def test_every_interval_is_there_once_with_its_own_counts(delivered):
    store, publication = delivered
    found = intervals_of(store, "north", publication, SPAN)
    assert found is not None and len(found) == len(OFFERED) - 1
    assert found.counts["offered"].sum() == sum(n for *_rest, length, n in OFFERED if length <= 3600)
    assert found.late.tolist() == [4.0] * len(found), "each answered all but four in time"
    assert all(np.isnan(own).all() for own in found.shifts.values()), "no schedule was delivered"


def test_only_the_days_of_the_span_are_read(delivered):
    store, publication = delivered
    second = Period(DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=2))
    found = intervals_of(store, "north", publication, second)
    assert found is not None and set(found.line) == {"Billing"} and len(found) == 2
    assert intervals_of(store, "north", publication, Period(DAY - dt.timedelta(days=60), DAY)) is None


def test_there_is_nothing_where_all_intervals_are_longer_than_an_hour(tmp_path):
    store, publication = published(tmp_path, [row for row in OFFERED if row[1] == "Long"], [])
    assert intervals_of(store, "north", publication, SPAN) is None


def test_there_are_intervals_where_no_forecast_was_ever_delivered(tmp_path):
    store, publication = published(tmp_path, OFFERED, [])
    found = intervals_of(store, "north", publication, SPAN)
    assert found is not None and np.isnan(found.forecast).all()


def test_a_forecast_of_all_channels_of_a_line_is_counted_once(tmp_path):
    plan = [("V2", LATER, 0, "Both", "", "", 1800, 32)]
    store, publication = published(tmp_path, [row for row in OFFERED if row[1] == "Both"], plan)
    found = intervals_of(store, "north", publication, SPAN)
    assert found is not None and found.forecast.sum() == pytest.approx(32)


def test_an_interval_that_two_forecasts_fit_is_there_once(tmp_path):
    plan = [("V2", LATER, 0, "Both", "", channel, 1800, 32) for channel in ("", "voice")]
    store, publication = published(tmp_path, [row for row in OFFERED if row[1] == "Both"], plan)
    found = intervals_of(store, "north", publication, SPAN)
    assert found is not None and found.counts["offered"].sum() == 40
