"""California's tobacco programme of 1988, beside states without one: the case every synthetic control is shown on.

Packs of cigarettes sold a head and year. Figures: Abadie, Diamond and Hainmueller 2010, doi:10.1198/jasa.2009.ap08746 (from
Orzechowski and Walker, The Tax Burden on Tobacco), rounded to one decimal; the first twenty states of the alphabet and Utah,
which among them hold every state that carries weight. Published, on all thirty-eight: 19 packs less a year on average from
1989 to 2000 (19.6 in Arkhangelsky et al. 2021, doi:10.1257/aer.20190159), weights on Utah, Nevada, Montana, Colorado and
Connecticut, and no state with a larger ratio of gaps.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from levelfield.check_ins import Outcome, effect
from levelfield.check_ins.comparison import Design, comparison_of


@pytest.fixture(scope="module")
def sold():
    with Path(__file__).with_name("proposition_99.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = [int(row["year"]) for row in rows]
    return years, {state: np.array([float(row[state]) for row in rows]) for state in rows[0] if state != "year"}


def test_the_figures_are_whole(sold):
    years, states = sold
    assert years == list(range(1970, 2001))
    assert len(states) == 22
    assert (states["California"][0], states["California"][-1], states["Utah"][18], states["Nevada"][5]) == (
        123,
        41.6,
        55,
        205.2,
    )


def test_the_mixture_is_that_of_the_literature(sold):
    years, states = sold
    begin = years.index(1989)
    found = comparison_of(states["California"], [(s, x) for s, x in states.items() if s != "California"], begin, begin)
    assert found.design is Design.SYNTHETIC
    assert sum(w for s, w in found.weights if s in {"Utah", "Nevada", "Montana", "Colorado", "Connecticut"}) > 0.9
    assert found.fit_before < 2.0
    assert np.mean(found.gap[begin:]) == pytest.approx(-19.5, abs=1.5)
    assert found.own_ratio < min(found.placebo_ratios), "no other state fell so far below its mixture"


def test_the_programme_worked(sold):
    years, states = sold
    begin = years.index(1989)
    donors = [(s, x) for s, x in states.items() if s != "California"]
    found = effect(
        states["California"], begin=begin, full=begin, promised=-15.0, written=lambda x: f"{x:.1f} packs", donors=donors
    )
    assert found.outcome is Outcome.WORKED, found.sentence
    assert found.p_value <= 1 / 22 + 1e-9
    assert found.low < found.estimate < found.high < 0


def test_a_state_without_a_programme_did_not(sold):
    years, states = sold
    begin = years.index(1989)
    worked = []
    for own in ("Georgia", "Missouri", "Nebraska", "Illinois", "Iowa"):
        donors = [(s, x) for s, x in states.items() if s not in (own, "California")]
        found = effect(states[own], begin=begin, full=begin, promised=-15.0, written=str, donors=donors)
        worked.append(found.outcome is Outcome.WORKED)
    assert not any(worked)
