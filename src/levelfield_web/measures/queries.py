"""Scorecards, series and labs, each cut down to what a viewer may see before anything is computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from levelfield.agreement.agreement import Agreement, Standing, Target, standing_of
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import LETTERS, TITLES, Abandons, Definition
from levelfield.measures.measure import Direction, Measure
from levelfield.measures.sheets import SHEETS
from levelfield.measures.value import Value, Why
from levelfield.signals.chart import Chart, Mark, Reading, chart_of, short_reading
from levelfield.words import Grain, Period
from levelfield_io.store import Store
from levelfield_web.agreement.queries import in_force
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.figures import FIGURES
from levelfield_web.parts.formats import NO_BREAK, told
from levelfield_web.same_data.queries import current, estate
from levelfield_web.same_data.warehouse import store

PLAIN = ("service_level", "abandonment", "asa", "aht", "csat", "customer_critical_accuracy", "fcr_agent")
PERIODS = {Grain.DAY: 60, Grain.WEEK: 53, Grain.MONTH: 24, Grain.QUARTER: 12, Grain.YEAR: 5}


@dataclass(frozen=True)
class Row:
    """One measure of one slice on a scorecard."""

    measure: Measure
    target: Target | None
    value: Value | None
    chart: Chart
    standing: Standing | None
    key: str = ""  # the line or site of the row
    scope: str = ""  # the lines a target speaks of, as a query of its pages has them

    @property
    def label(self) -> str:
        """The measure, and the lines it is asked of where the target names some."""
        return f"{self.measure.label}, {self.key}" if self.scope else self.measure.label

    @property
    def shown(self) -> str:
        """The value as people read it, or the word that says why there is none."""
        return shown(self.value, self.measure)

    @property
    def agreed(self) -> str:
        """The agreed level with its sign."""
        if self.target is None or self.target.expected is None:
            return "–"
        sign = "≥" if self.target.better == "at_least" else "≤"
        return f"{sign}{NO_BREAK}{told(self.measure, self.target.expected)}"

    @property
    def reading(self) -> str:
        """Two or three words."""
        return short_reading(self.chart)

    @property
    def reading_mark(self) -> str:
        """The shape of the latest point; where nothing can be judged it is an ordinary one."""
        reading = self.chart.reading
        return "usual" if reading is Reading.CANNOT_JUDGE else str(reading.value)

    @property
    def low(self) -> float | None:
        """Lower end of the usual band, where it is known."""
        return self.chart.usual.lower if self.chart.usual else None

    @property
    def high(self) -> float | None:
        """Upper end of the usual band."""
        return self.chart.usual.upper if self.chart.usual else None

    @property
    def numbers(self) -> list[float | None]:
        """The series for the sparkline."""
        return [d.value for d in self.chart.dots]


@dataclass(frozen=True)
class Card:
    """The scorecard of one partner for one period."""

    partner: str
    name: str
    publication: str
    agreement: Agreement | None
    rows: tuple[Row, ...]
    period: str


def shown(value: Value | None, measure: Measure) -> str:
    """The value as people read it, or why there is none."""
    if value is None:
        return str(Why.NOT_DELIVERED.value)
    if value.value is None:
        return str(value.why.value if value.why else "–")
    return told(measure, value.value)


def definition_of(target: Target | None, currency: str) -> Definition:
    """The definition an agreement asks for; the plain one where nothing was agreed."""
    switches = dict(target.definition) if target is not None else {}
    return Definition.from_data({"currency": currency, **switches})


def labels(grain: Grain, last: dt.date) -> list[str]:
    """Names of the periods up to the one that holds a day, oldest first."""
    starts = [grain.start_of(last)]
    while len(starts) < PERIODS[grain]:
        starts.append(grain.start_of(starts[-1] - dt.timedelta(days=1)))
    return [grain.name_of(s) for s in reversed(starts)]


def first_day(publications: Mapping[str, str]) -> dt.date | None:
    """The first day for which contacts were offered, over some publications."""
    return min(_offered(publications, Grain.DAY) or _offered(publications, Grain.MONTH), default=None)


def last_day(publications: Mapping[str, str]) -> dt.date | None:
    """The last day for which contacts were offered."""
    days = _offered(publications, Grain.DAY)
    if days:
        return max(days)
    months = _offered(publications, Grain.MONTH)
    return Grain.MONTH.next_after(max(months)) - dt.timedelta(days=1) if months else None


def _offered(publications: Mapping[str, str], grain: Grain) -> list[dt.date]:
    """The periods with contacts."""
    asked = Asked(((MEASURES["offered"], Definition()),), by=(), grain=grain)
    return [v.start for v in FIGURES.values(publications, asked) if v.value is not None]


def last_whole(grain: Grain, last: dt.date) -> str:
    """The last period that is over: a scorecard never opens on a month of two days."""
    start = grain.start_of(last)
    if grain.next_after(start) - dt.timedelta(days=1) > last:
        start = grain.start_of(start - dt.timedelta(days=1))
    return grain.name_of(start)


def available_labels(publications: Mapping[str, str], grain: Grain) -> list[str]:
    """Periods that a page may show, oldest first: from the first fact up to the last whole one."""
    first, last = first_day(publications), last_day(publications)
    if first is None or last is None:
        return []
    names, whole = labels(grain, last), last_whole(grain, last)
    names = names[: names.index(whole) + 1] if whole in names else []
    # A period before the first fact has nothing to show; names of one grain sort as their periods do.
    names = [name for name in names if name >= grain.name_of(grain.start_of(first))]
    # Where not even one period is over, the running one is better than none.
    return names or [grain.name_of(grain.start_of(last))]


def measures_of(agreement: Agreement | None) -> list[tuple[Measure, Target | None]]:
    """What a scorecard shows: the agreed measures, or the usual ones where nothing was agreed."""
    if agreement is None or not agreement.targets:
        return [(MEASURES[name], None) for name in PLAIN]
    return [(MEASURES[t.measure], t) for t in agreement.targets]


def card(
    *, viewer: Viewer, partner: str, grain: Grain, period: str = "", only: Mapping[str, tuple[str, ...]] | None = None
) -> Card | None:
    """The scorecard of a partner; None when the viewer may not see it or nothing is published."""
    mine = current(viewer=viewer)
    if partner not in mine:
        return None
    publications = {partner: mine[partner]}
    names = available_labels(publications, grain)
    if not names:
        return Card(partner, estate(viewer=viewer).name_of(partner), mine[partner], None, (), "")
    period = period if period in names else names[-1]
    shown_labels = names[: names.index(period) + 1]
    agreement = in_force(viewer=viewer, partner=partner, on=Period.parse(period).start)
    currency = agreement.currency if agreement else estate(viewer=viewer).currency
    rows = []
    wanted = measures_of(agreement)
    pairs = tuple((m, definition_of(t, currency)) for m, t in wanted)
    # A target of some lines is asked of these lines, and of nothing else.
    scopes: dict[Slice, list[tuple[Measure, Definition]]] = {}
    scope_of = [_scope(measure, target) for measure, target in wanted]
    for scope, pair in zip(scope_of, pairs, strict=True):
        scopes.setdefault(scope, []).append(pair)
    by_measure: dict[tuple[Slice, str, str], list[Value]] = {}
    for scope, own in scopes.items():
        for value in FIGURES.values(publications, Asked(tuple(own), (), grain, only={**(only or {}), **dict(scope)})):
            by_measure.setdefault((scope, value.measure, value.definition), []).append(value)
    for (measure, target), (_, definition), scope in zip(wanted, pairs, scope_of, strict=True):
        series = by_measure.get((scope, measure.name, definition.told), [])
        named = ", ".join(word for _, words in scope for word in words)
        row = _row(measure, target, series, shown_labels, period, named)
        rows.append(replace(row, scope=urlencode([(name, word) for name, words in scope for word in words])))
    return Card(partner, estate(viewer=viewer).name_of(partner), mine[partner], agreement, tuple(rows), period)


Slice = tuple[tuple[str, tuple[str, ...]], ...]


def _scope(measure: Measure, target: Target | None) -> Slice:
    """The lines and channels a target speaks of, as far as the measure's facts carry them."""
    if target is None:
        return ()
    dimensions = SHEETS[measure.sheet].dimensions
    named = (("line", target.lines), ("channel", target.channels))
    return tuple((name, tuple(words)) for name, words in named if words and name in dimensions)


