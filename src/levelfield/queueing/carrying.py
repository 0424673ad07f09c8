"""The arithmetic of a queue that is carried over: how the number of contacts in the system moves, and what arrivals see.

All of it stands in one file, since compiled functions are kept until their own file changes.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from levelfield.words.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STEPS = 16  # of each interval, growing with the square: counts are right to 0.04 % beside 400 steps, rare ones included
# Of the stages of a diagonally implicit method of third order that damps what is stiff: Alexander (1977), doi:10.1137/0714068.
GAMMA = 0.435866521508459
TO_SECOND = (1 - GAMMA) / 2
WEIGHT_1 = -(6 * GAMMA**2 - 16 * GAMMA + 1) / 4
WEIGHT_2 = (6 * GAMMA**2 - 20 * GAMMA + 5) / 4
LONG = 500.0  # patiences; nobody waits as long, and its exponential is still a number


@compiled
def settled(state: Floats, rate: float, serve: float, leave: float, staff: float) -> None:
    """Write the steady state of an interval into `state`."""
    n = len(state)
    log = top = 0.0
    state[0] = 0.0
    for k in range(1, n):
        down = min(float(k), staff) * serve + max(k - staff, 0.0) * leave
        log += math.log(max(rate, 1e-300) / down)
        state[k] = log
        top = max(top, log)
    total = 0.0
    for k in range(n):
        state[k] = math.exp(state[k] - top)
        total += state[k]
    for k in range(n):
        state[k] /= total


@compiled
def forward(now: Floats, mean: Floats, rate: float, serve: float, leave: float, staff: float, seconds: float) -> None:
    """Carry the distribution of the number in the system through an interval; `mean` becomes its mean over time.

    Each step has three implicit stages that share one matrix: nobody is lost, and what is stiff leaves no wave.
    """
    n = len(now)
    down, upper, pivot = np.empty(n), np.empty(n), np.empty(n)
    stage, first, second = np.empty(n), np.empty(n), np.empty(n)
    for k in range(n):
        down[k] = min(float(k), staff) * serve + max(k - staff, 0.0) * leave
        mean[k] = 0.0
    for number in range(STEPS):
        dt = seconds * ((number + 1) ** 2 - number**2) / STEPS**2  # short after the change, long once things settle
        part = GAMMA * dt
        for k in range(n):
            up = rate if k < n - 1 else 0.0
            pivot[k] = 1 + part * (up + down[k]) + (part * rate * upper[k - 1] if k > 0 else 0.0)
            upper[k] = -part * down[k + 1] / pivot[k] if k < n - 1 else 0.0
        for turn in range(3):
            for k in range(n):
                value = now[k]
                if turn == 0:
                    first[k] = value
                elif turn == 1:
                    value += dt * TO_SECOND * first[k]
                    second[k] = value
                else:
                    value += dt * (WEIGHT_1 * first[k] + WEIGHT_2 * second[k])
                stage[k] = (value + (part * rate * stage[k - 1] if k > 0 else 0.0)) / pivot[k]
            for k in range(n - 2, -1, -1):
                stage[k] -= upper[k] * stage[k + 1]
            weight = dt * (WEIGHT_1 if turn == 0 else WEIGHT_2 if turn == 1 else GAMMA)
            for k in range(n):
                mean[k] += weight * stage[k]
                if turn == 0:
                    first[k] = (stage[k] - first[k]) / part  # from here on the rate of change
                elif turn == 1:
                    second[k] = (stage[k] - second[k]) / part
        for k in range(n):
            now[k] = stage[k]
    for k in range(n):
        mean[k] /= seconds


@compiled
def seen(
    mean: Floats, handle: float, patience: float, staff: float, threshold: float, within: float, mean_log: float
) -> tuple[float, float, float, float, float]:
    """Of an arrival that finds the mean distribution: chance to be answered, in time; to give up, in time; mean wait times answered.

    Behind j others, and ahead of who comes later, a contact is answered with chance x / (x + j + 1), in time with a beta's
    chance, x being departures by service per mean patience. `within` and `mean_log` are those of the first who waits; from
    one place in the queue to the next both go by a recursion.
    """
    # The fewest in the system behind whom one waits; with nine and a half agents, the tenth waits for half of one.
    first = max(math.floor(staff - 1) + 1, 0)
    answered = in_time = gone = gone_in_time = waited = 0.0
    for k in range(min(first, len(mean))):
        answered += mean[k]
    in_time = answered
    x = staff * patience / handle
    a, b = first - staff + 1, x + 1
    z = -math.expm1(-threshold / patience)
    term = 0.0
    if z > 0:
        logs = math.lgamma(a + b) - math.lgamma(a + 1) - math.lgamma(b)
        term = math.exp(a * math.log(z) - b * threshold / patience + logs)
    for k in range(first, len(mean)):
        served = mean[k] * x / (x + a)
        answered += served
        gone += mean[k] * a / (x + a)
        in_time += served * max(within, 0.0)
        # Chance to have reached the head of the queue by the threshold, were one as patient as it takes.
        reached = within - term * a / (x + a) * math.exp(min(threshold / patience, LONG))
        still = max(1 - reached, 0.0) * math.exp(-threshold / patience)
        gone_in_time += max(mean[k] * (1 - still) - served * within, 0.0)
        waited += served * patience * mean_log
        within -= term
        term *= z * (a + b) / (a + 1)
        mean_log += 1 / (b + a)
        a += 1
    return answered, in_time, gone, gone_in_time, waited


@compiled
def whole_days(
    rate: Floats, handle: Floats, patience: Floats, staff: Floats, threshold: Floats, within: Floats, mean_log: Floats, starts: Ints,
    states: Ints, seconds: float, start_queue: float,
) -> Floats:  # fmt: skip
    """Intervals one after another, (7, n): answered, in time, given up, that in time, seconds waited by answered, queue left, occupancy.

    `starts`: first interval of each day, ascending, from 0; `states`: how many numbers in the system each day keeps.
    `start_queue` below zero: every day starts in the steady state of its first interval.
    """
    n = len(rate)
    out = np.zeros((7, n))
    for day in range(len(starts)):
        end = starts[day + 1] if day + 1 < len(starts) else n
        now, mean = np.zeros(states[day]), np.zeros(states[day])
        i = starts[day]
        if start_queue < 0:
            settled(now, rate[i], 1 / handle[i], 1 / patience[i], staff[i])
        else:
            now[round(start_queue + staff[i]) if start_queue > 0 else 0] = 1.0
        for i in range(starts[day], end):
            forward(now, mean, rate[i], 1 / handle[i], 1 / patience[i], staff[i], seconds)
            offered = rate[i] * seconds
            answered, in_time, gone, gone_in_time, waited = seen(
                mean, handle[i], patience[i], staff[i], threshold[i], within[i], mean_log[i]
            )
            out[0, i], out[1, i], out[2, i] = offered * answered, offered * in_time, offered * gone
            out[3, i], out[4, i] = offered * gone_in_time, offered * waited
            for k in range(len(now)):
                out[5, i] += max(k - staff[i], 0.0) * now[k]
                out[6, i] += min(float(k), staff[i]) * mean[k]
            out[6, i] /= staff[i]
            for row in range(7):
                out[row, i] = max(out[row, i], 0.0)  # a chance of nothing may come out a hair below
    return out
