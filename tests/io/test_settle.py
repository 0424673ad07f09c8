"""`levelfield settle` from a file of intervals to a statement, an account, and refusals that say what to do."""

from __future__ import annotations

import datetime as dt
import json
import math
import shutil
import sys
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from levelfield_cli.main import main
from levelfield_io.publishing import Parcel, publish
from levelfield_io.store import Store

from ..conftest import MONDAY, interval_file

LATER = MONDAY + dt.timedelta(days=30)

AGREEMENT = """
partner = "north"
title = "Telephony"
version = 1
valid_from = 2026-01-01
zone = "Europe/London"
currency = "GBP"
calendar = "GB-ENG"

[[target]]
key = "answered"
measure = "service_level"
definition = { abandons = "all_against", threshold_s = 20 }
at_least = 0.80
minimum = 0.75
decimals = 1
when_missing = "missed_minimum"
clause = "3.1"

[[credit]]
kind = "per_point"
target = "answered"
amount = "2000.00"
clause = "5.2"

[cap]
share = 0.05
clause = "5.3"

[excused]
claim_days = 5

[clocks]
dispute = { days = 5, silence = "final" }

[[trigger]]
key = "two in a row"
kind = "consecutive"
level = "expected"
k = 2
exercise_days = 60
"""
INVOICES = """partner,day,length_s,invoice_id,invoice_line,item,amount,currency
north,2026-01-31,2678400,I-1,1,contacts,20000.00,GBP
north,2026-02-28,2419200,I-2,1,contacts,100000.00,GBP
north,2026-02-28,2419200,I-2,2,credit,-1000.00,GBP
"""


@pytest.fixture(scope="module")
def settled_home(tmp_path_factory):
    """A home in which North has published 70 days and two invoices; its agreement lies beside it."""
    home = tmp_path_factory.mktemp("settled")
    (home / "north.csv").write_text(interval_file("north", "NNNNNNNNN"), encoding="utf-8")
    (home / "invoices.csv").write_text(INVOICES, encoding="utf-8")
    (home / "north.toml").write_text(AGREEMENT, encoding="utf-8")
    options = {"add_unknown": "yes"}
    outcome = publish(
        [Parcel(home / n, None, options) for n in ("north.csv", "invoices.csv")], Store(home), by="Noor", at=LATER
    )
    assert outcome.published, [f.sentence for file in outcome.files for f in file.findings.all]
    return home


@pytest.fixture
def told(settled_home, monkeypatch, capsysbinary):
    """Runs the command line on that home: what it wrote, and its exit code."""

    def run(*words: str, agreement: str = "north.toml", home=settled_home) -> tuple[str, int]:
        named = ["--agreement", str(settled_home / agreement)] if agreement else []
        monkeypatch.setattr(sys, "argv", ["levelfield", "settle", *named, "--home", str(home), *words])
        with pytest.raises(SystemExit) as ended:
            main()
        wrote = capsysbinary.readouterr()
        return (wrote.out + wrote.err).decode(), int(ended.value.code or 0)

    return run


def moves(home, **entries) -> str:
    path = home / "moves.json"
    path.write_text(json.dumps({"levelfield": "moves 1", **entries}), encoding="utf-8")
    return str(path)


def by_hand(month: str, without: tuple[str, ...] = ()) -> tuple[int, int]:
    """Answered within 20 s and offered in a month, added up from the file without our code."""
    rows = [line.split(",") for line in interval_file("north", "NNNNNNNNN").splitlines()]
    columns = {name: n for n, name in enumerate(rows[0])}
    own = [r for r in rows[1:] if r[columns["day"]].startswith(month) and r[columns["day"]] not in without]
    return sum(int(r[columns["answered_within"]]) for r in own), sum(int(r[columns["offered"]]) for r in own)


def test_a_month_is_told_with_its_trail(told):
    above, below = by_hand("2026-01")
    per_cent = Decimal(above * 100) / below
    stated = per_cent.quantize(Decimal("0.1"), ROUND_HALF_UP)
    text, code = told("--month", "2026-01")
    assert code == 0
    assert "Telephony, version 1: 2026-01 (2026-01-01 to before 2026-02-01)" in text
    assert f"value: numerator {above}, denominator {below} → " in text
    assert f"half up {per_cent:.6f}".rstrip("0") in text and f"→ {stated.normalize():f} %" in text
    points = math.ceil(80 - stated)
    assert f"credit answered per_point: {points * 2000}.00" in text
    assert f"credits: {points * 2000}.00 raw, cap 1000.00, payable 1000.00" in text
    assert "cap: credits" in text and "→ 1000.00 (5.3)" in text


