"""A value: a number that knows what it was made of, or the word that says why there is none."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

from levelfield.words import Grain


class Why(StrEnum):
    """Why there is no number."""

    TOO_FEW = "too few"
    NOT_DELIVERED = "not delivered"
    NOTHING = "no contacts"
    TOO_COARSE = "delivered by longer periods"


@dataclass(frozen=True)
class Value:
    """One measure of one slice over one period, from one publication."""

    measure: str
    definition: str
    slice: tuple[tuple[str, str | None], ...]  # partner and the dimensions asked for
    start: dt.date
    grain: Grain
    value: float | None
    numerator: int | None
    denominator: int | None
    n: int
    rows: int = 0  # sheet facts of the slice and period
    rows_missing: int = 0  # of these, without what the measure needs
    low: float | None = None  # 95 % Wilson interval of a share
    high: float | None = None
    asked: int | None = None
    why: Why | None = None
    publication: str = ""

    @property
    def period(self) -> str:
        """The name of the period."""
        return self.grain.name_of(self.start)

    def of(self, dimension: str) -> str | None:
        """The value of one dimension of the slice."""
        return dict(self.slice).get(dimension)

    @property
    def response_rate(self) -> float | None:
        """Answers per person asked, where invitations are delivered."""
        return self.n / self.asked if self.asked else None


Z95 = NormalDist().inv_cdf(0.975)


def wilson(hits: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval of a share.

    Unit: shares 0 to 1. Refuses: nothing; n = 0 gives (0, 1).
    Assumes: independent contacts; where they cluster by day or agent the interval is too narrow.
    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    https://doi.org/10.1080/01621459.1927.10502953

    >>> tuple(round(x, 4) for x in wilson(8, 10))
    (0.4902, 0.9433)
    """
    if n == 0:
        return (0.0, 1.0)
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (max(0.0, middle - half), min(1.0, middle + half))
