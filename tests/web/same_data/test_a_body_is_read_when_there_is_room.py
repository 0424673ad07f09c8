"""Nothing of a body is read before it is known who sends it and whether there is room."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParser
from django.test import Client

from levelfield.words import Refusal
from levelfield_web.parts.bodies import MOST_FORM
from levelfield_web.same_data import actions
from levelfield_web.same_data.models import Delivery, State

pytestmark = pytest.mark.django_db
BODY = b"partner,day\n"


@pytest.fixture
def bodies_read(monkeypatch) -> list[str]:
    """The addresses whose bodies were taken apart."""
    read: list[str] = []
    parse = MultiPartParser.parse

    def counts(self):
        read.append(str(self._meta["PATH_INFO"]))
        return parse(self)

    monkeypatch.setattr(MultiPartParser, "parse", counts)
    return read


def strict(browser: Client) -> Client:
    """A browser whose tokens are looked for, as those of real ones are."""
    browser.handler.enforce_csrf_checks = True
    return browser


def file(size: int = 10) -> SimpleUploadedFile:
    return SimpleUploadedFile("april.csv", b"x" * size)


@pytest.mark.parametrize("page", ["/data/deliver/", "/people/invite/", "/agreements/add/"])
def test_a_visitor_is_sent_to_the_sign_in_unread(home, bodies_read, page):
    answer = strict(Client()).post(page, {"file": file()})
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
    assert bodies_read == []


@pytest.mark.parametrize("page", ["/sign-in/", "/invitation/nobody/", "/theme/"])
def test_a_page_open_to_all_takes_no_large_body(home, bodies_read, page):
    answer = strict(Client()).post(page, {"file": file(MOST_FORM + 1)})
    assert answer.status_code in (404, 422)
    assert bodies_read == []


def test_who_may_not_deliver_is_told_so_unread(join, home, signed_in, bodies_read):
    executive = join("Eva Lind", "executive")
    assert strict(signed_in(executive)).post("/data/deliver/", {"file": file()}).status_code == 403
    assert bodies_read == []


def test_a_delivery_without_the_token_of_its_form_is_refused(noor, home, signed_in):
    assert strict(signed_in(noor)).post("/data/deliver/", {"file": file()}).status_code == 403
    assert not Delivery.objects.exists()


def test_a_delivery_with_the_token_comes_in(noor, home, signed_in):
    browser = strict(signed_in(noor))
    browser.get("/data/deliver/")
    token = browser.cookies["levelfield-csrf"].value
    assert browser.post("/data/deliver/", {"file": file(), "csrfmiddlewaretoken": token}).status_code == 302
    assert Delivery.objects.get().side == "partner"


def test_a_side_has_so_many_deliveries_waiting_and_the_other_side_is_not_held_up(
    noor, sol, ada, home, signed_in, settings, bodies_read
):
    settings.MOST_WAITING = 2
    for _ in range(2):
        assert signed_in(noor).post("/data/deliver/", {"file": file()}).status_code == 302
    bodies_read.clear()
    answer = signed_in(noor).post("/data/deliver/", {"file": file()})
    assert answer.status_code == 422 and "2 deliveries of your side wait already" in answer.content.decode()
    assert bodies_read == []
    for other in (sol, ada):
        assert signed_in(other).post("/data/deliver/", {"file": file()}).status_code == 302
    Delivery.objects.filter(side="partner", partner="north").update(state=State.WITHDRAWN)
    assert signed_in(noor).post("/data/deliver/", {"file": file()}).status_code == 302


def test_a_side_has_so_many_bytes_a_day(noor, home, settings, monday):
    settings.MOST_DELIVERED_A_DAY = 1_000
    given = {
        "name": "a.csv",
        "partner": "",
        "profile": "",
        "options": {},
        "leave_rejected": False,
        "by": noor.as_viewer,
    }
    actions.receive(**given, chunks=[b"x" * 600], at=monday)
    with pytest.raises(Refusal, match="no room for this file"):
        actions.receive(**given, chunks=[b"x" * 600], at=monday + dt.timedelta(hours=23))
    assert len(list(actions.upload_folder().iterdir())) == 1, "what was refused is not kept"
    actions.receive(**given, chunks=[b"x" * 600], at=monday + dt.timedelta(hours=25))


def test_the_length_a_browser_announces_is_enough_to_refuse(noor, home, settings, signed_in, bodies_read):
    settings.MOST_DELIVERED_A_DAY = 1_000
    answer = signed_in(noor).post("/data/deliver/", {"file": file(5_000)})
    assert answer.status_code == 422 and bodies_read == []
