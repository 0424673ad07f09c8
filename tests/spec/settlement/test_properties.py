"""What holds for every agreement and every month, tried on many of both."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from levelfield.agreement.agreement import Standing
from levelfield.agreement.calendar import month_before, named_month
from levelfield.settlement.inputs import Excuse, Measured, Month, Unit, Volume
from levelfield.settlement.ledger import Dispute, Outcome, ledger, line_keys
from levelfield.settlement.statement import canonical, settle
from spec.settlement.worked import LOST, SERVICE, SPEED, agreed

settings.register_profile("quick", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
quick = settings.get_profile("quick")

MISSING = 'when_missing = "missed_minimum"\n'
POINTS = '[[credit]]\nkind = "points"\ntarget = "{}"\nminor = 4\nsevere = 12'
PER_POINT = '[[credit]]\nkind = "per_point"\ntarget = "answered"\namount = 333.33'
LADDER = '[[credit]]\nkind = "ladder"\ntarget = "speed"\namount = 20000\nstep = [{ at = 46, share = 0.25 }, { at = 55, share = 1 }]'
POOLS = (
    '[at_risk]\nshare = 0.10\n[[pool]]\nkey = "access"\nshare = 1.5\n'
    '[[credit]]\nkind = "allocation"\ntarget = "answered"\npool = "access"\nshare = 0.333\n'
    '[[credit]]\nkind = "allocation"\ntarget = "lost"\npool = "access"\nshare = 0.667'
)
TABLE = "[points]\nstep = [{ from = 10, share = 0.02 }, { from = 20, share = 0.06 }, { from = 30, share = 0.10 }]"


@st.composite
def agreements(draw, windows=("month",)):
    """An agreement of three targets with every kind of credit, a cap, relief and more."""
    window = draw(st.sampled_from(windows))
    extra = '\nwindow = "day"\nwindows_met = 0.6' if window == "day" else f'\nwindow = "{window}"'
    average = "average_with_previous = true\n" if window == "month" and draw(st.booleans()) else ""
    when = draw(st.sampled_from(["before", "after"]))
    targets = (
        f'{SERVICE}at_least = 0.80\nminimum = 0.75{extra}\nround_when = "{when}"\n{average}{MISSING}',
        SPEED + f"at_most = 45\nminimum = 55\n{MISSING}",
        LOST + f"at_most = 0.05\nminimum = 0.08\n{MISSING}",
    )
    applies, per, removes = (
        draw(st.sampled_from(x))
        for x in (["surplus", "all_or_nothing"], ["day", "month"], ["in_proportion", "missed_first"])
    )
    return agreed(
        *targets, PER_POINT, LADDER, POOLS, POINTS.format("answered"), POINTS.format("lost"), TABLE,
        draw(st.sampled_from(["[cap]\nshare = 0.10", "[cap]\namount = 777.77", "[cap]\nshare = 0.031"])),
        f'[forecast.relief]\napplies = "{applies}"\nper = "{per}"\nremoves = "{removes}"\nabove = 0.10',
        '[forecast.shortfall]\nfloor = 0.9\nrate = "0.85"', "[excused]\nclaim_days = 5", "[earn_back]\nmonths = 2\nshare = 0.5",
        '[[bonus]]\ntarget = "answered"\nreaches = 0.9\namount = 1500',
        '[[resource]]\nkey = "answered"\nmeasure = "offered"\nbaseline = 1000\ndead_band = 0.05\nouter_band = 0.3\nadditional = "2.10"\nreduced = "1.60"',
        '[[trigger]]\nkey = "right"\nkind = "count"\nk = 2\nof = 3\nexercise_days = 60',
    )  # fmt: skip


@st.composite
def counted(draw, name, rate, most=1):
    """A target's counts in a month, by day, some of the days without a forecast; or nothing delivered."""
    if draw(st.integers(0, 9)) == 0:
        return Measured("", why="not delivered")
    start = named_month(name).start
    units = []
    for n in range(draw(st.integers(1, 6))):
        below = draw(st.integers(0, 200))
        above = draw(st.integers(0, below)) if most == 1 else below * draw(st.integers(*rate)) * 1000
        planned = draw(st.none() | st.integers(0, 200))
        units.append(
            Unit(
                start + dt.timedelta(days=n),
                None,
                above,
                below,
                below,
                below,
                None if planned is None else Decimal(planned),
            )
        )
    return made_of(units)


