"""Which periods a page shows: from the first fact to the last whole period, or the running one where none is over."""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield.words import Grain
from levelfield_web.measures import queries


@pytest.mark.parametrize(
    ("first", "last", "grain", "oldest", "newest", "count"),
    [
        ("2024-01-01", "2026-10-31", Grain.WEEK, "2025-W44", "2026-W43", 52),  # facts older than the page reaches back
        ("2026-01-01", "2026-03-11", Grain.MONTH, "2026-01", "2026-02", 2),
        ("2026-03-02", "2026-03-03", Grain.MONTH, "2026-03", "2026-03", 1),  # nothing is over yet
        ("2026-03-02", "2026-03-08", Grain.WEEK, "2026-W10", "2026-W10", 1),
        ("2026-03-02", "2026-03-03", Grain.DAY, "2026-03-02", "2026-03-03", 2),
    ],
)
def test_from_the_first_fact_to_the_last_whole_period(monkeypatch, first, last, grain, oldest, newest, count):
    monkeypatch.setattr(queries, "first_day", lambda publications: dt.date.fromisoformat(first))
    monkeypatch.setattr(queries, "last_day", lambda publications: dt.date.fromisoformat(last))
    names = queries.available_labels({"north": "P-1"}, grain)
    assert (names[0], names[-1], len(names)) == (oldest, newest, count)
