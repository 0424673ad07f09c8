"""The moments at which a forecast was delivered, and how each month stood then: what a lock takes hold of."""

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
    """The forecast of a month as it stood when one version was made: for every day the latest that was there."""

    month: str
    made_at: dt.datetime
    days: int
    intervals: int
    volume: Decimal


def forecast_versions(store: Store, partner: str, publication: str, month_starts_on: int = 1) -> list[Version]:
    """Every version in a publication, by month and moment, oldest first."""
    chunks = store.record(partner, publication).publication.parts("forecasts").values()
    paths = [store.chunk_path(partner, c) for c in chunks]
    there = [p for p in paths if p.exists()]  # facts that were removed on purpose have no versions to show
    if not there:
        return []
    engine = Engine()
    try:
        table = engine.see_files("forecasts", there, schema_of(SHAPES["forecasts"]))
        rows: list[dict[str, Any]] = engine.rows(
            table.group_by([table.day, table.line, table.channel, table.made_at]).aggregate(
                intervals=table.count().cast("int64"), volume=table.volume_milli.sum().cast("int64")
            )
        )
    finally:
        engine.close()
    months: dict[str, dict[dt.datetime, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        months[name_of(contract_month(row["day"], month_starts_on))][row["made_at"].replace(tzinfo=dt.UTC)].append(row)
    found: list[Version] = []
    for month, by_moment in sorted(months.items()):
        stands: dict[tuple[Any, ...], dict[str, Any]] = {}
        for made_at, own in sorted(by_moment.items()):
            stands |= {(row["day"], row["line"], row["channel"]): row for row in own}
            days = len({day for day, _, _ in stands})
            n, volume = (sum(row[name] for row in stands.values()) for name in ("intervals", "volume"))
            found.append(Version(month, made_at, days, n, Decimal(volume) / 1000))
    return found
