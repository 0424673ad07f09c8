"""A signal is one episode of one series: opened once, read on every week, closed by the data, opened again where it returns."""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield_web.audit.models import Move
from levelfield_web.signals.actions import acknowledge, close, review, review_next
from levelfield_web.signals.models import Closed, Review, Signal, SignalReading

from .conftest import BILLING

pytestmark = pytest.mark.django_db
WHOLE = "service_level|abandons=all_against|"


def everything() -> list[list[dict[str, object]]]:
    """All signals, readings, looks and moves."""
    return [list(model.objects.order_by("pk").values()) for model in (Signal, SignalReading, Review, Move)]


def test_a_fall_opens_one_signal_on_its_line_and_one_on_the_whole(look):
    assert look("fallen") == 2
    assert {s.series for s in Signal.objects.all()} == {BILLING, WHOLE}
    signal = Signal.objects.get(series=BILLING)
    assert (signal.partner, signal.state, signal.opened_period, signal.period) == (
        "north",
        "open",
        "2026-W04",
        "2026-W09",
    )
    assert (signal.kind, signal.look, signal.onset_on) == ("sustained", "worse", dt.date(2026, 1, 19))
    assert signal.sentence.startswith("Service level, NNNNNNNNN-Billing fell in 2026-W04 from 7")


def test_a_first_look_catches_up_with_a_quarter_and_reads_the_signal_on_every_week(fallen):
    weeks = [f"2026-W0{n}" for n in range(4, 10)]
    assert [r.period for r in fallen.readings.all()] == weeks
    assert Review.objects.count() == 13
    assert all(r.chosen and r.going_on is not False and r.size < -0.1 for r in fallen.readings.all())


def test_looking_again_changes_nothing(fallen, look):
    before = everything()
    assert look("fallen") == 0
    assert everything() == before


def test_the_worker_looks_at_every_partner_once(stand, monday):
    stand("fallen")
    assert [review_next(at=monday) for _ in range(3)] == [True, True, False]
    assert {r.partner for r in Review.objects.all()} == {"north", "south"}
    assert not Signal.objects.filter(partner="south").exists(), "South is quiet"


def test_a_further_week_is_read_and_nothing_is_opened_again(fallen, look):
    moves = Move.objects.count()
    assert look("further") == 0
    assert Signal.objects.count() == 2
    fallen.refresh_from_db()
    assert (fallen.period, fallen.opened_period, fallen.readings.last().period) == ("2026-W10", "2026-W04", "2026-W10")
    assert fallen.readings.count() == 7, "the week before was restated by nothing that changed a word of it"
    assert Move.objects.count() == moves


def test_a_restatement_that_takes_the_fall_away_closes_the_signal_and_says_what_it_changed(fallen, look):
    sentence = fallen.sentence
    look("restated")
    fallen.refresh_from_db()
    assert (fallen.state, fallen.closed_why, fallen.closed_side) == ("closed", Closed.RESTATED, "")
    assert fallen.closed_words.startswith("Service level, NNNNNNNNN-Billing is as usual at ")
    reading = fallen.readings.last()
    assert (reading.cause, reading.kind, reading.period) == ("restatement", "usual", "2026-W09")
    assert reading.difference.startswith(f"it read {sentence} and now reads {fallen.closed_words}")
    assert Move.objects.last().sentence.endswith("gone after a restatement")


def test_the_first_facts_once_more_open_the_same_signal_again(fallen, look, noor, monday):
    """Facts that are restated and then delivered as before are the publication they were; it is looked at all the same."""
    acknowledge(signal=fallen, by=noor.as_viewer, at=monday)
    look("restated")
    assert look("restored") == 2
    assert Signal.objects.count() == 2
    fallen.refresh_from_db()
    assert (fallen.state, fallen.closed_why, fallen.closed_by, fallen.closed_at) == ("open", "", "", None)
    assert fallen.partner_seen_by == "", "what opens again waits to be seen again"
    assert fallen.readings.last().kind == "sustained"
    assert "A signal was opened again: Service level, NNNNNNNNN-Billing" in Move.objects.last().sentence
    assert review_next(at=monday), "South was not looked at yet"
    assert not review_next(at=monday), "and North is done with"
    before = everything()
    assert look("restored") == 0
    assert everything() == before


def test_weeks_as_before_close_the_signal_and_another_fall_opens_another_one(fallen, look):
    look("back")
    for signal in Signal.objects.all():
        assert (signal.state, signal.closed_why, signal.period) == ("closed", Closed.OVER, "2026-W10")
        assert "came back to 7" in signal.closed_words
    look("again")
    first, second = Signal.objects.filter(series=WHOLE).order_by("pk")
    assert (first.state, first.period) == ("closed", "2026-W10")
    assert (second.state, second.opened_period, second.onset_on) == ("open", "2026-W13", dt.date(2026, 3, 23))
    assert Signal.objects.filter(series=BILLING, state="open").count() == 1


def test_a_signal_on_what_is_no_longer_agreed_is_closed_and_says_so(fallen, look):
    look("other terms")
    fallen.refresh_from_db()
    assert (fallen.state, fallen.closed_why) == ("closed", Closed.FOLLOWED)
    assert fallen.closed_words == "The series is no longer watched as it was agreed."


@pytest.mark.parametrize("by_side", ["client", "partner"])
def test_what_people_closed_stays_closed_until_something_new_happens(fallen, look, ada, noor, monday, by_side):
    whole, by = Signal.objects.get(series=WHOLE), (ada if by_side == "client" else noor).as_viewer
    close(signal=whole, why="accepted", words="A new queue was added.", by=by, at=monday)
    for name in ("fallen", "further", "restated"):
        assert look(name) == 0
    whole.refresh_from_db()
    assert (whole.state, whole.closed_why, whole.closed_side, whole.period) == (
        "closed",
        "accepted",
        by_side,
        "2026-W09",
    )
    assert Signal.objects.filter(series=WHOLE).count() == 1
    look("back")
    look("again")
    assert [s.opened_period for s in Signal.objects.filter(series=WHOLE, state="open")] == ["2026-W13"]


def test_too_few_contacts_open_nothing(fallen):
    """The third line fell from nine in ten to none, on three contacts a week."""
    assert not Signal.objects.filter(series__contains="Rare").exists()
    newest = Review.objects.order_by("-pk")[0]
    assert (newest.watched, newest.judged) == (8, 6), "both measures of the third line are watched and not judged"


def test_fewer_than_twelve_weeks_open_nothing(home, north, south, monday):
    """The usual home has ten weeks."""
    assert review(partner="north", at=monday) == 0
    assert not Signal.objects.exists()
    assert {(r.judged, r.opened) for r in Review.objects.all()} == {(0, 0)}


def test_every_opening_and_closing_is_a_move_the_partner_may_read(fallen, look):
    look("restated")
    moves = Move.objects.filter(object_id=fallen.public_id)
    assert [(m.verb, m.by_name, m.partner) for m in moves] == [
        ("open_signal", "Levelfield", "north"),
        ("close_signal", "Levelfield", "north"),
    ]
