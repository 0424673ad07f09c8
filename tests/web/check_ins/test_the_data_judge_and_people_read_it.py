"""Check-ins: read from the data beside what both sides say, judged on the day and not before, the same after a restatement with the difference named."""

from __future__ import annotations

import datetime as dt

import pytest
from icalendar import Calendar

from levelfield.words import Refusal
from levelfield_web.audit.models import Move
from levelfield_web.check_ins import actions, queries
from levelfield_web.check_ins.models import CalendarFeed, CheckIn, Saying
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.own_house.actions import ask
from levelfield_web.people.actions import deactivate
from levelfield_web.plan import actions as plan
from levelfield_web.plan.models import StoredPromise

from ...the_case import once, promised, with_cause

pytestmark = pytest.mark.django_db
BEGIN = dt.date(2026, 3, 2)
FOUR = {"begins_on": BEGIN, "full_on": BEGIN, "judged_on": BEGIN + dt.timedelta(weeks=4), "target": 0.75}
LATER = dt.datetime(2026, 3, 31, 9, tzinfo=dt.UTC)


@pytest.fixture
def running(stand, ada, noor, monday):
    """A plan under way on the line that fell, before its weeks have come."""
    stand("fallen")
    case = with_cause(ada.as_viewer, noor.as_viewer, monday)
    promised(case, noor.as_viewer, monday, **FOUR)
    plan.propose_plan(case=case, once=once(), by=noor.as_viewer, at=monday)
    plan.agree_plan(case=case, once=once(), by=ada.as_viewer, at=monday)
    return plan.begin(case=case, once=once(), by=noor.as_viewer, at=monday)


def test_before_its_weeks_have_come_nothing_is_said_and_nothing_judged(running, noor, monday):
    page = queries.page(viewer=noor.as_viewer, own=running, at=monday)
    assert page.lines[0].reading.track == "cannot say yet"
    assert not page.can_judge
    with pytest.raises(Refusal, match="No promise can be judged yet") as refusal:
        actions.judge(case=running, once=once(), by=noor.as_viewer, at=monday)
    assert "2026-03-30" in refusal.value.sentence


@pytest.mark.parametrize(
    ("home", "track", "state"), [("recovered", "on track", "worked"), ("unchanged", "behind", "did not work")]
)
def test_four_weeks_later_the_data_judge(running, stand, ada, noor, home, track, state):
    stand(home)
    pages = [queries.page(viewer=who.as_viewer, own=running, at=LATER) for who in (ada, noor)]
    assert [p.lines[0].reading.track for p in pages] == [track, track]
    assert pages[0].lines[0].preview == pages[1].lines[0].preview
    assert pages[0].can_judge
    form = once()
    for _ in range(2):
        case = actions.judge(case=running, once=form, by=ada.as_viewer, at=LATER)
    assert case.state == state, StoredPromise.objects.get().verdict_words
    own = StoredPromise.objects.get()
    assert own.outcome == state
    assert own.low <= own.estimate <= own.high
    assert Move.objects.filter(verb="judge").count() == Move.objects.filter(verb="judge_promise").count() == 1
    record = dict(queries.records(viewer=noor.as_viewer, partner="north"))["Partner North"]
    assert (record.made, record.judged, record.kept) == (1, 1, int(state == "worked"))


def test_a_verdict_names_its_publication_and_a_later_one_says_what_changed(running, stand, ada, noor, signed_in):
    stand("recovered")
    actions.judge(case=running, once=once(), by=ada.as_viewer, at=LATER)
    before = StoredPromise.objects.values().get()
    pages = [signed_in(who).get(f"/check-ins/{running.public_id}/").content.decode() for who in (ada, noor)]
    assert all("it would read" not in page for page in pages)
    stand("recovered restated")
    assert StoredPromise.objects.values().get() == before, "a verdict stands as it was judged"
    for who in (ada, noor):
        page = signed_in(who).get(f"/check-ins/{running.public_id}/").content.decode().replace("\u00a0", " ")
        assert "Worked: the effect is" in page
        assert before["verdict_publication"][:12] in page
        assert "it would read: Did not work" in page
    plan_page = signed_in(noor).get(f"/plans/{running.public_id}/").content.decode()
    assert before["baseline_publication"][:12] in plan_page, "the plan stands on the publication it was tested on"


def test_a_plan_that_did_not_work_is_tried_again_and_the_record_counts_both(running, stand, ada, noor):
    stand("unchanged")
    actions.judge(case=running, once=once(), by=ada.as_viewer, at=LATER)
    case = plan.try_again(case=running, once=once(), by=noor.as_viewer, at=LATER)
    assert case.state == "cause agreed"
    begin = dt.date(2026, 3, 30)
    own = promised(
        case,
        noor.as_viewer,
        LATER,
        action="Another way",
        **FOUR | {"begins_on": begin, "full_on": begin, "judged_on": begin + dt.timedelta(weeks=4)},
    )
    assert own.plan.number == 2
    tests = queries.case(viewer=noor.as_viewer, case_id=case.public_id)
    assert tests is not None
    from levelfield_web.plan.queries import page

    sentence = page(viewer=noor.as_viewer, own=case, at=LATER).lines[0].tested.achievable.sentence
    assert sentence.endswith("Of 1 earlier promise on this measure, on any line, 0 were kept.")


