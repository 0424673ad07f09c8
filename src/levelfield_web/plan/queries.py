"""Plans and promises a viewer may see, with their tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from levelfield.dialogue import Move, allowed
from levelfield.plan import level_now
from levelfield_web.dialogue.models import Case
from levelfield_web.dialogue.queries import case, name_of, row_of, sliceable, visible
from levelfield_web.dialogue.weeks import restated, weekly
from levelfield_web.fields.viewer import Side, Viewer
from levelfield_web.plan.live import all_of_client, kept_by, live_plan
from levelfield_web.plan.models import Plan, PlanState, StoredPromise
from levelfield_web.plan.testing import Tested, breaks_of, tested
from levelfield_web.same_data.queries import current

__all__ = ["case", "name_of", "sliceable"]


def promise(*, viewer: Viewer, own: Case, promise_id: str) -> StoredPromise | None:
    """One promise of a case the viewer sees."""
    found = StoredPromise.objects.filter(plan__case=own, plan__case__in=visible(viewer=viewer), public_id=promise_id)
    return found.select_related("plan__case").first()


@dataclass(frozen=True)
class Line:
    """A promise as the plan shows it."""

    own: StoredPromise
    tested: Tested | None
    baseline: str
    target: str
    effect: str
    label: str
    whose: str
    restated: str
    shares_with: tuple[int, ...]  # numbers of other promises on the same measure and slice
    needs_word: bool  # a test says no, and nobody has said why it stands all the same
    glide: tuple[tuple[dt.date, str, str], ...]  # day, expected, range


@dataclass(frozen=True)
class Page:
    """The plan on one page."""

    case: Case
    name: str
    plan: Plan | None
    lines: tuple[Line, ...]
    publication: str
    waits_for: str
    silence: str  # what it means when nobody answers, where a clock runs
    level: str  # the case's measure as it stands now
    can: frozenset[str]
    earlier: tuple[Plan, ...]
    cost: tuple[tuple[str, Decimal], ...]


def page(*, viewer: Viewer, own: Case, at: dt.datetime) -> Page:
    """The live plan, or what is written of it; the last ended one where nothing is live."""
    plan = live_plan(case=own) or Plan.objects.filter(case=own).last()
    now = current(viewer=viewer).get(own.partner, "")
    fixed = plan is not None and plan.state != PlanState.DRAFT and bool(plan.publication)
    publication = plan.publication if plan is not None and fixed else now
    name = name_of(viewer=viewer, partner=own.partner)
    promises = list(plan.promises.all()) if plan else []
    lines = tuple(_line(viewer, own, p, publication, now, name, _sharing(p, promises)) for p in promises)
    row = row_of(viewer=viewer, own=own, at=at)
    clock = row.clock
    can = allowed(
        own.standing, viewer.side, all_of_client=all_of_client(promises), overdue=clock is not None and clock.overdue, silence=clock.silence if clock else ""
    )  # fmt: skip
    moves = {Move.PROPOSE_PLAN, Move.RETURN_PLAN, Move.AGREE_PLAN, Move.TAKE_SILENCE, Move.BEGIN, Move.TRY_AGAIN}
    ended = tuple(p for p in Plan.objects.filter(case=own, state=PlanState.ENDED) if plan is None or p.pk != plan.pk)
    costs: dict[str, Decimal] = {}
    for line in lines:
        if line.own.cost is not None:
            costs[line.own.currency] = costs.get(line.own.currency, Decimal(0)) + line.own.cost
    silence = clock.silence if clock is not None and clock.until is not None else ""
    return Page(
        own, name, plan, lines, publication, row.waits_for, silence, _level(own, now), frozenset(m.value for m in can if m in moves), ended, tuple(costs.items())
    )  # fmt: skip


def _level(own: Case, publication: str) -> str:
    """The present level of the measure the case is about, in words; empty where it has none."""
    series = weekly(own.partner, publication, own.measure, own.scope)
    level = level_now(series.values, breaks_of(series)) if series is not None else None
    return f"{series.label} {series.told(level)}" if series is not None and level is not None else ""


def _sharing(own: StoredPromise, promises: Sequence[StoredPromise]) -> tuple[int, ...]:
    """Other promises on the same weeks of the same series: the data can judge them together only."""
    return tuple(
        number
        for number, p in enumerate(promises, 1)
        if p.pk != own.pk
        and (p.measure, p.scope) == (own.measure, own.scope)
        and p.begins_on < own.judged_on
        and own.begins_on < p.judged_on
    )


def _line(
    viewer: Viewer, own: Case, stored: StoredPromise, publication: str, now: str, name: str, sharing: tuple[int, ...]
) -> Line:
    result = tested(
        own.partner, publication, stored, kept_by(partner=own.partner, side=stored.owner_side, measure=stored.measure)
    )
    if result is None:
        return Line(
            stored,
            None,
            str(stored.baseline),
            str(stored.target),
            "",
            stored.measure,
            "",
            "",
            sharing,
            not stored.overruled_words,
            (),
        )
    told, change = result.weekly.told, result.weekly.told_change
    later = weekly(own.partner, now, stored.measure, stored.scope) if now and now != publication else None
    ours = stored.owner_side == viewer.side
    whose = _("ours") if ours else name if stored.owner_side == Side.PARTNER else _("the client")
    way = tuple(
        (g.on, told(g.expected), f"{told(g.low)} … {told(g.high)}" if g.low == g.low else "") for g in result.glide
    )
    return Line(
        stored, result, told(stored.baseline), told(stored.target), change(stored.target - stored.baseline), result.weekly.label, whose,
        restated(result.weekly, later) if later is not None else "", sharing, not result.passes and not stored.overruled_words, way,
    )  # fmt: skip
