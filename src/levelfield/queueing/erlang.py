"""A queue in its steady state: Erlang A, where customers give up, with C and B, where they never or always do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]
Figure = Any  # a float, or an array of the shape the arguments were broadcast to


@dataclass(frozen=True)
class QueueState:
    """What customers and agents of one queue see on average. Shares are 0 to 1; where nobody calls, shares are nan."""

    abandonment: Figure  # share of offered that give up
    asa_s: Figure  # mean wait of all offered, those who give up included, as queueing texts and other libraries have it
    wait_answered_s: Figure  # mean wait of answered: the average speed of answer of contracts
    service_level: Figure  # share of offered answered within the threshold; who gives up in time counts against it
    within_of_answered: Figure  # share of answered
    abandoned_within: Figure  # share of offered that give up within the threshold
    occupancy: Figure  # share of agents' time on contacts
    delay_probability: Figure  # share of offered that do not find an agent at once
    queue_length: Figure  # mean number waiting


def erlang_a(
    arrivals_per_s: npt.ArrayLike, handle_s: npt.ArrayLike, patience_s: npt.ArrayLike, agents: npt.ArrayLike, threshold_s: npt.ArrayLike = 20.0
) -> QueueState:  # fmt: skip
    """The steady state of a queue whose customers give up (M/M/c+M).

    Shapes: scalars or arrays that broadcast; scalars give floats. Unit: contacts per second, seconds, agents (fractions
    allowed). Refuses: rates and times that are negative, zero or not finite, agents of zero or fewer. No arrivals are an
    empty queue. Assumes: Poisson arrivals, exponential handling and patience, agents answer in the order of arrival.
    Source: Baccelli and Hebuterne (1981); Garnett, Mandelbaum and Reiman (2002), doi:10.1287/msom.4.3.208.7753;
    Zeltyn and Mandelbaum (2005), doi:10.1007/s11134-005-3699-8.

    >>> state = erlang_a(0.8, 60, 120, 50)
    >>> round(state.abandonment, 3), round(state.asa_s, 1), round(state.occupancy, 2)
    (0.031, 3.7, 0.93)
    """
    given, shape = _broadcast(arrivals_per_s, handle_s, patience_s, agents, threshold_s)
    rate, handle, patience, staff, threshold = given
    _check(rate, handle, patience, staff, threshold)
    from levelfield.queueing.kernel import many_queues

    waiting, given_up, within, given_up_within, wait_answered, answered = many_queues(
        rate, handle, patience, staff, threshold
    )
    asa = given_up * patience  # who waits gives up at the rate of one over patience
    with np.errstate(invalid="ignore", divide="ignore"):
        of_answered = np.where(answered > 0, within / answered, np.nan)
    occupancy = np.where(rate > 0, np.minimum(rate * handle * answered / staff, 1.0), 0.0)
    return QueueState(
        *(
            _shaped(own, shape)
            for own in (
                given_up, asa, wait_answered, within, of_answered, given_up_within, occupancy, waiting, np.where(rate > 0, rate * asa, 0.0),
            )
        )
    )  # fmt: skip


def erlang_c(
    arrivals_per_s: npt.ArrayLike, handle_s: npt.ArrayLike, agents: npt.ArrayLike, threshold_s: npt.ArrayLike = 20.0
) -> QueueState:
    """The steady state of a queue in which nobody gives up (M/M/c). Above capacity there is none: waits are infinite.

    Shapes, units and refusals as of `erlang_a`. Source: Erlang (1917); Cooper (1981), Introduction to Queueing Theory.

    >>> round(erlang_c(0.8, 60, 50).asa_s, 1)
    20.8
    """
    given, shape = _broadcast(arrivals_per_s, handle_s, 1.0, agents, threshold_s)
    rate, handle, _patience, staff, threshold = given
    _check(rate, handle, np.ones_like(rate), staff, threshold)
    blocked = np.atleast_1d(erlang_b(rate, handle, staff))
    load = rate * handle / staff
    stable = load < 1
    with np.errstate(invalid="ignore", divide="ignore"):
        waiting = np.where(stable, blocked / (1 - load * (1 - blocked)), 1.0)
        spare = staff / handle - rate
        asa = np.where(stable, waiting / spare, np.inf)
        within = np.where(stable, 1 - waiting * np.exp(-np.maximum(spare, 0) * threshold), 0.0)
    empty = rate <= 0
    none = np.where(empty, np.nan, 0.0)
    waiting, asa, within = (np.where(empty, np.nan, own) for own in (waiting, asa, within))
    queue = np.where(empty, 0.0, rate * asa)
    occupancy = np.minimum(load, 1.0)
    return QueueState(
        *(_shaped(own, shape) for own in (none, asa, asa, within, within, none, occupancy, waiting, queue))
    )


def erlang_b(arrivals_per_s: npt.ArrayLike, handle_s: npt.ArrayLike, agents: npt.ArrayLike) -> Figure:
    """Share of contacts that find every agent busy, where nobody waits (M/M/c/c). Agents may be a fraction.

    Shapes, units and refusals as of `erlang_a`. Source: Erlang (1917); Jagerman (1974) for fractions,
    doi:10.1002/j.1538-7305.1974.tb02756.x.

    >>> round(erlang_b(0.1, 100, 10), 4)
    0.2146
    """
    given, shape = _broadcast(arrivals_per_s, handle_s, 1.0, agents, 1.0)
    rate, handle, patience, staff, threshold = given
    _check(rate, handle, patience, staff, threshold)
    from levelfield.queueing.kernel import many_blocked

    return _shaped(many_blocked(rate * handle, staff), shape)


def wait_beyond(
    seconds: npt.ArrayLike, arrivals_per_s: npt.ArrayLike, handle_s: npt.ArrayLike, patience_s: npt.ArrayLike, agents: npt.ArrayLike
) -> Figure:  # fmt: skip
    """Chance that a very patient customer would wait longer than so many seconds: the offered wait's distribution.

    Shapes, units and refusals as of `erlang_a`.

    >>> round(wait_beyond(20, 0.8, 60, 120, 50), 4)
    0.0321
    """
    given, shape = _broadcast(arrivals_per_s, handle_s, patience_s, agents, seconds)
    rate, handle, patience, staff, threshold = given
    _check(rate, handle, patience, staff, threshold)
    from levelfield.queueing.kernel import many_beyond

    return _shaped(many_beyond(rate, handle, patience, staff, threshold), shape)


def _broadcast(*arguments: npt.ArrayLike) -> tuple[list[Floats], tuple[int, ...] | None]:
    """Flat arrays of one length, and the shape to give back; None for scalars."""
    arrays = [np.asarray(argument, dtype=np.float64) for argument in arguments]
    try:
        whole = np.broadcast_arrays(*arrays)
    except ValueError:
        shapes = ", ".join("×".join(str(length) for length in array.shape) or "one" for array in arrays)
        raise Refusal(
            f"the arguments have {shapes} values", where="queue", expected="as many of each, or one for all", kind=RefusalKind.DEFINITION
        ) from None  # fmt: skip
    scalar = all(array.ndim == 0 for array in arrays)
    return [np.array(array, order="C").reshape(-1) for array in whole], None if scalar else whole[0].shape


def _shaped(figures: Floats, shape: tuple[int, ...] | None) -> Figure:
    return float(figures[0]) if shape is None else figures.reshape(shape)


NAMES = (
    ("arrivals_per_s", "zero or more contacts per second"), ("handle_s", "seconds above zero"), ("patience_s", "seconds above zero"),
    ("agents", "a number above zero"), ("threshold_s", "zero or more seconds"),
)  # fmt: skip


def _check(*given: Floats) -> None:
    """Refuse what no queue can have, and name the first place."""
    for own, (name, expected), zero_is_fine in zip(given, NAMES, (True, False, False, False, True), strict=True):
        wrong = ~np.isfinite(own) | ((own < 0) if zero_is_fine else (own <= 0))
        if wrong.any():
            at = int(np.argmax(wrong))
            where = f"position {at + 1} of {len(own)}" if len(own) > 1 else "queue"
            raise Refusal(
                f"{name} is {own[at]:g}",
                where=where,
                expected=expected,
                next_step="Correct it; nothing was computed.",
                kind=RefusalKind.DEFINITION,
            )


MEASURES = {"service_level": True, "abandonment": False, "asa_s": False}  # is more of it better?


def min_agents(
    arrivals_per_s: npt.ArrayLike, handle_s: npt.ArrayLike, patience_s: npt.ArrayLike, *, target: npt.ArrayLike, threshold_s: npt.ArrayLike = 20.0,
    measure: str = "service_level",
) -> Any:  # fmt: skip
    """The smallest whole number of agents that reaches a target: a service level at least, an abandonment or ASA at most.

    Shapes: scalars or arrays that broadcast; a scalar gives an int. Unit: shares 0 to 1, seconds. Refuses: as `erlang_a`,
    a target outside 0 to 1 (seconds below or at zero), another measure. Exact: every state is computed, none interpolated.

    >>> min_agents(1000 / 1800, 300, 120, target=0.8, threshold_s=20)
    159
    """
    if measure not in MEASURES:
        raise Refusal(
            f"“{measure}” is not a measure of staffing", expected=", ".join(MEASURES), kind=RefusalKind.DEFINITION
        )
    given, shape = _broadcast(arrivals_per_s, handle_s, patience_s, 1.0, threshold_s, target)
    rate, handle, patience, staff, threshold, wanted = given
    _check(rate, handle, patience, staff, threshold)
    top = math.inf if measure == "asa_s" else 1.0
    wrong = ~((wanted > 0) & (wanted < top))
    if wrong.any():
        raise Refusal(
            f"the target is {wanted[int(np.argmax(wrong))]:g}", where="staffing", expected="a share between 0 and 1" if top == 1.0 else "seconds above zero",
            kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    from levelfield.queueing.kernel import many_least

    found = many_least(rate, handle, patience, threshold, wanted, list(MEASURES).index(measure))
    if (found < 0).any():
        raise Refusal(
            "no number of agents reaches the target",
            where="staffing",
            expected="a target that can be met",
            kind=RefusalKind.DEFINITION,
        )
    return int(found[0]) if shape is None else found.reshape(shape)
