"""How much each reason counts: every person gives points, every person counts the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from levelfield.words import Refusal, RefusalKind

FEWEST_TO_DISAGREE = 2  # people: one alone cannot disagree
FEWEST_REASONS = 3  # of two reasons an order is one coin toss a person, and a number for its agreement says nothing


@dataclass(frozen=True)
class Weights:
    """The share of each reason, and how far the people who weighed are apart.

    `concordance` is Kendall's W: 1 where all put the reasons in the same order, 0 where their orders cancel out; None
    where too few weighed, where there are too few reasons, or where nobody prefers any. `ranges` holds the smallest
    and the largest share that one person gives each reason.
    """

    shares: tuple[tuple[str, float], ...]  # in the order of the reasons; empty where nobody weighed all of them
    people: tuple[str, ...]  # who counts
    left_out: tuple[str, ...]  # who gave points to none, or not to every reason
    concordance: float | None
    ranges: tuple[tuple[str, float, float], ...]

    @property
    def n(self) -> int:
        """How many people count."""
        return len(self.people)

    @property
    def by_reason(self) -> dict[str, float]:
        """Shares by reason."""
        return dict(self.shares)

    @property
    def widest(self) -> tuple[str, float, float] | None:
        """The reason on which people are farthest apart, with its smallest and largest share."""
        return max(self.ranges, key=lambda r: r[2] - r[1], default=None) if self.n >= FEWEST_TO_DISAGREE else None


def weights(points: Mapping[str, Mapping[str, float]], reasons: Sequence[str]) -> Weights:
    """Shares per reason: each person's points are brought to a sum of 1, then averaged.

    Shapes: `points` by person, then by reason. Unit out: shares that sum to 1.
    A person who gave no points, or who said nothing of one of the reasons, is left out: silence is not a zero, and a
    zero that was written is one.
    Refuses: negative or infinite points.
    Assumes: people's opinions count equally, whatever their rank.
    Source: Kendall and Babington Smith (1939), The problem of m rankings, with the correction for ties.
    https://doi.org/10.1214/aoms/1177732186

    >>> found = weights({"Ada": {"cost": 30, "quality": 70}, "Eve": {"cost": 1, "quality": 1}}, ["cost", "quality"])
    >>> found.shares
    (('cost', 0.4), ('quality', 0.6))
    """
    counted: dict[str, list[float]] = {}
    for person, own in points.items():
        given = [own.get(reason) for reason in reasons]
        for value in given:
            if value is not None and not (np.isfinite(value) and value >= 0):
                raise Refusal(f"{person} gives {value:g} points", where="Weighing of reasons", expected="points from 0 on",
                              next_step="Correct the points and weigh again.", kind=RefusalKind.DEFINITION)  # fmt: skip
        known = [float(v) for v in given if v is not None]
        if len(known) == len(reasons) and sum(known) > 0:
            counted[person] = known
    left_out = tuple(person for person in points if person not in counted)
    if not counted:
        return Weights((), (), left_out, None, ())
    table = np.array(list(counted.values()), dtype=np.float64)
    parts = table / table.sum(axis=1, keepdims=True)
    return Weights(
        tuple(zip(reasons, (float(s) for s in parts.mean(axis=0)), strict=True)), tuple(counted), left_out, concordance(table),
        tuple((reason, float(low), float(high)) for reason, low, high in zip(reasons, parts.min(axis=0), parts.max(axis=0), strict=True)),
    )  # fmt: skip


def concordance(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float | None:
    """Kendall's W, corrected for ties.

    Shapes: (people, reasons). Unit out: 0 to 1. None below 2 people or 3 reasons, and where everybody ties everything.

    >>> concordance(np.array([[1.0, 2, 3], [10, 20, 30]])), concordance(np.array([[1.0, 2, 3], [3, 2, 1]]))
    (1.0, 0.0)
    """
    from scipy.stats import rankdata  # takes a while to import, and most pages rank nothing

    people, reasons = points.shape
    if people < FEWEST_TO_DISAGREE or reasons < FEWEST_REASONS:
        return None
    ranks = rankdata(points, axis=1)
    apart = float(((ranks.sum(axis=0) - people * (reasons + 1) / 2) ** 2).sum())
    ties = sum(
        float((counts**3 - counts).sum()) for counts in (np.unique(row, return_counts=True)[1] for row in points)
    )
    most = people * people * (reasons**3 - reasons) - people * ties
    return min(1.0, 12 * apart / most) if most > 0 else None
