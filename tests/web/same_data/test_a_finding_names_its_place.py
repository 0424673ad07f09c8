"""What a finding asks for is said where the reader is: a field of the form, or who can do it."""

from __future__ import annotations

import pytest
import typer

from levelfield_cli.check import run
from levelfield_cli.showing import Format
from levelfield_web.same_data.forms import where_to_say
from levelfield_web.same_data.models import State

from ...conftest import interval_file
from .conftest import work_off

pytestmark = pytest.mark.django_db
OF_THE_COMMAND_LINE = ("estate.toml", "--add-unknown", "--zeros-are-real", "--profile", "levelfield check")


def page(browser, delivery) -> str:
    return "".join(
        browser.get(f"/data/deliveries/{delivery.public_id}{ending}").content.decode() for ending in ("/", ".json")
    )


def test_the_client_reads_the_name_of_the_checkbox(ada, signed_in, deliver):
    browser = signed_in(ada)
    delivery = deliver(browser, interval_file("Acme", "AAA", days=3))
    assert delivery.state == State.REFUSED
    told = page(browser, delivery)
    assert "Deliver the file again with “Welcome partners, lines and sites that are not known yet”" in told
    assert "or ask who runs this house." in told
    assert not [word for word in OF_THE_COMMAND_LINE if word in told]


def test_a_partner_is_told_to_ask_the_client(noor, signed_in, deliver, south):
    browser = signed_in(noor)
    body = interval_file("north", "NNNNNNNNN", days=3).replace("north", "Acme")
    told = page(browser, deliver(browser, body))
    assert not [word for word in OF_THE_COMMAND_LINE if word in told]
    assert where_to_say(("estate", "add_unknown"), viewer=noor.as_viewer) == " Ask the client."


def test_a_file_no_profile_knows_is_answered_with_the_field(ada, signed_in, deliver):
    browser = signed_in(ada)
    told = page(browser, deliver(browser, "colour,taste\nred,sweet\n"))
    assert "No profile knows this file" in told
    assert "Deliver the file again with “Read as”." in told
    assert not [word for word in OF_THE_COMMAND_LINE if word in told]


def test_a_finding_of_an_earlier_release_is_shown_as_it_was(ada):
    assert where_to_say((), viewer=ada.as_viewer) == ""


def test_the_command_line_names_its_option(tmp_path, capsys):
    path = tmp_path / "acme.csv"
    path.write_text(interval_file("Acme", "AAA", days=3), encoding="utf-8")
    with pytest.raises(typer.Exit):
        run([path], home=tmp_path / "home", form=Format.TABLE)
    assert "Do it in estate.toml or with --add-unknown." in capsys.readouterr().err


def test_two_publications_of_one_delivery_are_told_apart(ada, signed_in, deliver):
    browser = signed_in(ada)
    south = interval_file("south", "SSSSSSSSS", offered=61).split("\n", 1)[1]
    delivery = deliver(browser, interval_file("north", "NNNNNNNNN", offered=61) + south)
    browser.post(f"/data/deliveries/{delivery.public_id}/publish/")
    work_off()
    told = page(browser, delivery)
    assert "<dt>Publication of Partner North</dt>" in told
    assert "<dt>Publication of Partner South</dt>" in told