def made_of(units):
    return Measured(
        "",
        sum(u.numerator for u in units),
        sum(u.denominator for u in units),
        sum(u.n for u in units),
        units=tuple(units),
    )


@st.composite
def some_months(draw, fewest=1):
    first = named_month("2026-01")
    made = []
    for n in range(draw(st.integers(fewest, 5))):
        period = month_before(first, -n)
        name = f"{period.start:%Y-%m}"
        found = {
            "answered": draw(counted(name, (0, 1))),
            "speed": draw(counted(name, (30, 70), most=70)),
            "lost": draw(counted(name, (0, 1))),
        }
        fees = draw(st.none() | st.integers(0, 10_000_000).map(lambda pence: Decimal(pence) / 100))
        volume = tuple(Volume(u.day, u.offered, u.forecast) for u in found["answered"].units)
        made.append(
            Month(
                period, "P-1", {k: dataclasses.replace(m, target=k) for k, m in found.items()}, fees, draw(st.none() | st.just(Decimal("12.34"))),
                {"answered": draw(st.none() | st.integers(500, 1500).map(Decimal))}, volume,
            )
        )  # fmt: skip
    return made


@st.composite
def some_excuses(draw):
    made = []
    for n in range(draw(st.integers(0, 3))):
        start = dt.datetime(2026, draw(st.integers(1, 3)), draw(st.integers(1, 6)), tzinfo=dt.UTC)
        made.append(
            Excuse(
                f"event {n}", start, start + dt.timedelta(hours=draw(st.integers(1, 60))), draw(st.sampled_from(["weather", "staffing"])), "",
                start.date(), accepted=draw(st.sampled_from([True, True, False, None])),
            )
        )  # fmt: skip
    return made


WINDOWS = ("month", "day", "quarter")


@quick
@given(agreements(WINDOWS), some_months(), some_excuses())
def test_credits_never_exceed_the_cap(agreement, months, excuses):
    for s in settle([agreement], months, excuses):
        for credit in (s.plain, s.relieved):
            if credit.payable is not None and credit.cap is not None:
                assert 0 <= credit.payable <= credit.cap


@quick
@given(agreements(WINDOWS), some_months(fewest=3), some_excuses())
def test_relief_never_makes_the_partner_worse_off(agreement, months, excuses):
    order = (Standing.MET, Standing.RUNNING, Standing.CANNOT_JUDGE, Standing.NOT_DELIVERED, Standing.MISSED_EXPECTED, Standing.MISSED_MINIMUM)  # fmt: skip
    for s in settle([agreement], months, excuses):
        for pair in s.pairs:
            assert order.index(pair.relieved.standing) <= order.index(pair.plain.standing)
        assert s.relieved.points <= s.plain.points
        if s.relieved.payable is not None and s.plain.payable is not None:
            assert s.relieved.payable <= s.plain.payable


@quick
@given(agreements(), some_months(), st.sampled_from(["answered", "speed", "lost"]), st.data())
def test_adding_a_miss_never_lowers_a_credit(agreement, months, target, data):
    number = data.draw(st.integers(0, len(months) - 1))
    was = months[number]
    worst = {"answered": (0, 1000), "speed": (90_000_000, 1000), "lost": (1000, 1000)}[target]
    missed = {**was.measured, target: Measured(target, *worst, 1000)}
    worse = [*months[:number], dataclasses.replace(was, measured=missed), *months[number + 1 :]]
    before, after = settle([agreement], months), settle([agreement], worse)
    for one, other in zip(before, after, strict=True):
        assert other.plain.points >= one.plain.points
        if one.plain.raw is not None and other.plain.raw is not None:
            assert other.plain.raw >= one.plain.raw
        if one.plain.payable is not None and other.plain.payable is not None:
            assert other.plain.payable >= one.plain.payable


@quick
@given(agreements(WINDOWS), some_months(), some_excuses(), st.randoms(use_true_random=False))
def test_the_order_in_which_things_come_is_irrelevant(agreement, months, excuses, random):
    def mixed(things):
        things = list(things)
        random.shuffle(things)
        return things

    def shuffled(month):
        measured = {
            key: dataclasses.replace(month.measured[key], units=tuple(mixed(month.measured[key].units)))
            for key in mixed(month.measured)
        }
        return dataclasses.replace(month, measured=measured, volume=tuple(mixed(month.volume)))

    one = [canonical(s) for s in settle([agreement], months, excuses)]
    other = [canonical(s) for s in settle([agreement], mixed(map(shuffled, months)), mixed(excuses))]
    assert one == other


