"""The moves of a charter: who may make which, each once, each in the audit, and nothing of the other side's answers in it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from levelfield.reasons import LAPSES_AFTER_DAYS, STATEMENTS, Standing
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import HOUSE, Viewer
from levelfield_web.reasons import actions
from levelfield_web.reasons.models import BuyIn, Sponsor, StoredReason, SurveyAnswer, Weighing
from levelfield_web.reasons.queries import aligned, charter, reasons, sponsors

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 1, 1)
BEHIND = "stands behind it"
SAME = dict.fromkeys(STATEMENTS, 4)


@pytest.fixture
def eve(join):
    """The client's executive."""
    return join("Eve Lindqvist", "executive")


@pytest.fixture
def cost(ada, monday) -> StoredReason:
    return actions.add_reason(
        partner="north", kind="cost", measure="cost_per_contact", higher_is_better=False, by=ada.as_viewer, at=monday
    )


@pytest.fixture
def quality(ada, monday) -> StoredReason:
    return actions.add_reason(partner="north", kind="quality", measure="csat", by=ada.as_viewer, at=monday)


@pytest.fixture
def boss(noor, monday) -> Sponsor:
    """A sponsor of North's who never signs in."""
    return actions.name_sponsor(
        partner="north", name="Martin Cole", level="executive", since=DAY, by=noor.as_viewer, at=monday
    )


def once(make) -> object:
    """Made three times: one thing and one move."""
    before = Move.objects.count()
    found = [make() for _ in range(3)]
    assert len({str(getattr(f, "pk", [a.pk for a in f] if isinstance(f, list) else f)) for f in found}) == 1
    assert Move.objects.count() == before + 1
    move = Move.objects.order_by("id").last()
    assert move is not None and move.partner == "north"
    return found[0]


def test_every_move_is_made_once_and_both_sides_may_read_it(ada, noor, boss, cost, quality, monday):
    by, theirs = ada.as_viewer, noor.as_viewer
    own = once(
        lambda: actions.add_reason(partner="north", kind="own", words="Nobody here speaks Dutch", by=by, at=monday)
    )
    told = {
        "measure": "cost_per_contact",
        "higher_is_better": False,
        "baseline": Decimal("4.9"),
        "baseline_on": DAY,
        "source": "the ledger",
    }
    once(lambda: actions.set_baseline(reason=cost, **told, by=by, at=monday))
    once(lambda: actions.withdraw_reason(reason=own, by=by, at=monday))
    once(lambda: actions.weigh(partner="north", points={cost.public_id: 30, quality.public_id: 70}, by=by, at=monday))
    once(
        lambda: actions.name_sponsor(
            partner="north", name="Lena Brandt", level="operational", since=DAY, by=theirs, at=monday
        )
    )
    once(lambda: actions.say_buy_in(sponsor=boss, stance=BEHIND, by=theirs, at=monday))
    once(lambda: actions.answer_survey(partner="north", answers=SAME, by=theirs, at=monday))
    once(lambda: actions.sponsor_leaves(sponsor=boss, left=monday.date(), by=theirs, at=monday))


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("executive", {"add", "withdraw", "weigh", "name", "survey"}),
        ("vendor_manager", {"add", "withdraw", "weigh", "name", "survey"}),
        ("analyst", set()),
        ("administrator", set()),
        ("north account_manager", {"name", "survey"}),
        ("north operations_manager", {"survey"}),
        ("north analyst", set()),
        ("south account_manager", set()),
    ],
)
def test_who_may_do_what(join, cost, quality, monday, who, allowed):
    partner, _, role = who.rpartition(" ")
    viewer = join("Kim Some", role, partner=partner).as_viewer
    moves = {
        "add": lambda: actions.add_reason(partner="north", kind="flexibility", by=viewer, at=monday),
        "withdraw": lambda: actions.withdraw_reason(reason=cost, by=viewer, at=monday),
        "weigh": lambda: actions.weigh(
            partner="north", points={cost.public_id: 1, quality.public_id: 1}, by=viewer, at=monday
        ),
        "name": lambda: actions.name_sponsor(
            partner="north", name="X", level="executive", since=DAY, by=viewer, at=monday
        ),
        "survey": lambda: actions.answer_survey(partner="north", answers=SAME, by=viewer, at=monday),
    }
    done = set()
    for name in ("weigh", "name", "survey", "add", "withdraw"):
        try:
            moves[name]()
            done.add(name)
        except Refusal as refusal:
            assert refusal.kind is RefusalKind.PERMISSION
    assert done == allowed


