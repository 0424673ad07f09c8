"""A day of intervals in which what is left of a queue is carried into the next: for hours that are overloaded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SPREAD = 9.0  # standard deviations of the number in the system that are kept
MOST_STATES = 40_000


@dataclass(frozen=True)
class Day:
    """Every interval of a day, each `(n,)`: contacts by the interval they arrive in, and seconds waited by those answered."""

    offered: Floats
    answered: Floats
    answered_within: Floats
    abandoned: Floats
    abandoned_within: Floats
    wait_answered_s: Floats  # total
    queue_at_end: Floats  # mean number waiting
    occupancy: Floats

    @property
    def abandonment(self) -> float:
        """Share of the day's offered contacts that are given up; nan where nobody calls."""
        return _ratio(self.abandoned, self.offered)

    @property
    def service_level(self) -> float:
        """Share of the day's offered contacts answered within the threshold; nan where nobody calls."""
        return _ratio(self.answered_within, self.offered)

    @property
    def wait_of_answered_s(self) -> float:
        """Mean wait of the day's answered contacts; nan where nobody calls."""
        return _ratio(self.wait_answered_s, self.answered)


def over_the_day(
    arrivals_per_s: npt.ArrayLike, handle_s: npt.ArrayLike, patience_s: npt.ArrayLike, agents: npt.ArrayLike, *, interval_s: float = 1800.0,
    threshold_s: npt.ArrayLike = 20.0, start_queue: float | None = None,
) -> Day:  # fmt: skip
    """Intervals one after another, each with its own volume and staff (M(t)/M/c(t)+M), the queue carried over.

    Shapes: (n,) or scalars that broadcast. Unit: contacts per second, seconds, agents (fractions allowed).
    `start_queue`: how many wait when the day starts, all agents being at work; 0: nobody is there yet; None: the first
    interval has always been. Refuses: as `erlang_a`, and queues of more than 40,000.
    Assumes: within an interval nothing changes; where staff falls, contacts at work are finished as if they waited; a part
    of an agent works at that part of the pace, which lies between whole agents as `erlang_a` does, but not on the same line.
    Source: the forward equations of a birth and death process, by the method of Alexander (1977), doi:10.1137/0714068;
    the wait behind j others is a beta of its own: Zeltyn and Mandelbaum (2005), doi:10.1007/s11134-005-3699-8.

    >>> calm, rush = 60 / 1800, 120 / 1800
    >>> day = over_the_day([calm, rush, calm], 240, 300, 12)
    >>> [round(float(share), 2) for share in day.abandoned / day.offered]  # the last half hour starts with the rush's queue
    [0.01, 0.22, 0.04]
    """
    from levelfield.queueing.erlang import _broadcast, _check

    given, _shape = _broadcast(arrivals_per_s, handle_s, patience_s, agents, threshold_s)
    _check(*given)
    if not 0 < interval_s < np.inf:
        raise Refusal(
            f"the interval is {interval_s:g} s", where="the day", expected="seconds above zero", kind=RefusalKind.DEFINITION
        )  # fmt: skip
    if start_queue is not None and not 0 <= start_queue < np.inf:
        raise Refusal(
            f"{start_queue:g} wait when the day starts", where="the day", expected="zero or more", kind=RefusalKind.DEFINITION
        )  # fmt: skip
    return days_carried(*given, starts=np.zeros(1, dtype=np.int64), interval_s=interval_s, start_queue=start_queue)


def days_carried(
    rate: Floats, handle: Floats, patience: Floats, staff: Floats, threshold: Floats, *, starts: Ints, interval_s: float,
    start_queue: float | None,
) -> Day:  # fmt: skip
    """Several days, each on its own, that start at these intervals; as `over_the_day`, of arrays already checked."""
    from scipy.special import betainc, digamma

    from levelfield.queueing.carrying import whole_days

    if not len(rate):
        return Day(*(np.zeros(0) for _ in range(8)))
    states = _states(rate, handle, patience, staff, starts, start_queue or 0.0)
    if states.max() > MOST_STATES:
        raise Refusal(
            f"{states.max():,} contacts may be in the queue at once", where="the day", expected=f"at most {MOST_STATES:,}",
            next_step="Split the queue, or ask for its steady state.", kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    x = staff * patience / handle
    ahead = np.floor(staff - 1) + 1 - staff  # of the first who waits; just above -1 where a part of an agent is free
    within = betainc(ahead + 1, x + 1, -np.expm1(-threshold / patience))
    mean_log = digamma(x + ahead + 2) - digamma(x + 1)
    figures = whole_days(
        rate, handle, patience, staff, threshold, within, mean_log, starts, states, interval_s, -1.0 if start_queue is None else start_queue
    )  # fmt: skip
    return Day(rate * interval_s, *figures)


def _states(rate: Floats, handle: Floats, patience: Floats, staff: Floats, starts: Ints, start_queue: float) -> Ints:
    """How many in the system are worth keeping each day: the fluid of the worst interval and some deviations."""
    busy = np.minimum(rate * handle, staff)
    waiting = np.maximum(rate - staff / handle, 0) * patience
    most = staff + waiting + SPREAD * np.sqrt(busy + rate * patience + 1)
    found: Ints = np.minimum(np.maximum.reduceat(most, starts) + start_queue + 30, 2.0**40).astype(np.int64)
    return found


def _ratio(above: Floats, below: Floats) -> float:
    return float(above.sum() / below.sum()) if below.sum() > 0 else float("nan")
