"""What if the agreement said something else: the same facts settled anew, beside what was agreed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from levelfield_web.audit.models import Move
from levelfield_web.settlement.account import account_of
from levelfield_web.settlement.trial import Changes, tried

from .conftest import PUBLISHED

pytestmark = pytest.mark.django_db
ROOM = "/what-if/north.json"


@pytest.fixture
def rows(open_terms, noor, signed_in):
    """The tried months by name."""

    def asks(**terms):
        answer = signed_in(noor).get(ROOM, {"target": "in_time", **terms})
        assert answer.status_code == 200, answer.content.decode()
        return {r["month"]: r for r in answer.json()["rows"]}

    return asks


def test_a_level_is_tried_on_the_months_that_have_it(rows):
    february = rows(expected="75")["2026-02"]
    assert february["standing_changes"] == ["in_time: expected level missed → met"]
    assert Decimal(february["credits_after"]) < Decimal(february["credits_before"])


def test_a_cap_is_tried(rows):
    assert rows(cap="0")["2026-02"]["total_after"] is None, "a share of fees is not known without an invoice"


def test_a_definition_is_counted_anew(rows, open_terms):
    february = rows(abandons="not_counted")["2026-02"]
    account = account_of("north", PUBLISHED.date())
    again = {s.month: s for s in tried(account, Changes("in_time", abandons="not_counted"))}
    assert february["credits_after"] == str(again["2026-02"].relieved.payable)
    assert again["2026-02"].pairs[0].plain.denominator < account.statement("2026-02").pairs[0].plain.denominator
    assert again["2026-02"].pairs[1:] == account.statement("2026-02").pairs[1:], "other targets stay as they were"


def test_relief_is_tried(rows, open_terms):
    assert rows(above="30")["2026-02"]["credits_before"] == rows(above="30")["2026-02"]["credits_after"], "no forecast"


def test_what_cannot_be_agreed_is_told_in_sentences(open_terms, noor, signed_in):
    answer = signed_in(noor).get("/what-if/north/", {"target": "in_time", "minimum": "95"})
    assert answer.status_code == 422
    assert "stricter than the expected level" in answer.content.decode()
    assert signed_in(noor).get(ROOM, {"target": "in_time", "minimum": "95"}).status_code == 422
    assert signed_in(noor).get("/what-if/north/", {"target": "nothing", "cap": "x"}).status_code == 422


def test_nothing_is_stored(rows, open_terms):
    before = sorted(p.name for p in open_terms.rglob("months-*.json"))
    moves = Move.objects.count()
    rows(expected="99", abandons="short_removed", threshold_s="20")
    after = sorted(p.name for p in open_terms.rglob("months-*.json"))
    assert len(after) == len(before) + 1, "the months as agreed, and no others"
    assert Move.objects.count() == moves
