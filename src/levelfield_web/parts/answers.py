"""One answer, three forms: a page, or the same table as .json or .csv."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, register_converter

from levelfield_io.harmless import harmless

FORMATS = ("json", "csv")


@dataclass(frozen=True)
class Table:
    """Named rows under named columns; the same object becomes the page, the .json and the .csv."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"Table {self.name}: a row has {len(row)} cells under {len(self.columns)} columns")

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each column with whether it holds numbers, for the page."""
        return list(zip(self.columns, self.numeric, strict=True))

    @property
    def numeric(self) -> list[bool]:
        """Whether each column holds numbers, and nothing but numbers and blanks."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        return [
            any(is_number(c) for c in column) and all(c is None or is_number(c) for c in column) for column in columns
        ]

    @property
    def cells(self) -> Iterator[list[tuple[Any, bool]]]:
        """Each row as cells with whether their column holds numbers."""
        numeric = self.numeric
        return ([(cell, number) for cell, number in zip(row, numeric, strict=True)] for row in self.rows)


def is_number(value: object) -> bool:
    """Whether a cell is a number; a yes or a no is not."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def answer(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, table: Table, status: int = 200
) -> HttpResponse:
    """The page, or its table when the address ends in .json or .csv."""
    match format_of(request):
        case "json":
            response = HttpResponse(as_json(table), content_type="application/json; charset=utf-8", status=status)
        case "csv":
            response = HttpResponse(as_csv(table), content_type="text/csv; charset=utf-8", status=status)
            response["Content-Disposition"] = f'attachment; filename="{table.name}.csv"'
        case _:
            links = downloads_of(request)
            response = render(request, template, {"table": table, "downloads": links, **context}, status=status)
    return response


def answer_paths(route: str, view: Callable[..., HttpResponse], *, name: str) -> list[URLPattern]:
    """The address of a page and of its downloads: `people/` is `name`, `people.csv` and `people.json` are `name_as`."""
    register_formats()
    return [path(f"{route}/", view, name=name), path(f"{route}.<table_format:format>", view, name=f"{name}_as")]


class TableFormat:
    """The endings a table may have in an address."""

    regex = "|".join(FORMATS)

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


def register_formats() -> None:
    """Teach Django's addresses the endings; once is enough."""
    from django.urls.converters import get_converters

    if "table_format" not in get_converters():
        register_converter(TableFormat, "table_format")


def format_of(request: HttpRequest) -> str:
    """html, json or csv, as the address says."""
    match = request.resolver_match
    return str(match.kwargs.get("format", "html")) if match else "html"


def downloads_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Each ending with the address of the same table under it; filters stay, the page number goes."""
    query = request.GET.copy()
    query.pop("page", None)
    tail = f"?{query.urlencode()}" if query else ""
    return [(f".{ending}", f"{request.path.rstrip('/')}.{ending}{tail}") for ending in FORMATS]


def as_json(table: Table) -> str:
    """The table as one JSON object; a number that does not exist is null, never zero."""
    rows = [{column: plain(cell) for column, cell in zip(table.columns, row, strict=True)} for row in table.rows]
    content = {"name": table.name, "columns": list(table.columns), "rows": rows}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """A value as JSON can carry it. Decimals become text, so that no digit is lost."""
    match value:
        case float() if not math.isfinite(value):
            return None
        case None | bool() | int() | float():
            return value
        case Enum():
            return plain(value.value)
        case dt.date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case _:
            return str(value)


def as_csv(table: Table) -> str:
    """The table as CSV that a spreadsheet cannot take for formulas."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(column) for column in table.columns])
    writer.writerows([csv_cell(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def csv_cell(value: Any) -> Any:
    """Numbers as they are, text made harmless, missing as an empty cell.

    >>> csv_cell(-3), csv_cell("-3 points"), csv_cell(None)
    (-3, "'-3 points", '')
    """
    value = plain(value) if not isinstance(value, Decimal) else value
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float() | Decimal():
            return value
        case str():
            return harmless(value)
        case _:
            return harmless(json.dumps(value, ensure_ascii=False, sort_keys=True))
