"""One table, one hash, on every machine: the bytes a publication's identity is made of.

Rows are sorted by the shape's key (text by its UTF-8 bytes, missing last). Then, column after column in the
order of the shape, the hash takes: name and kind, a bit per row for "present", and the values, as little-endian
64-bit integers (days since 1970, microseconds since 1970, 0 where missing), bits for flags, or for text the
32-bit lengths followed by the UTF-8 bytes. Neither file format nor library version enters.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from levelfield.same_data.shape import Kind, Shape

ARROW: dict[Kind, pa.DataType] = {
    Kind.TEXT: pa.string(),
    Kind.KEY: pa.string(),
    Kind.COUNT: pa.int64(),
    Kind.DURATION: pa.int64(),
    Kind.THOUSANDTHS: pa.int64(),
    Kind.MONEY: pa.int64(),
    Kind.MOMENT: pa.timestamp("us", tz="UTC"),
    Kind.DAY: pa.date32(),
    Kind.FLAG: pa.bool_(),
}


def schema_of(shape: Shape) -> pa.Schema:
    """The Arrow schema in which facts of a shape are stored."""
    return pa.schema([(c.name, ARROW[c.kind]) for c in shape.columns])


def in_shape(table: pa.Table, shape: Shape) -> pa.Table:
    """The table with exactly the shape's columns and types; a column it lacks is wholly missing."""
    columns = [
        pc.cast(table[c.name], ARROW[c.kind])
        if c.name in table.column_names
        else pa.nulls(table.num_rows, ARROW[c.kind])
        for c in shape.columns
    ]
    return pa.table(columns, schema=schema_of(shape))


def sorted_by_key(table: pa.Table, shape: Shape) -> pa.Table:
    """Rows in the order of the shape's key."""
    # A column that is the same in every row cannot change the order; leaving it out halves the time.
    keys = [k for k in shape.key if table.num_rows and not _constant(table[k])]
    return table.sort_by([(k, "ascending") for k in keys]) if keys else table


def content_hash(table: pa.Table, shape: Shape) -> str:
    """SHA-256 of a table's content; `table` is sorted by the shape's key."""
    digest = hashlib.sha256(f"levelfield facts 1\n{shape.name}\n{shape.version}\n{table.num_rows}\n".encode())
    for column in shape.columns:
        array = table[column.name].combine_chunks()
        if isinstance(array, pa.ChunkedArray):
            array = array.chunk(0) if array.num_chunks else pa.array([], type=ARROW[column.kind])
        digest.update(f"{column.name}:{column.kind}\n".encode())
        if array.null_count == len(array):
            digest.update(b"none")
            continue
        missing = array.null_count > 0
        there = array.is_valid().to_numpy(zero_copy_only=False) if missing else np.ones(len(array), dtype=bool)
        digest.update(np.packbits(there).tobytes())
        match column.kind:
            case Kind.TEXT | Kind.KEY:
                filled = array.fill_null("") if missing else array
                offsets = np.frombuffer(filled.buffers()[1], dtype=np.int32)[
                    filled.offset : filled.offset + len(filled) + 1
                ]
                digest.update(np.diff(offsets).astype("<i4").tobytes())
                text = filled.buffers()[2]
                digest.update(memoryview(text)[offsets[0] : offsets[-1]] if text else b"")
            case Kind.FLAG:
                digest.update(
                    np.packbits((array.fill_null(False) if missing else array).to_numpy(zero_copy_only=False)).tobytes()
                )
            case _:
                width = "<i4" if column.kind is Kind.DAY else "<i8"
                numbers = np.frombuffer(array.buffers()[1], dtype=width)[array.offset : array.offset + len(array)]
                digest.update(np.where(there, numbers, 0).astype("<i8").tobytes())
    return digest.hexdigest()


def _constant(column: pa.ChunkedArray) -> bool:
    """Is every value of a column the same?"""
    if column.null_count:
        return bool(column.null_count == len(column))
    least = pc.min_max(column)
    return bool(least["min"] == least["max"])
