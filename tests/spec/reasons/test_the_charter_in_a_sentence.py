"""The charter as a whole: one sentence for why, one for how far those who weighed are apart."""

from __future__ import annotations

import datetime as dt

from levelfield.reasons import Charter, Kind, Reason, alignment, support, weights

ON = dt.date(2026, 6, 1)
REASONS = (Reason("c", Kind.COST), Reason("v", Kind.COVERAGE), Reason("o", Kind.OWN, "Nobody here speaks Dutch"))


def plain(sentence: str) -> str:
    """The sentence with ordinary spaces."""
    return sentence.replace("\u00a0", " ")


def charter(points: dict[str, dict[str, float]], reasons: tuple[Reason, ...] = REASONS) -> Charter:
    return Charter(
        reasons,
        weights(points, [r.key for r in reasons]),
        support([], "client", ON),
        support([], "partner", ON),
        alignment({}, {}),
    )


def test_why() -> None:
    assert plain(charter({}, ()).sentence) == "Why this work was outsourced is not on record yet."
    assert charter({}).sentence.startswith(
        "3 reasons to outsource: cost, location and coverage and “Nobody here speaks Dutch”. Nobody has weighed"
    )
    told = charter({"Ada": {"c": 20, "v": 50, "o": 30}})
    assert (
        plain(told.sentence)
        == "This work was outsourced for location and coverage (50 %), “Nobody here speaks Dutch” (30 %) and cost (20 %), as weighed by 1 person."
    )
    assert told.apart == "Ada alone has weighed them, so nobody can say how far the client's people agree."


def test_how_far_they_are_apart() -> None:
    ada, eve = {"c": 20.0, "v": 50.0, "o": 30.0}, {"c": 50.0, "v": 20.0, "o": 30.0}
    assert charter({"Ada": ada, "Eve": ada}).apart.endswith(
        "W = 1.00 (1: the same order, 0: none in common). All give the reasons the same weights."
    )
    assert "They differ most on cost: 20 % to 50 %." in plain(charter({"Ada": ada, "Eve": eve}).apart)
