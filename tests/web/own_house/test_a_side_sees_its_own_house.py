"""Each viewer reads the houses it may see, over the weeks it asks for; odd weeks are answered and never fail."""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield.own_house import DUTIES, Verdict
from levelfield.words import Period
from levelfield_web.own_house import actions, queries

from .conftest import LAST, PARTNERS

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
MONDAY_AFTER = LAST + DAY
USUAL = Period(MONDAY_AFTER - dt.timedelta(weeks=queries.WEEKS), MONDAY_AFTER)


@pytest.fixture
def look(noor, now):
    """North's house as Noor sees it, unless a test says otherwise."""

    def looks(person=noor, on=None, **span):
        return queries.looked(viewer=person.as_viewer, partner="north", on=on or now.date(), **span)

    return looks


@pytest.fixture
def on_record(ada, noor, now):
    """A request, an announcement and an answer of each side in the work with North."""
    asked = actions.ask(
        partner="north", kind="access", what="NNNNNNNNN badges", needed_on=now.date() + DAY, by=noor.as_viewer, at=now
    )
    actions.announce(
        partner="north",
        kind="price",
        title="NNNNNNNNN prices",
        takes_effect_on=now.date() + DAY,
        by=ada.as_viewer,
        at=now,
    )
    for person in (ada, noor):
        actions.say(partner="north", duty="reviews", answer="kept", words="NNNNNNNNN", by=person.as_viewer, at=now)
    return asked


def test_a_partner_finds_its_own_house_and_the_client_every_one(stand, on_record, ada, noor, sol, now):
    stand()
    for person, keys in ((ada, set(PARTNERS)), (noor, {"north"}), (sol, {"south"})):
        found = {o.partner: o for o in queries.overview(viewer=person.as_viewer, on=now.date())}
        assert set(found) == keys
        assert {key for key, _name in queries.partners(viewer=person.as_viewer)} == keys
        for key, own in found.items():
            counts = (own.waiting, own.announced, own.answered_client, own.answered_partner)
            assert counts == ((1, 1, 1, 1) if key == "north" else (0, 0, 0, 0)), (person.name, key)


def test_sol_is_given_nothing_of_norths(stand, on_record, look, sol, now):
    stand()
    viewer = sol.as_viewer
    assert look(sol) is None and not queries.visible(viewer=viewer, partner="north")
    assert not queries.requests(viewer=viewer, partner="north").exists()
    assert not queries.announcements(viewer=viewer, partner="north").exists()
    assert queries.opinions(viewer=viewer, partner="north") == {}
    for partner in ("north", "south"):  # neither under its own address nor under Sol's
        assert queries.request_of(viewer=viewer, partner=partner, request_id=on_record.public_id) is None


def test_what_is_on_record_is_the_same_to_both_sides(stand, on_record, look, ada, noor):
    stand()
    ours, theirs = look(ada), look(noor)
    assert ours.requests == theirs.requests == (on_record,)
    assert ours.announcements == theirs.announcements and len(ours.announcements) == 1
    assert ours.house.of("reviews") == theirs.house.of("reviews")
    assert ours.publication == theirs.publication and ours.span == theirs.span


def test_the_last_eight_whole_weeks_are_looked_at_where_none_are_named(stand, look):
    stand()
    found = look()
    assert (found.span, found.last) == (USUAL, LAST)
    assert [f.duty.key for f in found.house.findings] == list(DUTIES)


def test_a_week_that_has_begun_is_not_looked_at(home, look):
    """Facts end on Wednesday 11 March 2026."""
    assert look().span == Period(dt.date(2026, 1, 12), dt.date(2026, 3, 9))


def test_the_weeks_that_are_named_are_looked_at(stand, look):
    stand()
    assert look(since="2025-10-06", until="2025-11-03").span == Period(dt.date(2025, 10, 6), dt.date(2025, 11, 3))
    assert look(since="2025-11-03").span == Period(dt.date(2025, 11, 3), USUAL.end)
    assert look(until="2025-11-10").span == Period(USUAL.start, dt.date(2025, 11, 10))
    assert look(since="2025-10-06", until="2025-10-20").house.of("incidents").found.n == 14 * 120


