"""The files hold what the tables hold: counted again from the bytes, the sums are the same."""

import csv
import datetime as dt
import json

import numpy as np
import pyarrow.compute as pc
import pytest

from levelfield_worlds.deliveries import RECORDS, Delivery, deliveries, latest_days
from levelfield_worlds.estates import PARTNERS, queue_map, small_estate
from levelfield_worlds.formats.teleopti_queue import FIELDS
from levelfield_worlds.grow import World, grow


@pytest.fixture(scope="module")
def world() -> World:
    return grow(small_estate(dt.date(2026, 3, 16), 40, partners=5, lines=4), (), np.random.default_rng(4))


@pytest.fixture(scope="module")
def files(world) -> dict[str, tuple[Delivery, str]]:
    return {d.name: (d, b"".join(d.chunks).decode()) for d in deliveries(world)}


def rows_of(file: tuple[Delivery, str]) -> list[dict[str, str]]:
    delivery, text = file
    return list(csv.DictReader(text.splitlines(), delimiter=delivery.options.get("delimiter", ",")))


def of_partner(files, partner: str, profile: str) -> list[tuple[Delivery, str]]:
    return [file for file in files.values() if file[0].partner == partner and file[0].profile == profile]


def test_every_partner_sends_every_table_and_names_are_unique(world, files):
    sent = {(d.partner, d.profile) for d, _ in files.values()}
    assert ("north", "teleopti_queue") in sent and ("east", "teleopti_queue") in sent
    assert ("south", "amazon_connect_contacts") in sent and ("harbour", "five9_call_log") in sent
    assert {p for p, profile in sent if profile == "levelfield_intervals"} == {"south", "west", "harbour"}
    assert {p for p, profile in sent if profile == "levelfield_contacts"} == {"north", "east", "west"}
    for partner, tables in world.tables.items():
        for shape in set(tables) - {"intervals", "contacts"}:
            assert (partner, f"levelfield_{shape}") in sent


def test_queue_files_have_21_fields_and_the_sums_of_the_intervals(world, files):
    for partner in ("north", "east"):
        lines = [
            line.split(";") for d, text in of_partner(files, partner, "teleopti_queue") for line in text.splitlines()
        ]
        table = world.tables[partner]["intervals"]
        assert {len(line) for line in lines} == {21} and len(lines) == table.num_rows
        for field, column, unit in (
            ("answ_call_cnt", "answered", 1),
            ("aband_call_cnt", "abandoned", 1),
            ("ans_servicelevel_cnt", "answered_within", 1),
            ("queued_and_answ_call_dur", "wait_answered_ms", 1000),
            ("wrap_up_dur", "wrap_ms", 1000),
        ):
            assert sum(int(line[FIELDS.index(field)]) for line in lines) * unit == pc.sum(table[column]).as_py()
        known = {row["queue"] for row in queue_map(world.estate) if row["partner"] == partner}
        assert {line[3] for line in lines} == known


def test_queue_files_tell_the_time_of_the_partners_place(files):
    first = [of_partner(files, partner, "teleopti_queue")[0][1].split(";")[1:3] for partner in ("north", "east")]
    assert first == [["20260316", "08:00"], ["20260316", "09:00"]]


@pytest.mark.parametrize("partner", ["south", "west", "harbour"])
def test_interval_csv_sums_to_the_table_whatever_its_marks(world, files, partner):
    rows = [row for file in of_partner(files, partner, "levelfield_intervals") for row in rows_of(file)]
    table = world.tables[partner]["intervals"]
    assert sum(int(row["offered"]) for row in rows) == pc.sum(table["offered"]).as_py()
    assert sum(float(row["talk_s"].replace(",", ".")) for row in rows) * 1000 == pc.sum(table["talk_ms"]).as_py()


def test_decimals_money_flags_and_moments_are_written_for_people(files):
    forecast = rows_of(of_partner(files, "harbour", "levelfield_forecasts")[0])[0]
    assert "," in forecast["volume"] and "." not in forecast["volume"]
    contact = rows_of(of_partner(files, "west", "levelfield_contacts")[0])[0]
    assert contact["answered"] in ("yes", "no") and contact["arrived_at"].endswith("Z")
    assert "wait_s" in contact and "wait_ms" not in contact
    invoice = rows_of(of_partner(files, "north", "levelfield_invoices")[0])[0]
    assert "amount" in invoice and "quantity" in invoice


def test_money_sums_to_the_last_penny(world, files):
    rows = rows_of(of_partner(files, "west", "levelfield_invoices")[0])
    total = sum(round(float(row["amount"]) * 100) for row in rows)
    assert total == pc.sum(world.tables["west"]["invoices"]["amount_minor"]).as_py()


def test_connect_records_come_more_than_once_and_the_latest_holds(world, files):
    records = [json.loads(line) for line in files["south/contact-records.jsonl"][1].splitlines()]
    contacts = latest_days(world.tables["south"]["contacts"])
    latest: dict[str, dict] = {}
    for record in records:
        kept = latest.get(record["ContactId"])
        if kept is None or record["LastUpdateTimestamp"] > kept["LastUpdateTimestamp"]:
            latest[record["ContactId"]] = record
    assert len(records) > len(latest) == contacts.num_rows <= RECORDS
    agents = [record["Agent"] for record in latest.values() if record["Agent"]]
    assert len(agents) == pc.sum(contacts["answered"]).as_py()
    assert sum(a["AfterContactWorkDuration"] for a in agents) * 1000 == pc.sum(contacts["wrap_ms"]).as_py()
    assert sum(r["Queue"]["Duration"] for r in latest.values()) * 1000 == pc.sum(contacts["wait_ms"]).as_py()


def test_the_call_log_holds_the_voice_contacts(world, files):
    rows = list(csv.DictReader(files["harbour/call-log.csv"][1].splitlines()))
    contacts = world.tables["harbour"]["contacts"]
    calls = latest_days(contacts.filter(pc.equal(contacts["channel"], "voice")))
    assert len(rows) == calls.num_rows
    assert sum(row["ABANDONED"] == "0" for row in rows) == pc.sum(calls["answered"]).as_py()
    hours = [[int(n) for n in row["TALK TIME"].split(":")] for row in rows if row["TALK TIME"]]
    assert sum(h * 3600 + m * 60 + s for h, m, s in hours) * 1000 == pc.sum(calls["talk_ms"]).as_py()


def test_every_partner_of_the_demo_is_covered():
    assert [p.key for p in PARTNERS] == ["north", "south", "east", "west", "harbour"]
