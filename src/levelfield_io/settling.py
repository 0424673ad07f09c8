"""What a statement of account is made from, out of a publication: counts by month, day and interval, the locked
forecast, invoices, volume. The settlement itself is pure and sees nothing else."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow.parquet as pq

from levelfield.agreement.calendar import contract_month, month_before, name_of
from levelfield.agreement.terms import Agreement, Target
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked, aggregated, finished
from levelfield.measures.definition import Definition
from levelfield.measures.measure import Form
from levelfield.measures.sheets import SHEETS
from levelfield.measures.sheets.forecast_error import locked, locked_at
from levelfield.measures.sheets.volume import VOLUME, from_intervals
from levelfield.measures.value import Value, Why
from levelfield.same_data.canonical import schema_of
from levelfield.same_data.publication import Chunk, Publication
from levelfield.same_data.shapes import SHAPES
from levelfield.settlement.inputs import Excuse, Measured, Month, Unit, Volume
from levelfield.settlement.ledger import Dispute, Outcome
from levelfield.settlement.statement import version_for
from levelfield.words import Grain, Period, Refusal, RefusalKind
from levelfield_io.engine import Engine
from levelfield_io.recompute import values_of
from levelfield_io.store import Store

MOST_MONTHS = 60
HAPPENED = (
    ("contacts", "intervals"),
    ("tickets", "surveys", "evaluations"),
)  # the first that are there say how far facts reach


@dataclass(frozen=True)
class Moves:
    """What people of both sides did that a settlement needs. Without a lock the latest forecast made in time binds."""

    locks: Mapping[str, dt.datetime] = field(default_factory=dict)  # month: the forecasts made until then are locked
    excuses: tuple[Excuse, ...] = ()
    disputes: tuple[Dispute, ...] = ()


def months_to_settle(
    store: Store, agreements: Sequence[Agreement], publication: str, moves: Moves, engine: Engine | None = None
) -> list[Month]:
    """Every contract month since the first version for which the publication has facts."""
    partner = agreements[0].partner
    record = store.record(partner, publication)
    own = engine or Engine()
    try:
        return list(_months(store, agreements, record.publication, moves, own))
    finally:
        if engine is None:
            own.close()


def last_day(store: Store, publication: Publication) -> dt.date | None:
    """The last day of which a publication tells what happened. Plans and invoices reach further and do not count."""
    for shapes in HAPPENED:
        ends = [_end_of(store, publication, chunks[max(chunks)]) for s in shapes if (chunks := publication.parts(s))]
        if ends:
            return max(ends)
    return None


def _end_of(store: Store, publication: Publication, chunk: Chunk) -> dt.date:
    """The last day in a chunk: its name says it, or the rows of its month, of which one may stand for many days."""
    path = store.chunk_path(publication.partner, chunk)
    if len(chunk.part) == 10:
        return dt.date.fromisoformat(chunk.part)
    if not path.exists():  # removed on purpose, so nothing more will be said about its month
        return Period.parse(chunk.part).end - dt.timedelta(days=1)
    names = [n for n in ("day", "length_s") if n in SHAPES[chunk.shape].names]
    rows = pq.read_table(path, columns=names).to_pydict()
    lengths = rows.get("length_s") or [0] * len(rows["day"])
    ends: list[dt.date] = [
        day + dt.timedelta(days=max(0, (s or 0) // 86_400 - 1)) for day, s in zip(rows["day"], lengths, strict=True)
    ]
    return max(ends)


def _months(
    store: Store, agreements: Sequence[Agreement], publication: Publication, moves: Moves, engine: Engine
) -> Iterator[Month]:
    parts = [part for shape in SHAPES for part in publication.parts(shape)]
    last = last_day(store, publication)
    if last is None:
        return
    first = min(a.valid_from for a in agreements)
    first = max(first, dt.date.fromisoformat(f"{min(parts)[:7]}-01"))
    facts = _Facts(store, publication, engine)
    starts = agreements[-1].month_starts_on
    period = contract_month(first, starts)
    if period.start < first:  # a month that began before the agreement is not its own
        period = month_before(period, -1)
    periods: list[Period] = []
    while period.start <= last and len(periods) < MOST_MONTHS:
        periods.append(period)
        period = month_before(period, -1)
    by_version: dict[str, tuple[Agreement, list[Period]]] = {}
    for p in periods:
        version = version_for(agreements, p)
        if version is not None:
            by_version.setdefault(version.content, (version, []))[1].append(p)
    for version, own in by_version.values():
        yield from _of_version(facts, version, own, moves, last)


def _of_version(
    facts: _Facts, agreement: Agreement, periods: list[Period], moves: Moves, last: dt.date
) -> Iterator[Month]:
    whole = Period(periods[0].start, periods[-1].end)
    relief = agreement.forecast.relief
    fine = (
        {p: facts.forecast(agreement, p, moves.locks) for p in periods}
        if relief or agreement.forecast.shortfall
        else {}
    )
    measured: dict[str, dict[str, Measured]] = defaultdict(dict)
    touched = frozenset(p for p in periods if any(_touches(e, p, agreement) for e in moves.excuses))
    for target in agreement.targets:
        always = target.window == "interval" or (relief is not None and relief.per == "interval")
        by_interval = frozenset(periods) if always else touched
        for month, found in facts.measured(agreement, target, periods, whole, by_interval, fine).items():
            measured[month][target.key] = found
    invoices = facts.invoices(agreement, periods)
    for p in periods:
        name = name_of(p)
        resources = {r.key: facts.volume_of(r.measure, r.lines, p) for r in agreement.resource}
        fees, credited = invoices.get(name, (None, None))
        volume = _volume(facts, agreement, p, fine.get(p, ())) if agreement.forecast.shortfall else ()
        yield Month(
            p, facts.publication.id, measured[name], fees, credited, resources, volume, last >= p.end - dt.timedelta(days=1)
        )  # fmt: skip


def _touches(excuse: Excuse, p: Period, agreement: Agreement) -> bool:
    """Does an event fall into a month, so that its intervals are needed to cut it out?"""
    zone = ZoneInfo(agreement.zone)
    return excuse.start.astimezone(zone).date() < p.end and excuse.end.astimezone(zone).date() >= p.start


@dataclass(frozen=True)
class _Planned:
    """One interval or day of the locked forecast."""

    day: dt.date
    at: dt.datetime | None
    line: str | None
    channel: str | None
    volume: Decimal


class _Facts:
    """Counts of one publication, asked once per target."""

    def __init__(self, store: Store, publication: Publication, engine: Engine) -> None:
        self.store, self.publication, self.engine = store, publication, engine
        self._of = {publication.partner: publication.id}

    def _asked(
        self, measure: str, definition: Definition, grain: Grain, period: Period, only: Mapping[str, tuple[str, ...]]
    ) -> list[Value]:
        asked = Asked(((MEASURES[measure], definition),), (), grain, period, only)
        return values_of(self.store, self._of, asked, self.engine)

    def measured(
        self, agreement: Agreement, target: Target, periods: list[Period], whole: Period, by_interval: Set[Period], planned: Mapping[Period, Sequence[_Planned]]
    ) -> dict[str, Measured]:  # fmt: skip
        """A target's counts by the name of the month."""
        measure = MEASURES[target.measure]
        sheet = SHEETS[measure.sheet]
        definition = Definition.from_data({"currency": agreement.currency, **target.definition}, target.key)
        only = {d: v for d, v in (("line", target.lines), ("channel", target.channels)) if v and d in sheet.dimensions}
        days: dict[dt.date, Value] = {}
        offered: dict[dt.date, int | None] = {}
        ratio = measure.form is Form.RATIO and not measure.denominator_sheet
        if ratio:
            days = {v.start: v for v in self._asked(target.measure, definition, Grain.DAY, whole, only)}
            if planned:
                volume = {d: v for d, v in only.items() if d in VOLUME.dimensions}
                offered = {v.start: v.numerator for v in self._asked("offered", definition, Grain.DAY, whole, volume)}
        totals = self._totals(target, definition, periods, whole, only)
        made: dict[str, Measured] = {}
        for p in periods:
            total = totals.get(p)
            if total is None or total.why in (Why.NOT_DELIVERED, Why.TOO_COARSE):
                made[name_of(p)] = Measured(
                    target.key,
                    why="not delivered" if total is None or total.why is Why.NOT_DELIVERED else str(total.why),
                )
                continue
            units: tuple[Unit, ...] = ()
            if ratio:
                plan = _Plan(planned.get(p, ()), target)
                units = tuple(
                    Unit(
                        day,
                        None,
                        v.numerator,
                        v.denominator,
                        v.n,
                        offered.get(day),
                        plan.of_day.get(day),
                    )
                    for day, v in sorted(days.items())
                    if day in p and v.denominator is not None and v.why not in (Why.NOT_DELIVERED, Why.TOO_COARSE)
                )
                if p in by_interval and sheet.name == "volume":
                    relief = agreement.forecast.relief
                    spread = relief is None or relief.per != "interval"
                    units = self.intervals(target, definition, p, plan, spread) or units
            value = None if ratio or measure.form is Form.SUM or total.value is None else Decimal(repr(total.value))
            why = str(total.why) if total.why in (Why.NOTHING,) else ""
            made[name_of(p)] = Measured(target.key, total.numerator, total.denominator, total.n, value, why, units)
        return made

    def _totals(
        self, target: Target, definition: Definition, periods: list[Period], whole: Period, only: Mapping[str, tuple[str, ...]],
    ) -> dict[Period, Value]:  # fmt: skip
        """The value of each month as a whole. Calendar months are asked together."""
        if all(p.start.day == 1 for p in periods):
            by_start = {v.start: v for v in self._asked(target.measure, definition, Grain.MONTH, whole, only)}
            return {p: by_start[p.start] for p in periods if p.start in by_start}
        found = {p: self._asked(target.measure, definition, Grain.ALL, p, only) for p in periods}
        return {p: values[0] for p, values in found.items() if values}

    def intervals(
        self, target: Target, definition: Definition, p: Period, plan: _Plan, spread: bool
    ) -> tuple[Unit, ...]:
        """The counts of single intervals; empty where no intervals were delivered.

        With `spread` a forecast that is known by day only is told to its intervals as contacts came, so that the day
        keeps it whole.
        """
        table = self._see("intervals", p)
        if table is None:
            return ()
        if target.lines:
            table = table.filter(table.line.isin(target.lines))
        if target.channels:
            table = table.filter(table.channel.isin(target.channels))
        table = table.filter(
            (table.day >= ibis.literal(p.start)) & (table.day < ibis.literal(p.end)) & table.start_at.notnull()
        )
        rows = from_intervals(table, ("start_at", "length_s")).mutate(n_rows=ibis.literal(1, type="int64"))
        asked = Asked(
            ((MEASURES[target.measure], definition), (MEASURES["offered"], definition)),
            ("start_at", "length_s"),
            Grain.DAY,
        )
        values = finished(asked, {"volume": self.engine.rows(aggregated(VOLUME, rows, asked))})
        offered = {v.slice: v.numerator for v in values if v.measure == "offered"}
        made: list[Unit] = []
        for v in values:
            if v.measure == target.measure and v.denominator is not None and v.why is not Why.NOT_DELIVERED:
                of: dict[str, Any] = dict(v.slice)
                at = of["start_at"].replace(tzinfo=dt.UTC)
                length = int(of["length_s"] or 0)
                came = offered.get(v.slice)
                forecast = plan.of_interval.get((v.start, at))
                made.append(Unit(v.start, at, v.numerator, v.denominator, v.n, came, forecast, length))
        made.sort(key=lambda u: (u.day, str(u.at)))
        return tuple(_spread(made, plan) if spread else made)

    def forecast(self, agreement: Agreement, p: Period, locks: Mapping[str, dt.datetime]) -> tuple[_Planned, ...]:
        """The locked forecast of a month: what was there when it was locked, else the latest that was made in time."""
        table = self._see("forecasts", p)
        if table is None:
            return ()
        table = table.filter((table.day >= ibis.literal(p.start)) & (table.day < ibis.literal(p.end)))
        lock = locks.get(name_of(p))
        if lock is not None:
            chosen = locked_at(table, lock)
        else:
            chosen = locked(table, agreement.forecast.lock_days)
        rows: list[dict[str, Any]] = self.engine.rows(
            chosen.group_by([chosen.day, chosen.start_at, chosen.line, chosen.channel]).aggregate(
                volume=chosen.volume_milli.sum().cast("int64")
            )
        )
        made: list[_Planned] = []
        for r in rows:
            at = None if r["start_at"] is None else r["start_at"].replace(tzinfo=dt.UTC)
            made.append(_Planned(r["day"], at, r["line"], r["channel"], Decimal(r["volume"]) / 1000))
        return tuple(sorted(made, key=lambda x: (x.day, str(x.at), x.line or "", x.channel or "")))

    def invoices(self, agreement: Agreement, periods: list[Period]) -> dict[str, tuple[Decimal | None, Decimal | None]]:
        """Fees and what was given back, by the name of the month; in the agreement's currency alone."""
        made: dict[str, tuple[Decimal | None, Decimal | None]] = {}
        digits = Decimal(100)
        for p in periods:
            table = self._see("invoices", p)
            if table is None:
                continue
            own = table.filter(
                (table.day >= ibis.literal(p.start))
                & (table.day < ibis.literal(p.end))
                & (table.currency == agreement.currency)
            )
            rows = self.engine.rows(own.group_by(own["item"]).aggregate(amount=own.amount_minor.sum().cast("int64")))
            if not rows:
                continue
            given, back = agreement.fees.items, agreement.fees.credit_items
            fees = sum(
                (Decimal(str(r["amount"])) for r in rows if (r["item"] in given if given else r["item"] not in back)),
                Decimal(0),
            )
            credited = -sum((Decimal(str(r["amount"])) for r in rows if r["item"] in back), Decimal(0))
            made[name_of(p)] = (fees / digits, credited / digits)
        return made

    def volume_of(self, measure: str, lines: tuple[str, ...], p: Period) -> Decimal | None:
        """A measure's count in a month."""
        found = self._asked(measure, Definition(), Grain.ALL, p, {"line": lines} if lines else {})
        return (
            None
            if not found or found[0].numerator is None or found[0].why is Why.NOT_DELIVERED
            else Decimal(found[0].numerator)
        )

    def offered(self, p: Period) -> dict[dt.date, int | None]:
        """Contacts offered by day."""
        return {v.start: v.numerator for v in self._asked("offered", Definition(), Grain.DAY, p, {})}

    def _see(self, shape: str, p: Period) -> ir.Table | None:
        """The facts of a shape around a period; None where none were delivered. Removed facts are refused in words."""
        months = {f"{p.start:%Y-%m}", f"{p.end - dt.timedelta(days=1):%Y-%m}"}
        chunks = [c for part, c in self.publication.parts(shape).items() if part[:7] in months]
        for c in chunks:
            if not self.store.chunk_path(self.publication.partner, c).exists():
                self.store.read_chunk(self.publication.partner, c)
        if not chunks:
            return None
        paths = [self.store.chunk_path(self.publication.partner, c) for c in chunks]
        return self.engine.see_files(f"settle_{shape}", paths, schema_of(SHAPES[shape]))


