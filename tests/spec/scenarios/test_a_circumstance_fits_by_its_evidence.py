"""Onset, place, end and signs: each moves the fit the way a person would expect, and all of them together make a probability."""

from __future__ import annotations

import datetime as dt
import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from levelfield.scenarios import SCENARIOS, Circumstance, Episode, SignSeen, fits, sign_seen
from levelfield.signals import Kind, Reading, judge
from levelfield.words import Refusal, Series

ONSET = dt.date(2026, 3, 2)
WEEK = dt.timedelta(weeks=1)
PLACES = {("site", "Leeds"): 0.9, ("site", "Cebu"): 0.1}
SIZES = {("site", "Leeds"): 0.3, ("site", "Cebu"): 0.7}


def episode(**changed: object) -> Episode:
    plain: dict[str, object] = {
        "onset": ONSET, "onset_first": ONSET - WEEK, "onset_last": ONSET + WEEK, "going_on": True,
        "looked_from": dt.date(2025, 6, 2), "looked_until": dt.date(2026, 6, 1),
    }  # fmt: skip
    return Episode(**{**plain, **changed})


def filed(key: str = "c", scenario: str = "disruption", starts_on: dt.date = ONSET, **changed: object) -> Circumstance:
    plain: dict[str, object] = {
        "title": f"Circumstance {key}", "ends_on": None, "site": None, "line": None, "owner": "outside", "filed_by": "partner"
    }  # fmt: skip
    return Circumstance(key, scenario, starts_on=starts_on, **{**plain, **changed})


def odds(part: str, on: Episode, own: Circumstance, signs: tuple[SignSeen, ...] = ()) -> float:
    return fits(on, [own], {own.key: signs}).of(own.key).part(part).log_odds


@st.composite
def many_filed(draw: st.DrawFn) -> list[Circumstance]:
    found = []
    for index in range(draw(st.integers(0, 7))):
        start = ONSET + dt.timedelta(days=draw(st.integers(-300, 60)))
        lasts = draw(st.none() | st.integers(1, 200))
        found.append(filed(
            f"c{index}", draw(st.sampled_from(sorted(SCENARIOS))), start, ends_on=None if lasts is None else start + dt.timedelta(days=lasts),
            site=draw(st.sampled_from((None, "Leeds", "Cebu", "Porto"))), line=draw(st.sampled_from((None, "Billing"))),
        ))  # fmt: skip
    return found


def some_signs(circumstances: list[Circumstance], seed: int) -> dict[str, list[SignSeen]]:
    rng = random.Random(seed)
    return {
        own.key: [
            SignSeen(sign.measure, rng.choice((True, False, None)), rng.random() < 0.5, rng.choice((None, math.nan, 2.5, -6.0)))
            for sign in SCENARIOS[own.scenario].signs
            if rng.random() < 0.7
        ]
        for own in circumstances
    }  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(many_filed(), st.integers(0, 1000), st.sampled_from(({}, {"places": PLACES, "sizes": SIZES})))
def test_probabilities_sum_to_one_and_the_order_of_filing_does_not_matter(
    circumstances: list[Circumstance], seed: int, where: dict[str, object]
) -> None:
    signs = some_signs(circumstances, seed)
    found = fits(episode(**where), circumstances, signs)
    assert math.isclose(found.none + math.fsum(one.probability for one in found.ranked), 1.0, abs_tol=1e-12)
    assert all(0 <= one.probability <= 1 and len(one.parts) == 4 for one in found.ranked)
    shuffled = random.Random(seed).sample(circumstances, len(circumstances))
    again = fits(episode(**where), shuffled, signs)
    assert again.none == found.none
    assert [(o.circumstance.key, o.probability) for o in again.ranked] == [
        (o.circumstance.key, o.probability) for o in found.ranked
    ]
    assert all(one.sentence.endswith((".", "?")) for one in found.ranked)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.sampled_from(sorted(SCENARIOS)), st.integers(1, 31))
def test_what_starts_after_the_change_has_begun_is_not_its_cause(late: int, scenario: str, step: int) -> None:
    on = episode(period_days=step)
    own = filed(scenario=scenario, starts_on=on.onset_last + dt.timedelta(days=step + late))
    found = fits(on, [own])
    assert found.of("c").probability < 1e-9
    assert "not what began it" in found.of("c").sentence


def test_nothing_filed_is_none_of_them() -> None:
    found = fits(episode(), [])
    assert (found.none, found.best, found.ranked) == (1.0, None, ())
    assert found.sentence == "No circumstance is filed for these weeks."


