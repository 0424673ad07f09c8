"""One sentence, one table, one list for both sides; what compares partners is for the client alone."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re

import pytest
from django.utils.html import strip_tags

from levelfield_web.same_data.warehouse import current_release
from levelfield_web.signals.actions import close, review_next, suppress
from levelfield_web.signals.models import Signal

from .conftest import BILLING

pytestmark = pytest.mark.django_db


def words(page: str) -> str:
    """What a person reads of a page's main part."""
    main = re.search(r"<main.*?</main>", page, re.S)
    assert main
    return " ".join(strip_tags(main[0]).replace("\u202f", " ").replace("\u00a0", " ").split())


@pytest.fixture
def read(signed_in):
    """The text of a page as somebody reads it; `status` of the answer is checked."""

    def reads(person, address: str, status: int = 200) -> str:
        answer = signed_in(person).get(address)
        assert answer.status_code == status, address
        return answer.content.decode()

    return reads


@pytest.fixture
def looked(stand, monday):
    """Stands in a home in which every partner was looked at."""

    def looks(name: str) -> None:
        stand(name)
        while review_next(at=monday):
            pass

    return looks


def test_both_sides_read_the_same_sentence_picture_and_numbers(fallen, read, ada, noor):
    address = f"/signals/{fallen.public_id}/"
    parts = {}
    for person in (ada, noor):
        page = read(person, address)
        headline = re.search(r"<h1>(.*?)</h1>", page)
        picture = re.search(r"<svg class=\"chart\".*?</svg>", page, re.S)
        answer = re.search(r'<div class="says.*?</div>', page, re.S)
        table = re.search(r'<caption id="readings">.*?</table>', page, re.S)
        parts[person.side] = [m[0] for m in (headline, picture, answer, table) if m]
    assert parts["client"] == parts["partner"]
    headline, picture, answer, table = parts["client"]
    assert words(f"<main>{headline}</main>") == fallen.sentence.replace("\u202f", " ").replace("\u00a0", " ")
    assert picture.count("chart-worse") == 6, "six weeks of the fall"
    assert "Yes. A stable series looks like this or more so in less than 1 of 100,000 cases." in words(
        f"<main>{answer}</main>"
    )
    assert table.count("<tr>") == 7


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_the_tables_of_signals_are_the_same_on_both_sides_and_say_what_the_database_says(
    fallen, read, ada, noor, ending
):
    lists = {read(person, f"/signals.{ending}") for person in (ada, noor)}
    ones = {read(person, f"/signals/{fallen.public_id}.{ending}") for person in (ada, noor)}
    assert len(lists) == len(ones) == 1
    rows = rows_of(lists.pop(), ending)
    row = next(r for r in rows if r["signal"] == fallen.public_id)
    assert (row["partner"], row["measure"], row["slice"], row["state"]) == (
        "north",
        "service_level",
        "line=NNNNNNNNN-Billing",
        "open",
    )
    assert (row["onset"], row["period"], row["sentence"]) == ("2026-01-19", "2026-W09", fallen.sentence)
    readings = rows_of(ones.pop(), ending)
    assert [r["period"] for r in readings] == [f"2026-W0{n}" for n in range(9, 3, -1)], "newest first"
    stored = fallen.readings.last()
    assert float(readings[0]["p_value"]) == stored.p_value and float(readings[0]["size"]) == stored.size
    assert readings[0]["publication"] == stored.publication == fallen.publication


def rows_of(body: str, ending: str) -> list[dict[str, str]]:
    return json.loads(body)["rows"] if ending == "json" else list(csv.DictReader(io.StringIO(body)))


def test_a_downloaded_table_holds_what_was_closed_and_why(fallen, read, ada, noor, monday):
    close(signal=fallen, why="explained", words="A system was down.", by=noor.as_viewer, at=monday)
    rows = {r["signal"]: r for r in rows_of(read(ada, "/signals.json"), "json")}
    assert (rows[fallen.public_id]["state"], rows[fallen.public_id]["closed_why"]) == ("closed", "explained")
    page = words(read(ada, f"/signals/{fallen.public_id}/"))
    assert "explained" in page and "A system was down." in page
    assert "Acknowledge the signal" not in page and "Close the signal" not in page


def test_today_shows_it_to_both_sides_and_to_nobody_else(looked, read, ada, noor, sol):
    looked("fallen")
    for person in (ada, noor):
        page = words(read(person, "/today/"))
        assert page.startswith("2 signals are open")
        assert "Service level fell in 2026-W04" in page and "also on NNNNNNNNN-Billing" in page
        assert "2 signals have not been acknowledged by your side" in page
        rows = rows_of(read(person, "/today.json"), "json")
        assert {r["signal"] for r in rows} == {s.public_id for s in Signal.objects.all()}
        assert not any(r["seen_by_my_side"] for r in rows)
    assert words(read(sol, "/today/")).startswith("Everything is as usual")
    assert "NNNNNNNNN" not in read(sol, "/today/")


def test_what_was_acknowledged_by_one_side_waits_for_the_other(looked, read, signed_in, ada, noor):
    looked("fallen")
    for signal in Signal.objects.all():
        signed_in(noor).post(f"/signals/{signal.public_id}/acknowledge/")
    assert "acknowledged by your side" not in words(read(noor, "/today/"))
    assert "2 signals have not been acknowledged by your side" in words(read(ada, "/today/"))
    assert noor.name in words(read(ada, "/signals/"))


