"""Other partners as far as a partner's agreement lets them be told: as a group, never a small one, never by name or number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from levelfield.own_house.checks.together import room_for_doubt
from levelfield_web.agreement.queries import in_force
from levelfield_web.dialogue.weeks import Weekly, weekly
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.same_data.queries import current


@dataclass(frozen=True)
class Others:
    """Who may be told of as a group, by partner and publication; none where the agreement does not allow it.

    It is part of the key under which results are kept, so that terms that are taken back are taken back at once.
    """

    publications: tuple[tuple[str, str], ...] = ()
    smallest: int = 3

    def leave_doubt(self, many: int) -> bool:
        """May a statement that rests on so many of them be told?"""
        return room_for_doubt(many, self.smallest)

    def weekly(self, measure: str) -> list[Weekly]:
        """The measure of each that has it, over all its lines."""
        found = [weekly(partner, publication, measure, "") for partner, publication in self.publications]
        return [own for own in found if own is not None]


def others_of(partner: str, on: dt.date) -> Others:
    """The others a partner may hear of; the same for both sides, so that they argue from one number."""
    agreement = in_force(viewer=HOUSE, partner=partner, on=on)
    if agreement is None or not agreement.others.told:
        return Others()
    rest = tuple(sorted((p, i) for p, i in current(viewer=HOUSE).items() if p != partner))
    found = Others(rest, agreement.others.smallest_group)
    return found if found.leave_doubt(len(rest)) else Others()