def test_nobody_moves_at_a_partner_that_is_not_there(ada, monday, north):
    with pytest.raises(Refusal, match="no such partner"):
        actions.add_reason(partner="nowhere", kind="cost", by=ada.as_viewer, at=monday)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "lunch"}, "no kind of reason"),
        ({"kind": "own"}, "no words"),
        ({"measure": "csatt"}, "is not a measure"),
        ({"measure": "cost_per_contact"}, "which way is better"),
        ({"words": "x" * 1001}, "too long"),
    ],
)
def test_a_reason_that_cannot_be_is_refused_in_words(ada, monday, more, words):
    with pytest.raises(Refusal, match=words):
        actions.add_reason(**{"partner": "north", "kind": "cost", **more}, by=ada.as_viewer, at=monday)
    assert not StoredReason.objects.exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"source": ""}, "when and where"),
        ({"baseline_on": None}, "when and where"),
        ({"baseline": None}, "has no value"),
        ({"measure": ""}, "belongs to no measure"),
        ({"baseline_on": dt.date(2027, 1, 1)}, "cannot be of 2027"),
        ({"baseline": Decimal("NaN")}, "cannot be NaN"),
        ({"baseline": Decimal(10) ** 13}, "cannot be"),
    ],
)
def test_half_a_baseline_is_refused(quality, ada, monday, more, words):
    given = {"measure": "csat", "baseline": Decimal("0.7"), "baseline_on": DAY, "source": "a survey", **more}
    with pytest.raises(Refusal, match=words):
        actions.set_baseline(reason=quality, **given, by=ada.as_viewer, at=monday)


def test_the_latest_weighing_of_a_person_counts_and_a_later_reason_is_weighed_anew(ada, eve, cost, quality, monday):
    def weigh(who, *points):
        actions.weigh(
            partner="north",
            points=dict(zip((cost.public_id, quality.public_id), points, strict=True)),
            by=who.as_viewer,
            at=monday,
        )

    weigh(ada, 90, 10)
    weigh(ada, 20, 80)
    weigh(eve, 3, 2)
    found = charter(viewer=ada.as_viewer, partner="north", on=monday.date())
    assert found.weights.by_reason == pytest.approx({cost.public_id: 0.4, quality.public_id: 0.6})
    assert Weighing.objects.count() == 3
    actions.add_reason(partner="north", kind="flexibility", by=ada.as_viewer, at=monday)
    found = charter(viewer=ada.as_viewer, partner="north", on=monday.date())
    assert (found.weights.n, set(found.weights.left_out)) == (0, {"Ada Okafor", "Eve Lindqvist"})


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ((None, 5), "No points are given to Cost"),
        ((0, 0), "cannot be weighed"),
        ((101, 5), "cannot be weighed"),
        ((-1, 5), "cannot be weighed"),
    ],
)
def test_points_that_cannot_be_weighed(ada, cost, quality, monday, points, words):
    with pytest.raises(Refusal, match=words):
        actions.weigh(
            partner="north",
            points=dict(zip((cost.public_id, quality.public_id), points, strict=True)),
            by=ada.as_viewer,
            at=monday,
        )
    with pytest.raises(Refusal, match="The charter has changed"):
        actions.weigh(partner="north", points={"R-000000000000": 5}, by=ada.as_viewer, at=monday)


def test_each_side_speaks_for_its_own_sponsors(ada, noor, sol, boss, monday):
    for move in (
        lambda who: actions.say_buy_in(sponsor=boss, stance=BEHIND, by=who, at=monday),
        lambda who: actions.sponsor_leaves(sponsor=boss, left=monday.date(), by=who, at=monday),
    ):
        with pytest.raises(Refusal, match="The other side named") as refusal:
            move(ada.as_viewer)
        assert refusal.value.kind is RefusalKind.PERMISSION
        with pytest.raises(Refusal, match="no such sponsor"):
            move(sol.as_viewer)
    assert not BuyIn.objects.exists()


