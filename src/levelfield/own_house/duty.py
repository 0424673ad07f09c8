"""What the client owes so that a partner can succeed, and what was found of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a duty stands."""

    FIRST = "test first"  # others moved the same way: no fault, but where to look before a partner is asked
    KEPT = "kept"
    PARTLY = "kept in part"
    NOT_KEPT = "not kept"
    CANNOT_JUDGE = "cannot judge"
    ASKED = "asked"  # nothing measures it and nobody answered yet


@dataclass(frozen=True)
class Duty:
    """One duty of the client: what it is, what would measure it, what is asked where nothing does."""

    key: str
    area: int  # 1 to 13
    title: str
    about: str
    question: str  # to both sides, where it cannot be measured
    measured_by: str  # the data that would measure it; empty where only people can say
    source: str


@dataclass(frozen=True)
class Found:
    """What data say of a duty. `None` for the sentence's numbers never becomes a verdict."""

    verdict: Verdict
    sentence: str
    value: float | None = None
    n: int = 0
    lately: bool = False  # did it worsen in the weeks that are looked at?


@dataclass(frozen=True)
class Opinion:
    """What a side answered."""

    side: str  # client or partner
    answer: Verdict  # kept, kept in part, not kept
    words: str
    who: str
    on: str


@dataclass(frozen=True)
class Finding:
    """A duty with its verdict: measured where data can say, else an opinion, else a question."""

    duty: Duty
    found: Found | None
    opinions: tuple[Opinion, ...] = ()

    @property
    def is_measured(self) -> bool:
        """Do data decide it?"""
        return self.found is not None and self.found.verdict is not Verdict.CANNOT_JUDGE

    @property
    def verdict(self) -> Verdict:
        """Data first; of opinions the worse, since each side knows what it waits for."""
        if self.found is not None and self.is_measured:
            return self.found.verdict
        given = [o.answer for o in self.opinions]
        for answer in (Verdict.NOT_KEPT, Verdict.PARTLY, Verdict.KEPT):
            if answer in given:
                return answer
        return self.found.verdict if self.found is not None else Verdict.ASKED

    @property
    def is_opinion(self) -> bool:
        """Does it stand on what people say?"""
        return not self.is_measured and bool(self.opinions)

    @property
    def sides_differ(self) -> bool:
        """Do both sides answer, and differently?"""
        return len({o.answer for o in self.opinions}) > 1


ORDER = (Verdict.FIRST, Verdict.NOT_KEPT, Verdict.PARTLY, Verdict.CANNOT_JUDGE, Verdict.ASKED, Verdict.KEPT)
