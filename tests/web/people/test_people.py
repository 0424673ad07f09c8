"""Who sees whom, who may do what, and what the database itself refuses."""

from __future__ import annotations

import inspect

import pytest
from django.db import IntegrityError, transaction

from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import HOUSE, VISITOR, Viewer
from levelfield_web.people import actions, queries
from levelfield_web.people.models import CLIENT_ROLES, PARTNER_ROLES, User
from levelfield_web.people.permissions import PERMISSIONS, may, require

# The rule, a second time and by hand: c is the client, p a partner.
MATRIX = """
                  c:executive  c:vendor_manager  c:analyst  c:administrator  p:account_manager  p:operations_manager  p:analyst
invite            -            yes               -          yes              yes                -                     -
deactivate        -            -                 -          yes              yes                -                     -
manage_people     -            -                 -          yes              yes                -                     -
upload            -            yes               yes        yes              yes                yes                   yes
publish           -            yes               yes        yes              -                  -                     -
acknowledge       yes          yes               yes        -                yes                yes                   yes
add_agreement     -            yes               -          yes              -                  -                     -
lock_forecast     -            yes               -          -                -                  -                     -
acknowledge_lock  -            -                 -          -                yes                yes                   -
claim_excuse      -            yes               -          -                yes                yes                   -
answer_excuse     -            yes               -          -                yes                yes                   -
dispute           -            yes               -          -                yes                -                     -
answer_dispute    -            yes               -          -                yes                -                     -
export            yes          yes               yes        yes              yes                yes                   yes
rebase            -            yes               yes        -                yes                yes                   -
suppress_signal   -            yes               yes        -                yes                yes                   -
close_signal      -            yes               yes        -                yes                yes                   -
ask_client        -            yes               -          -                yes                yes                   -
answer_request    -            yes               -          yes              -                  -                     -
announce          -            yes               -          yes              -                  -                     -
answer_duty       yes          yes               -          -                yes                yes                   -
file_scenario     -            yes               -          -                yes                yes                   -
raise_case        yes          yes               -          -                yes                yes                   -
move_case         yes          yes               -          -                yes                yes                   -
talk              yes          yes               yes        -                yes                yes                   yes
set_ladder        -            yes               -          -                yes                -                     -
write_plan        -            yes               -          -                yes                yes                   -
answer_plan       yes          yes               -          -                yes                -                     -
hold_check_in     yes          yes               -          -                yes                yes                   -
keep_charter      yes          yes               -          -                -                  -                     -
weigh_reasons     yes          yes               -          -                -                  -                     -
name_sponsor      yes          yes               -          -                yes                -                     -
say_buy_in        yes          yes               yes        yes              yes                yes                   yes
answer_survey     yes          yes               -          -                yes                yes                   -
"""


def matrix_rows():
    head, *lines = MATRIX.strip().splitlines()
    for line in lines:
        move, *answers = line.split()
        for standing, word in zip(head.split(), answers, strict=True):
            side, role = standing.split(":")
            viewer = Viewer(1, "Somebody", *(("client", "") if side == "c" else ("partner", "north")), role)
            yield pytest.param(viewer, move, word == "yes", id=f"{side} {role} {move}")


@pytest.mark.parametrize(("viewer", "move", "allowed"), list(matrix_rows()))
def test_each_role_may_do_what_the_matrix_says(viewer, move, allowed):
    assert may(viewer, move) is allowed


def test_the_matrix_names_every_move_and_every_role():
    head, *lines = MATRIX.strip().splitlines()
    assert [line.split()[0] for line in lines] == list(dict.fromkeys(line.split()[0] for line in lines))
    assert {line.split()[0] for line in lines} == set(PERMISSIONS)
    assert len(set(head.split())) == len(CLIENT_ROLES) + len(PARTNER_ROLES)


@pytest.mark.parametrize("move", PERMISSIONS)
def test_a_visitor_may_do_nothing_and_the_house_everything(move):
    assert may(HOUSE, move)
    with pytest.raises(Refusal) as refusal:
        require(VISITOR, move)
    assert refusal.value.kind == RefusalKind.PERMISSION


def test_the_client_sees_every_partner_and_a_partner_only_itself():
    ada, noor = Viewer(1, "Ada", "client", "", "analyst"), Viewer(2, "Noor", "partner", "north", "analyst")
    assert [ada.sees(k) for k in ("north", "south", "")] == [True, True, True]
    assert [noor.sees(k) for k in ("north", "south", "")] == [True, False, False]
    assert not VISITOR.sees("") and not Viewer(3, "?", "partner", "", "analyst").sees("")


def test_ada_sees_everybody(ada, noor, sol):
    assert {row.name for row in queries.people(viewer=ada.as_viewer)} == {ada.name, noor.name, sol.name}


