"""March 2016 of NHS 111 by provider area, where the public file is at hand: the parts sum to the national change."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from levelfield.drill_down.mixing import mix_and_rate

MONTHLY = Path(__file__).parents[3].parent / "shared" / "data" / "nhs111-monthly" / "nhs111_calls_by_provider_month.csv"
pytestmark = pytest.mark.skipif(not MONTHLY.exists(), reason="the public NHS 111 files are not on this machine")
IN_TIME, ANSWERED = "Nhs1 Answered 60sec SUM", "Nhs1 Answered Calls SUM"


def test_from_february_to_march_2016_the_work_itself_collapsed_in_nearly_every_area():
    with MONTHLY.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    key = "Provider Org Code"
    areas = {r[key] for r in rows}
    counts = {
        (month, area): [
            sum(int(float(r[c] or 0)) for r in rows if r["Periodname"] == month and r[key] == area)
            for c in (IN_TIME, ANSWERED)
        ]
        for month in ("Feb-16", "Mar-16")
        for area in areas
    }
    names = sorted(a for a in areas if counts["Feb-16", a][1] + counts["Mar-16", a][1])
    table = {"area": names}
    for k, figure in enumerate(("x", "n")):
        for span, month in (("0", "Feb-16"), ("1", "Mar-16")):
            table[figure + span] = [counts[month, a][k] for a in names]
    found = mix_and_rate(table, ["area"], "x1", "n1", "x0", "n0")
    totals = {name: sum(table[name]) for name in ("x1", "n1", "x0", "n0")}
    national = float(Fraction(totals["x1"], totals["n1"]) - Fraction(totals["x0"], totals["n0"]))
    assert found.change == pytest.approx(national, abs=1e-12)
    assert sum(p.mix + p.rate for p in found.parts) == pytest.approx(national, abs=1e-12)
    assert [round(100 * own, 2) for own in (found.change, found.mix, found.rate)] == [-9.04, 0.07, -9.10]
    assert sum(p.rate < 0 for p in found.parts) == 39 and len(found.parts) == 44
