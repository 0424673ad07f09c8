"""Values of publications: the same figures for a page, the command line, an export and the other side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir

from levelfield.measures.compute import Asked, aggregated, check, finished, part_read
from levelfield.measures.sheet import Sheet
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value
from levelfield_io.engine import Engine
from levelfield_io.sheets_at_hand import sheet_rows
from levelfield_io.store import Store


def values_of(store: Store, publications: Mapping[str, str], asked: Asked, engine: Engine | None = None) -> list[Value]:
    """Compute measures from publications, given as partner and id."""
    check(asked)
    own = engine or Engine()
    try:
        rows: dict[str, Sequence[Mapping[str, object]]] = {}
        for name in asked.sheets:
            if (query := sheet_rows(store, publications, SHEETS[name], asked.in_whole_months)) is not None:
                table = own.see_query(f"sheet_{name}", query, SHEETS[name].schema())
                rows[name] = own.rows(aggregated(SHEETS[name], table, asked))
        return finished(asked, rows, publications)
    finally:
        if engine is None:
            own.close()


def rows_of_facts(engine: Engine, sheet: Sheet, tables: Mapping[str, ir.Table], asked: Asked) -> ir.Table:
    """What `aggregated` gives, straight from facts: one pass over them, and a second over what is left of them."""
    part = part_read(sheet, tables, asked)
    engine.make_table(f"part_of_{sheet.name}", part)
    return aggregated(sheet, ibis.table(part.schema(), name=f"part_of_{sheet.name}"), asked)
