"""1,000 answered, 860 of them within 20 s; 60 gave up, 20 within 20 s, of which 10 within 5 s.

Source of the table: https://www.callcentrehelper.com/service-level-threshold-calculations-206890.htm
"""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield.measures.definition import LETTERS, TITLES, Abandons
from spec.measures.odd_facts import MARCH, at, row
from spec.measures.real_path import value_from

COUNTS = {
    "offered": 1060, "answered": 1000, "answered_within": 860, "abandoned": 60, "abandoned_within": 20, "short_abandoned": 10,
    "callbacks": 40, "threshold_ms": 20_000, "short_ms": 5_000,
}  # fmt: skip
MONTH = {"intervals": [row("intervals", "north", MARCH, length_s=31 * 86_400, line="Billing", **COUNTS)]}

TABLE = [
    ("A", 860, 1000, 86.0),
    ("B", 860, 1060, 81.1),
    ("C", 860, 1050, 81.9),
    ("D", 870, 1060, 82.1),
    ("E", 860, 1040, 82.7),
    ("F", 880, 1060, 83.0),
]


def single_contacts() -> list[dict[str, object]]:
    """The same month as 1,060 single contacts."""
    waits = [*[(True, 12)] * 860, *[(True, 45)] * 140, *[(False, 3)] * 10, *[(False, 15)] * 10, *[(False, 80)] * 40]
    return [
        row("contacts", "north", MARCH + dt.timedelta(days=n % 31), contact_id=str(n), arrived_at=at(MARCH), answered=answered, wait_ms=wait * 1000)
        for n, (answered, wait) in enumerate(waits)
    ]  # fmt: skip


CONTACTS = {"contacts": single_contacts()}


@pytest.mark.parametrize("letter, above, below, per_cent", TABLE)
@pytest.mark.parametrize("facts", [MONTH, CONTACTS], ids=["counted by the platform", "counted from contacts"])
def test_the_abandon_rule_decides(facts, letter, above, below, per_cent):
    value = value_from(facts, "service_level", abandons=letter)
    assert (value.numerator, value.denominator, value.n) == (above, below, below)
    assert round(100 * value.value, 1) == per_cent


def test_letters_and_titles_name_every_rule_once():
    assert list(LETTERS) == list(TITLES) == list(Abandons)
    assert "".join(LETTERS.values()) == "ABCDEF"


@pytest.mark.parametrize("rule, above, below", [("out", 860, 1060), ("against", 860, 1100), ("credited", 900, 1100)])
def test_a_call_back_is_left_out_counts_against_or_is_as_good_as_an_answer(rule, above, below):
    value = value_from(MONTH, "service_level", abandons="all_against", callbacks=rule)
    assert (value.numerator, value.denominator) == (above, below)


@pytest.mark.parametrize("rule, above", [("all_against", 60), ("short_removed", 50), ("within_credited", 40)])
def test_abandonment_knows_three_rules(rule, above):
    value = value_from(MONTH, "abandonment", abandons=rule)
    assert (value.numerator, value.denominator) == (above, 1060)


@pytest.mark.parametrize("threshold_s, within", [(10, 0), (15, 860), (45, 1000), (300, 1000)])
def test_single_contacts_can_be_counted_at_another_threshold(threshold_s, within):
    value = value_from(CONTACTS, "answered_within_of_answered", threshold_s=threshold_s)
    assert (value.numerator, value.denominator) == (within, 1000)


def test_counts_made_at_20_seconds_say_nothing_about_60():
    value = value_from(MONTH, "service_level", threshold_s=60)
    assert value.value is None and value.why == "not delivered"


def test_facts_counted_at_two_thresholds_add_up_only_where_the_agreement_takes_them_as_counted():
    other = row(
        "intervals",
        "north",
        MARCH,
        length_s=31 * 86_400,
        line="Orders",
        **{**COUNTS, "threshold_ms": 60_000, "answered_within": 990},
    )
    both = {"intervals": [*MONTH["intervals"], other]}
    assert value_from(both, "answered_within_of_answered").numerator == 860 + 990
    at_60 = value_from(both, "answered_within_of_answered", threshold_s=60)
    assert (at_60.numerator, at_60.denominator, at_60.rows, at_60.rows_missing) == (990, 1000, 2, 1)
