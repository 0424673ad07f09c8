"""Sixteen known circumstances and own words: signs that exist, questions that both sides can read, events that map."""

from __future__ import annotations

import re

import pytest

from levelfield.drill_down.explanation import Owner
from levelfield.measures.catalogue import MEASURES
from levelfield.same_data.shapes import SHAPES
from levelfield.scenarios import KINDS_OF_EVENTS, SCENARIOS, scenario_of, scenario_of_event
from levelfield.words import Refusal

BLAME = ("fault", "fail", "blame", "guilty", "bad ", "poor")


def test_there_are_sixteen_and_own_words() -> None:
    assert sorted(own.number for own in SCENARIOS.values()) == list(range(17))
    assert all(key == own.key for key, own in SCENARIOS.items())
    assert SCENARIOS["own"].number == 0
    assert not SCENARIOS["own"].signs, "nobody knows beforehand what shows it"


def test_every_sign_is_a_measure_and_stands_once() -> None:
    for own in SCENARIOS.values():
        names = [sign.measure for sign in own.signs]
        assert set(names) <= set(MEASURES)
        assert len(set(names)) == len(names)
        assert own.number == 0 or own.signs


def test_both_sides_read_the_same_words_and_nobody_is_blamed() -> None:
    for own in SCENARIOS.values():
        told = " ".join((own.title, own.about, own.ask, *(sign.why for sign in own.signs)))
        assert own.ask.endswith("?")
        assert own.number == 0 or own.source.startswith("https://")
        assert not [word for word in BLAME if word in told.lower()]
        assert " our " not in f" {told.lower()} "


def test_signs_of_volume_are_those_of_a_forecast_that_is_too_low() -> None:
    ways = {sign.measure: sign.rises for sign in SCENARIOS["volume_or_mix"].signs}
    assert ways["offered"] is True
    assert ways["forecast_bias"] is False, "bias is forecast less actual"


def test_every_word_of_a_delivered_event_is_some_scenario() -> None:
    about = next(column.about for column in SHAPES["events"].columns if column.name == "what")
    words = re.search(r"release, .*other", about)[0].split(", ")
    assert len(words) == 10
    for word in words:
        for owner in ("client", "partner", "outside"):
            assert KINDS_OF_EVENTS[word, owner] in SCENARIOS
    assert len(KINDS_OF_EVENTS) == 3 * len(words)
    assert scenario_of_event("Weather", "Outside") == "disruption"
    assert scenario_of_event("circus", "outside") == "own"


def test_what_no_measure_shows_is_named_as_missing() -> None:
    assert "the ramp plan" in SCENARIOS["ramp"].missing
    assert SCENARIOS["second_location"].missing


def test_owners_are_those_of_the_drill_down() -> None:
    assert {own.owner for own in SCENARIOS.values()} == set(Owner)


def test_an_unknown_scenario_is_refused_with_the_nearest_known() -> None:
    with pytest.raises(Refusal, match="“attrition”, which is the nearest known") as told:
        scenario_of("atrition")
    assert told.value.options[0] == "attrition"
    with pytest.raises(Refusal, match="one of attrition, new_people"):
        scenario_of("zzz")
