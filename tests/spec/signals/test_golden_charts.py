"""The charts against three reference programs, where their output is at hand: the NHS's, qicharts2, and spc for R."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest

from levelfield.signals.charts import (
    c_chart,
    cusum_run_length,
    ewma_run_length,
    p_chart,
    p_prime_chart,
    rates,
    runs,
    shares,
    u_chart,
    xbar_chart,
    xmr_points,
)

GOLDEN = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "golden-spc"
NEAR = 1e-9


def golden(name: str) -> Path:
    if not (GOLDEN / name).exists():
        pytest.skip(f"golden-spc/{name}: shared data not at hand")
    return GOLDEN / name


def rows(name: str) -> list[dict[str, str]]:
    with golden(name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def column(table: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([math.nan if row[name] in ("", "NA") else float(row[name]) for row in table])


def left_out(table: list[dict[str, str]]) -> list[int]:
    return [index for index, row in enumerate(table) if row["include"] == "FALSE"]


@pytest.fixture(scope="module")
def trusts():
    """Waits of four hours or less in 65 emergency departments, 36 months each, as NHSRplotthedots judges them."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows("nhs_ae_type1_xmr.csv"):
        found.setdefault(row["org"], []).append(row)
    assert len(found) == 65 and {len(table) for table in found.values()} == {36}
    return [(table, xmr_points(column(table, "y"), target=float(table[0]["target"]))) for table in found.values()]


@pytest.mark.parametrize("name", ["point_type", "special_cause_type"])
def test_every_word_is_the_nhss(trusts, name):
    for table, found in trusts:
        assert list(getattr(found, name)) == [row[name] for row in table]


@pytest.mark.parametrize(
    "ours, theirs",
    [
        ("close_to_limits", "close_to_limits"),
        ("outside_limits", "outside_limits"),
        ("special_cause_flag", "special_cause_flag"),
        ("side", "relative_to_mean"),
    ],
)
def test_every_mark_is_the_nhss(trusts, ours, theirs):
    for table, found in trusts:
        assert [str(mark) for mark in getattr(found, ours)] == [row[theirs] for row in table]


def test_every_assurance_is_the_nhss(trusts):
    for table, found in trusts:
        assert {found.assurance} == {row["assurance"] for row in table}


@pytest.mark.parametrize("ours, theirs", [("mean", "mean_col"), ("lower", "lpl"), ("upper", "upl")])
def test_every_line_is_the_nhss(trusts, ours, theirs):
    for table, found in trusts:
        assert getattr(found, ours) == pytest.approx(column(table, theirs), abs=NEAR, rel=0)


def test_the_classes_come_without_any_argument(trusts):
    for table, _ in trusts:
        assert list(xmr_points(column(table, "y"))) == [row["point_type"] for row in table]


def share_chart(draw, **options):
    def of(table):
        hits, n = column(table, "y.sum"), column(table, "n")
        return draw(hits, n, **options), shares(hits, n)

    return of


def cdi(table):
    events, days = column(table, "y.sum"), column(table, "n")
    return u_chart(events, days, per=10_000), rates(events, days, per=10_000)


def counts(table):  # a frozen baseline of 26 periods
    events = column(table, "y.sum")
    return c_chart(events, exclude=left_out(table), fix_after=26), events


def juice(table):  # a new phase after 30 periods
    return share_chart(p_chart, rebase=[30], exclude=left_out(table))(table)


def rings(table):  # one subgroup is empty, and counts as qicharts2 counts it
    means = column(table, "y.mean")
    return xbar_chart(means, column(table, "y.sd"), column(table, "y.length"), as_qicharts2=True), means


QIC = {
    "qic_nhs_accidents_p.csv": share_chart(p_chart),
    "qic_nhs_accidents_pp.csv": share_chart(p_prime_chart),
    "qic_cdi_u.csv": cdi,
    "qic_ex_7.1_5.csv": juice,
    "qic_ex_7.3_3.csv": counts,
    "qic_NA_test.csv": rings,
}


@pytest.mark.parametrize("name", QIC)
def test_lines_and_points_outside_them_are_those_of_qicharts2(name):
    table = rows(name)
    lines, values = QIC[name](table)
    assert values == pytest.approx(column(table, "y"), abs=NEAR, rel=0, nan_ok=True)
    for ours, theirs in ((lines.centre, "cl"), (lines.upper, "ucl"), (lines.lower, "lcl")):
        assert ours == pytest.approx(column(table, theirs), abs=NEAR, rel=0, nan_ok=True)
    assert [str(outside).upper() for outside in lines.beyond(values)] == [row["sigma.signal"] for row in table]


@pytest.mark.parametrize("name", QIC)
def test_runs_and_crossings_are_those_of_qicharts2(name):
    table = rows(name)
    lines, values = QIC[name](table)
    exclude = left_out(table) if "include" in table[0] else []
    for phase, found in zip(lines.phases, runs(values, lines, exclude=exclude), strict=True):
        ours = {
            "runs.signal": str(found.signal).upper(),
            "longest.run": str(found.longest_run),
            "longest.run.max": str(found.longest_run_max),
            "n.crossings": str(found.crossings),
            "n.crossings.min": str(found.crossings_min),
            "n.obs": str(found.n_points),
            "n.useful": str(found.n_useful),
        }
        for row in table[phase.first : phase.end]:
            assert {key: row[key] for key in ours if key in row} == {key: ours[key] for key in ours if key in row}


def test_an_empty_subgroup_moves_qicharts2s_limits_and_not_ours():
    table = rows("qic_NA_test.csv")
    ours = xbar_chart(column(table, "y.mean"), column(table, "y.sd"), column(table, "y.length"))
    apart = np.nanmax(np.abs(ours.upper - column(table, "ucl")))
    assert 1e-5 < apart < 2e-4  # one degree of freedom in 78


def test_run_lengths_are_those_of_spc_to_the_last_digit_it_prints():
    told = golden("ewma_cusum_arl.txt").read_text(encoding="utf-8").splitlines()
    found = 0
    for line in filter(None, told):
        kind, one, two, shift, length = re.fullmatch(
            r"(cusum|ewma) \w=(\S+) \w=(\S+) mu=(\S+) ARL(?:\(two-sided\))?=(\S+)", line
        ).groups()
        run_length = cusum_run_length if kind == "cusum" else ewma_run_length
        assert run_length(float(one), float(two), float(shift)) == pytest.approx(float(length), abs=6e-4, rel=0), line
        found += 1
    assert found == 46
