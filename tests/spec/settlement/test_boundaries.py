"""Exactly at a level, at a cap, at a half; short and long months; no contact and one."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from levelfield.settlement.inputs import Excuse, Measured, Month, Unit
from levelfield.settlement.statement import canonical, settle, told, version_for
from levelfield.settlement.trail import lines, money
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

EXACT = '[[target]]\nkey = "answered"\nmeasure = "service_level"\nat_least = 0.80\nminimum = 0.75\n'
PER_POINT = '[[credit]]\nkind = "per_point"\ntarget = "answered"\namount = 2000'


@pytest.mark.parametrize(
    "above, below, how",
    [
        (8_000, 10_000, "met"), (7_999, 10_000, "expected level missed"), (7_500, 10_000, "expected level missed"),
        (7_499, 10_000, "minimum level missed"), (799_999_999, 1_000_000_000, "expected level missed"), (4, 5, "met"),
    ],
)  # fmt: skip
def test_a_level_reached_exactly_is_met(above, below, how):
    statement = last(agreed(EXACT + "fewest = 1"), [month("2026-03", answered=Measured("", above, below, below))])
    assert standing(statement) == how


@pytest.mark.parametrize(
    "asa, how",
    [
        ("45", "met"),
        ("45.001", "expected level missed"),
        ("60", "expected level missed"),
        ("60.001", "minimum level missed"),
    ],
)
def test_a_level_that_is_a_most_is_met_exactly_as_well(asa, how):
    speed = SPEED.replace("decimals = 0\n", "") + "at_most = 45\nminimum = 60"
    assert standing(last(agreed(speed), [month("2026-03", speed=seconds(asa))])) == how


@pytest.mark.parametrize(
    "rounding, at_the_half, met",
    [("half_up", "80.0", True), ("half_even", "80.0", True), ("down", "79.9", False), ("up", "80.0", True)],
)
def test_a_half_goes_the_way_that_was_agreed(rounding, at_the_half, met):
    found = share("79.95")
    before = last(agreed(SERVICE + f'at_least = 0.80\nrounding = "{rounding}"'), [month("2026-03", answered=found)])
    assert (value(before), standing(before) == "met") == (Decimal(at_the_half), met)


@pytest.mark.parametrize(
    "per_cent, up, even",
    [("80.05", "80.1", "80.0"), ("80.15", "80.2", "80.2"), ("80.25", "80.3", "80.2"), ("80.35", "80.4", "80.4")],
)
def test_half_up_is_not_half_even(per_cent, up, even):
    found = [
        value(
            last(agreed(SERVICE + f'at_least = 0.80\nrounding = "{r}"'), [month("2026-03", answered=share(per_cent))])
        )
        for r in ("half_up", "half_even")
    ]
    assert found == [Decimal(up), Decimal(even)]


@pytest.mark.parametrize(
    "when, how, credit", [("before", "met", {}), ("after", "expected level missed", {"answered per_point": "2000.00"})]
)
def test_rounding_before_a_comparison_can_decide_it_and_after_it_cannot(when, how, credit):
    statement = last(
        agreed(SERVICE + f'at_least = 0.80\nround_when = "{when}"', PER_POINT),
        [month("2026-03", answered=share("79.96"))],
    )
    assert (value(statement), standing(statement), amounts(statement)) == (Decimal("80.0"), how, credit)


def test_a_step_of_a_ladder_begins_where_it_says_by_what_is_compared():
    ladder = '[[credit]]\nkind = "ladder"\ntarget = "speed"\namount = 20000\nstep = [{ at = 46, share = 0.25 }, { at = 49, share = 0.5 }]'
    for when, asa, credit in (
        ("before", "48.5", "10000.00"),
        ("after", "48.5", "5000.00"),
        ("before", "48.49", "5000.00"),
    ):
        agreement = agreed(SPEED + f'at_most = 45\nround_when = "{when}"', ladder)
        assert amounts(last(agreement, [month("2026-03", speed=seconds(asa))])) == {"speed ladder": credit}, (when, asa)


@pytest.mark.parametrize(
    "fees, payable, at_cap",
    [("40000.00", "4000.00", True), ("40000.10", "4000.00", False), ("39999.90", "3999.99", True)],
)
def test_exactly_at_the_cap(fees, payable, at_cap):
    agreement = agreed(EXACT, PER_POINT, "[cap]\nshare = 0.10")
    found = last(agreement, [month("2026-03", fees=fees, answered=share(78))]).relieved
    assert (found.raw, found.payable, found.at_cap) == (Decimal("4000.00"), Decimal(payable), at_cap)


@pytest.mark.parametrize(
    "exact, shown", [("0.005", "0.01"), ("0.015", "0.02"), ("2.675", "2.68"), ("0.0049999", "0.00")]
)
def test_money_is_rounded_once_and_half_up(exact, shown):
    assert money(Decimal(exact), "USD") == Decimal(shown)


@pytest.mark.parametrize("name, long", [("2026-02", 28), ("2028-02", 29), ("2026-04", 30), ("2026-03", 31)])
def test_short_and_long_months_are_judged_by_all_their_days(name, long):
    found = days(name, *[(80, 100)] * (long - 1), (79, 100))
    statement = last(agreed(EXACT + 'window = "day"\nwindows_met = 1'), [month(name, answered=found)])
    assert statement.period.days == long
    assert statement.pairs[0].plain.windows == (long - 1, long)
    assert standing(statement) == "expected level missed"


@pytest.mark.parametrize(
    "name, start, end", [("2026-04", "2026-03-22", "2026-04-22"), ("2026-11", "2026-10-22", "2026-11-22")]
)
def test_a_contract_month_in_which_the_clock_changes(name, start, end):  # 29 March and 25 October 2026
    london = ZoneInfo("Europe/London")
    change = dt.date(2026, 3, 29) if name == "2026-04" else dt.date(2026, 10, 25)
    midnight = dt.datetime.combine(change, dt.time(), london)
    hours = 23 if name == "2026-04" else 25
    units = [Unit(change - dt.timedelta(days=1), None, 90, 100, 100)]
    for n in range(hours * 2):  # half-hours of the day of the change, and one of the day after
        at = midnight.astimezone(dt.UTC) + dt.timedelta(minutes=30 * n)
        units.append(Unit(change, at, 0, 10, 10, length_s=1800))
    units.append(
        Unit(
            change + dt.timedelta(days=1),
            midnight.astimezone(dt.UTC) + dt.timedelta(hours=hours),
            10,
            10,
            10,
            length_s=1800,
        )
    )
    found = Measured("", 100, 110 + 20 * hours, 110 + 20 * hours, units=tuple(units))
    agreement = agreed(EXACT, "[excused]\nclaim_days = 5", month_starts_on="22", valid_from="2025-01-22")
    storm = Excuse("storm", midnight, midnight + dt.timedelta(days=1), "weather", "", change, accepted=True)
    statement = last(agreement, [month(name, starts_on=22, answered=found)], storm)
    assert (f"{statement.period.start}", f"{statement.period.end}", statement.month) == (start, end, name)
    relieved = statement.pairs[0].relieved
    assert (relieved.numerator, relieved.denominator) == (100, 110)  # the whole local day, 23 or 25 hours of it


def test_zero_volume_is_not_zero_per_cent():
    statement = last(agreed(EXACT, PER_POINT), [month("2026-03", answered=Measured("", 0, 0, 0))])
    assert (standing(statement), statement.pairs[0].plain.why, value(statement)) == (
        "cannot judge",
        "zero volume",
        None,
    )
    assert statement.relieved.lines == () and statement.relieved.payable == 0


@pytest.mark.parametrize("above, how", [(1, "met"), (0, "minimum level missed")])
def test_one_contact_is_judged_only_where_one_is_enough(above, how):
    one = [month("2026-03", answered=Measured("", above, 1, 1))]
    too_few = last(agreed(EXACT), one)
    assert (standing(too_few), too_few.pairs[0].plain.why) == ("cannot judge", "1 of the 30 that are needed")
    assert standing(last(agreed(EXACT + "fewest = 1"), one)) == how


def test_exactly_as_many_as_are_needed():
    for n, how in ((29, "cannot judge"), (30, "met")):
        assert standing(last(agreed(EXACT), [month("2026-03", answered=Measured("", n, n, n))])) == how


def test_nothing_abandoned_of_nothing_offered_is_not_met():
    statement = last(agreed(LOST + "at_most = 0.05"), [month("2026-03", lost=Measured("", 0, 0, 0))])
    assert standing(statement) == "cannot judge"


def test_a_month_without_an_invoice_waits_and_says_so():
    allocation = '[at_risk]\nshare = 0.1\n[[pool]]\nkey = "a"\nshare = 1\n[[credit]]\nkind = "allocation"\ntarget = "answered"\npool = "a"\nshare = 1'
    statement = last(agreed(EXACT, allocation), [month("2026-03", fees=None, answered=share(70))])
    assert (statement.relieved.payable, statement.total) == (None, None)
    said = "\n".join(told(statement))
    assert "credits: not known yet raw, cap none, payable not known yet" in said
    assert "total in the partner's favour: not known yet" in said and "None" not in said


def test_a_month_that_runs_is_not_yet_late_with_its_data():
    running = month("2026-03", answered=NOT_DELIVERED)
    open_ = Month(running.period, running.publication, running.measured, running.fees, ended=False)
    agreement = agreed(EXACT + 'when_missing = "missed_minimum"', PER_POINT)
    statement = last(agreement, [open_])
    assert (standing(statement), statement.pairs[0].plain.why, amounts(statement)) == (
        "not delivered",
        "not delivered yet",
        {},
    )
    assert standing(last(agreement, [running])) == "minimum level missed"


def test_the_version_that_was_valid_when_the_month_began():
    first = agreed(EXACT)
    second = agreed(EXACT.replace("0.80", "0.90"), version="2", valid_from="2026-03-15")
    found = settle([second, first], months("2026-02", answered=[share(85)] * 3))
    assert [(s.version, standing(s)) for s in found] == [(1, "met"), (1, "met"), (2, "expected level missed")]
    assert version_for([first], month("2024-12", answered=share(85)).period) is None


def test_two_versions_from_one_day_are_decided_by_their_number():
    one, two = agreed(EXACT), agreed(EXACT.replace("0.80", "0.90"), version="2")
    assert version_for([two, one], month("2026-03", answered=share(85)).period) is two


def test_a_percentile_of_several_months_is_not_made_up():
    longest = '[[target]]\nkey = "longest"\nmeasure = "longest_wait"\nat_most = 300\nfewest = 1\n'
    waits = [Measured("", n=100, value=Decimal(v)) for v in (400, 100, 200)]
    rolling = settle([agreed(longest + 'window = "rolling"\nmonths = 2')], months("2026-01", longest=waits))
    assert [(standing(s), s.pairs[0].plain.why) for s in rolling[1:]] == [
        ("cannot judge", "longest_wait of several months cannot be added up")
    ] * 2
    monthly = settle([agreed(longest)], months("2026-01", longest=waits))
    assert [standing(s) for s in monthly] == ["expected level missed", "met", "met"]


def test_an_invented_month_reads_as_a_trail_from_counts_to_clause():
    agreement = agreed(
        SERVICE + 'at_least = 0.80\nminimum = 0.75\nclause = "Schedule 3, 1.1"',
        PER_POINT + '\nclause = "Schedule 5, 2"',
    )
    statement = last(agreement, [month("2026-03", answered=share("78.46"))])
    assert list(lines(statement.pairs[0].plain.steps)) == [
        "value: numerator 7846, denominator 10000 → 78.46 %",
        "rounded before it is compared: half up 78.46 % → 78.5 %",
        "compared with the agreement: value 78.5 %, expected at least 80 %, minimum 75 % → expected level missed (Schedule 3, 1.1)",
    ]
    assert list(lines(statement.relieved.lines[0].steps)) == [
        "per point or part of a point: level 80 %, value 78.5 %, points 2, each 2000 → 4000.00 (Schedule 5, 2)"
    ]
    assert canonical(statement).endswith(b"}\n") and b'"total": "-4000.00"' in canonical(statement)
