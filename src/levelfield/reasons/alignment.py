"""Do both sides want the same, and work alike? Twelve statements, answered by each side before it sees the other's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from levelfield.reasons.telling import counted
from levelfield.words import Refusal, RefusalKind

VERSION = 1  # of the list: answers to another one are not compared with these
SCALE = {
    1: "disagree",
    2: "rather disagree",
    3: "neither",
    4: "rather agree",
    5: "agree",
}
A_GAP = 2.0  # steps of the scale: one step apart, two people may still mean the same
LOW = 3.0  # both at or under the middle: no gap, and still nothing to build on


class Area(StrEnum):
    """What the statements are about."""

    CULTURE = "culture"
    GOALS = "success goals"
    HABITS = "working habits"


@dataclass(frozen=True)
class Statement:
    """One statement, worded so that it means the same to both sides."""

    key: str
    area: Area
    words: str


STATEMENTS = {
    s.key: s
    for s in (
        Statement("bad_news", Area.CULTURE, "Bad news is told early, and nobody is punished for it."),
        Statement("customers_first", Area.CULTURE, "When rules and the customer's interest collide, both sides decide alike."),
        Statement("promises", Area.CULTURE, "What is promised in a meeting is done by its day."),
        Statement("respect", Area.CULTURE, "People of both sides speak of each other with respect, also when they are among themselves."),
        Statement("same_success", Area.GOALS, "I could name the three results that make this work a success, and the other side would name the same."),
        Statement("measures_fit", Area.GOALS, "The measures we look at show what matters to the customers."),
        Statement("fair_money", Area.GOALS, "The money in the agreement rewards the right things."),
        Statement("both_gain", Area.GOALS, "Both sides gain when the work goes well."),
        Statement("quick_decisions", Area.HABITS, "Decisions are taken in time by people who may take them."),
        Statement("same_numbers", Area.HABITS, "We discuss causes, and not whose numbers are right."),
        Statement("changes_told", Area.HABITS, "Changes are announced early enough to prepare for them."),
        Statement("useful_meetings", Area.HABITS, "Our regular meetings lead to actions that are done."),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """What one side answers: the median and how many people. Answers are an order, so nothing finer is told."""

    median: float
    n: int


@dataclass(frozen=True)
class Row:
    """One statement with the answers of both sides; None where a side has none, or where it is not open yet."""

    statement: Statement
    client: Answered | None
    partner: Answered | None

    @property
    def gap(self) -> float | None:
        """Steps of the scale between the sides' medians."""
        return None if self.client is None or self.partner is None else abs(self.client.median - self.partner.median)


@dataclass(frozen=True)
class Alignment:
    """The survey of one partner's work as far as one reader may see it."""

    version: int
    rows: tuple[Row, ...]
    answered: frozenset[str]  # sides that have answered

    @property
    def is_open(self) -> bool:
        """Do both sides see each other's answers? Only once both have answered, so that nobody leans on the other."""
        return len(self.answered) == 2

    @property
    def gaps(self) -> tuple[Row, ...]:
        """Where the sides are apart, largest first."""
        apart = [r for r in self.rows if r.gap is not None and r.gap >= A_GAP]
        return tuple(sorted(apart, key=lambda r: -(r.gap or 0.0)))

    @property
    def low(self) -> tuple[Row, ...]:
        """Where both sides agree that it is not so."""
        return tuple(
            r for r in self.rows if r.client is not None and r.partner is not None and r.gap is not None and r.gap < A_GAP
            and max(r.client.median, r.partner.median) < LOW
        )  # fmt: skip

    @property
    def sentence(self) -> str:
        """How far the sides are apart, the largest gap first."""
        if not self.answered:
            return "Neither side has answered the survey yet."
        if not self.is_open:
            other = "partner" if "client" in self.answered else "client"
            return f"The {next(iter(self.answered))} has answered and the {other} has not yet: the answers open once both have."
        if not self.gaps:
            said = f"On none of {len(self.rows)} statements are the two sides {A_GAP:.0f} steps or more apart"
        else:
            said = f"On {len(self.gaps)} of {len(self.rows)} statements the two sides are {A_GAP:.0f} steps or more apart: {_told(self.gaps[0])}"
        return said + (f"; on {counted(len(self.low), 'statement')} both disagree" if self.low else "") + "."


def _told(row: Row) -> str:
    first, second = row.client, row.partner
    if first is None or second is None:
        return row.statement.words
    return f"“{row.statement.words.rstrip('.')}” (client: {answer_in_words(first.median)}, partner: {answer_in_words(second.median)})"


def answer_in_words(value: float) -> str:
    """An answer, or what lies between two.

    >>> answer_in_words(4.0), answer_in_words(2.5)
    ('rather agree', 'between rather disagree and neither')
    """
    if value == int(value):
        return SCALE[int(value)]
    return f"between {SCALE[int(value)]} and {SCALE[int(value) + 1]}"


def alignment(
    client: Mapping[str, Sequence[int]],
    partner: Mapping[str, Sequence[int]],
    *,
    reader: str = "",
    version: int = VERSION,
) -> Alignment:
    """Lay the answers of both sides beside each other, for a reader of one side.

    `client` and `partner`: by statement, one answer a person, 1 (disagree) to 5 (agree). `reader`: the side that
    reads; while one side has not answered, a reader sees the answers of its own side alone, and nobody without a side any.
    Refuses: unknown statements, answers off the scale.

    >>> found = alignment({"promises": [5, 4]}, {"promises": [2]}, reader="client")
    >>> found.gaps[0].gap, found.gaps[0].client
    (2.5, Answered(median=4.5, n=2))
    >>> alignment({"promises": [5]}, {}, reader="partner").rows[2].client is None
    True
    """
    given = {"client": client, "partner": partner}
    for own in given.values():
        for key, answers in own.items():
            if key not in STATEMENTS or any(a not in SCALE for a in answers):
                raise Refusal(f"“{key}” is answered with {list(answers)}", where="Survey", expected="statements of the list, answers from 1 to 5",
                              kind=RefusalKind.DEFINITION)  # fmt: skip
    answered = frozenset(side for side, own in given.items() if any(own.values()))
    seen = {side: own if len(answered) == 2 or side == reader else {} for side, own in given.items()}
    return Alignment(
        version,
        tuple(Row(s, _answered(seen["client"].get(key, ())), _answered(seen["partner"].get(key, ()))) for key, s in STATEMENTS.items()),
        answered,
    )  # fmt: skip


def _answered(answers: Sequence[int]) -> Answered | None:
    return Answered(float(median(answers)), len(answers)) if answers else None
