"""One object for picture, headline and table. Words are computed from it, or they lie.

The picture is a control chart; the verdict is `levelfield.signals.judge`. Points are marked by the verdict: those of the
episode it found. A named rule set may be laid over the picture; its marks are told as marks, never as a verdict.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from levelfield.measures.measure import Direction, Unit
from levelfield.measures.value import Value
from levelfield.signals import charts
from levelfield.signals.charts.lines import Lines
from levelfield.signals.charts.rules import Rule
from levelfield.signals.outlook import Outlook
from levelfield.signals.verdict import Kind, Reading, judge
from levelfield.words import Family, Refusal, RefusalKind, Series

FEWEST_FOR_LIMITS = 8
TRIAL_BELOW = 12


class Look(StrEnum):
    """How a point looks: shape, colour and word."""

    USUAL = "usual"
    WORSE = "worse"
    BETTER = "better"
    CHANGED = "changed"
    CANNOT_JUDGE = "cannot judge"


class Drawing(StrEnum):
    """Which control chart is drawn."""

    XMR = "xmr"
    P = "p"
    P_PRIME = "p-prime"
    C = "c"
    U_PRIME = "u-prime"
    EWMA = "ewma"
    CUSUM = "cusum"


FITTING = {
    Family.SHARES: (Drawing.XMR, Drawing.P, Drawing.P_PRIME, Drawing.EWMA, Drawing.CUSUM),
    Family.COUNTS: (Drawing.XMR, Drawing.C, Drawing.U_PRIME, Drawing.EWMA, Drawing.CUSUM),
    Family.MEANS: (Drawing.XMR, Drawing.EWMA, Drawing.CUSUM),
    Family.PLAIN: (Drawing.XMR, Drawing.EWMA, Drawing.CUSUM),
}
RULE_SETS: dict[str, tuple[Rule, ...]] = {"nhs": charts.NHS, "western-electric": charts.WESTERN_ELECTRIC}


@dataclass(frozen=True)
class Dot:
    """One period of a chart."""

    label: str
    value: float | None
    n: int
    look: Look
    word: str = ""  # why there is no value
    plotted: float | None = None  # what is drawn: the value, but for an EWMA or a CUSUM
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    rules: tuple[str, ...] = ()  # of the rule set laid over the picture


@dataclass(frozen=True)
class Mark:
    """A dated circumstance with whose it is."""

    label: str
    title: str
    owner: str


@dataclass(frozen=True)
class Rebase:
    """From this period on the lines and the verdict start anew, and why."""

    label: str
    reason: str


@dataclass(frozen=True)
class Limits:
    """What is usual at the end of the chart: mean and limits, and the periods they were learnt from."""

    mean: float
    lower: float
    upper: float
    n: int
    first: int
    last: int

    @property
    def trial(self) -> bool:
        """Are there so few points that the limits will still move?"""
        return self.n < TRIAL_BELOW


@dataclass(frozen=True)
class Chart:
    """A series with its verdict, what is usual, and what was agreed."""

    title: str
    dots: tuple[Dot, ...]
    reading: Reading
    usual: Limits | None
    target: float | None
    direction: Direction
    unit: Unit
    decimals: int
    drawing: Drawing = Drawing.XMR
    marks: tuple[Mark, ...] = ()
    rebases: tuple[Rebase, ...] = ()
    periods: str = "periods"  # days, weeks, months …
    outlook: Outlook | None = None
    rule_set: str = ""

    @property
    def latest(self) -> Dot | None:
        """The newest period."""
        return self.dots[-1] if self.dots else None

    @property
    def latest_known(self) -> Dot | None:
        """The newest period with a value."""
        return next((d for d in reversed(self.dots) if d.value is not None), None)

    @property
    def look(self) -> Look:
        """What the series as a whole says today; a one-off that is over says usual."""
        if self.reading.kind is Kind.CANNOT_JUDGE:
            return Look.CANNOT_JUDGE
        if not self.reading.changed or self.reading.going_on is False:
            return Look.USUAL
        return look_of(self.reading, self.direction)

    @property
    def label_of_onset(self) -> str:
        """The period in which the episode began."""
        return self.dots[self.reading.onset].label if self.reading.onset is not None else ""


def chart_of(
    title: str,
    series: Series,
    values: Sequence[Value],
    labels: Sequence[str],
    *,
    direction: Direction,
    unit: Unit,
    decimals: int,
    target: float | None = None,
    marks: Sequence[Mark] = (),
    rebases: Sequence[Rebase] = (),
    periods: str = "periods",
    drawing: Drawing = Drawing.XMR,
    rule_set: str = "",
    outlook: Outlook | None = None,
    country: str = "",
) -> Chart:
    """A chart of one measure of one slice; `labels` names every period, those without a value included.

    Refuses: a drawing that does not fit the family of the series, an unknown rule set (Refusal, definition).
    """
    if drawing not in FITTING[series.family]:
        raise _refused(f"A {drawing} chart is not made for {series.family}", ", ".join(FITTING[series.family]))
    if rule_set and drawing in {Drawing.EWMA, Drawing.CUSUM}:
        raise _refused(
            f"The rules speak of independent points; those of an {drawing} chart are not",
            ", ".join(d for d in FITTING[series.family] if d not in {Drawing.EWMA, Drawing.CUSUM}),
        )
    if rule_set and rule_set not in RULE_SETS:
        raise _refused(f"“{rule_set[:40]}” is not a rule set", ", ".join(RULE_SETS))
    known = tuple(sorted((r for r in rebases if r.label in labels), key=lambda r: labels.index(r.label)))
    starts = [labels.index(r.label) for r in known]
    reading = judged(series, starts[-1] if starts else 0, country)
    lines, plotted = _lines(series, drawing, starts, reading)
    fired = charts.flags(plotted, lines, RULE_SETS[rule_set]) if rule_set else ((),) * len(labels)
    by_label = {v.period: v for v in values}
    dots = []
    for index, label in enumerate(labels):
        own = by_label.get(label)
        value = None if own is None or own.value is None else own.value
        word = "not delivered" if own is None else str(own.why or "")
        low, middle, high = (_number(v) for v in lines.at(index))
        dots.append(
            Dot(
                label, value, own.n if own is not None else 0, _look_of_point(index, value, reading, direction), word,
                _number(float(plotted[index])) if value is not None else None, middle, low, high, tuple(fired[index]),
            )
        )  # fmt: skip
    return Chart(
        title, tuple(dots), reading, _usual(lines, plotted), target, direction, unit, decimals, drawing, tuple(marks), known, periods,
        outlook, rule_set,
    )  # fmt: skip


def judged(series: Series, since: int = 0, country: str = "") -> Reading:
    """The verdict on a series from a rebase on; its indices are those of the whole series."""
    if not since:
        return judge(series, country=country or None)
    found = judge(series.since(since), country=country or None)

    def later(index: int | None) -> int | None:
        return None if index is None else index + since

    span = found.onset_range
    return replace(
        found, onset=later(found.onset), end=later(found.end), latest=later(found.latest),
        onset_range=None if span is None else (span[0] + since, span[1] + since),
    )  # fmt: skip


def look_of(reading: Reading, direction: Direction) -> Look:
    """Worse or better by the agreed direction; changed where none was agreed or no level moved."""
    if reading.rose is None or direction is Direction.NONE:
        return Look.CHANGED
    return Look.BETTER if reading.rose == (direction is Direction.HIGHER) else Look.WORSE


def _look_of_point(index: int, value: float | None, reading: Reading, direction: Direction) -> Look:
    """Points of the episode look as the verdict says; all others are usual."""
    if value is None or reading.kind is Kind.CANNOT_JUDGE:
        return Look.CANNOT_JUDGE
    if not reading.changed or reading.onset is None or index < reading.onset:
        return Look.USUAL
    return Look.USUAL if reading.end is not None and index >= reading.end else look_of(reading, direction)


def _lines(series: Series, drawing: Drawing, starts: Sequence[int], reading: Reading) -> tuple[Lines, np.ndarray]:
    """The lines of the chart and what it plots. Where a level has changed for good the lines break."""
    breaks = list(starts)
    fix_after = None
    if reading.kind is Kind.SUSTAINED and reading.onset is not None:
        since = starts[-1] if starts else 0
        after = np.isfinite(series.value[reading.onset :]).sum()
        if after >= FEWEST_FOR_LIMITS and reading.onset - since >= FEWEST_FOR_LIMITS:
            breaks.append(reading.onset)
    value, size = series.value, series.size
    match drawing:
        case Drawing.P:
            return charts.p_chart(value * size, size, rebase=breaks), value
        case Drawing.P_PRIME:
            return charts.p_prime_chart(value * size, size, rebase=breaks), value
        case Drawing.C:
            return charts.u_chart(value * size, size, rebase=breaks), value
        case Drawing.U_PRIME:
            return charts.u_prime_chart(value * size, size, rebase=breaks), value
        case Drawing.EWMA:
            found = charts.ewma_chart(value, rebase=starts)
            return found.lines, np.asarray(found.ewma)
        case Drawing.CUSUM:
            sums = charts.cusum_chart(value, rebase=starts)
            high, low = np.asarray(sums.high), np.asarray(sums.low)
            plotted = np.where(high >= np.abs(low), high, -np.abs(low))
            zero, limit = np.zeros(len(value)), np.full(len(value), float(sums.decision))
            return Lines(zero, -limit, limit, np.ones(len(value)), "CUSUM", sums.phases), plotted
        case _:
            drawn = charts.xmr_lines(value, rebase=breaks, fix_after=fix_after)
            return drawn, value


def _usual(lines: Lines, plotted: np.ndarray) -> Limits | None:
    """The lines of the last phase, when enough points stand behind them."""
    phase = lines.phases[-1] if lines.phases else None
    if phase is None or phase.n_points < FEWEST_FOR_LIMITS:
        return None
    there = phase.first + np.flatnonzero(np.isfinite(plotted[phase.first : phase.end]))
    low, middle, high = lines.at(int(there[-1]))
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    return Limits(middle, low, high, phase.n_points, int(there[0]), int(there[-1]))


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _refused(what: str, expected: str) -> Refusal:
    return Refusal(
        what, where="Chart", expected=f"one of {expected}", next_step="Choose another.", kind=RefusalKind.DEFINITION
    )