def test_both_sides_say_how_it_goes_and_the_latest_of_each_counts(running, ada, noor, monday):
    own = StoredPromise.objects.get()
    for who, feeling in ((noor, "on track"), (ada, "behind"), (noor, "on track"), (noor, "behind")):
        actions.say(promise=own, feeling=feeling, words="", by=who.as_viewer, at=monday)
    assert Saying.objects.count() == 3
    said = {s.side: s.feeling for s in queries.page(viewer=ada.as_viewer, own=running, at=monday).lines[0].said}
    assert said == {"partner": "behind", "client": "behind"}
    with pytest.raises(Refusal, match="An answer is missing"):
        actions.say(promise=own, feeling="fine", words="", by=ada.as_viewer, at=monday)


def test_a_check_in_is_held_once_and_keeps_how_it_was_read(running, stand, ada, noor, monday):
    form = once()
    for _ in range(2):
        actions.hold(case=running, present="Ada, Noor", words="We go on.", once=form, by=ada.as_viewer, at=monday)
    actions.hold(case=running, present="Ada, Noor", words="Something else.", once=form, by=noor.as_viewer, at=monday)
    assert CheckIn.objects.count() == 2
    held = CheckIn.objects.last()
    assert held.readings[0]["track"] == "cannot say yet"
    stand("recovered")
    assert CheckIn.objects.get(pk=held.pk).readings[0]["track"] == "cannot say yet"


def test_a_side_says_and_holds_so_much_a_day(running, ada, noor, monday):
    for n in range(actions.MOST_HELD):
        actions.hold(case=running, present="both", words=f"{n}", once=once(), by=ada.as_viewer, at=monday)
    with pytest.raises(Refusal, match="3 times within a day"):
        actions.hold(case=running, present="both", words="more", once=once(), by=ada.as_viewer, at=monday)
    actions.hold(case=running, present="both", words="mine", once=once(), by=noor.as_viewer, at=monday)


def test_the_agenda_holds_what_changed_and_what_is_overdue(running, stand, ada, noor, monday):
    ask(partner="north", kind="access", what="Badges", needed_on=monday.date(), by=noor.as_viewer, at=monday)
    stand("unchanged")
    items = queries.page(viewer=ada.as_viewer, own=running, at=LATER).agenda
    assert [i.kind for i in items[:2]] == ["promise", "overdue"]
    assert all(i.pressing for i in items[:2])
    assert any(i.kind == "publication" for i in items)


def test_the_next_check_in_is_the_last_that_passed_else_the_next_one(running, ada, monday):
    own = StoredPromise.objects.select_related("plan__case").get()
    days = queries.planned(own)
    assert days[-1] == own.judged_on
    assert queries.next_check_in([own], (), monday.date()) == days[0]
    assert queries.next_check_in([own], (), days[1]) == days[1]


def test_a_calendar_address_opens_ones_own_days_until_it_is_taken_back(running, ada, noor, sol, client, monday):
    tokens = {who.name: actions.open_feed(user=who, at=monday) for who in (ada, noor, sol)}
    for who, seen in ((ada, True), (noor, True), (sol, False)):
        answer = client.get(f"/calendar/{tokens[who.name]}.ics")
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/calendar")
        events = Calendar.from_ical(answer.content).walk("VEVENT")
        assert bool(events) is seen
        if seen:
            assert {str(e["SUMMARY"]) for e in events} == {f"Check-in: {running.title}"}
            assert events[-1].decoded("DTSTART") == dt.date(2026, 3, 30)
    assert CalendarFeed.objects.filter(token_sha256__in=tokens.values()).count() == 0, (
        "the token itself is kept nowhere"
    )
    fresh = actions.open_feed(user=noor, at=monday)
    assert client.get(f"/calendar/{tokens[noor.name]}.ics").status_code == 404
    for _ in range(2):
        actions.close_feed(user=noor, at=monday)
    assert client.get(f"/calendar/{fresh}.ics").status_code == 404
    deactivate(person=ada, by=HOUSE, at=monday)
    assert client.get(f"/calendar/{tokens[ada.name]}.ics").status_code == 404


def test_what_is_due_waits_for_the_right_side(running, stand, ada, noor, sol, monday):
    for who, n in ((ada, 1), (noor, 1), (sol, 0)):
        assert len(queries.due(viewer=who.as_viewer, at=monday + dt.timedelta(days=2))) == n
    stand("unchanged")
    late = queries.due(viewer=ada.as_viewer, at=LATER)
    assert late[0].overdue


def test_the_pages_are_there_for_both_sides_and_hold_in_the_browser(running, stand, ada, noor, signed_in):
    stand("recovered")
    browser = signed_in(noor)
    address = f"/check-ins/{running.public_id}/"
    assert "No promise is behind" in browser.get(address).content.decode()
    assert browser.post(f"{address}hold/", {"present": "", "words": "x", "once": once()}).status_code == 422
    assert browser.post(f"{address}hold/", {"present": "both", "words": "x", "once": once()}).status_code == 302
    own = StoredPromise.objects.get()
    assert browser.post(f"{address}promises/{own.public_id}/say/", {"feeling": "on track"}).status_code == 302
    assert browser.post(f"{address}judge/", {"once": once()}).status_code == 302
    page = signed_in(ada).get(address).content.decode()
    assert "The plan: worked" in page
    row = signed_in(ada).get(f"/check-ins/{running.public_id}.json").json()["rows"][0]
    assert (row["outcome"], row["partner_says"]) == ("worked", "on track")
    assert "Worked:" in signed_in(ada).get("/promises/north/").content.decode()
