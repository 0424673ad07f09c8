"""Moves of a plan: write promises, overrule a test in writing, propose, return, accept, begin."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from levelfield.dialogue import Move, State
from levelfield.measures.catalogue import MEASURES
from levelfield.plan import MOST_PROMISES, Path, reachable
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.dialogue.actions import advance, fresh
from levelfield_web.dialogue.models import Case
from levelfield_web.dialogue.standings import LONGEST_WORDS
from levelfield_web.dialogue.weeks import weekly
from levelfield_web.fields.texts import readable, written
from levelfield_web.fields.viewer import HOUSE, Side, Viewer
from levelfield_web.people.permissions import require
from levelfield_web.plan.live import all_of_client, kept_by, live_plan
from levelfield_web.plan.models import Plan, PlanState, StoredPromise
from levelfield_web.plan.testing import aligned, level_at, tested
from levelfield_web.same_data.queries import current

WRITING = (State.SESSION_HELD, State.CAUSE_AGREED, State.AGREED_TO_DIFFER)
NEAR = dt.timedelta(days=366)


def add_promise(
    *, case: Case, action: str, owner_side: str, owner_name: str, measure: str, scope: str, target: float, begins_on: dt.date, full_on: dt.date, judged_on: dt.date,
    how: str = "", rhythm_weeks: int = 2, cost: Decimal | None = None, currency: str = "", heads: int | None = None, training_weeks: int | None = None,
    leave_share: float | None = None, once: str, by: Viewer, at: dt.datetime,
) -> StoredPromise:  # fmt: skip
    """Write a promise into the plan. Its baseline is read from the data, never typed. The same form twice writes it once.

    The partner writes the plan; the client writes what it promises itself.
    """
    require(by, "write_plan")
    _theirs(by, case)
    if owner_side not in (Side.CLIENT, Side.PARTNER):
        raise Refusal(_("Nobody owns the promise"), expected=_("one of the two sides"), next_step=_("Say whose it is."))
    _may_write(by, owner_side)
    told = written(" ".join(readable(action).split()), _("The action"), 300, next_step=_("Say what will be done."))
    who = written(
        " ".join(readable(owner_name).split()), _("The owner"), 200, next_step=_("Name the person who answers for it.")
    )
    path = Path(aligned(begins_on), aligned(full_on), aligned(judged_on))
    if abs(path.begins_on - at.date()) > NEAR:
        raise Refusal(_("It begins on %(day)s") % {"day": path.begins_on}, where=told, expected=_("a day within a year"), next_step=_("Choose another day."))  # fmt: skip
    if not 1 <= rhythm_weeks <= 13:
        raise Refusal(_("Check-ins every %(n)s weeks") % {"n": rhythm_weeks}, where=told, expected=_("1 to 13"), next_step=_("Choose another rhythm."))  # fmt: skip
    publication = current(viewer=HOUSE).get(case.partner, "")
    own = weekly(case.partner, publication, measure, scope) if measure in MEASURES else None
    baseline = level_at(own, path.begins_on) if own is not None else None
    if own is None or baseline is None:
        raise Refusal(
            _("No weekly values of this measure arrive for it"), where=told, expected=_("a measure and line with data: what nobody can see, nobody can promise"),
            next_step=_("Choose another measure or line."), kind=RefusalKind.DEFINITION,
        )  # fmt: skip
    if path.judged_on <= min(own.reach, at.date()):
        raise Refusal(
            _("The data already reach the day it is judged on"), where=told, expected=_("a day after %(day)s: a promise looks ahead") % {"day": own.reach},
            next_step=_("Choose a later day."),
        )  # fmt: skip
    if not math.isfinite(target):
        raise Refusal(_("The target is no number"), where=told, next_step=_("Write a number."))
    reachable(baseline, target, own.better, str(own.measure.unit))
    with transaction.atomic():
        wait_for_the_chain()
        case = Case.objects.select_for_update().get(pk=case.pk)
        plan = _draft(case, at)
        same = plan.promises.filter(once=once, action=told).first()
        if same is not None:
            return same
        if plan.promises.count() >= MOST_PROMISES:
            raise Refusal(
                _("A plan has at most %(n)s promises") % {"n": MOST_PROMISES}, where=told,
                next_step=_("Strike one that matters less: a short plan is kept."),
            )  # fmt: skip
        made = StoredPromise.objects.create(
            plan=plan, action=told, owner_side=owner_side, owner_name=who, measure=measure, scope=scope, baseline=baseline, baseline_publication=publication,
            target=target, begins_on=path.begins_on, full_on=path.full_on, judged_on=path.judged_on, how=readable(how)[:400], rhythm_weeks=rhythm_weeks, cost=cost,
            currency=currency[:3], heads=heads, training_weeks=training_weeks, leave_share=leave_share, by_id=by.user_id, by_name=by.name, side=by.side, at=at,
            once=fresh(StoredPromise, once),
        )  # fmt: skip
        _record(
            by, at, "write_promise", case, _("%(who)s wrote a promise: %(what)s") % {"who": by.name, "what": told}, made
        )
    return made


def strike_promise(*, promise: StoredPromise, by: Viewer, at: dt.datetime) -> None:
    """Take a promise out of a plan that is still being written. Twice changes nothing."""
    require(by, "write_plan")
    with transaction.atomic():
        wait_for_the_chain()
        found = StoredPromise.objects.select_related("plan__case").filter(pk=promise.pk).first()
        if found is None:
            return
        _theirs(by, found.plan.case)
        _being_written(found.plan)
        _may_write(by, found.owner_side)
        if by.side not in (found.owner_side, found.side):
            raise Refusal(
                _("The other side promises this"), where=found.action, next_step=_("Ask for it to be struck, in the case."), kind=RefusalKind.PERMISSION
            )  # fmt: skip
        _record(by, at, "strike_promise", found.plan.case, _("%(who)s struck a promise: %(what)s") % {"who": by.name, "what": found.action}, found)  # fmt: skip
        found.delete()


def overrule(*, promise: StoredPromise, words: str, by: Viewer, at: dt.datetime) -> StoredPromise:
    """Go on although a test says no, in writing. The same words again change nothing."""
    require(by, "write_plan")
    said = written(
        words, _("The reason"), LONGEST_WORDS, next_step=_("Say why the promise stands although the test says no.")
    )
    with transaction.atomic():
        wait_for_the_chain()
        own = StoredPromise.objects.select_for_update().get(pk=promise.pk)
        case = own.plan.case
        _theirs(by, case)
        _being_written(own.plan)
        if own.overruled_words == said:
            return own
        if own.overruled_words and own.overruled_side != by.side:
            raise Refusal(_("%(who)s has overruled the test") % {"who": own.overruled_by_name}, where=own.action, next_step=_("Their words stand."), kind=RefusalKind.PERMISSION)  # fmt: skip
        own.overruled_words, own.overruled_by_name, own.overruled_side, own.overruled_at = said, by.name, by.side, at
        own.save()
        _record(by, at, "overrule_test", case, _("%(who)s overruled a test: %(words)s") % {"who": by.name, "words": said[:200]}, own)  # fmt: skip
    return own


def propose_plan(*, case: Case, once: str, by: Viewer, at: dt.datetime) -> Case:
    """Put the plan to the other side, tested on the publication of this moment."""
    require(by, "write_plan")
    _theirs(by, case)
    plan = live_plan(case=case)
    promises = list(plan.promises.all()) if plan is not None else []
    if plan is None or not promises:
        raise Refusal(
            _("There is no promise in the plan"), expected=_("one to five"), next_step=_("Write the first one.")
        )
    publication = current(viewer=HOUSE).get(case.partner, "")
    for own in promises:
        result = tested(
            case.partner, publication, own, kept_by(partner=case.partner, side=own.owner_side, measure=own.measure)
        )
        if (result is None or not result.passes) and not own.overruled_words:
            raise Refusal(
                _("The tests say no to this promise"), where=own.action,
                expected=_("a promise that can be seen by its day and has been done before, or a written reason why it stands all the same"),
                next_step=_("Give it more time, another size or another measure, or overrule the test in writing."),
            )  # fmt: skip

    def then(moved: Case) -> None:
        plan.state, plan.side, plan.publication = PlanState.PROPOSED, by.side, publication
        plan.proposed_by_name, plan.proposed_at = by.name, at
        plan.save()

    return advance(
        case=case, move=Move.PROPOSE_PLAN, publication=publication, all_of_client=all_of_client(promises), once=once, by=by, at=at, then=then
    )  # fmt: skip


def return_plan(*, case: Case, words: str, once: str, by: Viewer, at: dt.datetime) -> Case:
    """Give the plan back with reasons; it is written on, nothing of it is lost."""
    require(by, "answer_plan")

    def then(moved: Case) -> None:
        plan = live_plan(case=moved)
        if plan is not None:
            plan.state, plan.returned_words, plan.returned_by_name, plan.returned_at = (
                PlanState.DRAFT,
                readable(words)[:LONGEST_WORDS],
                by.name,
                at,
            )
            plan.proposed_by_name, plan.proposed_at = "", None
            plan.save()

    return advance(case=case, move=Move.RETURN_PLAN, words=words, once=once, by=by, at=at, then=then)


def agree_plan(*, case: Case, once: str, by: Viewer, at: dt.datetime) -> Case:
    """Accept the plan as it lies on the table."""
    require(by, "answer_plan")
    return advance(case=case, move=Move.AGREE_PLAN, once=once, by=by, at=at, then=lambda c: _agreed(c, by, at, False))


def take_silence(*, case: Case, once: str, by: Viewer, at: dt.datetime) -> Case:
    """Take the other side's silence as a yes, where the agreement says so and the clock has run out."""
    require(by, "write_plan")
    return advance(case=case, move=Move.TAKE_SILENCE, once=once, by=by, at=at, then=lambda c: _agreed(c, by, at, True))


