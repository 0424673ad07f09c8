"""The shortest description of a series: so many flat and sloped segments, or one smooth curve."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from levelfield.signals.segmentation.calm import Calm
from levelfield.signals.segmentation.price import DEGREES, Price
from levelfield.signals.segmentation.search import SHORTEST_SLOPED, Ints, cheapest, misfits
from levelfield.signals.segmentation.segments import Floats

STEPS = 16  # of the noise, from that about one line down to a thousandth
STEP_DOWN = 2 ** (-2 / 3)
LEAST = 1e-12  # noise of a series that lies on its segments
MOST_PLACES = 420  # where segments may start in a first search; more do not help it
MOST_NEAR = 600  # places near the changes that the second search looks at
FEWEST_A_SEGMENT = 5  # points, on average; more segments than that describe the noise


@dataclass(frozen=True)
class Explanation:
    """Segments that describe a series in so many nats, and the noise they leave."""

    starts: Ints
    sloped: tuple[bool, ...]
    misfit: float  # mean square about the segments
    length: float
    curve: float  # the description length of the best smooth curve

    @property
    def curved(self) -> bool:
        """Does a smooth curve say it in fewer words?"""
        return self.curve < self.length

    @property
    def reported(self) -> Explanation:
        """These segments, or one sloped segment where a curve says it in fewer words."""
        return replace(self, starts=self.starts[:1], sloped=(True,)) if self.curved else self


@dataclass(frozen=True)
class Places:
    """Where segments may start and stop, and how far the points lie from each segment between two of these."""

    bounds: Ints
    about_mean: Floats
    about_line: Floats

    @classmethod
    def at(cls, sums: Floats, bounds: Ints) -> Places:
        """The places at some bounds, from 0 to n."""
        return cls(bounds, *misfits(sums, bounds))


def shortest(sums: Floats, calm: Calm, price: Price) -> tuple[Explanation, Places]:
    """The segments with the shortest description, and the places where segments were allowed to start.

    Shapes: sums (n + 1, 5) of `running_sums` over the calm series.
    Assumes: noise includes what the segments leave over, so its size is found with them: for each noise the cheapest
    segments, and among those the shortest description.
    """
    n = len(calm.values)
    step = math.ceil(n / MOST_PLACES)
    places = Places.at(sums, np.append(np.arange(0, n, step), n))
    about = _about_curves(calm)
    worst = max(about[1], LEAST)
    best = _best(places, worst, [worst * STEP_DOWN**k for k in range(STEPS)], price)
    if step > 1:
        places = Places.at(sums, _near(best.starts, step, places.bounds))
        best = _best(places, worst, [best.misfit * STEP_DOWN**k for k in (-1, 0, 1)], price)
    curve = min(price.length(about[d], worst, price.curve(d)) for d in DEGREES)
    return replace(best, curve=curve), places


def _best(places: Places, worst: float, noises: list[float], price: Price) -> Explanation:
    """The shortest description among the cheapest segments for each noise, largest noise first."""
    n = int(places.bounds[-1])
    found: list[Explanation] = []
    for noise in noises:
        doubled_noise = doubled(noise, n, price)
        starts, sloped = cheapest(places.about_mean, places.about_line, doubled_noise, price.flat, price.sloped)
        if found and len(starts) > max(n / FEWEST_A_SEGMENT, 1):
            break
        begins, kinds = places.bounds[starts], tuple(sloped.tolist())
        if found and np.array_equal(begins, found[-1].starts) and kinds == found[-1].sloped:
            continue
        stops = np.append(starts[1:], len(places.bounds) - 1)
        misfit = np.where(sloped, places.about_line[stops, starts], places.about_mean[stops, starts]).sum() / n
        paid = float(np.where(sloped, price.sloped, price.flat).sum())
        length = price.length(misfit, worst, paid)
        found.append(Explanation(begins, kinds, float(misfit), length, math.inf))
    return min(found, key=lambda one: one.length)


def doubled(noise: float, n: int, price: Price) -> float:
    """Twice the mean square that one effective point stands for: what sums of squares are divided by."""
    return max(2 * noise * n / price.effective, LEAST)


def _near(starts: Ints, step: int, places: Ints) -> Ints:
    """The places, and every index near a change."""
    reach = min(step, max(MOST_NEAR // (2 * len(starts)), 1))
    near = (starts[1:, None] + np.arange(-reach, reach + 1)).ravel()
    return np.unique(np.concatenate([places, near[(near > 0) & (near < places[-1])]]))


def _about_curves(calm: Calm) -> list[float]:
    """The mean squares about polynomials of degree 0, 1 and so on."""
    base = np.linalg.qr(np.vander(2 * calm.places - 1, max(DEGREES) + 1, increasing=True))[0]
    rest = float(calm.values @ calm.values) - np.cumsum((base.T @ calm.values) ** 2)
    return [max(float(one), 0.0) / len(calm.values) for one in rest]


def lines(sums: Floats, found: Explanation) -> list[tuple[float, float]]:
    """Where the line of each segment crosses place 0, and its slope, in the units of the calm series."""
    fits = []
    for (start, stop), sloped in zip(pairwise([*found.starts, len(sums) - 1]), found.sloped, strict=True):
        n = stop - start
        x, xx, y, xy, _ = sums[stop] - sums[start]
        slope = (xy - x * y / n) / (xx - x * x / n) if sloped and n >= SHORTEST_SLOPED else 0.0
        fits.append((float(y / n - slope * x / n), float(slope)))
    return fits
