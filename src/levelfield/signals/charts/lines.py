"""The lines of a control chart, phase by phase: centre, lower and upper limit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from levelfield.signals.charts.given import Bools, Floats, indexes, refused, same_length

SIGMAS = 3.0  # Shewhart's choice: far enough that noise seldom reaches the limits, near enough to see a change


@dataclass(frozen=True)
class Phase:
    """Periods with lines of their own: `first` belongs to them, `end` does not."""

    first: int
    end: int
    n_points: int  # how many points the lines are drawn from


@dataclass(frozen=True, eq=False)
class Lines:
    """Centre and limits at every period; nan where they cannot be drawn."""

    centre: Floats
    lower: Floats
    upper: Floats
    sigma: Floats  # of one point, before the limits are cut at what is possible
    kind: str
    phases: tuple[Phase, ...]
    width: float = SIGMAS  # how many sigma the limits lie from the centre

    @property
    def n_points(self) -> int:
        """How many points the lines are drawn from, over all phases."""
        return sum(phase.n_points for phase in self.phases)

    def at(self, index: int) -> tuple[float, float, float]:
        """Lower limit, centre and upper limit of one period."""
        return float(self.lower[index]), float(self.centre[index]), float(self.upper[index])

    def beyond(self, values: Floats) -> Bools:
        """Which points lie outside a limit; on the limit is inside, and without limits nothing is outside."""
        same_length(values=values, lines=self.centre)
        return (values < self.lower) | (values > self.upper)

    def positions(self, values: Floats) -> Floats:
        """How many sigma each point lies from its centre line.

        Shapes: values (n,), missing = nan; out (n,), nan where the value or the limits are missing.
        Unit: sigmas. Agrees with `beyond` to the last bit: a point on a limit lies no farther than `width`.
        Refuses: another length than that of the lines (Refusal, definition).
        """
        outside, gap = self.beyond(values), values - self.centre
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where((gap == 0) & np.isfinite(self.sigma), 0.0, gap / self.sigma)
        farther = np.copysign(np.nextafter(self.width, np.inf), gap)
        found = np.where(outside & (np.abs(found) <= self.width), farther, found)
        inside = (values >= self.lower) & (values <= self.upper)
        return np.where(inside, np.clip(found, -self.width, self.width), found)


Plan = list[tuple[slice, Bools]]  # the periods of each phase, and which of them its lines may be drawn from


def plan(n: int, rebase: Sequence[int] = (), exclude: Sequence[int] = (), fix_after: int | None = None) -> Plan:
    """Cuts `n` periods into phases, and says which periods of each its lines are drawn from.

    `rebase`: each index starts a phase. `exclude`: these periods are drawn, but the lines do not learn from them.
    `fix_after`: the lines of a phase learn from its first so many periods only.

    >>> [(span.start, span.stop, learns.tolist()) for span, learns in plan(5, rebase=[3], exclude=[0])]
    [(0, 3, [False, True, True]), (3, 5, [True, True])]
    """
    if fix_after is not None and (not isinstance(fix_after, int | np.integer) or fix_after < 2):
        raise refused(f"is {fix_after!r}", "fix_after", "a whole number of 2 or more", "Name how many periods to learn")
    learns = np.ones(n, dtype=np.bool_)
    learns[indexes(exclude, n, "exclude")] = False
    starts = [0, *(index for index in indexes(rebase, n, "rebase") if index > 0)]
    found: Plan = []
    for first, end in zip(starts, [*starts[1:], n], strict=True):
        own = learns[first:end].copy()
        if fix_after is not None:
            own[fix_after:] = False
        found.append((slice(first, end), own))
    return found


def draw(
    kind: str,
    known: Bools,
    phases: Plan,
    one_phase: Callable[[slice, Bools], tuple[float, Floats]],
    *,
    floor: float = -math.inf,
    ceiling: float = math.inf,
    width: float = SIGMAS,
) -> Lines:
    """The lines of all phases, from a function that gives one phase's centre and the sigma of each of its points.

    `one_phase` gets the periods of a phase and which of them to learn from; limits are cut at `floor` and `ceiling`.
    """
    centre, sigma = (np.full(len(known), math.nan) for _ in range(2))
    drawn = []
    for span, learns in phases:
        base = known[span] & learns
        drawn.append(Phase(span.start, span.stop, int(base.sum())))
        if base.any():
            centre[span], sigma[span] = one_phase(span, base)
    lower, upper = np.maximum(centre - width * sigma, floor), np.minimum(centre + width * sigma, ceiling)
    return Lines(centre, lower, upper, sigma, kind, tuple(drawn), width)


def mean_of(values: Floats) -> float:
    """The mean, never a rounding error above the highest or below the lowest value.

    >>> mean_of(np.array([0.1, 0.1, 0.1])) == 0.1
    True
    """
    return min(max(math.fsum(values) / len(values), float(values.min())), float(values.max()))


def pooled(numerators: Floats, denominators: Floats) -> float:
    """Sum of the numerators over sum of the denominators, kept between the lowest and the highest single ratio.

    >>> pooled(np.array([1.0, 3.0]), np.array([10.0, 10.0]))
    0.2
    """
    single = numerators / denominators
    return min(max(math.fsum(numerators) / math.fsum(denominators), float(single.min())), float(single.max()))
