"""The localiser, read as a table of small examples, against a naive twin, and in silence where nothing changed."""

from __future__ import annotations

import doctest
import importlib
import math

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from levelfield.drill_down import localise
from levelfield.drill_down.cube import geometry, weighing
from levelfield.drill_down.cube.counting import Counting, counting_of
from levelfield.drill_down.cube.noise import LEAST_SPREAD, noise_of
from levelfield.drill_down.cube.searching import EACH_DEPTH, Search
from levelfield.drill_down.cube.shifts import shifts_of
from levelfield_worlds.cubes import NOISES, cube_incident

SITES, QUEUES, DAYS = ("North", "South", "West", "East"), ("chat", "mail", "phone", "social", "back office"), 6
SHAPE = (len(SITES), len(QUEUES), DAYS)
GRID = np.indices(SHAPE).reshape(3, -1)
NAMES = ["site", "queue", "day"]


def table(factor, *, expected=1000.0, noise=0.03, counts=False, seed=1):
    """A leaf per site, queue and day; `factor(site, queue)` is how much more came than expected."""
    rng = np.random.default_rng(seed)
    site, queue = np.array(SITES)[GRID[0]], np.array(QUEUES)[GRID[1]]
    usual = np.full(len(site), float(expected)) * (1 + GRID[2] / 10)
    meant = usual * np.array([factor(s, q) for s, q in zip(site, queue, strict=True)])
    came = rng.poisson(meant).astype(float) if counts else meant * (1 + noise * rng.standard_normal(len(site))) + 1 / 3
    return {"site": site, "queue": queue, "day": GRID[2].astype(str), "came": came, "forecast": usual}


def told(found):
    return {" & ".join(f"{v}" for v in c.where.values()): round(c.shift, 1) for c in found}


@pytest.mark.parametrize(
    ("what_happened", "factor", "what_is_told"),
    [
        ("nothing", lambda s, q: 1.0, {}),
        ("a site lost a third", lambda s, q: 2 / 3 if s == "West" else 1, {"West": -0.3}),
        ("a queue rose by half", lambda s, q: 1.5 if q == "mail" else 1, {"mail": 0.5}),
        ("one queue of one site fell", lambda s, q: 0.6 if (s, q) == ("East", "chat") else 1, {"East & chat": -0.4}),
        ("two queues of one site rose", lambda s, q: 1.5 if s == "North" and q in ("chat", "mail") else 1, {"North & chat": 0.5, "North & mail": 0.5}),
        ("a site fell, a queue of another rose", lambda s, q: 0.6 if s == "South" else 1.8 if (s, q) == ("North", "phone") else 1, {"South": -0.4, "North & phone": 0.8}),
        ("everything rose alike", lambda s, q: 1.3, {}),
        ("everything rose, one queue far more", lambda s, q: 1.3 * (1.7 if q == "social" else 1), {"social": 1.2}),
    ],
)  # fmt: skip
def test_what_happened_is_what_is_told(what_happened, factor, what_is_told):
    for expected, counts in ((1000.0, False), (20.0, True)):
        found = localise(table(factor, expected=expected, counts=counts), NAMES, "came", "forecast")
        assert set(told(found)) == set(what_is_told), (what_happened, expected)
        if not counts:
            assert told(found) == what_is_told
        assert [c.gain for c in found] == sorted((c.gain for c in found), reverse=True)


def by_hand(x, noise_density, middle):
    """Log evidence of a shared shift over noise, leaf after leaf: each by what the leaves before it foretell."""
    alpha, beta, kappa, mean, total = weighing.ALPHA, weighing.BETA, weighing.KAPPA, 0.0, 0.0
    for one in x:
        total += stats.t.logpdf(one, 2 * alpha, mean, math.sqrt(beta * (kappa + 1) / (alpha * kappa)))
        beta += kappa * (one - mean) ** 2 / (2 * (kappa + 1))
        mean, kappa, alpha = (kappa * mean + one) / (kappa + 1), kappa + 1, alpha + 0.5
    n = len(x)
    around, spread = sum((one - middle) ** 2 for one in x), sum((one - sum(x) / n) ** 2 for one in x)
    if n > 1 and n / 2 * math.log((around + 2 * weighing.BETA) / (spread + 2 * weighing.BETA)) < 4 * (1 - 1 / n):
        return None  # no more than spread
    return total - sum(noise_density)


