"""What a charter says of the client's duties, where there is one; where there is none, people are asked."""

from __future__ import annotations

import pytest

from levelfield.own_house import Found, Verdict
from levelfield.own_house.checks.charter import goals, one_owner, reasons_hold

DRIFT = "The money at risk follows the reasons."
BEHIND, NO_LONGER = "stands behind it", "no longer stands behind it"


@pytest.mark.parametrize(
    ("drifted", "courses", "verdict"),
    [
        (False, ("better", "about the same"), Verdict.KEPT),
        (False, ("better", "worse"), Verdict.PARTLY),
        (True, ("better", "better"), Verdict.PARTLY),
        (True, ("better", "worse"), Verdict.PARTLY),
        (True, ("worse", "worse"), Verdict.NOT_KEPT),
        (None, ("cannot say", "better"), Verdict.KEPT),
        (False, ("cannot say", "cannot say"), Verdict.KEPT),
        (None, ("cannot say", "cannot say"), Verdict.CANNOT_JUDGE),
    ],
)
def test_reasons_hold(drifted: bool | None, courses: tuple[str, ...], verdict: Verdict) -> None:
    found = reasons_hold(2, 1, drifted, DRIFT, [(f"R{n}", c) for n, c in enumerate(courses)])
    assert found is not None
    assert found.verdict is verdict
    assert found.sentence.startswith("2 reasons are on record, weighed by 1 person.")
    assert ("worse: " in found.sentence) is ("worse" in courses)


def test_without_reasons_or_sponsors_nothing_is_measured() -> None:
    assert reasons_hold(0, 0, None, DRIFT, []) is None
    assert one_owner([], None) is None


@pytest.mark.parametrize(
    ("owners", "days", "verdict"),
    [
        ([("Eve", BEHIND)], 0, Verdict.KEPT),
        ([("Eve", BEHIND)], 31, Verdict.PARTLY),
        ([("Eve", "lapsed")], 0, Verdict.PARTLY),
        ([("Eve", "never asked")], 0, Verdict.PARTLY),
        ([("Eve", NO_LONGER)], 0, Verdict.NOT_KEPT),
        ([("Eve", BEHIND), ("Dan", BEHIND)], 0, Verdict.PARTLY),
        ([], 9, Verdict.NOT_KEPT),
    ],
)
def test_one_owner(owners: list[tuple[str, str]], days: int, verdict: Verdict) -> None:
    found = one_owner(owners, days)
    assert found is not None and found.verdict is verdict
    assert (f"{days} days" in found.sentence) is (days > 0)


@pytest.mark.parametrize(
    ("agreed", "answered", "apart", "verdict"),
    [
        (None, False, (), None),
        (Found(Verdict.KEPT, "Fine."), False, (), Verdict.KEPT),  # closed answers say nothing
        (Found(Verdict.KEPT, "Fine."), True, ("A",), Verdict.PARTLY),
        (Found(Verdict.NOT_KEPT, "Bad."), True, (), Verdict.NOT_KEPT),
        (None, True, (), Verdict.KEPT),
        (Found(Verdict.CANNOT_JUDGE, "None."), True, ("A", "B", "C"), Verdict.NOT_KEPT),
    ],
)
def test_goals(agreed: Found | None, answered: bool, apart: tuple[str, ...], verdict: Verdict | None) -> None:
    found = goals(agreed, answered, apart, 4)
    assert (None if found is None else found.verdict) is verdict
