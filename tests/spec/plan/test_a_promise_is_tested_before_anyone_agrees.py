"""Measurable, achievable, the path it takes, and the arithmetic of people: each against figures a person can check."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from levelfield.plan import (
    CanDo,
    CanSee,
    Kept,
    Path,
    QueueDay,
    achievable,
    fitted,
    glide,
    handle_time,
    lost_weeks,
    measurable,
    past_changes,
    power,
    ramp,
    reachable,
    spread_of,
    staffing,
)
from levelfield.plan.glide import expected_on, mean_expected
from levelfield.plan.regression import PHIS, levels
from levelfield.words import Refusal

MONDAY = dt.date(2026, 1, 5)
WEEK = dt.timedelta(weeks=1)
PATH = Path(MONDAY, MONDAY + 4 * WEEK, MONDAY + 12 * WEEK)


def points(x: float) -> str:
    return f"{100 * x:.1f} points"


def noise(n: int, correlation: float, seed: int, sd: float = 0.02) -> np.ndarray:
    rng, own = np.random.default_rng(seed), np.empty(n)
    own[0] = rng.normal(0, sd)
    for t in range(1, n):
        own[t] = correlation * own[t - 1] + rng.normal(0, sd * math.sqrt(1 - correlation**2))
    return own


@pytest.mark.parametrize(
    "days",
    [
        (MONDAY, MONDAY - WEEK, MONDAY + WEEK),
        (MONDAY, MONDAY + WEEK, MONDAY + WEEK),
        (MONDAY, MONDAY + WEEK, MONDAY + 60 * WEEK),
    ],
)
def test_a_promise_begins_shows_and_is_judged_within_a_year(days):
    with pytest.raises(Refusal):
        Path(*days)


@pytest.mark.parametrize(
    ("baseline", "target", "better", "unit", "words"),
    [
        (0.7, 0.7, "higher", "share", "no improvement"), (0.7, 0.6, "higher", "share", "no improvement"), (20, 25, "lower", "s", "no improvement"),
        (0.7, 1.2, "higher", "share", "can reach"), (20, -1, "lower", "s", "can reach"), (math.nan, 1, "none", "s", "no number"),
    ],
)  # fmt: skip
def test_a_target_that_is_none_is_refused(baseline, target, better, unit, words):
    with pytest.raises(Refusal, match=words):
        reachable(baseline, target, better, unit)
    reachable(0.7, 0.75, "higher", "share")


def test_the_spread_is_estimated_and_its_correlation_is_never_plugged_in():
    known = [spread_of(noise(400, phi, seed)) for seed, phi in ((0, 0.0), (0, 0.5))]
    assert [round(k.sd, 3) for k in known] == pytest.approx([0.02, 0.02], abs=0.004)
    assert [k.correlation for k in known] == pytest.approx([0.0, 0.5], abs=0.12)
    few = spread_of(noise(12, 0.0, 3))
    assert few.weight.max() < 0.5, "twelve weeks do not know the correlation"
    assert few.weight.sum() == pytest.approx(1.0)


def test_a_week_without_a_value_is_left_out_and_not_taken_for_zero():
    own = noise(60, 0.4, 5) + 0.8
    gaps = own.copy()
    gaps[[7, 8, 30]] = np.nan
    assert spread_of(gaps).sd == pytest.approx(spread_of(own).sd, rel=0.25)
    assert spread_of(gaps).weeks == 57


def test_the_interval_holds_the_true_effect_as_often_as_it_says():
    inside = 0
    for seed in range(300):
        y = 0.8 + noise(60, 0.5, 1000 + seed)
        y[50:] += 0.05
        b, _noise = fitted(y, np.column_stack([levels(60), (np.arange(60) >= 50).astype(float)]))
        inside += b.quantile(0.05) <= 0.05 <= b.quantile(0.95)
    assert 0.85 <= inside / 300 <= 0.95


def test_power_grows_with_the_effect_and_with_the_weeks_and_is_the_level_without_effect():
    known = spread_of(noise(80, 0.3, 9))
    assert power(0.0, known, 40, 3, 8) == pytest.approx(0.05, abs=0.01)
    assert power(0.02, known, 40, 3, 8) < power(0.04, known, 40, 3, 8) < power(0.04, known, 40, 3, 16)
    assert power(0.04, known, 40, 3, 0) == 0.0
    assert len(PHIS) == len(known.weight)


def test_a_large_effect_is_measurable_and_says_with_which_probability():
    found = measurable(0.75 + noise(52, 0.2, 4), 0.08, PATH, written=points)
    assert found.can is CanSee.YES
    assert found.power > 0.8
    assert "would be seen with a probability of" in found.sentence


def test_a_small_effect_says_how_many_weeks_it_takes_and_what_could_be_seen():
    found = measurable(0.75 + noise(52, 0.2, 4), 0.02, PATH, written=points)
    assert found.can in (CanSee.NOT_YET, CanSee.NO)
    assert found.power < 0.8
    assert "of only" in found.sentence
    assert found.smallest > 0.02


@pytest.mark.parametrize(
    ("values", "more", "words"),
    [
        ([np.nan] * 30, {}, "No data"),
        ([0.8] * 4, {}, "too few"),
        (list(0.8 + noise(40, 0, 1)), {"old_weeks": 9}, "9 weeks old"),
    ],
)
def test_what_nobody_can_see_cannot_be_promised(values, more, words):
    found = measurable(values, 0.05, PATH, written=points, **more)
    assert found.can is CanSee.NO
    assert words in found.sentence


def test_stretches_of_the_past_begin_as_low_as_now_and_those_that_do_not_overlap_are_counted():
    past = past_changes("Billing", [0.7] * 8 + [0.8] * 8, 4, "higher", 0.7, 0.01)
    assert max(c.moved for c in past.changes) == pytest.approx(0.1)
    assert past.independent == 2
    assert all(c.began <= 0.71 for c in past.changes), "a stretch that began well is another task"
    assert past_changes("Billing", [20.0] * 8 + [15.0] * 8, 4, "lower", 20.0, 0.5).changes[-1].moved == pytest.approx(
        5.0
    )


@pytest.mark.parametrize(("effect", "can"), [(0.05, CanDo.YES), (0.3, CanDo.NEVER)])
def test_the_past_says_whether_a_size_has_been_reached(effect, can):
    waves = 0.75 + 0.06 * np.sin(np.arange(104) / 5)
    past = past_changes("Billing", waves, 8, "higher", 0.7, 0.02)
    found = achievable([past], effect, 8, written=points, who="Partner North")
    assert found.can is can
    assert found.low <= found.share <= found.high


def test_too_little_past_is_no_verdict_and_earlier_promises_are_told():
    found = achievable(
        [past_changes("x", [0.7] * 10, 8, "higher", 0.7, 0.1)],
        0.05,
        8,
        written=points,
        who="Partner North",
        kept=Kept(3, 1),
    )
    assert (found.can, found.share) == (CanDo.CANNOT_SAY, None)
    assert found.sentence.endswith("Of 3 earlier promises on this measure, on any line, 1 was kept.")


def test_the_path_is_a_straight_line_to_the_full_effect_and_then_level():
    assert [expected_on(70, 78, PATH, MONDAY + n * WEEK) for n in (-1, 0, 2, 4, 9)] == [70, 70, 74, 78, 78]
    assert mean_expected(70, 78, PATH, MONDAY, MONDAY + 4 * WEEK) == pytest.approx((70 + 72 + 74 + 76) / 4)
    way = glide(70, 78, PATH, 2, 1.0, 0.0)
    assert [p.on for p in way][-1] == PATH.judged_on
    assert len(way) == 6
    assert all(p.low < p.expected < p.high for p in way)
    assert all(math.isnan(p.low) for p in glide(70, 78, PATH, 4, None))


def test_the_ramp_of_new_people_has_the_figures_of_the_field():
    assert [round(handle_time(900, 600, 3, w)) for w in (3, 6, 9, 12)] == [750, 675, 638, 619]
    assert (round(lost_weeks(900, 600, 3), 1), round(lost_weeks(1000, 500, 6), 1)) == (2.2, 8.7)
    early = ramp(12, 3, training_weeks=4, start_s=900, proficient_s=600, half_life_weeks=3)
    assert early.worth == 0
    assert "none is on contacts" in early.sentence
    later = ramp(12, 10, training_weeks=4, start_s=900, proficient_s=600, half_life_weeks=3, leave_share=0.3)
    assert later.present == pytest.approx(12 * (1 - 0.3 * 10 / (90 / 7)))
    assert later.worth == pytest.approx(later.present * 600 / 675)
    with pytest.raises(Refusal):
        ramp(12, 3, training_weeks=4, start_s=500, proficient_s=600, half_life_weeks=3)


def test_a_promise_about_a_queue_says_what_it_takes_in_people():
    day = QueueDay(
        np.array([100.0, 160.0, 0.0]), np.full(3, 1800.0), np.full(3, 300.0), 120.0, 20.0, ("09:00", "09:30", "10:00")
    )
    found = staffing([day], measure="service_level", baseline=0.7, target=0.8)
    assert found.at == "09:30"
    assert found.most >= 1
    assert found.hours == pytest.approx(found.hours // 0.5 * 0.5)
    two = staffing([day, day], measure="service_level", baseline=0.7, target=0.8)
    assert (two.most, two.hours) == (2 * found.most, 2 * found.hours)
    assert staffing([day], measure="csat", baseline=0.7, target=0.8) is None
    assert staffing([], measure="asa", baseline=30, target=20) is None