def places_of(shape):
    return [place for place in np.ndindex(*(size + 1 for size in shape)) if place != shape]


def price(place, shape, leaves):
    fixed = [k for k, label in enumerate(place) if label < shape[k]]
    many = min(math.prod(shape[k] for k in fixed), leaves)
    return math.log(many) + math.log(math.comb(len(shape), len(fixed))) + math.log(len(shape)) + EACH_DEPTH * len(fixed)


@pytest.mark.parametrize("seed", range(3))
def test_the_gain_of_every_place_is_that_of_its_naive_twin(seed):
    rng = np.random.default_rng(seed)
    shape = (3, 2, 4)
    codes = np.indices(shape).reshape(3, -1).astype(np.int8)
    f = rng.lognormal(3, 1, 24)
    v = f * (1 + 0.1 * rng.standard_normal(24))
    model = shifts_of(v, f)
    v[codes[0] == 1] *= 0.4
    search = Search(v, f, codes, np.array(shape), model)
    checked = 0
    for place in places_of(shape):
        inside = np.logical_and.reduce([(codes[k] == own) | (own == shape[k]) for k, own in enumerate(place)])
        gain = float(search.gains[np.ravel_multi_index(place, tuple(s + 1 for s in shape))])
        x = search.x[inside]
        shift = abs(x.mean() - model.noise.shift)
        if shift < 0.05 or shift < 3 * model.noise.spread / math.sqrt(len(x)):
            assert gain < -1e29
            continue
        twin = by_hand(list(x), list(search.y[inside]), model.noise.shift)
        if twin is None:
            assert gain < -1e29
            continue
        assert gain == pytest.approx(twin - (price(place, shape, 24) if twin > 0 else 0.0), abs=1e-3)
        checked += 1
    assert checked >= 10


def test_leaves_that_scatter_more_weigh_less_in_the_evidence_of_a_shift():
    """One shift of leaves of two spreads: the weighted tallies give what summing their densities over all shifts gives."""
    spreads = np.repeat([0.05, 0.3], [12, 40])
    rng = np.random.default_rng(5)
    d = 0.6 + spreads * rng.standard_normal(52)
    least = 0.05**2 + weighing.SPREAD**2
    w = least / (spreads**2 + weighing.SPREAD**2)
    y = -0.5 * np.log(w) + 0.5 * (1 - w) * math.log(2 * math.pi * least)
    gain = weighing.gain_of(w.sum(), (w * d).sum(), (w * d * d).sum(), y.sum(), 0.0)
    shifts = np.linspace(-3, 3, 4001)[:, None]
    like = stats.norm.logpdf(d, shifts, np.sqrt(spreads**2 + weighing.SPREAD**2)).sum(axis=1)
    prior = stats.norm.logpdf(shifts[:, 0], 0, weighing.WIDE)
    known = math.log(np.trapezoid(np.exp(like + prior - like.max()), shifts[:, 0])) + like.max()
    assert gain == pytest.approx(known, abs=6)  # its spread has to be learned, theirs is known
    flat = weighing.gain_of(52.0, d.sum(), (d * d).sum(), 0.0, 0.0)
    assert abs(gain - known) < abs(flat - known)


def test_the_gain_of_counts_is_an_integral_over_all_factors():
    factors = np.linspace(1e-4, 60, 300_001)
    for x, e, shape in ((7.0, 2.0, 1e9), (0.0, 9.0, 1e9), (40.0, 12.0, 3.0), (3.0, 12.0, 8.0)):
        changed = np.trapezoid(stats.poisson.pmf(x, factors * e) * np.exp(-factors), factors)
        ordinary = stats.poisson.pmf(x, e) if shape > 1e8 else stats.nbinom.pmf(x, shape, shape / (shape + e))
        assert weighing.count_gain_of(x, e, shape) == pytest.approx(math.log(changed / ordinary), abs=1e-3)


