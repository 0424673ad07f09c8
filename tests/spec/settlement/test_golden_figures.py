"""Figures that real contracts print, settled again. Each test names where its figure or wording was published:

DIR: https://lawinsider.com/clause/service-level-credits/_2
ALSBRIDGE: https://news.findit.com/news/482136/10-things-you-need-to-know-about-successful-outsourcing-relationships-but
NASHUA: https://www.nashuacity.com/index.php/node/22802
LIBRARY: https://lawinsider.com/clause/call-center-performance
MODEL_SERVICES: https://lawinsider.com/clause/example-2/_2
TELUS: https://www.markettransfer.info/clause/calculation-of-service-level-credits
EARN_BACK: https://www.slaw.ca/2013/09/03/service-level-earn-backs-in-outsourcing-thinking-about-the-issues/
SCORECARD: https://github.com/JasonMossotti/dco-vendor-scorecard
ESPRESSIVE: https://www.markettransfer.info/clause/service-level-termination-event/_1
ONENECK: https://lawinsider.com/clause/service-level-termination
HEALTH_NET: https://www.lawinsider.com/clause/termination-for-certain-service-level-failures
CHRONIC: https://www.markettransfer.info/clause/chronic-failure/_2
CRITICAL: https://lawinsider.com/clause/critical-service-level-failure
FORECASTS: https://www.markettransfer.info/clause/volume-forecasts/_5
GAP: http://www.wikinvest.com/stock/Gap_(GPS)/Continuous_Improvement_Service_Levels
PERSISTENT: https://www.lawinsider.com/clause/persistent-service-level-failure
ADDITIONAL: https://www.lawinsider.com/dictionary/arc-rate
SIX_RULES: https://www.callcentrehelper.com/service-level-threshold-calculations-206890.htm
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from levelfield.measures.definition import LETTERS
from levelfield.settlement.inputs import Excuse, Measured, Month, Unit, Volume
from levelfield.settlement.statement import settle
from levelfield.settlement.trail import lines
from spec.measures.odd_facts import MARCH, row
from spec.measures.real_path import value_from
from spec.settlement.worked import (
    LOST,
    NOT_DELIVERED,
    SERVICE,
    SPEED,
    agreed,
    amounts,
    days,
    last,
    month,
    months,
    seconds,
    share,
    standing,
    value,
)

AT_LEAST_80 = SERVICE + "at_least = 0.80\nminimum = 0.75\n"
AT_LEAST_90 = SERVICE + "at_least = 0.90\nminimum = 0.85\n"
MISS, GOOD = share(70), share(85)


# Credits


def test_half_a_pool_of_which_forty_per_cent_of_ten_per_cent_of_100_000_is_2_000():  # DIR
    agreement = agreed(
        AT_LEAST_80, LOST + "at_most = 0.05\nminimum = 0.08\n", "[at_risk]\nshare = 0.10", '[[pool]]\nkey = "access"\nshare = 0.50',
        '[[credit]]\nkind = "allocation"\ntarget = "answered"\npool = "access"\nshare = 0.40',
        '[[credit]]\nkind = "allocation"\ntarget = "lost"\npool = "access"\nshare = 0.60',
    )  # fmt: skip
    statement = last(agreement, [month("2026-03", answered=share(70), lost=share(4))])
    assert amounts(statement) == {"answered allocation": "2000.00"}
    assert statement.relieved.payable == Decimal("2000.00")
    (told,) = lines(statement.relieved.lines[0].steps)
    assert told == "pool × allocation × amount at risk: pool 50 %, allocation 40 %, at risk 10000.00 → 2000.00"


def test_several_misses_add_up_and_end_at_the_amount_at_risk():  # DIR, pools above the whole: ALSBRIDGE
    agreement = agreed(
        AT_LEAST_80, LOST + "at_most = 0.05\nminimum = 0.08\n", "[at_risk]\nshare = 0.10", '[[pool]]\nkey = "access"\nshare = 2.50',
        '[[credit]]\nkind = "allocation"\ntarget = "answered"\npool = "access"\nshare = 0.16',
        '[[credit]]\nkind = "allocation"\ntarget = "lost"\npool = "access"\nshare = 0.84',
    )  # fmt: skip
    statement = last(agreement, [month("2026-03", answered=share(70), lost=share(9))])
    assert amounts(statement) == {"answered allocation": "4000.00", "lost allocation": "21000.00"}
    assert (statement.relieved.raw, statement.relieved.payable) == (Decimal("25000.00"), Decimal("10000.00"))
    assert statement.relieved.at_cap


def test_a_miss_of_the_expected_level_alone_carries_no_credit_where_the_minimum_does():  # SCORECARD
    agreement = agreed(
        AT_LEAST_80, "[at_risk]\nshare = 0.10", '[[pool]]\nkey = "access"\nshare = 1',
        '[[credit]]\nkind = "allocation"\ntarget = "answered"\npool = "access"\nshare = 1',
    )  # fmt: skip
    statement = last(agreement, [month("2026-03", answered=share(77))])
    assert (standing(statement), amounts(statement)) == ("expected level missed", {})


ASA_LADDER = (
    '[[credit]]\nkind = "ladder"\ntarget = "speed"\namount = 20000\n'
    "step = [{ at = 46, share = 0.25 }, { at = 49, share = 0.50 }, { at = 52, share = 0.75 }, { at = 55, share = 1 }]"
)


@pytest.mark.parametrize(
    "asa, credit",
    [(30, None), (45, None), (46, 5000), (48, 5000), (49, 10000), (51, 10000), (52, 15000), (54, 15000), (55, 20000), (300, 20000)],
)  # fmt: skip
def test_the_slower_the_answer_the_larger_the_share_of_20_000(asa, credit):  # NASHUA
    statement = last(agreed(SPEED + "at_most = 45", ASA_LADDER), [month("2026-03", speed=seconds(asa))])
    assert amounts(statement) == ({} if credit is None else {"speed ladder": f"{credit}.00"})


@pytest.mark.parametrize(
    "lost, credit",
    [("3.00", None), ("3.01", 5000), ("3.40", 5000), ("3.41", 10000), ("3.70", 10000), ("3.71", 15000), ("3.99", 15000), ("4.00", 20000)],
)  # fmt: skip
def test_the_more_give_up_the_larger_the_share_of_20_000(lost, credit):  # NASHUA, national accounts
    ladder = (
        '[[credit]]\nkind = "ladder"\ntarget = "lost"\namount = 20000\n'
        "step = [{ at = 3.01, share = 0.25 }, { at = 3.41, share = 0.5 }, { at = 3.71, share = 0.75 }, { at = 4.00, share = 1 }]"
    )
    statement = last(agreed(LOST + "at_most = 0.03", ladder), [month("2026-03", lost=share(lost))])
    assert amounts(statement) == ({} if credit is None else {"lost ladder": f"{credit}.00"})


@pytest.mark.parametrize("rule, per_cent, met", [("all_against", "5.66", False), ("short_removed", "4.72", True)])
def test_calls_abandoned_in_under_5_seconds_are_excluded_where_the_clause_says_so(rule, per_cent, met):  # NASHUA
    agreement = agreed(LOST + f'at_most = 0.05\ndefinition = {{ abandons = "{rule}" }}')
    counts = value_from(ONE_MONTH, "abandonment", abandons=rule)
    statement = last(agreement, [month("2026-03", lost=Measured("", counts.numerator, counts.denominator, counts.n))])
    assert value(statement) == Decimal(per_cent)
    assert (standing(statement) == "met") is met


@pytest.mark.parametrize(
    "quarter, credit", [("90.0", None), ("89.9", 2000), ("89.1", 2000), ("89.0", 2000), ("88.9", 4000), ("85.5", 10000)]
)
def test_2_000_per_point_or_part_of_a_point_under_90(quarter, credit):  # LIBRARY
    agreement = agreed(
        SERVICE + 'at_least = 0.90\nwindow = "quarter"', '[[credit]]\nkind = "per_point"\ntarget = "answered"\namount = 2000'
    )  # fmt: skip
    statements = settle([agreement], months("2026-01", answered=[share(quarter)] * 3))
    assert [standing(s) for s in statements[:2]] == ["still running"] * 2
    assert [amounts(s) for s in statements] == [
        {},
        {},
        {} if credit is None else {"answered per_point": f"{credit}.00"},
    ]


def test_the_counts_of_a_quarter_are_added_not_its_months_averaged():  # LIBRARY
    agreement = agreed(SERVICE + 'at_least = 0.90\nwindow = "quarter"')
    statement = last(agreement, months("2026-01", answered=[share(100, of=100), share(100, of=100), share(80, of=800)]))
    assert value(statement) == Decimal("84.0")
    assert (statement.pairs[0].plain.window.start, statement.pairs[0].plain.window.end) == (
        dt.date(2026, 1, 1),
        dt.date(2026, 4, 1),
    )


KPI = SERVICE + "at_least = 0.99\nminimum = 0.96\n"
POINTS = (
    '[[credit]]\nkind = "points"\ntarget = "answered"\nminor = 1\nsevere = 3',
    '[points]\nof = "next_fees"\nstep = [{ from = 10, share = 0.02 }, { from = 30, share = 0.10 }]',
)


@pytest.mark.parametrize(
    "before, now, points, doubled",
    [("99.5", "98.5", 1, False), ("96.5", "98.5", 2, True), ("99.5", "95.0", 3, False), ("95.0", "95.0", 6, True), ("96.5", "99.5", 0, False)],
)  # fmt: skip
def test_a_failure_that_repeats_in_the_next_period_doubles(before, now, points, doubled):  # MODEL_SERVICES
    statement = last(agreed(KPI, *POINTS), months("2026-01", answered=[share(before), share(now)]))
    assert statement.relieved.points == points
    assert [line.doubled for line in statement.relieved.lines if line.kind == "points"] == ([doubled] if points else [])


def test_a_failure_that_repeats_in_the_next_quarter_doubles_as_well():  # MODEL_SERVICES
    quarterly = KPI + 'window = "quarter"\n'
    statement = last(agreed(quarterly, *POINTS), months("2026-01", answered=[share("96.5")] * 3 + [share("98.5")] * 3))
    assert statement.relieved.points == 2


@pytest.mark.parametrize(
    "points, per_cent", [(9, 0), (10, 2), (14, 2), (15, 4), (19, 4), (20, 6), (25, 8), (29, 8), (30, 10), (60, 10)]
)
def test_points_cost_a_share_of_the_next_months_bill(points, per_cent):  # TELUS
    agreement = agreed(
        KPI, f'[[credit]]\nkind = "points"\ntarget = "answered"\nminor = {points}\nsevere = {points}',
        '[points]\nof = "next_fees"\nstep = [{ from = 10, share = 0.02 }, { from = 15, share = 0.04 }, { from = 20, share = 0.06 }, '
        "{ from = 25, share = 0.08 }, { from = 30, share = 0.10 }]",
    )  # fmt: skip
    of = [month("2026-03", fees="50000", answered=share(98)), month("2026-04", fees="80000", answered=share(100))]
    assert settle([agreement], of)[0].relieved.payable == Decimal(80_000 * per_cent) / 100
    waiting = settle([agreement], of[:1])[0]
    assert waiting.relieved.payable == (None if per_cent else 0)  # the next bill is not there yet


def test_availability_is_averaged_with_the_month_before():  # TELUS
    agreement = agreed(SERVICE + "at_least = 0.97\naverage_with_previous = true")
    found = settle([agreement], months("2026-01", answered=[share(99), share(96), share(96), share(98)]))
    assert [value(s) for s in found] == [Decimal("99.0"), Decimal("97.5"), Decimal("96.0"), Decimal("97.0")]
    assert [standing(s) for s in found] == ["met", "met", "expected level missed", "met"]


def test_an_average_is_rounded_once_and_compared_as_the_clause_says():  # TELUS
    of = months("2026-01", answered=[share("97.04"), share("96.86")])  # the mean is 96.95
    before, after = (
        last(agreed(SERVICE + f'at_least = 0.97\naverage_with_previous = true\nround_when = "{when}"'), of)
        for when in ("before", "after")
    )
    assert (value(before), standing(before)) == (Decimal("97.0"), "met")
    assert (value(after), standing(after)) == (Decimal("97.0"), "expected level missed")


# One month, six rules


COUNTS = {
    "offered": 1060, "answered": 1000, "answered_within": 860, "abandoned": 60, "abandoned_within": 20, "short_abandoned": 10,
    "threshold_ms": 20_000, "short_ms": 5_000,
}  # fmt: skip
ONE_MONTH = {"intervals": [row("intervals", "north", MARCH, length_s=31 * 86_400, line="Billing", **COUNTS)]}


@pytest.mark.parametrize(
    "letter, per_cent, met",
    [("A", "86.0", True), ("B", "81.1", False), ("C", "81.9", False), ("D", "82.1", True), ("E", "82.7", True), ("F", "83.0", True)],
)  # fmt: skip
def test_six_agreements_settle_one_month_in_six_ways(letter, per_cent, met):  # SIX_RULES
    rule = next(a for a, name in LETTERS.items() if name == letter)
    agreement = agreed(SERVICE + f'at_least = 0.82\ndefinition = {{ abandons = "{rule}", threshold_s = 20 }}')
    counts = value_from(ONE_MONTH, "service_level", abandons=letter, threshold_s=20)
    statement = last(
        agreement, [month("2026-03", answered=Measured("", counts.numerator, counts.denominator, counts.n))]
    )
    assert value(statement) == Decimal(per_cent)
    assert (standing(statement) == "met") is met


# What comes back, and what is paid for more


PER_POINT = '[[credit]]\nkind = "per_point"\ntarget = "answered"\namount = 2000'
THREE_MONTHS = "[earn_back]\nmonths = 3"


def test_a_credit_comes_back_when_the_level_is_met_in_each_of_three_months():  # EARN_BACK, SCORECARD
    agreement = agreed(AT_LEAST_80, PER_POINT, THREE_MONTHS)
    found = settle([agreement], months("2026-01", answered=[share(78), *[GOOD] * 4]))
    assert [[line.amount for line in s.earned_back] for s in found] == [[], [], [], [Decimal("4000.00")], []]
    assert found[3].total == Decimal("4000.00")
    assert found[3].earned_back[0].title == "Earned back: answered of 2026-01"


@pytest.mark.parametrize(
    "wrong", [share(79), NOT_DELIVERED, share(85, of=20)], ids=["missed", "not delivered", "too few"]
)
def test_one_month_without_the_level_keeps_the_credit(wrong):  # EARN_BACK
    agreement = agreed(AT_LEAST_80, PER_POINT, THREE_MONTHS)
    found = settle([agreement], months("2026-01", answered=[share(78), GOOD, wrong, GOOD, GOOD]))
    assert not any(line.title.endswith("2026-01") for s in found for line in s.earned_back)


def test_a_quarters_credit_comes_back_with_the_next_quarter():  # EARN_BACK
    agreement = agreed(AT_LEAST_80 + 'window = "quarter"\n', PER_POINT, THREE_MONTHS)
    found = settle([agreement], months("2026-01", answered=[share(78)] * 3 + [GOOD] * 3))
    assert [line.amount for line in found[5].earned_back] == [Decimal("4000.00")]


def test_only_what_was_payable_under_the_cap_comes_back():  # EARN_BACK
    agreement = agreed(AT_LEAST_80, PER_POINT, "[cap]\nshare = 0.03", THREE_MONTHS)
    found = settle([agreement], months("2026-01", answered=[MISS, *[GOOD] * 3]))
    assert (found[0].relieved.raw, found[0].relieved.payable) == (Decimal("20000.00"), Decimal("3000.00"))
    assert found[3].total == Decimal("3000.00")


def test_doubled_failures_and_missing_data_are_not_earned_back():  # EARN_BACK
    missing = agreed(AT_LEAST_80 + 'when_missing = "missed_minimum"\n', PER_POINT, THREE_MONTHS)
    found = settle([missing], months("2026-01", answered=[NOT_DELIVERED, *[GOOD] * 3]))
    assert found[0].relieved.payable and not found[3].earned_back
    twice = agreed(
        KPI, '[[credit]]\nkind = "points"\ntarget = "answered"\nminor = 10', "[points]\nstep = [{ from = 10, share = 0.02 }]", THREE_MONTHS
    )  # fmt: skip
    found = settle([twice], months("2026-01", answered=[share(98), share(98), *[share(100)] * 3]))
    assert [bool(s.earned_back) for s in found] == [False] * 5


def test_a_bonus_is_paid_for_more_than_was_expected_if_all_else_is_met():  # SLA bonuses beside credits: FORECASTS
    agreement = agreed(
        AT_LEAST_80, SPEED + "at_most = 45", '[[bonus]]\ntarget = "answered"\nreaches = 0.90\namount = 1500'
    )
    paid = last(agreement, [month("2026-03", answered=share(90), speed=seconds(45))])
    assert [line.amount for line in paid.bonuses] == [Decimal(1500)] and paid.total == Decimal("1500.00")
    assert last(agreement, [month("2026-03", answered=share("89.9"), speed=seconds(45))]).bonuses == ()
    other = last(agreement, [month("2026-03", answered=share(90), speed=seconds(46))])
    assert [line.amount for line in other.bonuses] == [Decimal("0.00")]
    assert "none, because speed was not met" in " ".join(lines(other.bonuses[0].steps))


def test_ten_failures_in_twelve_months_cost_five_per_cent_of_yearly_fees_and_again_at_twenty():  # PERSISTENT
    agreement = agreed(
        AT_LEAST_80, LOST + "at_most = 0.05\nminimum = 0.08\n", "[persistent]\nfailures = 10\nmonths = 12\nshare = 0.05"
    )
    found = settle([agreement], months("2026-01", answered=[MISS] * 12, lost=[share(9)] * 12))
    extra = {s.month: line.amount for s in found for line in s.charges}
    assert extra == {"2026-05": Decimal("-25000.00"), "2026-10": Decimal("-50000.00")}


# Rights


def trigger(kind: str, **keys: object) -> str:
    """A trigger with 60 days to exercise it."""
    lines_ = [f'[[trigger]]\nkey = "right"\nkind = "{kind}"\nexercise_days = 60']
    return "\n".join([*lines_, *(f"{k} = {v}" for k, v in keys.items())])


def right(agreement, of):
    """The state of the agreement's only trigger after these months."""
    return last(agreement, of).triggers[0]


