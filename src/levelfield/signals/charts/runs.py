"""Runs and crossings: is the longest run too long, or are the crossings of the centre line too few for chance?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.signals.charts.given import Floats, indexes, numbers, same_length
from levelfield.signals.charts.lines import Lines

FEW_CROSSINGS = 20  # one chart of noise in twenty crosses less often than the limit


@dataclass(frozen=True)
class Runs:
    """The runs of one phase, and what chance would leave."""

    n_points: int  # in the phase, those left out apart
    n_useful: int  # of them, on one side of the centre line or the other
    longest_run: int
    longest_run_max: int
    crossings: int
    crossings_min: int

    @property
    def signal(self) -> bool:
        """Is the longest run longer, or are the crossings fewer, than chance leaves?"""
        return self.longest_run > self.longest_run_max or self.crossings < self.crossings_min


def longest_run_max(n_useful: int) -> int:
    """The longest run that chance leaves among so many useful points: log2(n) rounded, plus three.

    Source: Schilling (2012), The surprising predictability of long runs, doi:10.4169/math.mag.85.2.141.

    >>> longest_run_max(16), longest_run_max(0)
    (7, 0)
    """
    return round(math.log2(n_useful)) + 3 if n_useful else 0


def crossings_min(n_useful: int) -> int:
    """The fewest crossings that chance leaves: the lower 5 % point of n - 1 tosses of a coin.

    Source: Chen (2010), A note on the runs test; as used by Anhøj & Olesen (2014), doi:10.1371/journal.pone.0113825.

    >>> crossings_min(5)  # of 16 ways to toss four times, 1 has no head and 5 have one at most: 0.0625 is above 0.05
    0
    """
    tosses = max(n_useful - 1, 0)
    ways = crossings = 0
    while True:
        ways += math.comb(tosses, crossings)
        if FEW_CROSSINGS * ways >= 2**tosses:  # whole numbers: nothing is rounded
            return crossings
        crossings += 1


def run_lengths(side: npt.NDArray[np.int64]) -> list[int]:
    """The lengths of the runs of equal sides, in order; there must be no point on the line among them.

    >>> run_lengths(np.array([1, 1, -1, 1, 1, 1]))
    [2, 1, 3]
    """
    if not len(side):
        return []
    ends = [*(np.flatnonzero(np.diff(side)) + 1).tolist(), len(side)]
    return [end - first for first, end in zip([0, *ends[:-1]], ends, strict=True)]


def runs_of(side: npt.NDArray[np.int64], n_points: int) -> Runs:
    """The runs of one phase, from the sides (+1, 0, -1) of its points that are there."""
    useful = side[side != 0]
    lengths, n = run_lengths(useful), len(useful)
    crossings = max(len(lengths) - 1, 0)
    return Runs(n_points, n, max(lengths, default=0), longest_run_max(n), crossings, crossings_min(n))


def runs(values: npt.ArrayLike, lines: Lines, *, exclude: Sequence[int] = ()) -> tuple[Runs, ...]:
    """The runs and crossings of every phase of a chart.

    Shapes: values (n,), oldest first, missing = nan; a missing point, one on the line and one left out end no run.
    Unit: that of the lines; out, numbers of points.
    Refuses: infinite values, another length than the lines, an index outside (Refusal, definition).
    Assumes: points are independent, and as likely above the centre as below; the mean of skewed data is not.
    Source: Anhøj & Olesen (2014), Run charts revisited, doi:10.1371/journal.pone.0113825.

    >>> from levelfield.signals.charts.individuals import xmr_lines
    >>> values = [1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3]  # one crossing; the mean is 2
    >>> found = runs(values, xmr_lines(values))[0]
    >>> found.longest_run, found.longest_run_max, found.crossings, found.crossings_min, found.signal
    (8, 7, 1, 4, True)
    """
    given = numbers(values, "values")
    same_length(values=given, lines=lines.centre)
    side, kept = sides(given, lines), np.ones(len(given), dtype=np.bool_)
    kept[indexes(exclude, len(given), "exclude")] = False
    spans = [slice(phase.first, phase.end) for phase in lines.phases]
    return tuple(runs_of(side[span][kept[span]], int(kept[span].sum())) for span in spans)


def sides(values: Floats, lines: Lines) -> npt.NDArray[np.int64]:
    """On which side of its centre line each point lies: +1 above, -1 below, 0 on it or missing."""
    return np.sign(np.nan_to_num(values - lines.centre, nan=0.0)).astype(np.int64)
