"""What a publication says of the client's duties: the measured half of the own house, for pages and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from levelfield.agreement.terms import Agreement
from levelfield.measures.catalogue import MEASURES
from levelfield.measures.compute import Asked
from levelfield.measures.definition import Definition
from levelfield.measures.value import Value
from levelfield.own_house import Found
from levelfield.own_house.checks.changes import SPIKE_DAYS, Announced, Change, Spike, after_changes, notice
from levelfield.own_house.checks.feeds import feeds
from levelfield.own_house.checks.forecast import beyond_forecast, error_by_chance, forecast, lock
from levelfield.own_house.checks.quality import calibration
from levelfield.own_house.checks.systems import Outage, incidents, system_time
from levelfield.own_house.looked_at import SINGLE_CONTACTS
from levelfield.words import Grain, Period
from levelfield_io.forecast_versions import forecast_versions
from levelfield_io.queues_at_hand import Intervals, intervals_of
from levelfield_io.store import Store

Ask = Callable[[Asked], Sequence[Value]]

CHANGES = ("release", "policy", "campaign")  # events of the client that are changes people must be prepared for
MONTHS_OF_LOCKS = 6
CALIBRATED_WEEKS = 13  # calibrations are few; a shorter look would say nothing
LOOKED_BACK = dt.timedelta(weeks=26)


@dataclass(frozen=True)
class Terms:
    """What the agreement says of the client's duties; the plain terms where none is in force."""

    lock_days: int = 10
    variance: float | None = None  # of volume above the locked forecast, a share
    notice_days: int | None = None
    month_starts_on: int = 1

    @classmethod
    def of(cls, agreement: Agreement | None) -> Terms:
        """The terms of an agreement."""
        if agreement is None:
            return cls()
        relief, changes = agreement.forecast.relief, agreement.changes
        return cls(
            agreement.lock_days, float(relief.above) if relief is not None else None, changes.notice_days if changes is not None else None,
            agreement.month_starts_on,
        )  # fmt: skip


@dataclass(frozen=True)
class Event:
    """A dated circumstance of a publication."""

    id: str
    title: str
    what: str
    owner: str
    on: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    site: str | None
    line: str | None


def events_of(store: Store, partner: str, publication: str) -> tuple[Event, ...]:
    """The events of a publication, oldest first."""
    chunks = store.record(partner, publication).publication.parts("events").values()
    there = [chunk for chunk in chunks if store.chunk_path(partner, chunk).exists()]
    rows = [row for chunk in there for row in store.read_chunk(partner, chunk).to_pylist()]
    return tuple(
        Event(
            r["event_id"], r["title"], r["what"], r["owner"], r["day"], _utc(r["starts_at"]), _utc(r["ends_at"]) if r["ends_at"] else None, r["site"],
            r["line"],
        )
        for r in sorted(rows, key=lambda row: (row["day"], row["event_id"]))
    )  # fmt: skip


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


@lru_cache(maxsize=8)  # of some 45 MB, a year of a partner with a hundred queues
def _kept(home: Any, partner: str, publication: str, period: Period, lock_days: int) -> Intervals | None:
    return intervals_of(Store(home), partner, publication, period, lock_days)


def kept_intervals(store: Store, partner: str, publication: str, period: Period, lock_days: int) -> Intervals | None:
    """The intervals of a span, read once: a publication never changes."""
    return _kept(store.home, partner, publication, period, lock_days)


def found_in_data(
    store: Store, partner: str, publication: str, ask: Ask, *, span: Period, terms: Terms, last_day: dt.date,
    announced: Sequence[Announced] = (),
) -> dict[str, Found | None]:  # fmt: skip
    """Every duty that the publication can measure, over a span of days.

    `ask` answers questions on measures from the same publication; `last_day` is the last day it holds.
    """
    own = kept_intervals(store, partner, publication, span, terms.lock_days)
    before = Period(span.start - (span.end - span.start), span.start)
    events = events_of(store, partner, publication)
    recent = [
        e for e in events if e.owner == "client" and span.start - dt.timedelta(days=SPIKE_DAYS) <= e.on < span.end
    ]
    changes = [Change(e.title, e.on) for e in recent if e.what in CHANGES]
    found: dict[str, Found | None] = {
        "forecast": _forecast(own, ask, span, terms.variance),
        "lock": lock(_locks(store, partner, publication, terms.month_starts_on, last_day), terms.lock_days),
        "beyond_forecast": None if own is None else beyond_forecast(own.forecast, own.counts["offered"], own.late, terms.variance),
        "incidents": None if own is None else _incidents(own, [e for e in events if e.owner == "client" and e.what == "outage"], span),
        "system_time": _system_time(ask, before, span),
        "notice": notice(changes, announced, terms.notice_days),
        "after_changes": _after_changes(ask, changes, last_day),
        "calibration": _calibration(ask, Period(span.end - dt.timedelta(weeks=CALIBRATED_WEEKS), span.end)),
        "feeds": feeds(_feeds(store, partner, publication, last_day), last_day),
    }  # fmt: skip
    return found


