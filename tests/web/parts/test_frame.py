"""The frame of every page: headers, refusals, what is not there, theme, patterns."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as in_force
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils.html import escape

from levelfield.words import Refusal, RefusalKind
from levelfield_web.fields.proxy import TrustedProxy
from levelfield_web.fields.viewer import VISITOR
from levelfield_web.parts.refusals import RefusalsAsWritten

PAGES = ("/people/", "/people/invite/", "/audit/", "/account/", "/account/password/", "/account/codes/", "/patterns/")


def directives(response) -> dict[str, str]:
    policy = response["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.mark.parametrize("page", ["/sign-in/", "/nowhere/"])
def test_every_answer_says_strictly_what_a_page_may_load(db, client, page):
    assert directives(client.get(page)) == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "font-src": "'self'",
    }


@pytest.mark.parametrize("page", PAGES)
def test_no_page_carries_inline_style_or_script_and_each_says_for_whom_one_acts(ada, signed_in, page):
    text = signed_in(ada).get(page).content.decode()
    assert " style=" not in text and "<style" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text) and not re.search(r"\son\w+=", text)
    assert "You act for <strong>the client</strong>" in text
    assert len(re.findall("<h1", text)) == 1


@pytest.mark.parametrize("page", PAGES)
def test_no_page_opens_without_signing_in(db, client, page):
    assert client.get(page)["Location"] == f"/sign-in/?next={page}"


def test_pages_stay_out_of_shared_caches_and_cannot_be_framed(ada, signed_in):
    page = signed_in(ada).get("/people/")
    assert "private" in page["Cache-Control"] and page["X-Frame-Options"] == "DENY"
    assert page["Referrer-Policy"] == "same-origin" and page["X-Content-Type-Options"] == "nosniff"


def test_what_does_not_exist_reads_the_same_at_every_address(ada, noor, sol, signed_in):
    bodies = {
        signed_in(who).get(path).content for who in (noor, sol) for path in ("/nowhere/", f"/people/{ada.pk}/renew/x/")
    }
    assert len(bodies) == 1


def refused(path, kind=RefusalKind.RULE, **headers):
    request = RequestFactory().get(path, headers=headers)
    request.viewer, request.session = VISITOR, {}
    request._messages = []
    if headers.get("HX-Request"):
        request.htmx = True
    refusal = Refusal("`a` is <b>", where="row 4", expected="less", next_step="Correct it.", kind=kind)
    middleware = RefusalsAsWritten(lambda r: HttpResponse())
    return middleware.process_exception(request, refusal)


def test_a_refusal_is_shown_as_written_with_its_four_parts():
    page = refused("/data/")
    assert page.status_code == 422
    for part in ("`a` is <b>", "row 4", "less", "Correct it."):
        assert escape(part) in page.content.decode()


def test_a_missing_permission_is_403():
    assert refused("/data/", RefusalKind.PERMISSION).status_code == 403


@pytest.mark.parametrize("path", ["/data.json", "/data.csv", "/api/v1/values"])
def test_a_program_gets_the_refusal_as_json(path):
    answer = refused(path)
    assert answer.status_code == 422 and answer["Content-Type"] == "application/json"
    assert b'"next_step": "Correct it."' in answer.content


def test_a_fragment_gets_the_box_alone():
    assert b"<html" not in refused("/data/", **{"HX-Request": "true"}).content


def test_a_bug_is_not_dressed_up_as_a_refusal():
    assert (
        RefusalsAsWritten(lambda r: HttpResponse()).process_exception(RequestFactory().get("/"), KeyError("x")) is None
    )


def test_the_theme_is_a_form_that_works_without_script(db, client):
    assert 'data-theme="system"' in client.get("/sign-in/").content.decode()
    answer = client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert answer["Location"] == "/sign-in/"
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()
    client.post("/theme/", {"theme": "pink", "next": "/sign-in/"})
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()


def test_the_theme_form_leads_nobody_to_another_site(db, client):
    assert client.post("/theme/", {"theme": "dark", "next": "//evil.example"})["Location"] == "/"


def test_the_first_page_is_the_first_open_door(ada, signed_in):
    assert signed_in(ada).get("/").status_code == 302


def test_the_pattern_page_shows_every_part_in_its_states(ada, signed_in):
    text = signed_in(ada).get("/patterns/").content.decode()
    for mark in "●◐■◇◆○":
        assert mark in text
    for part in (
        "box-refusal",
        "box-error",
        "field-wrong",
        "spark-changed",
        'class="crumbs"',
        'class="pages"',
        'class="empty"',
    ):
        assert part in text


def test_a_partner_finds_the_pattern_page_too(noor, signed_in):
    assert signed_in(noor).get("/patterns/").status_code == 200


def test_a_forwarded_address_is_believed_from_a_trusted_proxy_only(settings):
    import ipaddress

    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    seen = []
    proxy = TrustedProxy(lambda r: seen.append((r.META["REMOTE_ADDR"], "HTTP_X_FORWARDED_PROTO" in r.META)))
    forwarded = {"X-Forwarded-For": "6.6.6.6, 192.0.2.7, 10.0.0.2", "X-Forwarded-Proto": "https"}
    proxy(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", headers=forwarded))
    proxy(RequestFactory().get("/", REMOTE_ADDR="203.0.113.5", headers=forwarded))
    assert seen == [("192.0.2.7", True), ("203.0.113.5", False)]


def test_the_checks_warn_of_passwords_in_the_clear(settings):
    settings.SECURE, settings.ALLOWED_HOSTS = False, ["levelfield.example"]
    assert "levelfield.W001" in [m.id for m in run_checks(tags=["levelfield"])]
    settings.SECURE = True
    assert "levelfield.W001" not in [m.id for m in run_checks(tags=["levelfield"])]


def test_sqlite_runs_without_memory_mapping_and_takes_the_write_lock_at_once():
    if not in_force.DATABASE_IS_SQLITE:
        assert in_force.DATABASES["default"]["ENGINE"].endswith("postgresql")
        return
    options = in_force.DATABASES["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE" and options["timeout"] == 20
    assert "mmap_size=0" in options["init_command"] and "synchronous=FULL" in options["init_command"]
