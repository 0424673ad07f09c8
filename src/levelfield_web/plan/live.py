"""The plan of a case that is not ended, and what became of earlier promises."""

from __future__ import annotations

from collections.abc import Sequence

from levelfield.plan import Kept
from levelfield_web.dialogue.models import Case
from levelfield_web.fields.viewer import Side
from levelfield_web.plan.models import Plan, PlanState, StoredPromise


def live_plan(*, case: Case) -> Plan | None:
    """The plan of a case that is not ended."""
    return Plan.objects.filter(case=case).exclude(state=PlanState.ENDED).first()


def kept_by(*, partner: str, side: str, measure: str) -> Kept:
    """Earlier promises of a side on a measure, of which it is known whether they were kept."""
    judged = StoredPromise.objects.filter(plan__case__partner=partner, owner_side=side, measure=measure, outcome__in=("worked", "did not work"))  # fmt: skip
    return Kept(judged.count(), judged.filter(outcome="worked").count())


def promises_of(case: Case) -> list[StoredPromise]:
    """The promises of the plan that is not ended."""
    plan = live_plan(case=case)
    return list(plan.promises.select_related("plan__case")) if plan is not None else []


def all_of_client(promises: Sequence[StoredPromise]) -> bool:
    """Is every promise the client's, and there is one?"""
    return bool(promises) and all(p.owner_side == Side.CLIENT for p in promises)
