"""What a look at a delivered file found: all of it at once, in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """What follows from a finding."""

    NOTE = 0  # told, nothing to do
    WARNING = 1  # a person should look; publishing goes on
    REJECTED = 2  # these rows cannot be facts; they go to the quarantine file
    REFUSED = 3  # the whole delivery cannot be published as it is


@dataclass(frozen=True)
class Example:
    """One place where a finding was seen. `row` counts as a spreadsheet does: the header is row 1."""

    row: int
    column: str = ""
    text: str = ""


@dataclass(frozen=True)
class Finding:
    """One rule's result on one delivery."""

    rule: str
    severity: Severity
    sentence: str
    count: int = 1
    examples: tuple[Example, ...] = ()
    next_step: str = ""
    options: tuple[str, ...] = ()  # of a delivery: what would answer the finding; each face says where to give it

    def told(self, name: str) -> str:
        """The finding as one paragraph, with the file, the first places and the next step."""
        places = "; ".join(
            f"row {e.row:,}" + (f", {e.column}" if e.column else "") + (f" “{e.text}”" if e.text else "")
            for e in self.examples
        )
        return " ".join(
            part
            for part in (f"{name}: {self.sentence}", f"First seen: {places}." if places else "", self.next_step)
            if part
        )


@dataclass(frozen=True)
class Findings:
    """All findings of one delivery, most urgent first."""

    all: tuple[Finding, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Findings:
        """Sort findings: the most urgent, then the most frequent, first."""
        return cls(tuple(sorted(findings, key=lambda f: (-f.severity, -f.count, f.rule, f.sentence))))

    @property
    def refused(self) -> bool:
        """Does any finding stop the whole delivery?"""
        return any(f.severity is Severity.REFUSED for f in self.all)

    @property
    def rejected_rows(self) -> bool:
        """Does any finding send rows to quarantine?"""
        return any(f.severity is Severity.REJECTED for f in self.all)
