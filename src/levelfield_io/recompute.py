"""Values of publications: the same figures for a page, the command line, an export and the other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from levelfield.measures.compute import Asked, aggregated, check, finished
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value
from levelfield_io.engine import Engine
from levelfield_io.sheets_at_hand import see_sheet, sheet_file
from levelfield_io.store import Store


def values_of(store: Store, publications: Mapping[str, str], asked: Asked, engine: Engine | None = None) -> list[Value]:
    """Compute measures from publications, given as partner and id."""
    check(asked)
    own = engine or Engine()
    try:
        rows: dict[str, Sequence[Mapping[str, object]]] = {}
        for name in asked.sheets:
            files = [f for p, i in publications.items() if (f := sheet_file(store, p, i, name)) is not None]
            if files:
                table = see_sheet(own, f"sheet_{name}", SHEETS[name], files)
                rows[name] = own.rows(aggregated(SHEETS[name], table, asked))
        return finished(asked, rows, publications)
    finally:
        if engine is None:
            own.close()
