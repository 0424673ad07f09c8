"""Write a publication as a folder that opens, verifies and recomputes anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from levelfield_cli.options import Home, store_at
from levelfield_cli.showing import out
from levelfield_io.exporting import export

NAME = "export"


def run(
    publication: Annotated[str, typer.Argument(help="Id of a publication.")],
    folder: Annotated[Path, typer.Argument(help="Where to write it.")] = Path(),
    home: Home = None,
) -> None:
    """Write the folder and say where it is."""
    store = store_at(home)
    written = export(store, store.partner_of(publication), publication, folder, store.estate.currency)
    out.print(f"{written}\nProve it with: levelfield verify {written}", markup=False, soft_wrap=True)
