"""Asked, given, announced, answered: by the side that may, once, with its move; and by nobody for another partner."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.models import Move
from levelfield_web.audit.queries import check_chain
from levelfield_web.own_house import actions, queries
from levelfield_web.own_house.models import Announcement, ClientRequest, DutyAnswer

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
WHAT = "Access to the order system for 12 people"


@pytest.fixture
def ask(noor, now):
    """Noor asks for access, unless a test says otherwise."""

    def asks(by=noor, at=now, **given) -> ClientRequest:
        words = {"partner": "north", "kind": "access", "what": WHAT, "needed_on": now.date() + 7 * DAY} | given
        return actions.ask(**words, by=by.as_viewer, at=at)

    return asks


@pytest.fixture
def announce(ada, now):
    """Ada announces a change to North, unless a test says otherwise."""

    def announces(by=ada, at=now, **given) -> Announcement:
        words = {"partner": "north", "kind": "release", "title": "New shop", "takes_effect_on": now.date() + 14 * DAY}
        return actions.announce(**(words | given), by=by.as_viewer, at=at)

    return announces


@pytest.fixture
def say(noor, now):
    """Noor says that reviews take place, unless a test says otherwise."""

    def says(answer="kept", by=noor, at=now, **given) -> DutyAnswer:
        words = {"partner": "north", "duty": "reviews", "words": ""} | given
        return actions.say(answer=answer, **words, by=by.as_viewer, at=at)

    return says


def stored() -> tuple[int, int, int, int]:
    """How many requests, announcements, answers and moves there are."""
    return tuple(model.objects.count() for model in (ClientRequest, Announcement, DutyAnswer, Move))


def test_asking_leaves_one_request_and_one_move(ask, noor, now):
    before = Move.objects.count()
    made = ask()
    assert (made.partner, made.kind, made.what, made.given) == ("north", "access", WHAT, None)
    assert (made.side, made.by_name, made.at, made.by_id) == ("partner", noor.name, now, noor.pk)
    move = Move.objects.last()
    assert Move.objects.count() == before + 1
    assert (move.verb, move.object_id, move.partner, move.side) == ("ask_client", made.public_id, "north", "partner")
    assert (
        move.sentence
        == f"{noor.name} asked the client for access for people by {now.date() + 7 * DAY}: {WHAT}"
    )  # fmt: skip
    assert check_chain() is None


@pytest.mark.parametrize("other", [{}, {"what": f"  {WHAT.replace(' for', chr(10) + 'for')} "}, {"needed_on": 20}])
def test_the_same_open_request_changes_nothing(ask, ada, now, other):
    first, before = ask(), stored()
    if "needed_on" in other:
        other = {"needed_on": now.date() + other["needed_on"] * DAY}
    again = ask(at=now + DAY, **other)
    assert (again.pk, again.needed_on, again.at) == (first.pk, first.needed_on, first.at)
    assert ask(by=ada).pk == first.pk, "asked for by the other side it is the same request"
    assert stored() == before


def test_another_kind_another_partner_or_a_request_after_its_answer_is_another(ask, ada, sol, now):
    first = ask()
    ids = {first.pk, ask(kind="training").pk, ask(by=sol, partner="south").pk}
    actions.answer_request(asked=first, given=False, words="Next month.", by=ada.as_viewer, at=now)
    ids.add(ask(at=now + DAY).pk)
    assert len(ids) == 4


@pytest.mark.parametrize("days", [-4000, -1, 367])
def test_what_is_needed_on_a_day_that_is_over_or_far_off_is_refused_in_words(ask, now, days):
    before, day = stored(), now.date() + days * DAY
    with pytest.raises(Refusal, match=f"cannot be needed on {day}") as refusal:
        ask(needed_on=day)
    assert (refusal.value.where, refusal.value.kind) == (WHAT, RefusalKind.RULE)
    assert refusal.value.expected == "today or a day within a year" and refusal.value.next_step
    assert stored() == before


@pytest.mark.parametrize("days", [0, 366])
def test_the_first_and_the_last_day_are_possible(ask, announce, now, days):
    day = now.date() + days * DAY
    assert ask(needed_on=day).needed_on == announce(takes_effect_on=day).takes_effect_on == day


@pytest.mark.parametrize("kind", ["", "Access", "anything"])
def test_a_kind_nobody_knows_is_refused_with_the_kinds_there_are(ask, announce, kind):
    with pytest.raises(Refusal, match="is not a kind of request") as refusal:
        ask(kind=kind)
    assert "a decision" in refusal.value.expected
    with pytest.raises(Refusal, match="is not a kind of change") as refusal:
        announce(kind=kind)
    assert "campaign" in refusal.value.expected


@pytest.mark.parametrize(("words", "said"), [("", "is empty"), (" \n\t ", "is empty"), ("x" * 201, "is too long")])
def test_nothing_is_asked_or_announced_without_words_or_with_too_many(ask, announce, words, said):
    before = stored()
    with pytest.raises(Refusal, match=f"What is asked {said}"):
        ask(what=words)
    with pytest.raises(Refusal, match=f"The title {said}"):
        announce(title=words)
    assert stored() == before


@pytest.mark.parametrize(("given", "verb"), [(True, "gave"), (False, "declined")])
def test_the_client_answers_a_request_once(ask, ada, now, given, verb):
    asked = ask()
    before = Move.objects.count()
    for n in range(2):  # the same answer from the same, by now stale, page
        told = actions.answer_request(
            asked=asked, given=given, words="On its way.", by=ada.as_viewer, at=now + (n + 1) * DAY
        )
    assert (told.given, told.answer, told.answered_by_name, told.answered_at) == (
        given,
        "On its way.",
        ada.name,
        now + DAY,
    )
    move = Move.objects.last()
    assert Move.objects.count() == before + 1
    assert (move.verb, move.partner, move.by_name) == ("answer_request", "north", ada.name)
    assert (move.sentence, move.data) == (f"{ada.name} {verb}: {WHAT}", {"given": given, "answer": "On its way."})
    assert check_chain() is None


@pytest.mark.parametrize("given", [True, False])
def test_another_answer_is_refused_with_the_name_of_who_answered(ask, ada, ada_administrator, now, given):
    asked = ask()
    actions.answer_request(asked=asked, given=given, words="So.", by=ada.as_viewer, at=now)
    before = stored()
    with pytest.raises(Refusal, match=f"answered by {ada.name} and stays so") as refusal:
        actions.answer_request(asked=asked, given=not given, words="No.", by=ada_administrator.as_viewer, at=now)
    assert refusal.value.where == WHAT
    asked.refresh_from_db()
    assert (asked.given, asked.answer, stored()) == (given, "So.", before)


@pytest.mark.parametrize(("words", "said"), [(" ", "is empty"), ("x" * 2001, "is too long")])
def test_an_answer_has_words(ask, ada, now, words, said):
    asked = ask()
    with pytest.raises(Refusal, match=f"The answer {said}"):
        actions.answer_request(asked=asked, given=True, words=words, by=ada.as_viewer, at=now)
    asked.refresh_from_db()
    assert asked.given is None


def test_an_announcement_is_made_once_and_its_first_day_counts(announce, ada, ada_administrator, now):
    before = Move.objects.count()
    first = announce()
    again = announce(by=ada_administrator, at=now + 3 * DAY, title=" New  shop", kind="policy")
    assert (again.pk, again.at, again.by_name, again.kind) == (first.pk, now, ada.name, "release")
    move = Move.objects.last()
    assert Move.objects.count() == before + 1
    assert (move.verb, move.partner) == ("announce_change", "north")
    assert move.sentence == f"{ada.name} announced a change for {now.date() + 14 * DAY}: New shop"
    assert announce(takes_effect_on=now.date() + 15 * DAY).pk != first.pk, "on another day it is another change"
    assert announce(partner="south").pk != first.pk, "each partner is told for itself"
    assert check_chain() is None


@pytest.mark.parametrize("days", [-1, -30, 367])
def test_an_announcement_looks_ahead(announce, now, days):
    before, day = stored(), now.date() + days * DAY
    with pytest.raises(Refusal, match=f"takes effect on {day} cannot be announced today") as refusal:
        announce(takes_effect_on=day)
    assert "an announcement looks ahead" in refusal.value.expected
    assert stored() == before


def test_the_latest_answer_of_each_side_counts_and_earlier_ones_stay(say, ada, noor, now):
    before = Move.objects.count()
    say("kept")
    say("not kept", by=ada, at=now + DAY, words="None in May.")
    say("kept in part", at=now + 2 * DAY, words="Half of them.")
    for viewer in (ada.as_viewer, noor.as_viewer):
        told = queries.opinions(viewer=viewer, partner="north")["reviews"]
        assert [(o.side, str(o.answer), o.words, o.who) for o in told] == [
            ("client", "not kept", "None in May.", ada.name),
            ("partner", "kept in part", "Half of them.", noor.name),
        ]
    assert DutyAnswer.objects.count() == 3 and Move.objects.count() == before + 3
    move = Move.objects.last()
    assert (move.verb, move.partner) == ("answer_duty", "north")
    assert move.sentence == f"{noor.name} says of “Reviews take place”: in part"
    assert check_chain() is None


def test_the_same_answer_again_changes_nothing_and_a_return_to_an_earlier_one_is_a_new_one(say, now):
    first = say("kept")
    before = stored()
    assert say("kept", at=now + DAY).pk == first.pk and stored() == before
    say("not kept", at=now + DAY)
    assert say("kept", at=now + 2 * DAY).pk != first.pk and DutyAnswer.objects.count() == 3


@pytest.mark.parametrize("duty", ["", "nothing", "REVIEWS", "x" * 400])
def test_a_duty_that_is_not_on_the_list_is_refused(say, duty):
    before = stored()
    with pytest.raises(Refusal, match="There is no such duty") as refusal:
        say(duty=duty)
    assert len(refusal.value.where) <= 40 and stored() == before


@pytest.mark.parametrize("answer", ["", "yes", "cannot judge", "test first"])
def test_an_answer_that_is_none_is_refused_with_the_answers_there_are(say, answer):
    before = stored()
    with pytest.raises(Refusal, match="An answer is missing") as refusal:
        say(answer)
    assert (refusal.value.where, refusal.value.expected) == ("Reviews take place", "yes, in part, no")
    assert stored() == before


def test_more_words_than_an_answer_holds_are_refused_and_not_cut(say):
    with pytest.raises(Refusal, match="too long"):
        say("kept", words="x" * 2001)


MOVES = {
    "ask": lambda by, now, _asked: actions.ask(
        partner="north", kind="decision", what="Which offer?", needed_on=now.date(), by=by, at=now
    ),
    "answer_request": lambda by, now, asked: actions.answer_request(
        asked=asked, given=True, words="Here.", by=by, at=now
    ),
    "announce": lambda by, now, _asked: actions.announce(
        partner="north", kind="price", title="New prices", takes_effect_on=now.date(), by=by, at=now
    ),
    "say": lambda by, now, _asked: actions.say(partner="north", duty="reviews", answer="kept", words="", by=by, at=now),
}


@pytest.mark.parametrize("move", ["ask", "say"])
def test_a_partner_makes_no_move_in_the_house_of_another(ask, sol, now, move):
    asked, before = ask(), stored()
    with pytest.raises(Refusal, match="There is no such partner") as refusal:
        MOVES[move](sol.as_viewer, now, asked)
    assert refusal.value.kind is RefusalKind.PERMISSION
    assert "north" not in refusal.value.sentence.lower() and stored() == before


# Who may, by hand: c is the client, p partner North.
ALLOWED = {
    "ask": {"c vendor_manager", "p account_manager", "p operations_manager"},
    "answer_request": {"c administrator", "c vendor_manager"},
    "announce": {"c administrator", "c vendor_manager"},
    "say": {"c executive", "c vendor_manager", "p account_manager", "p operations_manager"},
}
STANDINGS = (
    "c executive", "c vendor_manager", "c analyst", "c administrator", "p account_manager", "p operations_manager", "p analyst",
)  # fmt: skip


@pytest.mark.parametrize("move", MOVES)
def test_the_roles_that_may_do_and_all_others_are_refused_in_words(ask, join, now, move):
    for number, standing in enumerate(STANDINGS):
        side, role = standing.split()
        person = join(f"Lea{number} Brandt", role, partner="north" if side == "p" else "").as_viewer
        asked = ask(what=f"{WHAT}, {number}")
        before = stored()
        if standing in ALLOWED[move]:
            MOVES[move](person, now, asked)
            continue
        with pytest.raises(Refusal, match="Your role may not") as refusal:
            MOVES[move](person, now, asked)
        assert refusal.value.kind is RefusalKind.PERMISSION, standing
        assert "one of these roles on your side" in refusal.value.expected
        assert stored() == before, standing


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"kind": "anything"}, "kind_of_a_request_is_known"),
        ({"given": True}, "an_answered_request_says_by_whom_and_when"),
        ({"answered_by_name": "Ada"}, "an_answered_request_says_by_whom_and_when"),
    ],
)
def test_the_database_refuses_half_an_answer(ask, change, rule):
    asked = ask()
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        ClientRequest.objects.filter(pk=asked.pk).update(**change)


def test_the_database_holds_an_announcement_once_and_only_known_duties_and_answers(announce, say):
    told, said = announce(), say()
    told.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        told.save(force_insert=True)
    for change, rule in (
        ({"duty": "nothing"}, "duty_that_is_answered_is_known"),
        ({"answer": "test first"}, "answer_to_a_duty_is_known"),
    ):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            DutyAnswer.objects.filter(pk=said.pk).update(**change)


def test_a_partner_asks_so_much_and_says_then_what_is_still_needed(ask, now, ada, monkeypatch):
    monkeypatch.setattr("levelfield_web.own_house.actions.MOST_OPEN", 2)
    first = ask(what="One")
    ask(what="Two")
    with pytest.raises(Refusal, match="2 requests wait for an answer"):
        ask(what="Three")
    assert ask(what="One") == first  # the same again changes nothing
    actions.answer_request(asked=first, given=True, words="Done.", by=ada.as_viewer, at=now)
    ask(what="Three")


def test_signs_that_no_reader_sees_are_not_stored(ask, say):
    assert ask(what="Acc\x01ess\u202e for 12").what == "Access for 12"
    assert say(words="a\x00b").words == "ab"