@quick
@given(agreements(WINDOWS), some_months(), some_excuses())
def test_splitting_the_units_of_a_month_changes_nothing(agreement, months, excuses):
    def halves(u):
        one = Unit(
            u.day,
            None,
            u.numerator // 2,
            u.denominator // 2,
            u.n // 2,
            u.offered // 2,
            None if u.forecast is None else u.forecast / 2,
        )
        other = Unit(
            u.day, None, u.numerator - one.numerator, u.denominator - one.denominator, u.n - one.n, u.offered - one.offered, one.forecast
        )  # fmt: skip
        return one, other

    def split(month):
        measured = {
            k: dataclasses.replace(m, units=tuple(h for u in m.units for h in halves(u)))
            for k, m in month.measured.items()
        }
        return dataclasses.replace(month, measured=measured)

    assert [canonical(s) for s in settle([agreement], months, excuses)] == [
        canonical(s) for s in settle([agreement], list(map(split, months)), excuses)
    ]


@quick
@given(agreements(WINDOWS), some_months(), some_excuses())
def test_a_missing_delivery_never_scores_as_met(agreement, months, excuses):
    by_month = {f"{m.period.start:%Y-%m}": m for m in months}
    for s in settle([agreement], months, excuses):
        for pair in s.pairs:
            if by_month[s.month].measured[pair.plain.target].why == "not delivered":
                assert Standing.MET not in (pair.plain.standing, pair.relieved.standing)
                assert pair.plain.value is None


@quick
@given(agreements(WINDOWS), some_months(), some_excuses())
def test_the_same_inputs_give_the_same_bytes(agreement, months, excuses):
    again = [dataclasses.replace(m) for m in months]
    one, other = settle([agreement], months, excuses), settle([agreement], again, excuses)
    assert [canonical(s) for s in one] == [canonical(s) for s in other]


@quick
@given(agreements(WINDOWS), some_months(fewest=2), some_excuses())
def test_what_comes_later_changes_no_earlier_statement(agreement, months, excuses):
    whole, first = settle([agreement], months, excuses), settle([agreement], months[:-1], excuses)
    assert [canonical(s) for s in whole[:-1]] == [canonical(s) for s in first]


@quick
@given(agreements(WINDOWS), some_months(fewest=3), st.data())
def test_the_ledger_adds_up_and_a_dispute_freezes_its_line_alone(agreement, months, data):
    statements = settle([agreement], months)
    free = ledger(statements)
    number = data.draw(st.integers(0, len(statements) - 1))
    line = data.draw(st.sampled_from(line_keys(statements[number])))
    for outcome in Outcome:
        held = ledger(statements, [Dispute(statements[number].month, line, "north", dt.date(2026, 3, 1), outcome)])
        balance = Decimal(0)
        for row in held:
            assert row.opening == balance
            moved = row.credits + row.earned_back + row.bonuses + row.charges - row.disputed - row.fallen + row.settled
            balance = row.closing
            assert row.closing == row.opening + moved
        for n, (was, row) in enumerate(zip(free, held, strict=True)):
            assert (row.credits, row.earned_back, row.bonuses, row.charges) == (
                was.credits,
                was.earned_back,
                was.bonuses,
                was.charges,
            )
            assert (row.disputed, row.fallen) == (0, 0) or n == number
        off = held[-1].closing - free[-1].closing
        assert off == -(held[number].disputed + held[number].fallen)
        assert outcome is not Outcome.REFUSED or off == 0


@quick
@given(agreements(WINDOWS), some_months())
def test_the_parts_of_capped_credits_are_what_is_payable(agreement, months):
    statements = settle([agreement], months)
    for s, row in zip(statements, ledger(statements), strict=True):
        if s.relieved.payable is not None:
            assert row.credits == -s.relieved.payable
        if s.total is not None:
            assert row.credits + row.earned_back + row.bonuses + row.charges == s.total


@quick
@given(agreements(WINDOWS), some_months(fewest=4))
def test_no_more_comes_back_than_was_credited(agreement, months):
    statements = settle([agreement], months)
    back = {}
    for s in statements:
        for line in s.earned_back:
            month = line.title.rsplit(" ", 1)[-1]
            back[month] = back.get(month, Decimal(0)) + line.amount
    payable = {s.month: s.relieved.payable for s in statements}
    assert all(amount <= payable[month] for month, amount in back.items())
