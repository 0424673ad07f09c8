"""Seen, set aside, taken up again, closed: by either side, once, with its move; and by nobody who may not."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.models import Move
from levelfield_web.audit.queries import check_chain
from levelfield_web.signals import actions, queries
from levelfield_web.signals.models import BY_PEOPLE, Signal
from levelfield_web.today import queries as today

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def on_today(person, on: dt.date) -> set[str]:
    return {r.signal.public_id for row in today.changes(viewer=person.as_viewer, on=on) for r in (row, *row.with_it)}


@pytest.mark.parametrize("person", ["ada", "noor"])
def test_each_side_says_once_that_it_has_seen_it(fallen, monday, request, person, ada, noor):
    user = request.getfixturevalue(person)
    moves = Move.objects.count()
    for n in range(2):
        seen = actions.acknowledge(signal=fallen, by=user.as_viewer, at=monday + n * DAY)
    assert (seen.seen_by(user.side), Move.objects.count()) == (user.name, moves + 1)
    assert seen.seen_by("partner" if user.side == "client" else "client") == ""
    assert (seen.client_seen_at or seen.partner_seen_at) == monday
    move = Move.objects.last()
    assert (move.verb, move.by_name, move.side, move.partner) == ("acknowledge_signal", user.name, user.side, "north")
    assert check_chain() is None


def test_a_signal_set_aside_is_off_today_until_its_day_and_read_on(fallen, look, ada, noor, monday):
    until = monday.date() + 28 * DAY
    actions.suppress(signal=fallen, until=until, reason="Moving house.", by=noor.as_viewer, at=monday)
    for person in (ada, noor):
        assert fallen.public_id not in on_today(person, until - DAY)
        assert fallen.public_id in on_today(person, until), "on the day itself it is back"
        aside = queries.open_signals(viewer=person.as_viewer, on=until - DAY, aside=True)
        assert [r.signal.public_id for r in aside] == [fallen.public_id]
    look("further")
    fallen.refresh_from_db()
    assert (fallen.period, fallen.suppressed_until) == ("2026-W10", until)
    move = Move.objects.get(verb="suppress_signal")
    assert (move.by_name, move.partner, move.data) == (noor.name, "north", {"reason": "Moving house."})


def test_setting_aside_the_same_again_changes_nothing_and_either_side_takes_it_up(fallen, ada, noor, monday):
    words = {"signal": fallen, "until": monday.date() + 7 * DAY, "reason": "Moving house."}
    actions.suppress(**words, by=noor.as_viewer, at=monday)
    count = Move.objects.count()
    actions.suppress(**words, by=noor.as_viewer, at=monday + DAY)
    assert Move.objects.count() == count
    for _ in range(2):
        taken = actions.resume(signal=fallen, by=ada.as_viewer, at=monday + DAY)
    assert (taken.suppressed_until, taken.suppressed_reason, taken.suppressed_by, taken.suppressed_at) == (
        None,
        "",
        "",
        None,
    )
    assert Move.objects.count() == count + 1
    assert fallen.public_id in on_today(ada, monday.date())


@pytest.mark.parametrize("days", [-1, 0, 184])
def test_a_day_in_the_past_or_too_far_is_refused(fallen, noor, monday, days):
    with pytest.raises(Refusal, match="cannot be set aside until") as refusal:
        actions.suppress(
            signal=fallen, until=monday.date() + days * DAY, reason="x", by=noor.as_viewer, at=monday
        )  # fmt: skip
    assert "2026-09-01" in refusal.value.expected, "183 days from 2 March"
    fallen.refresh_from_db()
    assert fallen.suppressed_until is None


@pytest.mark.parametrize("days", [1, 183])
def test_the_first_and_the_last_day_are_possible(fallen, noor, monday, days):
    until = monday.date() + days * DAY
    assert (
        actions.suppress(signal=fallen, until=until, reason="x", by=noor.as_viewer, at=monday).suppressed_until == until
    )


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 2001])
def test_nothing_is_set_aside_or_closed_without_words(fallen, noor, monday, words):
    with pytest.raises(Refusal, match="The reason is"):
        actions.suppress(signal=fallen, until=monday.date() + DAY, reason=words, by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="The reason is"):
        actions.close(signal=fallen, why="explained", words=words, by=noor.as_viewer, at=monday)


def test_a_person_closes_it_for_a_named_reason_once(fallen, ada, noor, monday):
    count = Move.objects.count()
    for n in range(2):
        closed = actions.close(
            signal=fallen, why="explained", words="A system was down.", by=noor.as_viewer, at=monday + n * DAY
        )
    assert (closed.state, closed.closed_why, closed.closed_by, closed.closed_side) == (
        "closed",
        "explained",
        noor.name,
        "partner",
    )
    assert (closed.closed_at, Move.objects.count()) == (monday, count + 1)
    for move in (
        lambda: actions.close(signal=fallen, why="mistaken", words="No.", by=ada.as_viewer, at=monday),
        lambda: actions.acknowledge(signal=fallen, by=ada.as_viewer, at=monday),
        lambda: actions.suppress(signal=fallen, until=monday.date() + DAY, reason="x", by=ada.as_viewer, at=monday),
        lambda: actions.resume(signal=fallen, by=ada.as_viewer, at=monday),
    ):
        with pytest.raises(Refusal, match=f"closed by {noor.name}: explained"):
            move()
    assert Move.objects.count() == count + 1


@pytest.mark.parametrize("why", ["", "over", "restated", "followed", "anything"])
def test_people_give_the_reasons_of_people(fallen, noor, monday, why):
    with pytest.raises(Refusal, match="is not a reason") as refusal:
        actions.close(signal=fallen, why=why, words="x", by=noor.as_viewer, at=monday)
    assert all(str(one.label) in refusal.value.expected for one in BY_PEOPLE)


MOVES = {
    "acknowledge": lambda s, by, at: actions.acknowledge(signal=s, by=by, at=at),
    "suppress": lambda s, by, at: actions.suppress(signal=s, until=at.date() + DAY, reason="x", by=by, at=at),
    "resume": lambda s, by, at: actions.resume(signal=s, by=by, at=at),
    "close": lambda s, by, at: actions.close(signal=s, why="explained", words="x", by=by, at=at),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_partner_moves_nothing_on_another_ones_signal(fallen, sol, monday, move):
    before, count = Signal.objects.values().get(pk=fallen.pk), Move.objects.count()
    with pytest.raises(Refusal, match="There is no such signal") as refusal:
        MOVES[move](fallen, sol.as_viewer, monday)
    assert refusal.value.kind is RefusalKind.PERMISSION
    assert fallen.label not in refusal.value.sentence
    assert (Signal.objects.values().get(pk=fallen.pk), Move.objects.count()) == (before, count)


@pytest.mark.parametrize(
    ("side", "role", "refused"),
    [
        ("", "administrator", {"acknowledge", "suppress", "resume", "close"}),
        ("", "executive", {"suppress", "resume", "close"}),
        ("north", "analyst", {"suppress", "resume", "close"}),
    ],
)
def test_roles_without_the_permission_are_refused_in_words(fallen, join, monday, side, role, refused):
    person = join("Lea Brandt", role, partner=side)
    for name in refused:
        with pytest.raises(Refusal, match="Your role may not") as refusal:
            MOVES[name](fallen, person.as_viewer, monday)
        assert refusal.value.kind is RefusalKind.PERMISSION
        assert "vendor manager" in refusal.value.expected.lower() or "account manager" in refusal.value.expected.lower()
    assert Signal.objects.get(pk=fallen.pk).state == "open"


POSTS = {
    "acknowledge": {},
    "set-aside": {"until": "", "reason": "Moving house."},
    "take-up": {},
    "close": {"why": "explained", "words": "A system was down."},
}


@pytest.mark.parametrize("move", POSTS)
def test_a_double_post_moves_once(fallen, noor, signed_in, move):
    browser, count = signed_in(noor), Move.objects.count()
    given = dict(POSTS[move])
    if move == "set-aside":
        given["until"] = (dt.datetime.now(tz=dt.UTC).date() + 5 * DAY).isoformat()
    for _ in range(2):
        answer = browser.post(f"/signals/{fallen.public_id}/{move}/", given)
        assert (answer.status_code, answer["Location"]) == (302, f"/signals/{fallen.public_id}/")
    assert Move.objects.count() == count + (move != "take-up"), "what was not set aside cannot be taken up"


def test_a_refusal_stands_on_the_page_with_what_was_typed(fallen, noor, signed_in):
    browser, address = signed_in(noor), f"/signals/{fallen.public_id}/"
    answer = browser.post(f"{address}set-aside/", {"until": "2020-01-01", "reason": "Moving house."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "cannot be set aside until 2020-01-01" in page
    assert "Moving house." in page
    answer = browser.post(f"{address}set-aside/", {"until": "soon", "reason": "x"})
    assert answer.status_code == 422 and "“soon” is not a day" in answer.content.decode()
    answer = browser.post(f"{address}close/", {"why": "over", "words": "Mine."})
    assert answer.status_code == 422 and "is not a reason to close a signal" in answer.content.decode()


def test_a_role_without_permission_gets_a_403_and_no_forms(fallen, join, signed_in):
    browser = signed_in(join("Lea Brandt", "analyst", partner="north"))
    page = browser.get(f"/signals/{fallen.public_id}/").content.decode()
    assert "Acknowledge the signal" in page
    assert "Set the signal aside" not in page and "Close the signal" not in page
    answer = browser.post(f"/signals/{fallen.public_id}/close/", POSTS["close"])
    assert answer.status_code == 403 and "Your role may not close a signal" in answer.content.decode()


@pytest.mark.parametrize("move", ["", *(f"{m}/" for m in POSTS)])
def test_sol_finds_the_same_nothing(fallen, sol, signed_in, move):
    browser = signed_in(sol)
    method = browser.post if move else browser.get
    given = POSTS.get(move.rstrip("/"), {})
    theirs = method(f"/signals/{fallen.public_id}/{move}", given)
    none = method(f"/signals/S-000000000000/{move}", given)
    assert theirs.status_code == none.status_code == 404


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"state": "closed"}, "a_closed_signal_says_why_and_when"),
        ({"closed_why": "over"}, "a_closed_signal_says_why_and_when"),
        ({"client_seen_by": "Ada"}, "a_signal_seen_by_the_client_says_by_whom"),
        ({"partner_seen_by": "Noor"}, "a_signal_seen_by_the_partner_says_by_whom"),
        ({"suppressed_until": dt.date(2026, 5, 1)}, "a_suppressed_signal_says_until_when_and_why"),
        ({"onset_first_on": dt.date(2027, 5, 1)}, "the_onset_lies_in_its_range"),
    ],
)
def test_the_database_refuses_half_a_move(fallen, change, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Signal.objects.filter(pk=fallen.pk).update(**change)


def test_the_database_holds_one_open_signal_a_series(fallen):
    fallen.pk, fallen.public_id = None, "S-111111111111"
    with pytest.raises(IntegrityError, match=r"partner, .*series|a_series_has_one_open_signal"), transaction.atomic():
        fallen.save(force_insert=True)