def test_one_more_miss_in_august_or_september_gives_the_client_a_right_to_terminate():  # the sentence of the issue
    agreement = agreed(AT_LEAST_80, trigger("count", k=2, of=3))
    state = right(agreement, months("2026-06", answered=[GOOD, MISS]))
    assert not state.fired and state.away == 1
    assert state.sentence == (
        "One more miss of the minimum level of answered in August or September gives the client a right to terminate, to be exercised "
        "within 60 days."
    )


def test_a_quarter_can_be_missed_only_in_its_last_month():  # quarterly: LIBRARY
    agreement = agreed(AT_LEAST_80 + 'window = "quarter"\n', trigger("count", k=2, of=4))
    found = settle([agreement], months("2026-01", answered=[MISS] * 3 + [GOOD] * 3))
    assert [s.triggers[0].sentence for s in found[1:5]] == [
        "Two more misses of the minimum level of answered in the next four months give the client a right to terminate, to be exercised "
        "within 60 days.",
        *[
            "One more miss of the minimum level of answered in June gives the client a right to terminate, to be exercised within 60 days."
        ]
        * 3,
    ]


def test_one_miss_is_told_as_one():
    agreement = agreed(AT_LEAST_80, trigger("count", k=1, of=3))
    assert (
        right(agreement, months("2026-01", answered=[MISS])).count
        == "1 miss of the minimum level of answered in the last 3 months; 1 is enough"
    )


