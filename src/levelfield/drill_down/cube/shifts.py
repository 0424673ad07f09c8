"""What is ordinary for amounts: relative deviations scatter as the noise does, around a shift of everything."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from levelfield.drill_down.cube import densities, weighing
from levelfield.drill_down.cube.geometry import ListedCuboids, WholeCube
from levelfield.drill_down.cube.noise import Noise, log_density, moved_alike, noise_of, spread_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Gains = npt.NDArray[np.float32]
Marks = npt.NDArray[np.bool_]
Places = WholeCube | ListedCuboids

SAME_NOISE = 0.02  # of its spread
DISTURBING = 0.005  # share of leaves in plain places that colours the noise of all
STANDS_OUT, FEW = -15.0, 30  # log density of a leaf that would be a place by itself; more such leaves than anyone reads
LIGHTEST = 1e-3  # weight of a leaf
EVERY = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Shifts:
    """Of a leaf: x its relative deviation from what is expected after the common shift, y its log density as noise."""

    common: float
    noise: Noise

    @property
    def everywhere(self) -> float:
        """The relative shift of all leaves alike."""
        return self.common * (2 + self.noise.shift) / (2 - self.noise.shift) - 1

    def alike(self, other: Shifts) -> bool:
        """Would another look at the noise change nothing that matters?"""
        one, two = self.noise, other.noise
        return (
            self.common == other.common
            and one.unit == two.unit
            and abs(one.spread / two.spread - 1) < SAME_NOISE
            and abs(one.shift - two.shift) < SAME_NOISE * one.spread
        )

    def values(self, v: Floats, f: Floats) -> tuple[Floats, Floats, Floats]:
        """Deviations, log densities, and weights where small leaves scatter more: by how far a leaf is from a shared shift.

        A light leaf counts as a part of one; what its density as changed differs from that is added to y.
        """
        f = f if self.common == 1 else f * self.common
        x, y = densities.all_deviations(v, f), log_density(v, f, self.noise)
        if len(self.noise.spreads) == 1:
            return x, y, np.empty(0)
        least = float(self.noise.spreads.min()) ** 2 + weighing.SPREAD**2
        own = least / (spread_of(f, v, self.noise) ** 2 + weighing.SPREAD**2)
        w: Floats = np.clip(own, LIGHTEST, 1.0)
        return x, y - 0.5 * np.log(w) + 0.5 * (1 - w) * math.log(2 * math.pi * least), w

    def weigh(
        self, cells: Ints | None, tally: Floats, gains: Gains, prices: Floats, least: Floats, places: Places
    ) -> None:
        """Gains after their price."""
        own = EVERY if cells is None else cells
        weighing.evaluate(
            own, cells is None, tally, gains, prices, least, places.cuboid_of, places.strides, places.sizes, self.noise.shift, self.noise.spread
        )  # fmt: skip

    def again(self, v: Floats, f: Floats, alive: Marks, y: Floats, first: bool) -> Shifts | None:
        """A better look at what is ordinary without the leaves of plain places, if it changes anything.

        Single leaves that stand out are places while they are few; many of them, all over, are what leaves do here.
        """
        other = self
        if first and (~alive).mean() > DISTURBING:
            seen = shifts_of(v[alive], f[alive])
            other = self if self.alike(seen) else seen
        alone = int((y[alive] < STANDS_OUT).sum())
        if alone > FEW and self.noise.rare < alone / len(y):
            other = replace(other, noise=replace(other.noise, rare=alone / len(y)))
        return None if other is self else other

    def without_common(self) -> Shifts | None:
        """None: a large place is told from a shift of everything by the second look."""
        return None

    def log_likelihood(self, v: Floats, f: Floats) -> float:
        """Of all leaves as ordinary."""
        return float(log_density(v, f * self.common, self.noise).sum())

    def shifts(self, tally: Floats) -> tuple[Floats, Floats]:
        """Of some places: relative shift and its variance."""
        n = np.maximum(tally[:, 0], 1e-9)
        return tally[:, 1] / n - self.noise.shift, self.noise.spread**2 / n

    def ordinary(self, rest: Floats, changed: Floats) -> float:
        """Noise against a normal distribution as the changed parts have it."""
        n, s1, s2, log0 = (float(one) for one in rest)
        m, t1, t2, _log0 = (float(one) for one in changed)
        shift = t1 / m
        variance = max(t2 / m - shift * shift, weighing.BETA)
        away = s2 - 2 * shift * s1 + n * shift * shift
        return log0 + 0.5 * (n * math.log(2 * math.pi * variance) + away / variance)


def shifts_of(v: Floats, f: Floats) -> Shifts:
    """The common shift and the noise of leaves, from the leaves themselves."""
    common = moved_alike(v, f)
    return Shifts(common, noise_of(v, f if common == 1 else f * common))
