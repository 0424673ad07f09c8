"""The same table in every encoding, dialect and container gives the same facts."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from levelfield.words import Refusal
from levelfield_io.engine import Engine
from levelfield_io.opening import _decimal
from looks import look

HEADER = ("partner", "start_at", "length_s", "queue", "offered", "answered", "abandoned", "talk_s")
ROWS = [
    ("north", f"2026-03-05 {9 + i // 2:02d}:{30 * (i % 2):02d}:00", "1800", q, 20 + i, 18 + i, 2, 3600.5)
    for i in range(6)
    for q in ("Café Größe", "Orders")
]


def text(delimiter: str = ",", decimal: str = ".", end: str = "\n") -> str:
    """The table as text."""

    def cell(value: object) -> str:
        return str(value).replace(".", decimal) if isinstance(value, float) else str(value)

    return end.join(delimiter.join(map(cell, row)) for row in (HEADER, *ROWS)) + end


def excel(path, cells=None):
    book = openpyxl.Workbook()
    for row in cells or (HEADER, *ROWS):
        book.active.append(list(row))
    book.save(path)


def ods(path):
    """The smallest OpenDocument spreadsheet: a mimetype first, and the cells."""

    def cell(value: object) -> str:
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in (HEADER, *ROWS))
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
            f'<table:table table:name="Sheet1">{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
        )


def parquet(path):
    columns = list(zip(*ROWS, strict=True))
    starts = [dt.datetime.fromisoformat(s).replace(tzinfo=dt.UTC) for s in columns[1]]
    arrays = [pa.array(c) if i != 1 else pa.array(starts) for i, c in enumerate(columns)]
    pq.write_table(pa.table(arrays, names=list(HEADER)), path)


def records() -> list[dict[str, object]]:
    return [dict(zip(HEADER, row, strict=True)) for row in ROWS]


def zipped(path, **members: str):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members.items():
            packed.writestr(f"{name}.csv", body)


WAYS = {
    "utf-8": lambda p: p.write_text(text(), encoding="utf-8"),
    "utf-8 with a mark": lambda p: p.write_text(text(), encoding="utf-8-sig"),
    "utf-16": lambda p: p.write_text(text(), encoding="utf-16"),
    "utf-16 little-endian without a mark": lambda p: p.write_bytes(text().encode("utf-16-le")),
    "utf-16 big-endian without a mark": lambda p: p.write_bytes(text().encode("utf-16-be")),
    "cp1252": lambda p: p.write_text(text(), encoding="cp1252"),
    "windows line ends": lambda p: p.write_bytes(text(end="\r\n").encode()),
    "semicolons and decimal commas": lambda p: p.write_text(text(";", ",")),
    "tabs": lambda p: p.write_text(text("\t")),
    "bars": lambda p: p.write_text(text("|")),
    "every cell quoted": lambda p: p.write_text("\n".join(",".join(f'"{c}"' for c in r) for r in (HEADER, *ROWS))),
    "quoted decimal commas between commas": lambda p: p.write_text(
        "\n".join([",".join(HEADER)] + [",".join(map(str, r[:7])) + ',"3600,5"' for r in ROWS])
    ),
    "titles above the header": lambda p: p.write_text("Weekly report\n\nPrinted by nobody\n" + text()),
    "no line end at the end": lambda p: p.write_text(text().rstrip("\n")),
    "a header that runs over two lines": lambda p: p.write_text(text().replace("queue,", '"queue\n",', 1)),
    "headers in other letters": lambda p: p.write_text(text().replace("start_at", "Start At").replace("talk_s", "TALK S")),
    "blank lines at the end": lambda p: p.write_text(text() + "\n\n"),
    "XLSX": excel,
    "XLSX with real dates": lambda p: excel(p, [HEADER, *((r[0], dt.datetime.fromisoformat(r[1]), *r[2:]) for r in ROWS)]),
    "XLSX with titles above": lambda p: excel(p, [("Weekly report",), (), HEADER, *ROWS]),
    "ODS": ods,
    "Parquet": parquet,
    "JSON": lambda p: p.write_text(json.dumps(records())),
    "JSON in an envelope": lambda p: p.write_text(json.dumps({"rows": records(), "total": len(ROWS)})),
    "JSON lines": lambda p: p.write_text("\n".join(map(json.dumps, records()))),
    "gz": lambda p: p.write_bytes(gzip.compress(text().encode())),
    "zip": lambda p: zipped(p, report=text()),
}  # fmt: skip


@pytest.fixture(scope="module")
def engine():
    made = Engine()
    yield made
    made.close()


@pytest.fixture(scope="module")
def plain(engine, tmp_path_factory):
    path = tmp_path_factory.mktemp("plain") / "report.csv"
    path.write_text(text(), encoding="utf-8")
    return look(path, engine=engine).facts


@pytest.mark.parametrize("way", WAYS)
def test_the_facts_are_the_same(way, tmp_path, engine, plain):
    path = tmp_path / "report"
    if way.startswith("XLSX"):
        path = path.with_suffix(".xlsx")
    WAYS[way](path)
    seen = look(path, engine=engine)
    assert seen.facts == plain
    assert len(plain) == 12
    assert plain[0]["talk_ms"] == 3_600_500


def test_a_quoted_line_break_stays_inside_its_cell(tmp_path, engine):
    path = tmp_path / "report.csv"
    path.write_text(text().replace("Orders", '"Or\nders"'))
    assert {r["queue"] for r in look(path, engine=engine).facts} == {"Café Größe", "Or\nders"}


def test_a_repeated_header_keeps_its_first_column(tmp_path, engine, plain):
    path = tmp_path / "report.csv"
    lines = text().splitlines()
    path.write_text("\n".join([lines[0] + ",offered", *(line + ",999" for line in lines[1:])]))
    seen = look(path, engine=engine)
    assert seen.facts == plain
    assert "offered (2)" in seen.rule("left_out").sentence


def test_a_folder_is_read_file_by_file(tmp_path):
    from levelfield_io.unpacking import plain_files

    folder, work = tmp_path / "in", tmp_path / "work"
    (folder / "march").mkdir(parents=True)
    work.mkdir()
    (folder / "march" / "a.csv").write_text(text())
    (folder / ".hidden").write_text("x")
    zipped(folder / "b.zip", one=text(), two=text())
    assert [name for name, _ in plain_files(folder, work)] == ["b.zip/one.csv", "b.zip/two.csv", "march/a.csv"]


@pytest.mark.parametrize(
    ("cell", "unit_seconds"),
    [("01:00:00", 3600), ("60:00", 3600), ("3600", 3600), ("3,600", 3600), ("3600.25", 3600.25), ("1e3", 1000)],
)
def test_a_length_of_time_is_read_as_a_person_writes_it(cell, unit_seconds, tmp_path, engine):
    path = tmp_path / "report.csv"
    path.write_text(",".join(HEADER) + f'\nnorth,2026-03-05 09:00,1800,q,9,9,0,"{cell}"\n')
    (row,) = look(path, engine=engine).facts
    assert row["talk_ms"] == unit_seconds * 1000


@pytest.mark.parametrize(
    "cell", ["soon", "nan", "inf", "1e400", "12.5.6", "1,2,3", "9" * 30, "١٢", "0x1F", "1:2:3:4", "12 %"]
)
def test_what_is_not_a_number_is_told_and_kept_out(cell, tmp_path, engine):
    path = tmp_path / "report.csv"
    path.write_text(",".join(HEADER) + f'\nnorth,2026-03-05 09:00,1800,q,"{cell}",0,0,0\n')
    seen = look(path, engine=engine)
    assert (seen.rows_good, seen.kept_out) == (0, 1)
    found = seen.rule("unreadable")
    assert found.sentence == "`offered` cannot be read as a whole number in 1 row."
    assert (found.examples[0].row, found.examples[0].column, found.examples[0].text) == (2, "offered", cell[:80])


@pytest.mark.parametrize(
    "cell", ["infinity", "-infinity", "epoch", "0000-00-00", "2026-02-30 00:00", "290000-01-01", "0044-03-15 (BC)", "x"]
)
def test_what_is_not_a_moment_is_told_and_kept_out(cell, tmp_path, engine):
    path = tmp_path / "report.csv"
    path.write_text(",".join(HEADER) + f"\nnorth,{cell},1800,q,1,1,0,0\n")
    seen = look(path, engine=engine)
    assert (seen.rows_read, seen.rows_good) == (1, 0)
    assert set(seen.rules) & {"unreadable", "long_ago"}


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2026-07-01T10:00:00Z", 10), ("2026-07-01T10:00:00+02:00", 8), ("2026-07-01 10:00:00+0200", 8),
        ("2026-07-01 10:00:00-05", 15), ("2026-07-01 10:00", 9), ("2026-01-01 10:00", 10),
    ],
)  # fmt: skip
def test_an_offset_is_taken_at_its_word_and_else_the_zone_holds(cell, utc, tmp_path, engine):
    path = tmp_path / "report.csv"
    path.write_text(",".join(HEADER) + f"\nnorth,{cell},1800,q,1,1,0,0\n")
    (row,) = look(path, engine=engine).facts
    assert row["start_at"].hour == utc


def test_blank_dash_and_zero_are_three_things(tmp_path, engine):
    path = tmp_path / "report.csv"
    cells = ("", "--", "n/a", "0")
    path.write_text(
        ",".join(HEADER)
        + "\n"
        + "".join(f"north,2026-03-05 {9 + i:02d}:00,3600,q,5,5,0,{c}\n" for i, c in enumerate(cells))
    )
    assert [r["talk_ms"] for r in look(path, engine=engine).facts] == [None, None, None, 0]


def test_an_unknown_table_is_refused_with_its_headers(tmp_path, engine):
    path = tmp_path / "report.csv"
    path.write_text("apples,pears\n1,2\n")
    with pytest.raises(Refusal, match=r"No profile knows this file\. Its headers are apples, pears"):
        look(path, engine=engine)


@pytest.mark.parametrize(
    ("delimiter", "cells", "decimal"),
    [
        (";", "1,5", ","), (";", "1.5", "."), (",", '"1,5"', ","), (",", '"1,204"', "."), (";", "1,204", ","), (";", "1.204", "."),
        (";", "1.204,5", ","), (";", "1,204.5", "."), (";", "1.204;7,5", ","), (";", "1.204.000,5", ","), (";", "12", "."),
        (";", "02.03.2026;1,5", ","), (";", "a,b;1.5", "."),
    ],
)  # fmt: skip
def test_the_decimal_mark_is_found_out(delimiter, cells, decimal):
    assert _decimal([cells] * 3, delimiter) == decimal
