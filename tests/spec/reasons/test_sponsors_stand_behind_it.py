"""Buy-in: what a sponsor said last, until it lapses; one executive owner, and the days without one."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from levelfield.reasons import LAPSES_AFTER_DAYS, Backer, Level, Said, Stance, Standing, support
from levelfield.reasons.buy_in import days_without

FIRST = dt.date(2026, 1, 1)


def day(n: int) -> dt.date:
    return FIRST + dt.timedelta(days=n)


def backer(name: str, level: Level = Level.EXECUTIVE, since: int = 0, left: int | None = None, said: tuple[tuple[Stance, int], ...] = (), side: str = "client") -> Backer:  # fmt: skip
    return Backer(
        name,
        name,
        side,
        level,
        day(since),
        None if left is None else day(left),
        tuple(Said(stance, day(n)) for stance, n in said),
    )


@pytest.mark.parametrize(
    ("said", "on", "standing"),
    [
        ((), 10, Standing.NEVER_ASKED),
        (((Stance.BEHIND, 0),), 10, Standing.BEHIND),
        (((Stance.BEHIND, 0),), LAPSES_AFTER_DAYS, Standing.BEHIND),
        (((Stance.BEHIND, 0),), LAPSES_AFTER_DAYS + 1, Standing.LAPSED),
        (((Stance.BEHIND, 0), (Stance.RESERVATIONS, 100)), LAPSES_AFTER_DAYS + 1, Standing.RESERVATIONS),
        (((Stance.BEHIND, 0), (Stance.NO_LONGER, 5)), 900, Standing.NO_LONGER),  # an end does not lapse
        (((Stance.NO_LONGER, 5), (Stance.BEHIND, 9)), 10, Standing.BEHIND),
        (((Stance.BEHIND, 20),), 10, Standing.NEVER_ASKED),  # said later
        (((Stance.BEHIND, 3), (Stance.RESERVATIONS, 3)), 4, Standing.RESERVATIONS),  # twice on a day: the later counts
    ],
)
def test_standing(said: tuple[tuple[Stance, int], ...], on: int, standing: Standing) -> None:
    assert backer("Eve", said=said).standing(day(on)) is standing


def test_one_executive_owner_is_present_or_not() -> None:
    eve, dan, ada = backer("Eve"), backer("Dan", since=5), backer("Ada", Level.SENIOR)
    assert [b.name for b in support([eve, ada], "client", day(9)).owners] == ["Eve"]
    assert "Eve is the one executive owner" in support([eve, ada], "client", day(9)).sentence
    assert (
        "Eve and Dan are named as executives, and one owner is asked for"
        in support([eve, dan], "client", day(9)).sentence
    )
    gone = support([backer("Eve", left=3), ada], "client", day(9))
    assert gone.days_without == 6
    assert "no executive owner is in place; 6 days passed without one" in gone.sentence
    nobody = support([backer("Noor", side="partner")], "client", day(9))
    assert (nobody.days_without, nobody.sentence) == (None, "Nobody is named as a sponsor on the client's side.")


def test_the_sentence_names_whoever_is_to_be_asked() -> None:
    eve, ada = backer("Eve", said=((Stance.BEHIND, 0),)), backer("Ada", Level.SENIOR)
    lena = backer("Lena", Level.OPERATIONAL, said=((Stance.RESERVATIONS, 190),))
    found = support([eve, ada, lena], "client", day(200))
    assert [b.name for b in found.due] == ["Eve", "Ada"]
    assert (
        "Of 3 sponsors 0 stand behind the work; with reservations: Lena; lapsed: Eve; never asked: Ada."
        in found.sentence
    )


SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60)), max_size=5)


@given(SPANS, st.integers(0, 100))
def test_days_without_are_the_days_counted_one_by_one(spans: list[tuple[int, int]], on: int) -> None:
    own = [backer(f"{n}", since=start, left=start + length) for n, (start, length) in enumerate(spans)]
    counted = sum(not any(b.is_here(day(d)) for b in own) for d in range(on))
    assert days_without(own, FIRST, day(on)) == counted
