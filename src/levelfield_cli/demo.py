"""Build the demo estate (five partners, two years, invented), then serve it."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from levelfield.same_data.finding import Severity
from levelfield.settlement.statement import settle
from levelfield.words import Refusal
from levelfield_cli import serve
from levelfield_cli.invented import estate_data, write_deliveries
from levelfield_cli.invented_agreements import save_agreements
from levelfield_cli.options import Home
from levelfield_cli.showing import err, out, progress_bar, show_findings
from levelfield_io import clock
from levelfield_io.agreements_at_hand import agreements
from levelfield_io.environment import home as default_home
from levelfield_io.publishing import Parcel, publish
from levelfield_io.settling import Moves, months_to_settle
from levelfield_io.store import Store
from levelfield_worlds.estates import demo_estate, small_estate
from levelfield_worlds.grow import World, grow
from levelfield_worlds.incidents import demo_incidents

NAME = "demo"
SEED = 20260701


def run(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Only build; do not start the server.")] = False,
    small: Annotated[bool, typer.Option("--small", help="Two partners and 60 days, for a quick look.")] = False,
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 8000,
    again: Annotated[bool, typer.Option("--again", help="Throw the demo away and build it anew.")] = False,
    home: Home = None,
) -> None:
    """Build what is missing, print who can sign in, and serve."""
    folder = (home or default_home()).resolve()
    store = Store(folder)
    if again and (folder / "demo-built").exists():
        shutil.rmtree(folder)
    if not (folder / "demo-built").exists():
        if store.release.number:
            raise Refusal(
                "This home already holds publications that are not the demo's",
                where=str(folder),
                next_step="Name another folder with --home, such as --home var-demo.",
            )
        build(store, small=small)
    environment = serve.web_environment(folder)
    serve.prepare(environment)
    serve.django(environment, "welcome_demo")
    out.print("\nWho can sign in (password for all of them: level-the-field)")
    out.print("  ada@client.example    Ada, vendor manager of the client: sees every partner")
    out.print("  noor@north.example    Noor, account manager of Partner North: sees North only")
    out.print("  sol@south.example     Sol, account manager of Partner South: sees South only\n")
    if not no_serve:
        serve.run(port=port, home=folder)


def build(store: Store, *, small: bool) -> None:
    """Grow the world, deliver its files through the front door, publish, and restate one day."""
    started = time.monotonic()
    end = clock.now().date().replace(day=1)
    estate = small_estate(end - dt.timedelta(days=60), 60) if small else demo_estate(end)
    incidents = () if small else demo_incidents(estate)
    store.home.mkdir(parents=True, exist_ok=True)
    with progress_bar("Demo") as progress, tempfile.TemporaryDirectory(prefix="levelfield-demo-") as name:
        progress("growing five partners and two years", 0.02)
        world = grow(estate, incidents, np.random.default_rng(SEED))
        store.save_estate(estate_data(estate))
        parcels = write_deliveries(world, Path(name), progress)
        total = len(parcels)
        done = {"files": 0.0}

        def told(step: str, share: float) -> None:
            done["files"] += step == "opening"
            progress(
                f"{step} file {int(done['files'])} of {total}" if step != "adding up" else step,
                0.1 + 0.85 * min(1, done["files"] / total),
            )

        outcome = publish(parcels, store, by="demo", at=clock.now(), note="The demo estate", progress=told)
        if not outcome.published:
            for file in outcome.files:
                show_findings(file.name, file.findings.all, notes=False)
            raise Refusal("The demo's own files were refused", next_step="This is a bug of ours: please report it.")
        warned = sum(f.severity is not Severity.NOTE for file in outcome.files for f in file.findings.all)
        err.print(
            f"{len(outcome.files)} files were looked at; {warned} findings to look at, none that stops publication."
        )
        _restate(store, world, Path(name))
        progress("writing agreements", 0.97)
        save_agreements(store, end)
        _credit_notes(store, Path(name))
    (store.home / "demo-built").write_text("yes\n", encoding="ascii")
    err.print(f"Built in {time.monotonic() - started:.0f} s.")


def _restate(store: Store, world: World, folder: Path) -> None:
    """North corrects a day: two hours of its busiest queue had been counted twice."""
    north = "north" if "north" in world.tables else next(iter(world.tables))
    table = world.tables[north].get("surveys")
    if table is None or table.num_rows < 50:
        return
    late = table.slice(table.num_rows // 2, 40).to_pylist()
    path = folder / "late-answers.csv"
    columns = (
        "response_id",
        "question",
        "answered_at",
        "site",
        "line",
        "channel",
        "responded",
        "score",
        "scale_low",
        "scale_high",
    )
    lines = [",".join(columns)]
    for number, row in enumerate(late):
        at = row["answered_at"] or dt.datetime.combine(row["day"], dt.time(12), dt.UTC)
        lines.append(
            f"late-{number},csat,{at:%Y-%m-%dT%H:%M:%SZ},{row['site']},{row['line']},{row['channel']},yes,{1 + number % 5},1,5"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    publish(
        [Parcel(path, "levelfield_surveys", {"partner": north})], store, by="demo", at=clock.now(),
        note="Forty survey answers that arrived late",
    )  # fmt: skip


def _credit_notes(store: Store, folder: Path) -> None:
    """North gives back what it owes, a month later, all but the last two months."""
    versions = [a for a in agreements(store.home) if a.partner == "north"]
    if not versions:
        return
    months = months_to_settle(store, versions, store.release.current["north"], Moves())
    lines = ["day,length_s,invoice_id,invoice_line,item,amount,currency"]
    for s in settle(versions, months)[:-2]:
        if s.relieved.payable:
            lines.append(f"{s.period.end},2592000,N-{s.period.end:%y%m}-C,1,credit,-{s.relieved.payable},{s.currency}")
    if len(lines) > 1:
        path = folder / "credit-notes.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        publish(
            [Parcel(path, "levelfield_invoices", {"partner": "north"})], store, by="demo", at=clock.now(), note="Credit notes of North"
        )  # fmt: skip
