"""A change of a ratio is mix plus rate, to the last digit, and both spans count alike."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levelfield.drill_down.mix.nested import nest, slopes
from levelfield.drill_down.mixing import POOLED, mix_and_rate

FIGURES = ("x1", "n1", "x0", "n0")


def split(rows, dims, **more):
    """Rows of labels and figures as a table, split."""
    names = (*dims, *FIGURES)
    return mix_and_rate({name: [row[k] for row in rows] for k, name in enumerate(names)}, dims, *FIGURES, **more)


# line, answered in time and answered after, and before: what mix and rate are in points
TABLE = [
    ("only the rate of a moved", [("a", 60, 100, 80, 100), ("b", 50, 100, 50, 100)], 0, -10),
    ("only the weights moved", [("a", 120, 150, 80, 100), ("b", 25, 50, 50, 100)], 7.5, 0),
    ("both, against each other", [("a", 105, 150, 80, 100), ("b", 20, 50, 50, 100)], 7.5, -10),
    ("a line that is new does mix only", [("a", 80, 100, 80, 100), ("b", 50, 100, 0, 0)], -15, 0),
    ("a line that went does mix only", [("a", 80, 100, 80, 100), ("b", 0, 0, 50, 100)], 15, 0),
    ("nothing moved", [("a", 80, 100, 80, 100), ("b", 50, 100, 50, 100)], 0, 0),
]


@pytest.mark.parametrize(("words", "rows", "mix", "rate"), TABLE, ids=[row[0] for row in TABLE])
def test_by_one_dimension(words, rows, mix, rate):
    found = split(rows, ["line"])
    assert 100 * found.mix == pytest.approx(mix, abs=1e-9)
    assert 100 * found.rate == pytest.approx(rate, abs=1e-9)


def naive(rows, depth, dims):
    """The pieces in plain fractions: mix of each dimension within those before it, and rate."""

    def sums(some):
        return [sum(Fraction(row[dims + k]) for row in some) for k in range(4)]

    def of(some, level, weight):
        if level == dims:
            x1, n1, x0, n0 = sums(some)
            return [Fraction(0)] * dims + [weight * (x1 / n1 - x0 / n0) if n1 and n0 else Fraction(0)]
        X1, N1, X0, N0 = sums(some)
        total = [Fraction(0)] * (dims + 1)
        if not (N1 and N0):
            return total
        for label in sorted({row[level] for row in some}):
            inside = [row for row in some if row[level] == label]
            x1, n1, x0, n0 = sums(inside)
            if not (n1 or n0):
                continue
            r1 = x1 / n1 if n1 else x0 / n0
            r0 = x0 / n0 if n0 else x1 / n1
            w1, w0 = n1 / N1, n0 / N0
            total[level] += weight * (w1 - w0) * ((r0 + r1) / 2 - (X0 / N0 + X1 / N1) / 2)
            for k, piece in enumerate(of(inside, level + 1, weight * (w0 + w1) / 2)):
                total[k] += piece
        return total

    return of(rows, depth, Fraction(1))


counts = st.tuples(st.integers(0, 60), st.integers(0, 60))


@st.composite
def tables(draw):
    dims = draw(st.integers(1, 3))
    sizes = [draw(st.integers(2, 3)) for _ in range(dims)]
    rows = []
    for labels in np.ndindex(*sizes):
        (a, b), (c, d) = draw(counts), draw(counts)
        rows.append((*[f"v{k}" for k in labels], min(a, b), max(a, b), min(c, d), max(c, d)))
    rows.append((*["v0"] * dims, 1, 2, 1, 3))  # something in both spans
    return dims, rows


@settings(max_examples=60, deadline=None)
@given(tables())
def test_the_pieces_sum_to_the_change_and_are_those_of_plain_fractions(made):
    dims, rows = made
    names = [f"d{k}" for k in range(dims)]
    found = split(rows, names, fewest=0)
    assert found.mix + found.rate == pytest.approx(found.change, abs=1e-9)
    assert sum(p.rate for p in found.parts) == pytest.approx(found.rate, abs=1e-9)
    kept = [level.dimension for level in found.levels]
    if kept == names:  # copies and dimensions of one label are left out
        twin = naive(rows, 0, dims)
        assert [level.mix for level in found.levels] == pytest.approx([float(p) for p in twin[:-1]], abs=1e-9)
        assert found.rate == pytest.approx(float(twin[-1]), abs=1e-9)
        assert sum(p.mix for p in found.parts) == pytest.approx(found.levels[-1].mix, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(tables(), st.sampled_from(["given", "every"]))
def test_the_other_way_round_every_piece_turns_its_sign(made, order):
    dims, rows = made
    names = [f"d{k}" for k in range(dims)]
    there = split(rows, names, fewest=0, order=order)
    back = split(
        [(*row[:dims], row[dims + 2], row[dims + 3], row[dims], row[dims + 1]) for row in rows],
        names,
        fewest=0,
        order=order,
    )
    assert back.change == pytest.approx(-there.change, abs=1e-9)
    assert back.rate == pytest.approx(-there.rate, abs=1e-9)
    assert [b.mix for b in back.levels] == pytest.approx([-t.mix for t in there.levels], abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(tables())
def test_every_order_is_the_mean_of_all_and_does_not_depend_on_the_one_given(made):
    dims, rows = made
    names = [f"d{k}" for k in range(dims)]
    found = split(rows, names, fewest=0, order="every")
    assert found.mix + found.rate == pytest.approx(found.change, abs=1e-9)
    if len(found.levels) < dims:
        return
    total = np.zeros(dims + 1)
    orders = list(permutations(range(dims)))
    for order in orders:
        pieces = naive([(*(row[k] for k in order), *row[dims:]) for row in rows], 0, dims)
        for place, k in enumerate(order):
            total[k] += float(pieces[place])
        total[dims] += float(pieces[dims])
    assert [*(level.mix for level in found.levels), found.rate] == pytest.approx(list(total / len(orders)), abs=1e-9)


def test_the_slopes_are_those_of_small_steps():
    generator = np.random.default_rng(3)
    codes = np.array([(a, b, c) for a in range(2) for b in range(3) for c in range(2)])
    n0, n1 = generator.integers(1, 50, (2, len(codes))).astype(float)
    n0[[2, 3, 7]], n1[[5, 8, 9]] = 0, 0  # (0, 1) is new; (1, 1) went; single cells came and went
    figures = [n0 * generator.random(len(codes)), n0, n1 * generator.random(len(codes)), n1]

    def pieces(given):
        found = nest(codes, tuple(given))
        return np.concatenate([found.mixes, found.cell_mix, found.cell_rate])

    eye, rows = np.eye(len(codes)), 3 + 2 * len(codes)
    mixes, cell_mix, cell_rate = np.zeros((rows, 3)), np.zeros((rows, len(codes))), np.zeros((rows, len(codes)))
    mixes[:3], cell_mix[3:15], cell_rate[15:] = np.eye(3), eye, eye
    by = slopes(nest(codes, tuple(figures)), mixes, cell_mix, cell_rate)
    for f in range(4):
        for cell in range(len(codes)):
            if figures[f | 1][cell] > 0:
                step = np.zeros(len(codes))
                step[cell] = 1e-5
                up, down = ([g + sign * step * (k == f) for k, g in enumerate(figures)] for sign in (1, -1))
                assert by[f][:, cell] == pytest.approx((pieces(up) - pieces(down)) / 2e-5, abs=1e-7)


def test_cells_that_are_too_small_are_pooled_and_said_so():
    rows = [("a", 40, 50, 30, 50), ("b", 3, 9, 5, 60), ("c", 2, 8, 1, 4), ("d", 50, 100, 45, 90)]
    found = split(rows, ["line"])
    assert found.pooled == 2
    assert {p.labels[0]: (p.n_before, p.n_after) for p in found.parts} == {
        "a": (50, 50),
        "d": (90, 100),
        POOLED: (64, 17),
    }
    assert found.notes == ("2 of 4 cells have fewer than 30 in a span; they are pooled as “others, too few each”.",)
    assert found.mix + found.rate == pytest.approx(found.change, abs=1e-12)


def test_a_cell_of_one_span_is_mix_and_is_told():
    found = split([("a", 80, 100, 80, 100), ("b", 50, 100, 0, 0)], ["line"])
    new = next(p for p in found.parts if p.labels == ("b",))
    assert (new.before, new.rate, new.rate_range) == (None, 0.0, None)
    assert found.notes == ("1 cells exist in one span only; all they do is mix.",)


def test_the_sentence_says_change_and_pieces():
    found = split([("a", 1050, 1500, 800, 1000), ("b", 200, 500, 500, 1000)], ["line"])
    assert found.sentence == (
        "The ratio fell, from 65.0% to 62.5%: −2.50 points, of it +7.50 (+6.33 to +8.67) the mix of line, "
        "−10.00 (−12.91 to −7.09) the parts themselves."
    )  # fmt: skip


def test_a_mean_has_no_ranges_and_says_why():
    found = split([("a", 30_000, 100, 32_000, 100), ("b", 20_000, 100, 20_000, 200)], ["line"])
    assert found.rate_range is None and found.change_range is None and not any(p.rate_range for p in found.parts)
    assert "no share" in found.notes[0]
    assert found.mix + found.rate == pytest.approx(found.change, abs=1e-9)


@pytest.mark.parametrize("swap", [False, True])
def test_a_reversal_is_told(swap):
    """The famous one: Charig et al. (1986), doi:10.1136/bmj.292.6524.879, kidney stones; better in both sizes, worse in all."""
    rows = [("small stones", 81, 87, 234, 270), ("large stones", 192, 263, 55, 80)]
    rows = [(s, 10 * a, 10 * b, 10 * c, 10 * d) for s, a, b, c, d in rows]  # ten times the patients: beyond chance
    if swap:
        rows = [(s, c, d, a, b) for s, a, b, c, d in rows]
    found = split(rows, ["size"])
    whole, parts = ("rose", "fell") if swap else ("fell", "rose")
    assert (
        found.reversal
        == f"The whole {whole}, and 2 of its 2 parts {parts}, split by size: the mix did it, not the work."
    )


def test_a_reversal_within_a_group_is_told_with_its_name():
    inside = [("x", "small", 810, 870, 2340, 2700), ("x", "large", 1920, 2630, 550, 800)]
    found = split(
        [*inside, ("y", "small", 5000, 9000, 5000, 9000), ("y", "large", 9000, 10000, 9000, 10000)], ["line", "size"]
    )
    assert found.reversals == (
        "Within line x the ratio fell, and 2 of its 2 parts rose, split by size: the mix did it, not the work.",
    )


def test_no_reversal_within_chance():
    assert split([("small stones", 81, 87, 234, 270), ("large stones", 192, 263, 55, 80)], ["size"]).reversal == ""
