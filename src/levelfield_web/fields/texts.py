"""Text as people write it: signs that no reader sees, or that turn the line around, are not part of it."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from levelfield.words import Refusal

KEPT = "\n\t"


def readable(text: str) -> str:
    r"""The text without control and format signs; lines stay lines.

    >>> readable("a\x00b\x1b, one\nline\r\nmore \u202e")
    'ab, one\nline\nmore'
    """
    return "".join(
        sign for sign in text if sign in KEPT or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
    ).strip()


def written(text: str, what: str, most: int, *, expected: str = "", next_step: str = "") -> str:
    """What somebody wrote, readable. Refuses nothing and too much of it; `what` begins the sentence."""
    words = readable(text)
    if not words or len(words) > most:
        raise Refusal(
            _("%(what)s is empty") % {"what": what} if not words else _("%(what)s is too long") % {"what": what},
            expected=(expected or _("at most %(n)s characters")) % {"n": most}, next_step=next_step,
        )  # fmt: skip
    return words
