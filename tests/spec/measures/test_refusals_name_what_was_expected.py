"""A definition nobody can compute, a split the facts cannot make, a measure nobody knows: refused in one sentence."""

from __future__ import annotations

import pytest

from levelfield.measures.catalogue import MEASURES, measure_named
from levelfield.measures.compute import Asked, check
from levelfield.measures.definition import Abandons, Callbacks, Definition
from levelfield.words import Refusal, RefusalKind
from spec.measures.real_path import values_from
from spec.measures.test_one_month_has_six_service_levels import CONTACTS


def refused(act, *args) -> str:
    with pytest.raises(Refusal) as caught:
        act(*args)
    assert caught.value.kind is RefusalKind.DEFINITION
    return caught.value.sentence


SPLITS = [
    ("csat", "queue", "Customer satisfaction cannot be split by queue. Expected one of partner, program, site, line, channel, "
     "language, tenure_band, reason, which its facts (surveys) carry."),
    ("asa", "reason", "Average speed of answer cannot be split by reason. Expected one of partner, program, site, line, queue, channel, "
     "language, free_a, free_b, free_c, which its facts (volume and times) carry."),
    ("cost_per_contact", "channel", "Cost per contact cannot be split by channel. Expected one of partner, program, site, line, "
     "which its facts (invoices) carry."),
]  # fmt: skip


@pytest.mark.parametrize("name, dimension, sentence", SPLITS)
def test_an_impossible_split_is_refused_with_the_possible_ones(name, dimension, sentence):
    plain = Definition()
    assert refused(check, Asked(((MEASURES[name], plain),), (dimension,))) == sentence
    assert refused(check, Asked(((MEASURES[name], plain),), (), only={dimension: ("x",)})) == sentence


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("servce_level", "“servce_level” is not a measure. Expected service_level?"),
        (
            "forecast_wape",
            "“forecast_wape” is not a measure. Expected forecast_wape_day or forecast_wape_month or forecast_wape_interval?",
        ),
    ],
)
def test_an_unknown_measure_is_refused_with_the_nearest_ones(name, sentence):
    assert refused(measure_named, name) == sentence


def test_a_measure_like_no_other_is_refused_with_all_of_them():
    assert refused(measure_named, "zzzzzz").endswith("reopened.")


def test_a_definition_is_read_from_plain_words():
    assert Definition.from_data({}) == Definition()
    read = Definition.from_data(
        {"abandons": "all_against", "callbacks": "credited", "threshold_s": "60", "short_s": None}
    )
    assert read == Definition(Abandons.ALL_AGAINST, Callbacks.CREDITED, 60)
    assert Definition.from_data({"abandons": "c"}).abandons is Abandons.SHORT_REMOVED
    assert Definition.from_data({"scored_by": "either", "sample": "any", "currency": "EUR"}).currency == "EUR"


def test_a_definition_tells_only_what_differs_from_the_plain_one():
    assert Definition().told == ""
    assert Definition(abandons=Abandons.ALL_AGAINST, threshold_s=60).told == "abandons=all_against,threshold_s=60"


DEFINITIONS = [
    ({"abandon": "all_against"}, "target 1: “abandon” is not a switch of a definition. Expected “abandons”?"),
    ({"abandons": "short_removd"}, "target 1, abandons: “short_removd” is not a rule. Expected “short_removed”?"),
    ({"callbacks": "zzz"}, "target 1, callbacks: “zzz” is not a rule. Expected one of out, against, credited."),
    ({"threshold_s": "twenty"}, "target 1: threshold_s is “twenty”. Expected a whole number of seconds or days."),
    ({"threshold_s": "²"}, "target 1: threshold_s is “²”. Expected a whole number of seconds or days."),
    ({"short_s": True}, "target 1: short_s is “True”. Expected a whole number of seconds or days."),
    ({"window_days": -7}, "target 1: window_days is “-7”. Expected a whole number of seconds or days."),
    ({"scored_by": "clients"}, "target 1, scored_by: “clients” is not a rule. Expected “client”?"),
    ({"sample": "randm"}, "target 1, sample: “randm” is not a rule. Expected “random”?"),
]


@pytest.mark.parametrize("data, sentence", DEFINITIONS)
def test_a_misspelt_definition_is_refused_with_the_nearest_word(data, sentence):
    assert refused(Definition.from_data, data, "target 1") == sentence


def test_a_window_that_is_not_counted_is_refused():
    with pytest.raises(
        Refusal, match=r"Repeat contacts are not counted over 8 days\. Expected window_days of 1, 3, 7, 14, 30"
    ):
        values_from(CONTACTS, "repeat_contacts", window_days=8)
