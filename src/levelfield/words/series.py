"""A series: one measure over consecutive periods, with what its values were made of."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from levelfield.words.periods import Grain
from levelfield.words.refusals import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]
Numbers = npt.ArrayLike
Start = dt.date | str | Sequence[dt.date | str] | None

PERIOD_NAMES = {
    "": None,
    "period": None,
    "d": Grain.DAY,
    "day": Grain.DAY,
    "days": Grain.DAY,
    "daily": Grain.DAY,
    "w": Grain.WEEK,
    "week": Grain.WEEK,
    "weeks": Grain.WEEK,
    "weekly": Grain.WEEK,
    "m": Grain.MONTH,
    "month": Grain.MONTH,
    "months": Grain.MONTH,
    "monthly": Grain.MONTH,
    "q": Grain.QUARTER,
    "quarter": Grain.QUARTER,
    "quarterly": Grain.QUARTER,
    "y": Grain.YEAR,
    "year": Grain.YEAR,
    "yearly": Grain.YEAR,
}
LARGEST = 1e60  # no measure is larger; the square of a sum of such numbers is still a number
LONGEST = 20_000  # periods; longer series are rolled up before they are judged


class Family(StrEnum):
    """What the values of a series are, and so how they scatter."""

    SHARES = "shares"  # so many of so many: beta-binomial
    COUNTS = "counts"  # so many: negative binomial
    MEANS = "means"  # a total over so many: times and scores
    PLAIN = "plain"  # numbers of which nothing more is known


@dataclass(frozen=True, eq=False)
class Series:
    """Consecutive periods of one measure; a period without a value is nan, never zero.

    Made by `Series.shares`, `.counts`, `.means` or `.plain`. `value`, `size` and `variance` are (n,) and oldest first:
    the measure, how many stand behind it (nan where unknown), and the variance of one of them (nan where unknown).
    """

    family: Family
    value: Floats
    size: Floats
    variance: Floats
    grain: Grain | None = None
    start: dt.date | None = None

    def __len__(self) -> int:
        return len(self.value)

    @classmethod
    def shares(
        cls, numerator: Numbers, denominator: Numbers, *, period: Grain | str | None = None, start: Start = None
    ) -> Series:
        """Shares of a whole: `numerator` of `denominator` in every period; a denominator of 0 or nan is a missing period.

        Shapes: (n,), oldest first. Refuses: negative, infinite, unequal lengths, a numerator above its denominator.

        >>> Series.shares([8, 9, 0], [10, 12, 0]).value.round(2)
        array([0.8 , 0.75,  nan])
        """
        top, bottom = _counts(numerator, "numerator"), _counts(denominator, "denominator")
        _as_long(top, bottom, "numerator", "denominator")
        above = np.flatnonzero(top > bottom)
        if len(above):
            raise _refusal(
                f"the numerator of period {above[0] + 1} is {top[above[0]]:g}, its denominator {bottom[above[0]]:g}",
                "numerator ≤ denominator",
            )
        there = np.isfinite(top) & (bottom > 0)
        value = np.divide(top, bottom, out=np.full(len(top), np.nan), where=there)
        size = np.where(there, bottom, np.nan)
        return cls._of(Family.SHARES, value, size, value * (1 - value), period, start)

    @classmethod
    def counts(
        cls, counts: Numbers, *, exposure: Numbers | None = None, period: Grain | str | None = None, start: Start = None
    ) -> Series:
        """Counts per period, or per unit of `exposure` (hours, customers) where it varies.

        Shapes: (n,), oldest first. Refuses: negative, infinite, unequal lengths.

        >>> Series.counts([12, 0, 9]).value
        array([12.,  0.,  9.])
        """
        number = _counts(counts, "counts")
        if exposure is None:
            return cls._of(Family.COUNTS, number, np.ones(len(number)), number, period, start)
        over = _counts(exposure, "exposure")
        _as_long(number, over, "counts", "exposure")
        there = np.isfinite(number) & (over > 0)
        value = np.divide(number, over, out=np.full(len(number), np.nan), where=there)
        return cls._of(Family.COUNTS, value, np.where(there, over, np.nan), value, period, start)

    @classmethod
    def means(
        cls,
        total: Numbers,
        n: Numbers,
        total_sq: Numbers | None = None,
        *,
        period: Grain | str | None = None,
        start: Start = None,
    ) -> Series:
        """Means per period: the `total` of `n` contacts, and the total of their squares where it is known.

        Shapes: (n,), oldest first. Unit: that of the total. Refuses: infinite, negative n, unequal lengths, a total of
        squares smaller than the square of the total allows.

        >>> Series.means([600, 900], [2, 3]).value
        array([300., 300.])
        """
        sums, sizes = _numbers(total, "total"), _counts(n, "n")
        _as_long(sums, sizes, "total", "n")
        there = np.isfinite(sums) & (sizes > 0)
        value = np.divide(sums, sizes, out=np.full(len(sums), np.nan), where=there)
        variance = np.full(len(sums), np.nan)
        if total_sq is not None:
            squares = _counts(total_sq, "total_sq")
            _as_long(sums, squares, "total", "total_sq")
            with np.errstate(invalid="ignore", divide="ignore"):
                variance = np.where(there, squares / sizes - value**2, np.nan)
                short = np.flatnonzero(variance < -1e-6 * np.maximum(squares / sizes, 1e-300))
            if len(short):
                raise _refusal(
                    f"total_sq of period {short[0] + 1} is smaller than total² / n",
                    "the sum of the squared single values",
                )
            variance = np.maximum(variance, 0.0)
        return cls._of(Family.MEANS, value, np.where(there, sizes, np.nan), variance, period, start)

    @classmethod
    def plain(cls, values: Numbers, *, period: Grain | str | None = None, start: Start = None) -> Series:
        """Numbers of which nothing more is known; missing = nan.

        Shapes: (n,), oldest first. Refuses: infinite values.

        >>> len(Series.plain([3.1, float("nan"), 2.9]))
        3
        """
        value = _numbers(values, "values")
        nothing = np.full(len(value), np.nan)
        return cls._of(Family.PLAIN, value, nothing, nothing, period, start)

    @classmethod
    def _of(
        cls, family: Family, value: Floats, size: Floats, variance: Floats, period: Grain | str | None, start: Start
    ) -> Series:
        if len(value) > LONGEST:
            raise _refusal(
                f"{len(value):,} periods are too many to judge at once",
                f"at most {LONGEST:,}",
                "Add the counts up to days or weeks first.",
            )
        grain = _grain(period)
        return cls(family, value, size, variance, grain, _start(start, grain, len(value)))

    def since(self, index: int) -> Series:
        """The series from one of its periods on."""
        start = self.days[index] if self.days else None
        return Series(self.family, self.value[index:], self.size[index:], self.variance[index:], self.grain, start)

    def until(self, index: int) -> Series:
        """The series up to one of its periods, which no longer belongs to it."""
        return Series(self.family, self.value[:index], self.size[:index], self.variance[:index], self.grain, self.start)

    @property
    def labels(self) -> tuple[str, ...]:
        """The name of every period: its date where the start is known, else its number from 1."""
        if self.start is None or self.grain is None:
            return tuple(str(i + 1) for i in range(len(self)))
        return tuple(self.grain.name_of(day) for day in self.days)

    @property
    def days(self) -> tuple[dt.date, ...]:
        """The first day of every period; empty where the start is unknown."""
        if self.start is None or self.grain is None:
            return ()
        if self.grain in {Grain.DAY, Grain.WEEK}:
            step = 1 if self.grain is Grain.DAY else 7
            return tuple(self.start + dt.timedelta(days=step * i) for i in range(len(self)))
        found = [self.start]
        while len(found) < len(self):
            found.append(self.grain.next_after(found[-1]))
        return tuple(found[: len(self)])


def _numbers(given: Numbers, name: str) -> Floats:
    try:
        array = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise _refusal(f"“{name}” holds something that is no number", "numbers; missing periods as nan") from None
    if array.ndim != 1:
        raise _refusal(f"“{name}” has {array.ndim} dimensions", "one number a period")
    bad = np.flatnonzero(np.isinf(array))
    if len(bad):
        raise _refusal(f"“{name}” is infinite in period {bad[0] + 1}", "finite numbers; missing periods as nan")
    bad = np.flatnonzero(np.abs(array) > LARGEST)
    if len(bad):
        raise _refusal(f"“{name}” of period {bad[0] + 1} is {array[bad[0]]:g}", f"numbers of at most {LARGEST:g}")
    return array


def _counts(given: Numbers, name: str) -> Floats:
    array = _numbers(given, name)
    bad = np.flatnonzero(array < 0)
    if len(bad):
        raise _refusal(f"“{name}” of period {bad[0] + 1} is {array[bad[0]]:g}", "0 or more")
    return array


def _as_long(one: Floats, other: Floats, name: str, other_name: str) -> None:
    if len(one) != len(other):
        raise _refusal(f"“{name}” has {len(one)} periods, “{other_name}” {len(other)}", "one of each for every period")


def _grain(period: Grain | str | None) -> Grain | None:
    if period is None or isinstance(period, Grain):
        return period
    try:
        return PERIOD_NAMES[str(period).casefold()]
    except KeyError:
        raise _refusal(
            f"“{str(period)[:40]}” is no length of a period that can be judged",
            "day, week, month, quarter or year",
            "Add shorter periods up to days first.",
        ) from None


def _start(start: Start, grain: Grain | None, n: int) -> dt.date | None:
    """The first day; where all periods are named they must follow each other without a gap or a repetition."""
    if start is None or (not isinstance(start, (str, dt.date)) and len(start) == 0):
        return None
    if isinstance(start, (str, dt.date)):
        first = _day(start)
        return grain.start_of(first) if grain is not None else first
    days = [_day(one) for one in start]
    if len(days) != n:
        raise _refusal(f"{len(days)} periods are named for {n} values", "one name a value, or the first period alone")
    for index, (before, after) in enumerate(itertools.pairwise(days)):
        if after == before:
            raise _refusal(f"the period {after} stands twice, at {index + 1} and {index + 2}", "every period once")
        if after < before:
            raise _refusal(f"the period {after} comes after {before}", "periods in order, oldest first")
        if grain is not None and grain.next_after(grain.start_of(before)) != grain.start_of(after):
            raise _refusal(
                f"{grain.name_of(after)} follows {grain.name_of(before)}",
                f"every {grain} in order",
                "Name a period without a value and give nan for it.",
            )
    return grain.start_of(days[0]) if grain is not None else days[0]


def _day(given: dt.date | str) -> dt.date:
    if isinstance(given, dt.datetime):
        return given.date()
    if isinstance(given, dt.date):
        return given
    text = str(given)
    try:
        return dt.date.fromisoformat(text[:10] if len(text) != 7 else f"{text}-01")
    except ValueError:
        raise _refusal(f"“{text[:40]}” is no day", "a day such as 2026-03-05") from None


def _refusal(what: str, expected: str, next_step: str = "Correct the series and judge it again.") -> Refusal:
    return Refusal(
        what[0].upper() + what[1:], where="Series", expected=expected, next_step=next_step, kind=RefusalKind.DEFINITION
    )
