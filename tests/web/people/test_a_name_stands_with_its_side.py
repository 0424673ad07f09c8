"""Anybody may call themselves Ada Okafor. Nobody can act for the client but who does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from levelfield_io.store import Store
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.people import actions
from levelfield_web.same_data.models import Delivery

from ...conftest import PASSWORD, interval_file
from ..same_data.conftest import deliver, work_off  # noqa: F401 - a fixture of the next room

pytestmark = pytest.mark.django_db


@pytest.fixture
def false_ada(north, monday):
    """Somebody of North who writes the name of the client's vendor manager."""
    return actions.add_person(
        email="ada@north.example", name="Ada Okafor", side="partner", partner="north", role="account_manager", password=PASSWORD,
        by=HOUSE, at=monday,
    )  # fmt: skip


def test_on_every_page_both_read(ada, false_ada, signed_in, home, deliver):  # noqa: F811
    at_ada, at_north = signed_in(ada), signed_in(false_ada)
    delivery = deliver(at_north, interval_file("north", "NNNNNNNNN", offered=63))
    at_ada.post(f"/data/deliveries/{delivery.public_id}/publish/")
    work_off()
    id_ = Store(home).release.current["north"]
    for browser in (at_ada, at_north):
        browser.post(f"/data/publications/north/{id_}/seen/")
        browser.post("/agreements/north/1/accept/")
    pages = (
        f"/data/publications/north/{id_}/",
        "/data/",
        f"/data/deliveries/{delivery.public_id}/",
        "/audit/",
        "/agreements/north/1/",
    )
    for browser in (at_ada, at_north):
        for page in pages:
            text = browser.get(page).content.decode()
            assert "Ada Okafor (Partner North)" in text, page
            # In the sentence of a move a name stands alone, beside the column that says who it is.
            bare = text.replace("Ada Okafor (Partner North)", "").replace("Ada Okafor (the client)", "")
            bare = bare.replace("Ada Okafor (north)", "").replace("Will be recorded: Ada Okafor", "")
            assert page == "/audit/" or "Ada Okafor" not in bare.split("<main", 1)[1], page
    assert Store(home).record("north", id_).by == "Ada Okafor (north)"
    assert Delivery.objects.get().by_name == "Ada Okafor"


def test_on_an_invitation_nobody_has_accepted_yet(ada, false_ada):
    for inviter, said in ((ada, "vendor manager of the client"), (false_ada, "account manager of Partner North")):
        invited = actions.invite(
            email=f"{inviter.side}@north.example", name="Tim Osei", side="partner", partner="north", role="analyst",
            by=inviter.as_viewer, at=timezone.now(),
        )  # fmt: skip
        assert f"Ada Okafor ({said}) invited you" in Client().get(f"/invitation/{invited.token}/").content.decode()