def test_who_signs_in_speaks_in_person(ada, eve, monday):
    own = actions.name_sponsor(
        partner="north", name="", level="executive", since=DAY, person_id=eve.pk, by=ada.as_viewer, at=monday
    )
    assert own.name == eve.name
    with pytest.raises(Refusal, match="speaks for themselves"):
        actions.say_buy_in(sponsor=own, stance=BEHIND, by=ada.as_viewer, at=monday)
    actions.say_buy_in(sponsor=own, stance=BEHIND, by=eve.as_viewer, at=monday)


def test_only_people_of_ones_own_side_are_named(ada, noor, sol, monday):
    for who, by in ((noor, ada), (sol, noor), (ada, noor)):
        with pytest.raises(Refusal, match="no such person on your side"):
            actions.name_sponsor(
                partner="north", name="", level="executive", since=DAY, person_id=who.pk, by=by.as_viewer, at=monday
            )


def test_buy_in_lapses_and_is_renewed(noor, boss, monday):
    def standing(on: dt.date) -> Standing:
        found = charter(viewer=noor.as_viewer, partner="north", on=on)
        return found.partner.standing(found.partner.here[0])

    today = monday.date()
    assert standing(today) is Standing.NEVER_ASKED
    actions.say_buy_in(
        sponsor=boss,
        stance=BEHIND,
        said_on=today - dt.timedelta(days=LAPSES_AFTER_DAYS + 1),
        by=noor.as_viewer,
        at=monday,
    )
    assert standing(today) is Standing.LAPSED
    actions.say_buy_in(sponsor=boss, stance=BEHIND, by=noor.as_viewer, at=monday)
    assert standing(today) is Standing.BEHIND
    for day in (DAY - dt.timedelta(days=1), today + dt.timedelta(days=1)):
        with pytest.raises(Refusal, match="cannot have been said"):
            actions.say_buy_in(sponsor=boss, stance=BEHIND, said_on=day, by=noor.as_viewer, at=monday)


def test_who_left_says_no_more_and_may_be_named_again(noor, boss, monday):
    actions.sponsor_leaves(sponsor=boss, left=monday.date(), by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="no sponsor any more"):
        actions.say_buy_in(sponsor=boss, stance=BEHIND, by=noor.as_viewer, at=monday)
    again = actions.name_sponsor(
        partner="north", name="Martin Cole", level="senior manager", since=monday.date(), by=noor.as_viewer, at=monday
    )
    assert again.pk != boss.pk
    with pytest.raises(Refusal, match="is named already, as senior manager"):
        actions.name_sponsor(
            partner="north", name="Martin Cole", level="executive", since=monday.date(), by=noor.as_viewer, at=monday
        )


def test_answers_stay_closed_until_both_sides_have_answered(ada, noor, monday):
    actions.answer_survey(partner="north", answers=SAME | {"promises": 5}, by=ada.as_viewer, at=monday)
    hers, theirs = (aligned(viewer=who.as_viewer, partner="north") for who in (ada, noor))
    assert all(r.client is not None and r.partner is None for r in hers.rows)
    assert all(r.client is None and r.partner is None for r in theirs.rows)
    assert hers.sentence == theirs.sentence
    actions.answer_survey(partner="north", answers=SAME | {"promises": 2}, by=noor.as_viewer, at=monday)
    hers, theirs = (aligned(viewer=who.as_viewer, partner="north") for who in (ada, noor))
    assert hers == theirs
    assert [(r.statement.key, r.gap) for r in hers.gaps] == [("promises", 3.0)]


def test_the_audit_says_that_somebody_answered_and_never_what(noor, ada, monday):
    moves = []
    for answers in (SAME, dict.fromkeys(STATEMENTS, 1)):
        actions.answer_survey(partner="north", answers=answers, by=noor.as_viewer, at=monday)
        last = Move.objects.order_by("id").last()
        assert last is not None
        moves.append((last.sentence, last.data, last.object_id))
    assert moves[0] == moves[1]
    assert moves[0][0] == "Noor Haddad answered the survey of both sides"


