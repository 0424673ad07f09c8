"""What is wrong with an agreement is told at once, each with its line, its paragraph, its key and what was expected."""

from __future__ import annotations

import pytest

from levelfield.measures.definition import Definition
from levelfield.words import Refusal
from levelfield_io.agreements_at_hand import parse_agreement
from spec.settlement.worked import agreed

TOP = """partner = "north"
title = "Telephony"
version = 1
valid_from = 2025-01-01
"""
SERVICE = """
[[target]]
key = "answered"
measure = "service_level"
at_least = 0.80
minimum = 0.75
"""
SPEED = """
[[target]]
key = "speed"
measure = "asa"
at_most = 45
"""
QUARTER = SERVICE + 'window = "quarter"\n'
AT_RISK = "[at_risk]\nshare = 0.10\n"
POOL = '[[pool]]\nkey = "access"\nshare = 1\n'
ALL = '[[credit]]\nkind = "allocation"\ntarget = "answered"\npool = "access"\nshare = 1\n'
PER_POINT = '[[credit]]\nkind = "per_point"\ntarget = "answered"\namount = 2000\n'


def found(text: str) -> list[str]:
    """The findings of a file, one by one."""
    with pytest.raises(Refusal) as refused:
        parse_agreement(text.encode(), "north.toml")
    sentence = refused.value.sentence
    assert refused.value.kind == "definition"
    assert sentence.startswith("north.toml: The agreement has ") and sentence.endswith(
        "Correct the file; nothing was changed."
    )
    count, _, told = sentence.removeprefix("north.toml: The agreement has ").partition(": ")
    findings = told.removesuffix(" Correct the file; nothing was changed.").removesuffix(".")
    number = int(count.split(maxsplit=1)[0])
    listed = findings.split("; line ")
    listed = [listed[0], *(f"line {more}" for more in listed[1:])]
    assert len(listed) == number, sentence
    return listed


def test_an_agreement_without_findings_is_read():
    assert parse_agreement((TOP + SERVICE).encode(), "north.toml").targets[0].key == "answered"


# One paragraph by itself


@pytest.mark.parametrize(
    "text, said",
    [
        (TOP + 'calender = "GB"\n' + SERVICE, "line 5: “calender” is not known; did you mean “calendar”?"),
        (TOP + SERVICE + "at_leats = 0.9\n", "line 11, target 1: “at_leats” is not known; did you mean “at_least”?"),
        (TOP + '[[targets]]\nkey = "a"\nmeasure = "asa"\nat_most = 20\n' + SERVICE, "line 5: “targets” is not known; did you mean “target”?"),
        (TOP + SERVICE + PER_POINT + "part_count = true\n", "line 15, credit 1: “part_count” is not known; did you mean “part_counts”?"),
        (TOP + SERVICE + '[fees]\nitem = ["calls"]\n', "line 12, fees: “item” is not known; did you mean “items”?"),
        (TOP + SERVICE + "[earn_back]\nmonths = 3\nxyz = 1\n", "line 13, earn_back: “xyz” is not known; expected one of months, level, share, not_doubled, not_missing_data, clause"),
    ],
    ids=["at the top", "in a target", "a paragraph", "in a credit", "in a single paragraph", "like nothing known"],
)  # fmt: skip
def test_unknown_keys_are_refused_with_the_nearest_known_name(text, said):
    assert found(text) == [said]


