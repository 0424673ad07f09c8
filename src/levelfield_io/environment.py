"""Settings of the io floor, read from the environment by typed readers that refuse to start with a sentence."""

from __future__ import annotations

import os
import re
from pathlib import Path

from levelfield.words import Refusal, RefusalKind


def home() -> Path:
    """Where everything lives: estate, agreements, warehouse, database. LEVELFIELD_HOME, or `var` here."""
    return Path(os.environ.get("LEVELFIELD_HOME", "var")).resolve()


def threads() -> int:
    """LEVELFIELD_THREADS: how many threads a query may use."""
    return _whole("LEVELFIELD_THREADS", os.cpu_count() or 1)


def memory_limit() -> str:
    """LEVELFIELD_MEMORY: how much memory a query may use before it goes to disk, such as 1500MB."""
    text = os.environ.get("LEVELFIELD_MEMORY", "1400MB")
    if not re.fullmatch(r"[0-9]+ ?(MB|GB)", text):
        raise Refusal(
            f"LEVELFIELD_MEMORY is “{text}”", expected="an amount such as 1500MB or 4GB", kind=RefusalKind.DEFINITION
        )
    return text


def largest_file() -> int:
    """LEVELFIELD_LARGEST_FILE_MB: how large a delivered file may become when it is unpacked, in megabytes."""
    return _whole("LEVELFIELD_LARGEST_FILE_MB", 20_000) * 1_000_000


def work_memory() -> int:
    """LEVELFIELD_WORK_MEMORY_MB: how much memory the work on one delivery may ask for, in megabytes of addresses."""
    return _whole("LEVELFIELD_WORK_MEMORY_MB", 8_000) * 1_000_000


def work_seconds() -> int:
    """LEVELFIELD_WORK_SECONDS: how long the work on one delivery may take on the pages, in seconds."""
    return _whole("LEVELFIELD_WORK_SECONDS", 1_800)


def _whole(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise Refusal(f"{name} is “{text}”", expected="a whole number above zero", kind=RefusalKind.DEFINITION)
    return int(text)
