"""A stored case as the pure floor has it: its clock, its causes, and which moves need what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from levelfield.dialogue import Clocked, Move, Stand, Why, clocked
from levelfield_web.agreement.queries import in_force
from levelfield_web.dialogue.models import Case, Entry
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.settlement.account import local_day

LONGEST_TITLE, LONGEST_WORDS = 200, 4000
NEEDS_WORDS = frozenset(
    {
        Move.WITHDRAW, Move.HOLD_SESSION, Move.PROPOSE_CAUSE, Move.PROPOSE_TO_DIFFER, Move.RETURN_PLAN, Move.PROPOSE_TO_CLOSE, Move.DECLINE,
        Move.ESCALATE, Move.CLOSE,
    }
)  # fmt: skip
# Moves that need more than words belong to the rooms that hold it.
PLAIN_MOVES = frozenset(set(Move) - {Move.PROPOSE_PLAN, Move.RETURN_PLAN, Move.AGREE_PLAN, Move.TAKE_SILENCE, Move.BEGIN, Move.JUDGE, Move.TRY_AGAIN})  # fmt: skip


def clock_of(case: Case, at: dt.datetime) -> Clocked | None:
    """The clock that runs; None for a closed case."""
    agreement = in_force(viewer=HOUSE, partner=case.partner, on=at.date())
    since, today = (local_day(t, agreement) if agreement is not None else t.date() for t in (case.since_at, at))
    return clocked(case.standing, agreement, since, today)


def whys_of(entries: Iterable[Entry]) -> list[Why]:
    """The answers to “why?” among the entries of a case."""
    return [Why(e.public_id, e.parent.public_id if e.parent else "", e.words, e.side, stand_of(e)) for e in entries]


def stand_of(entry: Entry) -> Stand:
    """How the other side stands to an entry."""
    return Stand(entry.stand) if entry.stand else Stand.OPEN