def test_a_right_that_arose_names_its_last_day_and_ends_after_it():  # CRITICAL, 60 days: ESPRESSIVE
    agreement = agreed(AT_LEAST_80, trigger("count", k=2, of=3))
    found = settle([agreement], months("2026-06", answered=[MISS, MISS, GOOD, GOOD, GOOD]))
    states = [s.triggers[0] for s in found]
    assert [s.fired for s in states] == [False, True, True, False, False]
    assert states[1].exercise_until == dt.date(2026, 9, 29)  # 60 days after 31 July
    assert states[1].sentence == (
        "2 misses of the minimum level of answered in the last 3 months; 2 are enough: the client has a right to terminate, "
        "to be exercised within 60 days, until 29 September 2026."
    )
    assert "since July" in states[2].sentence


def test_k_of_n_counts_misses_that_lie_apart():  # 4 of 6: SCORECARD
    agreement = agreed(AT_LEAST_80, trigger("count", k=4, of=6))
    pattern = [MISS, GOOD, MISS, MISS, GOOD, MISS]
    assert right(agreement, months("2026-01", answered=pattern)).fired
    assert not right(agreement, months("2026-01", answered=[*pattern[:5], GOOD])).fired
    assert not right(agreement, months("2026-01", answered=[MISS, GOOD, GOOD, MISS, MISS, GOOD, MISS])).fired


