"""The table of moves: the good way, the ways back, what is refused and in which words, and that no way ends dead."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from levelfield.dialogue import CLIENT, MOVES, PARTNER, Move, Pending, Standing, State, allowed, other, step, waits
from levelfield.dialogue.moves import JUDGED
from levelfield.words import Refusal, RefusalKind

GOOD_WAY = [
    (Move.ACKNOWLEDGE, PARTNER, State.ACKNOWLEDGED), (Move.HOLD_SESSION, CLIENT, State.SESSION_HELD), (Move.PROPOSE_CAUSE, PARTNER, State.SESSION_HELD),
    (Move.AGREE_CAUSE, CLIENT, State.CAUSE_AGREED), (Move.PROPOSE_PLAN, PARTNER, State.PLAN_PROPOSED), (Move.RETURN_PLAN, CLIENT, State.CAUSE_AGREED),
    (Move.PROPOSE_PLAN, PARTNER, State.PLAN_PROPOSED), (Move.AGREE_PLAN, CLIENT, State.PLAN_AGREED), (Move.BEGIN, PARTNER, State.IN_PROGRESS),
    (Move.JUDGE, CLIENT, State.WORKED), (Move.CLOSE, PARTNER, State.CLOSED),
]  # fmt: skip


def after(*moves: tuple[Move, str], raised_by: str = CLIENT) -> Standing:
    own = Standing(State.RAISED, raised_by)
    for move, side in moves:
        own = step(own, move, side, outcome=State.WORKED)
    return own


def test_the_good_way_leads_from_raised_to_closed():
    own = Standing(State.RAISED, CLIENT)
    for move, side, state in GOOD_WAY:
        own = step(own, move, side, outcome=State.WORKED)
        assert own.state is state
    assert waits(own) is None
    assert allowed(own, CLIENT) == allowed(own, PARTNER) == ()


SESSION = [(Move.ACKNOWLEDGE, PARTNER), (Move.HOLD_SESSION, CLIENT)]
CAUSE = [*SESSION, (Move.PROPOSE_CAUSE, PARTNER), (Move.AGREE_CAUSE, CLIENT)]
PROPOSED = [*CAUSE, (Move.PROPOSE_PLAN, PARTNER)]


@pytest.mark.parametrize(
    ("moves", "move", "side", "words", "kind"),
    [
        ([], Move.ACKNOWLEDGE, CLIENT, "it is the move of the side that did not raise the case", RefusalKind.PERMISSION),
        ([], Move.AGREE_PLAN, CLIENT, "the case is “raised”", RefusalKind.RULE),
        (SESSION, Move.AGREE_CAUSE, CLIENT, "no cause lies on the table", RefusalKind.RULE),
        ([*SESSION, (Move.PROPOSE_CAUSE, CLIENT)], Move.AGREE_CAUSE, CLIENT, "the side that was asked", RefusalKind.PERMISSION),
        (CAUSE, Move.PROPOSE_PLAN, CLIENT, "the partner, or the client where every promise is its own", RefusalKind.PERMISSION),
        (PROPOSED, Move.AGREE_PLAN, PARTNER, "the side that did not write the plan", RefusalKind.PERMISSION),
        (PROPOSED, Move.TAKE_SILENCE, PARTNER, "has not run out", RefusalKind.RULE),
        (PROPOSED, Move.CLOSE, CLIENT, "the case is “plan proposed”", RefusalKind.RULE),
    ],
)  # fmt: skip
def test_what_the_table_does_not_hold_is_refused_with_what_can_be_done(moves, move, side, words, kind):
    with pytest.raises(Refusal, match=words) as refusal:
        step(after(*moves), move, side)
    assert refusal.value.kind is kind
    assert "Now the" in refusal.value.next_step


def test_a_closed_case_lets_nothing_happen():
    closed = Standing(State.CLOSED, CLIENT)
    for move in Move:
        with pytest.raises(Refusal, match="“closed”") as refusal:
            step(closed, move, CLIENT, outcome=State.WORKED)
        assert refusal.value.next_step == "The case is closed; open another one."


def test_a_counter_proposal_takes_the_place_of_the_first():
    own = after(*SESSION, (Move.PROPOSE_CAUSE, CLIENT), (Move.PROPOSE_TO_DIFFER, PARTNER))
    assert own.pending == Pending("differ", PARTNER)
    assert step(own, Move.ACCEPT_TO_DIFFER, CLIENT).state is State.AGREED_TO_DIFFER


def test_the_client_proposes_a_plan_of_its_own_promises_and_the_partner_answers():
    own = step(after(*CAUSE), Move.PROPOSE_PLAN, CLIENT, all_of_client=True)
    assert waits(own).sides == (PARTNER,)
    with pytest.raises(Refusal):
        step(own, Move.AGREE_PLAN, CLIENT)
    assert step(own, Move.AGREE_PLAN, PARTNER).state is State.PLAN_AGREED


def test_a_returned_plan_goes_back_to_where_it_came_from():
    differ = after(
        *SESSION, (Move.PROPOSE_TO_DIFFER, CLIENT), (Move.ACCEPT_TO_DIFFER, PARTNER), (Move.PROPOSE_PLAN, PARTNER)
    )
    assert step(differ, Move.RETURN_PLAN, CLIENT).state is State.AGREED_TO_DIFFER
    assert step(after(*PROPOSED), Move.RETURN_PLAN, CLIENT).state is State.CAUSE_AGREED


@pytest.mark.parametrize(("silence", "passes"), [("approved", True), ("escalated", False), ("", False)])
def test_silence_is_a_yes_only_where_the_agreement_says_so_and_the_clock_ran_out(silence, passes):
    own = after(*PROPOSED)
    if passes:
        assert step(own, Move.TAKE_SILENCE, PARTNER, overdue=True, silence=silence).state is State.PLAN_AGREED
    else:
        with pytest.raises(Refusal, match="lets silence mean"):
            step(own, Move.TAKE_SILENCE, PARTNER, overdue=True, silence=silence)


def test_an_escalated_case_goes_on_where_it_was():
    own = after(*PROPOSED, (Move.ESCALATE, CLIENT), (Move.ESCALATE, CLIENT))
    assert own.state is State.ESCALATED
    back = step(own, Move.GO_ON, PARTNER)
    assert (back.state, back.escalated_from) == (State.PLAN_PROPOSED, None)


def test_people_cannot_choose_the_verdict():
    running = after(*PROPOSED, (Move.AGREE_PLAN, CLIENT), (Move.BEGIN, PARTNER))
    for wrong in (None, State.CLOSED, State.PLAN_AGREED):
        with pytest.raises(Refusal, match="the data gave no verdict"):
            step(running, Move.JUDGE, CLIENT, outcome=wrong)


def test_every_state_but_closed_can_be_reached_and_says_who_is_waited_for():
    seen, todo = set(), [Standing(State.RAISED, CLIENT)]
    while todo:
        own = todo.pop()
        if own in seen:
            continue
        seen.add(own)
        for side in (CLIENT, PARTNER):
            for move in allowed(own, side):
                outcomes = sorted(JUDGED) if move is Move.JUDGE else [None]
                todo += [step(own, move, side, outcome=o) for o in outcomes]
    assert {own.state for own in seen} == set(State)
    for own in seen:
        found = waits(own)
        assert (found is None) == (own.state is State.CLOSED)
        if found is not None:
            assert any(allowed(own, side) for side in found.sides), f"{own}: nobody who is waited for can move"


class RandomPeople(RuleBasedStateMachine):
    """Any move by any side at any time: allowed ones lead on, others change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.own = Standing(State.RAISED, CLIENT)

    @rule(
        move=st.sampled_from(list(Move)),
        side=st.sampled_from([CLIENT, PARTNER]),
        outcome=st.sampled_from(sorted(JUDGED)),
        mine=st.booleans(),
    )
    def moves(self, move, side, outcome, mine):
        can = move in allowed(self.own, side, all_of_client=mine)
        try:
            self.own = step(self.own, move, side, outcome=outcome, all_of_client=mine)
        except Refusal as said:
            assert not can
            assert said.what and said.next_step
        else:
            assert can
            assert self.own.state in {r.after for r in MOVES.values()} | JUDGED | set(State)

    @invariant()
    def somebody_is_waited_for_and_the_way_out_is_open(self):
        if self.own.state is State.CLOSED:
            return
        found = waits(self.own)
        assert found is not None and found.sides
        # From anywhere two moves close the case, when both sides want it.
        if self.own.state is State.WORKED:
            assert Move.CLOSE in allowed(self.own, CLIENT)
        else:
            proposed = step(self.own, Move.PROPOSE_TO_CLOSE, CLIENT)
            assert step(proposed, Move.AGREE_TO_CLOSE, PARTNER).state is State.CLOSED

    @invariant()
    def a_proposal_waits_for_the_other_side(self):
        if self.own.pending is not None:
            assert waits(self.own).sides == (other(self.own.pending.by),)


RandomPeople.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestRandomPeople = RandomPeople.TestCase
