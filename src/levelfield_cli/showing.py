"""How the command line shows things: tables for people, CSV and JSON for other programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from levelfield.same_data.finding import Finding, Severity
from levelfield_cli.asking import where_to_say
from levelfield_io.harmless import harmless_cell
from levelfield_io.looking import Progress as Told

# Into a pipe or a file a table is as wide as it needs to be.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 240)
err = Console(stderr=True, highlight=False)
MARKS = {
    Severity.REFUSED: "■ refused",
    Severity.REJECTED: "◆ rejected",
    Severity.WARNING: "○ warning",
    Severity.NOTE: "· note",
}


class Format(StrEnum):
    """How to write a result."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def show(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], form: Format, *, title: str = "", right: Sequence[str] = ()
) -> None:
    """Write rows in the form asked for."""
    if form is Format.JSON:
        sys.stdout.write(
            json.dumps([dict(zip(columns, r, strict=True)) for r in rows], indent=1, default=str, ensure_ascii=False)
            + "\n"
        )
    elif form is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(["" if x is None else harmless_cell(x) for x in row] for row in rows)
    else:
        table = Table(title=title or None, title_justify="left", box=None, header_style="bold", pad_edge=False)
        for column in columns:
            table.add_column(column, justify="right" if column in right else "left", overflow="fold")
        for row in rows:
            table.add_row(*("–" if x is None else str(x) for x in row))
        out.print(table)


def show_findings(name: str, findings: Sequence[Finding], *, notes: bool = True) -> None:
    """Findings as sentences, most urgent first."""
    for finding in findings:
        if finding.severity is not Severity.NOTE or notes:
            err.print(
                f"{MARKS[finding.severity]}  {finding.told(name)}{where_to_say(finding.options)}",
                markup=False,
                soft_wrap=True,
            )


def findings_data(name: str, findings: Sequence[Finding]) -> list[Mapping[str, Any]]:
    """Findings as plain data."""
    return [
        {
            "file": name, "rule": f.rule, "severity": f.severity.name.lower(), "sentence": f.sentence, "count": f.count,
            "examples": [vars(e) for e in f.examples], "next_step": f.next_step + where_to_say(f.options),
        }
        for f in findings
    ]  # fmt: skip


@contextmanager
def progress_bar(what: str) -> Iterator[Told]:
    """A progress display on the error stream; nothing where that is not a terminal."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=err,
    )
    with bar:
        task = bar.add_task(what, total=1.0)

        def told(step: str, share: float) -> None:
            bar.update(task, completed=share, description=f"{what}: {step}")

        yield told
        bar.update(task, completed=1.0, description=f"{what}: done")
