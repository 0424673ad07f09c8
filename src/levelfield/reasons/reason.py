"""A reason for which the work was given to a partner, with the number that would show whether it comes true."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from enum import StrEnum

from levelfield.words import Refusal, RefusalKind


class Kind(StrEnum):
    """Why work is outsourced; what fits none of these is told in own words.

    Source: https://humach.com/partner-performance-need-improvement-consider/ (restated).
    """

    COST = "cost"
    QUALITY = "quality"
    COVERAGE = "coverage"
    FLEXIBILITY = "flexibility"
    COMPETENCY = "competency"
    OWN = "own"


TITLES = {
    Kind.COST: "Cost",
    Kind.QUALITY: "Quality",
    Kind.COVERAGE: "Location and coverage",
    Kind.FLEXIBILITY: "Flexibility",
    Kind.COMPETENCY: "Competency",
    Kind.OWN: "In own words",
}


@dataclass(frozen=True)
class Reason:
    """One reason. It may name a measure, and where it stood before the partner took over: value, day and source.

    Unit: the baseline is in the unit of its measure; shares 0 to 1.
    Refuses: own words without words; a baseline without a measure, a day or a source; a measure without its better way.

    >>> lower = Reason("r1", Kind.COST, "", "cost_per_contact", False, 5.2, dt.date(2024, 1, 1), "the ledger of 2023")
    >>> lower.title, lower.is_measured
    ('Cost', True)
    """

    key: str
    kind: Kind
    words: str = ""
    measure: str = ""  # empty: no measure was named, and the pages say so
    higher_is_better: bool | None = None  # None where there is no measure
    baseline: float | None = None
    baseline_on: dt.date | None = None
    source: str = ""  # where the baseline was measured

    def __post_init__(self) -> None:
        if self.kind is Kind.OWN and not self.words.strip():
            raise self._refusal("It has no words", "what the reason is, in a few words", "Write it and add it again.")
        if bool(self.measure) != (self.higher_is_better is not None):
            raise self._refusal(
                "It is not said which way is better",
                "a measure with its better way, or neither",
                "Say whether higher or lower is better.",
            )
        if self.baseline is None:
            if self.baseline_on is not None or self.source:
                raise self._refusal(
                    "Its baseline has no value",
                    "value, day and source together, or none of them",
                    "Give the value as well.",
                )
            return
        if not self.measure:
            raise self._refusal(
                "Its baseline belongs to no measure", "the measure that the value is of", "Name the measure."
            )
        if not math.isfinite(self.baseline):
            raise self._refusal(f"Its baseline is {self.baseline}", "a number", "Correct the value.")
        if self.baseline_on is None or not self.source.strip():
            raise self._refusal("Its baseline does not say when and where it was measured", "a day and a source", "Give both, so that either side can look it up.")  # fmt: skip

    @property
    def title(self) -> str:
        """What people call it: the kind, or the first of its own words.

        >>> Reason("r", Kind.OWN, "Nobody here speaks Dutch").title
        'Nobody here speaks Dutch'
        """
        return self.words.strip().splitlines()[0][:60] if self.kind is Kind.OWN else TITLES[self.kind]

    @property
    def named(self) -> str:
        """What it is called in the middle of a sentence.

        >>> Reason("r", Kind.COVERAGE).named, Reason("r", Kind.OWN, "Nobody here speaks Dutch").named
        ('location and coverage', '“Nobody here speaks Dutch”')
        """
        return f"“{self.title}”" if self.kind is Kind.OWN else TITLES[self.kind].lower()

    @property
    def is_measured(self) -> bool:
        """Does it name a measure?"""
        return bool(self.measure)

    def _refusal(self, what: str, expected: str, next_step: str) -> Refusal:
        return Refusal(
            what,
            where=f"Reason “{TITLES[self.kind]}”",
            expected=expected,
            next_step=next_step,
            kind=RefusalKind.DEFINITION,
        )
