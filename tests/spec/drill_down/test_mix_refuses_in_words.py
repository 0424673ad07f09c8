"""What cannot be split is refused in words; what can be is split however odd the table is."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from levelfield.drill_down.mixing import mix_and_rate
from levelfield.words import Refusal

FIGURES = ("x1", "n1", "x0", "n0")
GOOD = {"line": ["a", "b"], "x1": [90, 40], "n1": [100, 100], "x0": [180, 20], "n0": [200, 50]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"n0": [0, 0], "x0": [0, 0]}, "“n0” adds up to nothing"),
        ({"n1": [0, 100]}, "“x1” is 90 where “n1” is zero, at line a"),
        ({"n1": [-5, 100]}, "“n1” is negative in row 1: -5"),
        ({"n1": [np.inf, 100]}, "“n1” is infinite in row 1"),
        ({"x1": ["many", "few"]}, "“x1” holds string"),
    ],
)
def test_bad_figures(changed, words):
    with pytest.raises(Refusal, match=words):
        mix_and_rate(GOOD | changed, ["line"], *FIGURES)


def test_other_bad_words():
    with pytest.raises(Refusal, match="no column “lines”"):
        mix_and_rate(GOOD, ["lines"], *FIGURES)
    with pytest.raises(Refusal, match="“sideways” is not an order"):
        mix_and_rate(GOOD, ["line"], *FIGURES, order="sideways")
    with pytest.raises(Refusal, match="the dispersion is -1"):
        mix_and_rate(GOOD, ["line"], *FIGURES, dispersion=-1.0)


def test_a_missing_figure_sets_its_row_apart_and_is_said():
    found = mix_and_rate(GOOD | {"x1": [90.0, np.nan]}, ["line"], *FIGURES)
    assert any("missing" in note for note in found.notes)
    assert found.change == pytest.approx(0.0)


def test_a_dimension_of_one_label_leaves_the_whole_as_its_own_change():
    found = mix_and_rate(GOOD | {"line": ["a", "a"]}, ["line"], *FIGURES)
    assert (found.mix, found.rate) == (0.0, found.change)
    assert found.rate_range == found.change_range is not None


def test_rows_that_list_a_cell_twice_are_added_up():
    twice = {name: [*own, *own] for name, own in GOOD.items()}
    found, once = (mix_and_rate(table, ["line"], *FIGURES) for table in (twice, GOOD))
    assert found.rate == pytest.approx(once.rate) and found.parts[0].n_after == 2 * once.parts[0].n_after


def test_a_label_for_every_contact_is_one_pool():
    many = 100_000
    table = pa.table(
        {
            "who": np.arange(many),
            "x1": np.ones(many),
            "n1": np.full(many, 2),
            "x0": np.ones(many),
            "n0": np.full(many, 3),
        }
    )
    found = mix_and_rate(table, ["who"], *FIGURES)
    assert found.pooled == many and len(found.parts) == 1
    assert found.change == pytest.approx(1 / 6)
