"""Moves on a series: let its lines start anew, and take that back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from levelfield.measures.measure import Measure
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.fields.viewer import Viewer
from levelfield_web.measures.models import RebasePoint
from levelfield_web.people.permissions import require

LONGEST_REASON = 1000


def rebase(
    *, partner: str, measure: Measure, scope: str, on: dt.date, reason: str, by: Viewer, at: dt.datetime
) -> RebasePoint:
    """From a day on, judge a series anew. The same day again changes nothing."""
    require(by, "rebase")
    _require_sight(by, partner)
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise Refusal(
            _("The reason is empty") if not words else _("The reason is too long"),
            where=_("Start the lines anew"),
            expected=_("one or two sentences, at most %(n)s characters") % {"n": LONGEST_REASON},
            next_step=_("Say what changed, and that both sides know of it."),
        )
    if on > at.date():
        raise Refusal(
            _("%(day)s has not come yet") % {"day": on},
            where=_("Start the lines anew"),
            expected=_("a day up to today"),
        )
    with transaction.atomic():
        wait_for_the_chain()
        same = RebasePoint.objects.filter(
            partner=partner, measure=measure.name, scope=scope, on=on, withdrawn_at=None
        ).first()
        if same is not None:
            return same
        point = RebasePoint.objects.create(
            partner=partner, measure=measure.name, scope=scope, on=on, reason=words, side=by.side, by_id=by.user_id,
            by_name=by.name, at=at,
        )  # fmt: skip
        record(
            by=by, at=at, verb="rebase", object_kind="series", object_id=f"{partner}-{measure.name}", partner=partner,
            sentence=_("%(who)s let the lines of %(measure)s start anew from %(day)s")
            % {"who": by.name, "measure": measure.label, "day": on},
            data={"scope": scope, "reason": words},
        )  # fmt: skip
    return point


def withdraw_rebase(*, partner: str, measure: Measure, scope: str, on: dt.date, by: Viewer, at: dt.datetime) -> None:
    """Take a point back; only the side that made it may. Taking it back again changes nothing."""
    require(by, "rebase")
    _require_sight(by, partner)
    with transaction.atomic():
        wait_for_the_chain()
        point = (
            RebasePoint.objects.select_for_update()
            .filter(partner=partner, measure=measure.name, scope=scope, on=on, withdrawn_at=None)
            .first()
        )
        if point is None:
            return
        if point.side != by.side:
            raise Refusal(
                _("The other side made this point"),
                next_step=_("Ask %(who)s to withdraw it.") % {"who": point.by_name},
                kind=RefusalKind.PERMISSION,
            )
        point.withdrawn_by_name, point.withdrawn_at = by.name, at
        point.save()
        record(
            by=by, at=at, verb="withdraw_rebase", object_kind="series", object_id=f"{partner}-{measure.name}", partner=partner,
            sentence=_("%(who)s withdrew the point at which the lines of %(measure)s start anew, %(day)s")
            % {"who": by.name, "measure": measure.label, "day": on},
            data={"scope": scope},
        )  # fmt: skip


def _require_sight(by: Viewer, partner: str) -> None:
    """Nobody moves on what it may not see."""
    if not by.sees(partner):
        raise Refusal(_("There is no such series"), kind=RefusalKind.PERMISSION)
