"""How long somebody has been waited for, against the clock that both sides agreed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from levelfield.agreement.calendar import due
from levelfield.agreement.terms import Agreement
from levelfield.dialogue.standing import Standing, Waits, waits


@dataclass(frozen=True)
class Clocked:
    """Who waits for whom, since when, until when, and what the agreement says of silence."""

    waits: Waits
    since: dt.date
    until: dt.date | None  # the last day; None where no clock was agreed
    silence: str
    on: dt.date

    @property
    def overdue(self) -> bool:
        """Has the last day passed?"""
        return self.until is not None and self.on > self.until

    @property
    def days(self) -> int:
        """Days it has waited."""
        return (self.on - self.since).days


def clocked(own: Standing, agreement: Agreement | None, since: dt.date, on: dt.date) -> Clocked | None:
    """The clock of a case; None for a closed one."""
    found = waits(own)
    if found is None:
        return None
    clock = getattr(agreement.clocks, found.clock, None) if agreement is not None and found.clock else None
    until = due(agreement, found.clock, since) if agreement is not None and clock is not None else None
    return Clocked(found, since, until, clock.silence if clock is not None else "", on)
