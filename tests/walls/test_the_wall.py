"""Both sides × every address. The URL map is walked, so a new page cannot be forgotten."""

from __future__ import annotations

import re
import time

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from levelfield.measures.catalogue import MEASURES
from levelfield_io.store import Store
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.own_house.actions import ask
from levelfield_web.reasons import actions as charter
from levelfield_web.same_data import actions
from levelfield_web.same_data.models import Delivery
from levelfield_web.scenarios.actions import file as file_circumstance
from levelfield_web.signals.models import Review, Signal
from levelfield_web.signals.series import first_day, watched_of

from ..the_case import in_progress

NOT_FOR_A_PROGRAM = ("api/openapi.json",)
OPEN_TO_ALL = ("sign-in", "invitation", "join", "theme", "static", "jsi18n")
MARKS = ("NNNNNNNNN", "Partner North", "north", "Noor")


def addresses(patterns=None, before="") -> list[str]:
    """Every route of the house, as written in the URL map."""
    found = []
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            found.append(route)
    return found


def filled(route: str, values: dict[str, str]) -> str:
    """A route with its placeholders filled; an unknown placeholder fails the test, so that it is thought about."""

    def fill(match: re.Match[str]) -> str:
        name = match.group(2)
        assert name in values, f"{route}: say in this test what stands for <{name}>"
        return values[name]

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", fill, route).replace("^", "").replace("$", "").replace("\\Z", "")


def signal_of_north(at) -> Signal:
    """An open signal on a line of North, on a series that its page draws."""
    found = watched_of("north")
    watch = next(w for w, _ in found.series if w.only.get("line") == ("NNNNNNNNN-Billing",))
    week = found.weeks[-1]
    began = first_day(week)
    counts = {"watched": len(found.series), "judged": len(found.series), "changed": 1, "opened": 1}
    Review.objects.create(partner="north", publication=found.publication, period=week, at=at, **counts)
    return Signal.objects.create(
        partner="north", measure=watch.measure.name, definition=watch.definition.told, scope="line=NNNNNNNNN-Billing", series=watch.key, label=watch.label,
        opened_at=at, opened_period=week, period=week, publication=found.publication, kind="sustained", look="worse",
        sentence=f"{watch.label} fell in {week} at Partner North", onset_first_on=began, onset_on=began, onset_last_on=began,
    )  # fmt: skip


@pytest.fixture
def house(home, north, south, noor, sol, ada, ada_administrator, monday, signed_in):
    """North's things, and the browsers of everybody."""
    delivery = actions.receive(
        name="NNNNNNNNN.csv",
        chunks=[b"NNNNNNNNN"],
        partner="north",
        profile="",
        options={},
        leave_rejected=False,
        by=noor.as_viewer,
        at=monday,
    )
    release = Store(home).release
    case = in_progress(ada.as_viewer, noor.as_viewer, monday)
    values = {
        "case_id": case.public_id, "entry_id": case.entries.get(kind="file").public_id, "promise_id": case.plans.get().promises.get().public_id,
        "partner": "north", "publication_id": release.current["north"], "delivery_id": delivery.public_id, "measure": "service_level",
        "version": "1", "month": "2026-02", "claim_id": "E-000000000000", "format": "json",
        "signal_id": signal_of_north(monday).public_id, "duty": "reasons",
        "circumstance_id": file_circumstance(
            partner="north", scenario="attrition", title="NNNNNNNNN people leave", starts_on=monday.date(), ends_on=None, site="NNNNNNNNN-Site", line="", owner="partner", words="NNNNNNNNN",
            by=noor.as_viewer, at=monday,
        ).public_id,
        "reason_id": charter.add_reason(partner="north", kind="own", words="NNNNNNNNN reason", by=ada.as_viewer, at=monday).public_id,
        "sponsor_id": charter.name_sponsor(partner="north", name="NNNNNNNNN-Boss", level="executive", since=monday.date(), by=noor.as_viewer, at=monday).public_id,
        "request_id": ask(partner="north", kind="access", what="NNNNNNNNN access", needed_on=monday.date(), by=noor.as_viewer, at=monday).public_id,
        "user_id": str(noor.pk), "invitation_id": "1", "token": "nobody", "pk": str(noor.pk), "person_id": str(noor.pk),
    }  # fmt: skip
    from django.test import Client

    browsers = {
        "Noor": signed_in(noor),
        "Sol": signed_in(sol),
        "Ada": signed_in(ada),
        "Adamu": signed_in(ada_administrator),
        "nobody": Client(),
    }
    return values, browsers


QUERIES = {"value": "?grain=month&period=2026-02", "lab": "?partner=north&period=2026-02"}


def of_north() -> list[str]:
    """Addresses that name a partner, a publication, a delivery, a signal or a person of North."""
    names = (
        "<str:partner>",
        "{partner}",
        "<partner>",
        "delivery_id",
        "signal_id",
        "case_id",
        "<int:user_id>",
        "<int:person_id>",
        "<int:pk>",
    )
    return [r for r in addresses() if any(n in r for n in names)]