def test_noor_sees_her_own_people_and_only_the_names_of_the_clients(ada, noor, sol):
    rows = {row.name: row for row in queries.people(viewer=noor.as_viewer)}
    assert set(rows) == {ada.name, noor.name}
    assert rows[noor.name].email == noor.email
    assert (rows[ada.name].id, rows[ada.name].email, rows[ada.name].last_seen_at) == (None, None, None)


@pytest.mark.parametrize("ending", ["/", ".json", ".csv"])
def test_no_form_of_the_page_tells_noor_about_south(ada, noor, sol, signed_in, ending):
    page = signed_in(noor).get(f"/people{ending}")
    assert page.status_code == 200
    text = page.content.decode()
    assert noor.name in text and sol.name not in text and "outh" not in text and ada.email not in text


def test_a_visitor_gets_no_table(db, client):
    assert client.get("/people.csv").status_code == 401
    assert client.get("/people/").status_code == 302


def test_sols_access_and_nobodys_access_are_the_same_to_noor(noor, sol, ada, signed_in):
    browser = signed_in(noor)
    answers = [browser.get(f"/people/{pk}/deactivate/") for pk in (sol.pk, ada.pk, 999_999)]
    assert [a.status_code for a in answers] == [404, 404, 404]
    assert len({a.content for a in answers}) == 1


def test_noor_takes_away_the_access_of_her_own_people_only(noor, sol, join, monday):
    lea = join("Lea Brandt", "analyst", partner="north")
    actions.deactivate(person=lea, by=noor.as_viewer, at=monday)
    lea.refresh_from_db()
    assert (lea.is_active, lea.deactivated_at) == (False, monday)
    with pytest.raises(Refusal, match="own side only"):
        actions.deactivate(person=sol, by=noor.as_viewer, at=monday)


def test_nobody_takes_away_their_own_access(ada_administrator, monday):
    with pytest.raises(Refusal, match="your own access"):
        actions.deactivate(person=ada_administrator, by=ada_administrator.as_viewer, at=monday)


def test_the_page_asks_before_it_takes_access_away(noor, join, signed_in):
    lea = join("Lea Brandt", "analyst", partner="north")
    browser = signed_in(noor)
    assert "Recorded: that Noor Haddad" in browser.get(f"/people/{lea.pk}/deactivate/").content.decode()
    browser.post(f"/people/{lea.pk}/deactivate/")
    assert not User.objects.get(pk=lea.pk).is_active


def test_a_partner_is_made_known_once_and_renamed_with_a_move(north, monday):
    before = Move.objects.count()
    actions.know_partner(key="north", name="Partner North", by=HOUSE, at=monday)
    assert Move.objects.count() == before
    actions.know_partner(key="north", name="North Star", by=HOUSE, at=monday)
    assert Move.objects.last().sentence == "Levelfield gave Partner North the name North Star."


def test_only_the_house_adds_people_without_an_invitation(ada_administrator, monday):
    with pytest.raises(Refusal, match="by invitation"):
        actions.add_person(
            email="x@client.example", name="X", side="client", role="analyst", password="seven calm rivers",
            by=ada_administrator.as_viewer, at=monday,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"partner": ""}, "a_partner_is_named_exactly_by_its_own_people"),
        ({"role": "executive"}, "a_partner_is_named_exactly_by_its_own_people"),
        ({"side": "client"}, "a_partner_is_named_exactly_by_its_own_people"),
        ({"side": "both"}, "a_person_stands_on_one_of_two_sides"),
        ({"is_active": False}, "who_may_not_sign_in_was_deactivated_at_a_moment"),
        ({"email": "Noor@north.example"}, "an_email_address_is_kept_in_small_letters"),
        ({"name": ""}, "a_person_has_a_name"),
    ],
)
def test_the_database_refuses_a_person_who_stands_nowhere(noor, change, rule):
    # SQLite names whichever broken rule it meets first, so the rule is one of those the change breaks.
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        User.objects.filter(pk=noor.pk).update(**change)
    assert rule in str(error.value) or change.get("side") == "both"


def test_every_writer_asks_by_whom_and_when():
    # `is_open` and the rules below the writers are functions about things, not moves.
    writers = [
        function
        for name, function in vars(actions).items()
        if inspect.isfunction(function) and function.__module__ == actions.__name__ and "at" in inspect.signature(function).parameters
        and name not in {"is_open", "join", "new_user", "new_invitation"}
    ]  # fmt: skip
    assert len(writers) == 14
    for writer in writers:
        parameters = inspect.signature(writer).parameters
        assert {"by", "at"} <= set(parameters), writer.__name__
        assert all(
            p.kind is p.KEYWORD_ONLY and (p.name not in {"by", "at"} or p.default is p.empty)
            for p in parameters.values()
        )
