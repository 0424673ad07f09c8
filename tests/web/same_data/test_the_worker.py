"""Work on a delivery is leased: a worker that dies loses it, one that comes late cannot spoil it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection

from levelfield_io.publishing import Parcel, publish
from levelfield_io.store import Store
from levelfield_web.audit.models import Move
from levelfield_web.audit.queries import check_chain
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.same_data import actions
from levelfield_web.same_data.models import Delivery, State
from levelfield_web.same_data.work import work_on

from ...conftest import interval_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(home, ada, monday) -> Delivery:
    return actions.receive(
        name="north.csv", chunks=[interval_file("north", "NNNNNNNNN", offered=62).encode()], partner="", profile="", options={},
        leave_rejected=False, by=ada.as_viewer, at=monday,
    )  # fmt: skip


def test_a_lease_that_ran_out_is_taken_over(waiting, monday):
    first = actions.claim(at=monday)
    assert first is not None and first.state == State.CHECKING
    assert actions.claim(at=monday + actions.LEASE) is None, "the first worker may still be at it"
    second = actions.claim(at=monday + actions.LEASE + dt.timedelta(seconds=1))
    assert second is not None and second.pk == first.pk
    assert second.lease_token != first.lease_token
    # The first one was only slow. Whatever it says now is not heard.
    assert not actions.keep_going(delivery_id=first.pk, token=first.lease_token, at=monday)
    actions.tell_progress(delivery_id=first.pk, token=first.lease_token, step="late", share=0.9)
    assert not actions.finish(
        delivery_id=first.pk, token=first.lease_token, state=State.REFUSED, result={}, by=HOUSE, at=monday
    )
    work_on(second, second.lease_token)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.step) == (State.CHECKED, "")


def test_a_worker_that_is_at_it_keeps_its_lease(waiting, monday):
    first = actions.claim(at=monday)
    assert first is not None
    soon = monday + actions.LEASE - dt.timedelta(seconds=1)
    assert actions.keep_going(delivery_id=first.pk, token=first.lease_token, at=soon)
    assert actions.claim(at=soon + actions.LEASE - dt.timedelta(seconds=1)) is None


def test_a_file_that_kills_every_worker_is_given_up(waiting, monday):
    at = monday
    for _ in range(actions.MOST_TRIES):
        assert actions.claim(at=at) is not None
        at += actions.LEASE + dt.timedelta(seconds=1)
    assert actions.claim(at=at) is None
    waiting.refresh_from_db()
    assert waiting.state == State.REFUSED
    assert "stopped" in waiting.refusal["what"]


def test_publishing_twice_after_a_death_publishes_once(waiting, monday, home, ada):
    claimed = actions.claim(at=monday)
    work_on(claimed, claimed.lease_token)
    actions.ask_to_publish(delivery=waiting, leave_rejected=False, by=ada.as_viewer, at=monday)
    first = actions.claim(at=monday)
    published = []
    for claimed in (first, actions.claim(at=monday + 2 * actions.LEASE)):
        # The first dies between the release and its word about it: the second finds the facts published.
        work_on(claimed, claimed.lease_token)
        waiting.refresh_from_db()
        published.append((waiting.state, dict(waiting.publications)))
    assert [state for state, _ in published] == [State.PUBLISHING, State.PUBLISHED]


@pytest.mark.django_db(transaction=True)
def test_the_command_works_off_what_waits(waiting, home, monkeypatch):
    if (connection.vendor == "sqlite" and ":memory:" in str(connection.settings_dict["NAME"])) or "memory" in str(
        connection.settings_dict["NAME"]
    ):
        # The worker calls itself in a process of its own, which cannot see a database in memory: be that process.
        monkeypatch.setattr(
            "levelfield_web.management.commands.work.Command._run",
            lambda self, delivery: call_command("work", on=delivery.pk, token=delivery.lease_token),
        )
        monkeypatch.setattr("levelfield_web.management.commands.work.keep_within_limits", lambda: None)
        call_command("work", once=True)
        waiting.refresh_from_db()
        assert waiting.state == State.CHECKED
    else:
        pytest.skip("the test database has a name of its own that a child process does not know")


def test_what_was_published_at_the_command_line_gets_its_move(home, ada, noor, sol, monday, signed_in):
    path = home / "north-again.csv"
    path.write_text(interval_file("north", "NNNNNNNNN", offered=64), encoding="utf-8")
    outcome = publish([Parcel(path)], Store(home), by="Pat", at=monday + dt.timedelta(days=40))
    for _ in range(2):  # looking again adds nothing
        call_command("work", once=True)
    moves = {m.object_id: m for m in Move.objects.filter(verb="published")}
    assert set(moves) == {r.id for p in ("north", "south") for r in Store(home).records(p)}
    move = moves[outcome.records[0].id]
    assert move.sentence.endswith("of Partner North was published at the command line by Pat at 2026-04-11 09:00 UTC")
    assert (move.partner, move.by_name, move.data["by"]) == ("north", "Levelfield", "Pat")
    assert move.sentence in signed_in(noor).get("/audit/").content.decode()
    assert "Partner North" not in signed_in(sol).get("/audit/").content.decode()
    assert check_chain() is None


def test_a_publication_whose_worker_died_before_its_move_is_told_as_a_delivery(waiting, ada, monday, home):
    claimed = actions.claim(at=monday)
    assert claimed is not None
    work_on(claimed, claimed.lease_token)
    actions.ask_to_publish(delivery=waiting, leave_rejected=False, by=ada.as_viewer, at=monday)
    claimed = actions.claim(at=monday)
    assert claimed is not None
    work_on(claimed, "a lease that was lost")  # released, but nobody wrote it down
    id_ = Store(home).release.current["north"]
    actions.note_publications(by=HOUSE, at=monday)
    assert not Move.objects.filter(object_id=id_).exists(), "the delivery is still being worked on"
    again = actions.claim(at=monday + actions.LEASE * 2)
    assert again is not None
    work_on(again, again.lease_token)
    actions.note_publications(by=HOUSE, at=monday)
    assert (
        f"Publication {id_} of Partner North was made from a delivery of Ada Okafor"
        in Move.objects.get(object_id=id_).sentence
    )
