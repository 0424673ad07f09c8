"""The versions of a forecast that were delivered, by the contract month they speak of."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from levelfield.agreement.calendar import contract_month, name_of
from levelfield.same_data.canonical import schema_of
from levelfield.same_data.shapes import SHAPES
from levelfield_io.engine import Engine
from levelfield_io.store import Store


@dataclass(frozen=True)
class Version:
    """One forecast of a month, as it was made at one moment."""

    month: str
    made_at: dt.datetime
    intervals: int
    volume: Decimal


def forecast_versions(store: Store, partner: str, publication: str, month_starts_on: int = 1) -> list[Version]:
    """Every version in a publication, by month and moment."""
    chunks = store.record(partner, publication).publication.parts("forecasts").values()
    paths = [store.chunk_path(partner, c) for c in chunks]
    there = [p for p in paths if p.exists()]  # facts that were removed on purpose have no versions to show
    if not there:
        return []
    engine = Engine()
    try:
        table = engine.see_files("forecasts", there, schema_of(SHAPES["forecasts"]))
        rows: list[dict[str, Any]] = engine.rows(
            table.group_by([table.day, table.made_at]).aggregate(
                intervals=table.count().cast("int64"), volume=table.volume_milli.sum().cast("int64")
            )
        )
    finally:
        engine.close()
    counted: dict[tuple[str, dt.datetime], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        own = counted[name_of(contract_month(row["day"], month_starts_on)), row["made_at"].replace(tzinfo=dt.UTC)]
        own[0] += row["intervals"]
        own[1] += row["volume"]
    return [Version(month, made, n, Decimal(volume) / 1000) for (month, made), (n, volume) in sorted(counted.items())]