def _agreed(case: Case, by: Viewer, at: dt.datetime, silence: bool) -> None:
    plan = live_plan(case=case)
    if plan is not None:
        plan.state, plan.answered_by_name, plan.answered_at, plan.by_silence = PlanState.AGREED, by.name, at, silence
        plan.save()


def begin(*, case: Case, once: str, by: Viewer, at: dt.datetime) -> Case:
    """Say that the work on the plan has begun."""
    return advance(case=case, move=Move.BEGIN, once=once, by=by, at=at)


def try_again(*, case: Case, once: str, by: Viewer, at: dt.datetime) -> Case:
    """Write another plan; the one that was tried stays as it was."""

    def then(moved: Case) -> None:
        Plan.objects.filter(case=moved).exclude(state=PlanState.ENDED).update(state=PlanState.ENDED)

    return advance(case=case, move=Move.TRY_AGAIN, once=once, by=by, at=at, then=then)


def _draft(case: Case, at: dt.datetime) -> Plan:
    if case.state not in WRITING:
        raise Refusal(
            _("The plan cannot be written on now: the case is “%(state)s”") % {"state": case.state},
            expected=_("a case whose cause is agreed, or on which you agreed to differ"), next_step=_("See on the case who is waited for."),
        )  # fmt: skip
    plan = live_plan(case=case)
    if plan is None:
        number = (case.plans.aggregate(last=Max("number"))["last"] or 0) + 1
        plan = Plan.objects.create(case=case, number=number, at=at)
    _being_written(plan)
    return plan


