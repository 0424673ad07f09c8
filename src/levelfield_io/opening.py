"""Any delivered file becomes one table of text, called `raw`, with a name for every column."""

from __future__ import annotations

import codecs
import csv
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import charset_normalizer
import pyarrow as pa
import pyarrow.parquet as pq

from levelfield.same_data.finding import Example, Finding, Severity
from levelfield.same_data.profile import Layout
from levelfield.words import Refusal, RefusalKind
from levelfield_io.engine import Engine, quoted
from levelfield_io.openers import OPENERS

HEAD = 1 << 20
MOST_HEADERS = 2_000
LONGEST_LINE = 4 << 20
DELIMITERS = (",", ";", "\t", "|")
BATCH = 20_000
PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+)([.,])([0-9]+)")
GROUPED_NUMBER = re.compile(r"[+-]?[0-9]{1,3}(?P<group>[.,])[0-9]{3}(?:(?P=group)[0-9]{3})*(?:(?P<mark>[.,])[0-9]+)?")
OTHER_MARK = {",": ".", ".": ","}
MOST_HEADER_LINES = 10
LONGEST_SHEET_S = 600
SHEET_PROGRAM = Path(__file__).with_name("sheet_apart.py")


@dataclass(frozen=True)
class Opened:
    """A file as a table of text in an engine."""

    name: str
    headers: tuple[str, ...]
    kind: str  # csv, xlsx, ods, parquet, or the name of an opener
    decimal: str = "."
    header_rows: int = 1  # rows above the first data row, for the row numbers people see
    skip: int = 0  # data rows that are really more header
    details: dict[str, str] = field(default_factory=dict)


def kind_of(path: Path) -> str:
    """What a plain file is, by its first bytes."""
    head = _head(path)
    if not head.strip():
        raise Refusal("The file is empty", where=path.name, expected="a header and rows", kind=RefusalKind.FILE)
    if head[:4] == b"PK\x03\x04":
        return "ods" if b"opendocument" in head[:200] else "xlsx"
    if head[:4] == b"\xd0\xcf\x11\xe0":
        return "xls"
    if head[:4] == b"PAR1":
        return "parquet"
    return next((name for name, opener in OPENERS.items() if opener.recognises(head)), "csv")


def open_table(engine: Engine, path: Path, name: str, layout: Layout, work: Path) -> Opened:
    """Make the table `raw` of a file in the engine."""
    kind = kind_of(path)
    if kind in OPENERS:
        return _open_rows(engine, path, name, kind, layout)
    if kind in ("xlsx", "ods", "xls"):
        return _open_sheet(engine, path, name, kind, layout, work)
    if kind == "parquet":
        return _open_parquet(engine, path, name)
    return _open_text(engine, path, name, layout, work)


def _head(path: Path, size: int = HEAD) -> bytes:
    with path.open("rb") as stream:
        return stream.read(size)


def _refuse_headers(headers: tuple[str, ...], name: str) -> None:
    """No table has thousands of columns, and no column a name that cannot be written."""
    if len(headers) > MOST_HEADERS:
        raise Refusal(
            f"The file has {len(headers):,} columns",
            where=name,
            expected=f"at most {MOST_HEADERS:,}",
            kind=RefusalKind.FILE,
        )
    if any("\x00" in h for h in headers):
        raise Refusal(
            "A column's name holds a sign that cannot be written",
            where=name,
            expected="plain names",
            kind=RefusalKind.FILE,
        )


def unique_names(names: list[str]) -> tuple[str, ...]:
    """Headers as they stand; a blank one is `column 3`, a repeated one gets a number."""
    seen: dict[str, int] = {}
    result = []
    for index, raw in enumerate(names, start=1):
        name = " ".join(str(raw).replace("\ufeff", "").split()) or f"column {index}"
        seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        result.append(name if seen[name.casefold()] == 1 else f"{name} ({seen[name.casefold()]})")
    return tuple(result)


# Text files


