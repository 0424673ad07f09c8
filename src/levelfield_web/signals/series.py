"""The watched series of a partner with their values, as every look and every page takes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Direction, Measure
from levelfield.measures.value import Value
from levelfield.signals.chart import Chart, Rebase, chart_of
from levelfield.signals.of_values import series_of
from levelfield.signals.outlook import Outlook, outlook
from levelfield.signals.watch import PERIODS, Slice, Watch, watched
from levelfield.words import Grain, Period
from levelfield_web.agreement.queries import in_force
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.measures.figures import FIGURES
from levelfield_web.measures.queries import ahead_of, available_labels, rebases
from levelfield_web.same_data.warehouse import current_release

GRAIN = Grain.WEEK


@dataclass(frozen=True)
class Watched:
    """All watched series of one partner on one publication, and the weeks that can be looked at."""

    partner: str
    publication: str
    weeks: tuple[str, ...]
    series: tuple[tuple[Watch, tuple[Value, ...]], ...]

    def chart(self, watch: Watch, values: Sequence[Value], week: str) -> Chart:
        """A series with its verdict as it stood at the end of a week."""
        names = [name for name in self.weeks if name <= week][-PERIODS:]
        own = [v for v in values if names[0] <= v.period <= week]
        known = tuple(rebases(partner=self.partner, measure=watch.measure, grain=GRAIN, only=watch.only))
        target = (
            float(watch.target.expected) if watch.target is not None and watch.target.expected is not None else None
        )
        return charted(
            self.publication, watch.label, watch.measure, tuple(own), tuple(names), watch.direction, target, known
        )

    def outlook(self, watch: Watch, values: Sequence[Value]) -> Outlook | None:
        """What the next window of the agreed target will bring; None where nothing was agreed or nothing can be said."""
        target = watch.target
        if target is None or target.expected is None:
            return None
        names = self.weeks[-PERIODS:]
        known = rebases(partner=self.partner, measure=watch.measure, grain=GRAIN, only=watch.only)
        own = series_of(watch.measure, [v for v in values if v.period in set(names)], names, GRAIN)
        starts = [names.index(r.label) for r in known if r.label in names]
        least = float(target.least) if target.least is not None else None
        return outlook(
            own.since(max(starts)) if starts else own, periods=ahead_of(target, GRAIN), expected=float(target.expected), minimum=least,
            at_least=target.better == "at_least",
        )  # fmt: skip


@lru_cache(maxsize=4000)
def charted(
    publication: str, label: str, measure: Measure, own: tuple[Value, ...], names: tuple[str, ...], direction: Direction,
    target: float | None, known: tuple[Rebase, ...],
) -> Chart:  # fmt: skip
    """A chart, made once: values of a publication never change."""
    return chart_of(
        label, series_of(measure, own, names, GRAIN), own, names, direction=direction, unit=measure.unit,
        decimals=measure.decimals, target=target, rebases=known, periods="weeks",
    )  # fmt: skip


def watched_of(partner: str) -> Watched | None:
    """The watched series of a partner; None where nothing is published. Who may see them is asked before."""
    release, estate = current_release()
    publication = release.current.get(partner)
    if publication is None:
        return None
    own = {partner: publication}
    weeks = available_labels(own, GRAIN)
    if not weeks or "-W" not in weeks[-1]:
        return Watched(partner, publication, (), ())
    agreement = in_force(viewer=HOUSE, partner=partner, on=Period.parse(weeks[-1]).start)
    found = watched(agreement, agreement.currency if agreement else estate.currency, _lines(own))
    by_slice: dict[Slice, list[tuple[Measure, Definition]]] = {}
    for watch in found:
        by_slice.setdefault(watch.scope, []).append((watch.measure, watch.definition))
    values: dict[tuple[Slice, str, str], list[Value]] = {}
    for scope, pairs in by_slice.items():
        for value in FIGURES.values(own, Asked(tuple(pairs), (), GRAIN, only=dict(scope))):
            values.setdefault((scope, value.measure, value.definition), []).append(value)
    series = tuple((w, tuple(values.get((w.scope, w.measure.name, w.definition.told), ()))) for w in found)
    return Watched(partner, publication, tuple(weeks), series)


def _lines(publications: dict[str, str]) -> list[str]:
    """The lines with contacts."""
    asked = Asked(((MEASURES["offered"], Definition()),), by=("line",), grain=Grain.ALL)
    found = {v.of("line") for v in FIGURES.values(publications, asked) if v.value}
    return sorted(line for line in found if line)


def first_day(week: str) -> dt.date:
    """The Monday of a named week."""
    return Period.parse(week).start
