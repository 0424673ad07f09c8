"""What a profile may say, and how a wrong one is refused."""

from __future__ import annotations

import copy

import pytest

from levelfield.same_data.profile import Profile, find_header, profile_from_data, profile_to_data
from levelfield.same_data.reading import Reading, missing_columns
from levelfield.words import Refusal
from levelfield_io.profiles_at_hand import profiles
from looks import ESTATE

GOOD = {
    "name": "mine", "title": "Mine", "shape": "intervals",
    "columns": {"day": "Date", "length_s": {"constant": "86400"}, "offered": ["In", "Offered"], "talk_ms": {"from": "Talk", "unit": "min"}},
}  # fmt: skip


def changed(**by: object) -> dict[str, object]:
    """The good profile with some keys changed."""
    return {**copy.deepcopy(GOOD), **by}


def with_column(column: str, entry: object) -> dict[str, object]:
    """The good profile with another way to fill a column."""
    return changed(columns={**GOOD["columns"], column: entry})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (changed(shape="interval"), "“interval” is not a shape. Expected “intervals”?"),
        (changed(titel="x"), "“titel” is not known here. Expected “title”?"),
        ({"name": "mine"}, "“title” is missing"),
        (with_column("offred", "In"), "“offred” is not known here. Expected “offered”?"),
        (
            with_column("talk_ms", {"from": "T", "unit": "minutes"}),
            "“minutes” is not a unit of time. Expected one of s, ms, min",
        ),
        (with_column("talk_ms", {"minus": ["End"]}), "“minus” takes two columns"),
        (with_column("talk_ms", {"unit": "s"}), "Nothing says where the column comes from"),
        (with_column("talk_ms", {"form": "T"}), "“form” is not known here. Expected “from”"),
        (changed(layout={"headers": True}), "“headers” is not known here. Expected “header”?"),
    ],
)
def test_a_mistake_is_refused_with_the_nearest_right_word(data, told):
    with pytest.raises(Refusal) as refused:
        profile_from_data(data)
    assert told in refused.value.sentence


@pytest.mark.parametrize("profile", profiles().values(), ids=lambda p: p.name)
def test_a_profile_written_and_read_again_is_the_same(profile: Profile):
    assert profile_from_data(profile_to_data(profile)) == profile


@pytest.mark.parametrize(
    "profile", [p for p in profiles().values() if not p.name.startswith("levelfield_")], ids=lambda p: p.name
)
def test_a_shipped_profile_names_its_source_and_explains_itself(profile: Profile):
    assert profile.source.startswith("https://")
    assert len(profile.about) > 60
    assert profile.recognise or not profile.layout.header
    if profile.latest:
        assert set((*profile.latest[0], profile.latest[1])) <= {f.to for f in profile.fills}


def test_headers_match_whatever_their_case_spaces_and_marks():
    assert find_header("Service Level %", ("service_level",)) == "service_level"
    assert find_header("Queue", ("queue", "Queue")) == "Queue"
    assert find_header("Queue", ("Queues",)) is None


def test_a_header_may_be_named_with_the_delivery():
    profile = profile_from_data(with_column("offered", ["$volume"]))
    headers = ("Date", "Calls in")
    assert "offered" not in Reading(headers, profile, ESTATE, {}, "k").used
    assert Reading(headers, profile, ESTATE, {"volume": "calls IN"}, "k").used["offered"] == ("Calls in",)


def test_what_must_be_said_with_the_delivery_is_asked_for():
    profile = profile_from_data(with_column("length_s", {"constant": "$length"}))
    with pytest.raises(Refusal, match="Say with the delivery: length") as refused:
        missing_columns(Reading(("Date",), profile, ESTATE, {"partner": "north"}, "k"))
    assert refused.value.options == ("length",), "the command line and the pages each say where that is given"