def _encoding(path: Path) -> str:
    """The encoding of a text file: its mark, else UTF-8 if all of it is, else the likeliest one."""
    head = _head(path)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    if b"\x00" in head[:2000]:
        zeros_even, zeros_odd = head[0:2000:2].count(0), head[1:2000:2].count(0)
        most, least = max(zeros_even, zeros_odd), min(zeros_even, zeros_odd)
        if least * 10 <= most and (most > 200 or (len(head) < 2000 and most * 4 > len(head))):
            return "utf-16-be" if zeros_even > zeros_odd else "utf-16-le"
        raise Refusal(
            "The file is not text", where=path.name, expected="CSV, XLSX, ODS, Parquet or JSON", kind=RefusalKind.FILE
        )
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while block := stream.read(8 << 20):
                decoder.decode(block)
        decoder.decode(b"", final=True)
        return "utf-8"
    except UnicodeDecodeError:
        best = charset_normalizer.from_bytes(
            head[:200_000], cp_isolation=["cp1252", "cp1250", "cp1251", "cp1254", "mac_roman", "cp437"]
        ).best()
        return best.encoding if best else "cp1252"


def _transcoded(path: Path, encoding: str, work: Path) -> Path:
    """The same text in UTF-8; bytes the encoding does not know become the replacement mark."""
    target = work / f"{path.name}.utf8"
    with (
        path.open(encoding=encoding, errors="replace", newline="") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        while block := source.read(4 << 20):
            out.write(block)
    return target


def _lines(path: Path, count: int) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        lines: list[str] = []
        for _ in range(count):
            line = stream.readline(LONGEST_LINE)
            if not line:
                break
            if len(line) >= LONGEST_LINE:
                raise Refusal(
                    f"A line is longer than {LONGEST_LINE:,} characters",
                    where=f"{path.name}, line {len(lines) + 1}",
                    expected="a table with one record a line",
                    kind=RefusalKind.FILE,
                )
            lines.append(line.rstrip("\r\n"))
        return lines


def _delimiter(lines: list[str]) -> str:
    """The separator that cuts the first lines into the same number of fields, as many as possible."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader([line for line in lines if line], delimiter=delimiter)]
        most = max(set(widths), key=widths.count) if widths else 1
        return (widths.count(most) / len(widths) if widths and most > 1 else 0.0, most)

    try:
        best = max(DELIMITERS, key=score)
    except csv.Error:
        return ","
    return best if score(best)[0] > 0 else ","


def _open_text(engine: Engine, path: Path, name: str, layout: Layout, work: Path) -> Opened:
    encoding = _encoding(path)
    if encoding != "utf-8":
        path = _transcoded(path, encoding, work)
    lines = _lines(path, 60)
    leading = 0
    if lines and layout.comment and lines[0].startswith(layout.comment) and layout.header:
        # The header itself is written as a comment, such as “#fields|date|period”.
        delimiter = layout.delimiter or _delimiter(lines[1:])
        names = next(csv.reader([lines[0][len(layout.comment) :].strip(delimiter + " ")], delimiter=delimiter))
        leading = 1
    else:
        delimiter = layout.delimiter or _delimiter(lines)
        if layout.header:
            while leading < min(20, len(lines)) and _is_preamble(lines, leading, delimiter):
                leading += 1
            names = _header(lines[leading:], delimiter)
            leading += 1  # the engine skips records, so a header of several lines counts as one
        else:
            names = list(layout.names)
    headers = unique_names(names)
    if len(headers) < 2 and not any(d in (lines[0] if lines else "") for d in DELIMITERS):
        raise Refusal(
            "The file has a single column and no separator",
            where=name,
            expected="a table separated by comma, semicolon, tab or bar",
            kind=RefusalKind.FILE,
        )
    columns = ", ".join(f"'{_literal(h)}': 'VARCHAR'" for h in headers)
    engine.connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    engine.connection.execute(
        f"CREATE OR REPLACE VIEW raw AS SELECT * FROM read_csv('{_literal(str(path))}', auto_detect = false, header = false, "
        f"skip = {leading}, delim = '{_literal(delimiter)}', quote = '\"', escape = '\"', columns = {{{columns}}}, "
        f"max_line_size = {LONGEST_LINE}, store_rejects = true, rejects_limit = 1000, null_padding = false, strict_mode = false)"
    )
    details = {"encoding": encoding, "delimiter": {"\t": "tab"}.get(delimiter, delimiter)}
    decimal = layout.decimal if layout.decimal != "auto" else _decimal(lines[leading:], delimiter)
    return Opened(name, headers, "csv", decimal, leading, layout.skip_after_header, details)


def _header(lines: list[str], delimiter: str) -> list[str]:
    """The names in the header; a quoted name may run over several lines."""
    height = next((n for n in range(1, min(len(lines), MOST_HEADER_LINES) + 1) if _closed(lines[:n])), 1)
    try:
        return next(csv.reader(["\n".join(lines[:height])], delimiter=delimiter), [])
    except csv.Error:  # the odd mark stands inside a name and opens nothing
        return next(csv.reader(lines[:1], delimiter=delimiter), [])


def _closed(lines: list[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 0


def _is_preamble(lines: list[str], index: int, delimiter: str) -> bool:
    """A title or an empty line above the header: it has far fewer fields than what follows."""
    widths = [len(next(csv.reader([line], delimiter=delimiter), [])) for line in lines[index + 1 : index + 20] if line]
    if not widths:
        return False
    usual = max(set(widths), key=widths.count)
    own = next(csv.reader([lines[index]], delimiter=delimiter), [])
    return usual > 1 and (len(own) < usual / 2 or not any(field.strip() for field in own))


def _decimal(lines: list[str], delimiter: str) -> str:
    """Comma or point? A mark after groups of the other one is it; so is one mark that does not stand before three digits.

    One mark before three digits may be either (1,204): it decides only where nothing else does, and a comma only in
    a file that is not cut at commas.
    """
    sure = {",": 0, ".": 0}
    commas_before_three = 0
    for row in csv.reader(lines, delimiter=delimiter):
        for cell in row:
            if plain := PLAIN_NUMBER.fullmatch(cell.strip()):
                before, mark, after = plain.groups()
                if len(after) != 3 or len(before) > 3 or before == "0":
                    sure[mark] += 1
                else:
                    commas_before_three += mark == ","
            elif (grouped := GROUPED_NUMBER.fullmatch(cell.strip())) and grouped["mark"] != grouped["group"]:
                sure[grouped["mark"] or OTHER_MARK[grouped["group"]]] += 1
    if sure[","] == sure["."]:
        return "," if commas_before_three and delimiter != "," else "."
    return max(sure, key=lambda mark: sure[mark])


def _literal(text: str) -> str:
    return text.replace("'", "''")


def _said(words: str, n: int) -> str:
    """The verb for one line or for many."""
    one = {"have": "has", "are": "is", "hold": "holds"}
    verb, _, rest = words.partition(" ")
    return f"{one.get(verb, verb)} {rest}" if n == 1 else words


def malformed_lines(engine: Engine, opened: Opened) -> list[Finding]:
    """Lines the reader could not cut into the header's fields. They never become facts."""
    if opened.kind != "csv":
        return []
    found = engine.connection.execute(
        "SELECT error_type::VARCHAR AS why, count(DISTINCT line) AS n, min(line) AS first, arg_min(left(csv_line, 60), line) AS text "
        "FROM reject_errors GROUP BY 1 ORDER BY 2 DESC"
    ).fetchall()
    told = {
        "MISSING COLUMNS": "have fewer fields than the header",
        "TOO MANY COLUMNS": "have more fields than the header",
        "UNQUOTED VALUE": "have a quotation mark that is not closed",
        "LINE SIZE OVER MAXIMUM": f"are longer than {LONGEST_LINE:,} characters",
        "INVALID ENCODING": "hold bytes that are not text",
    }
    return [
        Finding(
            "malformed_line",
            Severity.REJECTED,
            f"{n:,} line{'s' if n != 1 else ''} {_said(told.get(why, why.lower()), n)} (the header has {len(opened.headers)}).",
            n,
            (Example(int(first), "", text or ""),),
            "Correct the lines and deliver the file again.",
        )
        for why, n, first, text in found
    ]


# Spreadsheets, Parquet, nested formats


def _first_sheet(path: Path, name: str, work: Path) -> tuple[pa.Table, str]:
    """The first sheet and its name, read in another process: a crafted spreadsheet kills the one that opens it."""
    target = work / f"{path.name}.arrow"
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and the file's name is an argument, not a command
            [sys.executable, "-I", str(SHEET_PROGRAM), str(path), str(target)],
            capture_output=True, text=True, timeout=LONGEST_SHEET_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Refusal(
            f"The spreadsheet was not read within {LONGEST_SHEET_S} seconds",
            where=name,
            expected="a sheet of up to a million rows",
            next_step="Save it as CSV and deliver that.",
            kind=RefusalKind.FILE,
        ) from None
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:] if done.returncode > 0 else []
        raise Refusal(
            f"The spreadsheet cannot be opened: {why[0] if why else 'it needs more memory than its size explains'}",
            where=name,
            expected="XLSX or ODS",
            next_step="Save it as CSV and deliver that.",
            kind=RefusalKind.FILE,
        )
    with pa.OSFile(str(target)) as stored:
        return pa.ipc.open_file(stored).read_all(), done.stdout


