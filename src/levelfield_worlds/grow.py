"""Grow a world: every partner's fact tables, and the truth about what was planted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from levelfield_worlds.arrays import Ints
from levelfield_worlds.arrow import Table
from levelfield_worlds.contacts import contacts_table
from levelfield_worlds.customers import Customers
from levelfield_worlds.draws import Past, draw
from levelfield_worlds.events import events_table
from levelfield_worlds.forecasting import forecasts_table
from levelfield_worlds.ground import Ground, ground_of
from levelfield_worlds.intervals import intervals_table
from levelfield_worlds.money import invoices_table, per_day
from levelfield_worlds.people import headcount_table, schedules_table
from levelfield_worlds.plan import Estate, Incident
from levelfield_worlds.quality import evaluations_table
from levelfield_worlds.staffing import required_agents
from levelfield_worlds.surveys import surveys_table
from levelfield_worlds.tickets import tickets_table

CONTACT_DAYS = 56
IDS_PER_PARTNER = 1_000_000_000


@dataclass(frozen=True)
class World:
    """What grew: tables by partner and shape, and the incidents that made them so."""

    estate: Estate
    tables: dict[str, dict[str, Table]]
    truth: tuple[Incident, ...]


def grow(
    estate: Estate,
    incidents: Iterable[Incident] = (),
    rng: np.random.Generator | None = None,
    *,
    contacts_days: int = CONTACT_DAYS,
    queue: str = "sampled",
) -> World:
    """Grow the world of an estate; `queue` is `sampled` (fast) or `events` (each queue played through)."""
    truth = tuple(incidents)
    grounds_rng, *partner_rngs = (np.random.default_rng(0) if rng is None else rng).spawn(1 + len(estate.partners))
    ground = ground_of(estate, truth, grounds_rng)
    tables = {
        partner.key: _partner(ground, truth, number, partner_rngs[number], contacts_days=contacts_days, queue=queue)
        for number, partner in enumerate(estate.partners)
    }
    return World(estate, tables, truth)


def _partner(
    ground: Ground,
    truth: tuple[Incident, ...],
    number: int,
    rng: np.random.Generator,
    *,
    contacts_days: int,
    queue: str,
) -> dict[str, Table]:
    """All tables of one partner."""
    frame, effects, people = ground.frame, ground.effects, ground.people
    partner = frame.estate.partners[number].key
    block_rng, draw_rng, contact_rng, survey_rng, quality_rng, ticket_rng, event_rng = rng.spawn(7)
    block = ground.block(frame.series_of_partner(partner), slice(None), block_rng)
    draws = draw(block, people, effects, draw_rng, queue)
    past = Past(block, people, draws, (number + 1) * IDS_PER_PARTNER)
    recent = int(np.searchsorted(block.day[draws.row], max(0, frame.shape[1] - contacts_days)))
    intervals = intervals_table(block, draws, effects, partner)

    def daily(column: str) -> Ints:
        return per_day(frame, block.series, block.day, intervals[column].to_numpy().astype(np.int64))

    planned_s = ground.planned.sum(axis=2) * frame.estate.interval_s
    tables = {
        "intervals": intervals,
        "contacts": contacts_table(past, Customers(frame), contact_rng, partner=partner, since=recent),
        "forecasts": forecasts_table(
            frame, partner, (ground.locked, ground.late), ground.profile, lambda slots: required_agents(frame, slots)
        ),
        "schedules": schedules_table(
            frame, partner, planned_s, daily("staffed_ms") / 1000, lost=(ground.absent, effects.system)
        ),
        "surveys": surveys_table(past, partner, survey_rng),
        "evaluations": evaluations_table(past, partner, quality_rng),
        "headcount": headcount_table(frame, people, partner, ground.absent),
        "invoices": invoices_table(frame, partner, daily("answered"), daily("answered_within")),
        "events": events_table(frame, partner, truth, event_rng),
    }
    tickets = tickets_table(frame, partner, ground.mean, ticket_rng)
    return tables if tickets is None else {**tables, "tickets": tickets}
