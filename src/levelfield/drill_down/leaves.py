"""A table of leaves: every row one combination of attributes with its figures, read and checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from levelfield.words import Refusal, RefusalKind, nearest

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.integer[Any]]

NOT_NAMED = "not named"  # the label of rows that have none: a value of its own, never spread over the others
SMALL = 127  # labels that fit one byte
MOST_DIMENSIONS = 12  # 4,095 cuboids; more is a table nobody drills by hand


@dataclass(frozen=True)
class Leaves:
    """Leaves as codes: `codes[d][i]` is the position of leaf i's label in `labels[d]`; figures are `(n,)`."""

    dims: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    codes: tuple[Codes, ...]
    figures: Mapping[str, Floats]
    notes: tuple[str, ...]  # sentences on what was handled: set apart, added up, left out

    def __len__(self) -> int:
        return len(self.codes[0]) if self.codes else len(next(iter(self.figures.values()), ()))

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many labels each dimension has."""
        return tuple(len(labels) for labels in self.labels)


def read_leaves(table: object, dims: Sequence[str], figures: Sequence[str], *, may_be_negative: bool = False) -> Leaves:
    """Read dimensions and figures from an Arrow table, a data frame, or a mapping of columns.

    Rows whose figure is missing are set apart, leaves listed twice are added up, dimensions with one value and copies
    of another dimension are left out of the search; each is told in `notes`. Refuses: no rows, a column that is not
    there, no dimension, a figure that is not a number, infinite or (unless it may be) negative.
    """
    data = _arrow(table)
    if not dims:
        raise _refusal("no dimension was given", expected="the names of one or more columns to search", data=data)
    if len(set(dims)) < len(dims):
        raise _refusal("a dimension is named twice", expected="each dimension once", data=data)
    if len(dims) > MOST_DIMENSIONS:
        raise _refusal(f"{len(dims)} dimensions were given", expected=f"at most {MOST_DIMENSIONS}", data=data)
    for name in (*dims, *figures):
        if name not in data.column_names:
            like = nearest(name, data.column_names)
            raise _refusal(
                f"the table has no column “{name}”",
                expected=f"one of its columns: {', '.join(data.column_names)}",
                data=data,
                next_step=f"Did you mean “{like[0]}”?" if like else "",
            )
    if not data.num_rows:
        raise _refusal("the table has no rows", expected="one row per leaf", data=data)
    numbers = {name: _numbers(data, name, may_be_negative) for name in figures}
    coded = [_codes(data, name) for name in dims]
    notes: list[str] = []
    there = np.logical_and.reduce([~np.isnan(own) for own in numbers.values()]) if numbers else None
    if there is not None and not there.all():
        missing = int((~there).sum())
        notes.append(f"{missing:,} of {data.num_rows:,} leaves have a figure that is missing; they are set apart.")
        numbers = {name: own[there] for name, own in numbers.items()}
        coded = [(codes[there], labels) for codes, labels in coded]
        if not there.any():
            raise _refusal("every leaf misses a figure", expected="figures in at least one row", data=data)
    coded, numbers = _once(coded, numbers, notes)
    kept = _searchable(list(dims), coded, notes)
    return Leaves(
        tuple(dims[d] for d in kept),
        tuple(coded[d][1] for d in kept),
        tuple(coded[d][0] for d in kept),
        numbers,
        tuple(notes),
    )


def _arrow(table: object) -> pa.Table:
    if isinstance(table, pa.Table):
        return table
    if isinstance(table, pa.RecordBatch):
        return pa.Table.from_batches([table])
    if isinstance(table, Mapping):
        return pa.table({str(name): pa.array(np.asarray(own)) for name, own in table.items()})
    if hasattr(table, "__arrow_c_stream__"):
        return pa.table(table)
    if hasattr(table, "columns") and hasattr(table, "index"):
        return pa.Table.from_pandas(table, preserve_index=False)
    raise Refusal(
        f"a {type(table).__name__} is not a table",
        expected="an Arrow table, a data frame, or a mapping of columns",
        kind=RefusalKind.DEFINITION,
    )


def _refusal(what: str, *, expected: str, data: pa.Table, next_step: str = "") -> Refusal:
    where = f"table of {data.num_rows:,} rows"
    return Refusal(what, where=where, expected=expected, next_step=next_step, kind=RefusalKind.DEFINITION)


def _numbers(data: pa.Table, name: str, may_be_negative: bool) -> Floats:
    column = data.column(name)
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type)):
        raise _refusal(f"“{name}” holds {column.type}", expected="numbers", data=data)
    own: Floats = np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
    for wrong, word in ((np.isinf(own), "is infinite"), ((own < 0) & (not may_be_negative), "is negative")):
        if wrong.any():
            row = int(np.argmax(wrong))
            raise _refusal(
                f"“{name}” {word} in row {row + 1:,}: {own[row]:g}",
                expected="a finite number" if word == "is infinite" else "zero or more",
                data=data,
                next_step="Correct the row; nothing was searched.",
            )
    return own


def _codes(data: pa.Table, name: str) -> tuple[Codes, tuple[str, ...]]:
    """Codes and labels of one dimension; a missing label is a label of its own."""
    column = data.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
        chunk = column.combine_chunks()
        whole = pa.concat_arrays(chunk.chunks) if isinstance(chunk, pa.ChunkedArray) else chunk
    else:
        whole = column.combine_chunks()
        if isinstance(whole, pa.ChunkedArray):
            whole = pa.concat_arrays(whole.chunks)
        whole = whole.dictionary_encode()
    labels = [NOT_NAMED if label is None else str(label) for label in whole.dictionary.to_pylist()]
    indices = whole.indices
    if indices.null_count:
        if NOT_NAMED not in labels:
            labels.append(NOT_NAMED)
        indices = pc.fill_null(indices.cast(pa.int32()), labels.index(NOT_NAMED))
    kind = np.int8 if len(labels) < SMALL else np.int32
    return np.asarray(indices.to_numpy(zero_copy_only=False)).astype(kind, copy=False), tuple(labels)


def _once(
    coded: list[tuple[Codes, tuple[str, ...]]], numbers: dict[str, Floats], notes: list[str]
) -> tuple[list[tuple[Codes, tuple[str, ...]]], dict[str, Floats]]:
    """Leaves listed twice become one whose figures are added up."""
    sizes = [max(len(labels), 1) for _, labels in coded]
    rows = len(coded[0][0])
    if float(np.prod(np.array(sizes, dtype=np.float64))) >= 2**62:
        return coded, numbers  # a space so large that a key does not fit: dimensions like these are identifiers
    cells = int(np.prod(np.array(sizes, dtype=np.int64)))
    if cells <= 4 * rows + 1024:
        from levelfield.drill_down.cube.kernel import listed_twice

        kind = np.result_type(*(codes for codes, _ in coded))
        if not listed_twice(
            np.stack([codes.astype(kind, copy=False) for codes, _ in coded]), np.array(sizes, dtype=np.int64), cells
        ):
            return coded, numbers
    key = np.zeros(rows, dtype=np.int64)
    for (codes, _), size in zip(coded, sizes, strict=True):
        key = key * size + codes
    unique, first, back = np.unique(key, return_index=True, return_inverse=True)
    if len(unique) == rows:
        return coded, numbers
    notes.append(f"{rows - len(unique):,} rows list a leaf again; their figures are added up.")
    added = {
        name: np.asarray(np.bincount(back, own, minlength=len(unique)), dtype=np.float64)
        for name, own in numbers.items()
    }
    return [(codes[first], labels) for codes, labels in coded], added


LOOK = 4096  # rows that tell most dimensions apart


def _searchable(dims: list[str], coded: list[tuple[Codes, tuple[str, ...]]], notes: list[str]) -> list[int]:
    """Positions of the dimensions worth a search: more than one value, and not a copy of an earlier one."""
    kept: list[int] = []
    for d, (codes, _labels) in enumerate(coded):
        if codes[0] == codes[-1] and (codes == codes[0]).all():
            notes.append(f"“{dims[d]}” has one value; it explains nothing and is left out.")
            continue
        twin = next((e for e in kept if _copies(coded[e][0], codes)), None)
        if twin is not None:
            notes.append(f"“{dims[d]}” is a copy of “{dims[twin]}”; it is left out.")
            continue
        kept.append(d)
    return kept


def _copies(one: Codes, other: Codes) -> bool:
    """Do two dimensions name the same split of the leaves? Most pairs that do not show it at once."""
    step = max(1, len(one) // LOOK)
    for part in (slice(None, None, step), slice(None)):
        wide = int(other[part].max()) + 1
        pairs = len(np.unique(one[part].astype(np.int64) * wide + other[part]))
        if pairs > len(np.unique(one[part])) or pairs > len(np.unique(other[part])):
            return False
    return True
