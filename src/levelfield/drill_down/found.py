"""What a search over places finds, before it is told as a cause."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Found:
    """One place with its leaves, and the next best one that shares some of them."""

    cell: int
    gain: float
    leaves: Ints
    runner_up: int | None
    runner_gain: float

    @property
    def runner_up_odds(self) -> float:
        """Of the next best place against this one; 0 where there is none."""
        return math.exp(min(self.runner_gain - self.gain, 0.0)) if self.runner_up is not None else 0.0


def named(dims: Sequence[str], labels: Sequence[Sequence[str]], place: Mapping[int, int]) -> dict[str, str]:
    """A place in words: dimension to label, from the positions of both."""
    return {dims[k]: labels[k][label] for k, label in place.items()}
