"""Every single contact of a block: who, why, how long, with which end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from levelfield_worlds import reasons
from levelfield_worlds.arrays import Flags, Floats, Ints
from levelfield_worlds.block import Arrivals, Block
from levelfield_worlds.incidents import Effects
from levelfield_worlds.people import BAND_HANDLE, BAND_RESOLVE, People, band_of
from levelfield_worlds.queue_events import simulated_waits
from levelfield_worlds.queue_sampling import sampled_waits

WaitsOf: TypeAlias = Callable[[Block, Arrivals, np.random.Generator], Floats]
QUEUES: dict[str, WaitsOf] = {"sampled": sampled_waits, "events": simulated_waits}

TALK, HOLD, HOLD_CHANCE, WRAP = 0.72, 0.25, 0.3, 0.205  # of the mean handling time; 0.72 + 0.3 * 0.25 + 0.205 = 1
RESOLVED = 0.78  # usual chance that the agent marks the issue as solved
TRANSFERRED, TRANSFERRED_UNSOLVED = 0.03, 0.14
OVERFLOW_AFTER_S, OVERFLOW_CHANCE = 60, 0.25


@dataclass(frozen=True)
class Draws:
    """Contacts in order of their interval, each array `(contacts,)`; times in whole seconds, as switches log them."""

    row: Ints  # the interval in the block
    arrived_s: Ints  # after the interval began
    wait_s: Ints
    answered: Flags
    overflowed: Flags  # sent on to another queue unanswered
    talk_s: Ints
    hold_s: Ints
    wrap_s: Ints
    person: Ints  # position in the people's names
    tenure: Ints  # days in production
    reason: Ints  # position in the series' four reasons
    transferred: Flags
    resolved: Flags


@dataclass(frozen=True)
class Past:
    """What happened in a block, and the number that its first contact bears."""

    block: Block
    people: People
    draws: Draws
    first_id: int


def draw(block: Block, people: People, effects: Effects, rng: np.random.Generator, queue: str = "sampled") -> Draws:
    """Let the contacts of a block happen, with waits by the named kind of queue."""
    frame = block.frame
    row = np.repeat(np.arange(len(block.offered)), block.offered)
    size = len(row)
    series, day = block.series[row], block.day[row]
    arrived = (rng.random(size) * frame.estate.interval_s).astype(np.int64)

    first, count = people.first[series], np.diff(people.first)[series]
    position = first + (rng.random(size) * count).astype(np.int64)
    tenure = (day - people.began[position, day]).astype(np.int64)
    person = people.number[position] + people.stint[position, day]
    band = BAND_TABLE[np.minimum(tenure, 400)]
    reason = reasons.pick(rng, effects.mix[series, day])

    line_handle = np.array([line.handle_s for line in frame.lines])
    mean = line_handle[series] * effects.handle[series, day] * BAND_HANDLE[band] * reasons.HANDLE[reason]
    talk = 1 + (mean * rng.gamma(2.0, TALK / 2, size)).astype(np.int64)
    hold = np.where(rng.random(size) < HOLD_CHANCE, mean * rng.exponential(HOLD, size), 0).astype(np.int64)
    wrap = (mean * rng.exponential(WRAP, size)).astype(np.int64)

    patience = rng.exponential(1.0, size) * block.patience_s[row]
    work = (talk + hold + wrap).astype(np.float64)
    offered = QUEUES[queue](block, Arrivals(row, arrived, work, patience), rng)
    answered = offered <= patience
    wait = np.ceil(np.minimum(offered, patience)).astype(np.int64)
    overflowed = _overflow(block, row, wait, rng)
    answered &= ~overflowed
    wait[overflowed] = OVERFLOW_AFTER_S

    skill = np.array([partner.skill for partner in frame.partners])
    chance = RESOLVED + (skill[:, None] + effects.resolve)[series, day] + BAND_RESOLVE[band] + reasons.RESOLVE[reason]
    resolved = answered & (rng.random(size) < chance)
    moved_on = np.where(resolved, TRANSFERRED, TRANSFERRED_UNSOLVED)
    transferred = answered & (rng.random(size) < moved_on)
    for part in (talk, hold, wrap):
        part *= answered
    return Draws(
        row, arrived, wait, answered, overflowed, talk, hold, wrap, person, tenure, reason, transferred, resolved
    )


def _overflow(block: Block, row: Ints, wait: Ints, rng: np.random.Generator) -> Flags:
    """Which contacts are sent on, where the partner's platform does so: some of those who wait too long."""
    allowed = np.array([partner.overflows for partner in block.frame.partners])[block.series[row]]
    long: Flags = allowed & (wait > OVERFLOW_AFTER_S)
    long[long] = rng.random(int(long.sum())) < OVERFLOW_CHANCE
    return long


BAND_TABLE = band_of(np.arange(401))
