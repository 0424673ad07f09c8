"""Drift: how much of the money at risk would have to move to lie where the weights are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levelfield.reasons import drift
from levelfield.reasons.drift import DRIFTED
from levelfield.words import Refusal

TITLES = {"c": "Cost", "q": "Quality", "f": "Flexibility"}
NAMED = {"cost_per_contact": ["c"], "csat": ["q"]}


def plain(sentence: str) -> str:
    """The sentence with ordinary spaces."""
    return sentence.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("weights", "at_risk", "apart", "words"),
    [
        ({"c": 0.5, "q": 0.5}, {"cost_per_contact": 10, "csat": 10}, 0.0, "follows the reasons: 0 %"),
        ({"c": 0.6, "q": 0.4}, {"cost_per_contact": 40, "csat": 60}, 0.2, "follows the reasons: 20 %"),
        (
            {"c": 0.9, "q": 0.1},
            {"cost_per_contact": 10, "csat": 90},
            0.8,
            "“Cost” has 90 % of the weight and 10 % of the money",
        ),
        ({"c": 1.0}, {"aht": 7}, 1.0, "100 % lies on measures that no reason names. No money lies on “Cost”."),
    ],
)
def test_apart(weights: dict[str, float], at_risk: dict[str, float], apart: float, words: str) -> None:
    found = drift(weights, at_risk, NAMED, TITLES)
    assert found.share_apart == pytest.approx(apart)
    assert found.has_drifted is (apart >= DRIFTED)
    assert words in plain(found.sentence)


def test_money_that_no_reason_names_has_a_row_of_its_own_and_reasons_without_money_are_named() -> None:
    found = drift({"c": 0.5, "f": 0.5}, {"cost_per_contact": 30, "aht": 10}, NAMED, TITLES)
    assert [(p.title, p.weight, p.money) for p in found.parts] == [
        ("Cost", 0.5, 0.75),
        ("Flexibility", 0.5, 0.0),
        ("No reason named", 0.0, 0.25),
    ]
    assert found.unpaid == ("Flexibility",)


def test_a_measure_that_two_reasons_name_is_divided_between_them() -> None:
    found = drift({"c": 0.5, "q": 0.5}, {"csat": 8}, {"csat": ["c", "q"]}, TITLES)
    assert found.share_apart == 0


@pytest.mark.parametrize(
    ("weights", "at_risk", "why"),
    [
        ({}, {"csat": 5}, "nobody has weighed"),
        ({"c": 1.0}, {}, "no amount at risk"),
        ({"c": 1.0}, {"csat": 0}, "no amount at risk"),
    ],
)
def test_where_it_cannot_be_judged_there_is_no_number(
    weights: dict[str, float], at_risk: dict[str, float], why: str
) -> None:
    found = drift(weights, at_risk, NAMED, TITLES)
    assert (found.share_apart, found.parts, found.has_drifted) == (None, (), False)
    assert why in plain(found.sentence)


def test_amounts_below_zero_are_refused() -> None:
    with pytest.raises(Refusal, match="no weight and no amount"):
        drift({"c": 1.0}, {"csat": -1}, NAMED, TITLES)


PARTS = st.fixed_dictionaries({k: st.floats(0, 1e6) for k in "cqf"})


@given(
    PARTS,
    st.fixed_dictionaries({m: st.floats(0, 1e6) for m in ("cost_per_contact", "csat", "aht")}),
    st.floats(0.01, 100),
)
def test_shares_sum_to_one_and_units_do_not_matter(
    weights: dict[str, float], at_risk: dict[str, float], unit: float
) -> None:
    found = drift(weights, at_risk, NAMED, TITLES)
    if found.share_apart is None:
        return
    assert 0 <= found.share_apart <= 1
    assert sum(p.weight for p in found.parts) == pytest.approx(1)
    assert sum(p.money for p in found.parts) == pytest.approx(1)
    other = drift(weights, {m: v * unit for m, v in at_risk.items()}, NAMED, TITLES)
    if other.share_apart is not None:
        assert other.share_apart == pytest.approx(found.share_apart, abs=1e-9)
