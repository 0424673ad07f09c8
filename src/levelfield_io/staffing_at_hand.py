"""Queues of a publication on a usual working day, for the staffing a promise needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from levelfield.plan.staffing import QueueDay
from levelfield.queueing import patience_from_totals
from levelfield.words import Period
from levelfield_io.queues_at_hand import Intervals, intervals_of
from levelfield_io.store import Store

FEWEST_DAYS = 5  # working days a usual day is made of


def usual_queues(store: Store, partner: str, publication: str, period: Period, only: Mapping[str, tuple[str, ...]], zone: str) -> list[QueueDay]:  # fmt: skip
    """The queues of a slice on a usual working day of a span, in the agreement's zone; none where no intervals came."""
    own = intervals_of(store, partner, publication, period)
    if own is None:
        return []
    monday = own.day.astype("datetime64[D]").astype(int)
    keep = (monday + 3) % 7 < 5
    for name, column in (("site", own.site), ("line", own.line), ("channel", own.channel)):
        if only.get(name):
            keep &= np.isin(column.astype(str), only[name])
    own = own.where(keep)
    queues = sorted({(str(s), str(n), str(c)) for s, n, c in zip(own.site, own.line, own.channel, strict=True)})
    found = [_usual(own.where(_is(own, queue)), zone) for queue in queues]
    return [q for q in found if q is not None]


def _is(own: Intervals, queue: tuple[str, str, str]) -> npt.NDArray[np.bool_]:
    site, line, channel = queue
    return np.asarray(
        (own.site.astype(str) == site) & (own.line.astype(str) == line) & (own.channel.astype(str) == channel)
    )


def _usual(own: Intervals, zone: str) -> QueueDay | None:
    days = len(np.unique(own.day))
    answered, gone = own.counts["answered"], np.nan_to_num(own.counts["abandoned"])
    waits = np.nansum(own.counts["wait_answered_ms"]) + np.nansum(own.counts["wait_abandoned_ms"])
    handled = own.counts["talk_ms"] + np.nan_to_num(own.counts["hold_ms"]) + np.nan_to_num(own.counts["wrap_ms"])
    if days < FEWEST_DAYS or not np.nansum(answered) > 0 or not gone.sum() > 0 or not np.isfinite(handled).any():
        return None
    patience = float(patience_from_totals(waits / 1000, gone.sum()))
    local = [_time_of_day(t, zone) for t in own.start_at]
    starts = sorted(set(local))
    place = {start: i for i, start in enumerate(starts)}
    at = np.array([place[x] for x in local])
    contacts = np.bincount(at, np.nan_to_num(own.counts["offered"])) / days
    talked, taken = np.bincount(at, np.nan_to_num(handled)), np.bincount(at, np.nan_to_num(answered))
    whole = float(np.nansum(handled) / np.nansum(answered))
    handle = np.where(taken > 0, talked / np.maximum(taken, 1), whole) / 1000
    length = np.bincount(at, own.length_s) / np.maximum(np.bincount(at), 1)
    threshold = own.threshold_s[np.isfinite(own.threshold_s)]
    return QueueDay(
        contacts, length, handle, patience, float(np.median(threshold)) if len(threshold) else 20.0, tuple(starts)
    )


def _time_of_day(moment: np.datetime64, zone: str) -> str:
    at = moment.astype("datetime64[s]").astype(dt.datetime).replace(tzinfo=dt.UTC)
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"
