"""On track, behind, or cannot say yet: what the weeks since the begin say, beside the path that was agreed."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from levelfield.plan.glide import expected_on
from levelfield.plan.promise import Path
from levelfield.plan.regression import error_of_mean

Z90 = 1.2816  # one-sided nine of ten


class Track(StrEnum):
    """How a promise goes."""

    ON_TRACK = "on track"
    BEHIND = "behind"
    CANNOT_SAY = "cannot say yet"


@dataclass(frozen=True)
class OnTrack:
    """The reading with its numbers."""

    track: Track
    sentence: str
    observed: float | None = None  # the mean of the weeks since the begin
    expected: float | None = None  # of the same weeks on the path
    weeks: int = 0


def on_track(
    weeks: Sequence[dt.date], values: npt.ArrayLike, *, baseline: float, target: float, path: Path, sd: float, correlation: float, written: Callable[[float], str]
) -> OnTrack:  # fmt: skip
    """Compare the mean of the weeks since the begin with the path, and with no effect at all.

    Shapes: `weeks` first days (n,), values (n,), missing = nan. Behind: the mean lies below the path by more than chance.
    On track: not behind, and nearer the path than the baseline by more than chance. Else: cannot say yet.
    """
    own = np.asarray(values, dtype=float)
    inside = [i for i, w in enumerate(weeks) if path.begins_on <= w < path.judged_on and math.isfinite(own[i])]
    if not inside:
        return OnTrack(Track.CANNOT_SAY, "No week since the begin has a value yet.")
    sign = 1.0 if target >= baseline else -1.0
    observed = float(np.mean(own[inside]))
    expected = float(np.mean([expected_on(baseline, target, path, weeks[i]) for i in inside]))
    m = len(inside)
    error = error_of_mean(sd, correlation, m)
    gap, gain, asked = sign * (observed - expected), sign * (observed - baseline), abs(expected - baseline)
    told = f"{written(observed)} in {m} week{'s' if m != 1 else ''} since the begin, {written(expected)} on the path"
    if gap + Z90 * error < 0:
        return OnTrack(Track.BEHIND, f"Behind: {told}.", observed, expected, m)
    # Nearer the path than the baseline: the middle between them lies below what was seen, beyond chance.
    if asked > 0 and gain - asked / 2 - Z90 * error > 0:
        return OnTrack(Track.ON_TRACK, f"On track: {told}.", observed, expected, m)
    return OnTrack(Track.CANNOT_SAY, f"Cannot say yet: {told}; the difference is within chance.", observed, expected, m)
