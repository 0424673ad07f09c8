"""Series from a CSV file of one's own: a row a period, columns by what the values are."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from levelfield.words import Refusal, RefusalKind, Series

MISSING = {"", "--", "na", "nan", "null", "none"}
LARGEST = 50_000_000  # bytes
SHAPES = (("numerator", "denominator"), ("total", "n"), ("count",), ("value",))
EXPECTED = "the columns numerator and denominator, or total and n (and total_sq), or count (and exposure), or value; series and period may be there"


def read_series(path: Path, period: str | None = None) -> dict[str, Series]:
    """The series of a file by name; one without the column `series` has one series, named like the file.

    Refuses: a file that cannot be read, without the columns, with a cell that is no number; and what `Series` refuses.
    """
    if not path.is_file():
        raise _refusal(f"There is no file {path.name}", path, "the path of a CSV file")
    if path.stat().st_size > LARGEST:
        raise _refusal("The file is too large", path, "at most 50 MB; series are short")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _refusal("The file is not UTF-8 text", path, "a CSV file in UTF-8") from None
    rows = list(csv.DictReader(text.splitlines()))
    columns = {c.strip().casefold() for c in (rows[0] if rows else {}) if c}
    shape = next((s for s in SHAPES if set(s) <= columns), None)
    if shape is None:
        raise _refusal("The file has no series", path, EXPECTED)
    found: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        own = {str(k).strip().casefold(): (v or "").strip() if isinstance(v, str) else "" for k, v in row.items() if k}
        found.setdefault(own.get("series") or path.stem, []).append(own)
    return {name: _series(own, shape, columns, path, period) for name, own in found.items()}


def _series(
    rows: list[dict[str, str]], shape: tuple[str, ...], columns: set[str], path: Path, period: str | None
) -> Series:
    def column(name: str) -> list[float]:
        return [_number(row.get(name, ""), name, number, path) for number, row in enumerate(rows, start=2)]

    starts = [row["period"] for row in rows] if "period" in columns else None
    where = {"period": period if period is not None or starts is None else _grain_of(starts), "start": starts}
    match shape:
        case ("numerator", "denominator"):
            return Series.shares(column("numerator"), column("denominator"), **where)  # type: ignore[arg-type]
        case ("total", "n"):
            squares = column("total_sq") if "total_sq" in columns else None
            return Series.means(column("total"), column("n"), squares, **where)  # type: ignore[arg-type]
        case ("count",):
            exposure = column("exposure") if "exposure" in columns else None
            return Series.counts(column("count"), exposure=exposure, **where)  # type: ignore[arg-type]
        case _:
            return Series.plain(column("value"), **where)  # type: ignore[arg-type]


def _grain_of(starts: list[str]) -> str | None:
    """The length of the periods, from how they are named."""
    from levelfield.words import Period

    days = [Period.parse(name).start for name in starts[:2]]
    if len(days) < 2:
        return None
    return {1: "day", 7: "week"}.get(
        (days[1] - days[0]).days, "month" if 28 <= (days[1] - days[0]).days <= 31 else None
    )


def _number(text: str, column: str, row: int, path: Path) -> float:
    if text.casefold() in MISSING:
        return math.nan
    try:
        return float(text.replace(",", "") if text.count(",") and "." in text else text)
    except ValueError:
        raise _refusal(
            f"“{text[:30]}” is no number", path, "a number, or nothing where it is missing", f"row {row}, {column}"
        ) from None


def _refusal(what: str, path: Path, expected: str, where: str = "") -> Refusal:
    place = f"{path.name}, {where}" if where else path.name
    return Refusal(
        what, where=place, expected=expected, next_step="Correct the file; nothing was judged.", kind=RefusalKind.FILE
    )
