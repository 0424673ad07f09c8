"""The watched series of a partner, judged from its publication: what the pages show, for whoever has the warehouse."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Measure
from levelfield.measures.value import Value
from levelfield.signals.chart import Chart, chart_of
from levelfield.signals.false_discovery import RAREST, chosen
from levelfield.signals.of_values import series_of
from levelfield.signals.watch import PERIODS, Slice, Watch
from levelfield.words import Grain
from levelfield_io.recompute import values_of
from levelfield_io.store import Store

NAMES = {Grain.DAY: "days", Grain.WEEK: "weeks", Grain.MONTH: "months", Grain.QUARTER: "quarters", Grain.YEAR: "years"}


@dataclass(frozen=True)
class Judged:
    """One watched series of one partner with its verdict, and whether it would become a signal."""

    partner: str
    publication: str
    watch: Watch
    chart: Chart
    chosen: bool


def lines_of(store: Store, partner: str, publication: str) -> list[str]:
    """The lines with contacts."""
    asked = Asked(((MEASURES["offered"], Definition()),), by=("line",), grain=Grain.ALL)
    found = {v.of("line") for v in values_of(store, {partner: publication}, asked) if v.value}
    return sorted(line for line in found if line)


def whole_periods(store: Store, partner: str, publication: str, grain: Grain) -> list[str]:
    """Names of the periods that are over, oldest first, from the first contact to the last."""
    asked = Asked(((MEASURES["offered"], Definition()),), by=(), grain=Grain.DAY)
    days = [v.start for v in values_of(store, {partner: publication}, asked) if v.value is not None]
    if days:
        return _named(grain, min(days), max(days))
    asked = Asked(((MEASURES["offered"], Definition()),), by=(), grain=Grain.MONTH)
    months = [v.start for v in values_of(store, {partner: publication}, asked) if v.value is not None]
    if not months or grain in {Grain.DAY, Grain.WEEK}:
        return []
    return _named(grain, min(months), Grain.MONTH.next_after(max(months)) - dt.timedelta(days=1))


def _named(grain: Grain, first: dt.date, last: dt.date) -> list[str]:
    start, found = grain.start_of(first), []
    while grain.next_after(start) - dt.timedelta(days=1) <= last:
        found.append(grain.name_of(start))
        start = grain.next_after(start)
    return found


def judged(
    store: Store,
    partner: str,
    publication: str,
    watches: Sequence[Watch],
    grain: Grain,
    most: int = PERIODS,
    country: str = "",
) -> list[Judged]:
    """Every watched series with values, with its verdict over the last `most` whole periods."""
    names = whole_periods(store, partner, publication, grain)[-most:]
    if not names:
        return []
    by_slice: dict[Slice, list[tuple[Measure, Definition]]] = {}
    for watch in watches:
        by_slice.setdefault(watch.scope, []).append((watch.measure, watch.definition))
    values: dict[tuple[Slice, str, str], list[Value]] = {}
    for scope, pairs in by_slice.items():
        for value in values_of(store, {partner: publication}, Asked(tuple(pairs), (), grain, only=dict(scope))):
            values.setdefault((scope, value.measure, value.definition), []).append(value)
    charts = []
    for watch in watches:
        own = values.get((watch.scope, watch.measure.name, watch.definition.told), [])
        own = [v for v in own if v.period in set(names)]
        target = watch.target.expected if watch.target is not None else None
        chart = chart_of(
            watch.label, series_of(watch.measure, own, names, grain), own, names, direction=watch.direction, unit=watch.measure.unit,
            decimals=watch.measure.decimals, target=float(target) if target is not None else None, periods=NAMES.get(grain, "periods"), country=country,
        )  # fmt: skip
        charts.append((watch, chart))
    known = [(watch, chart) for watch, chart in charts if math.isfinite(chart.reading.p_value)]
    picked = dict(
        zip((w.key for w, _ in known), chosen([c.reading.p_value for _, c in known], rarest=RAREST), strict=True)
    )
    return [
        Judged(
            partner, publication, watch, chart,
            picked.get(watch.key, False) and chart.reading.changed and chart.reading.going_on is not False,
        )
        for watch, chart in charts
    ]  # fmt: skip
