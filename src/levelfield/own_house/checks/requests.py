"""What the partner waits for from the client: access, decisions, training, material, data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from levelfield.own_house.duty import Found, Verdict

FEWEST = 3  # answered requests before a median is told


@dataclass(frozen=True)
class Waited:
    """One thing asked of the client: when, by when it was needed, when it was given."""

    kind: str
    what: str
    asked_on: dt.date
    needed_on: dt.date
    given_on: dt.date | None
    declined: bool = False

    def days(self, today: dt.date) -> int:
        """Days waited, so far or in all."""
        return ((self.given_on or today) - self.asked_on).days

    def is_late(self, today: dt.date) -> bool:
        """Was it, or is it, given after the day it was needed? What was declined is told apart."""
        return not self.declined and (self.given_on or today) > self.needed_on


def waited(requests: Sequence[Waited], today: dt.date, *, thing: str) -> Found | None:
    """Requests of one kind. None where nothing was ever asked: silence is no evidence of good service."""
    if not requests:
        return None
    late = [r for r in requests if r.is_late(today)]
    waiting = [r for r in late if r.given_on is None]
    declined = [r for r in requests if r.declined]
    given = [r.days(today) for r in requests if r.given_on is not None]
    typical = f"; half of what was given came within {median(given):.0f} days" if len(given) >= FEWEST else ""
    if not late and not declined:
        return Found(Verdict.KEPT, f"{len(requests)} of {len(requests)} requests for {thing} were given by the day they were needed{typical}.",
                     float(median(given)) if given else None, len(requests))  # fmt: skip
    said_no = f"; {len(declined)} {'was' if len(declined) == 1 else 'were'} declined" if declined else ""
    if not late:
        verdict = Verdict.NOT_KEPT if len(declined) * 2 > len(requests) else Verdict.PARTLY
        return Found(
            verdict,
            f"Of {len(requests)} requests for {thing} none came late{said_no}{typical}.",
            float(len(declined)),
            len(requests),
        )
    oldest = max(late, key=lambda r: r.days(today))
    still = f", {len(waiting)} of them still open" if waiting else ""
    verdict = Verdict.NOT_KEPT if waiting or len(late) * 4 > len(requests) else Verdict.PARTLY
    return Found(
        verdict,
        f"{len(late)} of {len(requests)} requests for {thing} came after the day they were needed{still}; the longest, “{oldest.what}”, "
        f"{'has waited' if oldest.given_on is None else 'waited'} {oldest.days(today)} days{said_no}{typical}.",
        float(oldest.days(today)), len(requests),
    )  # fmt: skip


def overdue(requests: Sequence[Waited], today: dt.date) -> Found:
    """Everything of the client's that is open past its day: requests, claims and disputes together."""
    late = [r for r in requests if r.given_on is None and r.is_late(today)]
    waiting = [r for r in requests if r.given_on is None and not r.declined]
    if not late:
        return Found(Verdict.KEPT, f"Nothing is overdue on the client's side; {len(waiting)} open.", 0.0, len(waiting))
    oldest = min(late, key=lambda r: r.needed_on)
    return Found(
        Verdict.NOT_KEPT,
        f"{len(late)} of {len(waiting)} open actions of the client are overdue; the oldest, “{oldest.what}”, was due on {oldest.needed_on:%-d %B %Y}.",
        float(len(late)), len(waiting),
    )  # fmt: skip
