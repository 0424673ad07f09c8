"""The survey: the same list for all, answered by each side alone, and open only once both have answered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levelfield.reasons import SCALE, STATEMENTS, VERSION, Area, alignment
from levelfield.words import Refusal

ONE_SIDE = st.dictionaries(
    st.sampled_from(sorted(STATEMENTS)), st.lists(st.integers(1, 5), min_size=1, max_size=5), min_size=1
)


def test_the_list_is_twelve_statements_in_three_areas_worded_for_both_sides() -> None:
    assert len(STATEMENTS) == 12
    assert {a: sum(s.area is a for s in STATEMENTS.values()) for a in Area} == dict.fromkeys(Area, 4)
    for s in STATEMENTS.values():
        words = f" {s.words.lower()} "
        assert s.words.endswith(".")
        assert not any(word in words for word in (" the client", " the partner", " vendor", " supplier")), (
            "the same words for both sides"
        )
    assert alignment({}, {}).version == VERSION


@given(ONE_SIDE, st.sampled_from(("client", "partner", "")))
def test_until_both_have_answered_a_reader_sees_its_own_side_alone(own: dict[str, list[int]], reader: str) -> None:
    found = alignment(own, {}, reader=reader)
    assert not found.is_open
    assert not found.gaps
    for row in found.rows:
        assert row.partner is None
        assert (row.client is not None) == (reader == "client" and row.statement.key in own)


@given(ONE_SIDE, ONE_SIDE)
def test_once_both_have_answered_both_read_the_same(
    client: dict[str, list[int]], partner: dict[str, list[int]]
) -> None:
    assert alignment(client, partner, reader="client") == alignment(client, partner, reader="partner")


def test_medians_travel_with_their_n_and_none_is_no_number() -> None:
    found = {r.statement.key: r for r in alignment({"promises": [1, 2, 5], "respect": [4]}, {"promises": [5, 4]}).rows}
    assert (found["promises"].client.median, found["promises"].client.n) == (2.0, 3)
    assert found["promises"].gap == 2.5
    assert found["respect"].partner is None and found["respect"].gap is None


def test_the_largest_gap_comes_first_and_low_answers_of_both_are_told() -> None:
    found = alignment(
        {"promises": [5], "respect": [5], "bad_news": [2]}, {"promises": [3], "respect": [1], "bad_news": [1]}
    )
    assert [r.statement.key for r in found.gaps] == ["respect", "promises"]
    assert "On 2 of 12 statements the two sides are 2 steps or more apart: “People of both sides" in found.sentence
    assert "(client: agree, partner: disagree); on 1 statement both disagree." in found.sentence


@pytest.mark.parametrize(
    ("client", "partner", "words"),
    [
        ({}, {}, "Neither side has answered"),
        ({"promises": [3]}, {}, "The client has answered and the partner has not yet"),
        ({}, {"promises": [3]}, "The partner has answered and the client has not yet"),
        ({"promises": [3]}, {"promises": [4]}, "On none of 12 statements"),
    ],
)
def test_sentences(client: dict[str, list[int]], partner: dict[str, list[int]], words: str) -> None:
    assert words in alignment(client, partner).sentence


def test_what_is_not_on_the_list_or_off_the_scale_is_refused() -> None:
    for wrong in ({"lunch": [3]}, {"promises": [0]}, {"promises": [6]}):
        with pytest.raises(Refusal, match="Survey"):
            alignment(wrong, {})
    assert sorted(SCALE) == [1, 2, 3, 4, 5]