@pytest.mark.parametrize(
    "text, said",
    [
        (TOP + SERVICE.replace("0.80", '"80 %"'), "line 9, target 1: “at_least” is “80 %”; expected a number"),
        (TOP + SERVICE.replace("0.80", "nan").replace("minimum = 0.75\n", ""), "line 9, target 1: “at_least” is “NaN”; expected a number"),
        (TOP.replace("version = 1", 'version = "one"') + SERVICE, "line 3: “version” is “one”; expected a whole number"),
        (TOP.replace("2025-01-01", '"May"') + SERVICE, "line 4: “valid_from” is “May”; expected a date such as 2026-01-01 without quotation marks"),
        (TOP + 'currency = "pounds"\n' + SERVICE, "line 5: “currency” is “pounds”; expected three capital letters such as GBP"),
        (TOP + "month_starts_on = 31\n" + SERVICE, "line 5: “month_starts_on” is 31; expected at most 28"),
        (TOP + SERVICE + "[cap]\nshare = 10\n", "line 12, cap: “share” is 10; expected a share from 0 to 1, such as 0.05 for 5 %"),
        (TOP + SERVICE + "[cap]\nshare = nan\n", "line 12, cap: “share” is “NaN”; expected a number"),
        (TOP + SERVICE + '[cap]\namount = "much"\n', "line 12, cap: “amount” is “much”; expected an amount such as 2000 or “2000.00”"),
        (TOP + SERVICE + "[cap]\namount = -5\n", "line 12, cap: “amount” is “-5”; expected an amount that is not negative"),
        (TOP + SERVICE + "[cap]\n", "line 11, cap: expected exactly one of share and amount"),
        (TOP + SERVICE + PER_POINT + "point = 0\n", "line 15, credit 1: “point” is 0; expected a number above zero"),
        (TOP + SERVICE + PER_POINT.replace("per_point", "per_pont"), "line 11, credit 1: “kind” is “per_pont”; expected “per_point”?"),
        (TOP + SERVICE + PER_POINT.replace('kind = "per_point"\n', ""), "line 11, credit 1: “kind” is missing"),
        (TOP + SERVICE + PER_POINT.replace("amount = 2000\n", ""), "line 11, credit 1: “amount” is missing"),
        (TOP + SERVICE + 'window = "monthly"\n', "line 11, target 1: “window” is “monthly”; expected “month”?"),
        (TOP + SERVICE.replace("at_least = 0.80\n", ""), "line 6, target 1: expected exactly one of at_least and at_most"),
        (TOP + SERVICE.replace("0.75", "0.85"), "line 6, target 1: the minimum 0.85 is stricter than the expected level 0.80"),
        (TOP + SERVICE + 'window = "rolling"\n', "line 6, target 1: a rolling window needs months, and no other window has them"),
        (TOP + SERVICE + PER_POINT.replace("per_point", "points").replace("amount = 2000\n", "") + "[points]\nstep = [{ from = 10, share = 2 }]\n",
         "line 15, points step 1: “share” is 2; expected a share from 0 to 1, such as 0.05 for 5 %"),
    ],
)  # fmt: skip
def test_wrong_types_and_values_are_told_in_words(text, said):
    assert found(text) == [said]


def test_what_is_missing_at_the_top_has_no_line():
    assert found(TOP.replace('partner = "north"\n', "") + SERVICE) == ["“partner” is missing"]


def test_a_switch_that_no_measure_knows_is_told_with_the_rest():
    text = (
        TOP
        + SERVICE
        + 'definition = { abandon = "all_against" }\n'
        + SPEED
        + 'definition = { abandons = "all_agianst" }\n'
        + "[cap]\n"
    )
    assert found(text) == [
        "line 18, cap: expected exactly one of share and amount",
        "line 11, target 1 definition: “abandon” is not a switch of a definition; expected “abandons”?",
        "line 17, target 2 definition abandons: “all_agianst” is not a rule; expected “all_against”?",
    ]


# Paragraphs against each other


def ladder(steps: str, target: str = "speed") -> str:
    return f'[[credit]]\nkind = "ladder"\ntarget = "{target}"\namount = 20000\nstep = [{steps}]\n'


@pytest.mark.parametrize(
    "text, said",
    [
        (SPEED + ladder("{ at = 49, share = 0.25 }, { at = 46, share = 0.5 }"),
         "line 14, credit 1 step: the steps at 49 and at 46 overlap or fall; expected values that get worse and shares that rise"),
        (SPEED + ladder("{ at = 46, share = 0.25 }, { at = 46, share = 0.5 }"),
         "line 14, credit 1 step: the steps at 46 and at 46 overlap or fall; expected values that get worse and shares that rise"),
        (SERVICE + ladder("{ at = 79, share = 0.25 }, { at = 79.5, share = 0.5 }", "answered"),
         "line 15, credit 1 step: the steps at 79 and at 79.5 overlap or fall; expected values that get worse and shares that rise"),
        (SPEED + ladder("{ at = 45, share = 0.25 }"),
         "line 14, credit 1 step: the first step at 45 lies within the expected level; a level that is met costs nothing"),
        (SPEED + ladder(""), "line 10, credit 1: the ladder has no step"),
        (SERVICE + '[[credit]]\nkind = "points"\ntarget = "answered"\n[points]\nstep = [{ from = 10, share = 0.02 }, { from = 10, share = 0.04 }]\n',
         "line 14, points: the bands from 10 and from 10 points overlap or fall; expected rising points and shares"),
        (SERVICE + '[[resource]]\nkey = "all"\nmeasure = "offered"\nbaseline = 20000\ndead_band = 0.05\nouter_band = 0.05\nadditional = 2\nreduced = 1\n',
         "line 16, resource 1 outer_band: the outer band 0.05 overlaps the dead-band 0.05; expected a wider one"),
        (SERVICE + "".join(
            f'[[resource]]\nkey = "{key}"\nmeasure = "offered"\n{lines}baseline = 20000\ndead_band = 0.05\nouter_band = 0.2\nadditional = 2\nreduced = 1\n'
            for key, lines in (("all", ""), ("billing", 'lines = ["Billing"]\n'))),
         "line 11, resource 1: the bands “all” and “billing” overlap: they charge the same contacts twice"),
    ],
)  # fmt: skip
def test_overlapping_bands(text, said):
    assert found(TOP + text) == [said]


