"""Files attached to a case: known types by their content, limited in size, kept by their hash, served to be saved."""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from levelfield.words import Refusal, RefusalKind
from levelfield_web.fields.texts import readable
from levelfield_web.same_data.warehouse import store

LARGEST = 10 * 1024 * 1024  # bytes
LARGEST_UNPACKED = 100 * 1024 * 1024  # of an office file: what it says it unpacks to
MACROS = ("vbaProject.bin", "vbaData.xml")

TYPES = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".csv": "text/csv", ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}  # fmt: skip
STARTS = {".pdf": b"%PDF-", ".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff"}
OFFICE = {".xlsx": "xl/", ".docx": "word/", ".pptx": "ppt/"}


@dataclass(frozen=True)
class LookedAt:
    """A file that may be attached."""

    name: str
    type: str
    sha256: str


def looked_at(name: str, body: bytes) -> LookedAt:
    """Check name, size and content, or refuse with what is taken."""
    clean = " ".join(readable(PurePath(name.replace("\\", "/")).name).split())[:200] or "file"
    ending = PurePath(clean).suffix.lower()
    taken = ", ".join(sorted(e.removeprefix(".") for e in TYPES))
    if ending not in TYPES:
        raise _no(clean, _("Files of this type are not taken"), taken)
    if not body or len(body) > LARGEST:
        raise _no(clean, _("The file is empty") if not body else _("The file is too large"), _("at most %(n)s MB") % {"n": LARGEST // 2**20})  # fmt: skip
    if not _is_what_it_says(ending, body):
        raise _no(
            clean, _("The content is not that of a .%(ending)s file") % {"ending": ending.removeprefix(".")}, taken
        )
    return LookedAt(clean, TYPES[ending], hashlib.sha256(body).hexdigest())


def _is_what_it_says(ending: str, body: bytes) -> bool:
    if ending in STARTS:
        return body.startswith(STARTS[ending])
    if ending in OFFICE:
        return _is_office(body, OFFICE[ending])
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text


def _is_office(body: bytes, folder: str) -> bool:
    """An office file without macros that does not unpack into a bomb. Nothing is unpacked to find out."""
    try:
        with zipfile.ZipFile(BytesIO(body)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):  # of a version or with names nobody can read
        return False
    if sum(e.file_size for e in entries) > LARGEST_UNPACKED or any(e.filename.endswith(MACROS) for e in entries):
        return False
    return any(e.filename.startswith(folder) for e in entries)


def _no(name: str, what: str, expected: str) -> Refusal:
    return Refusal(what, where=name, expected=expected, next_step=_("Attach another file."), kind=RefusalKind.FILE)


def folder() -> Path:
    """Where attached files lie, for their owner alone."""
    path = store().home / "attachments"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(seen: LookedAt, body: bytes) -> None:
    """Write the file under its hash, whole or not at all."""
    path = folder() / seen.sha256
    if path.exists():
        return
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def kept(sha256: str) -> bytes | None:
    """The content of a kept file."""
    path = folder() / sha256
    return path.read_bytes() if path.exists() else None