def _row(
    measure: Measure,
    target: Target | None,
    series: Sequence[Value],
    names: Sequence[str],
    period: str,
    key: str = "",
    marks: Sequence[Mark] = (),
) -> Row:
    direction = measure.direction
    if target is not None:
        direction = Direction.HIGHER if target.better == "at_least" else Direction.LOWER
    chart = chart_of(
        measure.label if not key else f"{measure.label}, {key}", series, names, direction=direction, unit=measure.unit,
        decimals=measure.decimals, target=target.expected if target else None, marks=marks, periods=_periods(names),
    )  # fmt: skip
    value = next((v for v in series if v.period == period), None)
    # A level agreed over a month says nothing about a week.
    judged = target is not None and _periods([period]) == f"{target.window}s"
    standing = (
        standing_of(target, value.value if value else None, value.n if value else 0) if judged and target else None
    )
    return Row(measure, target, value, chart, standing, key)


def _periods(names: Sequence[str]) -> str:
    """What the periods are called: days, weeks, months, quarters."""
    first = names[0] if names else ""
    if "-W" in first:
        return "weeks"
    if "-Q" in first:
        return "quarters"
    return {1: "months", 2: "days"}.get(first.count("-"), "years")


def events(
    *, viewer: Viewer, partner: str, publication: str, grain: Grain, only: Mapping[str, tuple[str, ...]]
) -> list[Mark]:
    """Dated circumstances of both sides, named as the viewer's side sees them."""
    own = estate(viewer=viewer).name_of(partner)
    ours, theirs = ("client", "partner") if viewer.is_client else ("partner", "client")
    whose = {ours: "ours", theirs: own if viewer.is_client else "the client", "outside": "outside"}
    found = []
    for event in _events(str(store().home), partner, publication):
        if all(event[d] is None or event[d] in wanted for d, wanted in only.items() if d in event):
            label = grain.name_of(grain.start_of(event["day"]))
            found.append(Mark(label, event["title"], whose.get(event["owner"], event["owner"])))
    return found


