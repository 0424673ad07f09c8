"""Random people make random moves, legal and illegal: nothing ends dead, nothing is lost, nothing leaks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from levelfield.dialogue import Move, State, allowed, waits
from levelfield.words import Refusal
from levelfield_web.audit.models import Move as AuditMove
from levelfield_web.audit.queries import check_chain
from levelfield_web.audit.queries import moves as audited
from levelfield_web.check_ins import actions as check_ins
from levelfield_web.dialogue import actions, queries
from levelfield_web.dialogue.models import Case, CaseStep, Entry, PrivateNote
from levelfield_web.plan import actions as plan
from levelfield_web.plan.live import live_plan

from ...the_case import once, promised, raised

pytestmark = pytest.mark.django_db

PEOPLE = ("ada", "noor", "sol", "analyst")


class Rollback(Exception):
    """Ends an example without a trace."""


@pytest.fixture
def people(home, ada, noor, sol, join):
    return {
        "ada": ada.as_viewer,
        "noor": noor.as_viewer,
        "sol": sol.as_viewer,
        "analyst": join("Lea Brandt", "analyst", partner="north").as_viewer,
    }


def test_no_dead_end_no_state_without_an_owner_audit_complete_notes_private(people, monday):
    class Table(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.around = transaction.atomic()
            self.around.__enter__()
            self.now = monday
            self.case = raised(people["ada"], monday)
            self.said = 1
            self.noted = dict.fromkeys(("client", "partner"), 0)

        def teardown(self):
            self.around.__exit__(Rollback, Rollback(), None)

        def tried(self, who, do, *, can=True):
            """A move by somebody: done whole, or refused in words with nothing changed."""
            self.now += dt.timedelta(minutes=1)
            before = (
                AuditMove.objects.count(),
                CaseStep.objects.count(),
                Entry.objects.count(),
                PrivateNote.objects.count(),
            )
            state = Case.objects.values().get(pk=self.case.pk)
            try:
                done = do()
            except Refusal as said:
                assert said.what
                assert (
                    AuditMove.objects.count(),
                    CaseStep.objects.count(),
                    Entry.objects.count(),
                    PrivateNote.objects.count(),
                ) == before
                assert Case.objects.values().get(pk=self.case.pk) == state
                return None
            assert who != "sol", "Sol moved something of North's"
            self.case.refresh_from_db()
            return done

        @rule(
            who=st.sampled_from(PEOPLE),
            move=st.sampled_from([str(m) for m in Move]),
            words=st.sampled_from(["", "so it is", "another word"]),
            present=st.sampled_from(["", "Ada and Noor"]),
        )
        def moves(self, who, move, words, present):
            steps = self.case.steps.count()
            state = self.case.standing
            can = move in {str(m) for m in allowed(state, people[who].side)}
            form = once()

            def do():
                return actions.move_case(
                    case=self.case, move=move, words=words, present=present, once=form, by=people[who], at=self.now
                )

            if self.tried(who, do) is None or self.case.steps.count() == steps:
                return
            assert can
            count = AuditMove.objects.count()
            do()  # the same form once more, as a double click or a refresh sends it
            assert (self.case.steps.count(), AuditMove.objects.count()) == (steps + 1, count)
            last = AuditMove.objects.last()
            assert (last.verb, last.object_id, last.data["after"]) == (
                move,
                self.case.public_id,
                self.case.steps.last().after,
            )

        @rule(
            who=st.sampled_from(PEOPLE),
            kind=st.sampled_from(["question", "answer", "word", "point", "why", "agreement", "file", "evidence"]),
        )
        def says(self, who, kind):
            parent = self.case.entries.filter(kind="question").first() if kind == "answer" else None
            made = self.tried(
                who,
                lambda: actions.say(
                    case=self.case,
                    kind=kind,
                    words=f"said {self.said}",
                    parent=parent,
                    present="both",
                    measure="asa",
                    once=once(),
                    by=people[who],
                    at=self.now,
                ),
            )
            if made is not None:
                self.said += 1
                assert made.words == f"said {self.said - 1}"

        @rule(who=st.sampled_from(PEOPLE), agreed=st.booleans())
        def answers_a_point(self, who, agreed):
            point = self.case.entries.filter(kind__in=("point", "why", "agreement")).last()
            if point is not None:
                self.tried(
                    who,
                    lambda: actions.answer_point(
                        entry=point, agreed=agreed, words="because", by=people[who], at=self.now
                    ),
                )

        @rule(who=st.sampled_from(PEOPLE))
        def notes(self, who):
            viewer = people[who]
            made = self.tried(
                who,
                lambda: actions.note(
                    case=self.case, words=f"secret of the {viewer.side}", once=once(), by=viewer, at=self.now
                ),
            )
            if made is not None:
                self.noted[viewer.side] += 1

        @rule(who=st.sampled_from(PEOPLE), side=st.sampled_from(["client", "partner"]))
        def promises(self, who, side):
            made = self.tried(
                who, lambda: promised(self.case, people[who], self.now, owner_side=side, action=f"act {self.said}")
            )
            self.said += 1
            if made is not None:
                assert people[who].side == "partner" or side == "client"
                self.tried(who, lambda: plan.overrule(promise=made, words="all the same", by=people[who], at=self.now))

        @rule(
            who=st.sampled_from(PEOPLE),
            what=st.sampled_from(["propose_plan", "agree_plan", "take_silence", "begin", "try_again"]),
        )
        def plans(self, who, what):
            self.tried(who, lambda: getattr(plan, what)(case=self.case, once=once(), by=people[who], at=self.now))

        @rule(who=st.sampled_from(PEOPLE))
        def returns_the_plan(self, who):
            promises = live_plan(case=self.case).promises.count() if live_plan(case=self.case) else 0
            if (
                self.tried(
                    who,
                    lambda: plan.return_plan(
                        case=self.case, words="too vague", once=once(), by=people[who], at=self.now
                    ),
                )
                is not None
            ):
                assert live_plan(case=self.case).promises.count() == promises, "a returned plan loses nothing"

        @rule(who=st.sampled_from(PEOPLE))
        def lets_the_data_judge(self, who):
            self.tried(who, lambda: check_ins.judge(case=self.case, once=once(), by=people[who], at=self.now))

        @invariant()
        def somebody_is_waited_for_and_can_move(self):
            found = waits(self.case.standing)
            assert (found is None) == (self.case.state == State.CLOSED)
            if found is not None:
                assert any(allowed(self.case.standing, side) for side in found.sides)
                row = queries.row_of(viewer=people["ada"], own=self.case, at=self.now)
                assert row.waits_for.startswith("waits for")

        @invariant()
        def every_step_is_in_the_audit(self):
            verbs = list(
                AuditMove.objects.filter(object_kind="case", object_id=self.case.public_id).values_list(
                    "verb", flat=True
                )
            )
            for step in self.case.steps.all():
                assert ("raise_case" if step.move == "raise" else step.move) in verbs

        @invariant()
        def notes_stay_with_their_side(self):
            for who in ("ada", "noor"):
                viewer = people[who]
                seen = list(queries.notes(viewer=viewer, own=self.case))
                assert len(seen) == self.noted[viewer.side]
                assert {n.side for n in seen} <= {viewer.side}
                others = [m for m in audited(viewer=viewer) if m.verb == "note_privately" and m.side != viewer.side]
                assert not others
            assert not queries.notes(viewer=people["sol"], own=self.case).exists()
            assert queries.case(viewer=people["sol"], case_id=self.case.public_id) is None

    machine = settings(
        max_examples=12,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    run_state_machine_as_test(Table, settings=machine)
    assert check_chain() is None
