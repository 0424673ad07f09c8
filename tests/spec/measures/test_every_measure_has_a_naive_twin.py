"""Two independent ways to every number: the product's sheets on DuckDB, and loops over the facts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

import numpy as np
import pytest

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Abandons, Callbacks, Definition
from levelfield.measures.measure import Measure
from levelfield.measures.value import Value, Why
from levelfield.words import Grain
from levelfield_worlds.estates import small_estate
from levelfield_worlds.grow import grow
from spec.measures.naive import TWINS, Facts, Told, told
from spec.measures.odd_facts import odd_facts
from spec.measures.real_path import Recomputed, naive_moments

SPLITS = {"partner × month": (("partner",), Grain.MONTH), "partner × line × day": (("partner", "line"), Grain.DAY)}
PLAIN = Definition(currency="GBP")
BY_SWITCH = {
    "abandons": [Definition(abandons=a) for a in Abandons],
    "callbacks": [Definition(callbacks=c, abandons=a) for c in Callbacks for a in (Abandons.ALL_AGAINST, Abandons.WITHIN_CREDITED)],
    "threshold_s": [Definition(threshold_s=s, abandons=a) for s in (20, 60) for a in (Abandons.NOT_COUNTED, Abandons.WITHIN_IGNORED)],
    "short_s": [Definition(short_s=s, abandons=a) for s in (5, 10) for a in (Abandons.SHORT_REMOVED, Abandons.SHORT_CREDITED)],
    "window_days": [Definition(window_days=n) for n in (1, 3, 7, 14, 30)],
    "scored_by": [Definition(scored_by=who) for who in ("client", "partner", "either")],
    "sample": [Definition(sample=how, scored_by="either") for how in ("random", "risk", "any")],
    "currency": [Definition(currency=c) for c in ("GBP", "EUR")],
}  # fmt: skip


def definitions(measure: Measure, split: str) -> list[Definition]:
    """The plain definition; by month also every setting of the switches the measure listens to."""
    if split != "partner × month":
        return [PLAIN]
    return list(dict.fromkeys([PLAIN, *(d for switch in measure.switches for d in BY_SWITCH[switch])]))


@pytest.fixture(scope="module")
def partners() -> dict[str, Facts]:
    """A grown world whose second partner delivers no intervals, and two partners written by hand."""
    world = grow(small_estate(dt.date(2026, 2, 18), 30, lines=2, volume=35.0), (), np.random.default_rng(4))
    grown = {p: {s: t.to_pylist() for s, t in tables.items()} for p, tables in world.tables.items()}
    del grown["south"]["intervals"]
    return {**grown, **odd_facts()}


@pytest.fixture(scope="module")
def recomputed(partners) -> Iterator[Recomputed]:
    made = Recomputed.of_rows(partners)
    yield made
    made.close()


@pytest.fixture(scope="module", params=list(SPLITS))
def values(request, recomputed) -> tuple[str, dict[tuple[str, str], list[Value]]]:
    """Every measure under every definition, split one way, by measure and definition."""
    by, grain = SPLITS[request.param]
    found: dict[tuple[str, str], list[Value]] = {}
    for sheet in dict.fromkeys(m.sheet for m in MEASURES.values()):
        pairs = tuple((m, d) for m in MEASURES.values() if m.sheet == sheet for d in definitions(m, request.param))
        for value in recomputed.values(Asked(pairs, by, grain)):
            found.setdefault((value.measure, value.definition), []).append(value)
    return request.param, found


def test_the_catalogue_and_the_twins_name_the_same_measures():
    assert set(TWINS) == set(MEASURES)


@pytest.mark.parametrize("name", MEASURES)
def test_value_numerator_denominator_and_n_are_those_of_the_twin(name, values, partners):
    split, found = values
    by, grain = SPLITS[split]
    measure = MEASURES[name]
    compared = 0
    for definition in definitions(measure, split):
        twin = told(name, partners, definition, by, str(grain))
        ours = {(*(v.of(b) for b in by), v.start): v for v in found.get((name, definition.told), [])}
        assert set(twin) <= set(ours), f"{name} [{definition.told}] lacks {sorted(map(str, set(twin) - set(ours)))[:3]}"
        for key, value in ours.items():
            try:
                same(value, twin.get(key), measure)
            except AssertionError as wrong:
                raise AssertionError(f"{name} [{definition.told}] {key}: {value} against {twin.get(key)}") from wrong
            compared += key in twin
    assert compared > 1 or grain is Grain.DAY, "nothing was compared"


def same(value: Value, twin: Told | None, measure: Measure) -> None:
    """Is a value what its twin says, down to its parts and the reason why there is none?"""
    if twin is None:
        assert value.value is None
        assert value.why in (Why.NOT_DELIVERED, Why.TOO_COARSE) or (value.why is Why.NOTHING and not value.denominator)
        return
    assert value.numerator == twin.above
    assert value.denominator == twin.below
    if TWINS[measure.name].n_is_rounded:
        assert twin.n - twin.marks <= value.n <= twin.n + 1e-9
    else:
        assert value.n == twin.n
    if twin.value is None:
        assert value.value is None and value.why in (Why.NOTHING, Why.NOT_DELIVERED, Why.TOO_COARSE)
    elif value.n < measure.fewest:
        assert value.value is None and value.why is Why.TOO_FEW
    elif twin.exact:
        assert value.value == pytest.approx(twin.value, rel=0.015, abs=1e-9)
    else:
        assert value.why is None and value.value is not None
        assert math.isclose(value.value, twin.value, rel_tol=1e-12, abs_tol=1e-12)


def test_by_day_the_facts_reach_every_reason_why_there_is_no_number(values):
    split, found = values
    if split == "partner × line × day":
        assert {v.why for vs in found.values() for v in vs} == {None, *Why}


def test_every_measure_has_a_number_somewhere(values):
    split, found = values
    if split == "partner × month":
        numberless = [
            m
            for m in MEASURES
            if not any(v.value is not None for (name, _), vs in found.items() if name == m for v in vs)
        ]
        assert numberless == []


def test_moments_of_a_grown_world_survive_the_way_into_the_engine():
    world = grow(small_estate(dt.date(2026, 3, 2), 1, volume=5.0), (), np.random.default_rng(1))
    table = world.tables["north"]["contacts"]
    assert naive_moments(table)["arrived_at"].to_pylist() == [
        t.replace(tzinfo=None) for t in table["arrived_at"].to_pylist()
    ]
