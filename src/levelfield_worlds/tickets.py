"""Tickets of the Claims lines: work that queues for a small back office, with a backlog when it falls behind."""

from __future__ import annotations

import numpy as np

from levelfield_worlds import reasons
from levelfield_worlds.arrays import Flags, Floats, Ints
from levelfield_worlds.arrow import Column, Table, arrow, compute
from levelfield_worlds.frame import SECOND_US, Frame
from levelfield_worlds.places import language, place
from levelfield_worlds.tables import Label, table

TOPIC = "Claims"
SHARE = 0.11  # tickets per expected contact of these lines
SPARE = 1.08  # capacity over average demand
SLOW_DAYS = 45  # once, two thirds through, the back office works slower for so many days
SLOW = 0.6
DAY_US = 86_400 * SECOND_US


def tickets_table(frame: Frame, partner: str, mean: Floats, rng: np.random.Generator) -> Table | None:
    """Tickets of one partner, first in first out at each site; None when it serves no such line."""
    mine = [int(s) for s in frame.series_of_partner(partner) if frame.lines[s].topic == TOPIC]
    if not mine:
        return None
    parts = [_of_series(frame, partner, series, mean[series] * SHARE, rng) for series in mine]
    whole: Table = arrow.concat_tables(parts)
    return whole


def _of_series(frame: Frame, partner: str, series: int, mean: Floats, rng: np.random.Generator) -> Table:
    estate = frame.estate
    opened_per_day = rng.poisson(mean)
    day = np.repeat(np.arange(len(mean)), opened_per_day)
    size = len(day)
    second = (rng.random(size) * (estate.closes_s - estate.opens_s)).astype(np.int64)
    order = np.lexsort((second, day))
    day, second = day[order], second[order]
    opened = frame.opens_at[day] + second * SECOND_US
    solved = opened + _delays(opened, day, mean, rng)
    end = (int(frame.day[-1]) + 1) * DAY_US
    waiting = solved >= end
    reply = np.minimum(rng.exponential(5 * 3600, size).astype(np.int64) * SECOND_US + 600 * SECOND_US, solved - opened)
    unreplied = opened + reply >= end
    moment = arrow.timestamp("us", tz="UTC")
    return table(
        "tickets",
        partner=partner,
        day=frame.day[day],
        ticket_id=[f"t{series}-{n}" for n in range(size)],
        opened_at=opened,
        solved_at=arrow.array(solved, arrow.int64(), mask=waiting).cast(moment),
        solved_on=_local_days(frame, solved, waiting),
        **place(frame, np.full(size, series)),
        language=language(frame, np.full(size, series)),
        reason=Label(reasons.names(frame), series * len(reasons.KINDS) + reasons.pick(rng, np.zeros(size))),
        agent=arrow.array([f"{partner}-b{n}" for n in rng.integers(0, 12, size)], mask=waiting),
        customer=[f"p{n}" for n in rng.integers(0, 40 * max(size, 1), size)],
        first_reply_ms=arrow.array(reply // 1000, arrow.int64(), mask=unreplied),
        resolution_ms=arrow.array((solved - opened) // 1000, arrow.int64(), mask=waiting),
        reopens=rng.poisson(0.08, size),
        replies=np.where(unreplied, 0, 1 + rng.poisson(0.9, size)),
        updated_at=np.where(waiting, np.where(unreplied, opened, opened + reply), solved),
    )


def _delays(opened: Ints, day: Ints, per_day: Floats, rng: np.random.Generator) -> Ints:
    """Time to a solution: at least some work of its own, after all tickets before it were done."""
    work = rng.exponential(DAY_US / (per_day.mean() * SPARE), len(opened))
    days = len(per_day)
    slow = (day >= days * 2 // 3) & (day < days * 2 // 3 + SLOW_DAYS)
    work = np.where(slow, work / SLOW, work)
    # Done = max(opened, done before) + work, which unrolls into running sums.
    run = np.cumsum(work)
    done = run + np.maximum.accumulate(opened - (run - work)) if len(opened) else run
    own = rng.gamma(2, 4 * 3600, len(opened)) * SECOND_US
    delays: Ints = ((done - opened + own) // SECOND_US).astype(np.int64) * SECOND_US
    return delays


def _local_days(frame: Frame, moments: Ints, hidden: Flags) -> Column:

    utc = arrow.array(moments, arrow.int64(), mask=hidden).cast(arrow.timestamp("us", tz="UTC"))
    local = compute.local_timestamp(utc.cast(arrow.timestamp("us", tz=frame.estate.zone)))
    return local.cast(arrow.date32(), safe=False)
