"""Compute measures from a publication: the figures that the pages show."""

from __future__ import annotations

from typing import Annotated

import typer

from levelfield.measures.catalogue import MEASURES, measure_named
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.same_data.publication import edition_of
from levelfield.words import Grain, Period, Refusal
from levelfield_cli.options import Form, Home, nothing_published, pair, slices, store_at
from levelfield_cli.showing import Format, out, show
from levelfield_io.recompute import values_of
from levelfield_io.store import Store

NAME = "measure"


def run(
    measures: Annotated[
        list[str] | None, typer.Option("--measure", "-m", help="Name of a measure; may be given several times.")
    ] = None,
    publication: Annotated[
        list[str] | None,
        typer.Option(
            "--publication", help="Id of a publication, or of an edition (E-…); the current ones when left out."
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="Split by partner, line, site, channel …; may be given several times."),
    ] = None,
    grain: Annotated[Grain, typer.Option("--grain", help="Length of the periods.")] = Grain.MONTH,
    period: Annotated[
        str | None,
        typer.Option("--period", help="Only this span: 2026, 2026-Q2, 2026-03, 2026-W10, 2026-01-01..2026-04-01."),
    ] = None,
    define: Annotated[
        list[str] | None,
        typer.Option("--define", help="A switch of the definition, such as abandons=all_against or threshold_s=60."),
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Keep only this slice, such as line='Billing UK'.")
    ] = None,
    list_measures: Annotated[bool, typer.Option("--list", help="Show every measure and stop.")] = False,
    home: Home = None,
    form: Form = Format.TABLE,
) -> None:
    """Values with numerator, denominator, n and publication."""
    if list_measures or not measures:
        show(
            ("measure", "theme", "unit", "what"), [(m.name, m.theme, m.unit, m.about) for m in MEASURES.values()], form
        )
        return
    store = store_at(home)
    switches = dict(pair(d) for d in define or ())
    definition = Definition.from_data({"currency": store.estate.currency, **switches}, "--define")
    asked = Asked(
        tuple((measure_named(m), definition) for m in measures),
        tuple(by or ()),
        grain,
        Period.parse(period) if period else None,
        slices(only),
    )
    publications = _publications(store, publication)
    values = values_of(store, publications, asked)
    dimensions = tuple(by or ())
    rows = [
        (
            v.measure, *(v.of(d) for d in dimensions), v.period, _number(v.value, form), v.numerator, v.denominator, v.n,
            _number(v.low, form), _number(v.high, form), v.why, v.rows_missing, v.publication,
        )
        for v in values
    ]  # fmt: skip
    columns = (
        "measure",
        *dimensions,
        "period",
        "value",
        "numerator",
        "denominator",
        "n",
        "low",
        "high",
        "why",
        "rows_missing",
        "publication",
    )
    if form is Format.TABLE:
        keep = [i for i, c in enumerate(columns) if c not in ("low", "high", "rows_missing")]
        rows = [(*(r[i] for i in keep[:-1]), str(r[-1])[:12]) for r in rows]
        columns = tuple(columns[i] for i in keep)
    show(columns, rows, form, right=("value", "numerator", "denominator", "n"))
    if form is Format.TABLE and any(v.publication.startswith("E-") for v in values):
        own = ", ".join(f"{id_[:12]} of {partner}" for partner, id_ in sorted(publications.items()))
        out.print(
            f"{edition_of(publications)[:12]} stands for these publications together: {own}.",
            markup=False,
            soft_wrap=True,
        )


def _number(value: float | None, form: Format) -> float | str | None:
    """Rounding happens at the end, and only for people."""
    return value if value is None or form is not Format.TABLE else f"{value:,.4f}"


def _publications(store: Store, ids: list[str] | None) -> dict[str, str]:
    """Partner and id of the publications asked for."""
    if not ids:
        if not store.release.current:
            raise nothing_published(store)
        return dict(store.release.current)
    found: dict[str, str] = {}
    for given in ids:
        if given.startswith("E-"):
            edition = next((r for r in reversed(store.releases()) if r.edition.startswith(given)), None)
            if edition is None:
                raise Refusal(
                    f"There is no edition {given}", expected="the edition as `levelfield publications` names it"
                )
            found |= edition.current
            continue
        partner = store.partner_of(given)
        found[partner] = store.record(partner, given).id
    return found