def _spread(units: list[Unit], plan: _Plan) -> Iterator[Unit]:
    """Intervals with their part of a forecast that is known by day only; the last one takes what rounding left."""
    for day, group in itertools.groupby(units, key=lambda u: u.day):
        own = list(group)
        left = plan.of_day.get(day)
        came = sum(u.offered or 0 for u in own)
        if left is None or not came or day in plan.days_by_interval:
            yield from own
            continue
        whole = left
        for u in own[:-1]:
            part = whole * (u.offered or 0) / came
            left -= part
            yield replace(u, forecast=part)
        yield replace(own[-1], forecast=left)


class _Plan:
    """The forecast of a target's lines in one month, by day and by interval."""

    def __init__(self, planned: Sequence[_Planned], target: Target) -> None:
        self.of_day: dict[dt.date, Decimal] = {}
        self.of_interval: dict[tuple[dt.date, dt.datetime], Decimal] = {}
        self.days_by_interval: set[dt.date] = set()
        for x in planned:
            if not target.covers(x.line, x.channel or next(iter(target.channels), None)):
                continue
            self.of_day[x.day] = self.of_day.get(x.day, Decimal(0)) + x.volume
            if x.at is not None:
                self.of_interval[x.day, x.at] = self.of_interval.get((x.day, x.at), Decimal(0)) + x.volume
                self.days_by_interval.add(x.day)


