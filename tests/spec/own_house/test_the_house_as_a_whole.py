"""All duties together: data before opinion, questions where nothing is known, the client's side first."""

from __future__ import annotations

import pytest

from levelfield.own_house import AREAS, DUTIES, Found, Opinion, Verdict, house


def opinion(side: str, answer: Verdict) -> Opinion:
    return Opinion(side, answer, "", "Ada" if side == "client" else "Noor", "2026-06-01")


def test_every_area_of_thirteen_has_a_duty_with_a_question_and_a_source() -> None:
    assert {d.area for d in DUTIES.values()} == set(range(1, 14)) == set(AREAS)
    for duty in DUTIES.values():
        assert duty.question.endswith("?")
        assert duty.source.startswith("http")
        assert " our" not in f" {duty.question} {duty.title} {duty.about}".lower(), "both sides read the same words"


def test_what_nothing_measures_is_asked_and_never_scored() -> None:
    found = house({})
    assert {f.verdict for f in found.findings} == {Verdict.ASKED}
    assert "0 are not kept" in found.sentence
    assert "21 wait for an answer or for data" in found.sentence


def test_data_decide_before_opinions_do() -> None:
    found = house({"forecast": Found(Verdict.KEPT, "Fine.")}, {"forecast": [opinion("partner", Verdict.NOT_KEPT)]})
    assert found.of("forecast").verdict is Verdict.KEPT
    assert not found.of("forecast").is_opinion


def test_where_data_cannot_say_an_opinion_counts_and_is_marked_as_one() -> None:
    said = {"access": [opinion("client", Verdict.KEPT), opinion("partner", Verdict.NOT_KEPT)]}
    own = house({"access": Found(Verdict.CANNOT_JUDGE, "Too few.")}, said).of("access")
    assert own.verdict is Verdict.NOT_KEPT
    assert own.is_opinion
    assert own.sides_differ


def test_others_moving_together_put_the_clients_side_first() -> None:
    assert house({"together": Found(Verdict.FIRST, "2 of 4.")}).client_first
    assert not house({"together": Found(Verdict.KEPT, "None.")}).client_first
    assert not house({}).client_first


def test_what_presses_comes_measured_before_opinion() -> None:
    found = house(
        {"forecast": Found(Verdict.PARTLY, "So so."), "lock": Found(Verdict.NOT_KEPT, "Late.")},
        {"reasons": [opinion("client", Verdict.NOT_KEPT)]},
    )
    assert [f.duty.key for f in found.pressing] == ["lock", "reasons", "forecast"]


def test_a_duty_that_is_none_is_refused() -> None:
    with pytest.raises(KeyError, match="lunch"):
        house({"lunch": None})
