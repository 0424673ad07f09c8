"""The few ways in which this room writes numbers and lists."""

from __future__ import annotations

from collections.abc import Sequence


def per_cent(share: float) -> str:
    """A share for people.

    >>> per_cent(0.4), per_cent(0.004), per_cent(0.0)
    ('40 %', 'less than 1 %', '0 %')
    """
    return "less than 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"


def counted(number: int, word: str, many: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "reason"), counted(2, "person", "people")
    ('1 reason', '2 people')
    """
    return f"{number} {word if number == 1 else many or word + 's'}"


def listed(words: Sequence[str]) -> str:
    """Words in a row.

    >>> listed(["cost"]), listed(["cost", "quality", "coverage"])
    ('cost', 'cost, quality and coverage')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
