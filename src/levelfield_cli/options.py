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


def slices(pairs: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    """The slice that `--only` names, several labels of one attribute together."""
    found: dict[str, tuple[str, ...]] = {}
    for text in pairs or ():
        name, value = pair(text)
        found[name] = (*found.get(name, ()), value)
    return found


def pair(text: str) -> tuple[str, str]:
    """A name and a value."""
    name, equals, value = text.partition("=")
    if not equals:
        raise Refusal(f"“{text}” is not a pair", expected="name=value", kind=RefusalKind.DEFINITION)
    return name.strip(), value.strip()


def chosen_publications(store: Store, partner: str | None, publication: str | None) -> dict[str, str]:
    """Partner and id of one publication, or of the current ones, of one partner or of all."""
    found = dict(store.release.current)
    if publication is not None:
        owner = store.partner_of(publication)
        found = {owner: store.record(owner, publication).id}
    if partner is not None:
        found = {key: id_ for key, id_ in found.items() if key == partner}
        if not found:
            raise Refusal(
                f"Nothing is published by “{partner}”", expected=", ".join(store.release.current) or "a published partner",
                next_step="Publish a file first: levelfield publish FILE.",
            )  # fmt: skip
    if not found:
        raise nothing_published(store)
    return found


def nothing_published(store: Store) -> Refusal:
    """What to say in an empty home."""
    return Refusal(
        "Nothing is published yet",
        where=str(store.home),
        next_step="Publish a file first: levelfield publish FILE.",
    )
