"""Show what a publication changed in earlier periods, or how two publications of a partner differ."""

from __future__ import annotations

from typing import Annotated

import typer

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Unit
from levelfield.words import Grain, Refusal
from levelfield_cli.options import Form, Home, store_at
from levelfield_cli.showing import Format, out, show
from levelfield_io.recompute import values_of

NAME = "diff"
COLUMNS = ("measure", "period", "before", "after", "n before", "n after")


def run(
    publication: Annotated[str, typer.Argument(help="A publication.")],
    against: Annotated[
        str | None, typer.Argument(help="Another one of the same partner; its predecessor when left out.")
    ] = None,
    home: Home = None,
    form: Form = Format.TABLE,
) -> None:
    """List the values that differ."""
    store = store_at(home)
    partner = store.partner_of(publication)
    record = store.record(partner, publication)
    if against is None:
        rows = [(d.measure, d.period, d.before, d.after, d.n_before, d.n_after) for d in record.differences]
    else:
        if store.partner_of(against) != partner:
            raise Refusal(
                "The two publications belong to different partners", expected="two publications of one partner"
            )
        plain = Definition(currency=store.estate.currency)
        asked = Asked(tuple((m, plain) for m in MEASURES.values()), by=(), grain=Grain.MONTH)
        new = {(v.measure, v.start): v for v in values_of(store, {partner: record.id}, asked)}
        old = {(v.measure, v.start): v for v in values_of(store, {partner: store.record(partner, against).id}, asked)}
        rows = [
            (
                key[0],
                (new.get(key) or old[key]).period,
                o.value if o else None,
                n.value if n else None,
                o.n if o else 0,
                n.n if n else 0,
            )
            for key in sorted(old.keys() | new.keys())
            if ((o := old.get(key)) and o.value) != ((n := new.get(key)) and n.value)
        ]
    if not rows and form is Format.TABLE:
        out.print("No value of an earlier period differs.")
        return
    if form is Format.TABLE:
        shown = [(m, p, _told(m, b), _told(m, a), n, k) for m, p, b, a, n, k in rows]
        show(COLUMNS, shown, form, right=COLUMNS[2:])
    else:
        show(COLUMNS, rows, form)


def _told(measure: str, value: float | None) -> str | None:
    """A value as people read it: with the decimals and the unit of its measure."""
    if value is None or measure not in MEASURES:
        return None if value is None else f"{value:,.4f}"
    own = MEASURES[measure]
    match own.unit:
        case Unit.SHARE | Unit.PER_YEAR:
            return f"{value * 100:,.{own.decimals}f} %"
        case Unit.SECONDS:
            return f"{value:,.{own.decimals}f} s"
        case _:
            return f"{value:,.{own.decimals}f}"
