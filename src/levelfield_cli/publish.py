"""Publish files: checked, merged with what is known, frozen under an id, all or nothing."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Annotated

import typer

from levelfield_cli.check import tell
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
from levelfield_cli.showing import Format, err, out, progress_bar, show
from levelfield_io import clock
from levelfield_io.publishing import publish

NAME = "publish"


def run(
    files: Files,
    profile: ProfileName = None,
    partner: PartnerKey = None,
    settings: Set = None,
    add_unknown: AddUnknown = False,
    zeros_are_real: ZerosAreReal = False,
    leave_rejected: Annotated[
        bool, typer.Option("--leave-rejected", help="Publish the good rows although others are kept out.")
    ] = False,
    replace_days: Annotated[
        bool, typer.Option("--replace-days", help="The file replaces all facts of its partner on its days.")
    ] = False,
    note: Annotated[str, typer.Option("--note", help="A few words that stay with the publication.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who publishes.")] = "",
    home: Home = None,
    form: Form = Format.TABLE,
) -> None:
    """Publish files as one delivery."""
    store = store_at(home)
    given = parcels(files, profile, partner, settings, add_unknown, zeros_are_real)
    with progress_bar("Publishing") as progress:
        outcome = publish(
            given, store, by=by or getpass.getuser(), at=clock.now(), leave_rejected=leave_rejected, replace_days=replace_days,
            note=note, progress=progress,
        )  # fmt: skip
    if form is not Format.JSON:
        tell(outcome, form)
    if not outcome.published:
        if form is Format.JSON:
            tell(outcome, form)
        err.print("Nothing was published.", markup=False)
        raise typer.Exit(11)
    rows = [(r.publication.partner, r.id, r.publication.rows, len(r.differences), r.previous) for r in outcome.records]
    if form is Format.JSON:
        data = {
            "published": [
                dict(zip(("partner", "id", "rows", "differences", "previous"), r, strict=True)) for r in rows
            ],
            "unchanged": outcome.unchanged,
        }
        sys.stdout.write(json.dumps(data, indent=1) + "\n")
        return
    show(("partner", "publication", "facts", "values changed", "before"), rows, form, right=("facts", "values changed"))
    if outcome.unchanged:
        out.print(f"{len(outcome.unchanged)} publication(s) unchanged: the same facts had been published before.")
