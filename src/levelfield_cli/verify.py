"""Prove an exported publication: its hashes, and every value computed again from the facts."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from levelfield_cli.options import Form
from levelfield_cli.showing import Format, out, show
from levelfield_io.exporting import verify

NAME = "verify"


def run(folder: Annotated[Path, typer.Argument(help="The exported folder.")], form: Form = Format.TABLE) -> None:
    """Check everything, show what was checked, and exit with 11 if anything is wrong."""
    with tempfile.TemporaryDirectory(prefix="levelfield-") as work:
        checks = list(verify(folder, Path(work)))
    right = sum(c.right for c in checks)
    if form is Format.TABLE:
        for check in checks:
            if not check.right:
                out.print(f"■ wrong  {check.told}", markup=False, soft_wrap=True)
            elif check.what in ("manifest", "values"):
                out.print(f"● right  {check.told[:1].upper()}{check.told[1:]}.", markup=False, soft_wrap=True)
        out.print(f"{right:,} of {len(checks):,} checks are right.")
    else:
        show(("checked", "right", "told"), [(c.what, "yes" if c.right else "NO", c.told) for c in checks], form)
    if right < len(checks):
        raise typer.Exit(11)