@pytest.mark.parametrize("place", [{0: 1}, {1: 2, 2: 0}, {0: 0, 1: 1, 2: 3}])
@pytest.mark.parametrize(("whole", "weighted"), [(True, False), (False, False), (True, True), (False, True)])
def test_taking_a_place_out_leaves_the_tallies_of_the_others(place, whole, weighted):
    rng = np.random.default_rng(3)
    sizes = np.array([4, 3, 5])
    codes = np.stack([rng.integers(0, s, 700) for s in sizes]).astype(np.int8)
    x, y = rng.normal(size=700), rng.normal(size=700)
    w = rng.uniform(0.1, 1, 700) if weighted else np.empty(0)
    places = geometry.WholeCube(codes, sizes) if whole else geometry.ListedCuboids(codes, sizes, 3)
    tally = places.tally(x, y, w)
    inside = np.logical_and.reduce([codes[k] == label for k, label in place.items()])
    cell = next(c for c in range(places.cells) if places.labels_of(c) == place)
    touched = places.take_out(cell, np.flatnonzero(inside), x, y, w, tally, np.zeros(places.cells, dtype=bool))
    left = type(places)(codes[:, ~inside], sizes, *(() if whole else (3,))).tally(
        x[~inside], y[~inside], w[~inside] if weighted else w
    )
    assert tally == pytest.approx(left, abs=1e-9)
    assert len(set(touched)) == len(touched)


def test_a_table_too_wide_for_a_cube_is_told_the_same_where_it_reaches(monkeypatch):
    own = cube_incident(np.random.default_rng(8), sizes=(6, 8, 5, 4), causes=3, depths=(1, 2), spread=0.05)
    whole = localise(own.table, own.dims, "actual", "expected")
    monkeypatch.setattr(geometry, "MOST_CELLS", 1500)
    listed = localise(own.table, own.dims, "actual", "expected")
    assert [c.where for c in listed] == [c.where for c in whole]
    assert [c.change for c in listed] == pytest.approx([c.change for c in whole])
    assert any("up to 2 attributes" in note for note in listed.notes)


def test_a_label_among_a_million_is_searched_with_its_common_fellows(monkeypatch):
    monkeypatch.setattr(geometry, "MOST_CELLS", 20_000)
    rng = np.random.default_rng(0)
    n = 30_000
    codes = np.minimum(rng.zipf(1.3, n), 6000), rng.integers(0, 20, n)
    expected = rng.lognormal(4, 1, n)
    actual = expected * (1 + 0.1 * rng.standard_normal(n)) * np.where(codes[0] == 3, 0.5, 1)
    ids = {
        "customer": pa.array([f"c{i}" for i in codes[0]]),
        "site": pa.array([f"s{i}" for i in codes[1]]),
        "row": pa.array([str(i % 7) for i in range(n)]),
    }
    found = localise(pa.table({**ids, "v": actual, "f": expected}), list(ids), "v", "f")
    assert [c.where for c in found] == [{"customer": "c3"}]
    assert any("most common ones" in note for note in found.notes)


@pytest.mark.parametrize("noise", NOISES)
def test_in_thirty_cubes_where_nothing_changed_hardly_ever_a_culprit(noise):
    """Measured over hundreds: less than one in a hundred; so two of thirty would be odd."""
    rng = np.random.default_rng(55)
    culprits = 0
    for seed in range(30):
        everywhere = (0.0, 0.3, -0.2)[seed % 3]
        own = cube_incident(rng, sizes=(8, 9, 6, 5), causes=0, noise=noise, spread=rng.uniform(0.02, 0.25), everywhere=everywhere)  # fmt: skip
        culprits += bool(localise(own.table, own.dims, "actual", "expected"))
    assert culprits <= 1


def test_in_twenty_cubes_with_two_places_both_are_told_and_hardly_another():
    right = given = wanted = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        own = cube_incident(rng, sizes=(8, 9, 6, 5), causes=2, depths=(1, 2, 3), noise=NOISES[seed % 4], spread=0.1, both_ways=bool(seed % 2))  # fmt: skip
        found = {frozenset(c.where.items()) for c in localise(own.table, own.dims, "actual", "expected")}
        planted = {frozenset(c.items()) for c in own.causes}
        right, given, wanted = right + len(found & planted), given + len(found), wanted + len(planted)
    assert right >= 0.9 * wanted
    assert given - right <= 2  # of a place of a few small leaves, two leaves


