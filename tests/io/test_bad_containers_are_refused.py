"""Bombs, damage, locks and junk end in a sentence, quickly: never in a hang, never in a stack trace."""

from __future__ import annotations

import gzip
import io
import json
import struct
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from levelfield.words import Refusal, RefusalKind
from levelfield_io.engine import Engine
from looks import look

LINE = b"partner,day,length_s,offered,answered\nnorth,2026-03-05,86400,10,9\n"


@pytest.fixture(scope="module")
def engine():
    made = Engine()
    yield made
    made.close()


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members.items():
            packed.writestr(name, body)
    return out.getvalue()


def _lying_zip() -> bytes:
    """A zip whose directory says 100 bytes and whose stream holds fifty million."""
    body = bytearray(_zip(**{"a.csv": LINE + b"x" * 50_000_000}))
    size = struct.pack("<I", len(LINE) + 50_000_000)
    while (at := body.find(size)) >= 0:
        body[at : at + 4] = struct.pack("<I", 100)
    return bytes(body)


def _locked_zip() -> bytes:
    body = bytearray(_zip(**{"a.csv": LINE}))
    body[6] |= 1
    directory = body.rfind(b"PK\x01\x02")
    body[directory + 8] |= 1
    return bytes(body)


def _book(sheet: str, **extra: bytes) -> bytes:
    return _zip(
        **{
            "[Content_Types].xml": b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
            "_rels/.rels": b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
            b'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": b'<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            b'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
            b'<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/'
            b'2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            b'worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet.encode(),
            **extra,
        }
    )


def _laughs() -> bytes:
    """A billion laughs in the XML of a sheet."""
    entities = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    return _book(
        f'<?xml version="1.0"?><!DOCTYPE x [{entities}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>&a11;</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><v>2</v></c></row></sheetData></worksheet>'
    )


def _far_cell() -> bytes:
    """One cell at the far end of a sheet, which a naive reader would fill up to."""
    return _book(
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )


def _two_members() -> bytes:
    return gzip.compress(LINE)[:-6]


BAD = {
    "an empty file": (b"", "The file is empty"),
    "only spaces": (b" \n\n  \n", "The file is empty"),
    "only a header": (b"partner,day,length_s,offered,answered\n", ""),
    "a zip bomb": (_zip(**{"a.csv": b"0" * 300_000_000}), "out of proportion"),
    "a zip that lies about its size": (_lying_zip(), ""),
    "a zip with a password": (_locked_zip(), "damaged or locked"),
    "a zip cut off": (_zip(**{"a.csv": LINE * 500})[:-40], "The zip file is damaged"),
    "a zip with a damaged member": (_zip(**{"a.csv": zlib.compress(bytes(range(256)) * 99)}).replace(b"\x78\x9c", b"\x00\x00", 2), ""),
    "a gz bomb": (gzip.compress(b"0" * 300_000_000), "far more than its packed size"),
    "a gz cut off": (_two_members(), "The packed file is damaged"),
    "one line of five megabytes": (b"a" * 5_000_000, "A line is longer"),
    "a record of five megabytes": (LINE + b'"' + b"a" * 5_000_000 + b'",2026-03-05,86400,1,1\n', ""),
    "binary junk": (bytes(range(256)) * 4000, "The file is not text"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(2000), "The file is not text"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", ""),
    "one column": (b"a\nb\nc\n", "a single column and no separator"),
    "an XLSX that is none": (_zip(**{"xl/workbook.xml": b"<workbook/>"}), "The spreadsheet cannot be opened"),
    "a billion laughs": (_laughs(), ""),
    "a cell at the far end of a sheet": (_far_cell(), ""),
    "an old XLS that is none": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), "The spreadsheet cannot be opened"),
    "a Parquet that is none": (b"PAR1" + bytes(200) + b"PAR1", "The Parquet file cannot be read"),
    "JSON cut off": (b'[{"a": 1}, {"a"', "cannot be read"),
    "JSON too deep": (b"[" * 200_000, "cannot be read"),
    "JSON without records": (b"[1, 2, 3]", "it holds no list of records"),
    "JSON with nothing": (b"[]", "The file holds no record"),
    "JSON lines with a broken line": (b'{"a": 1}\n{"a": 2}\n{"a":\n', "line 3"),
    "JSON with empty records": (b"[{}, {}]", ""),
    "an HTML page named CSV": (b"<html><head><title>Sign in</title></head><body>a, b, c</body></html>\n", ""),
    "nothing but separators": (b",,,,\n,,,,\n,,,,\n", ""),
    "a quotation mark that never closes": (LINE + b'"north,2026-03-06,86400,1,1\n' * 3, ""),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_it_ends_in_a_sentence_within_seconds(what, tmp_path, engine):
    body, told = BAD[what]
    path = tmp_path / ("report.xlsx" if what.startswith(("an XLSX", "a billion", "a cell")) else "report")
    path.write_bytes(body)
    began = time.monotonic()
    try:
        seen = look(path, engine=engine)
    except Refusal as refusal:
        assert refusal.kind is RefusalKind.FILE
        assert told in refusal.sentence
        assert refusal.where
    else:
        assert not told
        assert seen.rules, "something must be told"
    assert time.monotonic() - began < 10


def test_json_without_end_does_not_hang(tmp_path, engine):
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"rows": [{"a": {"b": [1] * 100}}] * 1000})[:-50])
    with pytest.raises(Refusal, match="begins like JSON but cannot be read"):
        look(path, engine=engine)


def test_a_large_json_document_is_refused_unread_and_json_lines_are_recommended(tmp_path, engine):
    path = tmp_path / "report.json"
    with path.open("wb") as out:
        out.write(b"[{}")
        for _ in range(60):
            out.write(b",{}" * 333_334)
        out.write(b"]")
    with at_most(300_000_000), pytest.raises(Refusal, match="Export it as JSON lines"):
        look(path, engine=engine)


def test_a_record_without_end_is_refused_unread(tmp_path, engine):
    path = tmp_path / "report.jsonl"
    with path.open("wb") as out:
        out.write(b'{"a": 1}\n{"a": 2}\n{"a": "')
        for _ in range(400):
            out.write(b"x" * 1_000_000)
        out.write(b'"}\n')
    with at_most(100_000_000), pytest.raises(Refusal, match="line 3") as refusal:
        look(path, engine=engine)
    assert "A record is longer" in refusal.value.what


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """Fail when Python takes more memory than this inside."""
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < size
    finally:
        tracemalloc.stop()
