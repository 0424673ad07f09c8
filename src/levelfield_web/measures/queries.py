"""Scorecards, series and labs, each cut down to what a viewer may see before anything is computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from levelfield.agreement.agreement import Agreement, Standing, Target, standing_of
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import LETTERS, TITLES, Abandons, Definition
from levelfield.measures.measure import Direction, Measure
from levelfield.measures.value import Value, Why
from levelfield.signals.chart import FITTING, Chart, Drawing, Look, Mark, Rebase, chart_of
from levelfield.signals.of_values import series_of
from levelfield.signals.outlook import Outlook, outlook
from levelfield.signals.telling import short_reading
from levelfield.signals.watch import PLAIN, Slice, definition_of, scope_of
from levelfield.words import Grain, Period
from levelfield.words import Series as Judged
from levelfield_io.store import Store
from levelfield_web.agreement.queries import in_force
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.figures import FIGURES
from levelfield_web.measures.models import RebasePoint
from levelfield_web.parts.formats import NO_BREAK, told
from levelfield_web.same_data.queries import current, estate
from levelfield_web.same_data.warehouse import store

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
        return "usual" if self.chart.look is Look.CANNOT_JUDGE else str(self.chart.look.value)

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
    scopes_of = [scope_of(measure, target) for measure, target in wanted]
    for scope, pair in zip(scopes_of, pairs, strict=True):
        scopes.setdefault(scope, []).append(pair)
    by_measure: dict[tuple[Slice, str, str], list[Value]] = {}
    for scope, own in scopes.items():
        for value in FIGURES.values(publications, Asked(tuple(own), (), grain, only={**(only or {}), **dict(scope)})):
            by_measure.setdefault((scope, value.measure, value.definition), []).append(value)
    for (measure, target), (_, definition), scope in zip(wanted, pairs, scopes_of, strict=True):
        series = by_measure.get((scope, measure.name, definition.told), [])
        named = ", ".join(word for _, words in scope for word in words)
        known = rebases(partner=partner, measure=measure, grain=grain, only={**(only or {}), **dict(scope)})
        row = _row(
            measure,
            target,
            series,
            shown_labels,
            period,
            named,
            known=known,
            country=agreement.calendar if agreement else "",
        )
        rows.append(replace(row, scope=urlencode([(name, word) for name, words in scope for word in words])))
    return Card(partner, estate(viewer=viewer).name_of(partner), mine[partner], agreement, tuple(rows), period)


def _row(
    measure: Measure,
    target: Target | None,
    series: Sequence[Value],
    names: Sequence[str],
    period: str,
    key: str = "",
    marks: Sequence[Mark] = (),
    *,
    known: Sequence[Rebase] = (),
    drawing: Drawing = Drawing.XMR,
    rule_set: str = "",
    look_ahead: bool = False,
    country: str = "",
) -> Row:
    direction = measure.direction
    if target is not None:
        direction = Direction.HIGHER if target.better == "at_least" else Direction.LOWER
    judged_series = series_of(measure, series, names, grain_of(names))
    chart = chart_of(
        measure.label if not key else f"{measure.label}, {key}", judged_series, series, names, direction=direction, unit=measure.unit,
        decimals=measure.decimals, target=target.expected if target else None, marks=marks, periods=_periods(names), rebases=known,
        drawing=drawing, rule_set=rule_set, outlook=_outlook(judged_series, target, names, known) if look_ahead else None, country=country,
    )  # fmt: skip
    value = next((v for v in series if v.period == period), None)
    # A level agreed over a month says nothing about a week.
    at_its_window = target is not None and _periods([period]) == f"{target.window}s"
    standing = (
        standing_of(target, value.value if value else None, value.n if value else 0)
        if at_its_window and target
        else None
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


AHEAD = {  # how many periods of a chart one window of a target holds
    Grain.DAY: {"day": 1, "week": 7, "month": 30, "quarter": 91, "rolling": 30, "interval": 1},
    Grain.WEEK: {"day": 1, "week": 1, "month": 4, "quarter": 13, "rolling": 4, "interval": 1},
    Grain.MONTH: {"day": 1, "week": 1, "month": 1, "quarter": 3, "rolling": 1, "interval": 1},
    Grain.QUARTER: {"day": 1, "week": 1, "month": 1, "quarter": 1, "rolling": 1, "interval": 1},
}


def ahead_of(target: Target, grain: Grain) -> int:
    """How many periods ahead the next window of a target reaches."""
    return AHEAD.get(grain, {}).get(target.window, 1)


def _outlook(series: Judged, target: Target | None, names: Sequence[str], known: Sequence[Rebase]) -> Outlook | None:
    """What the next window of the target will bring; None where nothing was agreed or nothing can be said."""
    if target is None or target.expected is None or not names:
        return None
    starts = [list(names).index(r.label) for r in known if r.label in names]
    own = series.since(max(starts)) if starts else series
    least = float(target.least) if target.least is not None else None
    return outlook(
        own, periods=ahead_of(target, grain_of(names)), expected=float(target.expected), minimum=least, at_least=target.better == "at_least"
    )  # fmt: skip


def grain_of(names: Sequence[str]) -> Grain:
    """The grain of named periods."""
    found = {"days": Grain.DAY, "weeks": Grain.WEEK, "months": Grain.MONTH, "quarters": Grain.QUARTER}
    return found.get(_periods(names), Grain.YEAR)


def rebases(*, partner: str, measure: Measure, grain: Grain, only: Mapping[str, tuple[str, ...]]) -> list[Rebase]:
    """Where the lines of a series start anew, by the periods of a grain; every caller has looked whose series it is."""
    found = RebasePoint.objects.filter(
        partner=partner, measure=measure.name, scope=scope_query(only), withdrawn_at=None
    )
    return [Rebase(grain.name_of(grain.start_of(point.on)), point.reason) for point in found.order_by("on")]


def scope_query(only: Mapping[str, tuple[str, ...]]) -> str:
    """A slice as its rebase points keep it: the same however it was written."""
    return urlencode([(name, word) for name, words in sorted(only.items()) for word in words])


def only_of(scope: str) -> dict[str, tuple[str, ...]]:
    """The slice that `scope_query` wrote."""
    only: dict[str, tuple[str, ...]] = {}
    for name, word in parse_qsl(scope):
        only[name] = (*only.get(name, ()), word)
    return only


def line_scope(line: str) -> str:
    """The slice of one line; of every line where none is named."""
    return scope_query({"line": (line,)} if line else {})


def line_of(scope: str) -> str:
    """The line of a slice; empty where it is of every line."""
    return dict(parse_qsl(scope)).get("line", "")


def label_of(measure: Measure, scope: str) -> str:
    """The measure, and what it is of."""
    named = ", ".join(word for _name, word in parse_qsl(scope))
    return f"{measure.label}, {named}" if named else measure.label


def rebase_points(
    *, viewer: Viewer, partner: str, measure: Measure, only: Mapping[str, tuple[str, ...]]
) -> list[RebasePoint]:
    """The points of one series that were not withdrawn, newest first."""
    if not viewer.sees(partner):
        return []
    found = RebasePoint.objects.filter(
        partner=partner, measure=measure.name, scope=scope_query(only), withdrawn_at=None
    )
    return list(found.order_by("-on"))


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
    wanted = [(m, t) for m, t in measures_of(agreement) if not m.denominator_sheet and not scope_of(m, t)][:6]
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
class Shown:
    """One measure of one slice with everything behind it."""

    row: Row
    values: tuple[Value, ...]
    names: tuple[str, ...]
    definition: Definition
    publication: str
    name: str
    agreement: Agreement | None
    drawings: tuple[Drawing, ...] = ()


def series(
    *,
    viewer: Viewer,
    partner: str,
    measure: Measure,
    grain: Grain,
    period: str,
    only: Mapping[str, tuple[str, ...]],
    drawing: Drawing = Drawing.XMR,
    rule_set: str = "",
) -> Shown | None:
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
    known = rebases(partner=partner, measure=measure, grain=grain, only=only)
    row = _row(
        measure, target, found, names, period, marks=marks, known=known, drawing=drawing, rule_set=rule_set, look_ahead=True,
        country=agreement.calendar if agreement else "",
    )  # fmt: skip
    by_period = {v.period: v for v in found}
    values = tuple(by_period[n] for n in names if n in by_period)
    return Shown(
        row, values, tuple(names), definition, mine[partner], estate(viewer=viewer).name_of(partner), agreement,
        FITTING[series_of(measure, found, names, grain).family],
    )  # fmt: skip


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
