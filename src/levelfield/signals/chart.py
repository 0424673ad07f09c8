"""One object for picture, headline and table. Words are computed from it, or they lie."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from levelfield.measures.measure import Direction, Unit
from levelfield.measures.value import Value
from levelfield.signals.xmr import RUN, Limits, Point, classes, limits


class Reading(StrEnum):
    """What the latest point says, in the four states of the design."""

    USUAL = "usual"
    WORSE = "worse"
    BETTER = "better"
    CHANGED = "changed"
    CANNOT_JUDGE = "cannot judge"


@dataclass(frozen=True)
class Dot:
    """One period of a chart."""

    label: str
    value: float | None
    n: int
    point: Point
    reading: Reading
    word: str = ""  # why there is no value


@dataclass(frozen=True)
class Mark:
    """A dated circumstance with whose it is."""

    label: str
    title: str
    owner: str


@dataclass(frozen=True)
class Chart:
    """A series with what is usual and what was agreed."""

    title: str
    dots: tuple[Dot, ...]
    usual: Limits | None
    target: float | None
    direction: Direction
    unit: Unit
    decimals: int
    marks: tuple[Mark, ...] = ()
    periods: str = "periods"  # days, weeks, months …

    @property
    def latest(self) -> Dot | None:
        """The newest period."""
        return self.dots[-1] if self.dots else None

    @property
    def latest_known(self) -> Dot | None:
        """The newest period with a value."""
        return next((d for d in reversed(self.dots) if d.value is not None), None)

    @property
    def reading(self) -> Reading:
        """What the latest known period says."""
        return self.latest_known.reading if self.latest_known and self.usual else Reading.CANNOT_JUDGE

    @property
    def since(self) -> str:
        """The first period of the latest episode: points on the same side of the mean as the latest one."""
        if self.usual is None or self.latest_known is None or self.reading is Reading.USUAL:
            return ""
        known = [d for d in self.dots if d.value is not None]
        side = np.sign((known[-1].value or 0) - self.usual.mean)
        first = known[-1]
        for dot in reversed(known):
            if np.sign((dot.value or 0) - self.usual.mean) != side:
                break
            first = dot
        return first.label

    @property
    def episode(self) -> int:
        """How many known periods the latest episode lasts."""
        labels = [d.label for d in self.dots if d.value is not None]
        return len(labels) - labels.index(self.since) if self.since else 0


def chart_of(
    title: str,
    values: Sequence[Value],
    labels: Sequence[str],
    *,
    direction: Direction,
    unit: Unit,
    decimals: int,
    target: float | None = None,
    marks: Sequence[Mark] = (),
    periods: str = "periods",
) -> Chart:
    """A chart of one measure of one slice; `labels` names every period, those without a value included."""
    by_label = {v.period: v for v in values}
    own = [by_label.get(label) for label in labels]
    numbers = np.array([v.value if v is not None and v.value is not None else math.nan for v in own], dtype=float)
    usual = limits(numbers)
    dots = tuple(
        Dot(
            label,
            v.value if v is not None else None,
            v.n if v is not None else 0,
            point,
            reading_of(number, point, usual, direction),
            str(v.why) if v is not None and v.why else ("" if v is not None else "not delivered"),
        )
        for label, v, number, point in zip(labels, own, numbers, classes(numbers, usual), strict=True)
    )
    return Chart(title, dots, usual, target, direction, unit, decimals, tuple(marks), periods)


def reading_of(value: float, point: Point, usual: Limits | None, direction: Direction) -> Reading:
    """Worse or better than usual by the agreed direction; changed where no direction was agreed."""
    if usual is None or point is Point.MISSING:
        return Reading.CANNOT_JUDGE
    if point is Point.USUAL:
        return Reading.USUAL
    if direction is Direction.NONE:
        return Reading.CHANGED
    higher = value > usual.mean
    return Reading.BETTER if higher == (direction is Direction.HIGHER) else Reading.WORSE


def headline(chart: Chart, told: Callable[[float], str]) -> str:
    """The message of a chart in about ten words, present tense; `told` writes a value with its unit."""
    dot, usual = chart.latest_known, chart.usual
    if dot is None or dot.value is None:
        return f"{chart.title}: nothing delivered yet"
    if usual is None:
        return f"{chart.title} is {told(dot.value)}; too few {chart.periods} to say what is usual"
    if chart.reading is Reading.USUAL:
        return f"{chart.title} is as usual at {told(dot.value)}"
    verb = "rose" if dot.value > usual.mean else "fell"
    if chart.episode == 1:
        return f"{chart.title} {verb} to {told(dot.value)} in {dot.label}"
    side = "high" if dot.value > usual.mean else "low"
    return f"{chart.title} {verb} in {chart.since} and has stayed {side} for {chart.episode} {chart.periods}"


def short_reading(chart: Chart) -> str:
    """Two or three words for a table row."""
    dot, usual = chart.latest_known, chart.usual
    if dot is None or dot.value is None:
        return (chart.latest.word if chart.latest else "") or "not delivered"
    if usual is None:
        return "too few periods"
    if chart.reading is Reading.USUAL:
        return "as usual"
    verb = "Higher" if dot.value > usual.mean else "Lower"
    return f"{verb} since {chart.since}" if chart.episode > 1 else f"{verb} in {dot.label}"


def did_it_change(chart: Chart, told: Callable[[float], str]) -> str:
    """The first of the two answers under a chart."""
    usual = chart.usual
    if usual is None:
        return f"Cannot say yet: at least eight {chart.periods} are needed to know what is usual."
    outside = sum(d.point is Point.OUTSIDE for d in chart.dots[-chart.episode :]) if chart.episode else 0
    trial = f" These are trial limits, from {usual.n} points." if usual.trial else ""
    span = f"the usual range of {told(usual.lower)} to {told(usual.upper)}"
    if chart.reading is Reading.USUAL:
        return (
            f"No. The latest period lies inside {span}, and no run of {RUN} points lies on one side of the mean.{trial}"
        )
    if chart.episode >= RUN:
        side = "above" if (chart.latest_known and (chart.latest_known.value or 0) > usual.mean) else "below"
        beyond = f", {outside} of them outside {span}" if outside else ""
        return f"Yes. {chart.episode} {chart.periods} in a row lie {side} the usual mean of {told(usual.mean)}{beyond}.{trial}"
    return f"Yes. The latest period lies outside {span}.{trial}"


def will_it_meet(chart: Chart, told: Callable[[float], str]) -> str:
    """The second answer: what the usual range says about the agreed level."""
    usual, target = chart.usual, chart.target
    if target is None:
        return "Nothing was agreed for this measure."
    if usual is None:
        return f"Cannot say yet. Agreed: {told(target)}."
    if chart.reading is not Reading.USUAL:
        return f"Cannot say: something changed, and the usual range no longer tells what comes next. Agreed: {told(target)}."
    good_side = (usual.lower >= target) if chart.direction is Direction.HIGHER else (usual.upper <= target)
    bad_side = (usual.upper < target) if chart.direction is Direction.HIGHER else (usual.lower > target)
    if good_side:
        return f"Reliably, as long as nothing changes: the whole usual range lies on the agreed side of {told(target)}."
    if bad_side:
        return f"Not without a change: the whole usual range lies on the other side of {told(target)}."
    return f"Sometimes, by chance: the agreed {told(target)} lies inside the usual range."
