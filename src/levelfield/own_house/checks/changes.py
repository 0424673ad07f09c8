"""Whether the client's changes were announced in time, and whether they brought waves of contacts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from levelfield.own_house.duty import Found, Verdict

NOTICE_DAYS = 10  # where the agreement names none: two working weeks, the time a schedule is made ahead
MATCH_DAYS = 3  # an announcement belongs to a change that took effect so many days from the day it named
SPIKE_DAYS = 14
SURE = 3.5  # standard errors; of some twenty reasons over ten changes, none by chance
LARGE = 0.15  # a smaller rise is no wave


@dataclass(frozen=True)
class Change:
    """A change of the client's, from the events delivered."""

    title: str
    on: dt.date


@dataclass(frozen=True)
class Announced:
    """A change announced to the partner."""

    title: str
    takes_effect_on: dt.date
    on: dt.date


def notice(changes: Sequence[Change], announced: Sequence[Announced], days: int | None) -> Found | None:
    """Which changes were announced at least so many days ahead. None where the client changed nothing.

    A change without an announcement on record is told as such: it may have been announced elsewhere.
    """
    if not changes:
        return None
    needed = NOTICE_DAYS if days is None else days
    late, none = [], []
    for change in changes:
        own = [a for a in announced if abs((a.takes_effect_on - change.on).days) <= MATCH_DAYS and a.on <= change.on]
        if not own:
            none.append(change)
        elif max((change.on - a.on).days for a in own) < needed:
            late.append(change)
    if not announced and not late:
        return Found(
            Verdict.CANNOT_JUDGE, f"The client made {len(changes)} change{'s' if len(changes) != 1 else ''} and no announcement is on record; announce changes here to measure it.",
            None, len(changes),
        )  # fmt: skip
    bad = late + none
    if not bad:
        return Found(
            Verdict.KEPT,
            f"Every change of the client ({len(changes)}) was announced at least {needed} days ahead.",
            0.0,
            len(changes),
        )
    named = ", ".join(f"{c.title} ({c.on:%-d %B})" for c in bad[:3])
    return Found(
        Verdict.NOT_KEPT if len(bad) * 4 > len(changes) else Verdict.PARTLY,
        f"{len(bad)} of {len(changes)} changes were not announced {needed} days ahead ({len(none)} have no announcement on record): {named}.",
        float(len(bad)), len(changes),
    )  # fmt: skip


@dataclass(frozen=True)
class Spike:
    """Contacts of one reason in the two weeks before a change and in the two weeks after."""

    change: Change
    reason: str
    before: int
    after: int
    all_before: int
    all_after: int

    @property
    def rise(self) -> float:
        """By what share the reason grew beyond what all contacts did."""
        if not self.before or not self.all_before or not self.all_after:
            return math.nan
        return self.after / self.before / (self.all_after / self.all_before) - 1

    def z(self, dispersion: float) -> float:
        """Standard errors by which the reason's part of all contacts rose."""
        if not self.before or not self.all_before or not self.all_after:
            return 0.0
        p = (self.before + self.after) / (self.all_before + self.all_after)
        error = math.sqrt(max(dispersion, 1.0) * p * (1 - p) * (1 / self.all_before + 1 / self.all_after))
        return (self.after / self.all_after - self.before / self.all_before) / error if error > 0 else 0.0


def after_changes(spikes: Sequence[Spike], changes: int, dispersion: float = 1.0) -> Found | None:
    """Reasons whose part of the contacts jumped within two weeks of a change. None where the client changed nothing."""
    if not changes:
        return None
    if not spikes:
        return Found(Verdict.CANNOT_JUDGE, "Contacts with their reasons were not delivered for these weeks.", None, 0)
    waves = sorted((s for s in spikes if s.z(dispersion) > SURE and s.rise > LARGE), key=lambda s: -s.z(dispersion))
    if not waves:
        return Found(
            Verdict.KEPT,
            "After the client's one change no contact reason jumped."
            if changes == 1
            else f"After none of the client's {changes} changes did a contact reason jump.",
            0.0,
            changes,
        )
    first = waves[0]
    return Found(
        Verdict.NOT_KEPT,
        f"{len(waves)} contact reason{'s' if len(waves) != 1 else ''} jumped within {SPIKE_DAYS} days of a change: “{first.reason}” by {first.rise:.0%} after "
        f"{first.change.title} ({first.change.on:%-d %B}).",
        first.rise, first.before + first.after,
    )  # fmt: skip
