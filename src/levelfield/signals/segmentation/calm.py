"""A series as it is searched: without gaps, season and outliers, in units of its own spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from levelfield.signals.segmentation.noise import standing_alone
from levelfield.signals.segmentation.search import SHORTEST_FLAT, Ints
from levelfield.signals.segmentation.season import FEWEST_PERIODS, SHORTEST, period_of, season_of
from levelfield.signals.segmentation.segments import Floats

SAME = 1e-12  # of the greatest value: what differs by less is one value, rounded


@dataclass(frozen=True)
class Calm:
    """The points that are kept, with mean 0 and variance 1, and the way back to the series."""

    values: Floats
    kept: Ints  # their indices in the series
    outliers: Ints
    period: int
    middle: float  # of the series, where a value is 0
    unit: float  # of the series, in 1

    @property
    def places(self) -> Floats:
        """Where the points lie, from 0 to 1."""
        return np.asarray((self.kept - self.kept[0]) / (self.kept[-1] - self.kept[0]), dtype=np.float64)


def calmed(series: Floats) -> Calm | None:
    """The series as it is searched; None when its points are too few or all alike.

    Shapes: (n,), oldest first, missing = nan, none infinite.

    >>> found = calmed(np.array([4.0, 6, np.nan, 4, 6, 4, 6]))
    >>> found.kept.tolist(), found.values.tolist(), found.middle, found.unit
    ([0, 1, 3, 4, 5, 6], [-1.0, 1.0, -1.0, 1.0, -1.0, 1.0], 5.0, 1.0)
    """
    there = np.flatnonzero(np.isfinite(series))
    if len(there) < 2 * SHORTEST_FLAT:
        return None
    greatest = float(np.max(np.abs(series[there])))
    if not greatest or float(np.ptp(series[there] / greatest)) <= SAME:
        return None
    seen = series[there] / greatest
    seen_mean = float(seen.mean())
    period, season = _season(seen - seen_mean, there)
    rest = seen - seen_mean - season
    alone = standing_alone(rest) > 0
    rest = rest[~alone]
    mean, spread = float(rest.mean()), float(np.std(rest))
    if spread <= SAME:
        return None
    middle, unit = (seen_mean + mean) * greatest, spread * greatest
    return Calm((rest - mean) / spread, there[~alone], there[alone], period, middle, unit)


def _season(seen: Floats, there: Ints) -> tuple[int, Floats]:
    """The period of the season and its size at each point that is there; gaps are bridged to find it."""
    if len(there) < FEWEST_PERIODS * SHORTEST:
        return 0, np.zeros(len(seen))
    whole = np.interp(np.arange(there[0], there[-1] + 1), there, seen)
    period = int(period_of(whole / np.std(whole)))
    if not period:
        return 0, np.zeros(len(seen))
    return period, season_of(whole, period)[there - there[0]]
