"""What both sides agree on and what they dispute, point by point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Stand(StrEnum):
    """How the other side stands to what was said."""

    OPEN = "not answered yet"
    AGREED = "agreed"
    DISPUTED = "disputed"


@dataclass(frozen=True)
class Point:
    """Something one side holds to be so."""

    words: str
    side: str
    stand: Stand


def summed_up(points: Sequence[Point]) -> str:
    """The points in one sentence.

    >>> summed_up([Point("Staffing was short", "client", Stand.AGREED), Point("Lock was late", "partner", Stand.DISPUTED)])
    'Of 2 points 1 is agreed and 1 disputed.'
    """
    if not points:
        return "No point has been made yet."
    agreed, disputed, open_ = (sum(p.stand is s for p in points) for s in (Stand.AGREED, Stand.DISPUTED, Stand.OPEN))
    parts = [f"{agreed} {'is' if agreed == 1 else 'are'} agreed", f"{disputed} disputed" if disputed else "", f"{open_} not answered yet" if open_ else ""]  # fmt: skip
    told = [p for p in parts if p]
    said = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return f"Of {len(points)} point{'s' if len(points) != 1 else ''} {said}."
