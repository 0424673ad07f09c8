"""Remove facts about single contacts before a month, leaving tombstones: hashes and values stay, people go."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from levelfield.same_data.shapes import SHAPES
from levelfield.words import Refusal, RefusalKind
from levelfield_cli.options import Home, store_at
from levelfield_cli.showing import out
from levelfield_io import clock

NAME = "forget"


def run(
    partner: Annotated[str, typer.Option("--partner", help="Whose facts.")],
    shape: Annotated[str, typer.Option("--shape", help="Which fact table, such as contacts.")],
    before: Annotated[str, typer.Option("--before", help="Remove parts before this month, such as 2025-01.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stays in the chain.")],
    home: Home = None,
) -> None:
    """Remove the facts in every publication."""
    if shape not in SHAPES:
        raise Refusal(
            f"“{shape}” is not a fact table", expected="one of " + ", ".join(SHAPES), kind=RefusalKind.DEFINITION
        )
    store = store_at(home)
    removed = store.remove_facts(partner, shape, before, by=getpass.getuser(), at=clock.now(), reason=reason)
    if not removed:
        out.print(
            f"Nothing was removed: {partner} has no {shape} before {before} in {store.home}.",
            markup=False,
            soft_wrap=True,
        )
        return
    chunks = "1 chunk" if removed == 1 else f"{removed:,} chunks"
    out.print(
        f"{chunks} of {shape} before {before} {'was' if removed == 1 else 'were'} removed. The hashes stay, with the reason."
    )