def _open_sheet(engine: Engine, path: Path, name: str, kind: str, layout: Layout, work: Path) -> Opened:
    table, sheet = _first_sheet(path, name, work)
    rows = table.slice(0, 30).to_pylist()
    width = table.num_columns
    header = 0
    if layout.header:
        filled = [sum(v not in (None, "") for v in row.values()) for row in rows]
        usual = max(filled, default=0)
        header = next((i for i, n in enumerate(filled) if n >= max(2, usual * 0.6)), 0)
    if not rows:
        raise Refusal("The first sheet is empty", where=name, expected="a header and rows", kind=RefusalKind.FILE)
    given = [*layout.names, *[""] * width][:width]
    names = [str(v or "") for v in rows[header].values()] if layout.header else given
    headers = unique_names(names)
    start = header + 1 if layout.header else 0
    body = table.slice(start).rename_columns(list(headers))
    engine.connection.register("raw_sheet", pa.table([c.cast(pa.string()) for c in body.columns], names=list(headers)))
    engine.connection.execute("CREATE OR REPLACE TABLE raw_table AS SELECT * FROM raw_sheet")
    engine.connection.unregister("raw_sheet")
    engine.connection.execute("CREATE OR REPLACE VIEW raw AS SELECT * FROM raw_table")
    decimal = "." if layout.decimal == "auto" else layout.decimal
    return Opened(name, headers, kind, decimal, start, layout.skip_after_header, {"sheet": sheet})


