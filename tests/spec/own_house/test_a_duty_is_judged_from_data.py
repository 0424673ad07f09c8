"""What data say of a duty: kept, kept in part, not kept, or that they cannot say."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from levelfield.own_house import Verdict
from levelfield.own_house.checks.agreements import room, same_goals, yardstick
from levelfield.own_house.checks.changes import Announced, Change, Spike, after_changes, notice
from levelfield.own_house.checks.feeds import feeds
from levelfield.own_house.checks.forecast import beyond_forecast, error_by_chance, forecast, lock
from levelfield.own_house.checks.quality import calibration
from levelfield.own_house.checks.requests import Waited, overdue, waited
from levelfield.own_house.checks.systems import Outage, incidents, system_time
from levelfield.own_house.checks.together import may_be_told, together

TODAY = dt.date(2026, 6, 1)


def days(plan: float, real: float, n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    return np.full(n, float(plan)), rng.poisson(real, n).astype(float)


@pytest.mark.parametrize(
    ("plan", "real", "variance", "verdict"),
    [
        (1000.0, 1000.0, None, Verdict.KEPT),
        (1000.0, 1300.0, None, Verdict.NOT_KEPT),  # far too little was forecast
        (1000.0, 1300.0, 0.40, Verdict.NOT_KEPT),  # no day beyond the variance, but always too little
        (1000.0, 1060.0, 0.20, Verdict.KEPT),  # a small bias within half the variance
        (1300.0, 1000.0, None, Verdict.PARTLY),  # too much costs money, and nobody waits
    ],
)
def test_a_forecast_is_judged_by_the_variance_and_by_its_bias(
    plan: float, real: float, variance: float | None, verdict: Verdict
) -> None:
    assert forecast(*days(plan, real), variance).verdict is verdict


def test_a_forecast_of_few_days_is_not_judged() -> None:
    found = forecast(*days(100, 300, 5), None)
    assert found.verdict is Verdict.CANNOT_JUDGE
    assert found.value is None
    assert "at least 10" in found.sentence


def test_days_beyond_the_variance_by_chance_alone_do_not_count() -> None:
    """Twenty contacts a day lie more than 5 % above their mean on two days of five, by chance."""
    plan, real = days(20, 20, 200)
    assert (real > plan * 1.05).mean() > 0.3
    assert forecast(plan, real, None).verdict is Verdict.KEPT


def test_missing_days_are_left_out_and_are_not_zero() -> None:
    plan, real = days(1000, 1000)
    plan[:5], real[5:8] = np.nan, np.nan
    assert forecast(plan, real, None).n == 32


def test_the_error_that_chance_alone_makes_is_what_a_simulation_gives() -> None:
    rng = np.random.default_rng(11)
    for mean in (0.4, 3.0, 12.5, 180.0):
        drawn = np.abs(rng.poisson(mean, 200_000) - mean).mean() / mean
        assert error_by_chance(np.array([mean])) == pytest.approx(drawn, rel=0.02)


def test_a_lock_is_late_when_no_version_was_made_in_time() -> None:
    def month(m: int, made: str | None) -> tuple[dt.date, dt.datetime | None]:
        return dt.date(2026, m, 1), dt.datetime.fromisoformat(made).replace(tzinfo=dt.UTC) if made else None

    fine = [month(1, "2025-12-10"), month(2, "2026-01-22"), month(3, "2026-02-19")]
    assert lock(fine, 10).verdict is Verdict.KEPT
    late = [*fine, month(4, "2026-03-30"), month(5, None)]
    assert lock(late, 10).verdict is Verdict.NOT_KEPT
    assert "April 2026, May 2026" in lock(late, 10).sentence
    assert lock([], 10).verdict is Verdict.CANNOT_JUDGE


def test_misses_are_the_forecasts_where_more_came_than_was_forecast() -> None:
    plan = np.full(100, 50.0)
    came = np.where(np.arange(100) < 30, 70.0, 50.0)
    late = np.where(np.arange(100) < 30, 30.0, 2.0)
    assert beyond_forecast(plan, came, late, None).verdict is Verdict.NOT_KEPT
    even = np.full(100, 5.0)
    assert beyond_forecast(plan, np.full(100, 50.0), even, None).verdict is Verdict.KEPT
    assert beyond_forecast(plan, came, late * 0, None).verdict is Verdict.CANNOT_JUDGE


def test_an_outage_counts_when_more_was_late_in_it_than_at_other_times() -> None:
    bad = Outage("Desktop down", TODAY, 180, offered=400, late=160)
    assert incidents([bad], 10_000, 1_500).verdict is Verdict.NOT_KEPT
    mild = Outage("Desktop slow", TODAY, 30, offered=400, late=62)
    assert incidents([mild], 10_000, 1_500).verdict is Verdict.PARTLY
    assert incidents([], 10_000, 1_500).verdict is Verdict.KEPT
    assert incidents([Outage("At night", TODAY, 60, 3, 3)], 10_000, 1_500).verdict is Verdict.CANNOT_JUDGE


def test_time_lost_to_systems_is_judged_against_before() -> None:
    assert system_time(0.001, 0.002, 9).verdict is Verdict.KEPT
    assert system_time(0.001, 0.03, 9).verdict is Verdict.NOT_KEPT
    assert system_time(None, None, 0).verdict is Verdict.CANNOT_JUDGE


def asked(needed: int, given: int | None, kind: str = "access") -> Waited:
    day = TODAY - dt.timedelta(days=30)
    return Waited(
        kind,
        "Access for 12 people",
        day,
        day + dt.timedelta(days=needed),
        None if given is None else day + dt.timedelta(days=given),
    )


def test_requests_are_judged_by_the_day_they_were_needed() -> None:
    assert waited([], TODAY, thing="access") is None, "nothing asked is no evidence of good service"
    kept = waited([asked(10, 4), asked(10, 6), asked(10, 9)], TODAY, thing="access")
    assert kept is not None
    assert kept.verdict is Verdict.KEPT
    assert kept.value == 6
    open_late = waited([asked(10, 4), asked(10, None)], TODAY, thing="access")
    assert open_late is not None
    assert open_late.verdict is Verdict.NOT_KEPT
    assert "has waited 30 days" in open_late.sentence
    one_late = waited([asked(10, 4)] * 4 + [asked(10, 12)], TODAY, thing="access")
    assert one_late is not None
    assert one_late.verdict is Verdict.PARTLY


def test_what_is_open_past_its_day_is_overdue_and_what_was_given_late_is_not() -> None:
    assert overdue([asked(10, 20), asked(40, None)], TODAY).verdict is Verdict.KEPT
    assert overdue([asked(10, None)], TODAY).verdict is Verdict.NOT_KEPT


def test_a_change_without_enough_notice_is_named() -> None:
    change = Change("New returns policy", TODAY)
    early = Announced("Returns", TODAY, TODAY - dt.timedelta(days=20))
    late = Announced("Returns", TODAY, TODAY - dt.timedelta(days=2))
    kept, broken = notice([change], [early], 10), notice([change], [late], 10)
    assert kept is not None
    assert kept.verdict is Verdict.KEPT
    assert broken is not None
    assert broken.verdict is Verdict.NOT_KEPT
    assert "New returns policy" in broken.sentence
    silent = notice([change], [], 10)
    assert silent is not None
    assert silent.verdict is Verdict.CANNOT_JUDGE, "a change may have been announced elsewhere"
    assert notice([], [early], 10) is None


def test_an_announcement_after_the_change_is_none() -> None:
    after = Announced("Returns", TODAY, TODAY + dt.timedelta(days=1))
    found = notice([Change("Returns", TODAY)], [after], 10)
    assert found is not None
    assert found.verdict is not Verdict.KEPT


def test_a_reason_that_jumps_after_a_change_is_a_wave() -> None:
    change = Change("Price letter", TODAY)
    calm = [Spike(change, r, 1000, 1040, 5000, 5100) for r in ("bill", "order")]
    wave = Spike(change, "price", 400, 900, 5000, 5600)
    assert after_changes(calm, 1).verdict is Verdict.KEPT
    found = after_changes([*calm, wave], 1)
    assert found is not None
    assert found.verdict is Verdict.NOT_KEPT
    assert "“price”" in found.sentence
    nobody = after_changes([], 1)
    assert nobody is not None
    assert nobody.verdict is Verdict.CANNOT_JUDGE


def test_more_contacts_of_every_reason_are_no_wave_of_one() -> None:
    change = Change("Campaign", TODAY)
    grown = [Spike(change, r, 1000, 1500, 5000, 7500) for r in "abcde"]
    found = after_changes(grown, 1)
    assert found is not None
    assert found.verdict is Verdict.KEPT


@pytest.mark.parametrize(("gap", "verdict"), [(1.0, Verdict.KEPT), (-3.0, Verdict.PARTLY), (6.0, Verdict.NOT_KEPT)])
def test_scores_of_both_sides_are_alike_or_not(gap: float, verdict: Verdict) -> None:
    assert calibration(gap, 4.0, 50).verdict is verdict
    assert calibration(gap, 4.0, 5).verdict is Verdict.CANNOT_JUDGE


def test_goals_that_nothing_measures_are_named() -> None:
    assert same_goals([("sl", True, True), ("csat", False, True)]).verdict is Verdict.KEPT
    assert same_goals([("sl", True, True), ("csat", False, False)]).verdict is Verdict.PARTLY
    assert same_goals([("sl", False, True)]).verdict is Verdict.PARTLY
    assert same_goals([]).verdict is Verdict.CANNOT_JUDGE


def test_a_measure_defined_otherwise_elsewhere_is_named() -> None:
    own = {"service_level": "abandons=all_against", "asa": ""}
    assert yardstick(own, [{"asa": ""}]).verdict is Verdict.KEPT
    assert "service_level" in yardstick(own, [{"service_level": ""}]).sentence
    assert yardstick(own, []).verdict is Verdict.CANNOT_JUDGE


def test_credits_are_weighed_against_a_usual_margin() -> None:
    assert room(0.004, 12).verdict is Verdict.KEPT
    assert room(0.05, 12).verdict is Verdict.PARTLY
    assert room(0.12, 12).verdict is Verdict.NOT_KEPT
    assert room(None, 0).verdict is Verdict.CANNOT_JUDGE


def test_a_feed_that_never_came_is_not_a_feed_of_age_zero() -> None:
    assert feeds([("the forecast", TODAY, 0)], TODAY).verdict is Verdict.KEPT
    found = feeds([("the forecast", None, 0)], TODAY)
    assert found is not None
    assert "never came" in found.sentence
    assert feeds([], TODAY) is None


def test_others_moving_the_same_way_put_the_clients_side_first() -> None:
    found = together([("Service level", 2, False, "2026-W20"), ("ASA", 3, True, "2026-W20")], 4)
    assert found.verdict is Verdict.FIRST
    assert found.sentence.startswith("ASA rose at 3 of 4 others")
    assert together([], 4).verdict is Verdict.KEPT
    assert together([], 0).verdict is Verdict.CANNOT_JUDGE


@pytest.mark.parametrize(
    ("others", "allowed", "smallest", "told"),
    [
        (4, True, 3, True),
        (3, True, 3, True),
        (2, True, 3, False),
        (4, True, 5, False),
        (9, False, 3, False),
        (2, True, 0, False),
    ],
)
def test_a_partner_hears_of_others_only_as_a_large_group_and_only_where_it_was_agreed(
    others: int, allowed: bool, smallest: int, told: bool
) -> None:
    assert may_be_told(others, allowed, smallest) is told
