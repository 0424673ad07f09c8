"""One page for both sides, plain forms, the same table as .json and .csv, and the measured side as a part of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from html import unescape

import pytest

from levelfield.reasons import STATEMENTS
from levelfield_io.agreements_at_hand import save_agreement
from levelfield_web.own_house.queries import looked, reasons_standing
from levelfield_web.own_house.views import STANDING_COLUMNS
from levelfield_web.reasons import actions
from levelfield_web.reasons.models import BuyIn, Sponsor, StoredReason, SurveyAnswer
from levelfield_web.reasons.views import COLUMNS, LIST_COLUMNS

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 1, 1)
PAGE = "/reasons/north/"
MONEY = """partner = "north"
title = "North with money"
version = 2
valid_from = 2026-01-01
zone = "Europe/London"
[[target]]
key = "in time"
measure = "service_level"
definition = { abandons = "all_against" }
at_least = 0.8
[[target]]
key = "speed"
measure = "asa"
at_most = 20
[[credit]]
kind = "per_point"
target = "in time"
amount = "300"
[[credit]]
kind = "per_point"
target = "speed"
amount = "100"
"""


def text_of(answer) -> str:
    return unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def kept(home, ada, noor, monday):
    """A charter of North: two reasons that are measured, one that is not, weighed by Ada; sponsors of both sides."""
    by = ada.as_viewer
    cost = actions.add_reason(partner="north", kind="cost", measure="answered_share", by=by, at=monday)
    actions.set_baseline(
        reason=cost,
        measure="answered_share",
        baseline=Decimal("0.5"),
        baseline_on=DAY,
        source="the ledger",
        by=by,
        at=monday,
    )
    quality = actions.add_reason(partner="north", kind="quality", measure="service_level", by=by, at=monday)
    spare = actions.add_reason(partner="north", kind="flexibility", words="More before Christmas", by=by, at=monday)
    actions.weigh(
        partner="north", points={cost.public_id: 50, quality.public_id: 40, spare.public_id: 10}, by=by, at=monday
    )
    actions.name_sponsor(partner="north", name="Eve Lindqvist", level="executive", since=DAY, by=by, at=monday)
    actions.name_sponsor(
        partner="north", name="Martin Cole", level="executive", since=DAY, by=noor.as_viewer, at=monday
    )
    return cost, quality, spare


def test_both_sides_read_the_same_charter(kept, ada, noor, signed_in):
    for who in (ada, noor):
        page = text_of(signed_in(who).get(PAGE))
        assert (
            "This work was outsourced for cost (50 %), quality (40 %) and flexibility (10 %), as weighed by 1 person."
            in page
        )
        assert "no measure was named" in page and "none on record" in page and "50.0 %" in page
        assert "Eve Lindqvist is the one executive owner" in page and "Martin Cole is the one executive owner" in page
        assert 'hx-get="/reasons/north/standing/"' in page and 'href="/reasons/north/standing/"' in page
        assert "ignoreTitle:true" in page, "a part that is loaded leaves the page its title"
    assert "Add the reason" in text_of(signed_in(ada).get(PAGE))
    assert "Add the reason" not in text_of(signed_in(noor).get(PAGE))


def test_the_list_is_the_clients_and_a_partner_is_led_to_its_own(kept, ada, noor, sol, signed_in):
    rows = signed_in(ada).get("/reasons.json").json()["rows"]
    assert [r["partner"] for r in rows] == ["north", "south"]
    assert set(rows[0]) == set(LIST_COLUMNS) and rows[1]["reasons"] == 0
    assert len({r["survey_version"] for r in rows}) == 1, "the same yardstick for every partner"
    assert "Partner South" in text_of(signed_in(ada).get("/reasons/"))
    assert signed_in(noor).get("/reasons/").headers["Location"] == PAGE
    assert [r["partner"] for r in signed_in(sol).get("/reasons.json").json()["rows"]] == ["south"]


@pytest.mark.parametrize(
    "address",
    ["/reasons/{}/", "/reasons/{}.json", "/reasons/{}.csv", "/reasons/{}/standing/", "/reasons/{}/standing.json"],
)
def test_sol_gets_the_same_404_for_north_as_for_nobody(kept, sol, ada, signed_in, address):
    browser = signed_in(sol)
    theirs, none = browser.get(address.format("north")), browser.get(address.format("nowhere"))
    assert theirs.status_code == none.status_code == 404
    if address.endswith(("json", "csv")):
        assert theirs.content == none.content
    assert signed_in(ada).get(address.format("nowhere")).status_code == 404
    assert signed_in(ada).get(address.format("north")).status_code == 200


def test_the_table_is_the_same_in_every_form(kept, noor, signed_in):
    browser = signed_in(noor)
    told = browser.get("/reasons/north.json").json()
    rows = list(csv.DictReader(io.StringIO(browser.get("/reasons/north.csv").content.decode())))
    assert tuple(told["columns"]) == COLUMNS == tuple(rows[0])
    assert [r["part"] for r in rows] == ["reason"] * 3 + ["sponsor"] * 2 + ["statement"] * 12
    assert [r["key"] for r in rows] == [r["key"] for r in told["rows"]]
    assert sum(r["weight"] for r in told["rows"] if r["part"] == "reason") == pytest.approx(1)


@pytest.mark.parametrize("ending", ["/", ".json", ".csv"])
def test_no_form_of_the_page_tells_what_the_other_side_answered(kept, ada, noor, signed_in, monday, ending):
    """The bytes that Ada reads are the same whatever Noor has answered."""
    read = []
    for value in (1, 5):
        SurveyAnswer.objects.all().delete()
        actions.answer_survey(partner="north", answers=dict.fromkeys(STATEMENTS, value), by=noor.as_viewer, at=monday)
        page = text_of(signed_in(ada).get(f"/reasons/north{ending}"))
        read.append([line for line in page.splitlines() if "csrf" not in line])
    assert read[0] == read[1]


def test_the_forms_work_without_javascript(home, ada, noor, signed_in):
    today = dt.datetime.now(tz=dt.UTC).date().isoformat()
    hers, his = signed_in(ada), signed_in(noor)
    assert (
        hers.post(
            "/reasons/north/add/", {"kind": "quality", "words": "As good as <b>ours</b>", "measure": "csat"}
        ).status_code
        == 302
    )
    own = StoredReason.objects.get()
    base = f"/reasons/north/reasons/{own.public_id}"
    given = {
        "measure": "csat",
        "better": "",
        "baseline": "71.5",
        "baseline_on": "2025-01-01",
        "source": "Survey of 2024",
    }
    assert hers.post(f"{base}/baseline/", given).status_code == 302
    own.refresh_from_db()
    assert own.baseline == Decimal("0.715")
    assert 'value="71.5"' in text_of(hers.get(PAGE)) and "<b>ours" not in hers.get(PAGE).content.decode()
    assert hers.post("/reasons/north/weigh/", {own.public_id: "10"}).status_code == 302
    name = {"person": "", "name": "Martin Cole", "level": "executive", "since": today}
    assert his.post("/reasons/north/sponsors/name/", name).status_code == 302
    sponsor = Sponsor.objects.get()
    place = f"/reasons/north/sponsors/{sponsor.public_id}"
    assert his.post(f"{place}/buy-in/", {"stance": "stands behind it", "said_on": "", "words": ""}).status_code == 302
    assert BuyIn.objects.get().said_on.isoformat() == today
    assert his.post("/reasons/north/survey/", dict.fromkeys(STATEMENTS, "4")).status_code == 302
    assert his.post(f"{place}/leaves/", {"left": today}).status_code == 302
    assert hers.post(f"{base}/withdraw/").status_code == 302
    assert not StoredReason.objects.filter(withdrawn_at=None).exists()


def test_what_was_typed_is_kept_when_it_is_refused(kept, ada, noor, signed_in):
    hers, his = signed_in(ada), signed_in(noor)
    wrong = hers.post("/reasons/north/add/", {"kind": "own", "words": "", "measure": "csat"})
    assert wrong.status_code == 422 and "It has no words" in text_of(wrong)
    assert '<option value="csat" selected>' in text_of(wrong)
    points = {r.public_id: "0" for r in kept}
    assert "The points cannot be weighed" in text_of(hers.post("/reasons/north/weigh/", points))
    assert hers.post("/reasons/north/weigh/", {}).status_code == 422
    half = his.post("/reasons/north/survey/", {"promises": "2"})
    assert half.status_code == 422 and "No answer is given to statement 1, 2, 4" in text_of(half)
    assert 'value="2" required id="survey_promises_1" checked' in text_of(half)
    assert his.post("/reasons/north/add/", {"kind": "cost"}).status_code == 403
    assert wrong.content.count(b'class="field-error"') == 0, "what is wrong with one form is not said of the others"


def test_nobody_moves_through_an_address_of_another_partner(kept, ada, sol, signed_in):
    cost = kept[0].public_id
    sponsor = Sponsor.objects.first().public_id
    for browser, partner in ((signed_in(sol), "south"), (signed_in(ada), "south")):
        assert browser.post(f"/reasons/{partner}/reasons/{cost}/withdraw/").status_code == 404
        assert browser.post(f"/reasons/{partner}/sponsors/{sponsor}/leaves/", {"left": "2026-01-01"}).status_code == 404


def test_reasons_stand_beside_facts_and_money_and_everything_adds_up(kept, home, ada, noor, signed_in):
    save_agreement(home, MONEY.encode(), "north-money.toml")
    for who in (ada, noor):
        told = signed_in(who).get("/reasons/north/standing.json").json()
        assert tuple(told["columns"]) == STANDING_COLUMNS
        rows = told["rows"]
        assert [r["reason"] for r in rows] == ["Cost", "Quality", "Flexibility", "No reason named"]
        assert sum(r["weight"] for r in rows if r["weight"] is not None) == pytest.approx(1)
        assert [r["money_share"] for r in rows] == pytest.approx([0, 0.75, 0, 0.25])
        page = text_of(signed_in(who).get("/reasons/north/standing/"))
        assert "Of 3 reasons to outsource, beside their baselines: 1 better, 2 cannot be said." in page
        assert (
            "The money at risk no longer follows the reasons: 60 % of it would have to move" in page
        )  # ½ (0.5 + 0.35 + 0.1 + 0.25)
        assert "no baseline is on record to compare with" in page and "no measure was named" in page
        assert page.count('id="standing"') == 1
    cost = rows[0]
    assert cost["course"] == "better" and cost["n"] > 0 and cost["publication"] and cost["until"] >= cost["since"]


def test_current_values_follow_the_definition_of_the_agreement(kept, home, ada, monday):
    plain = reasons_standing(viewer=ada.as_viewer, partner="north", on=dt.date(2026, 4, 1))
    quality = next(r for r in plain.rows if r.own.measure == "service_level")
    assert "abandons=all_against" in quality.definition
    assert quality.value is not None and quality.value.denominator is not None
    assert quality.progress.current == pytest.approx(quality.value.numerator / quality.value.denominator)


def test_without_money_or_weights_the_page_says_so(home, ada, signed_in, monday):
    browser = signed_in(ada)
    assert "Why this work was outsourced is not on record yet." in text_of(browser.get("/reasons/north/standing/"))
    actions.add_reason(partner="north", kind="cost", by=ada.as_viewer, at=monday)
    assert "cannot be said: nobody has weighed all of them yet." in text_of(browser.get("/reasons/north/standing/"))


def test_the_own_house_takes_the_charter_as_evidence(home, ada, noor, monday, signed_in):
    def found(duty: str):
        return looked(viewer=noor.as_viewer, partner="north", on=monday.date()).house.of(duty)

    assert not found("reasons").is_measured and not found("one_owner").is_measured
    by = ada.as_viewer
    cost = actions.add_reason(partner="north", kind="cost", measure="answered_share", by=by, at=monday)
    actions.set_baseline(
        reason=cost,
        measure="answered_share",
        baseline=Decimal("0.5"),
        baseline_on=DAY,
        source="the ledger",
        by=by,
        at=monday,
    )
    sponsor = actions.name_sponsor(partner="north", name="Eve", level="executive", since=DAY, by=by, at=monday)
    actions.say_buy_in(sponsor=sponsor, stance="stands behind it", by=by, at=monday)
    assert str(found("reasons").verdict) == "kept" and "1 reason is on record" in found("reasons").found.sentence
    assert found("one_owner").found.sentence == "The executive owner is Eve (stands behind it)."
    before = found("same_goals").verdict
    for who, value in ((ada, 5), (noor, 1)):
        actions.answer_survey(partner="north", answers=dict.fromkeys(STATEMENTS, value), by=who.as_viewer, at=monday)
    assert str(found("same_goals").verdict) == "not kept" != str(before)
