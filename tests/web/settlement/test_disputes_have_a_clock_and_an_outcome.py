"""A line is disputed in time, answered by the other side, and frozen alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from levelfield.settlement.ledger import Outcome, ledger
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.models import Move
from levelfield_web.settlement import actions
from levelfield_web.settlement.account import account_of, dispute_until, first_shown_on
from levelfield_web.settlement.models import Dispute

from .conftest import DISPUTE_UNTIL, PUBLISHED

pytestmark = pytest.mark.django_db


def raised(account, person, at=PUBLISHED, **more) -> Dispute:
    words = {"month": "2026-02", "line": "in_time", "reason": "Our platform counted 90 more.", **more}
    return actions.raise_dispute(account=account, by=person.as_viewer, at=at, **words)


def test_the_clock_begins_when_the_statement_is_first_complete(north_account):
    february, march = north_account.statement("2026-02"), north_account.statement("2026-03")
    assert first_shown_on(north_account, february) == PUBLISHED.date()
    assert dispute_until(north_account, february) == DISPUTE_UNTIL, "Good Friday and Easter Monday do not count"
    assert first_shown_on(north_account, march) is None, "March has eleven days of facts"


def test_a_dispute_freezes_its_line_and_no_other(north_account, noor):
    before = ledger(north_account.statements)[1]
    raised(north_account, noor)
    account = account_of("north", PUBLISHED.date())
    row = ledger(account.statements, account.moves.disputes)[1]
    assert row.credits == before.credits < 0
    assert row.disputed < 0
    assert row.closing == before.closing - row.disputed


@pytest.mark.parametrize("upheld", [True, False])
def test_the_other_side_answers_and_the_line_falls_or_stands(north_account, noor, ada, upheld):
    dispute = raised(north_account, noor)
    answered = actions.answer_dispute(
        dispute=dispute, upheld=upheld, words="We looked.", by=ada.as_viewer, at=PUBLISHED
    )
    assert answered.outcome == (Outcome.UPHELD if upheld else Outcome.REFUSED)
    account = account_of("north", PUBLISHED.date())
    row = ledger(account.statements, account.moves.disputes)[1]
    assert row.disputed == 0
    assert (row.fallen < 0) is upheld
    assert Move.objects.filter(verb="answer_dispute", partner="north").count() == 1


def test_the_same_move_twice_is_one_move(north_account, noor, ada):
    first, second = raised(north_account, noor), raised(north_account, noor)
    assert first.pk == second.pk
    for _ in range(2):
        actions.answer_dispute(dispute=first, upheld=True, words="Yes.", by=ada.as_viewer, at=PUBLISHED)
    assert [m.verb for m in Move.objects.filter(object_kind="statement")] == ["raise_dispute", "answer_dispute"]


def test_what_was_answered_stays_so(north_account, noor, ada):
    dispute = raised(north_account, noor)
    actions.answer_dispute(dispute=dispute, upheld=True, words="Yes.", by=ada.as_viewer, at=PUBLISHED)
    with pytest.raises(Refusal, match="stays so"):
        actions.answer_dispute(dispute=dispute, upheld=False, words="No.", by=ada.as_viewer, at=PUBLISHED)
    with pytest.raises(Refusal, match="its outcome stands"):
        raised(north_account, noor)


def test_nobody_answers_for_itself(north_account, noor, ada, sol):
    dispute = raised(north_account, noor)
    for person in (noor, sol):
        with pytest.raises(Refusal) as refusal:
            actions.answer_dispute(dispute=dispute, upheld=True, words="Yes.", by=person.as_viewer, at=PUBLISHED)
        assert refusal.value.kind is RefusalKind.PERMISSION


def test_undisputed_is_final_after_the_clock(north_account, noor):
    last = dt.datetime.combine(DISPUTE_UNTIL, dt.time(22, 59), dt.UTC)
    with pytest.raises(Refusal, match="until 2026-04-10; undisputed is final"):
        raised(north_account, noor, at=last + dt.timedelta(hours=1))
    assert raised(north_account, noor, at=last).pk, "the last minute of the last day, in London"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"line": "nothing"}, "no such line"),
        ({"month": "2026-03"}, "not complete"),
        ({"month": "1999-01"}, "no such line"),
        ({"reason": " "}, "empty"),
        ({"link": "https://elsewhere.example/"}, "page of ours"),
        ({"link": "//elsewhere.example/"}, "page of ours"),
    ],
)
def test_what_cannot_be_disputed_is_told(north_account, noor, more, words):
    with pytest.raises(Refusal, match=words):
        raised(north_account, noor, **more)
    assert not Dispute.objects.exists()


def test_an_operations_manager_reads_and_does_not_dispute(north_account, join):
    operations = join("Ola Berg", "operations_manager", partner="north")
    with pytest.raises(Refusal, match="may not dispute"):
        raised(north_account, operations)


def test_the_statement_itself_is_not_touched_by_a_dispute(north_account, noor):
    raised(north_account, noor)
    assert account_of("north", PUBLISHED.date()).statements == north_account.statements
    assert north_account.statement("2026-02").relieved.cap == Decimal("3000.00")
