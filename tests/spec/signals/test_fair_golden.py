"""The classical funnel says what the reference implementation FunnelPlotR says, and every example is true."""

from __future__ import annotations

import csv
import doctest
import importlib
import math
from pathlib import Path

import numpy as np
import pytest

from levelfield.signals.fair import funnel

DATA = Path(__file__).parents[3].parent / "shared" / "data" / "golden-spc"
golden = pytest.mark.skipif(not DATA.exists(), reason="the reference figures of FunnelPlotR are not on this machine")
MODULES = ("groups", "overdispersion", "predicted", "others", "funnel", "effects", "ranks", "standardise")


@pytest.mark.parametrize("name", MODULES)
def test_every_example(name):
    assert doctest.testmod(importlib.import_module(f"levelfield.signals.fair.{name}")).failed == 0


def rows_of(name):
    with (DATA / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def column(rows, name):
    return np.array([math.nan if row[name] == "NA" else float(row[name]) for row in rows])


@golden
@pytest.mark.parametrize(
    "name, kind, pulled", [("ae_type1_2019-03_PR", "proportion", "winsorised"), ("LOS_SR_SHMI", "ratio", "truncated")]
)
def test_every_column_is_that_of_funnelplotr(name, kind, pulled):
    rows = rows_of(f"funnel_{name}.csv")
    given_ = [(r["group"], float(r["numerator"]), float(r["denominator"])) for r in rows]
    found = funnel(given_, kind=kind, scale="log" if kind == "ratio" else "").classical
    np.testing.assert_allclose(found.transformed, column(rows, "Y"), atol=1e-8, rtol=0)
    np.testing.assert_allclose(found.standard_error, column(rows, "s"), atol=1e-8, rtol=0)
    np.testing.assert_allclose(found.z, column(rows, "Uzscore"), atol=1e-8, rtol=0)
    np.testing.assert_allclose(found.winsorised, column(rows, "Wuzscore"), atol=1e-8, rtol=0)
    np.testing.assert_allclose(found.target_transformed, column(rows, "target_transformed"), atol=1e-8, rtol=0)
    assert found.pulled_in.tolist() == (column(rows, pulled) == 1).tolist()


@golden
def test_the_dispersion_of_emergency_departments_is_that_of_funnelplotr():
    rows = rows_of("funnel_ae_type1_2019-03_PR.csv")
    found = funnel([(r["group"], float(r["numerator"]), float(r["denominator"])) for r in rows])
    assert round(found.phi, 2) == 490.43
    assert round(found.tau2, 6) == 0.012051
    assert sum(abs(g.z) > 3.09 for g in found) == 123  # of 134, by chance alone: the naive funnel calls nearly all
    assert sum(abs(g.z_spread) > 3.09 for g in found) == 0
    assert found.outliers == ()


@golden
def test_the_dispersion_of_standardised_ratios_is_that_of_funnelplotr_on_the_root_scale():
    rows = rows_of("funnel_LOS_SR_SHMI.csv")
    given_ = [(r["group"], float(r["numerator"]), float(r["denominator"])) for r in rows]
    root, log = (funnel(given_, kind="ratio", scale=scale) for scale in ("root", "log"))
    assert (round(root.phi, 4), root.tau2) == (0.2318, 0.0)
    assert funnel(given_, kind="ratio").phi == root.phi
    assert (round(log.phi, 4), log.tau2) == (0.1895, 0.0)  # the mean square of the eight z that the file keeps
