"""Contacts of an estate of any size, day by day, so that a hundred million need no more memory than a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from levelfield_worlds.arrow import Table
from levelfield_worlds.contacts import contacts_table
from levelfield_worlds.customers import Customers
from levelfield_worlds.draws import Past, draw
from levelfield_worlds.ground import ground_of
from levelfield_worlds.plan import Estate, Incident


def contact_stream(estate: Estate, rng: np.random.Generator, incidents: Iterable[Incident] = ()) -> Iterator[Table]:
    """One table of contacts per day, all partners together, in order of the days."""
    ground_rng, block_rng, draw_rng, contact_rng = rng.spawn(4)
    ground = ground_of(estate, tuple(incidents), ground_rng)
    customers, seen = Customers(ground.frame), 0
    series = np.arange(len(ground.frame.series))
    for day in range(estate.days):
        block = ground.block(series, slice(day, day + 1), block_rng)
        draws = draw(block, ground.people, ground.effects, draw_rng)
        yield contacts_table(Past(block, ground.people, draws, seen), customers, contact_rng, partner=None)
        seen += len(draws.row)
