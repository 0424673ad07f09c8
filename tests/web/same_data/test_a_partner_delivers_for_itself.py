"""A partner's file holds its own facts only, and nothing it reads about it names anybody else."""

from __future__ import annotations

import json

import pytest

from levelfield_io.store import Store
from levelfield_web.same_data import actions
from levelfield_web.same_data.models import State

from ...conftest import interval_file
from .conftest import work_off

pytestmark = pytest.mark.django_db
OF_SOUTH = ("Partner South", "SSSSSSSSS", "South", "Sol")


def told(browser, delivery) -> str:
    """Everything the partner can read about a delivery, and everything that is kept about it."""
    delivery.refresh_from_db()
    pages = "".join(
        browser.get(f"/data/deliveries/{delivery.public_id}{ending}").content.decode()
        for ending in ("/", ".json", ".csv")
    )
    return pages + json.dumps([delivery.findings, delivery.refusal, delivery.options])


def test_its_own_facts_are_looked_at_and_published_by_the_client(noor, ada, signed_in, deliver, home, south):
    delivery = deliver(signed_in(noor), interval_file("north", "NNNNNNNNN", offered=63))
    assert (delivery.state, delivery.partner) == (State.CHECKED, "north")
    assert signed_in(noor).post(f"/data/deliveries/{delivery.public_id}/publish/").status_code == 403
    assert signed_in(ada).post(f"/data/deliveries/{delivery.public_id}/publish/").status_code == 302
    work_off()
    delivery.refresh_from_db()
    assert list(delivery.publications) == ["north"]


def test_facts_of_another_partner_are_refused_without_a_word_about_it(noor, signed_in, deliver, home, south):
    before = Store(home).release
    browser = signed_in(noor)
    for body in (
        interval_file("south", "NNNNNNNNN"),  # all of them
        interval_file("north", "NNNNNNNNN", offered=64) + interval_file("south", "NNNNNNNNN").split("\n", 1)[1],  # some
        interval_file("Partner South", "NNNNNNNNN"),  # by its name
    ):
        delivery = deliver(browser, body)
        assert delivery.state == State.REFUSED
        words = told(browser, delivery)
        for name in OF_SOUTH:  # what Noor wrote herself may be read back to her
            assert name in body or name not in words
    assert Store(home).release == before


def test_a_name_that_is_nearly_anothers_gets_no_hint(noor, signed_in, deliver, home, south):
    browser = signed_in(noor)
    delivery = deliver(browser, interval_file("Partner Soth", "SS-Site"))
    assert delivery.state == State.REFUSED
    words = told(browser, delivery)
    assert "are not facts of north" in words
    assert not any(name in words for name in OF_SOUTH)


def test_it_cannot_welcome_partners_by_hand(noor, signed_in, deliver, home, south):
    delivery = deliver(signed_in(noor), interval_file("atlantis", "AAA"), add_unknown="on", partner="south")
    assert delivery.partner == "north"
    assert delivery.state == State.REFUSED
    assert "atlantis" not in Store(home).estate.keys


def test_a_file_another_partner_delivered_before_looks_new(noor, sol, signed_in, deliver, home, ada):
    """That somebody else delivered the same bytes is nobody's business."""
    body = interval_file("south", "SSSSSSSSS", offered=65).replace("south,", ",").replace("partner,", "column,")
    theirs = deliver(signed_in(sol), body)
    assert theirs.state == State.CHECKED, theirs.refusal or theirs.findings
    signed_in(ada).post(f"/data/deliveries/{theirs.public_id}/publish/")
    work_off()
    theirs.refresh_from_db()
    assert theirs.publications["south"]
    own = deliver(signed_in(noor), body)
    assert theirs.publications["south"] not in told(signed_in(noor), own)


def test_partners_do_not_reach_each_others_deliveries(noor, sol, signed_in, deliver, home):
    delivery = deliver(signed_in(noor), interval_file("north", "NNNNNNNNN", offered=66))
    for ending in ("/", ".json", ".csv", "/kept-out.csv"):
        assert signed_in(sol).get(f"/data/deliveries/{delivery.public_id}{ending}").status_code == 404
    for move in ("publish", "withdraw"):
        assert signed_in(sol).post(f"/data/deliveries/{delivery.public_id}/{move}/").status_code in (403, 404)
    delivery.refresh_from_db()
    assert delivery.state == State.CHECKED


def test_an_executive_and_a_partner_may_not_publish(join, noor, signed_in, deliver, home):
    delivery = deliver(signed_in(noor), interval_file("north", "NNNNNNNNN", offered=67))
    executive = join("Eva Lind", "executive")
    for person in (executive, noor):
        assert signed_in(person).post(f"/data/deliveries/{delivery.public_id}/publish/").status_code == 403
    assert signed_in(executive).get("/data/deliver/").status_code == 403
    assert actions.claim(at=delivery.at) is None