def test_what_is_set_aside_stands_apart_on_the_list(fallen, read, ada, noor):
    now = dt.datetime.now(tz=dt.UTC)
    until = now.date() + dt.timedelta(days=9)
    suppress(signal=fallen, until=until, reason="Moving house.", by=noor.as_viewer, at=now)
    for person in (ada, noor):
        page = words(read(person, "/signals/"))
        assert page.startswith("1 signal is open")
        assert f"set aside by {noor.name} until" in page and "Moving house." in page
        assert fallen.public_id not in read(person, "/today/")


def test_signals_stay_on_the_page_while_a_new_publication_waits_to_be_looked_at(fallen, stand, read, noor):
    stand("further")
    page = read(noor, "/signals/")
    assert fallen.public_id in page
    assert "could be judged at the end of 2026-W09" in words(page)


def test_the_list_of_one_partner_holds_nothing_of_another(look, fallen, read, ada, noor, monday):
    close(signal=fallen, why="explained", words="A system was down.", by=noor.as_viewer, at=monday)
    look("fallen", partner="south")
    for address in ("/signals/?partner=south", "/signals.json?partner=south"):
        assert fallen.public_id not in read(ada, address)
    assert fallen.public_id in read(ada, "/signals/?partner=north")
    read(ada, "/signals/?partner=nowhere", 404)
    read(noor, "/signals/?partner=south", 404)


def test_a_restated_signal_says_on_its_page_what_the_restatement_changed(fallen, look, read, ada, noor):
    look("restated")
    for person in (ada, noor):
        page = words(read(person, f"/signals/{fallen.public_id}/"))
        assert "gone after a restatement" in page
        assert "After the restatement: it read Service level, NNNNNNNNN-Billing fell in 2026-W04" in page


def test_that_partners_moved_together_is_told_to_the_client_alone(looked, read, ada, noor, sol):
    looked("both")
    for address in ("/today/", "/signals/"):
        assert "Look at your own house first" in (page := words(read(ada, address)))
        assert "Service level moved together at Partner North, Partner South from 2026-W04" in page
        for person, other in ((noor, "South"), (sol, "North")):
            page = words(read(person, address))
            assert "together" not in page and "own house" not in page and other not in page, (person, address)


def test_one_partner_that_moved_alone_did_not_move_together(looked, read, ada):
    looked("fallen")
    assert "own house" not in words(read(ada, "/today/"))


@pytest.mark.parametrize("ending", ["/", ".json", ".csv"])
def test_the_comparison_is_for_the_client_alone(looked, read, ada, noor, sol, ending):
    looked("fallen")
    address = f"/comparison{ending}?measure=service_level&period=2026-02"
    page = read(ada, address)
    assert "Partner North" in page and "Partner South" in page
    for person, other in ((noor, "South"), (sol, "North")):
        refused = read(person, address, 403)
        assert "for the client" in refused and other not in refused


def test_the_comparison_says_each_partner_with_its_numbers(looked, read, ada):
    looked("fallen")
    rows = {r["partner"]: r for r in rows_of(read(ada, "/comparison.json?period=2026-02"), "json")}
    assert set(rows) == {"Partner North", "Partner South"}
    for row in rows.values():
        assert row["value"] == pytest.approx(row["numerator"] / row["denominator"])
        assert row["standardised"] is None, "they serve no line together, so there is no mix of all to be at"
        assert row["rank_lowest"] is None, "two partners are not ranked"
    assert rows["Partner North"]["value"] < rows["Partner South"]["value"] - 0.05
    publications = current_release()[0].current
    assert {r["publication"] for r in rows.values()} == set(publications.values())


@pytest.mark.parametrize("query", ["measure=asa", "measure=nothing"])
def test_what_cannot_be_compared_is_refused_with_what_can(looked, read, ada, query):
    looked("fallen")
    page = read(ada, f"/comparison/?{query}", 422)
    assert "cannot be compared" in page and "service_level" in page


def test_the_page_of_the_method_says_how_often_it_is_wrong(looked, read, noor, sol):
    looked("fallen")
    for person in (noor, sol):
        page = words(read(person, "/verdicts/"))
        assert "of a hundred stable series, five are called changed" in page
        assert re.search(r"about \d+\.\d false signals a year", page)


def test_a_signal_of_a_series_that_is_no_longer_watched_keeps_its_page(fallen, look, read, noor):
    look("other terms")
    page = words(read(noor, f"/signals/{fallen.public_id}/"))
    assert "The series is no longer watched as it was agreed." in page
    assert fallen.sentence.replace("\u202f", " ").replace("\u00a0", " ") in page


def test_the_series_of_the_signal_is_the_one_its_link_shows(fallen, read, noor):
    page = read(noor, f"/signals/{fallen.public_id}/")
    link = re.search(r'href="(/partners/north/measures/service_level/\?[^"]*)"', page)
    assert link and "line=NNNNNNNNN-Billing" in link[1]
    assert (
        re.search(r"<h1>(.*?)</h1>", read(noor, link[1].replace("&amp;", "&")))[1]
        .split("</span>")[0]
        .startswith("Service level fell in")
    )
    assert BILLING.endswith("line=NNNNNNNNN-Billing")
