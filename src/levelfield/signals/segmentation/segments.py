"""What a segmentation says: its segments, its changes, and how sure each one is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Segment:
    """A stretch with one level or one slope: from index `start` up to, not including, `stop`."""

    start: int
    stop: int
    level: float  # fitted, at the start, season taken out
    slope: float  # per index; 0 where the level is constant


@dataclass(frozen=True)
class Change:
    """A new segment starts at `at`; its onset lies in `earliest` to `latest`, both included, four times in five."""

    at: int
    earliest: int
    latest: int
    probability: float  # that a new segment starts somewhere near: closer to this change than to the next


@dataclass(frozen=True)
class Segmentation:
    """How a series falls into segments, and how sure that is."""

    segments: tuple[Segment, ...]
    changes: tuple[Change, ...]
    starting: Floats  # for every index, the probability that a new segment starts there; 0 where missing
    period: int  # of the season taken out; 0 where there is none
    outliers: tuple[int, ...]  # single points that were left out
    autocorrelation: float  # of neighbouring points around the segments
    effective: float  # how many independent points the series is worth
    curved: bool  # a smooth curve says it in fewer words than segments do
