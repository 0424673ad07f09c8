"""On track or behind, worked or did not or cannot say: on figures a person can follow, and scored on planted worlds."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from levelfield.check_ins import AgendaItem, Judged, Outcome, Track, agenda, effect, on_track, track_record
from levelfield.check_ins.comparison import Design, comparison_of, simplex_weights
from levelfield.plan import Path
from levelfield_worlds.plans import KINDS, plan_worlds

MONDAY = dt.date(2026, 1, 5)
WEEK = dt.timedelta(weeks=1)
PATH = Path(MONDAY, MONDAY + 4 * WEEK, MONDAY + 12 * WEEK)


def points(x: float) -> str:
    return f"{100 * x:.1f} points"


def track(values: list[float], sd: float = 0.01) -> Track:
    weeks = [MONDAY + n * WEEK for n in range(len(values))]
    return on_track(weeks, values, baseline=0.7, target=0.78, path=PATH, sd=sd, correlation=0.2, written=points).track


def test_a_promise_on_its_path_is_on_track_and_one_that_stays_is_behind():
    assert track([0.70, 0.72, 0.74, 0.76, 0.78, 0.78]) is Track.ON_TRACK
    assert track([0.70, 0.70, 0.70, 0.70, 0.70, 0.70]) is Track.BEHIND


def test_within_chance_nothing_is_said():
    assert track([0.70, 0.71], sd=0.03) is Track.CANNOT_SAY
    assert track([]) is Track.CANNOT_SAY
    assert track([float("nan")] * 4) is Track.CANNOT_SAY


def test_a_promise_to_lower_a_measure_is_read_the_same_way():
    weeks = [MONDAY + n * WEEK for n in range(8)]
    for values, expected in (([400, 390, 380, 370, 360, 360, 360, 360], Track.ON_TRACK), ([400] * 8, Track.BEHIND)):
        found = on_track(weeks, values, baseline=400, target=360, path=PATH, sd=5, correlation=0.2, written=str)
        assert found.track is expected


def after_a_step(size: float, weeks: int = 12, seed: int = 1, promised: float = 0.06, **more: object):
    rng = np.random.default_rng(seed)
    y = 0.72 + rng.normal(0, 0.012, 40 + 3 + weeks)
    y[40:43] += size / 2
    y[43:] += size
    return effect(y, begin=40, full=43, promised=promised, written=points, **more)


def test_a_full_effect_worked_none_did_not_and_half_of_it_is_told_as_less_than_promised():
    assert after_a_step(0.06).outcome is Outcome.WORKED
    none = after_a_step(0.0)
    assert none.outcome is Outcome.DID_NOT
    assert none.low < 0 < none.high < 0.06
    some = after_a_step(0.028, promised=0.12)
    assert some.outcome is Outcome.DID_NOT
    assert "less than promised" in some.sentence


def test_the_estimate_and_its_interval_are_in_the_sentence():
    found = after_a_step(0.06)
    assert points(found.estimate) in found.sentence
    assert points(found.low) in found.sentence
    assert "6.0 points was promised" in found.sentence
    assert found.design is Design.ALONE


def test_too_few_weeks_say_how_many_more_are_needed():
    found = after_a_step(0.06, weeks=1)
    assert (found.outcome, found.weeks_more) == (Outcome.CANNOT_SAY, 2)
    assert "2 more are needed" in found.sentence
    noisy = np.random.default_rng(3).normal(0.72, 0.06, 50)
    found = effect(noisy, begin=40, full=42, promised=0.03, written=points)
    if found.outcome is Outcome.CANNOT_SAY:
        assert found.weeks_more is None or found.weeks_more > 0


def test_what_was_already_rising_is_not_the_plans_work():
    y = 0.6 + 0.004 * np.arange(55) + np.random.default_rng(5).normal(0, 0.008, 55)
    found = effect(y, begin=40, full=43, promised=0.05, written=points)
    assert found.outcome is Outcome.CANNOT_SAY or found.estimate < 0.05
    assert any(c.passed is False for c in found.checks)


def test_what_others_did_as_well_is_taken_off():
    rng = np.random.default_rng(6)
    common = np.cumsum(rng.normal(0, 0.015, 60))
    common[45:] += 0.06
    donors = [(f"line {n}", 0.7 + common + rng.normal(0, 0.008, 60)) for n in range(3)]
    own = 0.75 + common + rng.normal(0, 0.008, 60)
    found = effect(own, begin=45, full=47, promised=0.05, written=points, donors=donors)
    assert found.design is Design.DIFFERENCE
    assert found.outcome is Outcome.DID_NOT
    lifted = own.copy()
    lifted[47:] += 0.05
    assert effect(lifted, begin=45, full=47, promised=0.05, written=points, donors=donors).outcome is Outcome.WORKED


def test_weights_of_a_mixture_are_not_negative_and_sum_to_one():
    panel = np.random.default_rng(7).normal(10, 1, (20, 6))
    weights = simplex_weights(panel @ np.array([0.6, 0.4, 0, 0, 0, 0]), panel)
    assert weights == pytest.approx([0.6, 0.4, 0, 0, 0, 0], abs=1e-3)
    assert weights.sum() == pytest.approx(1.0)


def test_a_series_that_moves_otherwise_is_no_comparison():
    rng = np.random.default_rng(8)
    found = comparison_of(0.7 + rng.normal(0, 0.01, 50), [("other", 0.7 + rng.normal(0, 0.05, 50))], 40, 42)
    assert found.design is Design.ALONE
    assert found.others is not None


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_without_effect_is_seldom_said_to_have_worked(kind):
    """The full measurement with intervals is `python -m bench.run --only effects`."""
    said = [
        effect(
            w.values, begin=w.begin, full=w.full, promised=w.promised, written=points, donors=w.donors, breaks=w.breaks
        ).outcome
        for w in plan_worlds(np.random.default_rng(11), kind, 60, times=0.0, correlation=0.3)
    ]
    assert sum(o is Outcome.WORKED for o in said) <= 6, "60 worlds at one in twenty: more than six come once in fifty"


def test_a_full_effect_is_mostly_seen():
    said = [
        effect(
            w.values, begin=w.begin, full=w.full, promised=w.promised, written=points, donors=w.donors, breaks=w.breaks
        ).outcome
        for w in plan_worlds(np.random.default_rng(12), "sustained fall", 60, times=1.0, correlation=0.3)
    ]
    assert sum(o is Outcome.WORKED for o in said) >= 42


def test_a_record_counts_what_was_judged_and_tells_no_share_of_two():
    made = [
        Judged("asa", -5, Outcome.WORKED, -6.0),
        Judged("asa", -5, Outcome.DID_NOT, -1.0),
        Judged("asa", -5, Outcome.CANNOT_SAY),
        Judged("asa", -5, None, late=True),
    ]
    own = track_record(made)
    assert (own.made, own.judged, own.kept, own.late, own.share) == (4, 2, 1, 1, None)
    assert "too few for a share" in own.sentence
    more = track_record([*made, Judged("csat", 0.1, Outcome.WORKED, 0.1)])
    assert more.share == pytest.approx(2 / 3)
    assert more.reached == 1.0
    assert track_record([]).sentence == "No promise has been made yet."


def test_the_agenda_puts_what_presses_first_and_leaves_out_what_was_talked_about():
    items = [
        AgendaItem("signal", "fell", MONDAY + WEEK), AgendaItem("overdue", "badges", MONDAY - 4 * WEEK, pressing=True), AgendaItem("answer", "old", MONDAY - WEEK),
        AgendaItem("promise", "behind", MONDAY, pressing=True),
    ]  # fmt: skip
    assert [i.words for i in agenda(items, MONDAY)] == ["behind", "badges", "fell"]
    with pytest.raises(KeyError, match="not a kind"):
        agenda([AgendaItem("weather", "rain", MONDAY)], None)
