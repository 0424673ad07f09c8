"""Places of a change of a rate: the exact conjunction, in both directions, however small the counts; silence where nothing changed."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from levelfield.drill_down import localise_rate
from levelfield_worlds.rate_cubes import rate_incident

FIGURES = ("x1", "n1", "x0", "n0")
WORLD = ("fails", "requests", "fails_before", "requests_before")
LABELS = {"site": "abcdef", "line": "pqrs", "channel": "uvw"}


def table(changed=(), *, n=120, n0=400, rate=0.1, everywhere=1.0, seed=1):
    """Every conjunction of three dimensions with its counts; `changed`: labels of a place and its new rate."""
    rng = np.random.default_rng(seed)
    cells = list(product(*LABELS.values()))
    now = np.full(len(cells), rate * everywhere)
    for where, new in changed:
        inside = [all(dict(zip(LABELS, cell, strict=True))[d] == label for d, label in where.items()) for cell in cells]
        now[inside] = new
    made = {d: [cell[k] for cell in cells] for k, d in enumerate(LABELS)}
    sizes = rng.poisson(n * np.array([1 / (1 + "abcdef".index(c[0])) for c in cells])), rng.poisson(n0, len(cells))
    return made | {
        "x1": rng.binomial(sizes[0], now),
        "n1": sizes[0],
        "x0": rng.binomial(sizes[1], rate),
        "n0": sizes[1],
    }


def found(data, **more):
    return [dict(c.where) for c in localise_rate(data, list(LABELS), *FIGURES, **more)]


PLANTED = [
    ("one site", [({"site": "b"}, 0.2)]),
    ("one line, lower", [({"line": "q"}, 0.04)]),
    ("a line at a site", [({"site": "a", "line": "r"}, 0.25)]),
    ("all three named", [({"site": "a", "line": "r", "channel": "w"}, 0.4)]),
    ("total failure", [({"site": "c", "channel": "v"}, 1.0)]),
    ("two places", [({"site": "a", "line": "p"}, 0.3), ({"channel": "w"}, 0.2)]),
    ("one up, one down", [({"site": "b"}, 0.25), ({"line": "s"}, 0.02)]),
]


@pytest.mark.parametrize(("words", "changed"), PLANTED, ids=[row[0] for row in PLANTED])
def test_the_planted_places_are_told_exactly(words, changed):
    told = found(table(changed))
    assert len(told) == len(changed) and all(where in told for where, _ in changed)


@pytest.mark.parametrize("everywhere", [0.6, 1.0, 1.5, 3.0])
def test_what_moves_everywhere_is_no_place_and_is_told(everywhere):
    told = localise_rate(table(everywhere=everywhere, n=400), list(LABELS), *FIGURES)
    assert not told
    notes = [note for note in told.notes if "everywhere" in note]
    assert len(notes) == (everywhere != 1.0)


def test_a_place_is_told_relative_to_what_moved_everywhere():
    assert found(table([({"site": "b"}, 0.1)], everywhere=2.0, n=300)) == [{"site": "b"}], (
        "it stayed, all others doubled"
    )


def test_what_fails_and_what_succeeds_are_the_same_question():
    data = table([({"site": "a", "line": "r"}, 0.25)])
    turned = data | {"x1": data["n1"] - data["x1"], "x0": data["n0"] - data["x0"]}
    fails, succeeds = (localise_rate(own, list(LABELS), *FIGURES)[0] for own in (data, turned))
    assert fails.where == succeeds.where
    assert (fails.change, fails.shift) == pytest.approx((-succeeds.change, -succeeds.shift))


def test_figures_of_a_cause():
    cause = localise_rate(table([({"site": "b"}, 0.2)]), list(LABELS), *FIGURES)[0]
    assert cause.leaves == 12
    assert cause.shift == pytest.approx(0.1, abs=0.03)
    assert 0.5 < cause.share < 1.5 and cause.change > 0
    assert cause.certainty > 0.99 and cause.runner_up is not None and cause.runner_up_odds < 0.5


def test_neither_the_order_of_rows_nor_of_dimensions_matters():
    data = table([({"site": "a", "line": "r"}, 0.25), ({"channel": "w"}, 0.18)])
    order = np.random.default_rng(4).permutation(len(data["x1"]))
    other = {name: [own[i] for i in order] for name, own in data.items()}
    one = localise_rate(data, list(LABELS), *FIGURES)
    two = localise_rate(other, ["channel", "site", "line"], *FIGURES)
    assert [dict(c.where) for c in one] == [dict(c.where) for c in two]
    assert [c.gain for c in one] == pytest.approx([c.gain for c in two])


def test_a_city_that_holds_all_of_its_province_is_told_as_the_plainer_of_the_two():
    data = table([({"site": "b"}, 0.3)])
    data |= {"floor": [f"{site}1" if site == "b" else f"{site}{i % 2}" for i, site in enumerate(data["site"])]}
    told = localise_rate(data, ["site", "floor", "line"], *FIGURES)
    assert [dict(c.where) for c in told] == [{"site": "b"}]


def test_ratios_above_one_are_searched_as_counts_per_unit():
    data = table([({"site": "a", "line": "r"}, 0.25)])
    data |= {"n1": data["n1"] / 20, "n0": data["n0"] / 20}
    assert found(data, family="poisson") == [{"site": "a", "line": "r"}]


def test_a_leaf_without_a_baseline_is_measured_by_its_labels():
    data = table()
    gone = [site == "a" and line == "p" for site, line in zip(data["site"], data["line"], strict=True)]
    data |= {"x0": np.where(gone, 0, data["x0"]), "n0": np.where(gone, 0, data["n0"])}
    told = localise_rate(data, list(LABELS), *FIGURES)
    assert not told and any("3 leaves did not exist in the baseline" in note for note in told.notes)


def test_most_bounds_how_many_are_told():
    assert len(found(table([({"site": "b"}, 0.25), ({"line": "s"}, 0.02)]), most=1)) == 1


def test_most_incidents_of_invented_worlds_are_found_and_few_others():
    rng = np.random.default_rng(11)
    first = named = asked = false = 0
    for _ in range(20):
        own = rate_incident(rng, contacts=4_000, drift=0.03)
        told = localise_rate(own.table, own.dims, *WORLD)
        false += bool(localise_rate(*_quiet(rng)))
        if own.causes:
            asked, named = asked + 1, named + bool(told)
            first += bool(told) and dict(told[0].where) in own.causes
    assert 2 * first / (named + asked) > 0.75
    assert false <= 1


def _quiet(rng):
    own = rate_incident(
        rng, causes=0, contacts=4_000, drift=0.05, uneven=0.2, everywhere=float(rng.choice([0.7, 1.0, 1.4]))
    )
    return own.table, own.dims, *WORLD
