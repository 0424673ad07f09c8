"""A change of a ratio splits exactly into mix and rate; the same by a twin in plain Python."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levelfield.drill_down import mix_and_rate
from levelfield.drill_down.mixing import POOLED
from levelfield.words import Refusal

NAMES = ("x1", "n1", "x0", "n0")


def table(rows: list[tuple[object, ...]], dims: str = "a") -> dict[str, list[object]]:
    """Rows of labels, then numerator and denominator now and before."""
    columns = list(zip(*rows, strict=True))
    return dict(zip([*dims, *NAMES], map(list, columns), strict=True))


def twin(rows: list[tuple[str, str, int, int, int, int]]) -> tuple[Fraction, Fraction, Fraction]:
    """Mix of a, mix of b within a, and rate, by fractions: nothing is rounded."""
    total = [sum(r[k] for r in rows) for k in (2, 3, 4, 5)]
    whole = [Fraction(total[0], total[1]), Fraction(total[2], total[3])]
    mix_a = mix_b = rate = Fraction(0)
    for a in sorted({r[0] for r in rows}):
        own = [r for r in rows if r[0] == a]
        x1, n1, x0, n0 = (sum(r[k] for r in own) for k in (2, 3, 4, 5))
        w1, w0 = Fraction(n1, total[1]), Fraction(n0, total[3])
        r1, r0 = Fraction(x1, n1), Fraction(x0, n0)
        mix_a += (w1 - w0) * ((r0 + r1) / 2 - (whole[0] + whole[1]) / 2)
        weight = (w0 + w1) / 2
        for _a, _b, y1, m1, y0, m0 in own:
            v1, v0 = Fraction(m1, n1), Fraction(m0, n0)
            s1, s0 = Fraction(y1, m1), Fraction(y0, m0)
            mix_b += weight * (v1 - v0) * ((s0 + s1) / 2 - (r0 + r1) / 2)
            rate += weight * (v0 + v1) / 2 * (s1 - s0)
    return mix_a, mix_b, rate


counts = st.tuples(st.integers(1, 500), st.integers(0, 400), st.integers(1, 500), st.integers(0, 400))


@settings(max_examples=60, deadline=None)
@given(st.lists(counts, min_size=6, max_size=6))
def test_it_is_what_the_twin_says_and_sums_to_the_change(cells):
    rows = [
        (a, b, x1, n1 + x1, x0, n0 + x0) for (a, b), (n1, x1, n0, x0) in zip(product("pq", "uvw"), cells, strict=True)
    ]
    found = mix_and_rate(table(rows, "ab"), ["a", "b"], *NAMES, fewest=0)
    mix_a, mix_b, rate = twin(rows)
    assert [level.mix for level in found.levels] == pytest.approx([float(mix_a), float(mix_b)], abs=1e-12)
    assert found.rate == pytest.approx(float(rate), abs=1e-12)
    assert found.mix + found.rate == pytest.approx(found.change, abs=1e-12)
    every = mix_and_rate(table(rows, "ab"), ["a", "b"], *NAMES, fewest=0, order="every")
    assert every.mix + every.rate == pytest.approx(found.change, abs=1e-12)
    assert sum(p.rate for p in every.parts) == pytest.approx(every.rate, abs=1e-12)


def test_only_the_weights_moved():
    found = mix_and_rate(table([("a", 180, 200, 90, 100), ("b", 50, 100, 100, 200)]), ["a"], *NAMES)
    assert found.rate == 0
    assert found.mix == pytest.approx(found.change)
    assert found.change > 0


def test_only_the_rates_moved():
    found = mix_and_rate(table([("a", 80, 100, 90, 100), ("b", 80, 200, 100, 200)]), ["a"], *NAMES)
    assert found.mix == pytest.approx(0, abs=1e-15)
    assert [p.labels for p in found.parts] == [("b",), ("a",)], "the larger part first"


def test_the_order_of_before_and_after_only_turns_the_sign():
    rows = [("a", 80, 100, 150, 200), ("b", 30, 120, 40, 100)]
    there = mix_and_rate(table(rows), ["a"], *NAMES)
    back = mix_and_rate(table([(a, x0, n0, x1, n1) for a, x1, n1, x0, n0 in rows]), ["a"], *NAMES)
    assert (there.mix, there.rate) == pytest.approx((-back.mix, -back.rate))


def test_a_cell_that_is_new_or_gone_is_all_mix():
    found = mix_and_rate(
        table([("a", 50, 100, 60, 100), ("gone", 0, 0, 70, 100), ("new", 90, 100, 0, 0)]), ["a"], *NAMES
    )
    by = {p.labels[0]: p for p in found.parts}
    assert (by["gone"].rate, by["new"].rate) == (0, 0)
    assert (by["gone"].after, by["new"].before) == (None, None), "missing is not zero"
    assert found.mix + found.rate == pytest.approx(found.change)


def test_cells_that_are_too_small_are_pooled_and_said_so():
    rows = [("a", 80, 100, 90, 100), ("b", 5, 9, 4, 9), ("c", 2, 8, 3, 7)]
    found = mix_and_rate(table(rows), ["a"], *NAMES)
    assert {p.labels[0] for p in found.parts} == {"a", POOLED}
    assert "2 of 3 cells have fewer than 30" in found.notes[0]
    assert found.mix + found.rate == pytest.approx(found.change)


def test_a_reversal_is_told():
    rows = [("easy", 950, 1000, 8100, 9000), ("hard", 4500, 9000, 400, 1000)]
    found = mix_and_rate(table(rows), ["a"], *NAMES)
    assert found.change < 0 < found.rate
    assert found.reversal.startswith("The whole fell, and 2 of its 2 parts rose")
    calm = mix_and_rate(table([("a", 80, 100, 90, 100), ("b", 80, 200, 100, 200)]), ["a"], *NAMES)
    assert calm.reversal == ""


def test_a_mean_has_parts_and_no_interval():
    found = mix_and_rate(table([("a", 30_000, 100, 28_000, 100), ("b", 61_000, 100, 60_000, 100)]), ["a"], *NAMES)
    assert found.change == pytest.approx(15)
    assert found.rate_range is None and found.levels[0].mix_range is None


def test_intervals_cover_what_is_true():
    rng = np.random.default_rng(7)
    hits = np.zeros(2)
    for _ in range(300):
        w0, w1 = rng.dirichlet(np.ones(5) * 4), rng.dirichlet(np.ones(5) * 4)
        r0 = rng.uniform(0.5, 0.95, 5)
        r1 = np.clip(r0 + rng.normal(0, 0.03, 5), 0.02, 0.98)
        whole = ((w0 * r0).sum() + (w1 * r1).sum()) / 2
        mix, rate = ((w1 - w0) * ((r0 + r1) / 2 - whole)).sum(), ((w0 + w1) / 2 * (r1 - r0)).sum()
        n0, n1 = rng.multinomial(4000, w0), rng.multinomial(4000, w1)
        found = mix_and_rate(
            {"a": list("vwxyz"), "x1": rng.binomial(n1, r1), "n1": n1, "x0": rng.binomial(n0, r0), "n0": n0},
            ["a"],
            *NAMES,
            fewest=0,
        )
        hits += [
            low <= true <= high for (low, high), true in ((found.levels[0].mix_range, mix), (found.rate_range, rate))
        ]
    assert (hits / 300 > 0.91).all() and (hits / 300 < 0.985).all()


@pytest.mark.parametrize(
    ("rows", "more", "words"),
    [
        ([("a", 1, 0, 1, 2)], {}, "“n1” adds up to nothing"),
        ([("a", -1, 5, 1, 2), ("b", 1, 5, 1, 2)], {}, "“x1” is negative in row 1"),
        ([("a", 1, 5, 1, 2), ("b", 1, 5, 1, 2)], {"order": "best"}, "“best” is not an order"),
    ],
)
def test_bad_input_is_refused_in_words(rows, more, words):
    with pytest.raises(Refusal, match=words):
        mix_and_rate(table(rows), ["a"], *NAMES, **more)


def test_a_dimension_of_one_value_and_a_copy_are_left_out_and_told():
    rows = [("a", "p", "one", 80, 100, 90, 100), ("b", "q", "one", 80, 200, 100, 200)]
    found = mix_and_rate(table(rows, "abc"), ["a", "b", "c"], *NAMES)
    assert [level.dimension for level in found.levels] == ["a"]
    assert any("“b” is a copy of “a”" in n for n in found.notes) and any("“c” has one value" in n for n in found.notes)
