"""Dated circumstances as both sides would log them, true causes among many that mean nothing."""

from __future__ import annotations

import datetime as dt

import holidays
import numpy as np

from levelfield_worlds.arrow import Table
from levelfield_worlds.frame import EPOCH, Frame, moment
from levelfield_worlds.plan import Incident
from levelfield_worlds.tables import table

# Logged for these kinds only: the others are for the reader of the numbers to find.
LOGGED = {
    "tool_outage": ("outage", "Desktop tools slow or down"),
    "new_hire_wave": ("training", "New class enters production"),
    "one_bad_day": ("weather", "Storm: roads closed"),
    "nothing": ("site", "Office move, same building"),
    "plan_effect": ("training", "Coaching plan begins"),
    "forecast_miss": ("campaign", "Price letter sent to customers"),
}
ROUTINE = (
    ("client", "release", "App release"),
    ("client", "campaign", "Seasonal campaign"),
    ("client", "policy", "New returns policy"),
    ("partner", "leadership", "New operations manager"),
    ("partner", "training", "Refresher training"),
)
DAY = dt.timedelta(days=1)
HOLIDAYS = 2  # the latest of the site's country that are logged


def events_table(frame: Frame, partner: str, incidents: tuple[Incident, ...], rng: np.random.Generator) -> Table:
    """About eight events per partner: routine ones, public holidays where it sits, and what some incidents left."""
    estate = frame.estate
    rows: dict[str, list[object]] = {name: [] for name in COLUMNS}

    def add(span: tuple[dt.date, dt.date], owner: str, what: str, title: str, where: Incident | None = None) -> None:
        start, end = span
        values = (
            (start - EPOCH).days, f"{partner}-e{len(rows['day']) + 1}",
            moment(start, estate.opens_s, estate.zone), moment(end - DAY, estate.closes_s, estate.zone),
            where.site if where else None, where.line if where else None, owner, what, title,
        )  # fmt: skip
        for name, value in zip(COLUMNS, values, strict=True):
            rows[name].append(value)

    for incident in incidents:
        mine = incident.partner == partner or (
            incident.partner is None and any(frame.series[s].partner == partner for s in frame.series_of(incident))
        )
        if mine and incident.kind in LOGGED:
            what, title = LOGGED[incident.kind]
            add((incident.start, incident.end), incident.owner, what, title, incident)
    for owner, what, title in ROUTINE:
        start = estate.start + dt.timedelta(days=int(rng.integers(0, max(1, estate.days - 2))))
        add((start, start + DAY), owner, what, title)
    kept = holidays.country_holidays(
        estate.partner_by_key[partner].country, years=range(estate.start.year, estate.end.year + 1)
    )
    for date, title in sorted((d, t) for d, t in kept.items() if estate.start <= d < estate.end)[-HOLIDAYS:]:
        add((date, date + DAY), "outside", "holiday", title)
    return table("events", partner=partner, program=estate.client, **rows)


COLUMNS = ("day", "event_id", "starts_at", "ends_at", "site", "line", "owner", "what", "title")
