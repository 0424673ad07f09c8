"""Who brings an issue first: a partner that does so is doing it right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from levelfield.dialogue.standing import PARTNER

FEWEST = 3  # cases before a share is a number


@dataclass(frozen=True)
class Initiative:
    """How many of the cases the partner raised."""

    by_partner: int
    cases: int

    @property
    def share(self) -> float | None:
        """The share raised by the partner; None while there are too few cases."""
        return self.by_partner / self.cases if self.cases >= FEWEST else None

    @property
    def sentence(self) -> str:
        """The same in words."""
        if not self.cases:
            return "No case has been raised yet."
        said = f"{self.by_partner} of {self.cases} case{'s' if self.cases != 1 else ''} raised by the partner first"
        return said + ("." if self.share is not None else "; too few for a share.")


def initiative(raised_by: Sequence[str]) -> Initiative:
    """Count who raised the cases first.

    >>> initiative(["partner", "client", "partner", "partner"]).share
    0.75
    """
    return Initiative(sum(side == PARTNER for side in raised_by), len(raised_by))
