"""What the charts are given, checked once: numbers that can be drawn, counts that can be counts, indexes that exist."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from levelfield.words import Refusal, RefusalKind
from levelfield.words.series import LARGEST

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def refused(what: str, where: str, expected: str, next_step: str) -> Refusal:
    """A refusal of what a chart was given."""
    return Refusal(what, where=where, expected=expected, next_step=next_step, kind=RefusalKind.DEFINITION)


def numbers(values: npt.ArrayLike, name: str) -> Floats:
    """The values as floats, one a period, missing = nan.

    >>> numbers([1, None, 3], "values")
    array([ 1., nan,  3.])
    """
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise refused(
            "holds something that is not a number", name, "numbers, missing as nan", "Convert the values first"
        ) from None
    if found.ndim != 1:
        raise refused(
            f"has {found.ndim} dimensions", name, "one number a period, oldest first", "Hand in one series at a time"
        )
    if np.isinf(found).any():
        first = int(np.flatnonzero(np.isinf(found))[0])
        raise refused(
            f"is infinite at index {first}", name, "finite numbers, missing as nan", "Write what is not known as nan"
        )
    if (np.abs(found) > LARGEST).any():
        first = int(np.flatnonzero(np.abs(found) > LARGEST)[0])
        raise refused(
            f"is {found[first]:g} at index {first}", name, f"numbers of at most {LARGEST:g}", "Check the unit"
        )
    return found


def counts(values: npt.ArrayLike, name: str) -> Floats:
    """Numbers of which none is negative."""
    found = numbers(values, name)
    if (found < 0).any():
        first = int(np.flatnonzero(found < 0)[0])
        raise refused(
            f"is {found[first]:g} at index {first}", name, "zero or more", "Correct the count, or write nan if unknown"
        )
    return found


def same_length(**series: Floats) -> None:
    """Refuses series of which one is longer than another."""
    if len({len(values) for values in series.values()}) > 1:
        told = ", ".join(f"{name} {len(values)}" for name, values in series.items())
        raise refused(f"The lengths differ: {told}", "", "one value a period in each", "Line the periods up first")


def indexes(asked: Sequence[int], n: int, name: str) -> list[int]:
    """Positions in a series of `n` periods, sorted, each once.

    >>> indexes([3, 1, 3], 4, "rebase")
    [1, 3]
    """
    for index in asked:
        if isinstance(index, bool) or not isinstance(index, int | np.integer) or not 0 <= index < n:
            raise refused(
                f"{index!r} is no index of {n} periods", name, f"whole numbers from 0 to {n - 1}", "Count from 0"
            )
    return sorted({int(index) for index in asked})


def above_zero(value: float, name: str) -> float:
    """A finite number above zero."""
    if not (math.isfinite(value) and value > 0):
        raise refused(f"is {value!r}", name, "a finite number above zero", "Correct the setting")
    return float(value)


def finite(value: float, name: str) -> float:
    """A finite number."""
    if not math.isfinite(value):
        raise refused(f"is {value!r}", name, "a finite number", "Correct the setting")
    return float(value)
