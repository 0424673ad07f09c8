"""The individuals chart (XmR) as the NHS draws it: limits from moving ranges, and a class for every point."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args, overload

import numpy as np
import numpy.typing as npt

from levelfield.signals.charts.given import Bools, Floats, finite, numbers, refused
from levelfield.signals.charts.lines import SIGMAS, Lines, draw, mean_of, plan
from levelfield.signals.charts.ranges import mean_moving_range
from levelfield.signals.charts.rules import CLOSE, NHS, OUTSIDE, SIDE, TREND, Ints, directions
from levelfield.signals.charts.runs import sides

Improvement = Literal["increase", "decrease", "none"]

LIMIT_FACTOR = 2.66  # 3 / d2 to two digits, as the NHS prints it; 3 / 1.128 would move the limits by 0.02 %
NAMES = {  # what a rule calls a point, upwards and downwards
    OUTSIDE: ("Above UCL", "Below LCL"),
    TREND: ("7 Point Trend (Increasing)", "7 Point Trend (Decreasing)"),
    CLOSE: ("2 in 3 Above CL", "2 in 3 Below CL"),
    SIDE: ("7 Points Above CL", "7 Points Below CL"),
}
COMMON, MISSING, CANNOT_JUDGE = "Common Cause", "Missing", "Cannot Judge"
POINT_TYPES = {COMMON: "common_cause", MISSING: "missing", CANNOT_JUDGE: "cannot_judge"}


@dataclass(frozen=True, eq=False)
class XmrPoints:
    """A judged individuals chart; as a sequence, the class of every point."""

    lines: Lines
    side: Ints  # +1 above the mean, -1 below, 0 on it or missing
    outside_limits: Bools
    close_to_limits: Bools  # between two and three sigma, so not outside
    special_cause_type: tuple[str, ...]
    point_type: tuple[str, ...]
    assurance: str  # consistent_pass, consistent_fail, inconsistent; empty without a target or a better direction

    @property
    def mean(self) -> Floats:
        """The mean of each point's phase."""
        return self.lines.centre

    @property
    def lower(self) -> Floats:
        """The lower process limit of each point's phase."""
        return self.lines.lower

    @property
    def upper(self) -> Floats:
        """The upper process limit of each point's phase."""
        return self.lines.upper

    @property
    def special_cause_flag(self) -> Bools:
        """Which points are more than noise."""
        return np.array([kind.startswith("special_cause") for kind in self.point_type], dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.point_type)

    def __iter__(self) -> Iterator[str]:
        return iter(self.point_type)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self.point_type[index]


def xmr_lines(
    values: npt.ArrayLike, *, rebase: Sequence[int] = (), fix_after: int | None = None, trim_ranges: bool = True
) -> Lines:
    """The mean, and limits 2.66 mean moving ranges either side of it, phase by phase.

    Shapes: values (n,), oldest first, missing = nan. Unit: that of the values.
    Each index in `rebase` starts a phase; with `fix_after` a phase learns from its first so many periods only;
    `trim_ranges` leaves out, once, ranges of 3.267 mean ranges or more. Without a range there are no limits (nan).
    Refuses: infinite values, an index outside, fix_after below 2 (Refusal, definition).
    Assumes: neighbouring points are about independent; a range next to a missing point is not counted.
    Source: Wheeler (1993), Understanding Variation; Nelson (1982), Journal of Quality Technology 14(3), 172-173.

    >>> drawn = xmr_lines([10, 12, 11, 13, 12, 11, 10, 12])  # mean 11.375; ranges 2 1 2 1 1 1 2, mean 10 / 7
    >>> [round(line, 3) for line in drawn.at(0)], drawn.n_points  # lower, centre, upper
    ([7.575, 11.375, 15.175], 8)
    """
    given = numbers(values, "values")

    def one_phase(span: slice, base: Bools) -> tuple[float, Floats]:
        learnt = np.where(base, given[span], math.nan)
        sigma = LIMIT_FACTOR / SIGMAS * mean_moving_range(learnt, trim=trim_ranges)
        return mean_of(learnt[base]), np.full(len(learnt), sigma)

    return draw("XmR", np.isfinite(given), plan(len(given), rebase, (), fix_after), one_phase)


