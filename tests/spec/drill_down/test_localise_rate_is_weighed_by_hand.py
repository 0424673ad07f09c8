"""The machine code that weighs places, beside a twin in plain Python; baseline rates, beside those by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from levelfield.drill_down import localise_rate
from levelfield.drill_down.scan.drifting import drift_of
from levelfield.drill_down.scan.fitting import fitted_rates
from levelfield.drill_down.scan.searching import SURE, Scan
from levelfield.words import Refusal

FIGURES = ("x1", "n1", "x0", "n0")


def twin(x, n, e1, x0, e0, own, known, drift, price, total, free, binomial):
    """The gain of one place: two samples against one, the drift added to the variance of the logarithm, Student's tails, the price."""
    X, E, N = total
    h = 0.5

    def factor(x, e, n):
        return (x + h) * (n - e + h) / ((e + h) * (n - x + h)) if binomial else (x + h) / (e + h)

    moved = factor(X - x, E - e1, N - n)
    before = x0 + own + h
    times = moved * before / (e0 + own + h)
    r = e1 / n
    e = n * r * times / (1 - r + r * times) if binomial else e1 * times
    worth = 1 / (1 / before + (own / before) ** 2 * known + 1 / (X - x + h))
    expected = e * (x + worth) / (e + worth), worth * (x + worth) / (e + worth)

    def log_times(a, b):
        return a * math.log(a / b) if a > 0 else 0.0

    ratio = log_times(x, expected[0]) + log_times(worth, expected[1])
    if binomial:
        both = 1 - expected[0] / n
        m = worth / e * n  # contacts of the second sample
        ratio += log_times(n - x, n * both) + log_times(m * (1 - e / n), m * both)
    size = math.log(factor(x, e, n))
    plain, by_drift = 1 / ratio, 2 * drift / size**2
    ratio = 1 / (plain + by_drift)
    part = by_drift * ratio
    if part > 0.05:
        nu = free / part**2
        ratio = 0.5 * (nu + 1) * math.log(1 + 2 * ratio / nu)
    return ratio - price - min(5 * abs(math.log(moved)), 3.0)


@pytest.mark.parametrize("binomial", [True, False])
@pytest.mark.parametrize("drift", [0.0004, 0.04])
def test_a_place_gains_what_the_twin_says(binomial, drift):
    rng = np.random.default_rng(2)
    codes = [np.repeat([0, 1, 2], 4), np.tile([0, 1, 2, 3], 3)]
    n1, n0 = rng.integers(80, 200, 12).astype(float), rng.integers(200, 400, 12).astype(float)
    x0, x1 = rng.binomial(n0.astype(int), 0.2).astype(float), rng.binomial(n1.astype(int), 0.2).astype(float)
    x1[5] = n1[5] * 0.9
    scan = Scan(codes, [3, 4], x1, n1, x0, n0, binomial)
    scan.drifts[:] = drift
    scan.weigh()
    inside = {"site 1": codes[0] == 1, "line 1": codes[1] == 1, "both": (codes[0] == 1) & (codes[1] == 1)}
    fixed = {"site 1": (0,), "line 1": (1,), "both": (0, 1)}
    for name, leaves in inside.items():
        c = scan.places.cuboids.index(fixed[name])
        cell = int(scan.places.cells_of[c, np.argmax(leaves)])
        known = sum(1 / (x0[codes[k] == 1].sum() + 1) for k in fixed[name])
        price = math.log([3, 4, 12][c]) + math.log([2, 2, 1][c]) + 0.7 * len(fixed[name]) + math.log(2)
        e1, e0 = (n1 * scan.rate)[leaves].sum(), (n0 * scan.rate)[leaves].sum()
        total = x1.sum(), (n1 * scan.rate).sum(), n1.sum()
        gain = twin(
            x1[leaves].sum(),
            n1[leaves].sum(),
            e1,
            x0[leaves].sum(),
            e0,
            scan.owns[c],
            known,
            drift,
            price,
            total,
            0.7 * 7,
            binomial,
        )
        if gain > SURE:  # what gains less is not weighed to the last digit
            assert scan.gains[cell] == pytest.approx(gain, rel=1e-9)
        else:
            assert scan.gains[cell] < SURE
    assert int(np.argmax(scan.gains)) == int(scan.places.cells_of[2, 5])


