"""The weekly values of a measure and slice on one publication: what evidence shows, plans are tested on and check-ins read."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.measure import Direction, Measure
from levelfield.measures.value import Value
from levelfield.signals.chart import Chart
from levelfield.signals.watch import definition_of
from levelfield.words import Grain, Period
from levelfield_web.agreement.queries import in_force
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.measures.figures import FIGURES
from levelfield_web.measures.queries import available_labels, label_of, only_of, rebases
from levelfield_web.parts.formats import told, told_change
from levelfield_web.same_data.warehouse import current_release
from levelfield_web.signals.series import charted

GRAIN = Grain.WEEK
WEEK = dt.timedelta(weeks=1)
LONGEST = 105  # weeks looked back on: two years, so that a season is seen twice


@dataclass(frozen=True)
class Weekly:
    """One measure and slice, week by week, oldest first, as one publication has it."""

    partner: str
    publication: str
    measure: Measure
    scope: str
    weeks: tuple[str, ...]
    days: tuple[dt.date, ...]  # the Mondays
    found: tuple[Value, ...]
    better: str  # higher, lower or none
    target: float | None
    agreed: str  # the definition in words

    @property
    def reach(self) -> dt.date:
        """The first day without a whole week."""
        return self.days[-1] + WEEK

    @property
    def values(self) -> npt.NDArray[np.float64]:
        """(n,), missing = nan."""
        by_week = {v.period: v.value for v in self.found}
        return np.array([math.nan if by_week.get(w) is None else float(by_week[w] or 0.0) for w in self.weeks])

    def until(self, day: dt.date) -> Weekly:
        """The same as it stood before a day."""
        end = sum(d < day for d in self.days)
        kept = set(self.weeks[:end])
        return replace(self, weeks=self.weeks[:end], days=self.days[:end], found=tuple(v for v in self.found if v.period in kept))  # fmt: skip

    @property
    def label(self) -> str:
        """The measure, and what it is of."""
        return label_of(self.measure, self.scope)

    def told(self, value: float) -> str:
        """A value in words."""
        return told(self.measure, value)

    def told_change(self, value: float) -> str:
        """A change in words, with its sign."""
        return told_change(self.measure, value)

    def told_size(self, value: float) -> str:
        """A change in words, without its sign."""
        return told_change(self.measure, abs(value)).lstrip("+")

    @property
    def chart(self) -> Chart:
        """The control chart of the last year."""
        return _chart(self)

    @property
    def latest(self) -> tuple[str, float] | None:
        """The newest week with a value."""
        own = self.values
        there = np.flatnonzero(np.isfinite(own))
        return (self.weeks[there[-1]], float(own[there[-1]])) if len(there) else None


def weekly(partner: str, publication: str, measure: str, scope: str) -> Weekly | None:
    """The weekly values; None without such a measure or whole weeks. Who may see them is asked before."""
    if measure not in MEASURES or not publication:
        return None
    own = {partner: publication}
    names = tuple(n for n in available_labels(own, GRAIN) if "-W" in n)[-LONGEST:]
    if not names:
        return None
    days = tuple(Period.parse(n).start for n in names)
    agreement = in_force(viewer=HOUSE, partner=partner, on=days[-1])
    only = only_of(scope)
    target = next((t for t in agreement.targets if t.measure == measure and _covers(t.lines, only)), None) if agreement else None  # fmt: skip
    currency = agreement.currency if agreement else current_release()[1].currency
    definition = definition_of(target, currency)
    plain = MEASURES[measure]
    better = {"at_least": Direction.HIGHER, "at_most": Direction.LOWER}.get(str(target.better), plain.direction) if target else plain.direction  # fmt: skip
    asked = Asked(((plain, definition),), (), GRAIN, only=only)
    wanted = set(names)
    found = tuple(v for v in FIGURES.values(own, asked) if v.period in wanted)
    level = float(target.expected) if target is not None and target.expected is not None else None
    told_as = ", ".join(plain.switches_of(definition))
    return Weekly(partner, publication, plain, scope, names, days, found, str(better), level, told_as)


def _covers(lines: tuple[str, ...], only: Mapping[str, tuple[str, ...]]) -> bool:
    return not lines or set(only.get("line", ())) <= set(lines)


@lru_cache(maxsize=500)
def _chart(own: Weekly) -> Chart:
    names = own.weeks[-53:]
    values = [v for v in own.found if v.period in set(names)]
    known = tuple(rebases(partner=own.partner, measure=own.measure, grain=GRAIN, only=only_of(own.scope)))
    return charted(
        own.publication, own.label, own.measure, tuple(values), names, Direction(own.better), own.target, tuple(known)
    )


def restated(before: Weekly, after: Weekly) -> str:
    """What a later publication says differently of the same weeks; empty where it says the same."""
    old = {v.period: v.value for v in before.found}
    new = {v.period: v.value for v in after.found}
    moved = [(w, old[w], new[w]) for w in before.weeks if w in old and w in new and old[w] != new[w]]
    if not moved:
        return ""
    week, was, now = moved[-1]
    said = [before.told(x) if x is not None else "no value" for x in (was, now)]
    more = f" and {len(moved) - 1} more week{'s' if len(moved) > 2 else ''}" if len(moved) > 1 else ""
    return f"Restated since: {week} read {said[0]}, now {said[1]}{more}."