def xmr_points(
    values: npt.ArrayLike,
    *,
    rebase: Sequence[int] = (),
    improvement: Improvement = "increase",
    target: float | None = None,
    fix_after: int | None = None,
    trim_ranges: bool = True,
) -> XmrPoints:
    """Tells of every point whether it is noise or more, and whether that is better or worse.

    Four rules, in this order; the first that holds names the point: outside a limit · part of seven points that
    each rise, or each fall · between two and three sigma, as one of two in three neighbours all on the same side of
    the mean · part of seven points on one side of the mean. A pattern marks all its points, those already seen as
    well; the pattern of three marks the close ones only, and a point outside a limit is not close. A point on a
    limit is inside, one on the mean on neither side. What rises or lies high is an improvement where an increase is.
    `assurance` holds the target against the last limits: beyond them it is passed or failed consistently.

    Shapes: values (n,), oldest first, missing = nan: it has no class ("missing") and ends no run.
    Unit: that of the values and the target.
    Refuses: infinite values or target, an unknown direction, an index outside, fix_after below 2
    (Refusal, definition).
    Assumes: what `xmr_lines` does. A phase without two neighbouring points has no limits: "cannot_judge".
    Source: NHS England, Making Data Count; its reference in R, https://github.com/nhs-r-community/NHSRplotthedots,
    from which we part in three: a missing point ends no run, no limits are no verdict, and a point that is not to
    be judged better or worse is "special_cause_neutral" on either side.

    >>> found = xmr_points([4, 12, 4, 12, 4, 12, 4, 12, 4, 60, 4, 12], target=40)
    >>> [round(line, 2) for line in found.lines.at(0)]  # the ranges of 56 are left out: 12, and 2.66 x 8
    [-9.28, 12.0, 33.28]
    >>> found[8], found[9], found.special_cause_type[9], found.assurance
    ('common_cause', 'special_cause_improvement', 'Above UCL', 'consistent_fail')
    """
    if improvement not in get_args(Improvement):
        raise refused(
            f"is {improvement!r}", "improvement", "increase, decrease or none", "Say which direction is better"
        )
    given = numbers(values, "values")
    lines = xmr_lines(given, rebase=rebase, fix_after=fix_after, trim_ranges=trim_ranges)
    outside, away = lines.beyond(given), np.abs(lines.positions(given))
    better = {"increase": 1, "decrease": -1, "none": 0}[improvement]
    types, verdicts = _judged(given, lines, better)
    assured = "" if target is None else _assurance(finite(target, "target"), lines, better)
    return XmrPoints(lines, sides(given, lines), outside, (away > 2) & ~outside, types, verdicts, assured)


def _judged(values: Floats, lines: Lines, better: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The special cause of every point by the first rule that holds, and its class."""
    marked = directions(values, lines, NHS)
    types, verdicts = [], []
    for index, value in enumerate(values):
        name, direction = COMMON, 0
        if not math.isfinite(value):
            name = MISSING
        elif not math.isfinite(lines.upper[index]):
            name = CANNOT_JUDGE
        else:
            rule = next((rule for rule, found in marked.items() if found[index]), None)
            if rule is not None:
                direction = int(marked[rule][index])
                name = NAMES[rule][0 if direction > 0 else 1]
        types.append(name)
        verdicts.append(_class(direction * better) if direction else POINT_TYPES[name])
    return tuple(types), tuple(verdicts)


def _class(oriented: int) -> str:
    """Better, worse, or neither."""
    return {1: "special_cause_improvement", -1: "special_cause_concern", 0: "special_cause_neutral"}[oriented]


def _assurance(target: float, lines: Lines, better: int) -> str:
    """Whether the last limits lie on the good side of the target, on the bad one, or around it."""
    if not better or not len(lines.upper) or not math.isfinite(lines.upper[-1]):
        return ""
    if lines.lower[-1] <= target <= lines.upper[-1]:
        return "inconsistent"
    above = 1 if target > lines.upper[-1] else -1
    return "consistent_fail" if above == better else "consistent_pass"
