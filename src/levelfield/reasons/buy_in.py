"""Who stands behind the work on each side, and whether they still say so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from levelfield.reasons.telling import counted, listed

LAPSES_AFTER_DAYS = 180  # half a year is two quarterly reviews: who has said nothing since may have moved on


class Level(StrEnum):
    """Where in its company a sponsor stands."""

    EXECUTIVE = "executive"
    SENIOR = "senior manager"
    OPERATIONAL = "operational"


class Stance(StrEnum):
    """What a sponsor says of the work."""

    BEHIND = "stands behind it"
    RESERVATIONS = "stands behind it with reservations"
    NO_LONGER = "no longer stands behind it"


class Standing(StrEnum):
    """How a buy-in stands on a day: what was said last, that it lapsed, or that nobody ever asked."""

    BEHIND = "stands behind it"
    RESERVATIONS = "stands behind it with reservations"
    NO_LONGER = "no longer stands behind it"
    LAPSED = "lapsed"
    NEVER_ASKED = "never asked"


@dataclass(frozen=True)
class Said:
    """A statement of a sponsor, on its day."""

    stance: Stance
    on: dt.date


@dataclass(frozen=True)
class Backer:
    """A sponsor of one side. The days are half-open: on `left` somebody no longer stands there.

    >>> eve = Backer("e", "Eve", "client", Level.EXECUTIVE, dt.date(2026, 1, 1), None, (Said(Stance.BEHIND, dt.date(2026, 1, 5)),))
    >>> eve.standing(dt.date(2026, 7, 3)), eve.standing(dt.date(2026, 7, 5)), eve.due_on
    (<Standing.BEHIND: 'stands behind it'>, <Standing.LAPSED: 'lapsed'>, datetime.date(2026, 7, 4))
    """

    key: str
    name: str
    side: str
    level: Level
    since: dt.date
    left: dt.date | None = None
    said: tuple[Said, ...] = ()  # oldest first

    def is_here(self, on: dt.date) -> bool:
        """Is the sponsor in place on a day?"""
        return self.since <= on and (self.left is None or on < self.left)

    def last(self, on: dt.date) -> Said | None:
        """What was said last, up to a day."""
        until = sorted((s for s in self.said if s.on <= on), key=lambda s: s.on)
        return until[-1] if until else None  # of two on a day the later one

    def standing(self, on: dt.date) -> Standing:
        """How the buy-in stands. A “no longer” does not lapse: it holds until something else is said."""
        last = self.last(on)
        if last is None:
            return Standing.NEVER_ASKED
        if last.stance is not Stance.NO_LONGER and on > last.on + dt.timedelta(days=LAPSES_AFTER_DAYS):
            return Standing.LAPSED
        return Standing(last.stance)

    @property
    def due_on(self) -> dt.date | None:
        """The last day on which the latest statement counts; None where nothing was said, or that it is over."""
        last = max(self.said, key=lambda s: s.on, default=None)
        return (
            None if last is None or last.stance is Stance.NO_LONGER else last.on + dt.timedelta(days=LAPSES_AFTER_DAYS)
        )


@dataclass(frozen=True)
class Support:
    """Who stands behind the work of one side on a day."""

    side: str
    on: dt.date
    here: tuple[Backer, ...]
    owners: tuple[Backer, ...]  # executives in place; one is as it should be
    days_without: int | None  # since the first sponsor of the side; None where nobody was ever named

    def standing(self, backer: Backer) -> Standing:
        """How one buy-in stands."""
        return backer.standing(self.on)

    @property
    def due(self) -> tuple[Backer, ...]:
        """Who is to be asked: never asked, or lapsed."""
        return tuple(b for b in self.here if b.standing(self.on) in (Standing.NEVER_ASKED, Standing.LAPSED))

    @property
    def sentence(self) -> str:
        """Who stands behind it, in the same words for both sides."""
        if not self.here:
            return f"Nobody is named as a sponsor on the {self.side}'s side."
        return f"{self._owner} {self._behind}"

    @property
    def _owner(self) -> str:
        if len(self.owners) == 1:
            said = f"On the {self.side}'s side {self.owners[0].name} is the one executive owner"
        elif self.owners:
            said = f"On the {self.side}'s side {listed([b.name for b in self.owners])} are named as executives, and one owner is asked for"
        else:
            said = f"On the {self.side}'s side no executive owner is in place"
        return said + (f"; {counted(self.days_without, 'day')} passed without one." if self.days_without else ".")

    @property
    def _behind(self) -> str:
        behind = sum(b.standing(self.on) is Standing.BEHIND for b in self.here)
        said = (
            f"Of {counted(len(self.here), 'sponsor')} {behind} {'stands' if behind == 1 else 'stand'} behind the work"
        )
        for words, standing in (
            ("with reservations", Standing.RESERVATIONS), ("no longer", Standing.NO_LONGER), ("lapsed", Standing.LAPSED), ("never asked", Standing.NEVER_ASKED),
        ):  # fmt: skip
            names = [b.name for b in self.here if b.standing(self.on) is standing]
            said += f"; {words}: {listed(names)}" if names else ""
        return f"{said}."


def support(backers: Sequence[Backer], side: str, on: dt.date) -> Support:
    """The sponsors of one side on a day, and the days without an executive since the first sponsor was named.

    >>> eve = Backer("e", "Eve", "client", Level.EXECUTIVE, dt.date(2026, 1, 11), dt.date(2026, 2, 1))
    >>> ada = Backer("a", "Ada", "client", Level.SENIOR, dt.date(2026, 1, 1))
    >>> support([ada, eve], "client", dt.date(2026, 2, 6)).days_without
    15
    """
    own = [b for b in backers if b.side == side and b.since <= on]
    here = tuple(b for b in own if b.is_here(on))
    executives = [b for b in own if b.level is Level.EXECUTIVE]
    first = min((b.since for b in own), default=None)
    return Support(
        side, on, here, tuple(b for b in here if b.level is Level.EXECUTIVE), None if first is None else days_without(executives, first, on)
    )  # fmt: skip


def days_without(executives: Sequence[Backer], since: dt.date, on: dt.date) -> int:
    """Days from `since` until `on` (not included) on which no executive was in place."""
    found, at = 0, since
    for b in sorted(executives, key=lambda b: b.since):
        found += max(0, (min(b.since, on) - at).days)
        at = max(at, min(b.left or on, on))
    return found + max(0, (on - at).days)