@lru_cache(maxsize=200)
def _events(home: str, partner: str, publication: str) -> tuple[dict[str, Any], ...]:
    """The events of a publication, oldest first."""
    own = Store(Path(home))
    chunks = own.record(partner, publication).publication.parts("events").values()
    there = [chunk for chunk in chunks if own.chunk_path(partner, chunk).exists()]
    rows = [row for chunk in there for row in own.read_chunk(partner, chunk).to_pylist()]
    return tuple(sorted(rows, key=lambda row: (row["day"], row["event_id"])))


def split(
    *, viewer: Viewer, partner: str, grain: Grain, period: str, by: str, agreement: Agreement | None
) -> tuple[list[Measure], list[tuple[str, list[Row]]]]:
    """The agreed measures of a partner by line or site: a row per line, a cell per measure."""
    mine = current(viewer=viewer)
    publications = {partner: mine[partner]}
    currency = agreement.currency if agreement else estate(viewer=viewer).currency
    # Every column speaks of all rows; a target of some lines stands on the scorecard itself.
    wanted = [(m, t) for m, t in measures_of(agreement) if not m.denominator_sheet and not _scope(m, t)][:6]
    pairs = tuple((m, definition_of(t, currency)) for m, t in wanted)
    found = FIGURES.values(publications, Asked(pairs, by=(by,), grain=grain, period=Period.parse(period)))
    keys = sorted({v.of(by) for v in found if v.of(by)}, key=lambda k: str(k).casefold())
    by_cell = {(v.of(by), v.measure, v.definition): v for v in found}
    table = []
    for key in keys:
        cells = []
        for (measure, target), (_, definition) in zip(wanted, pairs, strict=True):
            cell = by_cell.get((key, measure.name, definition.told))
            own = [cell] if cell is not None else []
            aim = target if (target is not None and target.covers(str(key), None)) or by != "line" else None
            cells.append(_row(measure, aim, own, [period], period, str(key)))
        table.append((str(key), cells))
    return [m for m, _ in wanted], table


@dataclass(frozen=True)
class Series:
    """One measure of one slice with everything behind it."""

    row: Row
    values: tuple[Value, ...]
    names: tuple[str, ...]
    definition: Definition
    publication: str
    name: str
    agreement: Agreement | None