def _open_parquet(engine: Engine, path: Path, name: str) -> Opened:
    try:
        headers = tuple(pq.read_schema(path).names)
        _refuse_headers(headers, name)
    except (pa.ArrowInvalid, OSError) as wrong:
        raise Refusal(f"The Parquet file cannot be read: {wrong}", where=name, kind=RefusalKind.FILE) from None
    casts = ", ".join(f"CAST({quoted(h)} AS VARCHAR) AS {quoted(h)}" for h in headers)
    engine.connection.execute(
        f"CREATE OR REPLACE VIEW raw AS SELECT {casts} FROM read_parquet('{_literal(str(path))}')"
    )
    return Opened(name, headers, "parquet", header_rows=0)


def _open_rows(engine: Engine, path: Path, name: str, kind: str, layout: Layout) -> Opened:
    """Rows of an opener, a batch at a time, so that a large file does not fill the memory."""
    rows = OPENERS[kind].rows(path)
    first = list(itertools.islice(rows, BATCH))
    if not first:
        raise Refusal("The file holds no record", where=name, expected="at least one", kind=RefusalKind.FILE)
    headers = tuple(dict.fromkeys((*(key for row in first for key in row), *layout.names)))
    _refuse_headers(headers, name)
    if not headers:
        raise Refusal("The records are empty", where=name, expected="named values", kind=RefusalKind.FILE)
    schema = pa.schema([(h, pa.string()) for h in headers])

    def batches() -> Iterator[pa.RecordBatch]:
        batch = first
        while batch:
            columns = [pa.array([_scalar(row.get(h)) for row in batch], pa.string()) for h in headers]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)
            batch = list(itertools.islice(rows, BATCH))

    engine.connection.register("raw_rows", pa.RecordBatchReader.from_batches(schema, batches()))
    engine.connection.execute("CREATE OR REPLACE TABLE raw_table AS SELECT * FROM raw_rows")
    engine.connection.unregister("raw_rows")
    engine.connection.execute("CREATE OR REPLACE VIEW raw AS SELECT * FROM raw_table")
    return Opened(name, headers, kind, header_rows=0)


def _scalar(value: str | None) -> str | None:
    """Text without lone surrogates, which no file can hold."""
    return None if value is None else value.encode("utf-8", "replace").decode("utf-8")
