"""The steady state of a queue whose customers give up (M/M/c+M): how long a very patient customer would wait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, pdtr, xlogy

from levelfield_worlds.arrays import Floats, Ints

POINTS = 48
GRID: Floats = np.linspace(0.0, 1.0, POINTS) ** 1.5  # finer near zero, where waits are dense
SPAN = 11.0  # grid ends so many scale lengths beyond the mode


@dataclass(frozen=True)
class Waits:
    """Distribution of the offered wait: a chance of none, else a cumulative curve on `span_s * GRID`."""

    none: Floats  # (n,)
    span_s: Floats  # (n,)
    curve: Floats  # (n, POINTS), from `none` to 1

    def within(self, seconds: float) -> Floats:
        """Chance that the offered wait is at most so many seconds."""
        at = np.clip((seconds / self.span_s) ** (1 / 1.5) * (POINTS - 1), 0, POINTS - 1)
        low = np.minimum(at.astype(np.int64), POINTS - 2)
        row = np.arange(len(low))
        left, right = GRID[low] * self.span_s, GRID[low + 1] * self.span_s
        part = np.clip((seconds - left) / (right - left), 0, 1)
        chance: Floats = self.curve[row, low] + part * (self.curve[row, low + 1] - self.curve[row, low])
        return chance

    def at(self, row: Ints, level: Floats) -> Floats:
        """The offered wait in seconds at a level between 0 and 1 of the given rows; rows ascend."""
        waits = np.zeros(len(row))
        busy = np.flatnonzero(level > self.none[row])
        rows, wanted = row[busy], level[busy]
        flat = (self.curve + np.arange(len(self.none))[:, None]).ravel()
        found = np.searchsorted(flat, wanted + rows, side="right") - 1
        low = np.clip(found - rows * POINTS, 0, POINTS - 2)
        below, above = self.curve[rows, low], self.curve[rows, low + 1]
        part = np.clip((wanted - below) / np.maximum(above - below, 1e-12), 0, 1)
        waits[busy] = self.span_s[rows] * (GRID[low] + part * (GRID[low + 1] - GRID[low]))
        return waits


def offered_waits(rate: Floats, agents: Floats, handle_s: Floats, patience_s: Floats) -> Waits:
    """Offered waits for arrivals per second, agents, mean handling and mean patience, each `(n,)`.

    Assumes: Poisson arrivals, exponential handling and patience, a steady state in the interval.
    Source: Baccelli and Hebuterne (1981); Zeltyn and Mandelbaum (2005), doi:10.1007/s11134-005-3699-8.
    """
    serve, leave = agents / handle_s, 1 / patience_s
    rate = np.maximum(rate, 1e-9)
    mode = np.maximum(0.0, np.log(rate / serve)) / leave
    scale = np.minimum(1 / np.maximum(serve - rate, 1e-12), 1 / np.sqrt(serve * leave))
    span = mode + SPAN * scale
    x = span[:, None] * GRID
    log_density = (rate / leave)[:, None] * -np.expm1(-leave[:, None] * x) - serve[:, None] * x
    top = log_density.max(axis=1)
    density = np.exp(log_density - top[:, None])
    steps = (density[:, 1:] + density[:, :-1]) / 2 * np.diff(x, axis=1)
    curve = np.zeros_like(density)
    np.cumsum(steps, axis=1, out=curve[:, 1:])
    total = curve[:, -1].copy()
    # Chance of a wait over chance of none: rate * integral * Erlang B with one agent fewer.
    load, fewer = rate * handle_s, agents - 1
    log_blocked = xlogy(fewer, load) - load - gammaln(fewer + 1) - np.log(np.maximum(pdtr(fewer, load), 1e-300))
    odds = np.exp(np.clip(np.log(rate) + top + np.log(total) + log_blocked, -50, 50))
    none = 1 / (1 + odds)
    curve *= ((1 - none) / total)[:, None]
    curve += none[:, None]
    curve[:, -1] = 1.0
    return Waits(none, span, curve)
