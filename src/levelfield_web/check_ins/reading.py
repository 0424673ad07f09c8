"""How a promise goes and whether it worked, on one publication: the same for both sides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from levelfield.check_ins import Effect, OnTrack, Track, effect, on_track
from levelfield.plan import Path, spread_of
from levelfield.words import Refusal
from levelfield_web.dialogue.weeks import Weekly, weekly
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.measures.queries import line_of, line_scope
from levelfield_web.plan.models import StoredPromise
from levelfield_web.plan.others import Others, others_of
from levelfield_web.plan.testing import breaks_of
from levelfield_web.same_data.warehouse import store
from levelfield_web.scenarios.queries import places_of

Floats = npt.NDArray[np.float64]


def reading_of(own: StoredPromise, publication: str) -> OnTrack:
    """On track, behind or cannot say yet."""
    case = own.plan.case
    return _reading(str(store().home), case.partner, publication, own.measure, own.scope, own.baseline, own.target, own.path)  # fmt: skip


@lru_cache(maxsize=500)
def _reading(home: str, partner: str, publication: str, measure: str, scope: str, baseline: float, target: float, path: Path) -> OnTrack:  # fmt: skip
    series = weekly(partner, publication, measure, scope)
    if series is None:
        return OnTrack(Track.CANNOT_SAY, "No weekly values arrive.")
    before = series.until(path.begins_on)
    try:
        noise = spread_of(before.values, breaks_of(before))
    except Refusal:
        return OnTrack(
            Track.CANNOT_SAY, "Too few weeks before the begin to know how much the measure scatters by itself."
        )
    return on_track(
        series.days, series.values, baseline=baseline, target=target, path=path, sd=noise.sd, correlation=noise.correlation, written=series.told
    )  # fmt: skip


def effect_of(own: StoredPromise, publication: str, touched: Sequence[StoredPromise]) -> Effect | None:
    """The effect test on every week one publication holds. None without weekly values."""
    case = own.plan.case
    lines = tuple(sorted({line_of(p.scope) for p in touched if p.measure == own.measure}))
    return _effect(
        str(store().home), case.partner, publication, others_of(case.partner, own.begins_on), own.measure, own.scope, own.target - own.baseline, own.path, lines,
    )  # fmt: skip


@lru_cache(maxsize=500)
def _effect(
    home: str, partner: str, publication: str, others: Others, measure: str, scope: str, promised: float, path: Path, touched: tuple[str, ...],
) -> Effect | None:  # fmt: skip
    own = weekly(partner, publication, measure, scope)
    if own is None:
        return None
    begin, full = (sum(day < when for day in own.days) for when in (path.begins_on, path.full_on))
    before = own.until(path.begins_on)
    return effect(
        own.values, begin=begin, full=full, promised=promised, written=own.told_change, donors=_donors(own, others, touched), breaks=breaks_of(before)
    )  # fmt: skip


def _donors(own: Weekly, others: Others, touched: tuple[str, ...]) -> list[tuple[str, Floats]]:
    """Series the plan does not touch: other lines of the partner; the mean of other partners where it may be told."""
    found: list[tuple[str, Floats]] = []
    if "" not in touched:
        _sites, lines = places_of(viewer=HOUSE, partner=own.partner)
        for line in lines:
            if line not in touched:
                found += _as_long(own, weekly(own.partner, own.publication, own.measure.name, line_scope(line)), line)  # fmt: skip
    group = [x for w in others.weekly(own.measure.name) for _name, x in _as_long(own, w, "") if _whole(own, x)]
    if others.leave_doubt(len(group)):
        found.append(("others", np.mean(group, axis=0)))
    return found


def _whole(own: Weekly, x: Floats) -> bool:
    """Has the series a value wherever the own one has? Else a mean would rest on fewer in some weeks."""
    return bool(np.isfinite(x[np.isfinite(own.values)]).all())


def _as_long(own: Weekly, other: Weekly | None, name: str) -> list[tuple[str, Floats]]:
    """The other series over the weeks of the own one."""
    if other is None:
        return []
    by_week = dict(zip(other.weeks, other.values, strict=True))
    return [(name, np.array([by_week.get(week, np.nan) for week in own.weeks]))]


def data_reach(partner: str, publication: str, own: StoredPromise) -> dt.date | None:
    """The first day without a whole week of values."""
    series = weekly(partner, publication, own.measure, own.scope)
    return series.reach if series is not None else None


def is_due(partner: str, publication: str, own: StoredPromise) -> bool:
    """Do the data reach the day a promise is judged on?"""
    reach = data_reach(partner, publication, own)
    return reach is not None and reach >= own.judged_on
