"""Prove an exported publication: its hashes, and every value computed again from the facts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from levelfield_cli.options import Form
from levelfield_cli.showing import Format, show
from levelfield_io.exporting import verify

NAME = "verify"


def run(folder: Annotated[Path, typer.Argument(help="The exported folder.")], form: Form = Format.TABLE) -> None:
    """Check everything, show what was checked, and exit with 11 if anything is wrong."""
    with tempfile.TemporaryDirectory(prefix="levelfield-") as work:
        checks = list(verify(folder, Path(work)))
    shown = (
        checks if form is not Format.TABLE else [c for c in checks if not c.right or c.what in ("manifest", "values")]
    )
    right = sum(c.right for c in checks)
    show(("checked", "right", "told"), [(c.what, "yes" if c.right else "NO", c.told) for c in shown], form)
    if form is Format.TABLE:
        show(("", ""), [("checks", f"{right:,} of {len(checks):,} right")], form)
    if right < len(checks):
        raise typer.Exit(11)
