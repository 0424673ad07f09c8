"""NHS 111, where the public files are at hand: read, published, measured, and adding up."""

from __future__ import annotations

import csv
import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.settlement.statement import settle
from levelfield.signals.chart import Look
from levelfield.signals.verdict import Kind
from levelfield.signals.watch import Watch
from levelfield.words import Grain
from levelfield_io.agreements_at_hand import parse_agreement
from levelfield_io.publishing import Parcel, publish
from levelfield_io.recompute import values_of
from levelfield_io.settling import Moves, months_to_settle
from levelfield_io.signals_at_hand import judged
from levelfield_io.store import Store

DATA = Path(__file__).parents[2].parent / "shared" / "data"
MONTHLY = DATA / "nhs111-monthly" / "nhs111_calls_by_provider_month.csv"
DAILY = DATA / "nhs111-daily" / "nhs111_daily.csv"
STANDARDS = Path(__file__).parents[2] / "docs" / "agreements" / "nhs111-public-standards.toml"
pytestmark = pytest.mark.skipif(not MONTHLY.exists(), reason="the public NHS 111 files are not on this machine")
NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def monthly(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("nhs"))
    return store, publish([Parcel(MONTHLY, None, {"add_unknown": "yes"})], store, by="test", at=NOW)


def test_provider_rows_add_up_to_the_national_totals(monthly):
    store, _ = monthly
    names = ("offered", "answered_within_of_answered", "abandonment")
    values = values_of(
        store, store.release.current, Asked(tuple((MEASURES[n], Definition()) for n in names), by=(), grain=Grain.MONTH)
    )
    with MONTHLY.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for month in {r["Periodname"] for r in rows}:
        own = [r for r in rows if r["Periodname"] == month]
        start = dt.datetime.strptime(month, "%b-%y").date()  # noqa: DTZ007
        found = {v.measure: v for v in values if v.start == start}

        def total(column: str, own=own) -> int:
            return sum(int(float(r[column] or 0)) for r in own)

        assert found["offered"].numerator == total("Nhs1 Number Calls Offered SUM")
        assert found["answered_within_of_answered"].numerator == total("Nhs1 Answered 60sec SUM")
        assert found["answered_within_of_answered"].denominator == total("Nhs1 Answered Calls SUM")
        assert found["abandonment"].numerator == total("Nhs1 Abandoned Calls SUM")


def test_the_collapse_of_march_2016_is_found_and_told_provider_by_provider(monthly):
    store, _ = monthly
    names = ("answered_within_of_answered", "abandonment")
    watches = [Watch(MEASURES[n], Definition(), ()) for n in names]
    seen = [
        one
        for partner, publication in sorted(store.release.current.items())
        for one in judged(store, partner, publication, watches, Grain.MONTH)
    ]
    changed = [one for one in seen if one.chart.reading.changed]
    of_march = [
        one for one in changed if one.chart.reading.going_on is not False and one.chart.label_of_onset >= "2016-02"
    ]
    assert len(changed) >= 15 and len(of_march) >= 10  # of some eighty series; chance alone would change four
    assert all(one.chart.look is Look.WORSE for one in of_march)
    told = next(one for one in seen if one.partner == "111AD6" and one.watch.measure.name == names[0])
    assert told.chosen and told.chart.reading.kind is Kind.ONE_OFF and told.chart.label_of_onset == "2016-03"
    assert told.chart.reading.level_before > 0.95 and told.chart.reading.level_after < 0.8


def test_two_areas_that_became_one_are_told_as_a_merge(monthly):
    _, outcome = monthly
    told = [f.sentence for file in outcome.files for f in file.findings.all if f.rule == "merged_unit"]
    assert len(told) == 1
    assert "111AF5 and 111AF6" in told[0]
    assert "merged into 111AF8 on 2015-10-01" in told[0]


def test_the_last_zero_days_are_not_delivered_days(tmp_path):
    store = Store(tmp_path)
    outcome = publish([Parcel(DAILY, None, {"add_unknown": "yes"})], store, by="test", at=NOW)
    told = [f.sentence for file in outcome.files for f in file.findings.all if f.rule == "zeros_for_not_delivered"]
    assert any("All 14 partners show zero on 30 March 2026 to 5 April 2026" in sentence for sentence in told)
    assert any("111AI5 shows zero on 22 December 2025 to 28 December 2025" in sentence for sentence in told)
    last = max(
        v.start
        for v in values_of(
            store, store.release.current, Asked(((MEASURES["offered"], Definition()),), by=(), grain=Grain.DAY)
        )
    )
    assert last == dt.date(2026, 3, 29)


def test_rows_of_a_month_are_told_as_months(monthly):
    _, outcome = monthly
    told = {f.rule: f.sentence for file in outcome.files for f in file.findings.all}
    assert "(an average month has 84,793 contacts offered before, 175,212 after)" in told["merged_unit"]
    assert "partner-months" in told["does_not_add_up"]
    assert "111AF8, 2016-03:" in told["does_not_add_up"]


@pytest.mark.parametrize(
    "month, written, in_time, lost",
    [
        ("2015-04", "Apr-15", "expected level missed", "met"),
        ("2015-12", "Dec-15", "minimum level missed", "expected level missed"),
    ],
)
def test_a_year_settles_under_the_public_standards(monthly, month, written, in_time, lost):
    store, _ = monthly
    text = STANDARDS.read_text(encoding="utf-8").replace('partner = "111AA1"', 'partner = "111AB9"')
    agreement = parse_agreement(text.encode(), STANDARDS.name)
    made = months_to_settle(store, [agreement], store.release.current["111AB9"], Moves())
    statements = {s.month: s for s in settle([agreement], made)}
    assert list(statements) == [f"2015-{n:02}" for n in range(4, 13)] + [f"2016-{n:02}" for n in range(1, 4)]

    with MONTHLY.open(encoding="utf-8") as stream:
        own = [r for r in csv.DictReader(stream) if (r["Provider Org Code"], r["Periodname"]) == ("111AB9", written)]
    within, answered, abandoned, offered = (
        sum(int(float(r[c] or 0)) for r in own)
        for c in ("Nhs1 Answered 60sec SUM", "Nhs1 Answered Calls SUM", "Nhs1 Abandoned Calls SUM", "Nhs1 Number Calls Offered SUM")
    )  # fmt: skip
    per_cent = [Decimal(100 * a) / b for a, b in ((within, answered), (abandoned, offered))]
    stated = [p.quantize(Decimal("0.1"), ROUND_HALF_UP) for p in per_cent]

    found = {p.plain.target: p.plain for p in statements[month].pairs}
    speed, given_up = found["answered_in_60_s"], found["abandoned"]
    assert (speed.numerator, speed.denominator, speed.value) == (within, answered, stated[0])
    assert (given_up.numerator, given_up.denominator, given_up.value) == (abandoned, offered, stated[1])
    assert (str(speed.standing), str(given_up.standing)) == (in_time, lost)
    assert (stated[0] < 90) is (in_time == "minimum level missed") and (stated[1] > 5) is (
        lost == "expected level missed"
    )
    assert statements[month].relieved.payable == math.ceil(95 - stated[0]) * 2000
