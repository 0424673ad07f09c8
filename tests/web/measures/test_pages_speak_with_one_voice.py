"""One measure has one name, one number of decimals and one unit, on whatever page it stands."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from levelfield_io.publishing import Parcel, publish
from levelfield_io.store import Store
from levelfield_web.parts.control_chart import _rows
from levelfield_web.parts.formats import NO_BREAK, unbroken
from levelfield_web.signals.actions import review

from ...conftest import MONDAY, interval_file

pytestmark = pytest.mark.django_db
SERVICE = "/partners/north/measures/service_level/"


@pytest.fixture
def read(home, signed_in):
    """The text of a page as somebody reads it."""

    def reads(person, address: str) -> str:
        answer = signed_in(person).get(address)
        assert answer.status_code == 200, address
        return answer.content.decode()

    return reads


def test_the_name_of_a_measure_is_the_same_on_every_page(ada, read):
    for address in ("/partners/north/", SERVICE, f"{SERVICE}value/?grain=month&period=2026-02", "/agreements/north/1/"):
        assert "Service level" in read(ada, address), address
    page = read(ada, SERVICE)
    assert "<dt>Full name</dt><dd>Answered within the threshold</dd>" in page
    assert page.count("Answered within the threshold") == 1, "it stands once, where the method is told"


def test_differences_are_shown_in_the_unit_of_the_measure(ada, home, read):
    path = home / "again.csv"
    path.write_text(interval_file("north", "NNNNNNNNN", offered=66), encoding="utf-8")
    made = publish([Parcel(path)], Store(home), by="Pat", at=MONDAY + dt.timedelta(days=31)).records[0]
    page = read(ada, f"/data/publications/north/{made.id}/")
    row = re.search(r"<tr><th scope=\"row\">Service level</th>.*?</tr>", page)
    assert row and row[0].count(f"{NO_BREAK}%") == 2


def test_a_definition_names_only_what_the_measure_listens_to(ada, read):
    for address in (SERVICE, f"{SERVICE}value/?grain=month&period=2026-02"):
        page = read(ada, address)
        assert "<dt>Definition</dt><dd>abandons=all_against" in page
        assert "currency" not in page


def test_standings_say_which_level_was_missed(ada, read):
    page = read(ada, "/partners/north/") + read(ada, "/partners/")
    assert "missed expected" not in page


def test_only_who_sees_several_partners_reads_about_ranking(ada, noor, read):
    assert "cannot be ranked" in read(ada, "/partners/")
    assert "cannot be ranked" not in read(noor, "/partners/")


def test_each_page_says_which_period_it_looks_at(ada, read):
    review(partner="north", at=MONDAY)  # ten weeks: looked at, and too few to be judged
    assert "At least twelve whole weeks are needed" in read(ada, "/today/")
    assert "This page opens on the last whole month" in read(ada, "/partners/")
    assert "over other periods a value has no standing" in read(ada, "/partners/?grain=week")


def test_the_lab_asks_for_partner_and_month_together(ada, read):
    page = read(ada, "/lab/")
    assert 'name="partner"' in page and "<option>2026-02</option>" in page
    assert "<option selected>2026-01</option>" in read(ada, "/lab/?partner=north&period=2026-01")


def test_the_name_of_a_period_is_not_torn():
    assert unbroken("n = 5 in 2026-W43, <b>") == 'n = 5 in <span class="nowrap">2026-W43</span>, &lt;b&gt;'


@pytest.mark.parametrize(
    ("places", "rows"),
    [
        ([500.0, 540.0, 620.0], (2, 1, 0)),  # names end at their lines and reach to the left: the first stands lowest
        ([100.0, 140.0, 180.0], (0, 1, 2)),  # names begin at their lines and reach to the right
        ([], ()),
    ],
)
def test_no_line_of_an_event_crosses_the_name_of_another(places, rows):
    assert _rows(places, ["Price letter sent to customers (ours)"] * len(places)) == rows
