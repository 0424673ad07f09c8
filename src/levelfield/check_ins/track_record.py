"""What became of promises: made, kept, late; promised beside measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from scipy import stats

from levelfield.check_ins.effect import Outcome

FEWEST = 3  # judged promises before a share is told


@dataclass(frozen=True)
class Judged:
    """One promise with what became of it. `measured` is nan-free: None where it could not be said."""

    measure: str
    promised: float
    outcome: Outcome | None  # None while it runs
    measured: float | None = None
    late: bool = False  # its day passed without a verdict


@dataclass(frozen=True)
class TrackRecord:
    """The record of one side."""

    made: int
    judged: int
    kept: int
    late: int
    low: float | None  # of the share kept, 90 %, Jeffreys
    high: float | None
    reached: float | None  # median of measured to promised

    @property
    def share(self) -> float | None:
        """The share kept of those judged; None while there are too few."""
        return self.kept / self.judged if self.judged >= FEWEST else None

    @property
    def sentence(self) -> str:
        """The record in words."""
        if not self.made:
            return "No promise has been made yet."
        said = f"{self.made} promise{'s' if self.made != 1 else ''} made, {self.judged} judged, {self.kept} kept"
        said += f", {self.late} past {'their' if self.late != 1 else 'its'} day without a verdict" if self.late else ""
        if self.share is not None and self.low is not None and self.high is not None:
            said += f": {100 * self.share:.0f} % ({100 * self.low:.0f} to {100 * self.high:.0f} %)"
        elif self.judged:
            said += "; too few for a share"
        if self.reached is not None:
            said += f". In the middle {100 * self.reached:.0f} % of the promised effect was measured"
        return said + "."


def track_record(promises: Sequence[Judged]) -> TrackRecord:
    """Count the promises; one that cannot be said yet is not judged.

    >>> track_record([Judged("asa", -5.0, Outcome.WORKED, -6.0), Judged("asa", -5.0, Outcome.CANNOT_SAY)]).kept
    1
    """
    said = [p for p in promises if p.outcome in (Outcome.WORKED, Outcome.DID_NOT)]
    kept = sum(p.outcome is Outcome.WORKED for p in said)
    ratios = [p.measured / p.promised for p in said if p.measured is not None and p.promised]
    low = high = None
    if len(said) >= FEWEST:
        low, high = (float(stats.beta.ppf(q, kept + 0.5, len(said) - kept + 0.5)) for q in (0.05, 0.95))
    return TrackRecord(
        len(promises), len(said), kept, sum(p.late for p in promises), low, high, median(ratios) if len(ratios) >= FEWEST else None
    )  # fmt: skip
