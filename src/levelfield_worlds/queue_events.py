"""Waits for small worlds: a true event-by-event simulation of a queue whose customers give up."""

from __future__ import annotations

import heapq

import numpy as np

from levelfield_worlds.arrays import Floats, Ints
from levelfield_worlds.block import Arrivals, Block


def simulated_waits(block: Block, arrivals: Arrivals, rng: np.random.Generator) -> Floats:
    """The wait each contact is offered when every series' day is played through; chance has had its say in `arrivals`."""
    estate, row = block.frame.estate, arrivals.row
    waits = np.empty(len(row))
    arrived = (block.slot[row] * estate.interval_s + arrivals.after_s).astype(np.float64)
    queue = block.day[row] * len(block.frame.series) + block.series[row]
    order = np.lexsort((arrived, queue))
    cuts = np.flatnonzero(np.diff(queue[order])) + 1
    for one in np.split(order, cuts):
        if not one.size:
            continue
        opening = row[one[0]] - block.slot[row[one[0]]]
        agents = block.agents[opening : opening + estate.slots].astype(np.int64)
        waits[one] = play(arrived[one], arrivals.handle_s[one], arrivals.patience_s[one], agents, estate.interval_s)
    return waits


def play(arrived_s: Floats, handle_s: Floats, patience_s: Floats, agents: Ints, interval_s: int) -> Floats:
    """Offered waits of contacts in order of arrival, with so many agents in each interval.

    An agent who leaves at the end of an interval first finishes the work already promised to them. Who is offered more
    than their patience gives up and takes no agent's time.
    """
    free_at = [0.0] * int(agents[0])
    now, waits = 0, np.empty(len(arrived_s))
    for number in range(len(arrived_s)):
        arrived = arrived_s[number]
        while now < len(agents) - 1 and arrived >= (now + 1) * interval_s:
            now += 1
            _change(free_at, int(agents[now]), now * interval_s)
        wait = max(0.0, free_at[0] - arrived)
        waits[number] = wait
        if wait <= patience_s[number]:
            heapq.heapreplace(free_at, arrived + wait + handle_s[number])
    return waits


def _change(free_at: list[float], wanted: int, at: float) -> None:
    """Let agents come, free from now on, or go, those first who are free first."""
    while len(free_at) > wanted:
        heapq.heappop(free_at)
    while len(free_at) < wanted:
        heapq.heappush(free_at, float(at))
