"""List publications: what was frozen when, by whom, from which files."""

from __future__ import annotations

from typing import Annotated

import typer

from levelfield_cli.options import Form, Home, store_at
from levelfield_cli.showing import Format, out, show

NAME = "publications"


def run(
    partner: Annotated[str | None, typer.Option("--partner", help="Only this partner's.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Earlier ones too, not only the current.")] = False,
    home: Home = None,
    form: Form = Format.TABLE,
) -> None:
    """List publications, current first."""
    store = store_at(home)
    current = store.release.current
    rows, hidden = [], 0
    for key in sorted(current):
        if partner and key != partner:
            continue
        for record in reversed(store.records(key)):
            hidden += not everything and record.id != current[key]
            if everything or record.id == current[key]:
                span = record.publication.first_and_last_part or ("", "")
                rows.append(
                    (
                        record.id, key, "current" if record.id == current[key] else "earlier", f"{record.published_at:%Y-%m-%d %H:%M}", record.by,
                        record.publication.rows, f"{span[0]} to {span[1]}", len(record.differences), len(record.deliveries),
                    )
                )  # fmt: skip
    if form is Format.TABLE and not rows:
        whose = f" of {partner}" if partner else ""
        out.print(
            f"Nothing{whose} is published in {store.home} yet. Publish a file first: levelfield publish FILE.",
            markup=False,
            soft_wrap=True,
        )
        return
    show(
        ("publication", "partner", "state", "published (UTC)", "by", "facts", "parts", "values changed", "files"),
        rows,
        form,
        right=("facts", "values changed", "files"),
    )
    if form is Format.TABLE:
        if hidden:
            out.print(f"{hidden:,} earlier {'one is' if hidden == 1 else 'ones are'} not shown: add --all.")
        if len(current) > 1 and not partner:
            out.print(f"The current ones together are the edition {store.release.edition}.")
