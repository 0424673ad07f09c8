"""The explanation of a change: the same parts for both sides, adding up on the page, in the download and at the command line."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from levelfield_cli.main import app
from levelfield_io.store import Store

pytestmark = pytest.mark.django_db
PAGE = "/explained/north/service_level"
SPANS = "before=2026-W03..2026-W06&after=2026-W07..2026-W09"


def rows(browser, query=SPANS):
    return browser.get(f"{PAGE}.json?{query}").json()["rows"]


def test_both_sides_read_the_same_parts(home, ada, noor, signed_in):
    ours, theirs = rows(signed_in(ada)), rows(signed_in(noor))
    assert ours == theirs
    assert {r["publication"] for r in ours} == {Store(home).release.current["north"]}


def test_the_parts_sum_to_the_change(home, ada, signed_in):
    client = signed_in(ada)
    parts = [r for r in rows(client) if r["level"] == 1]
    values = {}
    for span in ("2026-W03..2026-W06", "2026-W07..2026-W09"):
        first, last = span.split("..")
        found = client.get(f"/partners/north/measures/service_level.json?grain=week&period={last}").json()["rows"]
        weeks = [v for v in found if first <= v["period"] <= last]
        values[span] = sum(v["numerator"] for v in weeks) / sum(v["denominator"] for v in weeks)
    before, after = values.values()
    assert sum(r["amount"] for r in parts) == pytest.approx(after - before, abs=1e-9)


def test_whose_a_part_is_is_said_from_where_the_reader_stands(home, ada, noor, signed_in):
    for user, ours, theirs in ((ada, "ours", "Partner North"), (noor, "ours", "the client")):
        page = signed_in(user).get(f"{PAGE}/?{SPANS}").content.decode()
        assert ours in page
        assert f"Of {theirs}" in page or "What it asks" not in page
        assert 'role="img"' in page and "<desc>" in page, "the picture is described"


def test_the_command_line_gives_the_same_parts(home, ada, signed_in):
    own = Store(home).release.current["north"]
    done = CliRunner().invoke(
        app, ["explain", "-m", "service_level", "--publication", own, "--before", "2026-W03..2026-W06", "--after", "2026-W07..2026-W09", "--home", str(home), "-f", "json"]
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    page = [r for r in rows(signed_in(ada)) if r["level"] == 1]
    assert [c["amount"] for c in told["contributions"]] == pytest.approx([r["amount"] for r in page if r["whose"]])
    assert told["publication"] == own


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("before=soon&after=2026-W09", "is not a span of time"),
        ("before=2026-W03..2026-W09&after=2026-W08", "overlap"),
        ("before=2019-01&after=2026-W08", "There is no answered within the threshold for 2019-01"),
        ("before=2024-01..2025-12&after=2026-01", "has 731 days"),
    ],
)
def test_odd_spans_are_refused_in_words_and_the_form_stays(home, noor, signed_in, query, words):
    answer = signed_in(noor).get(f"{PAGE}/?{query}")
    assert answer.status_code in (409, 422)
    page = answer.content.decode()
    assert words in page
    assert "Explain this change" in page


def test_a_measure_that_is_no_sum_says_why_it_cannot_be_taken_apart(home, ada, signed_in):
    answer = signed_in(ada).get("/explained/north/longest_wait/")
    assert answer.status_code in (409, 422)
    assert "no parts that add up" in answer.content.decode()


def test_without_spans_the_latest_weeks_are_laid_beside_those_before(home, ada, signed_in):
    page = signed_in(ada).get(f"{PAGE}/").content.decode()
    assert re.search(r"2026-W\d\d to 2026-W\d\d → 2026-W\d\d to 2026-W\d\d", page)


def test_the_client_sees_all_partners_together_by_partner(home, ada, signed_in):
    found = signed_in(ada).get("/explained-together/service_level.json?before=2026-01&after=2026-02").json()["rows"]
    assert {r["where"] for r in found if r["where"]} == {"partner=north", "partner=south"}


def test_a_signal_leads_to_the_own_house_and_to_the_explanation_before_anybody_is_asked(home, ada, signed_in):
    page = signed_in(ada).get(f"{PAGE}/?{SPANS}").content.decode()
    assert page.index("/own-house/north/?since=") < page.index("Part by part")


@pytest.mark.parametrize("name", ["site", "line", "queue", "channel", "language", "before", "unknown"])
@pytest.mark.parametrize("form", ["/", ".json", ".csv"])
def test_an_address_with_a_sign_no_name_can_hold_is_of_no_page(home, ada, signed_in, name, form):
    assert signed_in(ada).get(f"{PAGE}{form}?{SPANS}&{name}=x%00y").status_code == 404


def test_a_slice_holds_no_more_than_an_address_may(home, ada, signed_in):
    long = "&".join(f"site={'x' * 900}{i}" for i in range(40))
    assert signed_in(ada).get(f"{PAGE}/?{SPANS}&{long}").status_code in (409, 422)


@pytest.mark.parametrize("spans", [SPANS, "before=2026-W02&after=2026-W03"])  # 79.17 to 78.93: rounded, 0.3 and not 0.2
def test_sentence_picture_and_both_values_say_the_same_change(home, ada, signed_in, spans):
    page = signed_in(ada).get(f"{PAGE}/?{spans}").content.decode().replace("\xa0", " ").replace("−", "-")
    headline = float(re.search(r"Service level (?:rose|fell) ([\d.]+) points", page)[1])
    before, after = map(float, re.search(r"From ([\d.]+) % in .* to ([\d.]+) % in", page).groups())
    pictured = re.findall(r'class="chart-latest"[^>]*>(-?[\d.]+) points<', page)
    assert headline == pytest.approx(abs(after - before)) == pytest.approx(abs(float(pictured[-1])))
    assert sum(map(float, pictured[:-1])) == pytest.approx(float(pictured[-1]))
