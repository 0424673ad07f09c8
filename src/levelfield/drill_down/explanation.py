"""Where a change comes from and whose it is: contributions that sum to it, with what is left named."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

SAME = 1e-9  # contributions and remainder sum to the change to this share of it


class Owner(StrEnum):
    """Whose a part is: the one who could have done otherwise, which is not the one who is to blame."""

    CLIENT = "client"
    PARTNER = "partner"
    SHARED = "shared"
    OUTSIDE = "outside"


Place = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Contribution:
    """One part of a change: what, where, whose, how much."""

    driver: str
    words: str  # as it stands in the sentence: "volume above the locked forecast"
    owner: Owner
    amount: float  # in the unit of the measure, before `times`
    where: Place = ()
    low: float | None = None  # 95 %
    high: float | None = None
    evidence: str = ""  # the inputs that moved, as a sentence
    needed: str = ""  # what it would have taken
    parts: tuple[Contribution, ...] = ()  # of the same driver, by place; they sum to it

    @property
    def named(self) -> str:
        """What and where, in one phrase."""
        place = ", ".join(label for _dimension, label in self.where)
        if not place:
            return self.words
        return f"{self.words} {place}" if self.words.endswith(" at") else f"{self.words}, {place}".removeprefix(", ")


@dataclass(frozen=True)
class Span:
    """A half-open stretch of whole periods, by the names of its first and its last."""

    first: str
    last: str

    @property
    def name(self) -> str:
        """The span in words.

        >>> Span("2026-W10", "2026-W17").name, Span("2026-03", "2026-03").name
        ('2026-W10 to 2026-W17', '2026-03')
        """
        return self.first if self.first == self.last else f"{self.first} to {self.last}"


@dataclass(frozen=True)
class Question:
    """What a part asks of a side."""

    to: Owner  # client or partner
    words: str


@dataclass(frozen=True)
class Explanation:
    """A change of one measure between two spans, as contributions and what they leave unexplained."""

    before: Span
    after: Span
    value_before: float
    value_after: float
    n_before: int
    n_after: int
    contributions: tuple[Contribution, ...]  # largest first
    method: str  # queueing, mix and rate, or parts of a sum
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    remainder_words: str = "not explained by the model"
    reversal: str = ""  # where the whole went one way and its parts the other
    publication: str = ""
    places: tuple[tuple[Place, float], ...] = field(default=())  # where the change lies, as shares of it

    @property
    def change(self) -> float:
        """After minus before."""
        return self.value_after - self.value_before

    @property
    def explained(self) -> float:
        """The sum of the contributions."""
        return math.fsum(c.amount for c in self.contributions)

    @property
    def remainder(self) -> float:
        """What the contributions leave."""
        return self.change - self.explained

    @property
    def has_remainder(self) -> bool:
        """Is what is left more than rounding?"""
        return abs(self.remainder) > SAME * max(abs(self.change), abs(self.value_before), 1e-12)

    def of(self, owner: Owner) -> float:
        """The part of one owner."""
        return math.fsum(c.amount for c in self.contributions if c.owner is owner)

    @property
    def by_owner(self) -> list[tuple[Owner, float]]:
        """Each owner's part, largest first; those without one are left out."""
        found = [(owner, self.of(owner)) for owner in Owner if any(c.owner is owner for c in self.contributions)]
        return sorted(found, key=lambda pair: -abs(pair[1]))


def evenly(own: Explanation, step: float) -> Explanation:
    """The same with every figure rounded so that what is read adds up: sentence, picture and table then say the same.

    The change is the difference of both values as they are read, which may be a step off the rounded change.
    """
    before, after = (round(value / step) * step for value in (own.value_before, own.value_after))
    change = after - before
    amounts = [c.amount for c in own.contributions] + ([own.remainder] if own.has_remainder else [])
    even = adding_up(amounts, change, step)
    parts = tuple(replace(c, amount=a) for c, a in zip(own.contributions, even, strict=False))
    return replace(own, contributions=parts, value_before=before, value_after=after)


MOST_TOLD = 4  # contributions named in the sentence; the others are added up
LEAST_TOLD = 0.03  # of the largest: smaller ones are not named on their own


def largest_first(parts: Iterable[Contribution]) -> tuple[Contribution, ...]:
    """Contributions by size, those that are nothing left out."""
    return tuple(sorted((c for c in parts if c.amount != 0), key=lambda c: (-abs(c.amount), c.driver, c.where)))


def sentence_of(own: Explanation, title: str, changed: Callable[[float], str], whose: Callable[[Owner], str]) -> str:
    """The one sentence: what moved by how much, and from where, adding up.

    `changed` writes an amount without its sign, `whose` names an owner from where the reader stands.
    """
    change = own.change
    if change == 0 or not math.isfinite(change):
        return f"{title} did not change between {own.before.name} and {own.after.name}."
    verb = "rose" if change > 0 else "fell"
    told, rest = _told(own)
    pieces = [_piece(c.amount, change, f"{c.named} ({whose(c.owner)})", changed) for c in told]
    small = math.fsum(c.amount for c in rest)
    if abs(small) > SAME * abs(change):
        pieces.append(_piece(small, change, f"{len(rest)} smaller part{'s' if len(rest) != 1 else ''}", changed))
    if own.has_remainder:
        pieces.append(_piece(own.remainder, change, own.remainder_words, changed, bare=True))
    return f"{title} {verb} {changed(abs(change))}: " + ", ".join(pieces) + "."


def _told(own: Explanation) -> tuple[Sequence[Contribution], Sequence[Contribution]]:
    """Those that are named, and those that are added up."""
    if not own.contributions:
        return (), ()
    least = LEAST_TOLD * max(abs(c.amount) for c in own.contributions)
    told = [c for c in own.contributions[:MOST_TOLD] if abs(c.amount) >= least]
    rest = own.contributions[len(told) :]
    return (own.contributions, ()) if len(rest) == 1 else (told, rest)


def _piece(amount: float, change: float, words: str, changed: Callable[[float], str], *, bare: bool = False) -> str:
    """An amount with its origin; one that goes against the change says so."""
    against = amount * change < 0
    size = changed(abs(amount))
    if bare:
        return f"{size} the other way {words}" if against else f"{size} {words}"
    return f"{size} the other way from {words}" if against else f"{size} from {words}"


def adding_up(amounts: Sequence[float], total: float, step: float) -> list[float]:
    """Amounts rounded to a step so that they sum to the rounded total: readers add up what they see.

    The largest fractions are rounded away from where they lie, as few as are needed (largest remainder method).

    >>> [round(a, 1) for a in adding_up([5.14, 3.33, 0.63, 0.30], 9.4, 0.1)]
    [5.2, 3.3, 0.6, 0.3]
    """
    if not amounts:
        return []
    units = [a / step for a in amounts]
    whole = [math.floor(u + 0.5) for u in units]
    off = round(total / step) - sum(whole)
    by_rounding = sorted(range(len(units)), key=lambda i: (units[i] - whole[i]) * (1 if off > 0 else -1), reverse=True)
    for i in by_rounding[: abs(off)]:
        whole[i] += 1 if off > 0 else -1
    return [w * step for w in whole]
