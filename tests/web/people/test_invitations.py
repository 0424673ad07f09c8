"""Invitations: who writes them, for whom, and that a link works once."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.test import Client

from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import VISITOR
from levelfield_web.management.commands.invite_person import Command
from levelfield_web.people import actions
from levelfield_web.people.models import Invitation, User

from ...conftest import PASSWORD

DAY = dt.timedelta(days=1)


@pytest.fixture
def invite(monday):
    def writes(by: User, *, email="tim@north.example", side="partner", partner="north", role="analyst", at=monday):
        return actions.invite(
            email=email, name="Tim Osei", side=side, partner=partner, role=role, by=by.as_viewer, at=at
        )

    return writes


def accept(token, at, password=PASSWORD):
    return actions.accept_invitation(token=token, name="Tim Osei", password=password, by=VISITOR, at=at)


def test_a_link_works_once(noor, invite, monday):
    invited = invite(noor)
    tim = accept(invited.token, monday)
    assert (tim.side, tim.partner, tim.role) == ("partner", "north", "analyst")
    with pytest.raises(Refusal, match="cannot be used"):
        accept(invited.token, monday)


def test_a_link_works_for_seven_days_and_not_on_the_eighth(noor, invite, monday):
    invited = invite(noor)
    with pytest.raises(Refusal, match="cannot be used"):
        accept(invited.token, monday + 7 * DAY)
    assert accept(invited.token, monday + 7 * DAY - dt.timedelta(seconds=1)).name == "Tim Osei"


def test_the_token_itself_is_kept_nowhere(noor, invite):
    invited = invite(noor)
    kept = str(Invitation.objects.values().get(pk=invited.invitation.pk)) + str(list(Move.objects.values()))
    assert invited.token not in kept


def test_a_later_invitation_makes_the_earlier_one_useless(noor, invite, monday):
    first, second = invite(noor), invite(noor)
    with pytest.raises(Refusal, match="cannot be used"):
        accept(first.token, monday)
    assert accept(second.token, monday)


def test_a_withdrawn_link_is_of_no_use(noor, invite, monday):
    invited = invite(noor)
    actions.withdraw_invitation(invitation=invited.invitation, by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="cannot be used"):
        accept(invited.token, monday)


def test_ada_invites_for_either_side(ada, invite):
    assert invite(ada).invitation.partner == "north"
    assert invite(ada, email="kim@client.example", side="client", partner="", role="analyst").invitation.partner == ""


@pytest.mark.parametrize(("side", "partner"), [("partner", "south"), ("client", "")])
def test_noor_invites_for_her_own_partner_only(noor, invite, side, partner):
    with pytest.raises(Refusal) as refusal:
        invite(noor, side=side, partner=partner)
    assert refusal.value.kind == RefusalKind.PERMISSION
    assert "outh" not in refusal.value.sentence


def test_an_analyst_invites_nobody(join, invite):
    with pytest.raises(Refusal, match="Your role may not invite people"):
        invite(join("Lea Brandt", "analyst", partner="north"))


def test_a_vendor_manager_makes_no_administrator(ada, invite):
    with pytest.raises(Refusal, match="Only an administrator"):
        invite(ada, side="client", partner="", role="administrator")


def test_a_role_goes_with_its_side(ada, invite):
    with pytest.raises(Refusal, match="does not belong to that side"):
        invite(ada, role="executive")


@pytest.mark.parametrize("name", ["sol@south", "nobody@south", "ada@client", "nobody@client", "x@sub.north"])
def test_noor_can_neither_try_out_nor_take_addresses_of_others(noor, sol, ada, invite, name):
    """Whether somebody has the address is not even looked up: the refusal is the same for all."""
    with pytest.raises(Refusal) as refusal:
        invite(noor, email=f"{name}.example")
    assert refusal.value.sentence == (
        f"{name}.example: You may invite people at the domains of your own side. Expected an address at north.example. "
        "Ask the client to invite this person."
    )
    assert not Invitation.objects.exists()


def test_the_domain_of_a_person_whom_the_client_lets_in_is_the_partners_own(noor, ada, invite, monday):
    accept(invite(ada, email="tim@agency.example").token, monday)
    assert invite(noor, email="kim@agency.example").invitation.partner == "north"


def test_an_address_two_partners_could_have_is_refused_like_a_dead_link(noor, sol, ada, invite, monday):
    """At a mail provider both use, an invitation can meet somebody else's account."""
    for partner in ("north", "south"):
        accept(invite(ada, email=f"first-of-{partner}@mail.example", partner=partner).token, monday)
    accept(invite(sol, email="kim@mail.example", partner="south").token, monday)
    invited = invite(noor, email="kim@mail.example")
    with pytest.raises(Refusal, match="cannot be used") as there:
        accept(invited.token, monday)
    with pytest.raises(Refusal) as nowhere:
        accept("no such token", monday)
    assert there.value.sentence == nowhere.value.sentence


