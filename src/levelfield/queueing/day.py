"""A day of intervals in which what is left of a queue is carried into the next: for hours that are overloaded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.words import Refusal, RefusalKind
from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]

STEPS = 120  # of each interval; a quarter of a minute in half an hour
FIRST_STEPS = 4  # taken more carefully: a jump of staff or volume would make larger ones swing
SPREAD = 9.0  # standard deviations of the number in the system that are kept
MOST_STATES = 40_000


@dataclass(frozen=True)
class Day:
    """Every interval of a day, each `(n,)`: contacts, and seconds waited by those answered."""

    offered: Floats
    answered: Floats
    answered_within: Floats
    abandoned: Floats
    wait_answered_s: Floats  # total
    queue_at_end: Floats  # mean number waiting
    occupancy: Floats

    @property
    def abandonment(self) -> float:
        """Share of the day's offered contacts that are given up."""
        return float(self.abandoned.sum() / self.offered.sum())

    @property
    def service_level(self) -> float:
        """Share of the day's offered contacts answered within the threshold."""
        return float(self.answered_within.sum() / self.offered.sum())


def over_the_day(
    arrivals_per_s: npt.ArrayLike, handle_s: npt.ArrayLike, patience_s: npt.ArrayLike, agents: npt.ArrayLike, *, interval_s: float = 1800.0,
    threshold_s: float = 20.0, start_queue: float = 0.0,
) -> Day:  # fmt: skip
    """Intervals one after another, each with its own volume and staff (M(t)/M/c(t)+M), the queue carried over.

    Shapes: (n,) or scalars that broadcast. Unit: contacts per second, seconds, agents. Refuses: as `erlang_a`.
    Assumes: within an interval nothing changes; where staff falls, contacts at work are finished as if they waited.
    Source: the forward equations of a birth and death process, by the trapezoidal rule after a few implicit steps
    (Rannacher 1984, doi:10.1007/BF01390130); the wait behind j others is a beta of its own: Zeltyn and Mandelbaum (2005).
    """
    from levelfield.queueing.erlang import _broadcast, _check

    given, _shape = _broadcast(arrivals_per_s, handle_s, patience_s, agents, threshold_s)
    rate, handle, patience, staff, threshold = given
    _check(rate, handle, patience, staff, threshold)
    if interval_s <= 0:
        raise Refusal(
            f"the interval is {interval_s:g} s",
            where="the day",
            expected="seconds above zero",
            kind=RefusalKind.DEFINITION,
        )
    states = _states(rate, handle, patience, staff, start_queue)
    state = np.zeros(states)
    state[min(states - 1, round(start_queue + (staff[0] if start_queue > 0 else 0)))] = 1.0
    if start_queue <= 0:
        state = _settled(rate[0], handle[0], patience[0], staff[0], states)
    n = len(rate)
    out = np.zeros((6, n))
    for i in range(n):
        mean, state = forward(state, rate[i], 1 / handle[i], 1 / patience[i], staff[i], interval_s)
        out[:, i] = _seen(mean, state, rate[i] * interval_s, handle[i], patience[i], staff[i], threshold[i])
    answered, within, gone, waits, queue, occupancy = out
    return Day(rate * interval_s, answered, within, gone, waits, queue, occupancy)


def _states(rate: Floats, handle: Floats, patience: Floats, staff: Floats, start_queue: float) -> int:
    """How many in the system are worth keeping: the fluid of the worst interval and some deviations."""
    busy = np.minimum(rate * handle, staff)
    waiting = np.maximum(rate - staff / handle, 0) * patience
    most = float((np.maximum(busy, staff) + waiting + SPREAD * np.sqrt(busy + rate * patience + 1)).max()) + start_queue
    return int(min(most + 30, MOST_STATES))


def _settled(rate: float, handle: float, patience: float, staff: float, states: int) -> Floats:
    """The steady state of an interval, as weights of the number in the system."""
    n = np.arange(1, states)
    leave = np.minimum(n, staff) / handle + np.maximum(n - staff, 0) / patience
    logs = np.concatenate([[0.0], np.cumsum(np.log(max(rate, 1e-300)) - np.log(leave))])
    weights = np.exp(logs - logs.max())
    settled: Floats = weights / weights.sum()
    return settled


@compiled
def forward(
    state: Floats, rate: float, serve: float, leave: float, staff: float, seconds: float
) -> tuple[Floats, Floats]:
    """The mean distribution of the number in the system over an interval, and the last one."""
    n = len(state)
    down = np.empty(n)
    for k in range(n):
        down[k] = min(float(k), staff) * serve + max(k - staff, 0.0) * leave
    now, mean = state.copy(), np.zeros(n)
    right, upper = np.empty(n), np.empty(n)
    step = seconds / STEPS
    total = STEPS + FIRST_STEPS
    for number in range(total):
        implicit = number < 2 * FIRST_STEPS
        dt = step / 2 if implicit else step
        part = 1.0 if implicit else 0.5
        for k in range(n):
            value = now[k]
            if not implicit:
                up = rate if k < n - 1 else 0.0
                change = -(up + down[k]) * now[k]
                if k > 0:
                    change += rate * now[k - 1]
                if k < n - 1:
                    change += down[k + 1] * now[k + 1]
                value += dt * 0.5 * change
            right[k] = value
        # (I - part dt A) next = right, by elimination from the empty system up.
        up0 = rate if n > 1 else 0.0
        diagonal = 1 + part * dt * (up0 + down[0])
        upper[0] = -part * dt * down[1] / diagonal
        right[0] = right[0] / diagonal
        for k in range(1, n):
            lower = -part * dt * rate
            up = rate if k < n - 1 else 0.0
            diagonal = 1 + part * dt * (up + down[k]) - lower * upper[k - 1]
            upper[k] = -part * dt * down[k + 1] / diagonal if k < n - 1 else 0.0
            right[k] = (right[k] - lower * right[k - 1]) / diagonal
        for k in range(n - 2, -1, -1):
            right[k] -= upper[k] * right[k + 1]
        for k in range(n):
            mean[k] += dt * (now[k] + right[k]) / 2
            now[k] = right[k]
    return mean / seconds, now


def _seen(
    mean: Floats, last: Floats, offered: float, handle: float, patience: float, staff: float, threshold: float
) -> tuple[float, float, float, float, float, float]:
    """What arrivals of an interval see: answered, in time, given up, seconds waited by answered, queue left, occupancy."""
    from scipy.special import betainc, digamma

    numbers = np.arange(len(mean))
    free = float(mean[numbers < staff].sum())
    behind = numbers[numbers >= staff]
    chance = mean[numbers >= staff]
    ahead = behind - staff  # may be a fraction
    x = staff * patience / handle
    served = x / (x + ahead + 1)
    limit = -np.expm1(-threshold / patience)
    within = served * betainc(ahead + 1, x + 1, limit)
    wait = served * patience * (digamma(x + ahead + 2) - digamma(x + 1))
    answered = free + float((chance * served).sum())
    queue = float((np.maximum(np.arange(len(last)) - staff, 0) * last).sum())
    busy = float((np.minimum(numbers, staff) * mean).sum()) / staff
    return (
        offered * answered, offered * (free + float((chance * within).sum())), offered * (1 - answered), offered * float((chance * wait).sum()), queue, busy,
    )  # fmt: skip