ODD = {
    "until before since": ("2025-11-03", "2025-10-06"),
    "no day at all": ("2025-11-03", "2025-11-03"),
    "ten years": ("2015-11-03", "2025-11-03"),
    "a day more than a year": ("2024-11-01", "2025-11-03"),
    "no date": ("soon", ""),
    "no such day": ("2025-02-30", ""),
    "not a date either": ("", "2025-10-06; drop"),
    "since after the last fact": ("2035-01-01", ""),
}


@pytest.mark.parametrize("odd", ODD)
def test_odd_weeks_are_none_and_the_page_falls_back_to_the_usual_ones(stand, look, noor, signed_in, odd):
    stand()
    since, until = ODD[odd]
    assert look(since=since, until=until) is None
    answer = signed_in(noor).get("/own-house/north.json", {"since": since, "until": until})
    assert answer.status_code == 200
    rows = answer.json()["rows"]
    assert {(r["since"], r["until"]) for r in rows} == {(USUAL.start.isoformat(), LAST.isoformat())}
    assert len(rows) == len(DUTIES)


@pytest.mark.parametrize(
    ("since", "until"), [("2010-01-04", "2010-03-01"), ("2025-04-07", "2025-06-02"), ("2035-01-01", "2035-02-26")]
)
def test_weeks_without_facts_say_that_nothing_can_be_measured(stand, look, noor, signed_in, since, until):
    stand()
    found = look(since=since, until=until)
    by_facts = ("forecast", "beyond_forecast", "incidents", "system_time", "calibration")
    assert not any(found.house.of(key).is_measured for key in by_facts)
    assert found.house.of("incidents").verdict is Verdict.ASKED, "no outage in no facts is not kept"
    answer = signed_in(noor).get("/own-house/north/", {"since": since, "until": until})
    assert answer.status_code == 200


@pytest.mark.parametrize("since", ["0001-01-01", "0001-01-20"])
def test_the_first_weeks_there_are_fall_back_as_well(stand, look, since):
    stand()
    look(since=since, until="0001-02-01")


def test_a_request_past_its_day_presses_on_both_sides(stand, on_record, look, ada, noor, now):
    stand()
    for person in (ada, noor):
        intime, late = look(person), look(person, on=now.date() + 9 * DAY)
        assert intime.house.of("access").verdict is intime.house.of("overdue").verdict is Verdict.KEPT
        for key in ("access", "overdue"):
            assert late.house.of(key).verdict is Verdict.NOT_KEPT
            assert "“NNNNNNNNN badges”" in late.house.of(key).found.sentence
            assert key in [f.duty.key for f in late.house.pressing]
        assert intime.house.of("decisions").found is None, "nothing was asked of that kind"


def test_what_was_given_by_its_day_is_kept(stand, on_record, look, ada, now):
    stand()
    actions.answer_request(asked=on_record, given=True, words="Here.", by=ada.as_viewer, at=now + DAY)
    found = look(on=now.date() + 30 * DAY).house.of("access").found
    assert (found.verdict, found.n) == (Verdict.KEPT, 1)
    assert "1 of 1 requests for access were given by the day they were needed" in found.sentence


def test_what_was_declined_was_not_given(stand, on_record, look, ada, now):
    stand()
    actions.answer_request(asked=on_record, given=False, words="Never.", by=ada.as_viewer, at=now)
    found = look(on=now.date() + 30 * DAY).house.of("access").found
    assert "1 of 1 requests for access were given" not in found.sentence
    assert found.verdict is not Verdict.KEPT


def test_an_opinion_stands_until_data_decide(stand, look, ada, noor, now):
    stand()
    for person, answer in ((ada, "kept"), (noor, "not kept")):
        for duty in ("reviews", "incidents"):
            actions.say(partner="north", duty=duty, answer=answer, words="", by=person.as_viewer, at=now)
    found = look()
    asked, measured = found.house.of("reviews"), found.house.of("incidents")
    assert asked.is_opinion and asked.sides_differ and asked.verdict is Verdict.NOT_KEPT, "of two opinions the worse"
    assert measured.is_measured and measured.verdict is Verdict.KEPT, "people said not kept, data say kept"
    assert [str(o.answer) for o in measured.opinions] == ["kept", "not kept"]