def test_two_consecutive_months_under_the_minimum():  # CHRONIC
    agreement = agreed(AT_LEAST_80, trigger("consecutive", k=2))
    assert right(agreement, months("2026-01", answered=[MISS, MISS])).fired
    assert not right(agreement, months("2026-01", answered=[MISS, GOOD, MISS])).fired
    assert not right(agreement, months("2026-01", answered=[MISS, share(77)])).fired
    assert right(agreement, months("2026-01", answered=[MISS])).sentence == (
        "One more miss of the minimum level of answered in February gives the client a right to terminate, to be exercised within 60 days."
    )


def test_months_of_which_nothing_came_lie_between():  # CHRONIC
    agreement = agreed(AT_LEAST_80, trigger("consecutive", k=2))
    apart = [month("2026-01", answered=MISS), month("2026-03", answered=MISS)]
    assert not right(agreement, apart).fired
    found = settle([agreement], apart)
    assert [(s.month, standing(s)) for s in found][1] == ("2026-02", "not delivered")


@pytest.mark.parametrize("same, fired", [("true", False), ("false", True)])
def test_the_same_level_or_any_level(same, fired):  # the same critical level: HEALTH_NET
    agreement = agreed(
        AT_LEAST_80, LOST + "at_most = 0.05\nminimum = 0.08\n", trigger("count", k=2, of=3, same_target=same)
    )
    of = months("2026-01", answered=[MISS, GOOD], lost=[share(4), share(9)])
    assert right(agreement, of).fired is fired


