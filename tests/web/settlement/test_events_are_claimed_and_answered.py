"""An event is claimed in time by either side and answered by the other; silence means what was agreed."""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield.words import Refusal
from levelfield_web.audit.models import Move
from levelfield_web.settlement import actions
from levelfield_web.settlement.account import account_of
from levelfield_web.settlement.models import ExcuseClaim

from .conftest import PUBLISHED, add_terms

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 2, 3, 0, tzinfo=dt.UTC)
END = dt.datetime(2026, 2, 4, 0, tzinfo=dt.UTC)
SOON = dt.datetime(2026, 2, 6, 9, tzinfo=dt.UTC)


def claimed(account, person, at=SOON, **more) -> ExcuseClaim:
    words = {
        "start": START,
        "end": END,
        "lines": (),
        "kind": "client_system",
        "reason": "The client's telephony was down.",
        **more,
    }
    return actions.claim_excuse(account=account, by=person.as_viewer, at=at, **words)  # fmt: skip


def counted() -> tuple[int, int]:
    pair = account_of("north", PUBLISHED.date()).statement("2026-02").pairs[0]
    return pair.plain.n, pair.relieved.n


def test_an_accepted_event_is_left_out(north_account, noor, ada):
    before = counted()
    claim = claimed(north_account, noor)
    assert counted() == before, "a claim alone changes nothing"
    actions.answer_excuse(claim=claim, accept=True, words="It was.", by=ada.as_viewer, at=SOON)
    assert counted() == (before[0], before[0] - 120)


def test_a_claim_alone_changes_no_relief(forecasts, north, south, noor):
    """The forecast is known by day only; a claimed event asks for intervals, and the days keep their forecast."""
    add_terms(forecasts, 5)
    before = account_of("north", PUBLISHED.date())
    claimed(before, noor)
    after = account_of("north", PUBLISHED.date())
    for one, other in zip(before.statements, after.statements, strict=True):
        for was, now in zip(one.pairs, other.pairs, strict=True):
            assert (was.relieved.n, was.relieved.standing) == (now.relieved.n, now.relieved.standing)
        assert one.total == other.total


def test_a_refused_event_counts(north_account, noor, ada):
    claim = claimed(north_account, noor)
    actions.answer_excuse(claim=claim, accept=False, words="It was up.", by=ada.as_viewer, at=SOON)
    assert counted()[0] == counted()[1]
    with pytest.raises(Refusal, match="stays so"):
        actions.answer_excuse(claim=claim, accept=True, words="No?", by=ada.as_viewer, at=SOON)


def test_silence_after_the_clock_means_what_was_agreed(north_account, noor):
    claimed(north_account, noor)
    trails = [
        line.result
        for on in (SOON.date(), PUBLISHED.date())
        for line in account_of("north", on).statement("2026-02").pairs[0].relieved.steps
        if line.rule == "excused event"
    ]
    assert trails == ["not answered yet", "refused"]


def test_the_same_claim_twice_is_one_claim(north_account, noor):
    assert claimed(north_account, noor).pk == claimed(north_account, noor).pk
    assert Move.objects.filter(verb="claim_excuse", partner="north").count() == 1


def test_a_side_does_not_answer_its_own_claim(north_account, ada):
    claim = claimed(north_account, ada)
    with pytest.raises(Refusal, match="the other side answers"):
        actions.answer_excuse(claim=claim, accept=True, words="Yes.", by=ada.as_viewer, at=SOON)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"at": dt.datetime(2026, 2, 12, 9, tzinfo=dt.UTC)}, "until 2026-02-11"),
        ({"kind": "staffing"}, "never excused"),
        ({"kind": "weather"}, "not a kind"),
        ({"end": START}, "ends before it begins"),
        ({"reason": ""}, "empty"),
        ({"start": dt.datetime(2025, 3, 3, tzinfo=dt.UTC)}, "excuses no events"),
    ],
)
def test_what_cannot_be_claimed_is_told(north_account, noor, more, words):
    with pytest.raises(Refusal, match=words):
        claimed(north_account, noor, **more)
    assert not ExcuseClaim.objects.exists()


def test_the_form_takes_moments_in_the_time_of_the_agreement(north_account, noor, signed_in):
    now = dt.datetime.now(dt.UTC)
    start = dt.datetime(now.year + 1, 7, 1, 10)
    body = {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{start:%Y-%m-%dT18:00}", "kind": "planned_event", "reason": "Move of the site.", "lines": ["NNNNNNNNN-Billing"]}  # fmt: skip
    browser = signed_in(noor)
    answer = browser.post("/excused/north/claim/", body)
    assert answer.status_code == 302, answer.content.decode()
    claim = ExcuseClaim.objects.get()
    assert claim.start_at.astimezone(dt.UTC).hour == 9, "ten in London in summer"
    assert claim.lines == ["NNNNNNNNN-Billing"]
    wrong = browser.post("/excused/north/claim/", body | {"start": "", "lines": ["SSSSSSSSS-Billing"]})
    assert wrong.status_code == 422
    assert "Move of the site." in wrong.content.decode(), "answers are kept"


def test_the_other_side_answers_on_the_page(north_account, noor, ada, sol, signed_in):
    claim = claimed(north_account, noor)
    address = f"/excused/north/{claim.public_id}/answer/"
    assert signed_in(sol).post(address, {"outcome": "accepted", "answer": "Yes"}).status_code == 404
    assert signed_in(noor).post(address, {"outcome": "accepted", "answer": "Yes"}).status_code == 403
    assert signed_in(ada).post(address, {"outcome": "accepted", "answer": ""}).status_code == 422
    assert signed_in(ada).post(address, {"outcome": "accepted", "answer": "Yes"}).status_code == 302
    assert "accepted" in signed_in(noor).get("/excused/north/").content.decode()
