"""Arrow tables in exactly the columns and kinds of the fact-table contracts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from levelfield.same_data.shape import Column, Kind
from levelfield.same_data.shapes import SHAPES
from levelfield_worlds.arrays import Ints
from levelfield_worlds.arrow import Table, arrow

TYPES: dict[Kind, Any] = {
    Kind.TEXT: arrow.string(),
    Kind.KEY: arrow.string(),
    Kind.COUNT: arrow.int64(),
    Kind.DURATION: arrow.int64(),
    Kind.THOUSANDTHS: arrow.int64(),
    Kind.MONEY: arrow.int64(),
    Kind.MOMENT: arrow.timestamp("us", tz="UTC"),
    Kind.DAY: arrow.date32(),
    Kind.FLAG: arrow.bool_(),
}


@dataclass(frozen=True)
class Label:
    """A text column as the position of each row's text in a short list."""

    names: Sequence[str | None]
    codes: Ints


def table(shape: str, **given: Any) -> Table:
    """A table of a shape: lists and arrays by column, single values repeated, columns not given left empty.

    Moments are given as microseconds and days as days since 1970.
    """
    rows = next(_length(value) for value in given.values() if _length(value) >= 0)
    columns = [_column(column, given.get(column.name), rows) for column in SHAPES[shape].columns]
    unknown = set(given) - set(SHAPES[shape].names)
    if unknown:
        raise KeyError(f"{shape} has no column {sorted(unknown)}")
    made: Table = arrow.table(columns, schema=schema_of(shape))
    return made


def schema_of(shape: str) -> Any:
    """The Arrow schema of a shape."""
    return arrow.schema([(column.name, TYPES[column.kind]) for column in SHAPES[shape].columns])


def _length(value: object) -> int:
    if isinstance(value, Label):
        return len(value.codes)
    return len(value) if isinstance(value, (list, np.ndarray, arrow.Array, arrow.ChunkedArray)) else -1


def _column(column: Column, value: Any, rows: int) -> Any:
    kind = TYPES[column.kind]
    if value is None:
        return arrow.nulls(rows, kind)
    if isinstance(value, Label):
        return arrow.array(value.names, arrow.string()).take(arrow.array(value.codes))
    if _length(value) < 0:
        return arrow.repeat(arrow.scalar(value, kind), rows)
    if isinstance(value, (arrow.Array, arrow.ChunkedArray)):
        return value if value.type == kind else value.cast(kind)
    if column.kind is Kind.DAY:
        return arrow.array(value, arrow.int32()).cast(kind)
    if column.kind is Kind.MOMENT:
        return arrow.array(value, arrow.int64()).cast(kind)
    return arrow.array(value, kind)
