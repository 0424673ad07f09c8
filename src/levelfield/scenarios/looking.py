"""Did a measure move when the change began? One sign, looked at in its own series at the onset of another."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from levelfield.measures.catalogue import MEASURES
from levelfield.words import Series

MOVED = 1.96  # standard errors: one stable measure in twenty moves as far by chance
CLEARLY = 4.0  # standard errors: as far as nothing moves by chance


@dataclass(frozen=True)
class SignSeen:
    """What a measure did at about the time a change began. `rose` and `z` are None where that is not known."""

    measure: str
    rose: bool | None
    moved: bool
    z: float | None = None  # the change in standard errors, above zero where it rose
    sentence: str = ""


def sign_seen(measure: str, series: Series, onset: int, *, end: int | None = None) -> SignSeen | None:
    """Look whether a measure moved at a given onset; None where its series cannot be judged.

    Shapes: a Series of n periods, oldest first; `onset` and `end` (exclusive) count its periods from 0. Unit: standard
    errors of the series under its own noise. Refuses: nothing. Assumes: the onset was not found in this series, so that
    no place was chosen for how much it moved. Source: the sizes of levelfield.signals.evidence.sizing.

    >>> rng = np.random.default_rng(3)
    >>> seen = sign_seen("aht", Series.plain(np.r_[rng.normal(300, 9, 40), rng.normal(345, 9, 12)]), 40)
    >>> seen.moved, seen.rose
    (True, True)
    """
    from levelfield.signals.evidence.accounts import ONE_OFF, SUSTAINED
    from levelfield.signals.evidence.noise import NOISES
    from levelfield.signals.evidence.sizing import size_of
    from levelfield.signals.preparing import Prepared, prepare

    ready = prepare(series)
    if not isinstance(ready, Prepared):
        return None
    first = int(np.searchsorted(ready.t, onset))
    last = len(ready.t) if end is None else int(np.searchsorted(ready.t, end))
    if first < 2 or last <= first:
        return None
    phi, kappa, _ = NOISES[int(np.argmax(ready.evidence.of_noise))]
    kind = SUSTAINED if last == len(ready.t) else ONE_OFF
    found = size_of(kind, ready.x, ready.t, ready.g, first, last - first, float(phi), float(kappa))
    z = found.change / max(found.error, 1e-12)
    return SignSeen(measure, z > 0, abs(z) >= MOVED, z, told(measure, z))


def told(measure: str, z: float | None) -> str:
    """What a measure did, in words."""
    label = MEASURES[measure].label if measure in MEASURES else measure
    if z is None or not math.isfinite(z) or abs(z) < MOVED:
        return f"{label} stays as it was."
    return f"{label} {'clearly ' if abs(z) >= CLEARLY else ''}{'rises' if z > 0 else 'falls'}."
