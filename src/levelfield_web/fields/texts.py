"""Text as people write it: signs that no reader sees, or that turn the line around, are not part of it."""

from __future__ import annotations

import unicodedata

KEPT = "\n\t"


def readable(text: str) -> str:
    r"""The text without control and format signs; lines stay lines.

    >>> readable("a\x00b\x1b, one\nline\r\nmore \u202e")
    'ab, one\nline\nmore'
    """
    return "".join(
        sign for sign in text if sign in KEPT or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ).strip()
