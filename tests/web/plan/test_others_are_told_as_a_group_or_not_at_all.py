"""What tests of a promise and verdicts may rest on: others only where the agreement lets them be told, and enough of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pytest

from levelfield.plan import CanDo, achievable, past_changes
from levelfield_web.check_ins import reading
from levelfield_web.plan import others as told
from levelfield_web.plan.others import Others, others_of

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 3, 2)


@dataclass(frozen=True)
class Terms:
    """What an agreement says of others."""

    told: bool
    smallest_group: int = 3


@dataclass(frozen=True)
class Agreed:
    """An agreement, as far as this test goes."""

    others: Terms


@pytest.fixture
def five(monkeypatch):
    """Five partners besides North; `five(told)` says what North's agreement lets it hear."""

    def agree(terms: Terms | None, partners: int = 5) -> Others:
        monkeypatch.setattr(told, "in_force", lambda **_: Agreed(terms) if terms else None)
        monkeypatch.setattr(told, "current", lambda **_: {"north": "P", **{f"p{n}": f"P{n}" for n in range(partners)}})
        return others_of("north", ON)

    return agree


def test_nobody_is_told_of_without_a_word_in_the_agreement_and_of_no_small_group(five):
    assert five(None) == five(Terms(False)) == five(Terms(True), partners=3) == Others()
    assert len(five(Terms(True)).publications) == 5
    assert five(Terms(True, 5)) == Others()


def test_terms_that_are_taken_back_are_another_key(five):
    assert five(Terms(True)) != five(Terms(False))


@dataclass(frozen=True)
class Weeks:
    """A series of another partner."""

    weeks: tuple[str, ...]
    values: np.ndarray


def test_a_mean_that_would_rest_on_too_few_is_not_made(five, monkeypatch):
    """Enough partners publish, but only some have the measure in every week."""
    group = five(Terms(True))
    own = Weeks(("1", "2", "3"), np.array([1.0, 2.0, 3.0]))
    whole, broken = Weeks(own.weeks, np.array([4.0, 5.0, 6.0])), Weeks(own.weeks[:2], np.array([4.0, 5.0]))
    monkeypatch.setattr(reading, "places_of", lambda **_: ([], []))
    for series, expected in (([whole] * 4 + [broken], 1), ([whole] * 3 + [broken] * 2, 0)):
        monkeypatch.setattr(Others, "weekly", lambda self, measure, series=series: series)
        own_series = type(
            "Own",
            (),
            {
                "weeks": own.weeks,
                "values": own.values,
                "partner": "north",
                "publication": "P",
                "measure": type("M", (), {"name": "asa"}),
            },
        )()
        found = reading._donors(own_series, group, ("",))
        assert len(found) == expected
        if found:
            assert found[0][0] == "others"
            assert found[0][1].tolist() == [4.0, 5.0, 6.0]


def test_of_others_one_word_is_told_and_no_figure():
    own = [past_changes("x", 0.7 + 0.001 * np.sin(np.arange(60)), 4, "higher", 0.7, 0.01)]
    best = 0.123
    group = [past_changes("y", np.tile([0.7] * 6 + [0.7 + best] * 6, 5), 4, "higher", 0.7, 0.01)] * 4
    found = achievable(own, 0.05, 4, written=lambda x: f"{100 * x:.1f} points", who="Partner North", group=group)
    assert "12.3" not in found.sentence
    assert found.sentence.endswith("Of others, as a group, a quarter or more of such stretches reached it.")
    assert (found.can, found.share) == (CanDo.SELDOM, 0.0)
    none = achievable(own, 0.2, 4, written=str, who="Partner North", group=group)
    assert none.can is CanDo.NEVER
    assert "fewer than a quarter" in none.sentence