def test_a_rolling_average_of_three_months_under_the_floor_gives_60_days():  # ESPRESSIVE
    agreement = agreed(AT_LEAST_90, trigger("rolling_average", target='"answered"', floor=0.85, of=3))
    assert right(agreement, months("2026-01", answered=[share(84)] * 2)).sentence.startswith(
        "2 of 3 monthly values are there"
    )
    at_floor = right(agreement, months("2026-01", answered=[share(84), share(85), share(86)]))
    assert not at_floor.fired and at_floor.sentence == (
        "Average of 3 months 85 %, floor 85 %: April under 84 % gives the client a right to terminate."
    )
    under = right(agreement, months("2026-01", answered=[share(84), share(85), share("85.9")]))
    assert under.fired and under.exercise_until == dt.date(2026, 5, 30)
    assert under.sentence.endswith(
        "the client has a right to terminate, to be exercised within 60 days, until 30 May 2026."
    )


@pytest.mark.parametrize(
    "shares, fired", [([20, 0, 0, 20], True), ([20, 0, 0, 0, 20], False), ([20, 19, 0, 19], False)]
)
def test_credits_of_a_fifth_of_the_fees_in_two_of_four_months(shares, fired):  # ONENECK
    agreement = agreed(
        AT_LEAST_80,
        '[[credit]]\nkind = "per_point"\ntarget = "answered"\namount = 1000',
        trigger("credit_share", share=0.20, k=2, of=4),
    )
    of = months("2026-01", answered=[share(80 - points) for points in shares])
    assert right(agreement, of).fired is fired


def test_credits_at_the_cap_in_two_months():  # HEALTH_NET
    agreement = agreed(AT_LEAST_80, PER_POINT, "[cap]\namount = 4000", trigger("cap_hit", k=2, of=6))
    assert right(
        agreement, months("2026-01", answered=[share(78), GOOD, share(78)])
    ).fired  # exactly the cap is at the cap
    assert not right(agreement, months("2026-01", answered=[share(78), GOOD, share(79)])).fired


# Volume above the locked forecast


def relief(applies: str, per: str, removes: str = "in_proportion") -> str:
    return f'[forecast.relief]\napplies = "{applies}"\nabove = 0.10\nper = "{per}"\nremoves = "{removes}"'


TWO_DAYS = days("2026-03", (90, 100, 100), (140, 200, 100))  # 230 of 300; the second day is 90 contacts above 110 %


@pytest.mark.parametrize(
    "applies, per, removes, counts, met",
    [
        ("surplus", "day", "in_proportion", (167, 210), False),  # 90 + 140 × 110/200 of 100 + 110
        ("surplus", "day", "missed_first", (200, 210), True),  # of 90 removed, 60 were missed and 30 were not
        (
            "surplus",
            "month",
            "in_proportion",
            (Decimal("168.666667"), 220),
            False,
        ),  # allowed 220 of 300; the share stays
        ("surplus", "month", "missed_first", (220, 220), True),
        ("all_or_nothing", "day", "in_proportion", (90, 100), True),
    ],
)
def test_relief_on_surplus_volume(applies, per, removes, counts, met):  # surplus transactions: FORECASTS
    statement = last(agreed(AT_LEAST_80, relief(applies, per, removes)), [month("2026-03", answered=TWO_DAYS)])
    pair = statement.pairs[0]
    assert (pair.plain.value, str(pair.plain.standing)) == (Decimal("76.7"), "expected level missed")
    assert (str(pair.relieved.standing) == "met") is met and pair.flipped is met
    if met:
        assert (pair.relieved.numerator, pair.relieved.denominator) == counts
    else:
        told = " ".join(lines(pair.relieved.steps))
        assert f"{counts[0]} of {counts[1]} count" in told or "would be worse" in told or pair.relieved.numerator == 230


