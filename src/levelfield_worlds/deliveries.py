"""The files that the partners of a world would send, as bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from levelfield.words import Grain
from levelfield_worlds.arrow import Table, arrow, compute
from levelfield_worlds.formats.amazon_connect import amazon_connect_contacts
from levelfield_worlds.formats.five9_call_log import five9_call_log
from levelfield_worlds.formats.own_csv import own_csv
from levelfield_worlds.formats.teleopti_queue import teleopti_queue
from levelfield_worlds.frame import EPOCH
from levelfield_worlds.grow import World
from levelfield_worlds.plan import Partner

QUEUE_FILES = frozenset({"north", "east"})  # partners whose intervals come from a workforce system
AMAZON, FIVE9 = "south", "harbour"  # partners whose contacts come from these platforms
CONTINENTAL = frozenset({"harbour"})  # writes semicolons and decimal commas
RECORD_DAYS, RECORDS = 14, 15_000  # platform exports hold at most so many days and contacts, whole days only


@dataclass(frozen=True)
class Delivery:
    """One file: its name, whose it is, the profile that reads it, what the reader must be told, its bytes once."""

    name: str
    partner: str
    profile: str
    options: dict[str, str]
    chunks: Iterator[bytes]


def deliveries(world: World) -> Iterator[Delivery]:
    """Every file of every partner; bytes are written when they are read."""
    for partner in world.estate.partners:
        for shape, table in world.tables[partner.key].items():
            if shape == "intervals":
                yield from _intervals(world, partner, table)
            elif shape == "contacts" and partner.key == AMAZON:
                part = latest_days(table)
                name = f"{AMAZON}/contact-records.jsonl"
                yield Delivery(name, AMAZON, "amazon_connect_contacts", {}, amazon_connect_contacts(part))
            elif shape == "contacts" and partner.key == FIVE9:
                calls = latest_days(table.filter(compute.equal(table["channel"], "voice")))
                name, zone = f"{FIVE9}/call-log.csv", partner.zone
                yield Delivery(name, FIVE9, "five9_call_log", {"zone": zone}, five9_call_log(calls, zone))
            else:
                yield _own(partner, shape, f"{partner.key}/{shape}.csv", table)


def latest_days(table: Table) -> Table:
    """The latest whole days of contacts that a platform's export holds; at least one."""
    days = table["day"].cast(arrow.int32()).to_numpy()
    last = int(days.max()) if len(days) else 0
    first = next(
        (d for d in range(last - RECORD_DAYS + 1, last) if np.count_nonzero(days >= d) <= RECORDS),
        last,
    )
    return table.slice(int(np.searchsorted(days, first)))


def _intervals(world: World, partner: Partner, table: Table) -> Iterator[Delivery]:
    """Intervals by calendar quarter."""
    estate = world.estate
    start = Grain.QUARTER.start_of(estate.start)
    while start < estate.end:
        end = Grain.QUARTER.next_after(start)
        part, quarter = _between(table, start, end), Grain.QUARTER.name_of(start)
        if partner.key in QUEUE_FILES:
            options = {
                "zone": partner.zone,
                "threshold_s": str(estate.threshold_s),
                "short_s": str(estate.short_s),
            }
            name = f"{partner.key}/queues-{quarter}.txt"
            yield Delivery(name, partner.key, "teleopti_queue", options, teleopti_queue(part, partner.zone))
        else:
            yield _own(partner, "intervals", f"{partner.key}/intervals-{quarter}.csv", part)
        start = end


def _own(partner: Partner, shape: str, name: str, table: Table) -> Delivery:
    marks = {"delimiter": ";", "decimal": ","} if partner.key in CONTINENTAL else {}
    return Delivery(name, partner.key, f"levelfield_{shape}", marks, own_csv(table, shape, **marks))


def _between(table: Table, start: dt.date, end: dt.date) -> Table:
    """The rows of some days; rows ascend by day."""
    days = table["day"].cast(arrow.int32()).to_numpy()
    first, last = np.searchsorted(days, [(start - EPOCH).days, (end - EPOCH).days])
    return table.slice(int(first), int(last - first))