def test_leaves_set_aside_and_put_back_leave_everything_as_it_was():
    rng = np.random.default_rng(5)
    codes = [rng.integers(0, 4, 60), rng.integers(0, 5, 60)]
    n = rng.integers(1, 90, 60).astype(float)
    scan = Scan(codes, [4, 5], np.floor(n / 7), n, np.floor(n / 8), n, True)
    before, total = scan.tally.copy(), scan.total.copy()
    leaves = np.arange(0, 60, 3)
    scan.set_aside(leaves)
    place = int(scan.places.cells_of[0, 1])
    assert scan.tally[place, 2] == pytest.approx(n[(codes[0] == codes[0][1]) & (np.arange(60) % 3 > 0)].sum())
    scan.put_back(leaves)
    assert scan.tally == pytest.approx(before) and scan.total == pytest.approx(total)


@pytest.mark.parametrize("binomial", [True, False])
def test_fitted_rates_give_every_label_its_own_count(binomial):
    rng = np.random.default_rng(3)
    codes = [rng.integers(0, 4, 200), rng.integers(0, 6, 200)]
    n = rng.integers(50, 500, 200).astype(float)
    x = rng.binomial(n.astype(int), 0.1 + 0.05 * codes[0]).astype(float)
    rate = fitted_rates(codes, [4, 6], x, n, binomial=binomial)
    for own, size in zip(codes, [4, 6], strict=True):
        assert np.bincount(own, n * rate, size) == pytest.approx(np.bincount(own, x, size), rel=0.01)
    assert ((rate > 0) & (rate < 1)).all()


GOOD = {"site": ["a", "b"], "line": ["p", "q"], "x1": [9, 4], "n1": [100, 100], "x0": [18, 2], "n0": [200, 50]}


@pytest.mark.parametrize(
    ("changed", "more", "words"),
    [
        ({"x1": [101, 4]}, {}, "“x1” is 101 and “n1” is 100 in leaf 1"),
        ({"x1": [101, 4]}, {}, "family=“poisson”"),
        ({"n1": [0, 100]}, {"family": "poisson"}, "“x1” is 9 where “n1” is zero, in leaf 1"),
        ({"x0": [0, 0], "n0": [0, 0]}, {}, "“n0” adds up to nothing"),
        ({"x1": [-1, 4]}, {}, "“x1” is negative in row 1"),
        ({}, {"family": "normal"}, "“normal” is not a family"),
    ],
)
def test_bad_figures_are_refused_in_words(changed, more, words):
    with pytest.raises(Refusal, match=words):
        localise_rate(GOOD | changed, ["site", "line"], *FIGURES, **more)


def test_odd_tables_are_searched_or_told():
    one = localise_rate(GOOD | {"site": ["a", "a"], "line": ["p", "p"]}, ["site", "line"], *FIGURES)
    assert not one and any("too little" in note for note in one.notes)
    copy = localise_rate(GOOD, ["site", "line"], *FIGURES)
    assert any("copy" in note for note in copy.notes)
    missing = localise_rate(GOOD | {"x1": [np.nan, 4]}, ["site", "line"], *FIGURES)
    assert any("missing" in note for note in missing.notes)


def test_a_dimension_of_as_many_labels_as_leaves_is_searched():
    rng = np.random.default_rng(6)
    many = 20_000
    n = np.full(many, 5)
    site = rng.integers(0, 6, many)
    table = {
        "who": np.arange(many),
        "call": np.arange(many)[::-1] // 2,
        "site": site,
        "x1": rng.binomial(n, np.where(site == 2, 0.3, 0.1)),
        "n1": n,
        "x0": rng.binomial(n, 0.1),
        "n0": n,
    }
    assert [dict(c.where) for c in localise_rate(table, ["who", "call", "site"], *FIGURES)] == [{"site": "2"}]


def test_of_places_with_the_same_leaves_the_one_with_fewest_attributes_is_told():
    site = np.array([0, 0, 1, 1, 2, 2])
    floor = np.array([0, 1, 2, 2, 3, 4])  # all of site 1 is floor 2
    n = np.full(6, 100.0)
    scan = Scan([site, floor], [3, 5], n / 10, n, n / 10, n, True)
    both = int(scan.places.cells_of[scan.places.cuboids.index((0, 1)), 2])
    assert scan.places.labels_of(both) == {0: 1, 1: 2}
    assert scan.places.labels_of(scan._plainest(both)) == {0: 1}


@pytest.mark.parametrize("drift", [0.0, 0.05, 0.2])
def test_the_drift_of_ordinary_places_is_learned_beside_a_few_that_changed(drift):
    rng = np.random.default_rng(7)
    e = rng.lognormal(5, 1, 400)
    x = rng.poisson(e * np.exp(drift * rng.standard_normal(400))).astype(float)
    x[:20] *= 3
    found = np.sqrt(drift_of(np.column_stack([(x - e) ** 2 / e, np.ones(400), e])))
    assert found == pytest.approx(drift, rel=0.25, abs=0.02)
