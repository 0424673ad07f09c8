"""Shapes that go with words: readings of a chart and states of a thing. Never colour alone."""

from __future__ import annotations

READING_MARKS = {"usual": "●", "worse": "◆", "better": "■", "changed": "○"}

STATE_MARKS = {"open": "●", "waiting": "◐", "agreed": "■", "withdrawn": "◇"}


def mark_of(word: str) -> str:
    """The shape of a reading or a state; an unknown word has none.

    >>> mark_of("waiting")
    '◐'
    """
    return STATE_MARKS.get(word) or READING_MARKS.get(word, "")
