"""Missing is not zero, few are not enough, a month is not a day, and nothing is an average of averages."""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked, series
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Measure
from levelfield.measures.value import Value, Why
from levelfield.words import Grain, Period
from spec.measures.naive import told
from spec.measures.odd_facts import FEB, MARCH, Row, at, odd_facts, row
from spec.measures.real_path import Recomputed, value_from, values_from

DAY_S = 86_400


def day_of(offered: int | None, answered: int | None, n: int = 0, **cells: object) -> Row:
    counts = {"offered": offered, "answered": answered}
    return row("intervals", "north", MARCH + dt.timedelta(days=n), length_s=DAY_S, line="Billing", **counts, **cells)


def intervals(*rows: Row) -> dict[str, list[Row]]:
    return {"intervals": list(rows)}


def test_a_cell_that_was_not_delivered_takes_its_row_out_of_both_sides():
    value = value_from(intervals(day_of(100, 90), day_of(100, None, 1)), "answered_share")
    assert (value.value, value.numerator, value.denominator, value.rows, value.rows_missing) == (0.9, 90, 100, 2, 1)


def test_a_column_that_never_came_is_not_delivered_and_not_zero():
    value = value_from(intervals(day_of(100, None)), "answered_share")
    assert (value.value, value.why) == (None, Why.NOT_DELIVERED)


def test_a_day_without_contacts_has_no_share_but_a_count_of_zero():
    quiet = intervals(day_of(0, 0))
    assert value_from(quiet, "answered_share").why is Why.NOTHING
    assert (value_from(quiet, "offered").value, value_from(quiet, "offered").why) == (0, None)


