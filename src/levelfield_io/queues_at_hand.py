"""Intervals of a publication beside their locked forecast and the time people were planned, absent and away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from levelfield.measures.sheets.forecast_error import locked
from levelfield.same_data.canonical import schema_of
from levelfield.same_data.shapes import SHAPES
from levelfield.words import Period
from levelfield_io.engine import Engine
from levelfield_io.store import Store

Floats = npt.NDArray[np.float64]

LONGEST_S = 3_600  # longer intervals cannot be read as a queue in a steady state
COUNTS = (
    "offered", "answered", "answered_within", "abandoned", "abandoned_within", "short_abandoned", "wait_answered_ms", "wait_abandoned_ms", "talk_ms",
    "hold_ms", "wrap_ms", "staffed_ms",
)  # fmt: skip
SHIFTS = ("scheduled_ms", "adhered_ms", "absence_ms", "system_ms")


@dataclass(frozen=True)
class Intervals:
    """One row per queue and interval, oldest first within its queue; missing is nan."""

    day: npt.NDArray[np.datetime64]
    start_at: npt.NDArray[np.datetime64]
    length_s: npt.NDArray[np.int64]
    site: npt.NDArray[np.object_]
    line: npt.NDArray[np.object_]
    channel: npt.NDArray[np.object_]
    counts: Mapping[str, Floats]
    threshold_s: Floats
    forecast: Floats  # locked, contacts; shared out over sites by what they are usually offered where it names none
    shifts: Mapping[str, Floats]  # of the whole day and queue, in milliseconds

    def __len__(self) -> int:
        return len(self.day)

    def where(self, keep: npt.NDArray[np.bool_]) -> Intervals:
        """Some of the rows."""
        return Intervals(
            self.day[keep], self.start_at[keep], self.length_s[keep], self.site[keep], self.line[keep], self.channel[keep],
            {n: own[keep] for n, own in self.counts.items()}, self.threshold_s[keep], self.forecast[keep],
            {n: own[keep] for n, own in self.shifts.items()},
        )  # fmt: skip

    @property
    def late(self) -> Floats:
        """Contacts not answered within the threshold the facts were counted at, abandons within it left out."""
        own: Floats = (
            self.counts["offered"] - self.counts["answered_within"] - np.nan_to_num(self.counts["abandoned_within"])
        )
        return np.maximum(own, 0.0)


def intervals_of(store: Store, partner: str, publication: str, period: Period, lock_days: int = 10) -> Intervals | None:
    """The intervals of a span of days; None where none of at most an hour were delivered."""
    record = store.record(partner, publication).publication
    paths = {}
    for shape in ("intervals", "forecasts", "schedules"):
        found = [store.chunk_path(partner, c) for part, c in record.parts(shape).items() if _touches(part, period)]
        paths[shape] = [p for p in found if p.exists()]
    if not paths["intervals"]:
        return None
    engine = Engine()
    try:
        tables = {s: engine.see_files(s, own, schema_of(SHAPES[s])) for s, own in paths.items()}
        rows = engine.run(_joined(tables, period, lock_days))
    finally:
        engine.close()
    return _intervals(rows) if rows.num_rows else None


def _touches(part: str, period: Period) -> bool:
    """Does a chunk named by its day or month lie in a span?"""
    first, last = period.start.isoformat(), (period.end - dt.timedelta(days=1)).isoformat()
    return first[: len(part)] <= part <= last[: len(part)]


def _joined(tables: Mapping[str, ir.Table], period: Period, lock_days: int) -> ir.Table:
    def within(t: ir.Table) -> ir.Table:
        return t.filter((t.day >= ibis.literal(period.start)) & (t.day < ibis.literal(period.end)))

    facts = within(tables["intervals"]).filter(
        lambda t: (t.length_s <= LONGEST_S) & t.start_at.notnull() & t.offered.notnull()
    )
    keys = ["day", "start_at", "length_s", "site", "line", "channel"]
    facts = facts.group_by(keys).aggregate(
        **{name: facts[name].sum().cast("float64") for name in COUNTS},
        threshold_s=(facts.threshold_ms.max() / 1000).cast("float64"),
    )
    plan = locked(within(tables["forecasts"]), lock_days)
    plan = plan.filter(plan.start_at.notnull())
    plan = plan.group_by(["start_at", "length_s", "site", "line", "channel"]).aggregate(
        forecast=(plan.volume_milli.sum() / 1000).cast("float64")
    )
    shifts = within(tables["schedules"])
    shifts = shifts.group_by(["day", "site", "line"]).aggregate(**{n: shifts[n].sum().cast("float64") for n in SHIFTS})
    # A plan may name the site and the channel, one of them, or neither: the closest one counts, and what it does not name
    # is shared out by what was offered over the span.
    step = facts
    shares = {
        "of_own": ["line", "site", "channel"],
        "of_line": ["line"],
        "of_channel": ["line", "channel"],
        "of_site": ["line", "site"],
    }
    for name, over in shares.items():
        step = step.group_by(over).mutate(**{name: step.offered.sum()})
    plans = {
        "by_both": (True, True, "of_own"),
        "by_site": (True, False, "of_site"),
        "by_channel": (False, True, "of_channel"),
        "by_line": (False, False, "of_line"),
    }
    for name, (sited, channelled, share) in plans.items():
        own = plan.filter(
            plan.site.notnull() if sited else plan.site.isnull(),
            plan.channel.notnull() if channelled else plan.channel.isnull(),
        )
        named = ["line", *(["site"] if sited else []), *(["channel"] if channelled else [])]
        joined = step.left_join(
            own,
            [
                step.start_at == own.start_at,
                step.length_s == own.length_s,
                *(step[n].fill_null("") == own[n].fill_null("") for n in named),
            ],
            rname="{name}_plan",
        )
        step = joined.select(*step.columns, **{name: joined.forecast * joined.of_own / joined[share].nullif(0)})
    two = step.mutate(forecast=ibis.coalesce(*(step[name] for name in plans)))
    three = two.left_join(
        shifts,
        [two.day == shifts.day, *(two[n].fill_null("") == shifts[n].fill_null("") for n in ("site", "line"))],
        rname="{name}_shift",
    )
    return three.select(*keys, *COUNTS, "threshold_s", "forecast", *SHIFTS).order_by(
        ["line", "site", "channel", "start_at"]
    )


def _intervals(rows: pa.Table) -> Intervals:
    def numbers(name: str) -> Floats:
        return np.asarray(rows.column(name).cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)

    def words(name: str) -> npt.NDArray[np.object_]:
        own = rows.column(name).combine_chunks().dictionary_encode()
        labels = np.array([*(str(w) for w in own.dictionary.to_pylist()), ""], dtype=object)
        places = own.indices.fill_null(len(labels) - 1).to_numpy(zero_copy_only=False)
        found: npt.NDArray[np.object_] = labels[places]  # each label is kept once
        return found

    return Intervals(
        rows.column("day").to_numpy().astype("datetime64[D]"), rows.column("start_at").to_numpy().astype("datetime64[s]"),
        np.asarray(rows.column("length_s").to_numpy(), dtype=np.int64), words("site"), words("line"), words("channel"),
        {n: numbers(n) for n in COUNTS}, numbers("threshold_s"), numbers("forecast"), {n: numbers(n) for n in SHIFTS},
    )  # fmt: skip


def slots_of(own: Intervals) -> npt.NDArray[np.int64]:
    """The place of each interval in the week: weekday and number of the interval since the day's first one."""
    queue: dict[tuple[Any, Any, Any], int] = {}
    names = [queue.setdefault(key, len(queue)) for key in zip(own.site, own.line, own.channel, strict=True)]
    days = own.day.astype(np.int64)
    first: dict[tuple[int, int], np.datetime64] = {}
    for name, day, start in zip(names, days, own.start_at, strict=True):
        key = (name, int(day))
        if key not in first or start < first[key]:
            first[key] = start
    since = np.array(
        [(s - first[(n, int(d))]).astype(np.int64) for n, d, s in zip(names, days, own.start_at, strict=True)]
    )
    weekday = (days + 3) % 7  # 1 January 1970 was a Thursday
    slot: npt.NDArray[np.int64] = weekday * 1000 + since // np.maximum(own.length_s, 1)
    return slot