def test_a_place_whose_parts_scatter_unlike_is_one_place():
    """Small leaves scatter more: that its parts differ in spread is no reason to tell a place part by part."""
    right = 0
    for seed in range(10):
        rng = np.random.default_rng(seed)
        own = cube_incident(rng, sizes=(8, 9, 6, 5), causes=1, depths=(1,), noise="small leaves", spread=0.2)
        found = localise(own.table, own.dims, "actual", "expected")
        right += {frozenset(c.where.items()) for c in found} == {frozenset(own.causes[0].items())}
    assert right >= 9


def scattered(seed, change):
    rng = np.random.default_rng(seed)
    shape = (8, 9, 6, 5)
    grid = np.indices(shape).reshape(4, -1)
    expected = rng.lognormal(4, 1, grid.shape[1])
    actual = change(rng, expected * (1 + 0.05 * rng.standard_normal(len(expected))), grid)
    return {**{c: [f"{c}{i}" for i in grid[k]] for k, c in enumerate("abcd")}, "v": actual, "f": expected}


@pytest.mark.parametrize(
    "change",
    [
        lambda rng, v, grid: np.where(rng.random(len(v)) < 0.04, 0.0, v),
        lambda rng, v, grid: np.where(rng.random(len(v)) < 0.04, 4 * v, v),
        lambda rng, v, grid: v * np.prod([1 + 0.02 * rng.standard_normal(10)[own] for own in grid], axis=0),
    ],
    ids=["leaves closed here and there", "leaves far off here and there", "every label a little off"],
)
def test_what_leaves_do_all_over_is_no_place(change):
    culprits = sum(bool(localise(scattered(seed, change), list("abcd"), "v", "f")) for seed in range(8))
    assert culprits <= 1


def test_a_shift_of_all_counts_and_their_scatter_are_estimated():
    rng = np.random.default_rng(4)
    expected = rng.lognormal(2, 1, 30_000)
    counted = rng.poisson(expected * 1.2 * rng.gamma(5, 1 / 5, 30_000)).astype(float)
    found = counting_of(counted, expected)
    assert found.common == pytest.approx(1.2, rel=0.02)
    assert found.own_error == pytest.approx(1 / 5, rel=0.35)
    assert counting_of(rng.poisson(expected).astype(float), expected) == Counting(1.0, pytest.approx(0, abs=0.01))


def test_the_digits_in_which_figures_are_given_are_no_noise_of_theirs():
    """Amounts of a thousand without decimals: their least value is no step in which they are given."""
    rng = np.random.default_rng(6)
    f = rng.uniform(800, 1200, 4000)
    assert noise_of(np.round(f * (1 + 0.01 * rng.standard_normal(4000))), np.round(f)).digit == 1
    assert noise_of(f * 1.001, f).digit == 0
    assert noise_of(f, f).spread == LEAST_SPREAD


def test_negative_figures_and_leaves_that_nobody_expected_are_weighed():
    own = table(lambda s, q: 1.0)
    own["came"], own["forecast"] = own["came"].copy(), own["forecast"].copy()
    inside = (own["site"] == "West") & (own["queue"] == "mail")
    own["forecast"][inside] = 0.0
    own["came"][(own["site"] == "East") & (own["queue"] == "chat")] *= -1
    found = {frozenset(c.where.values()): c for c in localise(own, NAMES, "came", "forecast")}
    assert set(found) == {frozenset({"West", "mail"}), frozenset({"East", "chat"})}
    assert found[frozenset({"West", "mail"})].shift == math.inf
    assert found[frozenset({"East", "chat"})].shift == pytest.approx(-2, abs=0.1)


def test_the_examples_of_the_localiser():
    for name in ("localising", "cube.counting"):
        tried = doctest.testmod(importlib.import_module(f"levelfield.drill_down.{name}"))
        assert tried.attempted > 0
        assert tried.failed == 0
