"""From a rebase point on a series is judged anew: with a reason, seen by both sides, withdrawn by the side that made it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction

from levelfield.measures.catalogue import MEASURES
from levelfield.signals.verdict import Kind
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.models import Move
from levelfield_web.measures.actions import rebase, withdraw_rebase
from levelfield_web.measures.models import RebasePoint
from levelfield_web.signals.series import watched_of

from .conftest import BILLING

pytestmark = pytest.mark.django_db
PAGE = "/partners/north/measures/service_level/?grain=week&line=NNNNNNNNN-Billing"
ON = dt.date(2026, 1, 19)  # the Monday of the fall
POINT = {"partner": "north", "measure": MEASURES["service_level"], "scope": "line=NNNNNNNNN-Billing", "on": ON}


def reading_of(series: str):
    found = watched_of("north")
    return next(found.chart(w, v, found.weeks[-1]).reading for w, v in found.series if w.key == series)


def test_the_verdict_starts_anew_and_is_the_old_one_again_when_the_point_is_withdrawn(stand, noor, monday):
    stand("fallen")
    before = reading_of(BILLING)
    assert before.kind is Kind.SUSTAINED
    rebase(**POINT, reason="Billing took the calls of a second brand.", by=noor.as_viewer, at=monday)
    anew = reading_of(BILLING)
    assert anew.kind is Kind.CANNOT_JUDGE and anew.n == 6, "six weeks are too few"
    withdraw_rebase(**POINT, by=noor.as_viewer, at=monday)
    assert reading_of(BILLING) == before


def test_a_point_of_one_line_leaves_the_others_alone(stand, noor, monday):
    stand("fallen")
    whole = BILLING.replace("line=NNNNNNNNN-Billing", "")
    before = reading_of(whole)
    rebase(**POINT, reason="A second brand.", by=noor.as_viewer, at=monday)
    assert reading_of(whole) == before


def test_an_open_signal_is_neither_closed_nor_read_while_the_new_series_is_too_short(fallen, look, noor, monday):
    rebase(**POINT, reason="A second brand.", by=noor.as_viewer, at=monday)
    look("further")
    fallen.refresh_from_db()
    assert (fallen.state, fallen.period, fallen.readings.count()) == ("open", "2026-W09", 6)


def test_the_same_point_twice_is_one_point_and_one_move(stand, noor, ada, monday):
    stand("fallen")
    count = Move.objects.count()
    points = {rebase(**POINT, reason="A second brand.", by=u.as_viewer, at=monday).pk for u in (noor, noor, ada)}
    assert (len(points), RebasePoint.objects.count(), Move.objects.count()) == (1, 1, count + 1)
    move = Move.objects.last()
    assert (move.verb, move.partner, move.by_name) == ("rebase", "north", noor.name)
    assert move.data == {"scope": "line=NNNNNNNNN-Billing", "reason": "A second brand."}


def test_the_other_side_cannot_withdraw_it(stand, noor, ada, monday):
    stand("fallen")
    rebase(**POINT, reason="A second brand.", by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="The other side made this point") as refusal:
        withdraw_rebase(**POINT, by=ada.as_viewer, at=monday)
    assert refusal.value.kind is RefusalKind.PERMISSION and noor.name in refusal.value.next_step
    count = Move.objects.count()
    for _ in range(2):
        withdraw_rebase(**POINT, by=noor.as_viewer, at=monday)
    point = RebasePoint.objects.get()
    assert (point.withdrawn_by_name, point.withdrawn_at, Move.objects.count()) == (noor.name, monday, count + 1)
    rebase(**POINT, reason="Again.", by=noor.as_viewer, at=monday)
    assert RebasePoint.objects.count() == 2, "a withdrawn point stays on record beside the new one"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": " \n"}, "The reason is empty"),
        ({"reason": "x" * 1001}, "The reason is too long"),
        ({"on": dt.date(2026, 3, 3)}, "has not come yet"),
    ],
)
def test_a_point_needs_a_reason_and_a_day_that_has_come(stand, noor, monday, change, said):
    stand("fallen")
    with pytest.raises(Refusal, match=said):
        rebase(**{**POINT, "reason": "A second brand.", **change}, by=noor.as_viewer, at=monday)
    assert not RebasePoint.objects.exists()


@pytest.mark.parametrize(("side", "role"), [("", "administrator"), ("", "executive"), ("north", "analyst")])
def test_roles_without_the_permission_are_refused(stand, join, monday, side, role):
    stand("fallen")
    with pytest.raises(Refusal, match="may not let the lines of a series start anew"):
        rebase(**POINT, reason="x", by=join("Lea Brandt", role, partner=side).as_viewer, at=monday)


def test_noor_starts_the_lines_anew_on_the_page_and_ada_reads_why(stand, noor, ada, sol, signed_in):
    stand("fallen")
    post = PAGE.replace("/?", "/rebase/?")
    given = {"on": ON.isoformat(), "reason": "A second brand."}
    answer = signed_in(noor).post(post, given)
    assert answer.status_code == 302 and answer["Location"].endswith("?grain=week&line=NNNNNNNNN-Billing")
    for person, may_withdraw in ((noor, True), (ada, False)):
        page = signed_in(person).get(PAGE).content.decode()
        assert "A second brand." in page and "Cannot say yet" in page
        assert ("Withdraw this point" in page) is may_withdraw
    assert signed_in(ada).post(post, {"withdraw": ON.isoformat()}).status_code == 403
    assert signed_in(sol).post(post, given).status_code == 404
    refused = signed_in(noor).post(post, {"on": "soon", "reason": "Kept words."})
    assert refused.status_code == 422 and "“soon” is not a day" in refused.content.decode()
    assert signed_in(noor).post(post, {"withdraw": ON.isoformat()}).status_code == 302
    page = signed_in(noor).get(PAGE).content.decode()
    assert re.search(r"<h1>[^<]*fell in", page.replace('<span class="nowrap">', "").replace("</span>", ""))


def test_the_database_refuses_a_point_without_a_reason_and_half_a_withdrawal(stand, noor, monday):
    stand("fallen")
    rebase(**POINT, reason="A second brand.", by=noor.as_viewer, at=monday)
    for change, rule in (
        ({"reason": ""}, "a_rebase_point_says_why"),
        ({"withdrawn_at": monday}, "a_withdrawn_rebase_point_says_by_whom_and_when"),
    ):
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            RebasePoint.objects.update(**change)


def test_a_partner_cannot_make_a_point_on_another_ones_series(stand, sol, monday):
    stand("fallen")
    with pytest.raises(Refusal, match="There is no such series") as refusal:
        rebase(**POINT, reason="Mine now.", by=sol.as_viewer, at=monday)
    assert refusal.value.kind is RefusalKind.PERMISSION and not RebasePoint.objects.exists()
    with pytest.raises(Refusal, match="There is no such series"):
        withdraw_rebase(**POINT, by=sol.as_viewer, at=monday)
