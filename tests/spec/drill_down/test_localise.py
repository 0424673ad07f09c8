"""Where a change sits in a cube: planted places are found, nothing is found where there is none, and bad input is told."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from levelfield.drill_down import localise, localise_rate
from levelfield.drill_down.cube import kernel, weighing
from levelfield.drill_down.cube.noise import Noise, log_density, noise_of, plain_log_density
from levelfield.drill_down.leaves import read_leaves
from levelfield.words import Refusal
from levelfield_worlds.cubes import cube_incident
from levelfield_worlds.rate_cubes import rate_incident

SMALL = (6, 8, 5, 4)
RATE = ("fails", "requests", "fails_before", "requests_before")


def places(found) -> set[frozenset]:
    return {frozenset(c.where.items()) for c in found}


@pytest.mark.parametrize("seed", range(8))
def test_planted_places_are_found_and_no_others(seed):
    own = cube_incident(np.random.default_rng(seed), sizes=SMALL, causes=2, depths=(1, 2), noise="normal", spread=0.08)
    found = localise(own.table, own.dims, "actual", "expected")
    assert places(found) == {frozenset(c.items()) for c in own.causes}
    assert all(c.certainty > 0.9 for c in found)


@pytest.mark.parametrize("noise", ["normal", "either way", "small leaves", "log-normal", "counts"])
def test_where_nothing_changed_there_is_no_culprit(noise):
    rng = np.random.default_rng(21)
    culprits = 0
    for _ in range(8):
        own = cube_incident(rng, sizes=SMALL, causes=0, noise=noise, spread=rng.uniform(0.02, 0.25))
        culprits += bool(localise(own.table, own.dims, "actual", "expected"))
    assert culprits <= 1


def test_a_shift_of_everything_is_told_and_is_no_place():
    own = cube_incident(np.random.default_rng(3), sizes=SMALL, causes=0, spread=0.05, everywhere=0.4)
    found = localise(own.table, own.dims, "actual", "expected")
    assert list(found) == []
    assert any("everywhere" in note for note in found.notes)


def test_the_parts_of_a_cause_are_what_its_leaves_hold():
    own = cube_incident(np.random.default_rng(5), sizes=SMALL, causes=1, depths=(2,), spread=0.05)
    cause = localise(own.table, own.dims, "actual", "expected")[0]
    inside = np.ones(own.table.num_rows, dtype=bool)
    for name, label in cause.where.items():
        inside &= np.array(own.table[name].to_pylist()) == label
    actual, expected = (own.table[n].to_numpy()[inside] for n in ("actual", "expected"))
    assert cause.change == pytest.approx(actual.sum() - expected.sum())
    assert cause.shift == pytest.approx(actual.sum() / expected.sum() - 1)
    assert cause.leaves == ((actual + expected) > 0).sum()


def test_the_tallies_are_what_counting_by_hand_gives():
    rng = np.random.default_rng(2)
    sizes = np.array([3, 2, 4], dtype=np.int64)
    codes = np.indices(sizes).reshape(3, -1).astype(np.int8)
    d, log0 = rng.normal(size=24), rng.normal(size=24)
    tally = kernel.whole_cube(d, log0, np.empty(0), codes, sizes)
    shape = tuple(sizes + 1)
    for cell in range(len(tally)):
        labels = np.unravel_index(cell, shape)
        inside = np.ones(24, dtype=bool)
        for k, label in enumerate(labels):
            if label != sizes[k]:
                inside &= codes[k] == label
        by_hand = [inside.sum(), d[inside].sum(), (d[inside] ** 2).sum(), log0[inside].sum()]
        assert tally[cell] == pytest.approx(by_hand)


def test_the_gain_is_the_evidence_of_a_shift_over_noise():
    """By numbers: the integral over all shifts and spreads of the prior, less the noise."""
    values = np.array([0.55, 0.62, 0.48, 0.6])
    n, s1, s2 = len(values), values.sum(), (values**2).sum()
    spreads = np.exp(np.linspace(np.log(0.01), np.log(3), 900))
    shifts = np.linspace(-6, 6, 4001)
    variance = spreads**2
    inverse_gamma = (
        weighing.BETA**weighing.ALPHA
        / math.gamma(weighing.ALPHA)
        * variance ** (-weighing.ALPHA - 1)
        * np.exp(-weighing.BETA / variance)
    )
    total = 0.0
    widths = np.gradient(variance)
    for spread, density, width in zip(spreads, inverse_gamma, widths, strict=True):
        prior = (
            np.exp(-0.5 * (shifts / (spread / math.sqrt(weighing.KAPPA))) ** 2)
            / (spread / math.sqrt(weighing.KAPPA))
            / math.sqrt(2 * math.pi)
        )
        likelihood = (
            np.exp(-0.5 * ((values[:, None] - shifts) / spread) ** 2).prod(axis=0)
            / (spread * math.sqrt(2 * math.pi)) ** n
        )
        total += float((prior * likelihood).sum() * (shifts[1] - shifts[0])) * density * width
    assert weighing.gain_of(n, s1, s2, -20.0, 0.0) == pytest.approx(math.log(total) + 20, abs=0.02)


def test_noise_as_machine_code_is_noise_in_plain_words():
    rng = np.random.default_rng(4)
    f = rng.lognormal(3, 1, 2000).round(3)
    v = (f * (1 + 0.2 * rng.standard_normal(2000))).round(3)
    v[:5], f[5:9], v[9] = 0, 0, -3
    own = noise_of(v, f)
    for unit in range(5):
        one = Noise(unit, 0.01 if unit < 4 else 0.0, own.sizes, own.spreads, own.tails, own.digit)
        assert log_density(v, f, one) == pytest.approx(plain_log_density(v, f, one), abs=1e-9)


def test_a_place_whose_rate_rose_is_most_often_the_first_named():
    """Two of ten may be named by their city instead of their province, or with one attribute more."""
    rng = np.random.default_rng(100)
    right = 0
    for _ in range(10):
        own = rate_incident(rng, causes=1, contacts=40_000)
        found = localise_rate(own.table, own.dims, *RATE)
        right += bool(found) and dict(found[0].where) == own.causes[0]
    assert right >= 7


def test_rates_that_did_not_change_have_no_culprit():
    rng = np.random.default_rng(31)
    culprits = 0
    for everywhere in (1.0, 1.0, 1.4, 0.7) * 3:
        own = rate_incident(rng, causes=0, contacts=10_000, everywhere=everywhere)
        culprits += bool(localise_rate(own.table, own.dims, *RATE))
    assert culprits <= 1


def leaves(**more):
    n = 40
    base = {
        "a": [f"a{i % 4}" for i in range(n)],
        "b": [f"b{i // 4}" for i in range(n)],
        "actual": np.full(n, 100.0),
        "expected": np.full(n, 100.0),
    }
    return base | more


@pytest.mark.parametrize(
    ("table", "dims", "more", "words"),
    [
        (leaves(), ["a", "colour"], {}, "no column “colour”"),
        (leaves(), [], {}, "no dimension was given"),
        (leaves(), ["a", "a"], {}, "named twice"),
        (leaves(actual=["x"] * 40), ["a"], {}, "“actual” holds string"),
        (leaves(actual=np.full(40, np.inf)), ["a"], {}, "“actual” is infinite in row 1"),
        (leaves(actual=np.full(40, np.nan)), ["a"], {}, "every leaf misses a figure"),
        (leaves(), ["a", "b"], {"total_actual": 5000.0}, "add up to 4,000 and the total is 5,000"),
        (7, ["a"], {}, "a int is not a table"),
    ],
)
def test_bad_input_is_refused_in_words(table, dims, more, words):
    with pytest.raises(Refusal, match=words):
        localise(table, dims, "actual", "expected", **more)


def test_what_can_be_handled_is_handled_and_told():
    own = leaves(c=["one"] * 40, copy=[f"x{i % 4}" for i in range(40)])
    own["a"][3] = None
    own["expected"] = np.concatenate([[np.nan, 0.0], np.full(38, 100.0)])
    twice = {k: [*list(v), v[7]] for k, v in own.items()}
    found = localise(twice, ["a", "b", "c", "copy"], "actual", "expected")
    said = " ".join(found.notes)
    for words in ("1 of 41 leaves have a figure that is missing", "1 rows list a leaf again", "“c” has one value"):
        assert words in said


def test_identifiers_of_a_million_labels_do_not_stop_it():
    n = 120_000
    rng = np.random.default_rng(0)
    table = pa.table({"id": [f"i{i}" for i in range(n)], "a": [f"a{i % 7}" for i in range(n)], "b": [f"b{i % 11}" for i in range(n)],
                      "actual": rng.normal(100, 5, n), "expected": np.full(n, 100.0)})  # fmt: skip
    assert isinstance(localise(table, ["id", "a", "b"], "actual", "expected"), list)


def test_a_numerator_above_its_denominator_is_refused_with_the_way_out():
    table = {
        "a": ["p", "q"] * 5,
        "b": list("abcde") * 2,
        "fails": [9] * 10,
        "requests": [8] * 10,
        "fails_before": [1] * 10,
        "requests_before": [8] * 10,
    }
    with pytest.raises(Refusal, match="family=“poisson”"):
        localise_rate(table, ["a", "b"], *RATE)
    assert isinstance(localise_rate(table, ["a", "b"], *RATE, family="poisson"), list)


def test_a_missing_label_is_a_label_of_its_own():
    read = read_leaves(leaves(a=[None, "x"] * 20), ["a", "b"], ["actual"])
    assert "not named" in read.labels[0]
