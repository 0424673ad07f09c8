"""What is compared: groups with a numerator and a denominator each, read from whatever shape they come in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from levelfield.words import Refusal, RefusalKind

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

COLUMNS = ("group", "numerator", "denominator")


class Kind(StrEnum):
    """What numerator and denominator are to each other, and so how the values scatter by chance."""

    PROPORTION = "proportion"  # so many of so many: binomial
    RATIO = "ratio"  # observed against expected, 1 where they agree: Poisson
    RATE = "rate"  # so many events in so much exposure: Poisson


@dataclass(frozen=True, eq=False)
class Groups:
    """The groups side by side, in the order given. Shapes: numerator and denominator (k,)."""

    names: tuple[str, ...]
    numerator: Floats
    denominator: Floats
    kind: Kind

    def __len__(self) -> int:
        return len(self.names)

    @property
    def value(self) -> Floats:
        """Numerator over denominator; (k,)."""
        return self.numerator / self.denominator

    @property
    def pooled(self) -> float:
        """All numerators over all denominators."""
        return math.fsum(self.numerator) / math.fsum(self.denominator)


def groups_of(given: Any, kind: str = "proportion") -> Groups:
    """Groups from a mapping of pairs, a sequence of triples, or a table with group, numerator and denominator.

    Refuses: no groups, a name twice, negative or infinite or missing numbers, a denominator of 0, a numerator above its
    denominator where the kind is a proportion.

    >>> groups_of({"North": (8, 10), "South": (9, 12)}).value.tolist()
    [0.8, 0.75]
    """
    try:
        known = Kind(str(kind))
    except ValueError:
        raise refused(
            f"“{str(kind)[:40]}” is no kind of comparison",
            f"one of {', '.join(Kind)}",
            "Name the kind and compare again.",
        ) from None
    rows = list(_rows(given))
    if not rows:
        raise refused("There is no group", "at least one group with numerator and denominator")
    names = tuple(str(row[0]) for row in rows)
    twice = next((name for name in dict.fromkeys(names) if names.count(name) > 1), None)
    if twice is not None:
        raise refused(f"“{twice}” stands {names.count(twice)} times", "every group once", "Add its rows up first.")
    top = np.array([number(row[1], f"numerator of “{row[0]}”") for row in rows])
    bottom = np.array([number(row[2], f"denominator of “{row[0]}”") for row in rows])
    for name, one, other in zip(names, top, bottom, strict=True):
        if other == 0:
            raise refused(
                f"The denominator of “{name}” is 0", "more than 0", "Leave the group out: nothing was counted there."
            )
        if known is Kind.PROPORTION and one > other:
            raise refused(f"“{name}” has {one:g} of {other:g}", "numerator ≤ denominator, or another kind")
    return Groups(names, top, bottom, known)


def _rows(given: Any) -> Iterable[tuple[Any, Any, Any]]:
    """(name, numerator, denominator) of every group, whichever shape they came in."""
    if isinstance(given, Mapping) and not set(COLUMNS) <= set(given):
        for name, pair in given.items():
            if not _pair(pair):
                raise refused(f"“{name}” has no pair of numbers", "(numerator, denominator) for every group")
            yield name, pair[0], pair[1]
        return
    if isinstance(given, Mapping) or hasattr(given, "columns"):
        yield from zip(*table_columns(given, COLUMNS), strict=True)
        return
    try:
        rows = [tuple(row) for row in given]
    except TypeError:
        raise refused("The groups cannot be read", "a mapping, a sequence of triples or a table") from None
    for index, row in enumerate(rows):
        if len(row) != 3:
            raise refused(f"Row {index + 1} has {len(row)} entries", "name, numerator, denominator")
        yield row


def _pair(given: Any) -> bool:
    return isinstance(given, (tuple, list, np.ndarray)) and len(given) == 2


def table_columns(table: Any, names: Iterable[str]) -> list[list[Any]]:
    """The named columns of an Arrow table, a data frame or a mapping of columns, each as a list of the same length."""
    found = []
    has = list(table) if isinstance(table, Mapping) else [str(n) for n in getattr(table, "column_names", table.columns)]
    for name in names:
        if name not in has:
            raise refused(f"The table has no column “{name}”", f"columns {', '.join(names)}")
        column = table[name]
        if hasattr(column, "to_pylist"):
            found.append(column.to_pylist())
        else:
            found.append(column.tolist() if hasattr(column, "tolist") else list(column))
    if len({len(column) for column in found}) > 1:
        raise refused("The columns have different lengths", "one entry a row in every column")
    return found


def number(given: Any, name: str) -> float:
    """A finite number of 0 or more, or a refusal that names it."""
    try:
        found = float(given)
    except (TypeError, ValueError):
        raise refused(f"The {name} is no number", "0 or more", "Leave out what was not delivered.") from None
    if math.isnan(found):
        raise refused(f"The {name} is missing", "0 or more", "Leave out what was not delivered: missing is not zero.")
    if math.isinf(found):
        raise refused(f"The {name} is infinite", "a finite number")
    if found < 0:
        raise refused(f"The {name} is {found:g}", "0 or more")
    return found


def refused(what: str, expected: str, next_step: str = "Correct the numbers and compare again.") -> Refusal:
    """A refusal of this room's, ready to raise."""
    return Refusal(what, where="Fair comparison", expected=expected, next_step=next_step, kind=RefusalKind.DEFINITION)
