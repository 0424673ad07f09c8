"""Contact rows: the finest facts of a world."""

from __future__ import annotations

import numpy as np

from levelfield_worlds import reasons
from levelfield_worlds.arrays import Flags, Ints
from levelfield_worlds.arrow import Column, Table, arrow, compute
from levelfield_worlds.customers import Customers
from levelfield_worlds.draws import BAND_TABLE, Past
from levelfield_worlds.frame import SECOND_US
from levelfield_worlds.people import BANDS
from levelfield_worlds.places import language, place
from levelfield_worlds.tables import Label, table

WRITTEN_AFTER_S = 60  # the platform writes a record so long after the contact ended


def contacts_table(
    past: Past, customers: Customers, rng: np.random.Generator, *, partner: str | None, since: int = 0
) -> Table:
    """Rows of the contacts from number `since` on, without those sent on to another queue: whoever took them records them.

    `partner` is None when the block holds several; the column then follows the series.
    """
    block, draws, people, first_id = past.block, past.draws, past.people, past.first_id
    keep = np.arange(since, len(draws.row))
    keep = keep[~draws.overflowed[keep]]
    row, answered = draws.row[keep], draws.answered[keep]
    series, day = block.series[row], block.day[row]
    frame = block.frame
    arrived = frame.start_at(day, block.slot[row]) + draws.arrived_s[keep] * SECOND_US
    talk, hold, wrap, wait = (x[keep] for x in (draws.talk_s, draws.hold_s, draws.wrap_s, draws.wait_s))
    unless = ~answered
    customer = _customers(series, day, draws.resolved[keep], customers, rng)
    reason = Label(reasons.names(frame), series * len(reasons.KINDS) + draws.reason[keep])
    return table(
        "contacts",
        partner=partner or Label([a.partner for a in frame.series], series),
        day=frame.day[day],
        contact_id=_numbered("c", keep + first_id),
        arrived_at=arrived,
        **place(frame, series),
        language=language(frame, series),
        tenure_band=arrow.array(BANDS, arrow.string()).take(
            arrow.array(BAND_TABLE[np.minimum(draws.tenure[keep], 400)], mask=unless)
        ),
        reason=reason,
        agent=people.names.take(arrow.array(draws.person[keep], mask=unless)),
        customer=_numbered("p", customer),
        answered=answered,
        wait_ms=wait * 1000,
        talk_ms=arrow.array(talk * 1000, mask=unless),
        hold_ms=arrow.array(hold * 1000, mask=unless),
        wrap_ms=arrow.array(wrap * 1000, mask=unless),
        callback=False,
        transferred=draws.transferred[keep],
        resolved=arrow.array(draws.resolved[keep], mask=unless),
        segments=1 + draws.transferred[keep],
        updated_at=arrived + (wait + talk + hold + wrap + WRITTEN_AFTER_S) * SECOND_US,
    )


def _customers(series: Ints, day: Ints, solved: Flags, customers: Customers, rng: np.random.Generator) -> Ints:
    cuts = np.flatnonzero(np.diff(day)) + 1
    parts = zip(np.split(series, cuts), np.split(solved, cuts), strict=True)
    return np.concatenate([customers.of_day(one, done, rng) for one, done in parts])


def _numbered(prefix: str, numbers: Ints) -> Column:
    """Names such as `c1234`."""
    return compute.binary_join_element_wise(arrow.scalar(prefix), arrow.array(numbers).cast(arrow.string()), "")
