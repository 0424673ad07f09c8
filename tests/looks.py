"""Looking at a delivered file in a test: a fresh engine, a small estate, a fixed day."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from levelfield.same_data.estate import Estate, Partner
from levelfield.same_data.finding import Finding
from levelfield_io.engine import Engine
from levelfield_io.looking import look_at
from levelfield_io.unpacking import plain_files

TODAY = dt.date(2026, 12, 31)
ESTATE = Estate(
    client="Client",
    zone="Europe/London",
    partners=(Partner("north", "North", aliases=("North Ltd",)), Partner("south", "South")),
)


@dataclass(frozen=True)
class Seen:
    """What a look saw, with the engine already closed."""

    profile: str
    rows_read: int
    rows_good: int
    kept_out: int
    findings: tuple[Finding, ...]
    facts: list[dict[str, object]]
    opened: str

    def rule(self, name: str) -> Finding:
        """The finding of one rule."""
        (found,) = [f for f in self.findings if f.rule == name]
        return found

    @property
    def rules(self) -> list[str]:
        """Names of the rules that told something, without plain notes."""
        return [f.rule for f in self.findings if f.severity]

    def total(self, column: str) -> int:
        """The sum of one column over the good rows; yes counts as one."""
        return sum(int(row[column] or 0) for row in self.facts)  # type: ignore[call-overload]


def look(
    path: Path,
    *,
    profile: str | None = None,
    options: Mapping[str, str] | None = None,
    estate: Estate = ESTATE,
    today: dt.date = TODAY,
    engine: Engine | None = None,
    before: Mapping[tuple[str, str, dt.date], float] | None = None,
) -> Seen:
    """Look at the one plain file a delivery holds."""
    with tempfile.TemporaryDirectory() as work:
        ((name, plain),) = plain_files(path, Path(work))
        own = engine or Engine()
        try:
            seen = look_at(
                plain, name, engine=own, work=Path(work), estate=estate, key="a secret", today=today,
                profile=profile, options=options, before=(lambda p, e: before) if before else None,
            )  # fmt: skip
            rows = own.connection.execute("SELECT * FROM facts ORDER BY ALL").to_arrow_table().to_pylist()
            return Seen(
                seen.profile.name, seen.rows_read, seen.rows_good, seen.kept_out, seen.findings.all, rows, seen.opened.kind
            )  # fmt: skip
        finally:
            if engine is None:
                own.close()
