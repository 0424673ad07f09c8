"""Forecasts as they were made: one locked about 45 days before, one about 10 days before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from levelfield_worlds.arrays import Floats, Ints
from levelfield_worlds.arrow import Table, arrow
from levelfield_worlds.frame import SECOND_US, Frame
from levelfield_worlds.places import place
from levelfield_worlds.tables import Label, table

LOCK_NOISE, LATE_NOISE = 0.06, 0.035  # of a week's volume
VERSIONS = (("lock", 45), ("late", 10))  # days before the Monday of the week
WEEKS = 26
MADE_AT_S = 6 * 3600  # before opening, so that a lock is never a few hours short of its days
DAY_US = 86_400 * SECOND_US


def forecast(frame: Frame, expected: Floats, noise: float, rng: np.random.Generator) -> Floats:
    """An expectation with an error that holds for a line and a week."""
    week = _mondays(frame)
    number = np.unique(week, return_inverse=True)[1]
    errors = np.exp(rng.normal(0, noise, (len(frame.estate.lines), number.max() + 1)))
    seen: Floats = expected * errors[frame.line_index][:, number]
    return seen


def forecasts_table(
    frame: Frame,
    partner: str,
    per_day: tuple[Floats, Floats],
    profile: Floats,
    required: Callable[[Floats], Floats],
) -> Table:
    """Both versions by interval over the last weeks; `required` turns contacts per slot of all series into agents."""
    mine = frame.series_of_partner(partner)
    days, slots = frame.shape[1], frame.estate.slots
    span = np.arange(max(0, days - 7 * WEEKS), days)
    size = len(span) * len(mine) * slots
    day, series = np.repeat(span, len(mine) * slots), np.tile(np.repeat(mine, slots), len(span))
    slot = np.tile(np.arange(slots), len(span) * len(mine))
    handle = np.array([line.handle_s for line in frame.lines])[series]
    parts = []
    for (version, before), volumes in zip(VERSIONS, per_day, strict=True):
        contacts = volumes[:, span, None] * profile[:, None, :]
        agents = required(contacts)
        parts.append(
            table(
                "forecasts",
                partner=partner,
                day=frame.day[day],
                version=Label([version], np.zeros(size, dtype=np.int64)),
                made_at=((_mondays(frame) - before) * DAY_US + MADE_AT_S * SECOND_US)[day],
                start_at=frame.start_at(day, slot),
                length_s=frame.estate.interval_s,
                **place(frame, series),
                volume_milli=_milli(contacts[mine]),
                aht_ms=np.rint(handle * 1000).astype(np.int64),
                required_milli=_milli(agents[mine]),
            )
        )
    whole: Table = arrow.concat_tables(parts)
    return whole


def _milli(values: Floats) -> Ints:
    laid: Ints = np.rint(values.transpose(1, 0, 2).ravel() * 1000).astype(np.int64)
    return laid


def _mondays(frame: Frame) -> Ints:
    """The Monday of each day's week, in days since 1970 (a Thursday)."""
    mondays: Ints = frame.day - (frame.day + 3) % 7
    return mondays