def test_the_nearer_the_start_the_better_it_fits() -> None:
    near, far, farther = (odds("onset", episode(), filed(starts_on=ONSET - n * WEEK)) for n in (0, 4, 30))
    assert near > 0 > farther
    assert near > far > farther


def test_what_builds_up_slowly_may_start_weeks_before() -> None:
    quick, slow = (
        odds("onset", episode(), filed(scenario=s, starts_on=ONSET - 5 * WEEK)) for s in ("disruption", "attrition")
    )
    assert slow > quick + 0.5


def test_an_uncertain_onset_says_less_about_when() -> None:
    sharp, vague = (
        episode(onset_first=ONSET, onset_last=ONSET),
        episode(onset_first=ONSET - 8 * WEEK, onset_last=ONSET + 8 * WEEK),
    )
    assert odds("onset", sharp, filed()) > odds("onset", vague, filed())
    late = filed(starts_on=ONSET + 4 * WEEK)
    assert odds("onset", vague, late) > odds("onset", sharp, late)


def test_the_place_that_carries_the_change_speaks_for_what_happened_there() -> None:
    on = episode(places=PLACES, sizes=SIZES)
    there, elsewhere = odds("place", on, filed(site="Leeds")), odds("place", on, filed(site="Cebu"))
    assert there > 0.5
    assert elsewhere < -0.5
    assert (
        fits(on, [filed(site="Leeds")]).of("c").part("place").sentence
        == "Leeds carries 90 % of the change and 30 % of the contacts."
    )


def test_what_is_everywhere_fits_a_change_that_is_spread() -> None:
    spread = episode(places=SIZES, sizes=SIZES)
    assert 0 < odds("place", spread, filed()) < 1
    assert odds("place", episode(places=PLACES, sizes=SIZES), filed()) < 0
    assert odds("place", spread, filed(site="Leeds")) < 0


@pytest.mark.parametrize("places", [{}, {("site", "Cebu"): 1.0}, {("site", "Leeds"): math.nan}])
def test_a_place_that_is_not_known_says_nothing(places: dict[tuple[str, str], float]) -> None:
    on = episode(places=places, sizes={("site", "Leeds"): 0.3})
    assert odds("place", on, filed(site="Leeds")) == 0
    assert "not known" in fits(on, [filed(site="Leeds")]).of("c").part("place").sentence


def test_a_change_that_ends_with_the_circumstance_fits_it() -> None:
    over = episode(ends_on=ONSET + 3 * WEEK, going_on=False)
    ended = [odds("duration", over, filed(ends_on=ONSET + n * WEEK)) for n in (3, 4, 9)]
    assert ended[0] > ended[1] > 0 > ended[2]
    assert odds("duration", over, filed()) < 0, "it goes on, and the change is over"


def test_what_passes_should_not_go_on_for_weeks_after_its_end() -> None:
    assert odds("duration", episode(), filed(ends_on=ONSET + WEEK)) < -0.5
    assert abs(odds("duration", episode(), filed(scenario="leadership", ends_on=ONSET + WEEK))) < 0.1
    assert odds("duration", episode(), filed()) > 0


def test_too_early_to_say_whether_it_is_over_says_nothing() -> None:
    assert odds("duration", episode(going_on=None), filed(ends_on=ONSET + WEEK)) == 0


def test_signs_that_move_as_expected_speak_for_it_and_missing_ones_say_nothing() -> None:
    moving = tuple(SignSeen(s.measure, s.rises, True, 6.0 if s.rises else -6.0) for s in SCENARIOS["attrition"].signs)
    still = tuple(SignSeen(s.measure, None, False, 0.3) for s in SCENARIOS["attrition"].signs)
    other = tuple(SignSeen(s.measure, not s.rises, True, -6.0) for s in SCENARIOS["attrition"].signs)
    own = filed(scenario="attrition", owner="partner")
    ranked = [odds("signs", episode(), own, signs) for signs in (moving, moving[:1], (), still)]
    assert ranked == sorted(ranked, reverse=True)
    assert ranked[2] == 0 > ranked[3]
    assert odds("signs", episode(), own, other) < 0
    assert ranked[0] < math.log(4), "what is filed happened, and may show whether or not it moved the result"


def test_a_measure_is_no_sign_of_its_own_change() -> None:
    seen = (SignSeen("asa", True, True, 9.0),)
    assert odds("signs", episode(), filed(), seen) > 0
    assert odds("signs", episode(measure="asa"), filed(), seen) == 0


