"""Which series of a partner are watched: every agreed measure as it was agreed, and the same by line.

Each watched series is judged once a week. What becomes a signal is decided over all series of one partner together, and
over nothing else: a partner's signals must not depend on the figures of another one, and both sides recompute the same.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from levelfield.agreement.agreement import Agreement, Target
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Direction, Measure
from levelfield.measures.sheets import SHEETS
from levelfield.signals.false_discovery import RAREST, chosen
from levelfield.signals.verdict import Reading

PLAIN = ("service_level", "abandonment", "asa", "aht", "csat", "customer_critical_accuracy", "fcr_agent")
PERIODS = 53  # weeks that are looked back on, as the charts do

Slice = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Watch:
    """One series: a measure as agreed, of some lines."""

    measure: Measure
    definition: Definition
    scope: Slice
    target: Target | None = None

    @property
    def direction(self) -> Direction:
        """Which way is better: as agreed, else as the measure says."""
        if self.target is None:
            return self.measure.direction
        return Direction.HIGHER if self.target.better == "at_least" else Direction.LOWER

    @property
    def only(self) -> dict[str, tuple[str, ...]]:
        """The slice as a question has it."""
        return dict(self.scope)

    @property
    def key(self) -> str:
        """The name of the series within its partner, for as long as definition and slice stay."""
        slice_ = ", ".join(f"{name}={word}" for name, words in self.scope for word in words)
        return f"{self.measure.name}|{','.join(self.measure.switches_of(self.definition))}|{slice_}"

    @property
    def label(self) -> str:
        """The measure, and the lines it is of."""
        named = ", ".join(word for _, words in self.scope for word in words)
        return f"{self.measure.label}, {named}" if named else self.measure.label


def scope_of(measure: Measure, target: Target | None) -> Slice:
    """The lines and channels a target speaks of, as far as the measure's facts carry them."""
    if target is None:
        return ()
    dimensions = SHEETS[measure.sheet].dimensions
    named = (("line", target.lines), ("channel", target.channels))
    return tuple((name, tuple(words)) for name, words in named if words and name in dimensions)


def definition_of(target: Target | None, currency: str) -> Definition:
    """The definition an agreement asks for; the plain one where nothing was agreed."""
    switches = dict(target.definition) if target is not None else {}
    return Definition.from_data({"currency": currency, **switches})


def watched(agreement: Agreement | None, currency: str, lines: Sequence[str]) -> list[Watch]:
    """The series of one partner, each once: as agreed, then by line where a measure knows lines and more than one is served."""
    wanted: list[tuple[Measure, Target | None]] = (
        [(MEASURES[t.measure], t) for t in agreement.targets]
        if agreement is not None and agreement.targets
        else [(MEASURES[name], None) for name in PLAIN]
    )
    found: dict[str, Watch] = {}
    for measure, target in wanted:
        whole = Watch(measure, definition_of(target, currency), scope_of(measure, target), target)
        found.setdefault(whole.key, whole)
    for measure, target in wanted:
        scope = scope_of(measure, target)
        if len(lines) < 2 or any(name == "line" for name, _ in scope) or not _knows_lines(measure):
            continue
        for line in lines:
            aim = target if target is not None and target.covers(line, None) else None
            one = Watch(measure, definition_of(target, currency), (*scope, ("line", (line,))), aim)
            found.setdefault(one.key, one)
    return list(found.values())


def _knows_lines(measure: Measure) -> bool:
    below = SHEETS[measure.denominator_sheet].dimensions if measure.denominator_sheet else ("line",)
    return "line" in SHEETS[measure.sheet].dimensions and "line" in below


def opened(readings: Mapping[str, Reading]) -> list[str]:
    """The keys of the series that become signals: changed, not over, and chosen over all series of the partner together."""
    judged = {key: reading for key, reading in readings.items() if math.isfinite(reading.p_value)}
    keys = list(judged)
    picked = chosen([judged[key].p_value for key in keys], rarest=RAREST)
    return [
        key
        for key, is_chosen in zip(keys, picked, strict=True)
        if is_chosen and judged[key].changed and judged[key].going_on is not False
    ]
