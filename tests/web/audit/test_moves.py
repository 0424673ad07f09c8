"""The list of moves: who reads what, and that a change made later shows."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from levelfield_web.audit import queries
from levelfield_web.audit.actions import record
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import VISITOR
from levelfield_web.people import actions


@pytest.fixture
def chain(ada, noor, sol, monday):
    """One move each of Ada about North, of Noor, of Sol, and of Ada for the client alone, after those of joining."""
    for by, sentence, partner in [
        (ada, "Ada asked North.", "north"),
        (noor, "Noor answered.", None),
        (sol, "Sol answered.", None),
        (ada, "Ada thought.", None),
    ]:
        record(
            by=by.as_viewer, at=monday, verb="say", object_kind="note", object_id=7, sentence=sentence, partner=partner,
            data={"words": 2, "to": ["both", None, True]},
        )  # fmt: skip


def said(viewer):
    return [move.sentence for move in queries.moves(viewer=viewer, object_kind="note", object_id=7)]


def test_ada_reads_everything_newest_first(chain, ada):
    assert said(ada.as_viewer) == ["Ada thought.", "Sol answered.", "Noor answered.", "Ada asked North."]


def test_noor_reads_what_names_north_or_was_done_by_its_people(chain, noor):
    assert said(noor.as_viewer) == ["Noor answered.", "Ada asked North."]


def test_a_visitor_reads_nothing(chain):
    assert said(VISITOR) == []


@pytest.mark.parametrize("ending", ["/", ".json", ".csv"])
def test_no_form_of_the_page_tells_sol_about_north(chain, sol, noor, signed_in, ending):
    text = signed_in(sol).get(f"/audit{ending}").content.decode()
    assert "Sol answered." in text
    assert "North" not in text and "north" not in text and noor.name not in text


def test_the_chain_is_whole(chain):
    assert queries.check_chain() is None
    out = io.StringIO()
    call_command("check_audit", stdout=out)
    assert queries.last_hash() in out.getvalue()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("sentence", "Noor agreed."),
        ("by_name", "Sol"),
        ("at", "2026-03-01 09:00:00"),
        ("partner", "south"),
        ("data", "{}"),
        ("hash", "0" * 64),
    ],
)
def test_a_change_made_later_is_found_where_it_was_made(chain, column, value):
    move = Move.objects.get(sentence="Noor answered.")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE levelfield_move SET {column} = %s WHERE id = %s", [value, move.id])
    assert queries.check_chain() == move.id
    with pytest.raises(CommandError, match=f"Move {move.id} does not fit"):
        call_command("check_audit")


def test_a_move_that_was_taken_out_is_found_at_the_next(chain):
    move = Move.objects.get(sentence="Noor answered.")
    following = Move.objects.filter(id__gt=move.id).first()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM levelfield_move WHERE id = %s", [move.id])
    assert queries.check_chain() == following.id


def test_a_move_is_never_changed_or_removed(chain):
    move = Move.objects.first()
    for attempt in (move.save, move.delete, Move.objects.all().delete, lambda: Move.objects.all().update(sentence="")):
        with pytest.raises(TypeError, match="never"):
            attempt()


def test_two_moves_never_follow_the_same_one(chain, ada, monday):
    first = Move.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Move.objects.create(
            at=monday, by_name="x", side="client", verb="x", object_kind="x", object_id="x", sentence="x",
            previous_hash=first.previous_hash, hash="1" * 64,
        )  # fmt: skip


def test_a_fraction_is_refused_because_databases_write_it_differently(ada, monday):
    with pytest.raises(TypeError, match="integers"):
        record(by=ada.as_viewer, at=monday, verb="x", object_kind="x", object_id=1, sentence="x", data={"share": [0.5]})


def test_a_move_falls_with_the_action_that_made_it(noor, monday):
    before = Move.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.begin_codes(by=noor.as_viewer, at=monday)
        raise RuntimeError
    assert Move.objects.count() == before


def test_every_way_of_joining_left_a_move(chain):
    assert Move.objects.filter(verb="add_person").count() == 3
    assert Move.objects.filter(verb="know_partner").count() == 2
