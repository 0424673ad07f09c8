"""Grow an invented service estate with a known truth and write the files its partners would deliver."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from levelfield_cli.invented import estate_data, write_deliveries
from levelfield_cli.showing import out, progress_bar
from levelfield_worlds.estates import demo_estate, small_estate
from levelfield_worlds.grow import grow
from levelfield_worlds.incidents import demo_incidents

NAME = "world"


def run(
    folder: Annotated[Path, typer.Argument(help="Where to write the files.")],
    size: Annotated[
        str, typer.Option("--size", help="small (two partners, 60 days) or demo (five partners, two years).")
    ] = "small",
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same world.")] = 1,
    end: Annotated[str, typer.Option("--end", help="The day after the last one.")] = "2026-07-01",
) -> None:
    """Write the deliveries, the estate file and the truth."""
    last = dt.date.fromisoformat(end)
    estate = demo_estate(last) if size == "demo" else small_estate(last - dt.timedelta(days=60), 60)
    incidents = demo_incidents(estate) if size == "demo" else ()
    with progress_bar("Growing a world") as progress:
        progress("drawing contacts", 0.1)
        world = grow(estate, incidents, np.random.default_rng(seed))
        written = write_deliveries(world, folder, progress)
    (folder / "estate.json").write_text(
        json.dumps(estate_data(estate).to_data(), indent=1, default=str), encoding="utf-8"
    )
    (folder / "truth.json").write_text(
        json.dumps([vars(i) for i in world.truth], indent=1, default=str), encoding="utf-8"
    )
    out.print(f"{len(written)} files in {folder}; what was planted is in truth.json.", markup=False, soft_wrap=True)