def with_query(address: str, route: str) -> str:
    """Some pages need a question to have something to show."""
    return address + next((q for part, q in QUERIES.items() if f"/{part}" in f"/{route}"), "")


@pytest.mark.django_db
def test_the_map_has_addresses_of_north_to_try():
    assert len(of_north()) >= 15


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["json", "csv"])
def test_sol_gets_the_same_404_for_norths_things_as_for_nothing(house, ending):
    values, browsers = house
    values = values | {"format": ending}
    nothing = values | {
        "partner": "nowhere", "publication_id": "P-" + "0" * 20, "delivery_id": "D-" + "0" * 12,
        "signal_id": "S-" + "0" * 12, "case_id": "K-" + "0" * 12, "entry_id": "T-" + "0" * 12, "promise_id": "M-" + "0" * 12, "request_id": "Q-" + "0" * 12,
        "circumstance_id": "C-" + "0" * 12,
        "reason_id": "R-" + "0" * 12, "sponsor_id": "B-" + "0" * 12,
        "user_id": "999999", "person_id": "999999", "pk": "999999",
    }  # fmt: skip
    for route in of_north():
        for method in ("get", "post"):
            theirs = getattr(browsers["Sol"], method)(with_query(filled(route, values), route))
            none = getattr(browsers["Sol"], method)(with_query(filled(route, nothing), route))
            assert theirs.status_code in (403, 404, 405), f"{method} {route}: {theirs.status_code}"
            assert theirs.status_code == none.status_code, f"{method} {route}"
            clean = {
                r: re.sub(rb'(csrfmiddlewaretoken" value=|nonce=|name="next" value=)"[^"]*"', b"", r.content)
                for r in (theirs, none)
            }
            assert clean[theirs] == clean[none], f"{method} {route}: the two bodies differ"


@pytest.mark.django_db
def test_sol_never_reads_a_mark_of_north_on_any_page(house):
    values, browsers = house
    own = values | {"partner": "south", "publication_id": Store_of(browsers, values), "format": "json"}
    seen = 0
    for route in addresses():
        for stand_in in (values, own, own | {"format": "csv"}):
            answer = browsers["Sol"].get(with_query(filled(route, stand_in), route))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            text = body.decode("utf-8", "replace").replace(filled(route, values), "")
            for mark in MARKS:
                assert mark not in re.sub(r'name="next" value="[^"]*"', "", text), f"{route} shows {mark!r} to Sol"
            seen += answer.status_code == 200
    assert seen >= 25


def Store_of(browsers, values) -> str:
    """South's own publication, which Sol may see."""
    return browsers["Sol"].get("/data.json").json()["rows"][0]["publication"]


@pytest.mark.django_db
def test_the_signal_of_north_is_there_to_be_seen(house):
    """Else the walls around it would stand around nothing."""
    values, browsers = house
    for person in ("Noor", "Ada"):
        page = browsers[person].get(f"/signals/{values['signal_id']}/").content.decode()
        assert "NNNNNNNNN-Billing" in page and '<svg class="chart"' in page
        for address in ("/signals/", "/today/"):
            assert values["signal_id"] in browsers[person].get(address).content.decode(), f"{person} {address}"


@pytest.mark.django_db
@pytest.mark.parametrize("move", ["acknowledge", "set-aside", "take-up", "close"])
def test_sol_moves_nothing_on_norths_signal(house, move):
    values, browsers = house
    before = Signal.objects.values().get(public_id=values["signal_id"])
    answer = browsers["Sol"].post(
        f"/signals/{values['signal_id']}/{move}/",
        {"until": "2026-12-01", "reason": "no", "why": "explained", "words": "no"},
    )
    assert answer.status_code == 404
    assert Signal.objects.values().get(public_id=values["signal_id"]) == before


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["/", ".json", ".csv"])
def test_comparing_partners_is_refused_to_partners(house, ending):
    _, browsers = house
    for person in ("Noor", "Sol"):
        answer = browsers[person].get(f"/comparison{ending}?measure=service_level&period=2026-02")
        assert answer.status_code == 403
        assert not {"Partner North", "Partner South", "NNNNNNNNN", "SSSSSSSSS"} & set(re.findall(r"Partner \w+|NNNNNNNNN|SSSSSSSSS", answer.content.decode())) - {
            "Partner North" if person == "Noor" else "Partner South"
        }  # fmt: skip
    assert browsers["Ada"].get(f"/comparison{ending}?measure=service_level&period=2026-02").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["/", ".json", ".csv"])
def test_a_change_over_all_partners_is_explained_to_the_client_alone(house, ending):
    _, browsers = house
    for person in ("Noor", "Sol"):
        answer = browsers[person].get(f"/explained-together/service_level{ending}")
        assert answer.status_code == 403
        assert not {"NNNNNNNNN", "SSSSSSSSS"} & set(re.findall(r"NNNNNNNNN|SSSSSSSSS", answer.content.decode()))
    assert browsers["Ada"].get(f"/explained-together/service_level{ending}").status_code == 200


