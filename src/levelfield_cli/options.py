"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from levelfield.words import Refusal, RefusalKind
from levelfield_cli.showing import Format
from levelfield_io.environment import home as default_home
from levelfield_io.publishing import Parcel
from levelfield_io.store import Store

Files = Annotated[
    list[Path],
    typer.Argument(help="Files or folders: CSV, XLSX, ODS, Parquet, JSON, JSON lines, also packed as gz or zip."),
]
ProfileName = Annotated[
    str | None, typer.Option("--profile", "-p", help="How to read the file; found out when it is not named.")
]
PartnerKey = Annotated[
    str | None, typer.Option("--partner", help="Whose facts these are, where the file does not say.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="An option of the profile, such as threshold_s=20 or zone=Europe/Warsaw."),
]
AddUnknown = Annotated[
    bool, typer.Option("--add-unknown", help="Welcome partners, lines and sites that are not known yet.")
]
ZerosAreReal = Annotated[
    bool, typer.Option("--zeros-are-real", help="Days with zero contacts were really quiet, not undelivered.")
]
Home = Annotated[Path | None, typer.Option("--home", help="Where everything lives; LEVELFIELD_HOME, or ./var.")]
Form = Annotated[Format, typer.Option("--format", "-f", help="table, csv or json.")]


def store_at(home: Path | None) -> Store:
    """The store of a home."""
    return Store((home or default_home()).resolve())


def parcels(
    files: Sequence[Path],
    profile: str | None,
    partner: str | None,
    settings: Sequence[str] | None,
    add_unknown: bool,
    zeros: bool,
) -> list[Parcel]:
    """Files with their options."""
    options: dict[str, str] = {}
    for setting in settings or ():
        name, equals, value = setting.partition("=")
        if not equals:
            raise Refusal(
                f"“{setting}” is not an option",
                expected="name=value, such as threshold_s=20",
                kind=RefusalKind.DEFINITION,
            )
        options[name.strip()] = value.strip()
    if partner:
        options["partner"] = partner
    if add_unknown:
        options["add_unknown"] = "yes"
    if zeros:
        options["zeros_are_real"] = "yes"
    return [Parcel(f, profile, options) for f in files]
