"""How far a result moves in a circumstance, beside what the load lets expect, and when it is as usual again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levelfield.scenarios import Comparison, Handling, compared, handling
from levelfield.words import Refusal

NAN = math.nan


def held(
    observed: list[float], start: int = 2, end: int | None = 5, better: str = "higher", **more: object
) -> Handling:
    return handling(observed, 80, 2, start, end, better, **more)


def test_a_dip_has_a_worst_a_mean_and_a_way_back() -> None:
    own = held([80, 80, 76, 70, 72, 75, 79, 80])
    assert (own.worst, own.recovered_at, own.periods_to_recover, own.still_out) == (-10, 6, 4, False)
    assert own.mean == pytest.approx(-22 / 3)
    assert own.sentence == "The measure leaves what is usual and is back 4 periods after the start."


def test_a_measure_that_should_be_low_is_worse_when_it_rises() -> None:
    own = held([80, 80, 90, 88, 86, 80, 80], better="lower")
    assert own.worst == 10
    assert own.size == pytest.approx(4)
    better = held([80, 80, 90, 88, 86, 80, 80], better="higher")
    assert better.periods_to_recover == 0, "better than usual is not out of the usual"
    assert better.worst == 6, "the least good of three good ones"


def test_one_period_back_may_be_chance() -> None:
    assert held([80, 80, 70, 80, 70, 71, 80, 80]).recovered_at == 6


def test_one_period_out_may_be_chance_unless_it_is_far_out() -> None:
    assert held([80, 80, 75.5, 80, 80, 80, 80]).periods_to_recover == 0
    assert held([80, 80, 73, 80, 80, 80, 80]).periods_to_recover == 1


def test_what_is_not_back_at_the_end_is_still_out() -> None:
    own = held([80, 80, 70, 70, 71, 72, 80], end=None)
    assert (own.still_out, own.recovered_at, own.periods_to_recover) == (True, None, None)
    assert "not back yet" in own.sentence


def test_a_missing_period_is_neither_out_nor_back() -> None:
    own = held([80, 80, 70, NAN, 70, 80, NAN, 80, 80])
    assert own.n == 2
    assert own.mean == -10
    assert own.recovered_at == 7, "80, missing, 80 are not two in a row"


def test_where_nothing_is_delivered_nothing_is_said() -> None:
    own = held([80, 80, NAN, NAN, NAN, 80, 80])
    assert (own.worst, own.mean, own.ratio, own.size, own.periods_to_recover) == (None,) * 5
    assert "cannot be said" in own.sentence
    assert not own.still_out


def test_an_effect_beside_what_a_model_expects() -> None:
    model = [80.0, 80, 74, 72, 76, 80, 80]
    own = held([80, 80, 77, 76, 78, 80, 80], expected=model)
    assert own.expected == pytest.approx(-6)
    assert own.ratio == pytest.approx(0.5)
    assert own.sentence.endswith("The effect is 0.5 times what the load lets expect.")
    assert held([80, 80, 77, 76, 78, 80, 80]).ratio is None
    assert held([80, 80, 77, 76, 78, 80, 80], expected=[80.0] * 7).ratio is None, "nothing was to be expected"
    assert held([80, 80, 77, 76, 78, 80, 80], expected=[80.0, 80, 74, NAN, 76, 80, 80]).expected is None
    assert "the other way" in held([80, 80, 84, 84, 84, 80, 80], expected=model).sentence


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"start": 9}, "a start within the periods"),
        ({"end": 2}, "an end after the start"),
        ({"end": 99}, "within the periods"),
        ({"better": "none"}, "higher or lower"),
        ({"expected": [80.0]}, "one of each for every period"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(changed: dict[str, object], told: str) -> None:
    with pytest.raises(Refusal, match=told):
        held([80, 80, 70, 70, 71, 80, 80], **changed)


@pytest.mark.parametrize(("usual", "spread"), [(80, 0), (80, -1), (80, NAN), (NAN, 2)])
def test_a_spread_is_above_zero(usual: float, spread: float) -> None:
    with pytest.raises(Refusal, match="a spread above 0"):
        handling([80, 80, 70], usual, spread, 1, None, "higher")


values = st.lists(st.floats(-1e4, 1e4) | st.just(NAN), min_size=3, max_size=40)


@settings(max_examples=80, deadline=None)
@given(values, st.data())
def test_mirrored_figures_are_handled_alike_and_recovery_comes_after_the_start(
    observed: list[float], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(observed) - 1))
    end = data.draw(st.none() | st.integers(start + 1, len(observed)))
    own = handling(observed, 10, 3, start, end, "higher")
    mirrored = handling(-np.array(observed), -10, 3, start, end, "lower")
    assert (own.recovered_at, own.still_out, own.n) == (mirrored.recovered_at, mirrored.still_out, mirrored.n)
    assert own.worst is None or own.worst == pytest.approx(-(mirrored.worst or 0.0))
    if own.recovered_at is not None:
        assert start <= own.recovered_at < len(observed)
        assert own.periods_to_recover == own.recovered_at - start
    assert own.n == 0 or own.still_out is (own.periods_to_recover is None)


def dip(depth: float) -> Handling:
    return held([80, 80, *[80 - depth] * 3, 80, 80])


def told(own: Handling, *depths: float) -> Comparison:
    return compared(own, [], [dip(depth) for depth in depths])


def test_fewer_than_three_are_not_compared_with() -> None:
    assert told(dip(10), 5, 6).others is None
    assert "cannot be compared, fewer than 3" in told(dip(10), 5, 6).sentence
    assert told(dip(10), 5, 6, 7).others is not None


def test_a_place_is_a_range_where_effects_are_alike() -> None:
    clear = told(dip(20), 2, 4, 40).others
    assert clear is not None
    assert (clear.first, clear.last, clear.of) == (3, 3, 3)
    alike = told(dip(10), 10, 10.5, 40).others
    assert alike is not None
    assert (alike.first, alike.last) == (1, 3)


def test_others_are_a_group_and_never_a_name() -> None:
    found = told(dip(20), 2, 4, 40)
    assert found.others is not None
    assert found.others.middle == pytest.approx(2.0), "a drop of 4 is 2 spreads"
    assert found.sentence.startswith("Beside 3 others: place 3 of 4")
    assert set(vars(found.others)) == {"of", "first", "last", "middle", "periods_middle"}


def test_loads_that_differ_are_compared_by_what_they_let_expect() -> None:
    heavy = held([80, 80, 60, 60, 60, 80, 80], expected=[80.0, 80, 40, 40, 40, 80, 80])
    light = held([80, 80, 70, 70, 70, 80, 80], expected=[80.0, 80, 75, 75, 75, 80, 80])
    found = compared(heavy, [], [light] * 3)
    assert found.by == "times the expected effect"
    assert found.own == pytest.approx(0.5)
    assert found.others is not None
    assert (found.others.first, found.others.last) == (1, 1), "twice the effect under a far heavier load is smoother"


def test_half_still_out_have_no_middle_time() -> None:
    out = held([80, 80, 70, 70, 70, 70, 70], end=None)
    found = compared(dip(10), [], [out, out, dip(10)]).others
    assert found is not None
    assert found.periods_middle is None


def test_what_is_not_known_is_not_compared() -> None:
    nothing = held([80, 80, NAN, NAN, NAN, 80, 80])
    assert compared(nothing, [], [dip(3)] * 4).others is None
    assert compared(dip(3), [nothing, dip(3), dip(3)], []).past is None