def test_relief_by_interval():  # FORECASTS
    nine = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
    units = tuple(
        Unit(nine.date(), nine + dt.timedelta(minutes=30 * n), good, offered, offered, offered, Decimal(100), 1800)
        for n, (good, offered) in enumerate([(90, 100), (100, 200)])
    )
    found = Measured("", 190, 300, 300, units=units)
    pair = last(
        agreed(AT_LEAST_80, relief("surplus", "interval", "missed_first")), [month("2026-03", answered=found)]
    ).pairs[0]
    assert (pair.relieved.numerator, pair.relieved.denominator) == (190, 210)
    assert "intervals above it 1 of 2, surplus contacts 90" in " ".join(lines(pair.relieved.steps))


def test_everything_or_nothing_over_a_month_leaves_nothing_to_judge():  # FORECASTS
    found = days("2026-03", *[(50, 112, 100)] * 5)
    pair = last(agreed(AT_LEAST_80, relief("all_or_nothing", "month")), [month("2026-03", answered=found)]).pairs[0]
    assert str(pair.relieved.standing) == "cannot judge"
    assert pair.relieved.why == "excused: the volume was above the locked forecast in every month"
    assert str(pair.plain.standing) == "minimum level missed"


def test_volume_at_exactly_the_variance_is_not_relieved():  # FORECASTS
    found = days("2026-03", *[(50, 110, 100)] * 5)
    pair = last(agreed(AT_LEAST_80, relief("all_or_nothing", "day")), [month("2026-03", answered=found)]).pairs[0]
    assert str(pair.relieved.standing) == "minimum level missed" and not pair.flipped


def test_days_without_a_locked_forecast_are_no_surplus():  # missing is not zero
    found = days("2026-03", *[(70, 100, 100)] * 5, *[(70, 100)] * 15)
    pair = last(agreed(AT_LEAST_80, relief("all_or_nothing", "month")), [month("2026-03", answered=found)]).pairs[0]
    assert str(pair.relieved.standing) == "minimum level missed"


def test_relief_that_would_hurt_is_not_applied_and_says_so():
    found = days("2026-03", (100, 100, 50), (60, 100, 100))  # the busy day was the good one
    pair = last(agreed(AT_LEAST_80, relief("all_or_nothing", "day")), [month("2026-03", answered=found)]).pairs[0]
    assert pair.relieved.value == Decimal("80.0") and not pair.flipped
    assert "relief: with relief 60 % → would be worse, so it is not applied" in list(lines(pair.relieved.steps))


# Volume under it


def volumes(name: str, *counts: tuple[int, Decimal | None]) -> Month:
    first = month(name, answered=GOOD)
    made = tuple(Volume(first.period.start + dt.timedelta(days=n), *c) for n, c in enumerate(counts))
    return Month(first.period, first.publication, first.measured, first.fees, volume=made)


@pytest.mark.parametrize("per, amount", [("month", "85.00"), ("day", "170.00")])
def test_the_client_pays_the_shortfall_up_to_the_floor(
    per, amount
):  # FORECASTS; at least 90 % of the forecast is billed
    agreement = agreed(AT_LEAST_80, f'[forecast.shortfall]\nfloor = 0.90\nrate = "0.85"\nper = "{per}"')
    of = volumes("2026-03", (700, Decimal(1000)), (1000, Decimal(1000)))  # 100 short in the month, 200 on the first day
    assert [line.amount for line in last(agreement, [of]).charges] == [Decimal(amount)]


def test_without_a_locked_forecast_there_is_no_shortfall():  # FORECASTS; nothing was promised
    agreement = agreed(AT_LEAST_80, '[forecast.shortfall]\nfloor = 0.90\nrate = "0.85"')
    statement = last(agreement, [volumes("2026-03", (700, None))])
    assert [line.amount for line in statement.charges] == [0] and statement.total == 0


RESOURCE = '[[resource]]\nkey = "contacts"\nmeasure = "offered"\nbaseline = 20000\ndead_band = 0.05\nouter_band = 0.20\nadditional = "2.10"\nreduced = "1.60"'


@pytest.mark.parametrize(
    "volume, amount",
    [
        (20000, "0.00"), (21000, "0.00"), (21001, "2.10"), (24000, "6300.00"), (30000, "6300.00"),
        (19000, "0.00"), (18999, "-1.60"), (16000, "-4800.00"), (10000, "-4800.00"),
    ],
)  # fmt: skip
def test_more_and_fewer_contacts_cost_beyond_the_dead_band_and_up_to_the_outer_band(volume, amount):  # ADDITIONAL
    first = month("2026-03", answered=GOOD)
    of = Month(first.period, "P-1", first.measured, first.fees, resources={"contacts": Decimal(volume)})
    (line,) = last(agreed(AT_LEAST_80, RESOURCE), [of]).charges
    assert line.amount == Decimal(amount)
    assert ("for change control" in " ".join(lines(line.steps))) is (volume in (30000, 10000))


# Levels that move, months that do not count