def _volume(facts: _Facts, agreement: Agreement, p: Period, planned: Sequence[_Planned]) -> tuple[Volume, ...]:
    forecast: dict[dt.date, Decimal] = {}
    for x in planned:
        forecast[x.day] = forecast.get(x.day, Decimal(0)) + x.volume
    offered = facts.offered(p)
    return tuple(Volume(day, offered.get(day), forecast.get(day)) for day in sorted({*forecast, *offered}))


def read_moves(path: Path) -> Moves:
    """Moves as both sides export them: `{"levelfield": "moves 1", "locks": …, "excuses": …, "disputes": …}`."""
    try:
        return moves_from_data(json.loads(path.read_text(encoding="utf-8")))
    except OSError as wrong:
        raise Refusal(
            "The file cannot be read",
            where=str(path),
            expected="moves.json as the page of a statement gives it",
            kind=RefusalKind.FILE,
        ) from wrong
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise Refusal(
            f"The file is not the moves of a settlement: {wrong}",
            where=path.name,
            expected="moves.json as the page of a statement gives it",
            kind=RefusalKind.FILE,
        ) from None


def moves_from_data(data: Mapping[str, Any]) -> Moves:
    """The same from plain data."""
    if data.get("levelfield") != "moves 1":
        raise ValueError("it does not begin with “moves 1”")
    return Moves(
        {month: _moment(at) for month, at in data.get("locks", {}).items()},
        tuple(
            Excuse(
                e["key"], _moment(e["start"]), _moment(e["end"]), e["kind"], e["reason"],
                dt.date.fromisoformat(e["claimed_on"]), tuple(e.get("lines", ())), _answer(e.get("accepted")),
            )
            for e in data.get("excuses", ())
        ),
        tuple(
            Dispute(d["month"], d["line"], d["raised_by"], dt.date.fromisoformat(d["raised_on"]), Outcome(d.get("outcome", "pending")))
            for d in data.get("disputes", ())
        ),
    )  # fmt: skip


def _moment(text: str) -> dt.datetime:
    """A moment with its zone; without one it would be another moment on another machine."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"“{text}” has no zone, such as +00:00")
    return moment


def _answer(value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"“accepted” is “{value}”; it is true, false or null")
    return value


def moves_to_data(moves: Moves) -> dict[str, Any]:
    """Moves as plain data, in one order."""
    return {
        "levelfield": "moves 1",
        "locks": {month: at.isoformat() for month, at in sorted(moves.locks.items())},
        "excuses": [
            {
                "key": e.key, "start": e.start.isoformat(), "end": e.end.isoformat(), "kind": e.kind, "reason": e.reason,
                "claimed_on": e.claimed_on.isoformat(), "lines": list(e.lines), "accepted": e.accepted,
            }
            for e in sorted(moves.excuses, key=lambda e: (e.start, e.key))
        ],
        "disputes": [
            {"month": d.month, "line": d.line, "raised_by": d.raised_by, "raised_on": d.raised_on.isoformat(), "outcome": str(d.outcome)}
            for d in sorted(moves.disputes, key=lambda d: (d.month, d.line))
        ],
    }  # fmt: skip
