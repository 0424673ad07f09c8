"""A rule that says no, in four parts, and the names a mistyped one may mean."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from enum import StrEnum


class RefusalKind(StrEnum):
    """What kind of rule said no; the command line turns it into an exit code."""

    DEFINITION = "definition"
    FILE = "file"
    PERMISSION = "permission"
    RULE = "rule"


class Refusal(Exception):
    """A rule said no. The four parts are shown to people exactly as they are written here."""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        expected: str = "",
        next_step: str = "",
        kind: RefusalKind = RefusalKind.RULE,
        options: Iterable[str] = (),
    ) -> None:
        self.what, self.where, self.expected, self.next_step, self.kind = what, where, expected, next_step, kind
        self.options = tuple(options)  # of a delivery: what would answer the refusal; each face says where to give it
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The four parts in one paragraph: where, what, expected, next step."""
        parts = [
            f"{self.where}: {self.what}" if self.where else self.what,
            f"Expected {self.expected}" if self.expected else "",
            self.next_step,
        ]
        return " ".join(part if part.endswith((".", "?")) else f"{part}." for part in parts if part)


LIKE = 0.65  # below this, two words share letters by chance


def nearest(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known names a mistyped or shortened one may mean, best first; none where nothing is like it.

    >>> nearest("Billng", ["Billing", "Orders"]), nearest("North", ["Partner North", "Partner South"])
    (['Billing'], ['Partner North'])
    >>> nearest("Partner Centre", ["Partner North"])
    []
    """
    alike = [(_likeness(word, name), name) for name in dict.fromkeys(known)]
    return [name for _, name in sorted(((n, m) for n, m in alike if n), key=lambda pair: -pair[0])[:most]]


def _likeness(one: str, other: str) -> float:
    """How alike two names are, or 0 when what they do not share is not alike: a shared “Partner” says nothing."""
    one, other = one.casefold(), other.casefold()
    words, others = (re.findall(r"[^\W_]+", name) for name in (one, other))
    rest = " ".join(w for w in words if w not in others)
    other_rest = " ".join(w for w in others if w not in words)
    contained = (not rest or not other_rest) and bool(set(words) & set(others))
    if not contained and difflib.SequenceMatcher(None, rest, other_rest).ratio() < LIKE:
        return 0.0
    return difflib.SequenceMatcher(None, one, other).ratio()
