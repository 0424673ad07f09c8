"""Our own column names in units people use: the CSV a partner writes who has read our handbook."""

from __future__ import annotations

from collections.abc import Iterator

from levelfield.same_data.shape import Column, Kind
from levelfield.same_data.shapes import SHAPES
from levelfield_worlds import arrow as a
from levelfield_worlds.formats.cells import decimals, each_once, stamps, yes_no

ROWS = 200_000


def own_csv(table: a.Table, shape: str, delimiter: str = ",", decimal: str = ".") -> Iterator[bytes]:
    """The header, then rows in pieces."""
    columns = SHAPES[shape].columns
    yield (delimiter.join(header_of(column) for column in columns) + "\n").encode()
    for start in range(0, table.num_rows, ROWS):
        part = table.slice(start, ROWS)
        names = [header_of(column) for column in columns]
        cells = a.arrow.table([_cells(part[column.name], column, decimal) for column in columns], names=names)
        yield rows_of(cells, delimiter)


def rows_of(cells: a.Table, delimiter: str) -> bytes:
    """Rows without a header; texts are quoted only where one of them needs it."""
    try:
        return _written(cells, delimiter, "none")
    except a.arrow.ArrowInvalid:
        return _written(cells, delimiter, "needed")


def header_of(column: Column) -> str:
    """The name of a column in the file: `wait_ms` is written as `wait_s`, `score_milli` as `score`.

    >>> from levelfield.same_data.shapes import CONTACTS
    >>> header_of(CONTACTS["wait_ms"])
    'wait_s'
    """
    match column.kind:
        case Kind.DURATION:
            return column.name.removesuffix("_ms") + "_s"
        case Kind.THOUSANDTHS:
            return column.name.removesuffix("_milli")
        case Kind.MONEY:
            return column.name.removesuffix("_minor")
        case _:
            return column.name


def _cells(values: a.Column, column: Column, decimal: str) -> a.Column:
    match column.kind:
        case Kind.DURATION | Kind.THOUSANDTHS:
            return _with_mark(decimals(values, 3), decimal)
        case Kind.MONEY:
            return _with_mark(decimals(values, 2), decimal)
        case Kind.MOMENT:
            return each_once(values, stamps)
        case Kind.FLAG:
            return yes_no(values)
        case _:
            return values


def _with_mark(text: a.Column, decimal: str) -> a.Column:
    return text if decimal == "." else a.compute.replace_substring(text, ".", decimal)


def _written(cells: a.Table, delimiter: str, quoting: str) -> bytes:
    sink = a.arrow.BufferOutputStream()
    options = a.arrow_csv.WriteOptions(include_header=False, delimiter=delimiter, quoting_style=quoting)
    a.arrow_csv.write_csv(cells, sink, options)
    written: bytes = sink.getvalue().to_pybytes()
    return written