def test_the_sentence_of_signs_names_what_moves_and_what_does_not() -> None:
    seen = (
        SignSeen("absence", True, True, 5.0),
        SignSeen("asa", False, True, -3.0),
        SignSeen("abandonment", None, False),
    )
    told = fits(episode(), [filed()], {"c": seen}).of("c").part("signs").sentence
    assert told == "1 of 3 delivered signs moves as expected: Absence. As before: Abandonment. The other way: ASA."


def test_one_of_two_that_fit_alike_is_not_named() -> None:
    alone = fits(episode(ends_on=ONSET + WEEK, going_on=False), [filed(ends_on=ONSET + WEEK)])
    assert alone.best is not None
    assert "fits best" in alone.sentence
    both = fits(episode(), [filed("a"), filed("b")])
    assert both.best is None
    assert "stands out" in both.sentence
    assert both.ranked[0].probability == both.ranked[1].probability
    assert math.isclose(both.by_scenario["disruption"], 1 - both.none)


def test_an_episode_comes_from_a_verdict() -> None:
    rng = np.random.default_rng(4)
    series = Series.plain(np.r_[rng.normal(80, 2, 40), rng.normal(72, 2, 12)], period="week", start="2025-06-02")
    own = Episode.of(judge(series), series.days, measure="csat")
    assert own.onset == series.days[40]
    assert own.onset_first <= own.onset <= own.onset_last
    assert (own.period_days, own.going_on, own.looked_until) == (7, True, series.days[-1] + WEEK)
    usual = Series.plain(rng.normal(80, 2, 52), period="week", start="2025-06-02")
    with pytest.raises(Refusal, match="a verdict that found a change"):
        Episode.of(judge(usual), usual.days)


def test_a_drift_may_be_a_late_step_and_so_begins_at_any_time_since() -> None:
    days = Series.plain(np.zeros(52), period="week", start="2025-06-02").days
    drift, step = (
        Reading(kind, onset=20, onset_range=(18, 24), going_on=True, latest=51) for kind in (Kind.DRIFT, Kind.SUSTAINED)
    )
    assert Episode.of(drift, days).onset_last == days[51]
    assert Episode.of(step, days).onset_last == days[24]
    late = filed(starts_on=days[30])
    assert odds("onset", Episode.of(drift, days), late) > odds("onset", Episode.of(step, days), late) + 5


def test_a_sign_is_looked_at_where_the_change_began() -> None:
    rng = np.random.default_rng(11)
    level = rng.normal(20, 1, 52)
    moved = level.copy()
    moved[40:] -= 4
    seen = sign_seen("attrition", Series.plain(moved), 40)
    assert seen is not None
    assert (seen.moved, seen.rose, seen.sentence) == (True, False, "Attrition, annualised clearly falls.")
    still = sign_seen("attrition", Series.plain(level), 40)
    assert still is not None
    assert not still.moved
    assert sign_seen("attrition", Series.plain([20.0, math.nan, 21.0]), 1) is None, "too few to say"
    assert sign_seen("attrition", Series.plain(level), 0) is None, "nothing lies before the onset"


def test_few_steady_signs_move_by_chance() -> None:
    rng = np.random.default_rng(12)
    seen = [sign_seen("aht", Series.plain(rng.normal(300, 10, 53)), 44) for _ in range(200)]
    assert np.mean([one.moved for one in seen if one]) < 0.12


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"ends_on": ONSET}, "an end after the start"),
        ({"ends_on": ONSET - WEEK}, "It starts on 2026-03-02 and ends on 2026-02-23"),
        ({"scenario": "weathr"}, "no known scenario"),
        ({"owner": "vendor"}, "“vendor” is no owner"),
        ({"filed_by": "robot"}, "client, partner, data"),
    ],
)
def test_a_circumstance_that_cannot_be_is_refused_in_words(changed: dict[str, object], told: str) -> None:
    with pytest.raises(Refusal, match=told):
        filed(**changed)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"onset_first": ONSET + WEEK}, "outside the range"),
        ({"ends_on": ONSET}, "an end after the onset"),
        ({"period_days": 0}, "at least one day"),
        ({"looked_until": dt.date(2025, 1, 1)}, "an end after the start"),
    ],
)
def test_an_episode_that_cannot_be_is_refused_in_words(changed: dict[str, object], told: str) -> None:
    with pytest.raises(Refusal, match=told):
        episode(**changed)


def test_a_key_stands_once_and_a_prior_is_a_share() -> None:
    with pytest.raises(Refusal, match="Two circumstances have the key “c”"):
        fits(episode(), [filed(), filed()])
    with pytest.raises(Refusal, match="above 0 and below 1"):
        fits(episode(), [filed()], none_of_them=1.0)
