"""A change as the verdict and the drill-down describe it: since when, until when, and where it lies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from levelfield.signals.verdict import Kind, Reading
from levelfield.words import Refusal, RefusalKind

LOOKED_BACK = 53  # periods a watched series looks back on, where nobody says otherwise

Place = tuple[str, str]  # dimension and label


@dataclass(frozen=True)
class Episode:
    """A change of one measure. Days are the first of their period; `ends_on` is the first that no longer belongs to it.

    `places` holds the share of the change that is carried at each (dimension, label), `sizes` the share of the contacts
    there; both are empty where no drill-down was made. `measure` is its name, so that it is no sign of itself.
    Refuses: an onset outside its range, an end on or before the onset, a period of less than a day.
    """

    onset: dt.date
    onset_first: dt.date
    onset_last: dt.date
    period_days: int = 7
    ends_on: dt.date | None = None
    going_on: bool | None = None
    places: Mapping[Place, float] = field(default_factory=lambda: MappingProxyType({}))
    sizes: Mapping[Place, float] = field(default_factory=lambda: MappingProxyType({}))
    measure: str = ""
    looked_from: dt.date | None = None
    looked_until: dt.date | None = None  # the first day that nothing was delivered of

    def __post_init__(self) -> None:
        if self.period_days < 1:
            raise _refusal(f"Its periods have {self.period_days} days", "at least one day a period")
        if not self.onset_first <= self.onset <= self.onset_last:
            raise _refusal(
                f"It begins on {self.onset}, outside the range from {self.onset_first} to {self.onset_last}",
                "a first day ≤ the onset ≤ a last day",
            )
        if self.ends_on is not None and self.ends_on <= self.onset:
            raise _refusal(f"It begins on {self.onset} and ends on {self.ends_on}", "an end after the onset")
        if self.looked_until is not None and self.looked_until <= self.looked_at_from:
            raise _refusal(
                f"It is looked at from {self.looked_at_from} until {self.looked_until}", "an end after the start"
            )

    @classmethod
    def of(
        cls,
        reading: Reading,
        days: Sequence[dt.date],
        *,
        measure: str = "",
        places: Mapping[Place, float] | None = None,
        sizes: Mapping[Place, float] | None = None,
    ) -> Episode:
        """The episode of a verdict on a series whose periods begin on these days.

        A drift has no sharp beginning, and a late step is often told as one: its range reaches to the newest period.
        Refuses: a verdict that found no change, fewer than two days.
        """
        if not reading.changed or reading.onset is None or reading.latest is None:
            raise _refusal(f"The verdict is “{reading.kind}”", "a verdict that found a change")
        if len(days) < 2 or reading.latest >= len(days):
            raise _refusal(f"{len(days)} days are given", "the first day of every period of the series")
        first, last = reading.onset_range or (reading.onset, reading.onset)
        if reading.kind is Kind.DRIFT:
            last = reading.latest
        step = max(round((days[-1] - days[0]).days / (len(days) - 1)), 1)
        return cls(
            days[reading.onset], days[min(first, reading.onset)], days[max(last, reading.onset)], step,
            None if reading.end is None else days[reading.end], reading.going_on,
            MappingProxyType(dict(places or {})), MappingProxyType(dict(sizes or {})), measure,
            days[0], days[reading.latest] + dt.timedelta(days=step),
        )  # fmt: skip

    @property
    def looked_at_from(self) -> dt.date:
        """The first day that was looked at; a year of periods before the onset where nobody says."""
        return self.looked_from or self.onset - dt.timedelta(days=LOOKED_BACK * self.period_days)

    @property
    def looked_at_days(self) -> int:
        """How many days were looked at."""
        until = self.looked_until or self.onset_last + dt.timedelta(days=self.period_days)
        return max((until - self.looked_at_from).days, self.period_days)


def _refusal(what: str, expected: str) -> Refusal:
    return Refusal(
        what, where="Episode", expected=expected, next_step="Take the days from the verdict on the series.",
        kind=RefusalKind.DEFINITION,
    )  # fmt: skip