def _being_written(plan: Plan) -> None:
    if plan.state != PlanState.DRAFT:
        raise Refusal(
            _("The plan is “%(state)s” and is not changed any more") % {"state": plan.get_state_display()},
            expected=_("a plan that is being written"), next_step=_("The side that reads it can return it."),
        )  # fmt: skip


def _may_write(by: Viewer, owner_side: str) -> None:
    if by.side == Side.CLIENT and owner_side != Side.CLIENT:
        raise Refusal(
            _("The partner writes what the partner promises"), expected=_("a promise of the client"),
            next_step=_("Ask for it in the case, or return the plan with your reasons."), kind=RefusalKind.PERMISSION,
        )  # fmt: skip


def _theirs(by: Viewer, case: Case) -> None:
    if not by.sees(case.partner):
        raise Refusal(_("There is no such case"), kind=RefusalKind.PERMISSION)


def _record(by: Viewer, at: dt.datetime, verb: str, case: Case, sentence: str, own: StoredPromise) -> None:
    record(
        by=by, at=at, verb=verb, object_kind="case", object_id=case.public_id, partner=case.partner, sentence=sentence,
        data={
            "promise": own.public_id, "owner": own.owner_side, "measure": own.measure, "scope": own.scope, "baseline": repr(own.baseline), "target": repr(own.target),
            "judged_on": own.judged_on.isoformat(),
        },
    )  # fmt: skip