def _one(ask: Ask, name: str, period: Period) -> Value | None:
    values = ask(Asked(((MEASURES[name], Definition()),), by=(), grain=Grain.ALL, period=period))
    return values[0] if values else None


def _forecast(own: Intervals | None, ask: Ask, span: Period, variance: float | None) -> Found | None:
    if own is None:
        return None
    days, back = np.unique(own.day, return_inverse=True)
    known = np.isfinite(own.forecast)
    plan = np.asarray(np.bincount(back, np.where(known, own.forecast, 0.0), minlength=len(days)), dtype=np.float64)
    real = np.asarray(
        np.bincount(back, np.where(known, own.counts["offered"], 0.0), minlength=len(days)), dtype=np.float64
    )
    plan[np.bincount(back, known, minlength=len(days)) == 0] = np.nan
    fine = _one(ask, "forecast_wape_interval", span)
    return forecast(plan, real, variance, fine.value if fine is not None else None, error_by_chance(own.forecast))


def _locks(
    store: Store, partner: str, publication: str, starts_on: int, last_day: dt.date
) -> list[tuple[dt.date, dt.datetime | None]]:
    """For the last months with a forecast: the first moment at which one was made."""
    first: dict[dt.date, dt.datetime] = {}
    for version in forecast_versions(store, partner, publication, starts_on):
        month = dt.date.fromisoformat(f"{version.month}-{starts_on:02d}")
        first[month] = min(first.get(month, version.made_at), version.made_at)
    begun = sorted(m for m in first if m <= last_day)[1:]  # of the first month the versions may have been left out
    return [(m, first[m]) for m in begun[-MONTHS_OF_LOCKS:]]


def _incidents(own: Intervals, outages: Sequence[Event], span: Period) -> Found:
    """Outages of the span, with what came and was late in them."""
    start = own.start_at.astype("datetime64[s]").astype(np.int64)
    hit_any = np.zeros(len(own), dtype=bool)
    listed = []
    for event in outages:
        if not span.start <= event.on < span.end:
            continue
        first = int(event.starts_at.timestamp())
        last = int(event.ends_at.timestamp()) if event.ends_at is not None else first + 3600
        hit = (start + own.length_s > first) & (start < last)
        if event.site is not None:
            hit &= own.site == event.site
        if event.line is not None:
            hit &= own.line == event.line
        minutes = len(np.unique(start[hit])) * int(own.length_s[0]) // 60
        listed.append(
            Outage(event.title, event.on, minutes, int(own.counts["offered"][hit].sum()), int(own.late[hit].sum()))
        )
        hit_any |= hit
    return incidents(listed, int(own.counts["offered"][~hit_any].sum()), int(own.late[~hit_any].sum()))


def _system_time(ask: Ask, before: Period, span: Period) -> Found | None:
    now, earlier = _one(ask, "shrinkage_system", span), _one(ask, "shrinkage_system", before)
    if now is None:
        return None
    return system_time(earlier.value if earlier is not None else None, now.value, now.rows)


def _after_changes(ask: Ask, changes: Sequence[Change], last_day: dt.date) -> Found | None:
    """Contacts by reason in the two weeks before and after each change."""
    spikes = []
    for change in changes:
        week = dt.timedelta(days=SPIKE_DAYS)
        if change.on + dt.timedelta(days=3) > last_day:
            continue
        pair = [
            {str(v.of("reason") or ""): int(v.numerator or 0) for v in ask(
                Asked(((SINGLE_CONTACTS, Definition()),), by=("reason",), grain=Grain.ALL, period=Period(start, end))
            )}
            for start, end in ((change.on - week, change.on), (change.on, change.on + week))
        ]  # fmt: skip
        old, new = pair
        spikes += [
            Spike(change, reason, old.get(reason, 0), new.get(reason, 0), sum(old.values()), sum(new.values()))
            for reason in sorted(set(old) | set(new))
            if reason
        ]
    # Parts of contacts by reason wander more than counting alone would have it: of weeks without a change, about twice.
    return after_changes(spikes, len(changes), dispersion=2.0)


def _calibration(ask: Ask, period: Period) -> Found | None:
    gap, spread = _one(ask, "calibration_gap", period), _one(ask, "calibration_spread", period)
    if gap is None:
        return None
    return calibration(gap.value, spread.value if spread is not None else None, gap.n)


def _feeds(store: Store, partner: str, publication: str, last_day: dt.date) -> list[tuple[str, dt.date | None, int]]:
    """The forecast is the client's to give, whoever delivered the file: it must reach beyond the last day of facts."""
    parts = store.record(partner, publication).publication.parts("forecasts")
    if not parts:
        return []
    last = max(parts)
    whole = dt.date.fromisoformat(last if len(last) == 10 else f"{last}-01")
    if len(last) != 10:
        whole = (whole.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return [("the forecast", whole, 0)]