def test_allocations_on_unknown_targets_and_pools_and_targets_on_unknown_measures():
    text = (
        TOP + SERVICE.replace('"service_level"', '"service_levle"') + AT_RISK + POOL
        + ALL.replace('"answered"', '"answred"').replace('pool = "access"', 'pool = "acess"')
    )  # fmt: skip
    assert found(text) == [
        "line 8, target 1 measure: “service_levle” is no measure; did you mean “service_level”?",
        "line 18, credit 1 target: “answred” is no target of this agreement; did you mean “answered”?",
        "line 19, credit 1 pool: “acess” is no pool; did you mean “access”?",
        "line 13, pool 1: the allocations of “access” add up to 0 %; expected 100 %",
    ]


@pytest.mark.parametrize(
    "shares, total", [(("0.4", "0.5"), "90 %"), (("0.6", "0.5"), "110 %"), (("0.333", "0.333"), "66.6 %")]
)
def test_weights_that_do_not_add_up(shares, total):
    speed = SPEED + "minimum = 60\n"
    credits = "".join(
        ALL.replace("share = 1", f"share = {s}").replace("answered", t)
        for s, t in zip(shares, ("answered", "speed"), strict=True)
    )
    assert found(TOP + SERVICE + speed + AT_RISK + POOL + credits) == [
        f"line 19, pool 1: the allocations of “access” add up to {total}; expected 100 %"
    ]


def test_allocations_without_an_amount_at_risk():
    assert found(TOP + SERVICE + POOL + ALL) == [
        "line 14, credit 1: allocations are shares of an amount at risk; expected a paragraph [at_risk]"
    ]


def test_a_credit_on_a_level_that_is_not_there_or_that_carries_none():
    assert found(TOP + SPEED + PER_POINT.replace("answered", "speed") + 'on = "minimum"\n') == [
        "line 12, credit 1 target: speed has no minimum level to miss; expected on = “expected” or a minimum"
    ]
    assert found(TOP + SPEED + "critical = false\n" + PER_POINT.replace("answered", "speed")) == [
        "line 13, credit 1 target: speed is a key measurement (critical = false) and carries no credit"
    ]


def trigger(kind: str, keys: str) -> str:
    return f'[[trigger]]\nkey = "right"\nkind = "{kind}"\n{keys}\n'


