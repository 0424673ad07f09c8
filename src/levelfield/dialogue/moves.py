"""The moves of a case as a declared table. What the table does not hold is refused in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from levelfield.dialogue.standing import CLIENT, PARTNER, SIDES, Pending, Standing, State, other
from levelfield.words import Refusal, RefusalKind

APPROVING = ("approved", "accepted", "agreed")  # words of a clock that let silence count as a yes


class Move(StrEnum):
    """What a side can do with a case."""

    ACKNOWLEDGE = "acknowledge"
    WITHDRAW = "withdraw"
    HOLD_SESSION = "hold_session"
    PROPOSE_CAUSE = "propose_cause"
    AGREE_CAUSE = "agree_cause"
    PROPOSE_TO_DIFFER = "propose_to_differ"
    ACCEPT_TO_DIFFER = "accept_to_differ"
    PROPOSE_PLAN = "propose_plan"
    RETURN_PLAN = "return_plan"
    AGREE_PLAN = "agree_plan"
    TAKE_SILENCE = "take_silence"
    BEGIN = "begin"
    JUDGE = "judge"
    TRY_AGAIN = "try_again"
    PROPOSE_TO_CLOSE = "propose_to_close"
    AGREE_TO_CLOSE = "agree_to_close"
    DECLINE = "decline"
    ESCALATE = "escalate"
    GO_ON = "go_on"
    CLOSE = "close"


class By(StrEnum):
    """Whose move it is."""

    EITHER = "either side"
    RAISER = "the side that raised the case"
    OTHER = "the side that did not raise the case"
    ANSWERER = "the side that was asked"
    AUTHOR = "the side that proposed the plan"
    READER = "the side that did not write the plan"
    PARTNER = "the partner, or the client where every promise is its own"


@dataclass(frozen=True)
class Transition:
    """One row of the table."""

    move: Move
    before: frozenset[State]
    after: State | None  # None: the state stays, or depends
    by: By
    words: str  # what the move is, in the infinitive
    pending: str = ""  # which proposal must lie on the table
    asks: str = ""  # which proposal it puts on the table


OPEN = frozenset(s for s in State if s.is_open)
HAS_CAUSE = frozenset({State.CAUSE_AGREED, State.AGREED_TO_DIFFER})
JUDGED = frozenset({State.WORKED, State.DID_NOT, State.CANNOT_SAY})


def _row(move: Move, before: frozenset[State] | State, after: State | None, by: By, words: str, pending: str = "", asks: str = "") -> Transition:  # fmt: skip
    return Transition(
        move, before if isinstance(before, frozenset) else frozenset({before}), after, by, words, pending, asks
    )


MOVES: dict[Move, Transition] = {
    row.move: row
    for row in (
        _row(Move.ACKNOWLEDGE, State.RAISED, State.ACKNOWLEDGED, By.OTHER, "acknowledge the case"),
        _row(Move.WITHDRAW, frozenset({State.RAISED, State.ACKNOWLEDGED}), State.CLOSED, By.RAISER, "withdraw the case"),
        _row(Move.HOLD_SESSION, State.ACKNOWLEDGED, State.SESSION_HELD, By.EITHER, "record the joint session"),
        _row(Move.PROPOSE_CAUSE, State.SESSION_HELD, None, By.EITHER, "propose the cause", asks="cause"),
        _row(Move.AGREE_CAUSE, State.SESSION_HELD, State.CAUSE_AGREED, By.ANSWERER, "agree to the cause", pending="cause"),
        _row(Move.PROPOSE_TO_DIFFER, State.SESSION_HELD, None, By.EITHER, "propose to differ on the cause", asks="differ"),
        _row(Move.ACCEPT_TO_DIFFER, State.SESSION_HELD, State.AGREED_TO_DIFFER, By.ANSWERER, "agree to differ", pending="differ"),
        _row(Move.PROPOSE_PLAN, HAS_CAUSE, State.PLAN_PROPOSED, By.PARTNER, "propose the plan"),
        _row(Move.RETURN_PLAN, State.PLAN_PROPOSED, None, By.READER, "return the plan"),
        _row(Move.AGREE_PLAN, State.PLAN_PROPOSED, State.PLAN_AGREED, By.READER, "accept the plan"),
        _row(Move.TAKE_SILENCE, State.PLAN_PROPOSED, State.PLAN_AGREED, By.AUTHOR, "take silence as a yes to the plan"),
        _row(Move.BEGIN, State.PLAN_AGREED, State.IN_PROGRESS, By.EITHER, "begin the plan"),
        _row(Move.JUDGE, frozenset({State.IN_PROGRESS, State.CANNOT_SAY}), None, By.EITHER, "have the data judge the plan"),
        _row(Move.TRY_AGAIN, frozenset({State.DID_NOT, State.CANNOT_SAY}), State.CAUSE_AGREED, By.EITHER, "try again with another plan"),
        _row(Move.PROPOSE_TO_CLOSE, OPEN - {State.WORKED}, None, By.EITHER, "propose to close the case", asks="close"),
        _row(Move.AGREE_TO_CLOSE, OPEN, State.CLOSED, By.ANSWERER, "agree to close the case", pending="close"),
        _row(Move.DECLINE, OPEN, None, By.ANSWERER, "decline what was proposed", pending="any"),
        _row(Move.ESCALATE, OPEN - {State.WORKED}, State.ESCALATED, By.EITHER, "escalate the case"),
        _row(Move.GO_ON, State.ESCALATED, None, By.EITHER, "go on where the case was escalated"),
        _row(Move.CLOSE, State.WORKED, State.CLOSED, By.EITHER, "close the case"),
    )
}  # fmt: skip


def step(own: Standing, move: Move, side: str, *, outcome: State | None = None, all_of_client: bool = False, overdue: bool = False, silence: str = "") -> Standing:  # fmt: skip
    """The standing after a move.

    `outcome` is what the data say (of `judge`), `all_of_client` whether every promise of the plan is the client's,
    `overdue` and `silence` whether the clock of the answer ran out and what the agreement lets silence mean.
    Refuses: a move that the state, the side or the clock does not allow.

    >>> step(Standing(State.RAISED, CLIENT), Move.ACKNOWLEDGE, PARTNER).state
    <State.ACKNOWLEDGED: 'acknowledged'>
    """
    row = MOVES[move]
    if own.state not in row.before:
        raise _refused(own, row, f"the case is “{own.state}”", f"a case that is {_either(row.before)}")
    if row.pending and (own.pending is None or row.pending not in ("any", own.pending.what)):
        what = {"cause": "no cause", "differ": "no proposal to differ", "close": "no proposal to close"}
        raise _refused(own, row, f"{what.get(row.pending, 'nothing')} lies on the table", "a proposal first")
    if side not in _may(own, row.by, all_of_client):
        raise _refused(own, row, f"it is the move of {row.by}", "that side", RefusalKind.PERMISSION)
    if move is Move.TAKE_SILENCE and not (overdue and silence in APPROVING):
        why = "the clock of the answer has not run out" if not overdue else f"the agreement lets silence mean “{silence or 'nothing'}”"  # fmt: skip
        raise _refused(own, row, why, "an agreement that takes silence as approval, after its days")
    if move is Move.JUDGE and outcome not in JUDGED:
        raise _refused(own, row, "the data gave no verdict", "worked, did not work or cannot say yet")
    return _after(own, row, side, outcome)


def _after(own: Standing, row: Transition, side: str, outcome: State | None) -> Standing:
    if row.asks:
        return replace(own, pending=Pending(row.asks, side))
    match row.move:
        case Move.DECLINE:
            return replace(own, pending=None)
        case Move.PROPOSE_PLAN:
            return replace(own, state=State.PLAN_PROPOSED, pending=None, plan_by=side, before_plan=own.state)
        case Move.RETURN_PLAN:
            return replace(own, state=own.before_plan or State.CAUSE_AGREED, pending=None, plan_by=PARTNER)
        case Move.JUDGE:
            return replace(own, state=outcome or State.CANNOT_SAY, pending=None)
        case Move.ESCALATE:
            came_from = own.escalated_from if own.state is State.ESCALATED else own.state
            return replace(own, state=State.ESCALATED, pending=None, escalated_from=came_from)
        case Move.GO_ON:
            return replace(own, state=own.escalated_from or State.ACKNOWLEDGED, pending=None, escalated_from=None)
        case Move.TRY_AGAIN:
            return replace(own, state=own.before_plan or State.CAUSE_AGREED, pending=None, plan_by=PARTNER)
    return replace(own, state=row.after or own.state, pending=None)


def _may(own: Standing, by: By, all_of_client: bool) -> tuple[str, ...]:
    match by:
        case By.EITHER:
            return SIDES
        case By.RAISER:
            return (own.raised_by,)
        case By.OTHER:
            return (other(own.raised_by),)
        case By.ANSWERER:
            return (other(own.pending.by),) if own.pending is not None else ()
        case By.AUTHOR:
            return (own.plan_by,)
        case By.READER:
            return (other(own.plan_by),)
        case By.PARTNER:
            return SIDES if all_of_client else (PARTNER,)


def allowed(own: Standing, side: str, *, all_of_client: bool = False, overdue: bool = False, silence: str = "") -> tuple[Move, ...]:  # fmt: skip
    """The moves a side can make now, in the order of the table.

    >>> [str(m) for m in allowed(Standing(State.RAISED, CLIENT), PARTNER)]
    ['acknowledge', 'propose_to_close', 'escalate']
    """
    found = []
    for move in MOVES:
        outcome = State.CANNOT_SAY if move is Move.JUDGE else None
        try:
            step(own, move, side, outcome=outcome, all_of_client=all_of_client, overdue=overdue, silence=silence)
        except Refusal:
            continue
        found.append(move)
    return tuple(found)


def _either(states: frozenset[State]) -> str:
    return " or ".join(f"“{s}”" for s in State if s in states)


def _refused(own: Standing, row: Transition, why: str, expected: str, kind: RefusalKind = RefusalKind.RULE) -> Refusal:
    now = {side: allowed_words(own, side) for side in (CLIENT, PARTNER)}
    can = "; ".join(f"the {side} can {', '.join(words)}" for side, words in now.items() if words)
    return Refusal(
        f"You cannot {row.words} now: {why}", expected=expected,
        next_step=f"Now {can}." if can else "The case is closed; open another one.", kind=kind,
    )  # fmt: skip


def allowed_words(own: Standing, side: str) -> list[str]:
    """What a side can do now, in words, without the moves that are always there."""
    always = (Move.PROPOSE_TO_CLOSE, Move.ESCALATE, Move.WITHDRAW)
    rows = [r for r in MOVES.values() if r.move not in always and own.state in r.before]
    return [
        r.words
        for r in rows
        if side in _may(own, r.by, False)
        and r.move is not Move.TAKE_SILENCE
        and (not r.pending or (own.pending is not None and r.pending in ("any", own.pending.what)))
    ]
