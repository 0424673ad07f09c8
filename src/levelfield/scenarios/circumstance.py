"""A circumstance: something dated that may explain a change, filed by either side or seen in delivered data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from levelfield.drill_down.explanation import Owner
from levelfield.scenarios.catalogue import scenario_of
from levelfield.words import Refusal, RefusalKind

FILED_BY = ("client", "partner", "data")


@dataclass(frozen=True)
class Circumstance:
    """What happened, when, where, whose, and who says so. The days are half-open; no end means that it goes on.

    Refuses: a start on or after the end; an unknown scenario, owner or filer.

    >>> storm = Circumstance("c1", "disruption", "Storm", dt.date(2026, 3, 2), dt.date(2026, 3, 4), "Leeds", None, "outside", "partner")
    >>> storm.where
    'Leeds'
    """

    key: str
    scenario: str
    title: str
    starts_on: dt.date
    ends_on: dt.date | None
    site: str | None
    line: str | None
    owner: str
    filed_by: str

    def __post_init__(self) -> None:
        scenario_of(self.scenario)
        if self.ends_on is not None and self.ends_on <= self.starts_on:
            raise self._refusal(f"it starts on {self.starts_on} and ends on {self.ends_on}", "an end after the start, or none while it goes on",
                                "Correct one of the two days; the day of the end no longer belongs to it.")  # fmt: skip
        if self.owner not in set(Owner):
            raise self._refusal(f"“{self.owner[:40]}” is no owner", ", ".join(Owner), "Say whose it is.")
        if self.filed_by not in FILED_BY:
            raise self._refusal(f"it is filed by “{self.filed_by[:40]}”", ", ".join(FILED_BY), "Say who files it.")

    def _refusal(self, what: str, expected: str, next_step: str) -> Refusal:
        return Refusal(
            what[0].upper() + what[1:],
            where=f"Circumstance “{self.title}”",
            expected=expected,
            next_step=next_step,
            kind=RefusalKind.DEFINITION,
        )

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Where it is, by dimension; empty where it is everywhere."""
        named = (("site", self.site), ("line", self.line))
        return tuple((dimension, label) for dimension, label in named if label)

    @property
    def where(self) -> str:
        """Where it is, in words."""
        return ", ".join(label for _, label in self.places) or "everywhere"
