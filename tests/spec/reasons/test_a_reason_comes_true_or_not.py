"""Progress: the current value beside the baseline, in the same words for both sides; too few is not a number."""

from __future__ import annotations

import datetime as dt

import pytest

from levelfield.reasons import Course, Kind, Reason, progress
from levelfield.words import Refusal

DAY = dt.date(2024, 1, 1)
COST = Reason("r", Kind.COST, "", "cost_per_contact", False, 5.0, DAY, "the ledger")
QUALITY = Reason("r", Kind.QUALITY, "", "csat", True, 0.70, DAY, "a survey")


@pytest.mark.parametrize(
    ("reason", "current", "n", "se", "course"),
    [
        (COST, 4.0, 900, None, Course.BETTER),
        (COST, 6.0, 900, None, Course.WORSE),
        (COST, 5.09, 900, None, Course.SAME),  # within 2 % of the baseline
        (COST, 5.11, 900, None, Course.WORSE),
        (QUALITY, 0.76, 441, 0.02, Course.BETTER),
        (QUALITY, 0.73, 441, 0.02, Course.SAME),  # within what chance gives
        (QUALITY, 0.64, 441, 0.02, Course.WORSE),
        (QUALITY, 0.71, 10**6, 0.0005, Course.SAME),  # sure, and too small to have been a reason
        (QUALITY, 0.99, 29, 0.01, Course.CANNOT_SAY),
        (QUALITY, None, 0, None, Course.CANNOT_SAY),
        (Reason("r", Kind.QUALITY, "", "csat", True), 0.8, 441, None, Course.CANNOT_SAY),
        (Reason("r", Kind.FLEXIBILITY), None, 0, None, Course.CANNOT_SAY),
    ],
)
def test_course(reason: Reason, current: float | None, n: int, se: float | None, course: Course) -> None:
    assert progress(reason, current, n, se).course is course


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            progress(COST, 4.0, 900, what="cost per contact"),
            "Cost: cost per contact fell from 5 on 1 January 2024 to 4: better (n\u00a0900).",
        ),
        (
            progress(COST, 6.0, 1900, what="cost per contact"),
            "Cost: cost per contact rose from 5 on 1 January 2024 to 6: worse (n\u00a01,900).",
        ),
        (
            progress(COST, 5.0, 900),
            "Cost: cost_per_contact is 5, about the same as the 5 of 1 January 2024 (n\u00a0900).",
        ),
        (
            progress(COST, 4.0, 12),
            "Cost: cost_per_contact rests on 12 now, too few to compare; at least 30 are needed.",
        ),
        (
            progress(COST, None, 12),
            "Cost: cost_per_contact rests on 12 now, too few to compare; at least 30 are needed.",
        ),
        (progress(COST, None, 0), "Cost: there is no current value of cost_per_contact."),
        (
            progress(Reason("r", Kind.FLEXIBILITY), None, 0),
            "Flexibility: no measure was named, so nobody can say whether it comes true.",
        ),
        (
            progress(Reason("r", Kind.COST, "", "csat", True), 0.5, 90),
            "Cost: csat is 0.5 now (n\u00a090), and no baseline is on record to compare with.",
        ),
    ],
)
def test_sentences(found: object, words: str) -> None:
    assert found.sentence == words


def test_a_value_of_too_few_is_not_handed_on() -> None:
    assert progress(QUALITY, 0.99, 29).current is None


def test_what_cannot_be_is_refused() -> None:
    for n, se in ((-1, None), (9, -0.1), (9, float("nan"))):
        with pytest.raises(Refusal, match="standard error"):
            progress(QUALITY, 0.7, n, se)
