"""Where a case stands, and who waits for whom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CLIENT, PARTNER = "client", "partner"
SIDES = (CLIENT, PARTNER)


def other(side: str) -> str:
    """The side across the table."""
    return PARTNER if side == CLIENT else CLIENT


class State(StrEnum):
    """The states of a case, in the order of the story."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    SESSION_HELD = "joint session held"
    CAUSE_AGREED = "cause agreed"
    AGREED_TO_DIFFER = "agreed to differ"
    PLAN_PROPOSED = "plan proposed"
    PLAN_AGREED = "plan agreed"
    IN_PROGRESS = "in progress"
    WORKED = "worked"
    DID_NOT = "did not work"
    CANNOT_SAY = "cannot say yet"
    ESCALATED = "escalated"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Is there something left to do?"""
        return self is not State.CLOSED


@dataclass(frozen=True)
class Pending:
    """What one side put to the other and waits for: a cause, to differ, or to close."""

    what: str  # cause, differ or close
    by: str


@dataclass(frozen=True)
class Standing:
    """A case as far as its moves are concerned."""

    state: State
    raised_by: str
    pending: Pending | None = None
    plan_by: str = PARTNER  # who proposed the plan that is answered or under way
    before_plan: State | None = None  # cause agreed, or agreed to differ: where a returned plan goes back to
    escalated_from: State | None = None


@dataclass(frozen=True)
class Waits:
    """Who is waited for, for what, and which clock of the agreement runs meanwhile."""

    sides: tuple[str, ...]
    what: str
    clock: str = ""  # a name among the agreement's clocks; empty where none can run


_OF_STATE = {
    State.ACKNOWLEDGED: ("to sit down together", "case_session"),
    State.SESSION_HELD: ("to name the cause", "case_cause"),
    State.PLAN_AGREED: ("to begin", ""),
    State.IN_PROGRESS: ("for the next check-in", ""),
    State.WORKED: ("to close the case", ""),
    State.DID_NOT: ("to try again, to close or to escalate", ""),
    State.CANNOT_SAY: ("for more weeks of data", ""),
    State.ESCALATED: ("for the people on the ladder", ""),
}
_OF_PENDING = {"cause": "to answer the cause", "differ": "to answer that you differ", "close": "to answer that it be closed"}  # fmt: skip


def waits(own: Standing) -> Waits | None:
    """Who must move next; None for a closed case.

    >>> waits(Standing(State.RAISED, CLIENT))
    Waits(sides=('partner',), what='to acknowledge the case', clock='case_acknowledge')
    """
    if own.state is State.CLOSED:
        return None
    if own.pending is not None:
        clock = "case_cause" if own.state is State.SESSION_HELD else ""
        return Waits((other(own.pending.by),), _OF_PENDING[own.pending.what], clock)
    match own.state:
        case State.RAISED:
            return Waits((other(own.raised_by),), "to acknowledge the case", "case_acknowledge")
        case State.CAUSE_AGREED | State.AGREED_TO_DIFFER:
            return Waits((PARTNER,), "to write the plan", "plan")
        case State.PLAN_PROPOSED:
            return Waits((other(own.plan_by),), "to accept or return the plan", "plan_answer")
        case _:
            return Waits(SIDES, *_OF_STATE[own.state])
