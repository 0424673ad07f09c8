"""Why customers contact a line, and what each reason costs in handling and solves."""

from __future__ import annotations

import numpy as np

from levelfield_worlds.arrays import Floats, Ints
from levelfield_worlds.frame import Frame

KINDS = ("question", "status", "change", "fault")
SHARE = np.array([0.30, 0.30, 0.25, 0.15])
HANDLE = np.array([0.85, 0.70, 1.05, 1.817])  # against the line's average; the shares weigh them to one
RESOLVE = np.array([0.06, 0.05, 0.0, -0.2])
LONGEST = 3


def names(frame: Frame) -> list[str]:
    """Reasons of all series, four each: `Billing: question` and so on."""
    return [f"{line.topic}: {kind}" for line in frame.lines for kind in KINDS]


def pick(rng: np.random.Generator, moved: Floats) -> Ints:
    """The reason of each contact, where a share of contacts, given per contact, has moved to the longest reason."""
    level = rng.random(len(moved))
    kind: Ints = np.searchsorted(np.cumsum(SHARE)[:-1], level, side="right")
    changed = np.flatnonzero(moved)
    kind[changed[rng.random(changed.size) < moved[changed]]] = LONGEST
    return kind
