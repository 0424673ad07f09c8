"""Which rank a partner may truly have, and which two can be told apart at all. No league table comes from here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from levelfield.signals.fair.effects import Effects
from levelfield.signals.fair.groups import Floats, Kind, refused

SEED = 20260701  # of the generator where none is given: the same numbers give the same intervals
DRAWS = 4000
LEAST = 0.15  # an interval may fall short of its coverage by so much, where others lie above it
LEAN = 0.8  # how far the aim leans up where partners' own numbers are thin and their spread is hardly known; measured


@dataclass(frozen=True)
class RankInterval:
    """The ranks a partner may truly have; 1 is the lowest value, whichever is better."""

    name: str
    lowest: int
    highest: int
    expected: float
    chance: float  # how likely the true rank lies inside

    @property
    def width(self) -> int:
        """How many ranks it holds."""
        return self.highest - self.lowest + 1


@dataclass(frozen=True, eq=False)
class Ranks:
    """Rank intervals of all partners in the order given, and the chance of every rank; chances (k, k)."""

    partners: tuple[RankInterval, ...]
    coverage: float
    chances: Floats

    def __iter__(self) -> Iterator[RankInterval]:
        return iter(self.partners)


def ranks(
    found: Effects, *, coverage: float = 0.95, draws: int = DRAWS, generator: np.random.Generator | None = None
) -> Ranks:
    """For each partner the ranks it may truly have, so that on average 95 of 100 true ranks lie inside.

    Shapes: k partners, ranks 1 (lowest value) to k. Refuses: a coverage not between 0 and 1, fewer than 100 draws.
    Assumes: what `effects` assumes. Ranks are whole numbers, so an interval that holds at least 95 % usually holds more
    and is needlessly wide: each is the shortest that reaches 95 %, then the outermost rank goes where that brings the
    partners' average nearer to 95 %, never leaving one below 80 %. Where the numbers are
    thin (levels drawn in by more than half) the aim leans up towards 97 %, since the spread between partners is then
    hardly known. Where partners differ far beyond chance every
    interval is one rank and holds nearly all.
    Source: Goldstein and Spiegelhalter (1996), doi:10.2307/2983325, for rank intervals; the rule is ours.

    >>> from levelfield.signals.fair.effects import effects
    >>> found = ranks(effects({"a": (100, 1000), "b": (500, 1000), "c": (900, 1000)}))
    >>> [(p.lowest, p.highest) for p in found]
    [(1, 1), (2, 2), (3, 3)]
    """
    if not 0 < coverage < 1:
        raise refused(f"{coverage:g} is no coverage", "a share between 0 and 1, such as 0.95")
    if draws < 100:
        raise refused(f"{draws} draws are too few", "at least 100")
    levels = found.draws(draws, np.random.default_rng(SEED) if generator is None else generator)
    k = levels.shape[1]
    places = levels.argsort(axis=1).argsort(axis=1)
    chances = np.stack([np.bincount(places[:, j], minlength=k) for j in range(k)]) / draws
    drawn = float((found.posterior.odds @ found.posterior.given_spread()[2]).mean())
    aim = coverage + (1 - coverage) * LEAN * max(0.0, drawn - 0.5)
    spans = _evened([_growing(row) for row in chances], aim)
    expected = chances @ np.arange(1, k + 1)
    return Ranks(
        tuple(
            RankInterval(name, low + 1, high + 1, float(mean), float(row[low : high + 1].sum()))
            for name, (low, high), mean, row in zip(found.names, spans, expected, chances, strict=True)
        ),
        coverage,
        chances,
    )


def _growing(chances: Floats) -> list[tuple[int, int, float]]:
    """Ever wider spans of ranks from the likeliest on, each taking in the likelier neighbour: (first, last, chance)."""
    low = high = int(np.argmax(chances))
    held = float(chances[low])
    found = [(low, high, held)]
    while high - low + 1 < len(chances):
        below = chances[low - 1] if low > 0 else -1.0
        above = chances[high + 1] if high + 1 < len(chances) else -1.0
        if below >= above:
            low -= 1
        else:
            high += 1
        held += float(max(below, above))
        found.append((low, high, held))
    return found


def _evened(growing: list[list[tuple[int, int, float]]], coverage: float) -> list[tuple[int, int]]:
    """The span of each partner: the first that reaches the coverage, less its outermost rank where the average allows."""
    reached = [next((i for i, s in enumerate(spans) if s[2] >= coverage - 1e-9), len(spans) - 1) for spans in growing]
    spare = sum(spans[i][2] - coverage for spans, i in zip(growing, reached, strict=True))
    steps = sorted(
        (spans[i][2] - spans[i - 1][2], j)
        for j, (spans, i) in enumerate(zip(growing, reached, strict=True))
        if i and spans[i - 1][2] >= coverage - LEAST
    )
    for step, j in steps:
        if abs(spare - step) < abs(spare):
            spare -= step
            reached[j] -= 1
    return [spans[i][:2] for spans, i in zip(growing, reached, strict=True)]


@dataclass(frozen=True)
class Pair:
    """Two partners: how far one lies above the other, and whether that can be told from chance."""

    one: str
    other: str
    difference: float  # one − other, on the scale of the values as seen
    far: float  # the same on the logit (log) scale, with its interval for all pairs at once
    lower: float
    upper: float
    apart: bool

    @property
    def sentence(self) -> str:
        """What may be said about the two."""
        if not self.apart:
            return f"{self.one} and {self.other} cannot be told apart."
        high, low = (self.one, self.other) if self.far > 0 else (self.other, self.one)
        return f"{high} lies above {low}, by more than chance gives when all pairs are looked at."


@dataclass(frozen=True)
class Pairs:
    """All pairs, and the ones that can be told apart."""

    pairs: tuple[Pair, ...]
    level: float

    def __iter__(self) -> Iterator[Pair]:
        return iter(self.pairs)

    @property
    def apart(self) -> tuple[Pair, ...]:
        """The pairs that can be told apart."""
        return tuple(pair for pair in self.pairs if pair.apart)

    @property
    def sentence(self) -> str:
        """What may be said about all of them."""
        return pairs_sentence(self)


def pairs(found: Effects, *, level: float = 0.95, margin: float = 0.0) -> Pairs:
    """Which two partners can be told apart, so that in 95 of 100 comparisons not one pair is told apart by chance.

    Shapes: k partners, k (k − 1) / 2 pairs in the order given. Unit: `margin` is the smallest difference that matters, in
    the unit of the values. Refuses: a level not between 0 and 1, a negative margin.
    Assumes: chance alone moves the estimates; they are compared as seen, not drawn in. With a margin, a pair is told
    apart only where the whole interval lies beyond it.
    Source: Kramer (1956), doi:10.2307/3001469; Hayter (1984), doi:10.1214/aos/1176346392: never too many.

    >>> from levelfield.signals.fair.effects import effects
    >>> found = pairs(effects({"North": (80, 100), "South": (84, 100), "West": (400, 1000)}))
    >>> [pair.apart for pair in found]
    [False, True, True]
    >>> found.pairs[0].sentence
    'North and South cannot be told apart.'
    """
    if not 0 < level < 1:
        raise refused(f"{level:g} is no level", "a share between 0 and 1, such as 0.95")
    if not 0 <= margin < np.inf:
        raise refused(f"{margin:g} is no margin", "0 or more, in the unit of the values")
    y, s2 = found.posterior.y, found.posterior.variance
    wide = _for_all(level, len(y))
    least = margin / _slope(found)
    told = []
    for i, j in combinations(range(len(y)), 2):
        far, half = float(y[i] - y[j]), wide * float(np.sqrt(s2[i] + s2[j]))
        seen = found.partners[i].value - found.partners[j].value
        told.append(Pair(found.names[i], found.names[j], seen, far, far - half, far + half, abs(far) - half > least))
    return Pairs(tuple(told), level)


def pairs_sentence(found: Pairs) -> str:
    """Which pairs can be told apart, in plain words; that most cannot is the usual answer and is said first.

    >>> pairs_sentence(Pairs((Pair("North", "South", 0.01, 0.1, -0.3, 0.5, False),), 0.95))
    'North and South cannot be told apart.'
    """
    apart, n = found.apart, len(found.pairs)
    if n == 1:
        return found.pairs[0].sentence
    if not apart:
        return f"No two partners can be told apart: all {n} pairs lie within what chance gives."
    told = "; ".join(
        f"{high} lies above {low}" for high, low in ((p.one, p.other) if p.far > 0 else (p.other, p.one) for p in apart)
    )
    if len(apart) == n:
        return f"All {n} pairs can be told apart: {told}."
    return f"Of {n} pairs {n - len(apart)} cannot be told apart; {len(apart)} can: {told}."


@cache
def _for_all(level: float, k: int) -> float:
    """How many standard errors hold the differences of all pairs of k at once."""
    from scipy.stats import studentized_range  # takes a second to import

    return float(studentized_range.ppf(level, k, np.inf)) / 2**0.5


def _slope(found: Effects) -> float:
    """By how much the value moves per unit of the logit (log) scale, at the middle."""
    if found.kind == Kind.PROPORTION:
        return found.middle * (1 - found.middle)
    return found.middle if found.kind in {Kind.RATIO, Kind.RATE} else 1.0


__all__ = ["Pair", "Pairs", "RankInterval", "Ranks", "pairs", "pairs_sentence", "ranks"]
