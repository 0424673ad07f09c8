"""The contacts of a block counted into the interval table."""

from __future__ import annotations

import numpy as np

from levelfield_worlds.arrays import Flags, Ints
from levelfield_worlds.arrow import Table
from levelfield_worlds.block import Block
from levelfield_worlds.draws import Draws
from levelfield_worlds.incidents import Effects
from levelfield_worlds.places import language, place
from levelfield_worlds.tables import table


def intervals_table(block: Block, draws: Draws, effects: Effects, partner: str) -> Table:
    """Counts and seconds per interval; every interval of the opening hours has a row, the quiet ones with zeros."""
    frame, rows = block.frame, len(block.offered)
    estate = frame.estate
    abandoned = ~(draws.answered | draws.overflowed)
    within = draws.wait_s <= effects.threshold_s[block.series, block.day][draws.row]
    short = draws.wait_s < estate.short_s

    def count(which: Flags) -> Ints:
        return np.bincount(draws.row[which], minlength=rows).astype(np.int64)

    def total(seconds: Ints, which: Flags | None = None) -> Ints:
        weights, row = (seconds, draws.row) if which is None else (seconds[which], draws.row[which])
        return np.rint(np.bincount(row, weights, minlength=rows)).astype(np.int64) * 1000

    longest = np.zeros(rows, dtype=np.int64)
    firsts = np.flatnonzero(np.diff(draws.row, prepend=-1))
    if firsts.size:
        longest[draws.row[firsts]] = np.maximum.reduceat(draws.wait_s, firsts) * 1000
    talk, hold, wrap = total(draws.talk_s), total(draws.hold_s), total(draws.wrap_s)
    staffed = block.agents.astype(np.int64) * (estate.interval_s * 1000)
    return table(
        "intervals",
        partner=partner,
        day=frame.day[block.day],
        start_at=frame.start_at(block.day, block.slot),
        length_s=estate.interval_s,
        **place(frame, block.series),
        language=language(frame, block.series),
        threshold_ms=estate.threshold_s * 1000,
        short_ms=estate.short_s * 1000,
        offered=block.offered,
        answered=count(draws.answered),
        answered_within=count(draws.answered & within),
        abandoned=count(abandoned),
        abandoned_within=count(abandoned & within),
        short_abandoned=count(abandoned & short),
        overflow_in=0,
        overflow_out=count(draws.overflowed),
        transferred=count(draws.transferred),
        wait_answered_ms=total(draws.wait_s, draws.answered),
        wait_abandoned_ms=total(draws.wait_s, abandoned),
        longest_wait_ms=longest,
        talk_ms=talk,
        hold_ms=hold,
        wrap_ms=wrap,
        staffed_ms=staffed,
        available_ms=np.maximum(staffed - talk - hold - wrap, 0),
    )
