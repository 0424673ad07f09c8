"""Circumstances: filed by either side, seen by both, withdrawn by the side that filed; every move is in the audit once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.models import Move
from levelfield_web.scenarios.actions import file, withdraw
from levelfield_web.scenarios.models import FiledCircumstance
from levelfield_web.scenarios.queries import circumstances

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 2, 16)
STORM = {
    "partner": "north", "scenario": "disruption", "title": "Storm over the site", "starts_on": DAY, "ends_on": DAY + dt.timedelta(days=2), "site": "NNNNNNNNN-Site", "line": "",
    "owner": "outside", "words": "Roads closed.",
}  # fmt: skip


def test_filing_the_same_again_is_one_circumstance_and_one_move(home, noor, monday):
    count = Move.objects.count()
    assert {file(**STORM, by=noor.as_viewer, at=monday).pk for _ in range(3)} == {FiledCircumstance.objects.get().pk}
    assert Move.objects.count() == count + 1
    move = Move.objects.last()
    assert (move.verb, move.partner, move.by_name) == ("file_circumstance", "north", noor.name)


def test_both_sides_see_what_either_filed(home, ada, noor, sol, monday):
    file(**STORM, by=noor.as_viewer, at=monday)
    file(**{**STORM, "title": "Storm, as we heard"}, by=ada.as_viewer, at=monday)
    for user, many in ((ada, 2), (noor, 2), (sol, 0)):
        assert sum(k.filed is not None for k in circumstances(viewer=user.as_viewer, partner="north")) == many


def test_only_the_side_that_filed_withdraws(home, ada, noor, monday):
    own = file(**STORM, by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="The other side filed") as refusal:
        withdraw(filed=own, by=ada.as_viewer, at=monday)
    assert refusal.value.kind is RefusalKind.PERMISSION
    count = Move.objects.count()
    for _ in range(2):
        withdraw(filed=own, by=noor.as_viewer, at=monday)
    assert Move.objects.count() == count + 1
    assert not circumstances(viewer=noor.as_viewer, partner="north")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"ends_on": DAY}, "is over on"),
        ({"starts_on": dt.date(1999, 1, 1), "ends_on": None}, "cannot begin on"),
        ({"owner": "nobody"}, "is no owner"),
        ({"scenario": "atrition"}, "no known scenario"),
        ({"scenario": "own", "title": " "}, "needs a title"),
    ],
)
def test_what_cannot_be_is_refused_in_words(home, noor, monday, more, words):
    with pytest.raises(Refusal, match=words):
        file(**STORM | more, by=noor.as_viewer, at=monday)
    assert not FiledCircumstance.objects.exists()


def test_nobody_files_for_another_partner_and_an_analyst_not_at_all(home, noor, sol, join, monday):
    with pytest.raises(Refusal, match="no such partner"):
        file(**STORM, by=sol.as_viewer, at=monday)
    analyst = join("Lea Brandt", "analyst", partner="north")
    with pytest.raises(Refusal, match="Your role may not"):
        file(**STORM, by=analyst.as_viewer, at=monday)


def test_the_database_holds_what_the_actions_promise(home, noor, monday):
    own = file(**STORM, by=noor.as_viewer, at=monday)
    for wrong in ({"ends_on": DAY}, {"owner": "nobody"}, {"withdrawn_by_name": "Noor"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FiledCircumstance.objects.filter(pk=own.pk).update(**wrong)


def test_the_page_files_without_javascript_and_keeps_what_was_typed(home, noor, signed_in):
    browser = signed_in(noor)
    form = {
        "scenario": "disruption",
        "title": "Storm",
        "starts_on": "2026-02-16",
        "ends_on": "2026-02-16",
        "site": "",
        "line": "",
        "owner": "outside",
        "words": "Roads <b>closed</b>",
    }
    wrong = browser.post("/circumstances/north/file/", form)
    assert wrong.status_code in (409, 422)
    assert "is over on" in wrong.content.decode() and "Roads &lt;b&gt;closed" in wrong.content.decode()
    done = browser.post("/circumstances/north/file/", form | {"ends_on": ""})
    assert done.status_code == 302
    page = browser.get("/circumstances/north/").content.decode()
    assert "Storm" in page and "<b>closed" not in page
    assert (
        "none of them" in page or "No signal of this partner is open" in page or "No circumstance is on record" in page
    )


def test_a_title_that_looks_like_a_formula_is_harmless_in_the_download(home, noor, signed_in, monday):
    file(**{**STORM, "title": "=HYPERLINK(1)"}, by=noor.as_viewer, at=monday)
    assert "'=HYPERLINK" in signed_in(noor).get("/circumstances/north.csv").content.decode()


def test_a_side_files_so_many_and_says_then_which_still_matter(home, noor, ada, monday, monkeypatch):
    monkeypatch.setattr("levelfield_web.scenarios.actions.MOST_FILED", 2)
    first = file(**STORM | {"title": "One"}, by=noor.as_viewer, at=monday)
    file(**STORM | {"title": "Two"}, by=noor.as_viewer, at=monday)
    with pytest.raises(Refusal, match="2 circumstances are filed already"):
        file(**STORM | {"title": "Three"}, by=noor.as_viewer, at=monday)
    file(**STORM | {"title": "Three"}, by=ada.as_viewer, at=monday)  # the other side's own
    withdraw(filed=first, by=noor.as_viewer, at=monday)
    file(**STORM | {"title": "Three"}, by=noor.as_viewer, at=monday)


def test_signs_that_no_reader_sees_are_not_stored(home, noor, monday):
    own = file(**STORM | {"title": "Sto\x00rm\u202e", "words": "a\x1bb\nc"}, by=noor.as_viewer, at=monday)
    assert (own.title, own.words) == ("Storm", "ab\nc")
