"""Signing in: what fits, what does not, how often, and what is told."""

from __future__ import annotations

import datetime as dt

import pyotp
import pytest
from django.conf import settings as real_settings
from django.test import Client

from levelfield.words import Refusal
from levelfield_web.fields.viewer import VISITOR
from levelfield_web.people import actions, codes
from levelfield_web.people.models import SignInAttempt

from ...conftest import PASSWORD

MINUTE = dt.timedelta(minutes=1)


def try_password(email, password, at, address="192.0.2.1"):
    return actions.check_password(email=email, password=password, address=address, by=VISITOR, at=at)


def test_passwords_are_kept_with_argon2():
    from levelfield_web import settings as written

    assert written.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert real_settings.SESSION_COOKIE_AGE == 12 * 60 * 60


def test_an_address_fits_however_it_is_capitalised(noor, monday):
    assert try_password("  NOOR@North.example ", PASSWORD, monday) == noor


def test_a_wrong_password_and_an_unknown_address_read_the_same(noor, monday):
    with pytest.raises(Refusal) as wrong:
        try_password(noor.email, "nope", monday)
    with pytest.raises(Refusal) as unknown:
        try_password("nobody@north.example", "nope", monday)
    assert wrong.value.sentence == unknown.value.sentence


def test_an_unknown_address_costs_the_same_work(db, monday, monkeypatch):
    worked = []
    monkeypatch.setattr(actions, "make_password", worked.append)
    with pytest.raises(Refusal):
        try_password("nobody@north.example", "nope", monday)
    assert worked == ["nope"]


@pytest.mark.parametrize("email", ["noor@north.example", "nobody@north.example"])
def test_the_sixth_try_within_a_quarter_of_an_hour_is_refused_for_known_and_unknown_alike(noor, monday, email):
    for minute in range(5):
        with pytest.raises(Refusal, match="do not fit"):
            try_password(email, "nope", monday + minute * MINUTE)
    with pytest.raises(Refusal, match="too many tries"):
        try_password(email, PASSWORD, monday + 5 * MINUTE)


def test_a_refused_try_does_not_keep_the_door_shut(noor, monday):
    for _ in range(5):
        with pytest.raises(Refusal):
            try_password(noor.email, "nope", monday)
    for minute in range(14):
        with pytest.raises(Refusal, match="too many tries"):
            try_password(noor.email, PASSWORD, monday + minute * MINUTE)
    assert try_password(noor.email, PASSWORD, monday + 15 * MINUTE) == noor


def test_tries_from_elsewhere_do_not_shut_a_person_out(noor, monday):
    for _ in range(5):
        with pytest.raises(Refusal):
            try_password(noor.email, "nope", monday, address="203.0.113.9")
    assert try_password(noor.email, PASSWORD, monday) == noor


def test_a_success_forgets_the_failures_before_it(noor, monday):
    for _ in range(4):
        with pytest.raises(Refusal):
            try_password(noor.email, "nope", monday)
    try_password(noor.email, PASSWORD, monday)
    assert not SignInAttempt.objects.exists()


def test_failures_are_kept_without_the_address_that_was_typed(db, monday):
    with pytest.raises(Refusal):
        try_password("nobody@north.example", "nope", monday)
    assert "nobody" not in SignInAttempt.objects.get().account


def test_who_was_deactivated_does_not_come_in(noor, ada_administrator, monday, signed_in):
    browser = signed_in(noor)
    actions.deactivate(person=noor, by=ada_administrator.as_viewer, at=monday)
    with pytest.raises(Refusal, match="do not fit"):
        try_password(noor.email, PASSWORD, monday)
    assert browser.get("/people/").status_code == 302, "an open session ends as well"


def test_a_code_opens_once(noor, monday):
    noor.totp_secret, noor.totp_confirmed_at = codes.sealed(pyotp.random_base32()), monday
    noor.save()
    code = pyotp.TOTP(codes.opened(noor.totp_secret)).at(monday)
    actions.check_code(user=noor, code=code, address="", by=VISITOR, at=monday)
    with pytest.raises(Refusal, match="used before"):
        actions.check_code(user=noor, code=code, address="", by=VISITOR, at=monday)


def test_codes_are_counted_wherever_they_come_from(noor, monday):
    noor.totp_secret, noor.totp_confirmed_at = codes.sealed(pyotp.random_base32()), monday
    noor.save()
    for last in range(5):
        with pytest.raises(Refusal, match="does not fit"):
            actions.check_code(user=noor, code="000000", address=f"192.0.2.{last}", by=VISITOR, at=monday)
    with pytest.raises(Refusal, match="too many tries"):
        actions.check_code(user=noor, code="000000", address="192.0.2.99", by=VISITOR, at=monday)