def series(
    *, viewer: Viewer, partner: str, measure: Measure, grain: Grain, period: str, only: Mapping[str, tuple[str, ...]]
) -> Series | None:
    """A measure over time; None when the viewer may not see the partner."""
    mine = current(viewer=viewer)
    if partner not in mine:
        return None
    publications = {partner: mine[partner]}
    names = available_labels(publications, grain)
    agreement = in_force(viewer=viewer, partner=partner, on=Period.parse(names[-1]).start) if names else None
    line = (only.get("line") or (None,))[0]
    target = agreement.target_for(measure.name, line) if agreement else None
    currency = agreement.currency if agreement else estate(viewer=viewer).currency
    definition = definition_of(target, currency)
    found = FIGURES.values(publications, Asked(((measure, definition),), by=(), grain=grain, only=dict(only)))
    period = period if period in names else (names[-1] if names else "")
    marks = events(viewer=viewer, partner=partner, publication=mine[partner], grain=grain, only=only)
    row = _row(measure, target, found, names, period, marks=marks)
    by_period = {v.period: v for v in found}
    values = tuple(by_period[n] for n in names if n in by_period)
    return Series(
        row, values, tuple(names), definition, mine[partner], estate(viewer=viewer).name_of(partner), agreement
    )


def by_dimension(
    *,
    viewer: Viewer,
    partner: str,
    measure: Measure,
    definition: Definition,
    grain: Grain,
    period: str,
    by: str,
    only: Mapping[str, tuple[str, ...]],
) -> list[Value]:
    """A measure of one period, split by a dimension."""
    mine = current(viewer=viewer)
    asked = Asked(((measure, definition),), by=(by,), grain=grain, period=Period.parse(period), only=dict(only))
    return FIGURES.values({partner: mine[partner]}, asked)


@dataclass(frozen=True)
class LabLine:
    """One abandon rule on one data set."""

    letter: str
    rule: Abandons
    title: str
    numerator: int | None
    denominator: int | None
    value: float | None
    meets: bool | None
    why: str


def lab_of_counts(
    answered: int, answered_within: int, abandoned: int, abandoned_within: int, short: int, target: float
) -> list[LabLine]:
    """The six service levels of counts typed in.

    >>> [round(100 * (line.value or 0), 1) for line in lab_of_counts(1000, 860, 60, 20, 10, 0.82)]
    [86.0, 81.1, 81.9, 82.1, 82.7, 83.0]
    """
    top = {Abandons.WITHIN_CREDITED: abandoned_within, Abandons.SHORT_CREDITED: short}
    less = {Abandons.SHORT_REMOVED: short, Abandons.WITHIN_IGNORED: abandoned_within, Abandons.NOT_COUNTED: abandoned}
    lines = []
    for rule in Abandons:
        above, below = answered_within + top.get(rule, 0), answered + abandoned - less.get(rule, 0)
        lines.append(
            _lab_line(rule, above, below, above / below if below else None, target, "" if below else "no contacts")
        )
    return lines


def _lab_line(
    rule: Abandons, above: int | None, below: int | None, value: float | None, target: float, why: str
) -> LabLine:
    meets = None if value is None else round(value, 10) >= target
    return LabLine(LETTERS[rule], rule, TITLES[rule], above, below, value, meets, why)


def lab_of_partner(
    *, viewer: Viewer, partner: str, period: str, threshold_s: int | None, target: float
) -> list[LabLine]:
    """The six service levels of a partner's month, through the same measures as everywhere."""
    mine = current(viewer=viewer)
    measure = MEASURES["service_level"]
    pairs = tuple((measure, Definition(abandons=rule, threshold_s=threshold_s)) for rule in Abandons)
    found = FIGURES.values(
        {partner: mine[partner]}, Asked(pairs, by=(), grain=Grain.MONTH, period=Period.parse(period))
    )
    by_definition = {v.definition: v for v in found}
    lines = []
    for rule, (_, definition) in zip(Abandons, pairs, strict=True):
        v = by_definition.get(definition.told)
        make = partial(
            _lab_line, rule, v.numerator if v else None, v.denominator if v else None, v.value if v else None, target
        )
        lines.append(make(str(v.why) if v and v.why else "" if v else "not delivered"))
    return lines