def test_a_survey_is_answered_as_a_whole(noor, monday):
    with pytest.raises(Refusal, match="No answer is given to statement 1, 12"):
        actions.answer_survey(
            partner="north", answers=SAME | {"bad_news": None, "useful_meetings": 9}, by=noor.as_viewer, at=monday
        )
    with pytest.raises(Refusal, match="has changed"):
        actions.answer_survey(partner="north", answers=SAME | {"lunch": 3}, by=noor.as_viewer, at=monday)
    assert not SurveyAnswer.objects.exists()


def test_a_side_names_and_says_so_much_and_no_more(ada, noor, boss, cost, quality, monday, monkeypatch):
    monkeypatch.setattr(actions, "MOST_REASONS", 2)
    monkeypatch.setattr(actions, "MOST_SPONSORS", 1)
    monkeypatch.setattr(actions, "MOST_A_DAY", 1)
    with pytest.raises(Refusal, match="2 reasons are on record"):
        actions.add_reason(partner="north", kind="flexibility", by=ada.as_viewer, at=monday)
    with pytest.raises(Refusal, match="1 sponsors are named"):
        actions.name_sponsor(partner="north", name="Second", level="executive", since=DAY, by=noor.as_viewer, at=monday)
    for stance, refused in ((BEHIND, False), ("no longer stands behind it", True)):
        if refused:
            with pytest.raises(Refusal, match="1 times within a day"):
                actions.say_buy_in(sponsor=boss, stance=stance, by=noor.as_viewer, at=monday)
        else:
            actions.say_buy_in(sponsor=boss, stance=stance, by=noor.as_viewer, at=monday)
    actions.say_buy_in(
        sponsor=boss, stance="no longer stands behind it", by=noor.as_viewer, at=monday + dt.timedelta(days=2)
    )


def test_two_of_the_same_name_count_as_two(join, cost, quality, monday):
    points = {cost.public_id: 1, quality.public_id: 1}
    for number in (1, 2):
        viewer = Viewer(
            join("Kim Some", "executive").pk if number == 1 else None, "Kim Some", "client", "", "executive"
        )
        actions.weigh(partner="north", points=points, by=viewer, at=monday)
    assert charter(viewer=HOUSE, partner="north", on=monday.date()).weights.people == ("Kim Some", "Kim Some (2)")


def test_sol_reads_nothing_of_north(sol, ada, noor, cost, boss, monday):
    actions.answer_survey(partner="north", answers=SAME, by=noor.as_viewer, at=monday)
    assert not reasons(viewer=sol.as_viewer, partner="north")
    assert not sponsors(viewer=sol.as_viewer, partner="north")
    found = charter(viewer=sol.as_viewer, partner="north", on=monday.date())
    assert (found.reasons, found.client.here, found.partner.here, found.alignment.answered) == ((), (), (), frozenset())


def test_the_database_holds_what_the_actions_promise(cost, boss, noor, monday):
    said = actions.say_buy_in(sponsor=boss, stance=BEHIND, by=noor.as_viewer, at=monday)
    actions.answer_survey(partner="north", answers=SAME, by=noor.as_viewer, at=monday)
    for rows, wrong in (
        (StoredReason.objects.filter(pk=cost.pk), {"kind": "lunch"}),
        (StoredReason.objects.filter(pk=cost.pk), {"kind": "own"}),
        (StoredReason.objects.filter(pk=cost.pk), {"higher_is_better": None}),
        (StoredReason.objects.filter(pk=cost.pk), {"baseline": Decimal(4)}),
        (StoredReason.objects.filter(pk=cost.pk), {"withdrawn_by_name": "Ada"}),
        (Sponsor.objects.filter(pk=boss.pk), {"level": "boss"}),
        (Sponsor.objects.filter(pk=boss.pk), {"left": DAY - dt.timedelta(days=1)}),
        (Sponsor.objects.filter(pk=boss.pk), {"side": "both"}),
        (BuyIn.objects.filter(pk=said.pk), {"stance": "perhaps"}),
        (SurveyAnswer.objects.filter(statement="promises"), {"answer": 6}),
        (SurveyAnswer.objects.filter(statement="promises"), {"statement": "lunch"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