def test_a_reset_raises_the_level_by_at_most_a_share_of_the_way_to_perfect():  # GAP
    agreement = agreed(SERVICE + "at_least = 0.90", "[improvement]\nevery_months = 12\nmost_of_gap = 0.20")
    found = settle([agreement], months("2025-01", answered=[share(97)] * 25))
    assert [found[n].pairs[0].plain.level for n in (0, 11, 12, 23, 24)] == [
        Decimal(x) for x in ("90", "90", "92", "92", "93.6")
    ]


def test_a_reset_never_makes_a_level_easier_and_ends_at_what_was_reached():  # GAP
    agreement = agreed(SERVICE + "at_least = 0.90", "[improvement]\nevery_months = 12\nmost_of_gap = 0.20")
    worse = settle([agreement], months("2025-01", answered=[share(80)] * 13))
    slightly = settle([agreement], months("2025-01", answered=[share("90.5")] * 13))
    assert (worse[12].pairs[0].plain.level, slightly[12].pairs[0].plain.level) == (Decimal(90), Decimal("90.5"))


@pytest.mark.parametrize(
    "level, most, reached, next_level",
    [("0.90", "0.0455", "97", "90.45"), ("0.98765", "0.5", "98.766", "98.765"), ("0.98765", "0.5", "99", "99")],
)
def test_a_reset_is_rounded_to_the_easier_side_and_not_past_the_level(level, most, reached, next_level):  # GAP
    agreement = agreed(
        SERVICE.replace("decimals = 1\n", "") + f"at_least = {level}",
        f"[improvement]\nevery_months = 1\nmost_of_gap = {most}",
    )
    found = settle(
        [agreement], months("2025-01", answered=[Measured("", int(Decimal(reached) * 1000), 100_000, 100_000)] * 2)
    )
    assert found[1].pairs[0].plain.level == Decimal(next_level)


def test_a_wait_comes_down_by_a_share_of_what_it_is():  # GAP
    agreement = agreed(SPEED + "at_most = 45", "[improvement]\nevery_months = 3\nmost_of_gap = 0.10")
    found = settle([agreement], months("2025-01", speed=[seconds(20)] * 7))
    assert [s.pairs[0].plain.level for s in found] == [
        45,
        45,
        45,
        Decimal("40.5"),
        Decimal("40.5"),
        Decimal("40.5"),
        Decimal("36.45"),
    ]


def test_in_the_calibration_period_no_credit_falls_due():  # 90 days: SCORECARD
    agreement = agreed(AT_LEAST_80, PER_POINT, "[calibration]\nmonths = 3", "[persistent]\nfailures = 2\nshare = 0.05")
    found = settle([agreement], months("2025-01", answered=[MISS] * 4))
    assert [s.calibrating for s in found] == [True, True, True, False]
    assert [s.relieved.payable for s in found] == [0, 0, 0, Decimal("20000.00")]
    assert [s.total for s in found[:3]] == [0, 0, 0]
    assert str(found[0].pairs[0].plain.standing) == "minimum level missed"
    assert "no credit falls due" in " ".join(lines(found[0].relieved.lines[0].steps))


# Data that did not come, events that are excused


def test_what_the_partner_does_not_deliver_counts_as_missed_at_the_minimum():  # SCORECARD
    agreement = agreed(
        AT_LEAST_80 + 'when_missing = "missed_minimum"', "[at_risk]\nshare = 0.10", '[[pool]]\nkey = "access"\nshare = 1',
        '[[credit]]\nkind = "allocation"\ntarget = "answered"\npool = "access"\nshare = 1',
    )  # fmt: skip
    statement = last(agreement, [month("2026-03", answered=NOT_DELIVERED)])
    assert standing(statement) == "minimum level missed" and statement.pairs[0].plain.missing_data
    assert amounts(statement) == {"answered allocation": "10000.00"}


def test_missing_data_cost_no_less_than_the_minimum_level_under_every_kind_of_credit():  # SCORECARD
    missing = 'when_missing = "missed_minimum"\n'
    per_point = last(agreed(AT_LEAST_80 + missing, PER_POINT), [month("2026-03", answered=NOT_DELIVERED)])
    assert amounts(per_point) == {"answered per_point": "10000.00"}  # five points from 80 to 75
    ladder = last(agreed(SPEED + "at_most = 45\n" + missing, ASA_LADDER), [month("2026-03", speed=NOT_DELIVERED)])
    assert amounts(ladder) == {"speed ladder": "20000.00"}
    points = last(agreed(KPI + missing, *POINTS), [month("2026-03", answered=NOT_DELIVERED)])
    assert points.relieved.points == 3


def test_where_nothing_was_agreed_about_missing_data_it_is_said_and_not_judged():
    statement = last(agreed(AT_LEAST_80, PER_POINT), [month("2026-03", answered=NOT_DELIVERED)])
    assert (standing(statement), value(statement), statement.relieved.lines) == ("not delivered", None, ())


LONDON = ZoneInfo("Europe/London")
STORM = Excuse(
    "storm", dt.datetime(2026, 3, 2, tzinfo=LONDON), dt.datetime(2026, 3, 3, tzinfo=LONDON), "weather", "flooded site", dt.date(2026, 3, 5), accepted=True
)  # fmt: skip
EXCUSED = '[excused]\nclaim_days = 5\nnever = ["staffing"]'


def changed(excuse: Excuse, **keys: object) -> Excuse:
    return Excuse(**{**excuse.__dict__, **keys})


