"""The client locks a delivered version, the partner acknowledges it, and later versions do not touch it."""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield.words import Refusal
from levelfield_web.audit.models import Move
from levelfield_web.settlement import actions, queries
from levelfield_web.settlement.account import account_of
from levelfield_web.settlement.models import ForecastLock

from .conftest import PUBLISHED, add_terms

pytestmark = pytest.mark.django_db

V1 = dt.datetime(2025, 11, 1, 8, tzinfo=dt.UTC)
V2 = dt.datetime(2025, 12, 1, 8, tzinfo=dt.UTC)
BEFORE = dt.datetime(2025, 12, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def account(forecasts, north, south):
    add_terms(forecasts, 5)
    return account_of("north", PUBLISHED.date())


def locked(account, ada, month="2026-02", made_at=V1, at=BEFORE) -> ForecastLock:
    return actions.lock_forecast(account=account, month=month, made_at=made_at, by=ada.as_viewer, at=at)


def standing(month: str = "2026-02"):
    statement = account_of("north", PUBLISHED.date()).statement(month)
    return next(p for p in statement.pairs if p.plain.target == "abandoned")


def test_without_a_lock_the_latest_version_made_in_time_binds(account):
    assert standing().relieved.n == 0, "120 contacts a day against 100 forecast: every day is excused"


def test_a_lock_decides_what_is_excused(account, ada):
    locked(account, ada)
    assert standing().relieved == standing().plain, "120 contacts a day against 120 forecast"
    assert standing("2026-01").relieved.n == 0, "the lock of February says nothing about January"


def test_a_lock_is_never_edited(account, ada):
    first = locked(account, ada)
    assert locked(account, ada).pk == first.pk, "the same again is one move"
    with pytest.raises(Refusal, match=r"locked already.*never edited"):
        locked(account, ada, made_at=V2)
    assert Move.objects.filter(verb="lock_forecast").count() == 1


def test_only_a_delivered_version_can_be_locked(account, ada):
    for month, made in (("2026-02", V1 + dt.timedelta(hours=1)), ("2027-02", V1), ("February", V1)):
        with pytest.raises(Refusal, match="no forecast"):
            locked(account, ada, month=month, made_at=made)


def test_a_lock_after_its_month_began_binds_once_the_partner_agrees(account, ada, noor):
    late = dt.datetime(2026, 2, 10, 9, tzinfo=dt.UTC)
    locked(account, ada, at=late)
    assert standing().relieved.n == 0, "it does not bind yet"
    for _ in range(2):
        actions.acknowledge_lock(partner="north", month="2026-02", by=noor.as_viewer, at=late)
    assert standing().relieved == standing().plain
    assert Move.objects.filter(verb="acknowledge_lock", partner="north").count() == 1


def test_each_side_makes_its_own_half(account, ada, noor):
    with pytest.raises(Refusal, match="may not lock"):
        locked(account, noor)
    locked(account, ada)
    with pytest.raises(Refusal, match="may not acknowledge"):
        actions.acknowledge_lock(partner="north", month="2026-02", by=ada.as_viewer, at=BEFORE)


def test_silence_is_told_with_its_day(account, ada, noor):
    locked(account, ada, at=dt.datetime(2025, 12, 22, 9, tzinfo=dt.UTC))
    rows = {r.month: r for r in queries.lock_rows(viewer=noor.as_viewer, account=account, on=dt.date(2025, 12, 23))}
    assert rows["2026-02"].acknowledge_until == dt.date(2025, 12, 31), "Christmas and Boxing Day do not count"
    assert rows["2026-02"].silence == ""
    assert [v.volume for v in rows["2026-02"].versions] == [28 * 120, 28 * 100, 28 * 300]
    rows = {r.month: r for r in queries.lock_rows(viewer=noor.as_viewer, account=account, on=dt.date(2026, 1, 5))}
    assert rows["2026-02"].silence == "acknowledged"


def test_both_sides_read_the_page_and_lock_through_it(account, ada, noor, sol, signed_in):
    answer = signed_in(ada).post("/forecast-locks/north/lock/", {"month": "2026-02", "made_at": V1.isoformat()})
    assert answer.status_code == 302
    assert ForecastLock.objects.get().by_name == "Ada Okafor"
    page = signed_in(noor).get("/forecast-locks/north/").content.decode()
    assert "Acknowledge the forecast of 2026-02" in page
    assert signed_in(noor).post("/forecast-locks/north/acknowledge/", {"month": "2026-02"}).status_code == 302
    again = signed_in(ada).post("/forecast-locks/north/lock/", {"month": "2026-02", "made_at": V2.isoformat()})
    assert again.status_code == 422
    assert "A lock is never edited" in again.content.decode()
    assert signed_in(ada).post("/forecast-locks/north/lock/", {"month": "2026-02", "made_at": "x"}).status_code == 422
    assert signed_in(sol).post("/forecast-locks/north/acknowledge/", {"month": "2026-02"}).status_code == 404
