"""The tests of a promise on one publication: could we see it, has it been done, what would it take."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath

import numpy as np
import numpy.typing as npt

from levelfield.measures.measure import Unit
from levelfield.plan import (
    Achievable,
    CanDo,
    CanSee,
    GlidePoint,
    Kept,
    Measurable,
    Past,
    Path,
    Ramp,
    Staffing,
    achievable,
    glide,
    last_step,
    level_now,
    measurable,
    past_changes,
    ramp,
    staffing,
)
from levelfield.plan.staffing import QUEUE_MEASURES
from levelfield.words import Grain, Period, Refusal
from levelfield_io.staffing_at_hand import usual_queues
from levelfield_io.store import Store
from levelfield_web.agreement.queries import in_force
from levelfield_web.dialogue.weeks import Weekly, weekly
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.measures.queries import line_scope, only_of
from levelfield_web.plan.models import StoredPromise
from levelfield_web.plan.others import Others, others_of
from levelfield_web.same_data.queries import estate
from levelfield_web.same_data.warehouse import store
from levelfield_web.scenarios.queries import places_of

Floats = npt.NDArray[np.float64]

SHORTEST = 2  # weeks: a change within one week is noise
PROFICIENT_WEEKS = 3.0  # half-life of the way to full speed (glossary: ramp curve)
SLOW_START = 1.5  # handle time of a new agent, times the proficient one's
MOST_LINES = 12  # series of the past that are looked at


@dataclass(frozen=True)
class Tested:
    """What the tests say of one promise."""

    weekly: Weekly
    measurable: Measurable
    achievable: Achievable
    staffing: Staffing | None
    ramp: Ramp | None
    glide: tuple[GlidePoint, ...]

    @property
    def passes(self) -> bool:
        """May the plan be proposed without a word on this promise?"""
        return self.measurable.can is CanSee.YES and self.achievable.can is not CanDo.NEVER


def breaks_of(own: Weekly) -> tuple[int, ...]:
    """Where the level last stepped; positions among all its weeks."""
    return last_step(own.chart, own.weeks) if own.weeks else ()


def level_at(own: Weekly, until: dt.date) -> float | None:
    """The level just before a day. None without a value."""
    known = own.until(until)
    return level_now(known.values, breaks_of(known))


def tested(partner: str, publication: str, own: StoredPromise, kept: Kept) -> Tested | None:
    """The tests of a stored promise; None where its measure has no weekly values. Values never change, so it is kept."""
    return _tested(
        str(store().home), partner, publication, own.measure, own.scope, own.baseline, own.target, own.path, own.rhythm_weeks, kept,
        (own.heads, own.training_weeks, own.leave_share) if own.heads and own.training_weeks is not None else None, others_of(partner, own.begins_on),
    )  # fmt: skip


@lru_cache(maxsize=500)
def _tested(
    home: str, partner: str, publication: str, measure: str, scope: str, baseline: float, target: float, path: Path, rhythm: int, kept: Kept,
    people: tuple[int, int, float | None] | None, others: Others,
) -> Tested | None:  # fmt: skip
    own = weekly(partner, publication, measure, scope)
    if own is None:
        return None
    before = own.until(path.begins_on)
    end, values, breaks = len(before.weeks), before.values, breaks_of(before)
    old_weeks = max(0, (path.begins_on - own.reach).days // 7)
    sees = measurable(
        values, target - baseline, path, written=own.told_size, breaks=breaks, old_weeks=min(old_weeks, _gap(own, end))
    )
    better = "higher" if target > baseline else "lower"
    weeks = max(SHORTEST, path.weeks_under_way + path.weeks_in_full // 2)
    sd = sees.noise.sd if sees.noise is not None else 0.0
    past = _past(own, values, weeks, better, baseline, sd)
    group = _group(others, measure, weeks, better, baseline, sd)
    does = achievable(past, target - baseline, weeks, written=own.told_size, who=_name(partner), kept=kept, group=group)
    noise = sees.noise
    way = glide(baseline, target, path, rhythm, noise.sd if noise else None, noise.correlation if noise else 0.0)
    return Tested(own, sees, does, _staffing(home, own, baseline, target), _ramp(own, path, people), way)


def _gap(own: Weekly, end: int) -> int:
    """Weeks without a value before the begin."""
    there = np.flatnonzero(np.isfinite(own.values[:end]))
    return int(end - 1 - there[-1]) if len(there) else end


def _past(own: Weekly, values: Floats, weeks: int, better: str, baseline: float, sd: float) -> list[Past]:
    """The same measure of the same slice, and of the partner's other lines."""
    found = [past_changes(own.label, values, weeks, better, baseline, sd)]
    _sites, lines = places_of(viewer=HOUSE, partner=own.partner)
    named = only_of(own.scope).get("line", ())
    for line in [line for line in lines if line not in named and len(lines) > 1][:MOST_LINES]:
        other = weekly(own.partner, own.publication, own.measure.name, line_scope(line))
        if other is not None:
            found.append(past_changes(other.label, other.values, weeks, better, baseline, sd))
    return found


def _group(others: Others, measure: str, weeks: int, better: str, baseline: float, sd: float) -> list[Past]:
    """What other partners did from a level as low; none unless enough of them have such a past."""
    found = [past_changes("", w.values, weeks, better, baseline, sd) for w in others.weekly(measure)]
    found = [p for p in found if p.independent]
    return found if others.leave_doubt(len(found)) else []


def _name(partner: str) -> str:
    return estate(viewer=HOUSE).name_of(partner)


def _staffing(home: str, own: Weekly, baseline: float, target: float) -> Staffing | None:
    if own.measure.name not in QUEUE_MEASURES:
        return None
    end = own.reach
    agreement = in_force(viewer=HOUSE, partner=own.partner, on=own.days[-1])
    try:
        queues = usual_queues(
            Store(FilePath(home)), own.partner, own.publication, Period(end - dt.timedelta(weeks=4), end), only_of(own.scope),
            agreement.zone if agreement is not None else "UTC",
        )  # fmt: skip
    except Refusal:
        return None
    return staffing(queues, measure=own.measure.name, baseline=baseline, target=target) if queues else None


def _ramp(own: Weekly, path: Path, people: tuple[int, int, float | None] | None) -> Ramp | None:
    """What new people are worth by the day of the full effect, at the partner's own handle time where it is known."""
    if people is None:
        return None
    heads, training, leave = people
    aht = weekly(own.partner, own.publication, "aht", own.scope)
    proficient = level_now(aht.values, breaks_of(aht)) if aht is not None and aht.measure.unit is Unit.SECONDS else None
    proficient = proficient or 1.0
    try:
        return ramp(
            heads, (path.full_on - path.begins_on).days / 7, training_weeks=training, start_s=proficient * SLOW_START, proficient_s=proficient,
            half_life_weeks=PROFICIENT_WEEKS, leave_share=leave or 0.0,
        )  # fmt: skip
    except Refusal:
        return None


def aligned(day: dt.date) -> dt.date:
    """The Monday of a day's week: values come by whole weeks."""
    return Grain.WEEK.start_of(day)
