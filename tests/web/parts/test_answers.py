"""One table in three forms, and numbers as people read them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pytest

from levelfield_web.parts.answers import Table, as_csv, as_json
from levelfield_web.parts.formats import Missing, cell, count, money, number, per_cent, seconds
from levelfield_web.parts.marks import READING_MARKS
from levelfield_web.parts.sparkline import sparkline

TABLE = Table(
    "lines",
    ("line", "offered", "share", "on"),
    (("Billing", 21530, 0.862, dt.date(2026, 3, 2)), ("Orders", -3, None, None), ("Returns", 0, float("nan"), None)),
)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "|", "\uff1d", "\u200b=", "\ufeff@", " ="])
def test_text_that_a_spreadsheet_would_run_is_made_harmless(start):
    table = Table("t", ("=head", "b"), ((f"{start}1+1", -1),))
    head, row = csv.reader(io.StringIO(as_csv(table), newline=""))
    assert (head[0], row[0]) == ("'=head", f"'{start}1+1")


def test_where_a_semicolon_ends_a_cell_the_next_one_is_harmless_too():
    assert as_csv(Table("t", ("a",), (("x;=1+1",), ("so; and on",)))).splitlines()[1:] == ["x;'=1+1", "so; and on"]


def test_negative_numbers_stay_numbers():
    table = Table("t", ("a", "b", "c"), ((-1, -0.5, Decimal("-2.50")),))
    assert as_csv(table).splitlines()[1] == "-1,-0.5,-2.50"


def test_missing_is_null_in_json_and_empty_in_csv_and_zero_stays_zero():
    content = json.loads(as_json(TABLE))
    assert [row["share"] for row in content["rows"]] == [0.862, None, None]
    assert [row["offered"] for row in content["rows"]] == [21530, -3, 0]
    assert as_csv(TABLE).splitlines()[3] == "Returns,0,,"


def test_a_row_that_does_not_fit_its_columns_is_our_bug():
    with pytest.raises(ValueError, match="2 cells under 1 columns"):
        Table("t", ("a",), ((1, 2),))


def test_a_column_of_numbers_and_blanks_is_numeric():
    assert TABLE.numeric == [False, True, True, False]


def test_the_page_the_json_and_the_csv_hold_the_same_people(ada, noor, signed_in):
    browser = signed_in(ada)
    page = browser.get("/people/").content.decode()
    rows = json.loads(browser.get("/people.json").content)["rows"]
    lines = list(csv.DictReader(io.StringIO(browser.get("/people.csv").content.decode(), newline="")))
    assert [r["name"] for r in rows] == [line["name"] for line in lines] == [ada.name, noor.name]
    assert all(r["name"] in page and r["email"] in page for r in rows)
    assert 'href="/people.json"' in page and 'href="/people.csv"' in page


def test_numbers_are_written_with_thin_spaces_and_units_that_stay_with_them():
    assert per_cent(0.8624) == "86.2\u00a0%"
    assert seconds(412) == "412\u00a0s"
    assert count(21530) == "21\u202f530"
    assert money(Decimal("-12400.5")) == "\u221212\u202f400.50\u00a0EUR"
    assert number(2.675, 2) == "2.68"


def test_five_kinds_of_nothing_are_written_apart():
    written = [per_cent(v) for v in (0, None, Missing.TOO_FEW, Missing.NOT_DELIVERED, Missing.NOT_YET)]
    assert written == ["0.0\u00a0%", "–", "too few", "not delivered", "not yet"]
    assert len(set(written)) == 5
    assert (cell(0), cell(None), cell("")) == ("0", "–", "–")


def test_not_a_number_is_never_written_as_one():
    assert per_cent(float("nan")) == "–" and count(float("inf")) == "–"


def test_a_sparkline_has_a_gap_where_the_data_has_one():
    drawing = sparkline([1, 2, None, 3, 4], band=(1, 4), label="Handling time")
    assert drawing.count("<polyline") == 2 and drawing.count("spark-band") == 1
    assert 'role="img"' in drawing and "<title>Handling time</title>" in drawing


@pytest.mark.parametrize(
    ("last", "element"), [("usual", "<circle"), ("worse", "<path"), ("better", "<rect"), ("changed", "<circle")]
)
def test_the_last_point_has_the_shape_of_its_reading(last, element):
    drawing = sparkline([1, 2, 3], last=last)
    assert f'{element} class="spark-point"' in drawing and f"spark-{last}" in drawing
    assert last in READING_MARKS


def test_a_sparkline_has_no_style_of_its_own_and_escapes_its_label():
    drawing = sparkline([1, 1, 1], label="<script>")
    assert "style" not in drawing and "<script>" not in drawing


def test_a_sparkline_without_a_last_value_has_no_point_and_without_any_value_no_picture():
    assert "spark-point" not in sparkline([1, 2, None])
    assert sparkline([None, float("nan")]) == ""


def test_an_unknown_reading_is_refused():
    with pytest.raises(ValueError, match="usual or worse"):
        sparkline([1], last="red")