def test_the_last_complete_month_is_told_when_none_is_named(told):
    text, code = told()
    assert code == 0 and "version 1: 2026-02" in text and "month not complete" not in text
    running, _ = told("--month", "2026-03")
    assert "month not complete" in running


def test_two_months_in_a_row_give_a_right_and_its_last_day(told):
    text, _ = told("--month", "2026-02")
    assert (
        "two in a row: 2 misses of the expected level of answered in a row; 2 are enough: the client has a right to terminate, "
        "to be exercised within 60 days, until 29 April 2026." in text
    )
    text, _ = told("--month", "2026-01")
    assert "One more miss of the expected level of answered in February gives the client a right to terminate" in text


def test_json_has_the_same_bytes_every_time_and_says_the_same(told):
    one, code = told("--month", "2026-02", "--format", "json")
    other, _ = told("--month", "2026-02", "--format", "json")
    assert code == 0 and one == other
    statement = json.loads(one)
    above, below = by_hand("2026-02")
    (target,) = statement["targets"]
    assert (target["with_relief"]["numerator"], target["with_relief"]["denominator"]) == (str(above), str(below))
    stated = Fraction(above * 1000, below)
    assert (
        Decimal(target["with_relief"]["value"])
        == Decimal((stated.numerator * 2 + stated.denominator) // (2 * stated.denominator)) / 10
    )
    assert statement["fees"] == "100000.00" and statement["credits"]["with_relief"]["cap"] == "5000.00"
    assert statement["agreement"]["version"] == 1 and len(statement["agreement"]["content"]) == 64
    assert statement["total"] == f"-{statement['credits']['with_relief']['payable']}"


def test_another_copy_of_the_home_gives_the_same_bytes(told, settled_home, tmp_path):
    shutil.copytree(settled_home, tmp_path / "partner")
    assert told("--month", "2026-02", "-f", "json") == told(
        "--month", "2026-02", "-f", "json", home=tmp_path / "partner"
    )


def test_an_agreement_of_the_home_gives_what_the_file_gives(told, settled_home, tmp_path):
    shutil.copytree(settled_home, tmp_path / "kept")
    (tmp_path / "kept" / "agreements").mkdir(exist_ok=True)
    shutil.copyfile(settled_home / "north.toml", tmp_path / "kept" / "agreements" / "north-001.toml")
    kept = told("--month", "2026-02", "-f", "json", agreement="", home=tmp_path / "kept")
    assert kept == told("--month", "2026-02", "-f", "json")


def test_the_account_over_all_months(told):
    text, code = told("--ledger", "--format", "json")
    assert code == 0
    rows = {r["month"]: r for r in json.loads(text)}
    assert list(rows) == ["2026-01", "2026-02", "2026-03"]
    assert (rows["2026-01"]["opening"], rows["2026-01"]["credits"], rows["2026-01"]["closing"]) == (
        "0",
        "-1000.00",
        "-1000.00",
    )
    assert (rows["2026-02"]["opening"], rows["2026-02"]["settled"]) == ("-1000.00", "1000.00")
    assert Decimal(rows["2026-02"]["closing"]) == Decimal(rows["2026-02"]["credits"])
    table, _ = told("--ledger")
    assert "opening" in table and "-1000.00" in table


def test_a_dispute_sets_its_line_aside(told, settled_home):
    path = moves(
        settled_home,
        disputes=[{"month": "2026-01", "line": "answered", "raised_by": "partner", "raised_on": "2026-02-03"}],
    )
    text, _ = told("--ledger", "--format", "json", "--moves", path)
    first = json.loads(text)[0]
    assert (first["credits"], first["disputed"], first["closing"]) == ("-1000.00", "-1000.00", "0.00")


STORM = {
    "key": "storm", "start": "2026-01-05T00:00:00+00:00", "end": "2026-01-09T00:00:00+00:00", "kind": "weather", "reason": "flooded site",
    "claimed_on": "2026-01-15", "accepted": True,
}  # fmt: skip


def test_an_accepted_event_is_left_out_and_the_other_reading_stands_beside_it(told, settled_home):
    text, _ = told("--month", "2026-01", "-f", "json", "--moves", moves(settled_home, excuses=[STORM]))
    (target,) = json.loads(text)["targets"]
    days = tuple(f"2026-01-0{n}" for n in range(5, 9))
    assert tuple(int(target["with_relief"][k]) for k in ("numerator", "denominator")) == by_hand(
        "2026-01", without=days
    )
    assert tuple(int(target["as_the_data_stand"][k]) for k in ("numerator", "denominator")) == by_hand("2026-01")
    late, _ = told(
        "--month", "2026-01", "--moves", moves(settled_home, excuses=[{**STORM, "claimed_on": "2026-01-16"}])
    )
    assert "claimed after 2026-01-15, too late" in late


# Refusals


def test_no_agreement(told, tmp_path):
    assert told(agreement="", home=tmp_path) == ("There is no agreement. Expected one file with --agreement.\n", 10)


def test_agreements_with_several_partners(told, published_home):
    text, code = told(agreement="", home=published_home)
    assert (text, code) == ("There are agreements with north, south. Expected one of them with --partner.\n", 10)


def test_nothing_published(told, tmp_path):
    text, code = told(home=tmp_path)
    assert code == 13 and "Nothing of north is published yet. Publish a file first: levelfield publish FILE." in text


@pytest.mark.parametrize("month", ["2025-12", "2027-01", "soon"])
def test_an_unknown_month(told, month):
    text, code = told("--month", month)
    assert (text, code) == (f"Telephony: There is no statement for {month}. Expected one of 2026-01 to 2026-03.\n", 13)


@pytest.mark.parametrize(
    "body",
    [
        "{", "[]", "{}", '{"levelfield": "moves 1", "locks": {"2026-01": "soon"}}', '{"levelfield": "moves 1", "excuses": [{}]}',
        '{"levelfield": "moves 1", "disputes": [{"month": "2026-01", "line": "x", "raised_by": "y", "raised_on": "2026-01-01", "outcome": "won"}]}',
        json.dumps({"levelfield": "moves 1", "excuses": [{**STORM, "start": "2026-01-05T00:00:00"}]}),
        json.dumps({"levelfield": "moves 1", "locks": {"2026-01": "2025-12-01T09:00:00"}}),
        json.dumps({"levelfield": "moves 1", "excuses": [{**STORM, "accepted": "yes"}]}),
    ],
    ids=["cut off", "a list", "nothing", "no moment", "an empty event", "no outcome", "no zone", "a lock without a zone", "no answer"],
)  # fmt: skip
def test_moves_that_cannot_be_read(told, settled_home, body):
    path = settled_home / "broken.json"
    path.write_text(body, encoding="utf-8")
    text, code = told("--moves", str(path))
    assert code == 11
    assert text.startswith("broken.json: The file is not the moves of a settlement: ")
    assert "Expected moves.json as the page of a statement gives it." in text


def test_a_broken_agreement_tells_all_its_findings(told, settled_home):
    path = settled_home / "broken.toml"
    path.write_text(
        AGREEMENT.replace("at_least", "atleast").replace('target = "answered"', 'target = "answred"'), encoding="utf-8"
    )
    text, code = told(agreement="broken.toml")
    assert code == 10
    assert "“atleast” is not known; did you mean “at_least”?" in text and "did you mean “answered”?" in text


@pytest.mark.parametrize("words, named", [(("--moves", "nowhere.json"), "nowhere.json"), ((), "nowhere.toml")])
def test_files_that_are_not_there(told, words, named):
    text, code = told(*words, agreement="north.toml" if words else "nowhere.toml")
    assert code == 11 and named in text and "cannot be read" in text


def test_a_publication_that_is_not_there(told):
    text, code = told("--publication", "P-nowhere")
    assert code in (10, 11, 13) and "P-nowhere" in text


def test_a_month_of_which_nothing_came_counts_as_missed(told, settled_home, tmp_path):
    rows = [line for line in interval_file("north", "NNNNNNNNN").splitlines() if ",2026-02-" not in line]
    (tmp_path / "gap.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    store = Store(tmp_path / "gap")
    outcome = publish([Parcel(tmp_path / "gap.csv", None, {"add_unknown": "yes"})], store, by="Noor", at=LATER)
    assert outcome.published
    text, code = told("--month", "2026-02", home=tmp_path / "gap")
    assert code == 0 and "answered: no value, minimum level missed (not delivered; counts as missed)" in text
