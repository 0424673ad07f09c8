"""Did several partners move together? If they did, look at the client's own house before anybody is asked to explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from levelfield.signals.evidence.accounts import SUSTAINED
from levelfield.signals.evidence.noise import NOISES
from levelfield.signals.evidence.sizing import size_of
from levelfield.signals.preparing import Prepared, prepare
from levelfield.signals.verdict import ALPHA, Kind, Reading, judge
from levelfield.words import Series

FEWEST = 2  # partners that must move for it to be together


@dataclass(frozen=True)
class Together:
    """Whether independent series moved the same way in the same periods, and which of them."""

    p_value: float  # of the pooled series
    moving: tuple[str, ...]
    rose: bool | None
    onset: int | None
    onset_range: tuple[int, int] | None
    of: int  # series that could be judged

    @property
    def found(self) -> bool:
        """Did at least two of them move together?"""
        return len(self.moving) >= FEWEST


def together(series: Mapping[str, Series], *, alpha: float = ALPHA) -> Together:
    """Test whether two or more independent series of one measure moved the same way in the same periods.

    Shapes: series of the same length and start, by name. Each is freed of its weekdays and brought to the spread
    of its own noise; their sum is judged as one series. Where it changed, those count as moving whose own change
    at that onset and in that direction is beyond chance at alpha / (series − 1): one partner alone never makes two.
    Refuses: nothing; fewer than two series that can be judged find nothing. Assumes: the partners are independent.

    >>> rng = np.random.default_rng(5)
    >>> rows = rng.normal(80, 2, (3, 52))
    >>> rows[:2, 40:] -= 5
    >>> found = together({name: Series.plain(row) for name, row in zip("abc", rows)})
    >>> found.moving, found.rose
    (('a', 'b'), False)
    """
    ready = {name: made for name, own in series.items() if isinstance(made := prepare(own), Prepared)}
    nothing = Together(1.0, (), None, None, None, len(ready))
    if len(ready) < FEWEST:
        return nothing
    length = max(len(own) for own in series.values())
    total, counted = np.zeros(length), np.zeros(length)
    for made in ready.values():
        total[made.t] += _even(made)
        counted[made.t] += 1
    pooled = np.divide(total, np.sqrt(counted), out=np.full(length, np.nan), where=counted >= FEWEST)
    reading: Reading = judge(Series.plain(pooled))
    if reading.kind not in {Kind.SUSTAINED, Kind.DRIFT, Kind.ONE_OFF} or reading.p_value > alpha:
        return Together(reading.p_value, (), None, None, None, len(ready))
    onset, rose = reading.onset or 0, bool(reading.rose)
    needed = NormalDist().inv_cdf(1 - alpha / max(len(ready) - 1, 1))
    moving = tuple(name for name, made in ready.items() if _moved(made, reading, rose) > needed)
    return Together(reading.p_value, moving, rose, onset, reading.onset_range, len(ready))


def _even(ready: Prepared) -> np.ndarray:
    """The values of a series in units of its own noise."""
    phi, kappa, _ = NOISES[int(np.argmax(ready.evidence.of_noise))]
    from levelfield.signals.evidence.whitening import whitened

    white = whitened(ready.x[None, :], ready.t, float(phi), float(kappa))[0]
    spread = 1.4826 * float(np.median(np.abs(white - np.median(white))))
    return np.asarray((ready.x - np.median(ready.x)) / (spread or 1.0))


def _moved(ready: Prepared, reading: Reading, rose: bool) -> float:
    """How many standard errors a series moved in the common direction while the episode lasted."""
    onset = int(np.searchsorted(ready.t, reading.onset or 0))
    end = int(np.searchsorted(ready.t, reading.end)) if reading.end is not None else len(ready.t)
    if onset <= 0 or onset >= len(ready.t):
        return 0.0
    phi, kappa, _ = NOISES[int(np.argmax(ready.evidence.of_noise))]
    kind = 1 if reading.end is not None else SUSTAINED
    found = size_of(kind, ready.x, ready.t, ready.g, onset, max(end - onset, 1), float(phi), float(kappa))
    return (found.change if rose else -found.change) / max(found.error, 1e-12)
