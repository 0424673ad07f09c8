"""Questions from what was found, five whys, points, clocks, and who raised it first."""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield.agreement.terms import Agreement
from levelfield.dialogue import (
    CLIENT,
    PARTNER,
    Point,
    Stand,
    Standing,
    State,
    Why,
    clocked,
    guide,
    initiative,
    outline,
    root_causes,
    summed_up,
)
from levelfield.dialogue.causes import depth_of
from levelfield.dialogue.guide import MOST
from levelfield.drill_down.explanation import Contribution, Explanation, Owner, Question, Span
from levelfield.own_house import DUTIES, Verdict
from levelfield.own_house.duty import Finding, Found

AGREEMENT = Agreement.model_validate(
    {
        "partner": "north", "title": "t", "version": 1, "valid_from": dt.date(2025, 1, 1), "calendar": "GB-ENG", "target": [],
        "clocks": {"case_acknowledge": {"days": 2, "silence": "goes up"}, "plan_answer": {"days": 10, "silence": "approved"}},
    }
)  # fmt: skip


def explained(*questions: Question) -> Explanation:
    part = Contribution("absence", "absence", Owner.PARTNER, -0.04, evidence="absence went from 6 to 14 %")
    return Explanation(Span("2026-W28", "2026-W35"), Span("2026-W38", "2026-W40"), 0.8, 0.75, 900, 900, (part,), "queueing", questions=questions)  # fmt: skip


def test_the_clients_own_house_is_asked_before_the_partner():
    late = (
        Finding(DUTIES["forecast"], Found(Verdict.NOT_KEPT, "Forecasts were 18 % too low."))
        if "forecast" in DUTIES
        else Finding(next(iter(DUTIES.values())), Found(Verdict.NOT_KEPT, "Late."))
    )
    asked = guide(explained(Question(Owner.PARTNER, "Absence rose: what happened?")), [late])
    assert [q.to for q in asked] == [CLIENT, PARTNER]
    assert late.found.sentence in asked[0].because
    assert asked[1].words == "Absence rose: what happened?"


def test_a_question_is_asked_once_and_each_side_hears_only_a_few():
    same = [Question(Owner.PARTNER, "Why?")] * 3
    assert len(guide(explained(*same))) == 1
    many = [Question(Owner.PARTNER, f"Why {n}?") for n in range(20)]
    assert len(guide(explained(*many))) == MOST
    assert guide(None) == ()


def test_the_name_of_a_question_stays_while_the_question_does():
    one, two = (guide(explained(Question(Owner.PARTNER, w)))[0].key for w in ("Why?", "Why?"))
    assert one == two != guide(explained(Question(Owner.CLIENT, "Why?")))[0].key


WHYS = [
    Why("a", "", "calls waited", CLIENT, Stand.AGREED), Why("b", "a", "too few people", PARTNER, Stand.AGREED), Why("c", "b", "absence", PARTNER, Stand.OPEN),
    Why("d", "", "a release", PARTNER, Stand.DISPUTED), Why("e", "nobody", "an orphan", PARTNER, Stand.OPEN),
]  # fmt: skip


def test_the_tree_is_told_from_the_top_and_an_orphan_is_not_lost():
    assert [(depth, w.key) for depth, w in outline(WHYS)] == [(1, "a"), (2, "b"), (3, "c"), (1, "d"), (1, "e")]
    assert depth_of(WHYS, "c") == 3
    assert depth_of(WHYS, "nobody") == 0


def test_a_plan_should_act_on_the_deepest_answers_both_sides_agree_on():
    assert [w.key for w in root_causes(WHYS)] == ["b"]


@pytest.mark.parametrize(
    ("stands", "sentence"),
    [
        ([], "No point has been made yet."),
        ([Stand.AGREED], "Of 1 point 1 is agreed."),
        (
            [Stand.AGREED, Stand.AGREED, Stand.DISPUTED, Stand.OPEN],
            "Of 4 points 2 are agreed, 1 disputed and 1 not answered yet.",
        ),
    ],
)
def test_points_are_summed_up_in_one_sentence(stands, sentence):
    assert summed_up([Point("x", CLIENT, s) for s in stands]) == sentence


def test_a_clock_counts_working_days_of_the_agreement():
    thursday = dt.date(2026, 4, 2)  # before Good Friday
    found = clocked(Standing(State.RAISED, CLIENT), AGREEMENT, thursday, dt.date(2026, 4, 8))
    assert (found.until, found.overdue, found.silence, found.days) == (dt.date(2026, 4, 8), False, "goes up", 6)
    assert clocked(Standing(State.RAISED, CLIENT), AGREEMENT, thursday, dt.date(2026, 4, 9)).overdue


def test_without_an_agreed_clock_nobody_is_late():
    for agreement in (None, AGREEMENT):
        found = clocked(Standing(State.SESSION_HELD, CLIENT), agreement, dt.date(2026, 1, 1), dt.date(2027, 1, 1))
        assert (found.until, found.overdue) == (None, False)
    assert clocked(Standing(State.CLOSED, CLIENT), AGREEMENT, dt.date(2026, 1, 1), dt.date(2026, 1, 2)) is None


def test_too_few_cases_give_no_share():
    assert initiative([PARTNER, CLIENT]).share is None
    assert "too few for a share" in initiative([PARTNER, CLIENT]).sentence
    assert initiative([PARTNER, CLIENT, PARTNER, PARTNER]).share == 0.75
    assert initiative([]).sentence == "No case has been raised yet."
