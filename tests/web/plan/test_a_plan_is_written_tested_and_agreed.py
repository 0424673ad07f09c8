"""A plan: written by the partner, tested at once, returned, improved, agreed; the client promises what is its own."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from levelfield.words import Refusal, RefusalKind
from levelfield_io.agreements_at_hand import save_agreement
from levelfield_web.audit.models import Move
from levelfield_web.plan import actions, queries
from levelfield_web.plan.live import live_plan
from levelfield_web.plan.models import Plan, StoredPromise

from ...the_case import MARK, once, promised, proposed, with_cause

pytestmark = pytest.mark.django_db
BEGIN = dt.date(2026, 3, 2)
FOUR = {"begins_on": BEGIN, "full_on": BEGIN, "judged_on": BEGIN + dt.timedelta(weeks=4), "target": 0.75}


@pytest.fixture
def case(stand, ada, noor, monday):
    """A case with an agreed cause on the line that fell."""
    stand("fallen")
    return with_cause(ada.as_viewer, noor.as_viewer, monday)


def test_the_baseline_is_read_from_the_weeks_since_the_level_fell(case, noor, monday):
    own = promised(case, noor.as_viewer, monday, **FOUR)
    assert own.baseline == pytest.approx(0.57, abs=0.02), "not the eighty per cent of before"
    assert own.baseline_publication == case.publication


def test_a_promise_is_tested_at_once_and_both_sides_read_the_same_test(case, ada, noor, monday):
    promised(case, noor.as_viewer, monday, **FOUR)
    pages = [queries.page(viewer=who.as_viewer, own=case, at=monday) for who in (ada, noor)]
    tests = [p.lines[0].tested for p in pages]
    assert tests[0] == tests[1]
    assert tests[0].measurable.can == "measurable"
    assert tests[0].measurable.power > 0.9
    assert tests[0].staffing is not None
    assert [p.lines[0].whose for p in pages] == ["Partner North", "ours"]
    assert not pages[0].lines[0].needs_word


def test_the_partner_writes_for_both_and_the_client_only_for_itself(case, ada, noor, monday):
    with pytest.raises(Refusal, match="The partner writes what the partner promises") as refusal:
        promised(case, ada.as_viewer, monday, owner_side="partner")
    assert refusal.value.kind is RefusalKind.PERMISSION
    mine = promised(case, ada.as_viewer, monday, action="Announce earlier", **FOUR)
    theirs = promised(case, noor.as_viewer, monday, **FOUR)
    with pytest.raises(Refusal, match="The partner writes"):
        actions.strike_promise(promise=theirs, by=ada.as_viewer, at=monday)
    with pytest.raises(Refusal, match="The other side promises this"):
        actions.strike_promise(promise=mine, by=noor.as_viewer, at=monday)
    for _ in range(2):
        actions.strike_promise(promise=mine, by=ada.as_viewer, at=monday)
    assert live_plan(case=case).promises.count() == 1


def test_the_same_form_twice_is_one_promise_and_a_sixth_is_refused(case, noor, monday):
    form = once()
    told = {
        "action": "Do it", "owner_side": "partner", "owner_name": "Noor", "measure": "service_level", "scope": case.scope, "by": noor.as_viewer, "at": monday, **FOUR,
    }  # fmt: skip
    for _ in range(2):
        actions.add_promise(case=case, once=form, **told)
    for n in range(4):
        actions.add_promise(case=case, once=once(), **told | {"action": f"Do it {n}"})
    with pytest.raises(Refusal, match="at most 5 promises"):
        actions.add_promise(case=case, once=once(), **told | {"action": "One more"})
    assert StoredPromise.objects.count() == 5


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"target": 0.5}, "no improvement"), ({"target": 1.5}, "can reach"), ({"target": float("nan")}, "no number"), ({"measure": "csat"}, "No weekly values"),
        ({"measure": "wishes"}, "No weekly values"), ({"action": " "}, "is empty"), ({"owner_name": ""}, "is empty"), ({"owner_side": "nobody"}, "Nobody owns"),
        ({"judged_on": BEGIN}, "a later day"), ({"begins_on": dt.date(2030, 1, 7), "full_on": dt.date(2030, 1, 7), "judged_on": dt.date(2030, 3, 4)}, "within a year"),
        ({"begins_on": dt.date(2025, 11, 3), "full_on": dt.date(2025, 11, 3), "judged_on": dt.date(2026, 2, 2)}, "already reach"),
        ({"rhythm_weeks": 0}, "Check-ins every 0 weeks"),
    ],
)  # fmt: skip
def test_what_cannot_be_promised_is_refused_in_words(case, noor, monday, more, words):
    with pytest.raises(Refusal) as refusal:
        promised(case, noor.as_viewer, monday, **FOUR | more)
    assert words in refusal.value.sentence
    assert not StoredPromise.objects.exists()


def test_a_promise_nobody_could_see_is_proposed_only_with_a_written_reason(case, noor, monday):
    own = promised(case, noor.as_viewer, monday, **FOUR | {"target": 0.58})
    with pytest.raises(Refusal, match="The tests say no"):
        actions.propose_plan(case=case, once=once(), by=noor.as_viewer, at=monday)
    for _ in range(2):
        actions.overrule(promise=own, words="It is the only lever.", by=noor.as_viewer, at=monday)
    assert actions.propose_plan(case=case, once=once(), by=noor.as_viewer, at=monday).state == "plan proposed"
    assert Move.objects.filter(verb="overrule_test").count() == 1


def test_a_side_does_not_overwrite_the_words_of_the_other(case, ada, noor, monday):
    own = promised(case, ada.as_viewer, monday, action="Announce earlier", **FOUR | {"target": 0.58})
    actions.overrule(promise=own, words="Ours to try.", by=ada.as_viewer, at=monday)
    with pytest.raises(Refusal, match="has overruled the test"):
        actions.overrule(promise=own, words="Theirs.", by=noor.as_viewer, at=monday)


def test_a_returned_plan_keeps_everything_and_says_why(case, ada, noor, monday):
    promised(case, noor.as_viewer, monday, **FOUR)
    actions.propose_plan(case=case, once=once(), by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="is not changed any more"):
        actions.overrule(promise=StoredPromise.objects.get(), words="late", by=noor.as_viewer, at=monday)
    actions.return_plan(case=case, words="By when?", once=once(), by=ada.as_viewer, at=monday)
    plan = live_plan(case=case)
    assert (plan.state, plan.returned_words, plan.promises.count()) == ("draft", "By when?", 1)
    promised(case, noor.as_viewer, monday, action="And this", **FOUR)
    actions.propose_plan(case=case, once=once(), by=noor.as_viewer, at=monday)
    actions.agree_plan(case=case, once=once(), by=ada.as_viewer, at=monday)
    plan = live_plan(case=case)
    assert (plan.state, plan.answered_by_name, plan.by_silence) == ("agreed", ada.name, False)


def test_a_plan_of_the_clients_promises_is_proposed_by_the_client_and_answered_by_the_partner(case, ada, noor, monday):
    promised(case, ada.as_viewer, monday, action="Announce releases ten days ahead", **FOUR)
    actions.propose_plan(case=case, once=once(), by=ada.as_viewer, at=monday)
    with pytest.raises(Refusal, match="did not write the plan"):
        actions.agree_plan(case=case, once=once(), by=ada.as_viewer, at=monday)
    assert actions.agree_plan(case=case, once=once(), by=noor.as_viewer, at=monday).state == "plan agreed"


def test_silence_counts_as_a_yes_only_where_the_agreement_says_so(home, ada, noor, monday):
    case = proposed(ada.as_viewer, noor.as_viewer, monday)
    later = monday + dt.timedelta(days=30)
    with pytest.raises(Refusal, match="has not run out"):
        actions.take_silence(case=case, once=once(), by=noor.as_viewer, at=later)
    body = (
        'partner = "north"\ntitle = "more"\nversion = 2\nvalid_from = 2025-06-01\ncalendar = "GB-ENG"\n[[target]]\nmeasure = "asa"\nat_most = 20\n'
        '[clocks]\nplan_answer = { days = 10, silence = "approved" }\n'
    )
    save_agreement(home, body.encode(), "more.toml")
    with pytest.raises(Refusal, match="has not run out"):
        actions.take_silence(case=case, once=once(), by=noor.as_viewer, at=monday + dt.timedelta(days=14))
    with pytest.raises(Refusal, match="the side that proposed"):
        actions.take_silence(case=case, once=once(), by=ada.as_viewer, at=later)
    assert actions.take_silence(case=case, once=once(), by=noor.as_viewer, at=later).state == "plan agreed"
    assert live_plan(case=case).by_silence


def test_promises_on_the_same_weeks_of_a_series_are_said_to_be_judged_together(case, noor, monday):
    for action in ("One", "Two"):
        promised(case, noor.as_viewer, monday, action=action, **FOUR)
    lines = queries.page(viewer=noor.as_viewer, own=case, at=monday).lines
    assert [line.shares_with for line in lines] == [(2,), (1,)]


def test_a_promise_is_written_in_the_browser_and_a_wrong_form_is_kept(case, noor, signed_in):
    browser = signed_in(noor)
    told = {
        "action": "Cover list", "owner_side": "partner", "owner_name": "Noor", "measure": "service_level", "line": f"{MARK}-Billing", "target": "75", "begins_on": "2026-03-02",
        "full_on": "2026-03-02", "judged_on": "2026-03-30", "rhythm_weeks": "1", "once": once(),
    }  # fmt: skip
    wrong = browser.post(f"/plans/{case.public_id}/add/", told | {"judged_on": ""})
    assert wrong.status_code == 422
    assert 'value="Cover list"' in wrong.content.decode()
    assert browser.post(f"/plans/{case.public_id}/add/", told).status_code == 302
    page = browser.get(f"/plans/{case.public_id}/").content.decode()
    assert "Measurable." in page
    assert "75.0" in page
    rows = browser.get(f"/plans/{case.public_id}.json").json()["rows"]
    assert (rows[0]["target"], rows[0]["measurable"]) == (0.75, "measurable")


def test_a_promise_is_changed_whole_or_not_at_all_and_the_refused_plan_leaves_the_form_alone(
    case, noor, signed_in, monday
):
    own = promised(case, noor.as_viewer, monday, **FOUR | {"target": 0.58})
    browser, address = signed_in(noor), f"/plans/{case.public_id}/"
    refused = browser.post(f"{address}move/", {"move": "propose_plan", "once": once()})
    assert refused.status_code == 422
    assert "Please correct the following" not in refused.content.decode()
    page = browser.get(f"{address}?again={own.public_id}").content.decode()
    assert 'value="58"' in page
    assert f'name="replaces" value="{own.public_id}"' in page
    told = {
        "action": "Another", "owner_side": "partner", "owner_name": "Noor", "measure": "service_level", "line": f"{MARK}-Billing", "target": "40", "begins_on": "2026-03-02",
        "full_on": "2026-03-02", "judged_on": "2027-02-08", "rhythm_weeks": "1", "once": once(), "replaces": own.public_id,
    }  # fmt: skip
    assert browser.post(f"{address}add/", told).status_code == 422, "forty is no improvement"
    assert StoredPromise.objects.get().pk == own.pk
    assert browser.post(f"{address}add/", told | {"target": "75"}).status_code == 302
    assert StoredPromise.objects.get().action == "Another"


def test_the_database_holds_what_the_actions_promise(case, noor, monday):
    own = promised(case, noor.as_viewer, monday, **FOUR)
    wrong = (
        lambda: StoredPromise.objects.update(judged_on=own.full_on), lambda: StoredPromise.objects.update(overruled_words="x"), lambda: StoredPromise.objects.update(rhythm_weeks=0),
        lambda: Plan.objects.create(case=case, number=2, at=monday), lambda: Plan.objects.update(proposed_by_name="Noor"),
    )  # fmt: skip
    for change in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
