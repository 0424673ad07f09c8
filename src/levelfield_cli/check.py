"""Look at a delivered file with every rule. Nothing is published."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from levelfield.same_data.profile import Layout
from levelfield_cli.options import (
    AddUnknown,
    Files,
    Form,
    Home,
    PartnerKey,
    ProfileName,
    Set,
    ZerosAreReal,
    parcels,
    store_at,
)
from levelfield_cli.showing import Format, err, findings_data, out, progress_bar, show, show_findings
from levelfield_io import clock
from levelfield_io.engine import working_engine
from levelfield_io.opening import open_table
from levelfield_io.profiles_at_hand import guessed, profiles, save
from levelfield_io.publishing import Outcome, publish
from levelfield_io.unpacking import plain_files

NAME = "check"


def run(
    files: Files = [],  # noqa: B006  (typer reads the default, nobody changes it)
    profile: ProfileName = None,
    partner: PartnerKey = None,
    settings: Set = None,
    add_unknown: AddUnknown = False,
    zeros_are_real: ZerosAreReal = False,
    list_profiles: Annotated[bool, typer.Option("--list-profiles", help="Show every profile and stop.")] = False,
    guess: Annotated[
        str | None, typer.Option("--guess", help="Guess a mapping to this shape, save it under --save-as, show it.")
    ] = None,
    save_as: Annotated[str, typer.Option("--save-as", help="Name of the guessed profile.")] = "mine",
    home: Home = None,
    form: Form = Format.TABLE,
) -> None:
    """Look at files and show all findings at once."""
    store = store_at(home)
    if list_profiles:
        show(
            ("profile", "shape", "what"),
            [(p.name, p.shape.name, p.title) for p in sorted(profiles(store.home).values(), key=lambda p: p.name)],
            form,
        )
        return
    if guess:
        _guess(files[0], guess, save_as, store.home)
        return
    given = parcels(files, profile, partner, settings, add_unknown, zeros_are_real)
    with progress_bar("Checking") as progress:
        outcome = publish(given, store, by="check", at=clock.now(), dry_run=True, progress=progress)
    tell(outcome, form)
    if any(f.findings.refused or f.findings.rejected_rows for f in outcome.files):
        raise typer.Exit(11)


def tell(outcome: Outcome, form: Format) -> None:
    """Show what became of each file."""
    if form is Format.JSON:
        data = [
            {
                "file": f.name, "profile": f.profile, "rows_read": f.rows_read, "rows_good": f.rows_good,
                "rows_kept_out": f.rows_kept_out, "quarantine": str(f.quarantine or ""), "findings": findings_data(f.name, f.findings.all),
            }
            for f in outcome.files
        ]  # fmt: skip
        sys.stdout.write(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
        return
    for result in outcome.files:
        out.print(
            f"{result.name}: profile {result.profile}, {result.rows_read:,} rows read, {result.rows_good:,} are facts, "
            f"{result.rows_kept_out:,} kept out.",
            markup=False,
            soft_wrap=True,
        )
        show_findings(result.name, result.findings.all)
        if result.quarantine:
            err.print(
                f"   The rows kept out are in {result.quarantine}: correct them there and deliver that file.",
                markup=False,
                soft_wrap=True,
            )


def _guess(path: Path, shape: str, name: str, home: Path) -> None:
    """Save a first mapping of an unknown table, and say what it maps."""
    with tempfile.TemporaryDirectory() as folder, working_engine() as engine:
        work = Path(folder)
        shown, plain = next(iter(plain_files(path, work)))
        opened = open_table(engine, plain, shown, Layout(), work)
        row = engine.connection.execute("SELECT * FROM raw LIMIT 1").fetchone() or ()
        profile = guessed(opened.headers, shape, name, dict(zip(opened.headers, row, strict=False)))
    saved = save(profile, home)
    show(
        ("column", "from", "unit or format"),
        [
            (f.to, ", ".join(f.reads) or f.constant, ", ".join(f.formats) or (f.unit if f.to.endswith("_ms") else ""))
            for f in profile.fills
        ],
        Format.TABLE,
        title=f"{saved}",
    )
    missing = [h for h in opened.headers if not any(h in f.reads for f in profile.fills)]
    if missing:
        out.print(f"Not mapped: {', '.join(missing)}", markup=False, soft_wrap=True)
    out.print(f"Look it over, then run: levelfield check {path} --profile {name}", markup=False, soft_wrap=True)
