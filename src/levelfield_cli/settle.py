"""Settle a month under an agreement: levels, relief, credits, triggers, each line with its derivation."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from levelfield.agreement.terms import Agreement
from levelfield.settlement.ledger import ledger
from levelfield.settlement.statement import canonical, settle, told
from levelfield.words import Refusal, RefusalKind
from levelfield_cli.options import Home, store_at
from levelfield_cli.showing import Format, show
from levelfield_io.agreements_at_hand import agreements as agreements_of
from levelfield_io.agreements_at_hand import read_agreement
from levelfield_io.settling import Moves, months_to_settle, read_moves

NAME = "settle"


class Shown(StrEnum):
    """How a statement is written."""

    TEXT = "text"
    JSON = "json"


def run(
    agreement: Annotated[
        list[Path] | None,
        typer.Option(
            "--agreement", "-a", help="An agreement file; several are versions of one. Those of the home when left out."
        ),
    ] = None,
    publication: Annotated[
        str | None, typer.Option("--publication", help="Id of a publication; the current one when left out.")
    ] = None,
    partner: Annotated[
        str | None, typer.Option("--partner", help="Whose account, where the agreements of the home are used.")
    ] = None,
    month: Annotated[
        str | None,
        typer.Option("--month", help="The month to show, such as 2026-03; the last complete one when left out."),
    ] = None,
    moves: Annotated[
        Path | None, typer.Option("--moves", help="moves.json of a statement's page: locks, excused events, disputes.")
    ] = None,
    account: Annotated[
        bool, typer.Option("--ledger", help="Show the account over all months instead of one statement.")
    ] = False,
    home: Home = None,
    form: Annotated[
        Shown, typer.Option("--format", "-f", help="text or json; the same inputs give the same bytes of json.")
    ] = Shown.TEXT,
) -> None:
    """The statement of account of one month."""
    store = store_at(home)
    versions = _versions(agreement, partner, store.home)
    whose = versions[0].partner
    current = store.release.current.get(whose)
    if publication is None and current is None:
        raise Refusal(
            f"Nothing of {whose} is published yet",
            where=str(store.home),
            next_step="Publish a file first: levelfield publish FILE.",
        )
    chosen = store.record(whose, publication).id if publication else str(current)
    made = read_moves(moves) if moves else Moves()
    statements = settle(versions, months_to_settle(store, versions, chosen, made), made.excuses)
    if account:
        rows = [
            (r.month, r.opening, r.credits, r.earned_back, r.bonuses, r.charges, r.disputed, r.settled, r.closing)
            for r in ledger(statements, made.disputes)
        ]
        columns = ("month", "opening", "credits", "earned back", "bonus", "charges", "disputed", "settled", "closing")
        show(columns, rows, Format.JSON if form is Shown.JSON else Format.TABLE, right=columns[1:])
        return
    complete = [s for s in statements if s.ended]
    found = next((s for s in statements if s.month == month), None) if month else complete[-1] if complete else None
    if found is None:
        known = (
            f"one of {statements[0].month} to {statements[-1].month}"
            if statements
            else "a month in which the agreement is valid"
        )
        raise Refusal(
            f"There is no statement for {month or 'a complete month'}", where=versions[-1].title, expected=known
        )
    if form is Shown.JSON:
        sys.stdout.buffer.write(canonical(found))
    else:
        typer.echo("\n".join(told(found)))


def _versions(files: list[Path] | None, partner: str | None, home: Path) -> list[Agreement]:
    versions = (
        [read_agreement(f) for f in files]
        if files
        else [a for a in agreements_of(home) if not partner or a.partner == partner]
    )
    whose = sorted({a.partner for a in versions})
    if len(whose) != 1:
        raise Refusal(
            "There is no agreement" if not whose else f"There are agreements with {', '.join(whose)}",
            expected="one file with --agreement" if not whose else "one of them with --partner",
            kind=RefusalKind.DEFINITION,
        )
    return sorted(versions, key=lambda a: (a.valid_from, a.version))
