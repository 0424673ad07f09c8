"""Arrow columns as the text that stands in a file's cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from levelfield_worlds.arrow import Column, arrow, compute

POWERS = {2: 100, 3: 1000}


def each_once(column: Column, write: Callable[[Column], Column]) -> Column:
    """Write the distinct values only and repeat the text; for columns with few values and many rows."""
    coded = arrow.array(column.combine_chunks() if hasattr(column, "combine_chunks") else column).dictionary_encode()
    return write(coded.dictionary).take(coded.indices)


def stamps(column: Column, pattern: str = "%Y-%m-%dT%H:%M:%SZ", zone: str = "UTC") -> Column:
    """Moments as text in a zone, to the second."""
    local = compute.local_timestamp(column.cast(arrow.timestamp("s", tz=zone), safe=False))
    return compute.strftime(local, format=pattern)


def decimals(column: Column, places: int) -> Column:
    """Whole numbers as decimals with the point moved: 12500 with three places is 12.5."""
    column = arrow.array(column.combine_chunks() if hasattr(column, "combine_chunks") else column)
    values = column.fill_null(0).to_numpy(zero_copy_only=False)
    if not (values % POWERS[places]).any():
        return compute.divide(column, arrow.scalar(POWERS[places], arrow.int64())).cast(arrow.string())
    # Arrow's own cast would go through floating point or refuse; a decimal is the same integer, read with its places.
    wide = np.stack([values, values >> 63], axis=1)
    exact = arrow.Array.from_buffers(arrow.decimal128(38, places), len(values), [None, arrow.py_buffer(wide.tobytes())])
    text = compute.utf8_rtrim(compute.utf8_rtrim(exact.cast(arrow.string()), "0"), ".")
    return compute.if_else(column.is_valid(), text, arrow.scalar(None, arrow.string()))


def yes_no(column: Column) -> Column:
    """Flags as yes and no."""
    return compute.if_else(column, "yes", "no")