@pytest.mark.parametrize(
    "text, said",
    [
        (SERVICE + trigger("count", "k = 4\nof = 3"),
         "line 14, trigger 1 k: 4 of the last 3 months is more than there are, so it can never fire"),
        (SPEED + trigger("count", "k = 2\nof = 3"), "line 10, trigger 1 level: none of its targets has a minimum level, so it can never fire"),
        (SPEED + trigger("consecutive", "k = 2"), "line 10, trigger 1 level: none of its targets has a minimum level, so it can never fire"),
        (QUARTER + trigger("count", "k = 2\nof = 3"),
         "line 15, trigger 1 k: a quarter is judged once in three months; 2 of 3 months cannot be missed, so it can never fire"),
        (QUARTER + trigger("count", "k = 2\nof = 3\nsame_target = false"),
         "line 15, trigger 1 k: a quarter is judged once in three months; 2 of 3 months cannot be missed, so it can never fire"),
        (QUARTER + trigger("consecutive", "k = 2"),
         "line 15, trigger 1 k: a quarter is judged once in three months; 2 months in a row cannot be missed, so it can never fire"),
        (SERVICE + trigger("rolling_average", 'target = "answered"\nfloor = 0\nof = 3'),
         "line 15, trigger 1 floor: no average lies beyond 0, so it can never fire"),
        (SERVICE + trigger("rolling_average", 'target = "answered"\nfloor = 75\nof = 3'),
         "line 15, trigger 1 floor: no average lies beyond 75, so it can never fire"),
        (QUARTER + trigger("rolling_average", 'target = "answered"\nfloor = 0.7\nof = 3'),
         "line 17, trigger 1 of: a quarter has one value in three months; there are never 3 of 3, so it can never fire"),
        (SERVICE + trigger("credit_share", "share = 0.2\nk = 2\nof = 4"), "line 11, trigger 1: there is no credit, so it can never fire"),
        (SERVICE + PER_POINT + "[cap]\nshare = 0.10\n" + trigger("credit_share", "share = 0.2\nk = 2\nof = 4"),
         "line 20, trigger 1 share: credits end at 10 % of fees, so it can never fire"),
        (SERVICE + AT_RISK + POOL.replace("1", "0.5") + ALL + trigger("credit_share", "share = 0.06\nk = 2\nof = 4"),
         "line 24, trigger 1 share: credits end at 5 % of fees, so it can never fire"),
        (SERVICE + PER_POINT + trigger("credit_share", "share = 0.2\nk = 5\nof = 4"),
         "line 19, trigger 1 k: 5 of the last 4 months is more than there are, so it can never fire"),
        (SERVICE + PER_POINT + trigger("cap_hit", "k = 1\nof = 4"), "line 15, trigger 1: there is no cap on credits, so it can never fire"),
        (SERVICE + AT_RISK + POOL.replace("1", "0.5") + ALL + trigger("cap_hit", "k = 1\nof = 4"),
         "line 21, trigger 1: credits end at 5 % of fees, under the cap of 10 %, so it can never fire"),
        (SPEED + ladder("{ at = 46, share = 0.5 }") + "[cap]\namount = 20000\n" + trigger("cap_hit", "k = 1\nof = 4"),
         "line 17, trigger 1: credits end at 10000.0, under the cap of 20000, so it can never fire"),
        (SPEED + "[persistent]\nfailures = 10\nshare = 0.05\n", "line 10, persistent: no target has a minimum level to miss, so it can never apply"),
    ],
)  # fmt: skip
def test_a_right_that_can_never_arise(text, said):
    assert found(TOP + text) == [said]


@pytest.mark.parametrize(
    "text",
    [
        QUARTER + trigger("count", "k = 2\nof = 4"),
        QUARTER + trigger("consecutive", "k = 1"),
        QUARTER + trigger("rolling_average", 'target = "answered"\nfloor = 0.7\nof = 1'),
        QUARTER + SERVICE.replace('"answered"', '"monthly"') + trigger("consecutive", "k = 2"),
        SERVICE + AT_RISK + POOL + ALL + trigger("cap_hit", "k = 1\nof = 4"),
        SERVICE + AT_RISK + POOL + ALL + trigger("credit_share", "share = 0.10\nk = 2\nof = 4"),
        SERVICE + PER_POINT + trigger("credit_share", "share = 0.50\nk = 2\nof = 4"),
    ],
)
def test_a_right_that_can_arise_is_no_finding(text):
    assert parse_agreement((TOP + text).encode(), "north.toml").trigger


def test_a_trigger_on_unknown_targets():
    text = (
        TOP
        + SERVICE
        + trigger("count", 'k = 1\nof = 2\ntargets = ["answerd"]')
        + trigger("rolling_average", 'target = "sped"\nfloor = 50\nof = 2').replace('"right"', '"other"')
    )
    assert found(text) == [
        "line 16, trigger 1 targets: “answerd” is no target of this agreement; did you mean “answered”?",
        "line 20, trigger 2 target: “sped” is no target of this agreement; expected one of answered",
    ]


