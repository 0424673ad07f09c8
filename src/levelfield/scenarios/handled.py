"""How a partner comes through a circumstance: how far the result moves, beside what could be expected, and until when."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from levelfield.measures.measure import Direction
from levelfield.scenarios.part import counted
from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]

BACK = 2.0  # spreads: a usual period lies within them 19 times in 20
FAR = (
    3.0  # spreads: one period alone counts as out only beyond them, since in a quarter one beyond 2 is likely by chance
)
IN_A_ROW = 2  # periods: one good or bad period alone may be chance
SHOWS_LATE = 1  # periods after the end in which an effect may still begin
LEAST_EXPECTED = 0.5  # spreads: a smaller expected effect is noise, and a ratio to it says nothing


@dataclass(frozen=True)
class Handling:
    """What a circumstance did to a measure. Effects are in its unit, above zero where it rises; None where unknown.

    Indices count the periods of what was observed, from 0. `ratio` is the mean effect as a multiple of the expected
    one: 1 as expected, below 1 smoother. `periods_to_recover` counts from the start of the circumstance, and is 0 where
    the measure never left what is usual.
    """

    worst: float | None
    mean: float | None
    expected: float | None  # mean effect that a model expects for the same periods
    ratio: float | None
    recovered_at: int | None
    periods_to_recover: int | None
    still_out: bool
    sentence: str
    spread: float
    better: Direction
    n: int  # periods of the circumstance that were delivered

    @property
    def size(self) -> float | None:
        """The mean effect in usual spreads, above zero where the measure is worse."""
        return None if self.mean is None else _sign(self.better) * self.mean / self.spread


def handling(
    observed: npt.ArrayLike,
    usual: float,
    spread: float,
    start: int,
    end: int | None,
    better: str,
    expected: npt.ArrayLike | None = None,
) -> Handling:
    """Say how far a measure moves while a circumstance lasts, and when it is as usual again.

    Shapes: `observed` and `expected` (n,), oldest first, missing = nan; `start` and `end` (exclusive, None while it goes
    on) count periods from 0. Unit: that of the measure. `usual` and `spread`: level and standard deviation before.
    As usual again: the first of 2 delivered periods in a row that are no worse than usual by more than 2 spreads, after
    the first of 2 in a row that are, or of one beyond 3. A missing period begins the count anew.
    Refuses: a start or end outside the series, an end on or before the start, a spread that is not above zero, unequal
    lengths, a direction that is neither higher nor lower.
    Assumes: without the circumstance the measure would be as usual.

    >>> held = handling([80, 81, 79, 70, 68, 74, 80, 81], usual=80, spread=2, start=3, end=6, better="higher")
    >>> held.worst, round(held.mean, 2), held.recovered_at, held.periods_to_recover, held.still_out
    (-12.0, -9.33, 6, 3, False)
    """
    values, model = _checked(observed, usual, spread, (start, end), better, expected)
    way = Direction(better)
    last = len(values) if end is None else end
    effect = values - usual
    worse = _sign(way) * effect / spread
    inside = effect[start:last]
    there = np.isfinite(inside)
    n = int(there.sum())
    if not n:
        sentence = "How it is handled cannot be said: no period of the circumstance is delivered."
        return Handling(None, None, None, None, None, None, False, sentence, spread, way, 0)
    worst = float(inside[there][np.argmax(_sign(way) * inside[there])])
    mean = float(inside[there].mean())
    foreseen = None if model is None else _mean((model - usual)[start:last][there])
    ratio = None if foreseen is None or abs(foreseen) < LEAST_EXPECTED * spread else mean / foreseen
    left_at = first_out(worse, start, min(last + SHOWS_LATE, len(values)))
    recovered = start if left_at is None else _first_back(worse, left_at)
    taken = None if recovered is None else recovered - start
    sentence = _sentence(left_at is not None, taken, ratio, foreseen is not None)
    return Handling(worst, mean, foreseen, ratio, recovered, taken, recovered is None, sentence, spread, way, n)


def first_out(worse: Floats, start: int, last: int) -> int | None:
    """The first period from `start` to `last` that is out of the usual, in spreads above zero where worse; None where none is.

    >>> first_out(np.array([0, 2.4, 0, 2.2, 2.6, 0]), 0, 6), first_out(np.array([0, 3.4, 0]), 0, 3)
    (3, 1)
    """
    with np.errstate(invalid="ignore"):
        out, far = worse > BACK, worse > FAR
    for index in range(start, last):
        if far[index] or (out[index] and bool(out[index : index + IN_A_ROW].all()) and index + IN_A_ROW <= len(out)):
            return index
    return None


def _first_back(worse: Floats, left_at: int) -> int | None:
    """The first of several delivered periods in a row that are as usual."""
    with np.errstate(invalid="ignore"):
        usual = worse <= BACK  # nan is not as usual
    for index in range(left_at + 1, len(worse) - IN_A_ROW + 1):
        if bool(usual[index : index + IN_A_ROW].all()):
            return index
    return None


def _sign(way: Direction) -> float:
    """What an effect is multiplied with so that it is above zero where it is worse."""
    return -1.0 if way is Direction.HIGHER else 1.0


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) == len(values) else None  # compared over the same periods or not at all


def _sentence(left: bool, taken: int | None, ratio: float | None, has_model: bool) -> str:
    """How it went, in words for both sides."""
    if not left:
        course = "The measure stays within what is usual."
    elif taken is None:
        course = f"The measure leaves what is usual and is not back yet for {IN_A_ROW} periods in a row."
    else:
        course = f"The measure leaves what is usual and is back {counted(taken, 'period')} after the start."
    if ratio is None:
        return course + (
            " The expected effect is too small, or not known for every period, to compare with." if has_model else ""
        )
    if ratio < 0:
        return f"{course} It moves the other way than the load lets expect."
    return f"{course} The effect is {ratio:.1f} times what the load lets expect."


def _checked(
    observed: npt.ArrayLike,
    usual: float,
    spread: float,
    span: tuple[int, int | None],
    better: str,
    expected: npt.ArrayLike | None,
) -> tuple[Floats, Floats | None]:
    values = np.asarray(observed, dtype=np.float64)
    model = None if expected is None else np.asarray(expected, dtype=np.float64)
    start, end = span
    if values.ndim != 1:
        raise _refusal(f"What was observed has {values.ndim} dimensions", "one number a period")
    if model is not None and model.shape != values.shape:
        raise _refusal(f"{len(values)} periods are observed and {model.size} expected", "one of each for every period")
    if not (math.isfinite(spread) and spread > 0 and math.isfinite(usual)):
        raise _refusal(f"The usual level is {usual:g} and its spread {spread:g}", "a level, and a spread above 0")
    if not 0 <= start < len(values):
        raise _refusal(f"It starts in period {start} of {len(values)}", "a start within the periods, counted from 0")
    if end is not None and not start < end <= len(values):
        raise _refusal(
            f"It starts in period {start} and ends before period {end} of {len(values)}",
            "an end after the start, within the periods",
        )
    if better not in {Direction.HIGHER, Direction.LOWER}:
        raise _refusal(f"“{better[:40]}” is no direction", "higher or lower")
    return np.where(np.isfinite(values), values, np.nan), model


def _refusal(what: str, expected: str) -> Refusal:
    return Refusal(
        what, where="Handling of a circumstance", expected=expected,
        next_step="Correct what is given and ask again.", kind=RefusalKind.DEFINITION,
    )  # fmt: skip
