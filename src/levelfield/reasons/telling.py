"""The few ways in which this room writes numbers and lists."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

NO_BREAK = "\u00a0"  # between a number and its unit


def per_cent(share: float) -> str:
    """A share for people, half up as in the tables beside the sentence; number and sign are never torn apart.

    >>> [told.replace(NO_BREAK, " ") for told in (per_cent(0.325), per_cent(0.004), per_cent(0.0))]
    ['33 %', 'less than 1 %', '0 %']
    """
    whole = Decimal(str(100 * share)).quantize(Decimal(1), ROUND_HALF_UP)
    return f"less than 1{NO_BREAK}%" if 0 < share < 0.005 else f"{whole}{NO_BREAK}%"


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