@pytest.mark.parametrize(
    "excuse, counts, said",
    [
        (STORM, (180, 200), "100 contacts left out of both (whole days: the data are daily)"),
        (changed(STORM, accepted=None), None, "not answered yet"),
        (changed(STORM, accepted=False), None, "refused"),
        (changed(STORM, kind="staffing"), None, "staffing is never excused"),
        (changed(STORM, claimed_on=dt.date(2026, 3, 9)), (180, 200), "left out of both"),
        (changed(STORM, claimed_on=dt.date(2026, 3, 10)), None, "claimed after 2026-03-09, too late"),
    ],
    ids=["accepted", "not answered", "refused", "staffing", "the last day of the claim", "a day too late"],
)
def test_an_event_is_left_out_of_numerator_and_denominator(
    excuse, counts, said
):  # 5 business days, staffing: SCORECARD
    found = days("2026-03", (90, 100), (20, 100), (90, 100))
    pair = last(agreed(AT_LEAST_80, EXCUSED), [month("2026-03", answered=found)], excuse).pairs[0]
    assert said in " ".join(lines(pair.relieved.steps))
    assert (pair.relieved.numerator, pair.relieved.denominator) == (counts or (200, 300))
    assert pair.flipped is (counts is not None)


def test_where_there_are_intervals_only_those_of_the_event_are_left_out():  # SCORECARD
    nine = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
    units = tuple(
        Unit(nine.date(), nine + dt.timedelta(minutes=30 * n), good, 100, 100, length_s=1800)
        for n, good in enumerate([90, 10, 20, 90])
    )
    outage = changed(
        STORM,
        start=nine + dt.timedelta(minutes=30),
        end=nine + dt.timedelta(minutes=90),
        claimed_on=dt.date(2026, 3, 2),
    )
    found = Measured("", 210, 400, 400, units=units)
    pair = last(agreed(AT_LEAST_80, EXCUSED), [month("2026-03", answered=found)], outage).pairs[0]
    assert (pair.relieved.numerator, pair.relieved.denominator) == (180, 200)
    assert "200 contacts left out of both" in " ".join(lines(pair.relieved.steps)) and "daily" not in " ".join(
        lines(pair.relieved.steps)
    )


def test_an_event_leaves_alone_what_no_unit_holds():
    part = days("2026-03", (90, 100), (20, 100))
    found = Measured("", 290, 400, 400, units=part.units)  # 180 of 200 came as one row for the rest of the month
    pair = last(agreed(AT_LEAST_80, EXCUSED), [month("2026-03", answered=found)], STORM).pairs[0]
    assert (pair.relieved.numerator, pair.relieved.denominator) == (270, 300)


def test_an_event_on_another_line_excuses_nothing():
    found = days("2026-03", (90, 100), (20, 100), (90, 100))
    billing = SERVICE + 'at_least = 0.80\nlines = ["Billing"]'
    pair = last(agreed(billing, EXCUSED), [month("2026-03", answered=found)], changed(STORM, lines=("Orders",))).pairs[
        0
    ]
    assert pair.relieved is pair.plain


# Windows


def test_each_day_on_its_own():
    agreement = agreed(SERVICE + 'at_least = 0.80\nminimum = 0.70\nwindow = "day"\nwindows_met = 0.75')
    met = last(agreement, [month("2026-03", answered=days("2026-03", (90, 100), (80, 100), (81, 100), (10, 100)))])
    assert (standing(met), met.pairs[0].plain.windows) == ("met", (3, 4))
    missed = last(agreement, [month("2026-03", answered=days("2026-03", (90, 100), (79, 100), (81, 100), (10, 100)))])
    assert (standing(missed), missed.pairs[0].plain.windows) == (
        "expected level missed",
        (2, 4),
    )  # three of four reach 70 %
    few = last(agreement, [month("2026-03", answered=days("2026-03", (90, 100), (0, 29), (80, 100)))])
    assert few.pairs[0].plain.windows == (2, 2)  # a day of 29 contacts is not judged


def test_each_interval_on_its_own_and_no_interval_no_judgement():
    agreement = agreed(SERVICE + 'at_least = 0.80\nwindow = "interval"\nwindows_met = 0.5\nfewest = 5')
    nine = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
    units = tuple(
        Unit(nine.date(), nine + dt.timedelta(minutes=30 * n), good, 10, 10, length_s=1800)
        for n, good in enumerate([8, 7])
    )
    by_interval = last(agreement, [month("2026-03", answered=Measured("", 15, 20, 20, units=units))])
    assert (standing(by_interval), by_interval.pairs[0].plain.windows) == ("met", (1, 2))
    by_day = last(agreement, [month("2026-03", answered=days("2026-03", (90, 100)))])
    assert (standing(by_day), by_day.pairs[0].plain.why) == ("cannot judge", "no data by interval")


def test_a_rolling_window_adds_the_counts_of_its_months():
    agreement = agreed(SERVICE + 'at_least = 0.80\nwindow = "rolling"\nmonths = 3')
    found = settle(
        [agreement],
        months("2026-01", answered=[share(90, of=100), share(70, of=300), share(80, of=100), share(100, of=200)]),
    )
    assert [value(s) for s in found] == [Decimal(x) for x in ("90.0", "75.0", "76.0", "81.7")]
