"""Containers: a folder, a gz or a zip holds the files; bombs and escapes are refused."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from levelfield.words import Refusal, RefusalKind
from levelfield_io.environment import largest_file

LARGEST_RATIO = 250  # real exports shrink 5 to 40 times; a bomb a thousand times and more
MOST_FILES = 5_000
BLOCK = 1 << 20
SPREADSHEETS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


def plain_files(path: Path, into: Path) -> Iterator[tuple[str, Path]]:
    """The plain files in a file or folder, with the names a person would use for them."""
    if not path.exists():
        raise Refusal("There is no such file", where=str(path), expected="a file or a folder", kind=RefusalKind.FILE)
    if path.is_dir():
        children = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        if not children:
            raise Refusal("The folder is empty", where=str(path), kind=RefusalKind.FILE)
        for child in children:
            for name, plain in plain_files(child, into):
                yield f"{child.relative_to(path)}" if name == child.name else name, plain
        return
    with path.open("rb") as stream:
        head = stream.read(4)
    if head[:2] == b"\x1f\x8b":
        target = into / f"{len(list(into.iterdir()))}-{path.stem}"
        with gzip.open(path) as packed:
            _copy(packed, target, path)
        yield path.name, target
    elif head == b"PK\x03\x04":
        yield from _zip(path, into)
    else:
        yield path.name, path


def _zip(path: Path, into: Path) -> Iterator[tuple[str, Path]]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise Refusal("The zip file is damaged", where=path.name, expected="it whole", kind=RefusalKind.FILE) from None
    with archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        total = sum(m.file_size for m in members)
        if len(members) > MOST_FILES or total > largest_file() or total > LARGEST_RATIO * max(path.stat().st_size, 1):
            raise Refusal(
                f"The file unpacks to {total / 1e6:,.0f} MB in {len(members):,} files, which is out of proportion",
                where=path.name,
                expected=f"at most {LARGEST_RATIO} times its packed size",
                next_step="Deliver it unpacked, or in parts",
                kind=RefusalKind.FILE,
            )
        if any(m.filename in SPREADSHEETS for m in members):
            yield path.name, path
            return
        for index, member in enumerate(members):
            target = into / f"{index}-{Path(member.filename).name}"
            try:
                with archive.open(member) as packed:
                    _copy(packed, target, path)
            except (zipfile.BadZipFile, RuntimeError):
                raise Refusal(
                    f"“{member.filename}” in the zip file is damaged or locked",
                    where=path.name,
                    expected="files without a password",
                    kind=RefusalKind.FILE,
                ) from None
            yield f"{path.name}/{member.filename}", target


def _copy(packed: BinaryIO | gzip.GzipFile | object, target: Path, path: Path) -> None:
    """Unpack while counting, so that a header that lies about its size is caught."""
    allowed = min(largest_file(), LARGEST_RATIO * max(path.stat().st_size, 1 << 16))
    written = 0
    try:
        with target.open("wb") as out:
            while block := packed.read(BLOCK):  # type: ignore[union-attr]
                written += len(block)
                if written > allowed:
                    raise Refusal(
                        "The file unpacks to far more than its packed size allows",
                        where=path.name,
                        expected=f"at most {LARGEST_RATIO} times its packed size",
                        next_step="Deliver it unpacked, or in parts",
                        kind=RefusalKind.FILE,
                    )
                out.write(block)
    except (OSError, EOFError, zlib.error):
        raise Refusal(
            "The packed file is damaged", where=path.name, expected="it whole", kind=RefusalKind.FILE
        ) from None