def test_on_the_page_a_person_joins_and_is_signed_in(ada, signed_in):
    form = {"name": "Tim Osei", "email": "tim@north.example", "place": "partner/north/analyst"}
    page = signed_in(ada).post("/people/invite/", form).content.decode()
    path = page.split('value="http://testserver')[1].split('"')[0]
    browser = Client()
    assert "analyst of Partner North" in browser.get(path).content.decode()
    assert browser.post(path, {"name": "Tim Osei", "password": "short"}).status_code == 422
    assert browser.post(path, {"name": "Tim Osei", "password": PASSWORD}).status_code == 302
    assert browser.get("/account/").status_code == 200
    assert browser.get(path).status_code == 422


def test_the_page_offers_noor_no_other_place(noor, south, signed_in):
    page = signed_in(noor).get("/people/invite/").content.decode()
    assert "Partner North" in page and "South" not in page and "client//" not in page


def test_a_lost_password_is_renewed_by_a_link_and_codes_go_off(noor, ada_administrator, monday):
    actions.begin_codes(by=noor.as_viewer, at=monday)
    invited = actions.renew_access(person=noor, by=ada_administrator.as_viewer, at=monday)
    actions.accept_invitation(token=invited.token, name="", password="nine quiet harbours", by=VISITOR, at=monday)
    noor.refresh_from_db()
    assert noor.check_password("nine quiet harbours") and not noor.totp_secret


def test_access_comes_back_with_a_link_and_not_before(noor, ada_administrator, monday):
    by = ada_administrator.as_viewer
    earlier = actions.renew_access(person=noor, by=by, at=monday)
    actions.deactivate(person=noor, by=by, at=monday)
    with pytest.raises(Refusal, match="cannot be used"):
        accept(earlier.token, monday)
    later = actions.renew_access(person=noor, by=by, at=monday)
    noor.refresh_from_db()
    assert not noor.is_active
    accept(later.token, monday)
    noor.refresh_from_db()
    assert noor.is_active and noor.deactivated_at is None


def test_the_first_administrator_joins_by_a_link_from_the_command_line(db):
    out = io.StringIO()
    call_command(
        "invite_person", "kim@client.example", "Kim Vos", role="administrator", site="https://lf.example/", stdout=out
    )
    link = out.getvalue().splitlines()[0]
    assert link.startswith("https://lf.example/invitation/")
    path = link.removeprefix("https://lf.example")
    assert Client().post(path, {"name": "Kim Vos", "password": PASSWORD}).status_code == 302
    assert User.objects.get().role == "administrator"


def test_a_link_from_the_command_line_names_who_wrote_it(db):
    out = io.StringIO()
    call_command("invite_person", "kim@client.example", "Kim Vos", by="Pat Ruiz", stdout=out)
    page = Client().get(out.getvalue().strip().removeprefix("http://127.0.0.1:8000")).content.decode()
    assert "Pat Ruiz (the client) invited you as" in page
    assert Move.objects.get(verb="invite").sentence.startswith("Pat Ruiz invited Kim Vos")


def test_a_refusal_at_the_terminal_is_its_sentence_alone(db, capsys):
    with pytest.raises(SystemExit) as ended:
        Command().run_from_argv(["django", "invite_person", "kim@north.example", "Kim", "--partner", "nowhere"])
    assert ended.value.code == 13
    assert capsys.readouterr().err.startswith("The partner “nowhere” is not known.")


def test_a_weak_password_is_told_in_whole_sentences(noor, invite, monday):
    invited = invite(noor)
    with pytest.raises(Refusal) as refused:
        accept(invited.token, monday, password="12345")
    assert refused.value.sentence.startswith("The password is too easy to guess. This password is too short.")
    assert "Expected" not in refused.value.sentence