@pytest.mark.parametrize(
    "text, said",
    [
        ("[clocks]\ndispute = { days = 5, silence = \"final\" }\n",
         "line 12, clocks: the clock “dispute” counts working days without a calendar; expected a country such as “GB” or “GB-ENG”"),
        ("[excused]\nclaim_days = 5\n",
         "line 11, excused: the claims of excused events count working days without a calendar; expected a country such as “GB” or “GB-ENG”"),
    ],
)  # fmt: skip
def test_a_clock_without_a_calendar(text, said):
    assert found(TOP + SERVICE + text) == [said]


def test_calendars_and_zones_that_nobody_knows():
    assert found(TOP + 'calendar = "GB-ENGL"\nzone = "Europe/Londn"\n' + SERVICE) == [
        "line 6, zone: “Europe/Londn” is not a time zone such as Europe/London",
        "line 5, calendar: “GB-ENGL” is no known calendar; expected “GB-ENG”",
    ]


def test_levels_of_shares_are_shares():
    assert found(TOP + SERVICE.replace("0.80", "80").replace("0.75", "75")) == [
        "line 6, target 1: service_level is a share; expected levels from 0 to 1, such as 0.8 for 80 %"
    ]


def test_two_of_one_key():
    assert found(TOP + SERVICE + SERVICE) == ["line 6, target 1: 2 of them have the key “answered”"]


def test_data_that_the_client_delivers_cannot_count_against_the_partner():
    assert found(TOP + SERVICE + 'delivered_by = "client"\nwhen_missing = "missed_minimum"\n') == [
        "line 12, target 1 when_missing: the client delivers the data; what is missing cannot count against the partner"
    ]


# All at once


EVERYTHING = (
    TOP + 'calender = "GB"\n' + SERVICE + SPEED.replace("45", '"fast"') + AT_RISK + POOL
    + ALL.replace("1", '"many"')
    + ALL.replace('"answered"', '"answred"')
    + "[[bonus]]\ntarget = \"speed\"\nreaches = 30\namount = 5\nif_all = true\n"
    + trigger("count", "k = 4\nof = 3") + trigger("cap_hit", "k = 1\nof = 2").replace('"right"', '"cap"')
    + '[clocks]\nreview = { days = 5, silence = "final" }\n'
)  # fmt: skip


def test_everything_that_is_wrong_is_told_in_one_refusal_each_at_its_own_line():
    assert found(EVERYTHING) == [
        "line 16, target 2: “at_most” is “fast”; expected a number",
        "line 26, credit 1: “share” is “many”; expected a number",
        "line 36, bonus 1: “if_all” is not known; did you mean “only_if_all_met”?",
        "line 5: “calender” is not known; did you mean “calendar”?",
        "line 29, credit 2 target: “answred” is no target of this agreement; did you mean “answered”?",
        "line 40, trigger 1 k: 4 of the last 3 months is more than there are, so it can never fire",
        "line 48, clocks: the clock “review” counts working days without a calendar; expected a country such as “GB” or “GB-ENG”",
    ]


def test_what_lies_in_a_broken_paragraph_is_not_missed_elsewhere():
    text = TOP + SERVICE.replace("0.80", '"x"') + PER_POINT + "[cap]\nshare = 5\n" + trigger("cap_hit", "k = 1\nof = 2")
    assert found(text) == [
        "line 9, target 1: “at_least” is “x”; expected a number",
        "line 16, cap: “share” is 5; expected a share from 0 to 1, such as 0.05 for 5 %",
    ]


def test_findings_of_weights_are_told_beside_an_unknown_key():
    text = TOP + 'titel = "x"\n' + SERVICE + AT_RISK + POOL + ALL.replace("share = 1", "share = 0.5")
    assert found(text) == [
        "line 5: “titel” is not known; did you mean “title”?",
        "line 14, pool 1: the allocations of “access” add up to 50 %; expected 100 %",
    ]


def test_a_file_that_is_no_table_is_refused_in_words():
    with pytest.raises(Refusal, match=r"north.toml: The agreement is not TOML"):
        parse_agreement(b"partner = ", "north.toml")


def test_the_hash_is_of_what_the_file_says_not_of_how_it_is_spaced():
    one = agreed('[[target]]\nmeasure = "asa"\nat_most = 45')
    other = agreed('\n[[target]]\nmeasure   = "asa" # a remark\nat_most = 45')
    third = agreed('[[target]]\nmeasure = "asa"\nat_most = 46')
    assert one.content == other.content != third.content
    assert Definition.from_data(one.targets[0].definition) == Definition()