@pytest.mark.django_db
def test_noor_sees_north_and_ada_sees_both(house):
    values, browsers = house
    for person in ("Noor", "Ada", "Adamu"):
        for route in of_north():
            if (
                "user_id" in route
                or "person_id" in route
                or "kept-out" in route
                or "invitation" in route
                or "claim_id" in route
            ):
                continue
            answer = browsers[person].get(with_query(filled(route, values), route))
            assert answer.status_code in (200, 405), f"{person} {route}: {answer.status_code}"


@pytest.mark.django_db
def test_nobody_sees_anything_without_signing_in(house):
    values, browsers = house
    for route in addresses():
        answer = browsers["nobody"].get(with_query(filled(route, values), route))
        body = b"" if answer.streaming else answer.content
        assert b"NNNNNNNNN" not in body and b"Partner North" not in body, route
        if not any(word in route for word in OPEN_TO_ALL):
            assert answer.status_code in (301, 302, 401, 403, 404, 405), f"{route}: {answer.status_code}"


@pytest.mark.django_db
def test_a_404_takes_as_long_for_norths_things_as_for_nothing(house):
    """The quickest of many tries: what a page costs when nothing else disturbs it."""
    values, browsers = house
    sol = browsers["Sol"]
    pairs = [
        ("/partners/north/", "/partners/nowhere/"),
        (f"/data/publications/north/{values['publication_id']}/", "/data/publications/nowhere/P-00000000000000000000/"),
        (f"/data/deliveries/{values['delivery_id']}/", "/data/deliveries/D-000000000000/"),
        ("/partners/north/measures/service_level/", "/partners/nowhere/measures/service_level/"),
        ("/statements/north/2026-02/", "/statements/nowhere/2026-02/"),
        (f"/signals/{values['signal_id']}/", "/signals/S-000000000000/"),
        ("/signals/?partner=north", "/signals/?partner=nowhere"),
        ("/own-house/north/", "/own-house/nowhere/"),
        ("/explained/north/service_level/", "/explained/nowhere/service_level/"),
        ("/circumstances/north/", "/circumstances/nowhere/"),
        (f"/cases/{values['case_id']}/", "/cases/K-000000000000/"),
        (f"/plans/{values['case_id']}/", "/plans/K-000000000000/"),
        (f"/check-ins/{values['case_id']}/", "/check-ins/K-000000000000/"),
        (f"/cases/{values['case_id']}/files/{values['entry_id']}/", "/cases/K-000000000000/files/T-000000000000/"),
        ("/promises/north/", "/promises/nowhere/"),
        ("/ladder/north/", "/ladder/nowhere/"),
        ("/reasons/north/", "/reasons/nowhere/"),
        ("/reasons/north/standing/", "/reasons/nowhere/standing/"),
    ]
    for theirs, none in pairs:
        taken: dict[str, list[float]] = {theirs: [], none: []}
        for _ in range(40):
            for address in (theirs, none):
                started = time.perf_counter()
                assert sol.get(address).status_code == 404
                taken[address].append(time.perf_counter() - started)
        quickest = [min(taken[a]) for a in (theirs, none)]
        assert max(quickest) < 1.5 * min(quickest) + 0.001, f"{theirs}: {quickest}"


@pytest.mark.django_db
def test_the_api_gives_sol_nothing_of_north(house):
    values, browsers = house
    sol = browsers["Sol"]
    assert [p["partner"] for p in sol.get("/api/publications").json()] == ["south"]
    theirs, none = sol.get("/api/partners/north/values/asa"), sol.get("/api/partners/nowhere/values/asa")
    assert theirs.status_code == none.status_code == 404
    assert theirs.content == none.content
    assert {v["publication"] for v in sol.get("/api/partners/south/values/asa").json()} == {Store_of(browsers, values)}


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(MEASURES))
def test_every_measure_has_a_page_for_both_sides(house, name):
    _, browsers = house
    for person in ("Ada", "Noor"):
        assert browsers[person].get(f"/partners/north/measures/{name}/").status_code == 200


@pytest.mark.django_db
def test_a_partners_upload_is_its_own_and_hints_at_nobody_else(house, home, south, sol, monday):
    delivery = actions.receive(
        name="mine.csv", chunks=[b"partner,day\nnorth,2026-01-01\n"], partner="north", profile="", options={"add_unknown": "yes"},
        leave_rejected=False, by=sol.as_viewer, at=monday,
    )  # fmt: skip
    assert delivery.partner == "south"
    assert "add_unknown" not in delivery.options
    claimed = None
    while (claimed := actions.claim(at=monday)) is not None and claimed.pk != delivery.pk:
        actions.finish(
            delivery_id=claimed.pk, token=claimed.lease_token, state="withdrawn", result={}, by=HOUSE, at=monday
        )
    assert Delivery.objects.get(pk=delivery.pk).partner == "south"