@pytest.mark.parametrize("offered, value, why", [(29, None, Why.TOO_FEW), (30, 0.5, None)])
def test_fewer_than_thirty_contacts_give_no_number_but_their_counts(offered, value, why):
    told_ = value_from(intervals(day_of(offered, offered // 2)), "answered_share")
    assert (told_.value, told_.why, told_.n) == (value, why, offered)
    assert told_.numerator == offered // 2


def test_a_monthly_fact_gives_a_month_and_no_days():
    monthly = intervals({**day_of(1000, 900), "length_s": 31 * DAY_S})
    assert value_from(monthly, "answered_share").value == 0.9
    assert value_from(monthly, "answered_share", grain=Grain.QUARTER).value == 0.9
    for grain in (Grain.DAY, Grain.WEEK):
        assert value_from(monthly, "answered_share", grain=grain).why is Why.TOO_COARSE


def test_a_week_across_two_months_belongs_to_neither():
    week = intervals(row("intervals", "north", dt.date(2026, 2, 23), length_s=14 * DAY_S, offered=70, answered=70))
    assert value_from(week, "answered_share").why is Why.TOO_COARSE
    assert value_from(week, "answered_share", grain=Grain.YEAR).value == 1.0


def test_a_month_is_not_an_average_of_its_days():
    days = intervals(day_of(1000, 1000), day_of(10, 0, 1))
    assert value_from(days, "answered_share").value == 1000 / 1010  # the average of the days would be 0.5


def test_a_partner_is_not_an_average_of_its_lines():
    lines = intervals(day_of(900, 900), {**day_of(100, 50), "line": "Orders"})
    assert value_from(lines, "answered_share").value == 0.95
    assert [v.value for v in values_from(lines, "answered_share", by=("line",))] == [1.0, 0.5]


def test_hold_that_was_not_delivered_counts_as_none_but_wrap_does_not():
    full = {"talk_ms": 30_000_000, "hold_ms": 1_000_000, "wrap_ms": 5_000_000}
    assert value_from(intervals(day_of(100, 100, **full)), "aht").value == 360
    assert value_from(intervals(day_of(100, 100, **{**full, "hold_ms": None})), "aht").value == 350
    assert value_from(intervals(day_of(100, 100, **{**full, "wrap_ms": None})), "aht").why is Why.NOT_DELIVERED


def contact(n: int, **cells: object) -> Row:
    base = {
        "contact_id": f"{n:03}",
        "arrived_at": at(MARCH, 9),
        "answered": True,
        "wait_ms": 1000 * n,
        "talk_ms": 60_000,
    }
    return row("contacts", "north", MARCH, **{**base, **cells})


def test_a_platform_that_never_says_whether_it_was_solved_did_not_have_no_contacts():
    silent = {"contacts": [contact(n) for n in range(40)] + [contact(41, answered=False)]}
    assert value_from(silent, "fcr_agent").why is Why.NOT_DELIVERED
    assert value_from(silent, "new_hire_contacts").why is Why.NOT_DELIVERED
    assert value_from(silent, "aht").why is Why.NOT_DELIVERED  # wrap never came


def test_a_wait_nobody_recorded_is_not_a_short_wait():
    waits = {"contacts": [contact(n, wait_ms=60_000) for n in range(40)] + [contact(99, wait_ms=None)] * 60}
    median = value_from(waits, "wait_p50")
    assert median.n == 40 and median.value == pytest.approx(60, rel=0.015)


def test_an_open_ticket_has_no_resolution_time():
    cells = {"opened_at": at(MARCH)}
    solved = {"solved_at": at(MARCH, 19), "solved_on": MARCH, "resolution_ms": 36_000_000}
    rows = [row("tickets", "north", MARCH, ticket_id=str(n), **cells, **(solved if n < 40 else {})) for n in range(100)]
    assert value_from({"tickets": rows}, "resolution_p50").n == 40
    assert value_from({"tickets": rows}, "time_to_resolution").value == 36_000
    assert value_from({"tickets": rows}, "reopened").why is Why.NOT_DELIVERED


def test_an_answer_on_an_unknown_scale_is_not_an_unsatisfied_customer():
    known = {"question": "csat", "responded": True, "scale_low_milli": 1000, "scale_high_milli": 5000}
    answers = [
        row("surveys", "north", MARCH, response_id=str(n), score_milli=4000 if n % 2 else 3000, **known)
        for n in range(40)
    ]
    lost = [
        row("surveys", "north", MARCH, response_id=f"x{n}", question="csat", responded=True, score_milli=5000)
        for n in range(9)
    ]
    value = value_from({"surveys": answers + lost}, "csat")
    assert (value.numerator, value.denominator, value.rows_missing) == (20, 40, 9)
    assert value_from({"surveys": lost}, "csat").why is Why.NOT_DELIVERED


@pytest.mark.parametrize("low, high, satisfied", [(1, 5, {4, 5}), (1, 7, {6, 7}), (0, 10, {8, 9, 10})])
def test_the_top_quarter_of_any_scale_is_satisfied(low, high, satisfied):
    rows = [
        row("surveys", "north", MARCH, response_id=f"{score}-{n}", question="csat", responded=True, score_milli=score * 1000,
            scale_low_milli=low * 1000, scale_high_milli=high * 1000)
        for score in range(low, high + 1) for n in range(10)
    ]  # fmt: skip
    assert value_from({"surveys": rows}, "csat").numerator == 10 * len(satisfied)


def test_nps_is_promoters_less_detractors_per_hundred_answers_with_its_response_rate():
    answers = [10] * 25 + [9] * 15 + [8] * 20 + [7] * 10 + [6] * 20 + [0] * 10
    scores = [*(1000 * a for a in answers), *[None] * 100]
    rows = [
        row("surveys", "north", MARCH, response_id=str(n), question="nps", responded=score is not None, score_milli=score)
        for n, score in enumerate(scores)
    ]  # fmt: skip
    value = value_from({"surveys": rows}, "nps")
    assert (value.value, value.numerator, value.denominator, value.asked, value.response_rate) == (
        10.0,
        10,
        100,
        200,
        0.5,
    )
    assert value_from({"surveys": rows}, "nps_response_rate").value == 0.5


def people(month: dt.date, days: int, band: str, **cells: int) -> Row:
    return row("headcount", "north", month, length_s=days * DAY_S, tenure_band=band, **cells)


def test_attrition_is_leavers_per_average_person_and_year():
    rows = [
        people(MARCH, 31, "366+", headcount_milli=80_000, leavers=3, leavers_0_90=0),
        people(MARCH, 31, "0-30", headcount_milli=20_000, leavers=2, leavers_0_90=2),
    ]
    value = value_from({"headcount": rows}, "attrition")
    assert value.value == pytest.approx(5 / 100 * 365 / 31)
    assert value.n == 3100 and value_from({"headcount": rows}, "new_hire_share").value == 0.2
    assert value_from({"headcount": rows}, "early_attrition").value == 2 / 5


def test_people_in_production_are_the_same_whether_told_by_band_by_line_or_by_day():
    bands = [people(MARCH, 31, band, headcount_milli=25_000) for band in ("0-30", "31-90", "91-180", "366+")]
    assert value_from({"headcount": bands}, "headcount").value == 100
    days = [people(MARCH + dt.timedelta(days=n), 1, "366+", headcount_milli=100_000) for n in range(31)]
    assert value_from({"headcount": days}, "headcount").value == 100
    mixed = [
        people(MARCH, 31, "366+", headcount_milli=60_000),
        *(people(MARCH + dt.timedelta(days=n), 1, "0-30", headcount_milli=40_000) for n in range(31)),
    ]
    assert value_from({"headcount": mixed}, "headcount").value == 100
    two_months = [*bands, *(people(FEB, 28, band, headcount_milli=10_000) for band in ("0-30", "366+"))]
    assert value_from({"headcount": two_months}, "headcount", grain=Grain.QUARTER).value == pytest.approx(
        (100 * 31 + 20 * 28) / 59
    )


def tickets() -> dict[str, list[Row]]:
    """Five opened on 2 March; two solved on 4 March, one in April."""
    solved = (dt.date(2026, 3, 4), dt.date(2026, 3, 4), dt.date(2026, 4, 9), None, None)
    first = dt.date(2026, 3, 2)
    return {
        "tickets": [
            row("tickets", "north", first, ticket_id=str(n), opened_at=at(first), solved_on=s, solved_at=s and at(s), resolution_ms=s and 1)
            for n, s in enumerate(solved)
        ]
    }  # fmt: skip


def test_a_backlog_is_carried_forward_through_quiet_days_and_months():
    days = values_from(tickets(), "backlog", grain=Grain.DAY)
    assert [(v.start.day, v.value) for v in days[:4]] == [(2, 5), (3, 5), (4, 3), (5, 3)]
    assert [(v.period, v.value) for v in values_from(tickets(), "backlog")] == [("2026-03", 3), ("2026-04", 2)]
    assert [v.value for v in values_from(tickets(), "backlog", period="2026-04")] == [2]


def test_what_was_open_before_a_period_does_not_leak_into_its_other_measures():
    recomputed = Recomputed.of_rows({"north": tickets()})
    plain = Definition()
    asked = Asked(
        ((MEASURES["backlog"], plain), (MEASURES["tickets_opened"], plain)),
        ("partner",),
        Grain.MONTH,
        Period.parse("2026-04"),
    )
    told_ = {v.measure: (v.period, v.value) for v in recomputed.values(asked)}
    recomputed.close()
    assert told_ == {"backlog": ("2026-04", 2), "tickets_opened": ("2026-04", 0)}


def test_percentiles_of_merged_days_are_those_of_the_month():
    facts = {"north": odd_facts()["loose"]}
    merged = {v.start: v for v in values_from(facts["north"], "wait_p90")}
    exact = told("wait_p90", facts, Definition(), (), "month")
    assert {v.n for v in merged.values()} == {len(exact[(start,)].exact) for start in merged}
    for start, value in merged.items():
        assert value.value == pytest.approx(exact[(start,)].value, rel=0.015)


def test_a_pair_of_scores_is_found_within_a_month_only_so_that_it_does_not_depend_on_how_facts_came():
    def scored(day: dt.date, who: str, score: int, contact_: str) -> Row:
        cells = {"contact_id": contact_, "scored_by": who, "sample": "random", "score_milli": score}
        return row("evaluations", "north", day, evaluation_id=f"{day}{who}{contact_}", **cells)

    rows = [
        scored(MARCH, who, score, str(n)) for n in range(12) for who, score in (("client", 80_000), ("partner", 84_000))
    ]
    across = [scored(FEB, "client", 10_000, "z"), scored(MARCH, "partner", 90_000, "z")]
    (gap,) = values_from({"evaluations": rows + across}, "calibration_gap")
    assert (gap.value, gap.n) == (-4.0, 12)
    assert value_from({"evaluations": rows + across}, "calibration_spread").value == 4.0


def test_a_forecast_is_compared_with_actuals_of_the_same_length_only():
    actual = [
        row(
            "intervals", "north", MARCH, start_at=at(MARCH, 9 + n), length_s=1800, line="L", channel="voice", offered=50
        )
        for n in range(4)
    ]
    made = {"version": "v", "made_at": at(FEB), "line": "L", "channel": "voice"}
    plan = [
        row(
            "forecasts",
            "north",
            MARCH,
            start_at=at(MARCH, 9 + n),
            length_s=1800,
            volume_milli=40_000 + 20_000 * (n % 2),
            **made,
        )
        for n in range(4)
    ]
    hour = row("forecasts", "north", MARCH, start_at=at(MARCH, 9), length_s=3600, volume_milli=100_000, **made)
    facts = {"intervals": actual, "forecasts": [*plan, hour]}
    assert value_from(facts, "forecast_wape_interval").value == 0.2
    assert value_from(facts, "forecast_wape_day").value == 0.0  # the day hides what its intervals show
    assert value_from(facts, "forecast_bias").value == 0.0


def test_a_forecast_made_after_the_lock_does_not_count():
    actual = [row("intervals", "north", dt.date(2026, 3, 20), length_s=DAY_S, line="L", offered=100)]

    def made(day: dt.date, volume: int) -> Row:
        return row(
            "forecasts",
            "north",
            dt.date(2026, 3, 20),
            version=str(day),
            made_at=at(day, 23),
            length_s=DAY_S,
            line="L",
            volume_milli=volume,
        )

    facts = {
        "intervals": actual,
        "forecasts": [
            made(dt.date(2026, 3, 1), 150_000),
            made(dt.date(2026, 3, 10), 90_000),
            made(dt.date(2026, 3, 11), 100_000),
        ],
    }
    assert value_from(facts, "forecast_wape_day").value == 0.1


def test_every_component_of_lost_time_counts_even_if_it_is_the_only_one():
    rows = [row("schedules", "north", MARCH, length_s=DAY_S, paid_ms=28_800_000, meeting_ms=2_880_000)]
    assert value_from({"schedules": rows}, "shrinkage").value == 0.1


def test_cost_per_contact_needs_both_the_bill_and_the_contacts():
    bill = [
        row(
            "invoices",
            "north",
            MARCH,
            length_s=31 * DAY_S,
            invoice_id="I",
            invoice_line=1,
            item="contacts",
            amount_minor=50_000,
            currency="GBP",
        )
    ]
    facts = {"invoices": bill, "intervals": [day_of(110, 100)]}
    value = value_from(facts, "cost_per_contact", currency="GBP")
    assert (value.value, value.numerator, value.denominator) == (5.0, 50_000, 100)
    assert value_from({"invoices": bill}, "cost_per_contact", currency="GBP").why is Why.NOT_DELIVERED
    assert value_from(facts, "cost_per_contact", currency="EUR").why is Why.NOT_DELIVERED


def test_values_come_as_one_series_per_slice_oldest_first():
    facts = intervals(*(day_of(100, 90 + n, n) for n in range(3)), {**day_of(100, 50), "line": None})
    found = dict(series(values_from(facts, "answered_share", by=("line",), grain=Grain.DAY), "answered_share"))
    assert {dict(s)["line"]: [v.value for v in vs] for s, vs in found.items()} == {
        None: [0.5],
        "Billing": [0.9, 0.91, 0.92],
    }


def test_a_line_named_none_is_not_a_missing_line():
    rows = [contact(n, line=("None", None)[n % 2], wait_ms=(n + 1) * 1000) for n in range(80)]
    found = values_from({"contacts": rows}, "wait_p50", by=("line",))
    assert sorted((str(v.of("line")), v.n) for v in found) == [("None", 40), ("None", 40)]


def test_a_value_names_its_period_and_its_slice():
    value = Value("aht", "", (("partner", "north"),), MARCH, Grain.QUARTER, 1.0, 1, 1, 1)
    assert (value.period, value.of("partner"), value.of("line"), value.response_rate) == (
        "2026-Q1",
        "north",
        None,
        None,
    )


def test_every_measure_has_what_a_reader_needs():
    def lacking(m: Measure) -> list[str]:
        return [f for f in ("title", "about", "formula", "source", "theme") if not getattr(m, f)]

    assert {name: lacking(m) for name, m in MEASURES.items() if lacking(m)} == {}