def test_one_signs_in_on_the_page_and_out_by_sending_a_form(noor):
    browser = Client()
    page = browser.post("/sign-in/", {"email": noor.email, "password": PASSWORD, "next": "/account/"})
    assert (page.status_code, page["Location"]) == (302, "/account/")
    assert "You act for <strong>Partner North</strong>" in browser.get("/people/").content.decode()
    assert browser.get("/sign-out/").status_code == 405
    browser.post("/sign-out/")
    assert browser.get("/people/")["Location"].startswith("/sign-in/")


def test_a_wrong_password_keeps_the_address_and_shows_the_refusal(noor):
    page = Client().post("/sign-in/", {"email": noor.email, "password": "nope"})
    assert page.status_code == 422
    assert "do not fit together" in page.content.decode()
    assert f'value="{noor.email}"' in page.content.decode()
    assert "nope" not in page.content.decode()


def test_nobody_is_sent_to_another_site_after_signing_in(noor):
    page = Client().post("/sign-in/", {"email": noor.email, "password": PASSWORD, "next": "https://evil.example/"})
    assert page["Location"] == "/"


def test_with_codes_on_the_password_alone_opens_nothing(noor, signed_in):
    own = signed_in(noor)
    own.post("/account/codes/", {"begin": ""})
    noor.refresh_from_db()
    page = own.get("/account/codes/")
    assert "<svg" in page.content.decode() and "style=" not in page.content.decode()
    totp = pyotp.TOTP(codes.opened(noor.totp_secret))
    step = totp.timecode(dt.datetime.now(dt.UTC))
    assert own.post("/account/codes/", {"code": totp.generate_otp(step)}).status_code == 302

    browser = Client()
    page = browser.post("/sign-in/", {"email": noor.email, "password": PASSWORD})
    assert page["Location"] == "/sign-in/code/"
    assert browser.get("/people/").status_code == 302
    assert browser.post("/sign-in/code/", {"code": "12"}).status_code == 422
    assert browser.post("/sign-in/code/", {"code": totp.generate_otp(step + 1)}).status_code == 302
    assert browser.get("/people/").status_code == 200


def test_codes_go_off_with_the_password_only(noor, monday):
    actions.begin_codes(by=noor.as_viewer, at=monday)
    noor.refresh_from_db()
    actions.confirm_codes(code=pyotp.TOTP(codes.opened(noor.totp_secret)).at(monday), by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="does not fit"):
        actions.revoke_codes(password="nope", by=noor.as_viewer, at=monday)
    assert not actions.revoke_codes(password=PASSWORD, by=noor.as_viewer, at=monday).has_codes


def test_a_changed_password_ends_sessions_elsewhere_and_keeps_this_one(noor, signed_in):
    here, elsewhere = signed_in(noor), signed_in(noor)
    page = here.post("/account/password/", {"current": PASSWORD, "new": "nine quiet harbours"})
    assert page.status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_a_weak_password_is_refused_with_every_reason(noor, monday):
    with pytest.raises(Refusal) as refusal:
        actions.change_password(current=PASSWORD, new="12345", by=noor.as_viewer, at=monday)
    assert "12 characters" in refusal.value.what and "numeric" in refusal.value.what


@pytest.mark.parametrize(("page", "form"), [
    ("/account/password/", {"current": "nope", "new": "nine quiet harbours"}),
    ("/account/codes/off/", {"password": "nope"}),
])  # fmt: skip
def test_a_borrowed_session_cannot_guess_the_password_for_ever(noor, signed_in, page, form):
    browser = signed_in(noor)
    for _ in range(5):
        assert "does not fit" in browser.post(page, form).content.decode()
    right = {name: PASSWORD if value == "nope" else value for name, value in form.items()}
    refused = browser.post(page, right)
    assert refused.status_code == 422 and "too many wrong passwords" in refused.content.decode()
    assert Client().post("/sign-in/", {"email": noor.email, "password": PASSWORD}).status_code == 302


def test_a_current_password_that_fits_forgets_the_tries_before_it(noor, monday):
    for _ in range(4):
        with pytest.raises(Refusal, match="does not fit"):
            actions.change_password(current="nope", new="nine quiet harbours", by=noor.as_viewer, at=monday)
    actions.change_password(current=PASSWORD, new="nine quiet harbours", by=noor.as_viewer, at=monday)
    assert not SignInAttempt.objects.exists()


def test_the_key_of_ones_codes_is_not_in_the_database(noor, signed_in, settings):
    browser = signed_in(noor)
    browser.post("/account/codes/", {"begin": ""})
    noor.refresh_from_db()
    secret = codes.opened(noor.totp_secret)
    assert len(secret) == 32 and secret in browser.get("/account/codes/").content.decode()
    assert secret not in noor.totp_secret
    assert codes.sealed(secret) != codes.sealed(secret), "two people with one key would not be noticed"
    settings.SECRET_KEY = "another house " * 5
    with pytest.raises(Refusal, match="cannot be read any more"):
        codes.opened(noor.totp_secret)
