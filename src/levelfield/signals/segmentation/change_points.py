"""Where a series changes its level or its slope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from levelfield.signals.segmentation.calm import Calm, calmed
from levelfield.signals.segmentation.explanation import lines, shortest
from levelfield.signals.segmentation.noise import autocorrelation, effective_length
from levelfield.signals.segmentation.posterior import changes_in, starting
from levelfield.signals.segmentation.price import FEWEST_EFFECTIVE, Price
from levelfield.signals.segmentation.search import Ints, running_sums
from levelfield.signals.segmentation.segments import Change, Floats, Segment, Segmentation
from levelfield.words import Refusal
from levelfield.words.series import LONGEST


def change_points(values: Sequence[float | None] | Floats) -> list[int]:
    """The indices where a new segment starts, without 0; none where no change is worth its price.

    Shapes: values (n,), oldest first, missing = nan. Unit: any; shifting or scaling the values changes nothing.
    Refuses: an infinite value, what is not a row of numbers, more than 20,000 points (`Refusal`).
    Assumes: as `segment`.
    Source: as `segment`.

    >>> change_points([5, 6, 5, 7, 6, 5, 6, 7, 5, 6, 15, 16, 14, 15, 16, 15, 14, 16, 15, 15])
    [10]
    >>> change_points([5, 6, 5, 7, 6, 5, 6, 7, 5, 6])
    []
    """
    return [change.at for change in segment(values).changes]


def segment(values: Sequence[float | None] | Floats) -> Segmentation:
    """The flat and sloped segments of a series, and for every index how probably a new one starts there.

    Shapes: values (n,), oldest first, missing = nan. Unit: levels in that of the values, slopes per index.
    Refuses: an infinite value, what is not a row of numbers, more than 20,000 points (`Refusal`).
    Assumes: even distances; noise about as wide everywhere, which wanders less than the changes are
    apart; a season of one period, 3 to 60 points, seen four times. A single point far from both sides is an outlier, no
    segment. Where a smooth curve says the series in fewer words, there is no change.
    Source: description length, Davis, Lee and Rodriguez-Yam (2006), 10.1198/016214505000000745, with squares over
    noise and prices in effective points, n(1 − φ)/(1 + φ), φ as in Chakar et al. (2017), 10.3150/15-BEJ782; weights
    of all segmentations, Fearnhead (2006), 10.1007/s11222-006-8450-8.

    >>> found = segment([0.0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21])
    >>> [(s.start, s.stop, round(s.level, 1), round(s.slope, 1)) for s in found.segments]
    [(0, 9, 0.4, 0.0), (9, 20, 1.0, 2.0)]
    """
    series = _read(values)
    calm = calmed(series)
    if calm is None:
        return _one(series)
    correlation = min(autocorrelation(calm.values), max(1 - 2 * FEWEST_EFFECTIVE / len(calm.values), 0.0))
    price = Price(effective_length(calm.values, correlation))
    sums = running_sums(calm.places, calm.values)
    found, places = shortest(sums, calm, price)
    each = starting(places, found, price)
    found = found.reported
    changes = changes_in(each, found.starts[1:])
    probability = np.zeros(len(series))
    probability[calm.kept] = each
    found = replace(found, starts=np.array([0, *(c.at for c in changes)]))
    return Segmentation(
        _segments(lines(sums, found), found.starts, calm, len(series)),
        tuple(_moved(c, calm.kept) for c in changes),
        probability,
        calm.period,
        tuple(map(int, calm.outliers)),
        correlation,
        price.effective,
        found.curved,
    )


def _read(values: Sequence[float | None] | Floats) -> Floats:
    """The values as numbers, or a refusal in words."""
    try:
        series = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        series = np.zeros((0, 0))
    if series.ndim != 1:
        raise Refusal(
            "The series is not a row of numbers",
            expected="one number for each period, oldest first, and nan where one is missing",
        )
    if np.isinf(series).any():
        raise Refusal(
            f"The value at index {int(np.flatnonzero(np.isinf(series))[0])} is infinite",
            expected="finite numbers, and nan where one is missing",
            next_step="Correct the value or leave it out",
        )
    if len(series) > LONGEST:
        raise Refusal(
            f"The series has {len(series):,} points",
            expected=f"at most {LONGEST:,}",
            next_step="Roll it up to longer periods and ask again",
        )
    return series


def _moved(change: Change, kept: Ints) -> Change:
    """A change in indices of the whole series."""
    return replace(
        change, at=int(kept[change.at]), earliest=int(kept[change.earliest]), latest=int(kept[change.latest])
    )


def _segments(fits: list[tuple[float, float]], starts: Ints, calm: Calm, n: int) -> tuple[Segment, ...]:
    """The segments in indices and units of the whole series; they cover it from end to end."""
    first, last = int(calm.kept[0]), int(calm.kept[-1])
    begins = [0, *map(int, calm.kept[starts[1:]])]
    found = []
    for begin, end, (level, slope) in zip(begins, [*begins[1:], n], fits, strict=True):
        at_start = level + slope * (begin - first) / (last - first)
        found.append(Segment(begin, end, calm.middle + calm.unit * at_start, calm.unit * slope / (last - first)))
    return tuple(found)


def _one(series: Floats) -> Segmentation:
    """One flat segment: too few points, or one value throughout."""
    there = series[np.isfinite(series)]
    level = float(np.median(there)) if len(there) else float("nan")
    segments = (Segment(0, len(series), level, 0.0),) if len(series) else ()
    return Segmentation(segments, (), np.zeros(len(series)), 0, (), 0.0, float(len(there)), False)
