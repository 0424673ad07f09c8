"""Picture, headline and answers come from one object: what the words say is what the points show."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.measure import Direction, Unit
from levelfield.measures.value import Value
from levelfield.signals.chart import Drawing, Look, Rebase, chart_of
from levelfield.signals.of_values import series_of
from levelfield.signals.outlook import outlook
from levelfield.signals.telling import did_it_change, headline, short_reading, will_it_meet
from levelfield.signals.verdict import Kind
from levelfield.words import Family, Grain, Refusal, Series

SERVICE_LEVEL, ASA, OFFERED = MEASURES["service_level"], MEASURES["asa"], MEASURES["offered"]


def values(shares: np.ndarray, missing: tuple[int, ...] = ()) -> tuple[list[Value], list[str]]:
    """Weeks of a thousand contacts."""
    monday, found, labels = dt.date(2026, 1, 5), [], []
    for number, share in enumerate(shares):
        start = monday + dt.timedelta(days=7 * number)
        labels.append(Grain.WEEK.name_of(start))
        if number not in missing:
            hits = round(1000 * share)
            found.append(Value("service_level", "", (), start, Grain.WEEK, hits / 1000, hits, 1000, 1000))
    return found, labels


def chart(shares, *, missing=(), target=0.8, direction=Direction.HIGHER, **more):
    own, labels = values(shares, missing)
    series = series_of(SERVICE_LEVEL, own, labels, Grain.WEEK)
    return chart_of(
        "Service level", series, own, labels, direction=direction, unit=Unit.SHARE, decimals=1, target=target, periods="weeks", **more
    )  # fmt: skip


def told(value: float) -> str:
    return f"{100 * value:.1f} %"


@pytest.fixture
def fallen() -> np.ndarray:
    shares = np.random.default_rng(1).normal(0.85, 0.008, 45)
    shares[30:] -= 0.08
    return shares


def test_a_fall_is_told_with_its_week_and_its_points_are_marked_from_that_week_on(fallen):
    own = chart(fallen)
    assert own.reading.kind is Kind.SUSTAINED and own.look is Look.WORSE
    marked = [d.label for d in own.dots if d.look is Look.WORSE]
    assert marked[0] == own.label_of_onset == "2026-W32" and len(marked) == 45 - own.reading.onset
    assert headline(own, told).startswith("Service level fell in 2026-W32 from 84.")
    assert short_reading(own) == "Lower since 2026-W32"
    assert did_it_change(own, told).startswith("Yes.") and "sustained shift" in did_it_change(own, told)


def test_the_same_fall_of_a_measure_that_should_be_low_is_better(fallen):
    assert chart(fallen, direction=Direction.LOWER).look is Look.BETTER
    assert chart(fallen, direction=Direction.NONE).look is Look.CHANGED


def test_where_the_level_moved_the_lines_break(fallen):
    own = chart(fallen)
    onset = own.reading.onset
    assert own.dots[0].centre > own.dots[-1].centre + 0.03
    assert own.dots[onset - 1].centre == own.dots[0].centre and own.dots[onset].centre == own.dots[-1].centre
    assert own.usual.first == onset


def test_a_stable_series_has_no_marked_point_and_says_so():
    own = chart(np.random.default_rng(2).normal(0.85, 0.012, 45))
    assert {d.look for d in own.dots} == {Look.USUAL}
    assert headline(own, told).startswith("Service level is as usual at 8")
    assert did_it_change(own, told).startswith("No. A stable series looks like this or more so in ")


def test_a_gap_has_no_point_and_a_word(fallen):
    own = chart(fallen, missing=(5,))
    assert (own.dots[5].value, own.dots[5].plotted, own.dots[5].word, own.dots[5].look) == (
        None,
        None,
        "not delivered",
        Look.CANNOT_JUDGE,
    )


def test_too_few_weeks_are_not_judged():
    own = chart(np.full(6, 0.85) + np.arange(6) / 500)
    assert own.look is Look.CANNOT_JUDGE and own.usual is None
    assert did_it_change(own, told).startswith("Cannot say yet: 6 weeks with a value")


def test_from_a_rebase_on_the_series_is_judged_anew(fallen):
    own = chart(fallen, rebases=(Rebase("2026-W32", "new routing, both sides know"),))
    assert own.reading.kind is Kind.USUAL and own.reading.n == 15
    assert own.dots[0].centre > own.dots[-1].centre


def test_rules_are_laid_over_the_picture_and_are_not_the_verdict(fallen):
    own = chart(fallen, rule_set="nhs")
    assert any(
        "outside limits" in d.rules or "seven one side" in d.rules for d in chart(fallen[:36], rule_set="nhs").dots
    )
    assert own.reading == chart(fallen).reading


@pytest.mark.parametrize("drawing", [Drawing.P, Drawing.P_PRIME, Drawing.EWMA, Drawing.CUSUM])
def test_every_drawing_of_shares_has_the_same_verdict(fallen, drawing):
    own = chart(fallen, drawing=drawing)
    assert own.reading == chart(fallen).reading and own.usual is not None
    assert all(d.plotted is not None for d in own.dots)


def test_a_drawing_that_does_not_fit_and_an_unknown_rule_set_are_refused(fallen):
    with pytest.raises(Refusal, match="is not made for shares"):
        chart(fallen, drawing=Drawing.C)
    with pytest.raises(Refusal, match="is not a rule set"):
        chart(fallen, rule_set="traffic light")
    with pytest.raises(Refusal, match="independent points"):
        chart(fallen, drawing=Drawing.EWMA, rule_set="nhs")


@pytest.mark.parametrize(
    ("measure", "family"), [(SERVICE_LEVEL, Family.SHARES), (ASA, Family.MEANS), (OFFERED, Family.COUNTS)]
)
def test_a_measure_becomes_the_series_it_is(measure, family):
    start = dt.date(2026, 1, 5)
    own = [Value(measure.name, "", (), start, Grain.WEEK, 0.5, 500, 1000, 1000)]
    assert series_of(measure, own, ["2026-W02"], Grain.WEEK).family is family


def test_the_outlook_is_surer_the_further_the_level_lies_from_what_was_agreed():
    series = Series.shares(
        *np.array([[round(1000 * s), 1000] for s in np.random.default_rng(3).normal(0.85, 0.012, 45)]).T
    )
    far, near, beyond = (outlook(series, periods=4, expected=level).meets_expected for level in (0.80, 0.85, 0.90))
    assert far > 0.97 and 0.3 < near < 0.7 and beyond < 0.03
    found = outlook(series, periods=4, expected=0.80, minimum=0.75, at_least=True)
    assert found.low < 0.85 < found.high and found.meets_minimum >= found.meets_expected
    assert outlook(series, periods=4, expected=0.80, at_least=False).meets_expected == pytest.approx(1 - far, abs=1e-9)
    assert outlook(Series.plain([1.0] * 50), periods=4, expected=1) is None


def test_the_second_answer_says_how_likely_the_level_is_met():
    shares = np.random.default_rng(4).normal(0.85, 0.012, 45)
    own, labels = values(shares)
    series = series_of(SERVICE_LEVEL, own, labels, Grain.WEEK)
    seen = outlook(series, periods=4, expected=0.8, minimum=0.7)
    words = will_it_meet(chart(shares, outlook=seen), told, "the next 4 weeks")
    assert words.startswith("Reliably, as long as nothing changes. Over the next 4 weeks we expect 8")
    assert "the agreed 80.0 % is met with a probability of" in words and "minimum level" in words
    assert will_it_meet(chart(shares, target=None), told) == "Nothing was agreed for this measure."
