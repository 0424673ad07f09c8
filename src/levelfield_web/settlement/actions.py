"""Moves of the settlement: lock and acknowledge a forecast, claim and answer an event, raise and answer a dispute."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from levelfield.agreement.calendar import after_working_days, named_month
from levelfield.settlement.ledger import Outcome, line_keys
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.fields.texts import readable, written
from levelfield_web.fields.viewer import Side, Viewer
from levelfield_web.people.permissions import require
from levelfield_web.settlement.account import Account, delivered_forecasts, dispute_until, local_day
from levelfield_web.settlement.models import Dispute, ExcuseClaim, ForecastLock, Kind

LONGEST_TEXT = 4000


def lock_forecast(*, account: Account, month: str, made_at: dt.datetime, by: Viewer, at: dt.datetime) -> ForecastLock:
    """Lock a delivered version of a month's forecast. Locking the same version again changes nothing."""
    require(by, "lock_forecast")
    starts_on = account.latest.month_starts_on
    delivered = delivered_forecasts(account.partner, account.publication, starts_on)
    if not any(v.month == month and v.made_at == made_at for v in delivered):
        raise Refusal(
            _("There is no forecast of %(month)s that was made at this moment") % {"month": month},
            expected=_("a version of the list"),
            next_step=_("Look at the page again; nothing was locked."),
        )
    with transaction.atomic():
        wait_for_the_chain()
        lock = ForecastLock.objects.filter(partner=account.partner, month=month).first()
        if lock is not None and lock.made_at == made_at:
            return lock
        if lock is not None:
            raise Refusal(
                _("The forecast of %(month)s is locked already: the version made %(made)s UTC, locked by %(who)s")
                % {"month": month, "made": f"{lock.made_at:%Y-%m-%d %H:%M}", "who": lock.by_name},
                next_step=_("A lock is never edited; later versions do not touch it."),
            )
        lock = ForecastLock.objects.create(
            partner=account.partner, month=month, month_starts_on=named_month(month, starts_on).start, made_at=made_at,
            by_id=by.user_id, by_name=by.name, at=at,
        )  # fmt: skip
        record(
            by=by, at=at, verb="lock_forecast", object_kind="forecast", object_id=f"{account.partner}-{month}", partner=account.partner,
            sentence=_("%(who)s locked the forecast of %(month)s made %(made)s UTC")
            % {"who": by.name, "month": month, "made": f"{made_at:%Y-%m-%d %H:%M}"},
            data={"made_at": made_at.isoformat()},
        )  # fmt: skip
    return lock


def acknowledge_lock(*, partner: str, month: str, by: Viewer, at: dt.datetime) -> ForecastLock:
    """The partner says that it has seen the locked forecast. Saying it again changes nothing."""
    require(by, "acknowledge_lock")
    with transaction.atomic():
        wait_for_the_chain()
        lock = ForecastLock.objects.select_for_update().filter(partner=partner, month=month).first()
        if lock is None:
            raise Refusal(_("The forecast of %(month)s is not locked") % {"month": month[:20]})
        if lock.acknowledged_at is None:
            lock.acknowledged_by_id, lock.acknowledged_by_name, lock.acknowledged_at = by.user_id, by.name, at
            lock.save()
            record(
                by=by, at=at, verb="acknowledge_lock", object_kind="forecast", object_id=f"{partner}-{month}", partner=partner,
                sentence=_("%(who)s acknowledged the locked forecast of %(month)s") % {"who": by.name, "month": month},
            )  # fmt: skip
    return lock


def claim_excuse(
    *, account: Account, start: dt.datetime, end: dt.datetime, lines: Sequence[str], kind: str, reason: str, by: Viewer, at: dt.datetime
) -> ExcuseClaim:  # fmt: skip
    """Claim that an event be left out. The same claim of the same side again changes nothing."""
    require(by, "claim_excuse")
    agreement = account.in_force(local_day(start, account.latest))
    rule = agreement.excused
    if rule is None:
        raise Refusal(
            _("The agreement with version %(n)s excuses no events") % {"n": agreement.version}, where=agreement.title
        )
    if kind not in Kind.values:
        raise Refusal(
            _("“%(kind)s” is not a kind of event") % {"kind": kind[:40]}, expected=", ".join(map(str, Kind.labels))
        )
    if kind in rule.never:
        raise Refusal(
            _("This kind of event is never excused: %(kind)s") % {"kind": Kind(kind).label}, where=rule.clause
        )
    if end <= start:
        raise Refusal(_("The event ends before it begins"), expected=_("an end after the start"))
    last = after_working_days(local_day(end, agreement), rule.claim_days, agreement.calendar)
    if local_day(at, agreement) > last:
        raise Refusal(
            _("The event could be claimed until %(day)s") % {"day": last},
            where=rule.clause,
            expected=_("a claim within %(n)s working days after its end") % {"n": rule.claim_days},
        )
    words = _written(reason, _("What happened"))
    own = sorted(set(lines))
    with transaction.atomic():
        wait_for_the_chain()
        same = ExcuseClaim.objects.filter(
            partner=account.partner, side=by.side, start_at=start, end_at=end, kind=kind, lines=own
        ).first()
        if same is not None:
            return same
        claim = ExcuseClaim.objects.create(
            partner=account.partner, start_at=start, end_at=end, lines=own, kind=kind, reason=words, side=by.side, by_id=by.user_id,
            by_name=by.name, at=at,
        )  # fmt: skip
        record(
            by=by, at=at, verb="claim_excuse", object_kind="excuse", object_id=claim.public_id, partner=account.partner,
            sentence=_("%(who)s claimed that %(kind)s from %(start)s to %(end)s UTC be left out")
            % {"who": by.name, "kind": Kind(kind).label, "start": f"{start.astimezone(dt.UTC):%Y-%m-%d %H:%M}", "end": f"{end.astimezone(dt.UTC):%Y-%m-%d %H:%M}"},
            data={"reason": words, "lines": own},
        )  # fmt: skip
    return claim


def answer_excuse(*, claim: ExcuseClaim, accept: bool, words: str, by: Viewer, at: dt.datetime) -> ExcuseClaim:
    """Accept or refuse a claim of the other side. The same answer again changes nothing."""
    require(by, "answer_excuse")
    with transaction.atomic():
        wait_for_the_chain()
        claim = ExcuseClaim.objects.select_for_update().get(pk=claim.pk)
        _by_the_other(claim, by)
        if claim.accepted is not None:
            if claim.accepted is accept:
                return claim
            raise Refusal(
                _("The claim was answered by %(who)s and stays so") % {"who": claim.answered_by_name},
                where=claim.public_id,
            )
        claim.accepted = accept
        claim.answer_with(_written(words, _("The answer")), by, at)
        said = _("%(who)s accepted the claim %(id)s") if accept else _("%(who)s refused the claim %(id)s")
        record(
            by=by, at=at, verb="answer_excuse", object_kind="excuse", object_id=claim.public_id, partner=claim.partner,
            sentence=said % {"who": by.name, "id": claim.public_id}, data={"accepted": accept, "answer": claim.answer},
        )  # fmt: skip
    return claim


def raise_dispute(
    *, account: Account, month: str, line: str, reason: str, evidence: str = "", link: str = "", by: Viewer, at: dt.datetime
) -> Dispute:  # fmt: skip
    """Dispute one line of one statement. Raising it again changes nothing; after the clock it is refused."""
    require(by, "dispute")
    statement = account.statement(month)
    if statement is None or line not in line_keys(statement):
        raise Refusal(_("There is no such line"), where=month[:20], expected=_("a line of the statement"))
    if not statement.ended:
        raise Refusal(
            _("The month is not complete, so there is nothing to dispute yet"),
            where=month,
            next_step=_("Wait until its last day is among the facts."),
        )
    where = f"{line}, {month}"
    if link and (not link.startswith("/") or link.startswith(("//", "/\\")) or any(ord(c) < 33 for c in link)):
        raise Refusal(_("The link does not lead to a page of ours"), where=where, expected=_("an address that begins with one “/”"))  # fmt: skip
    with transaction.atomic():
        wait_for_the_chain()
        same = Dispute.objects.filter(partner=account.partner, month=month, line=line).first()
        if same is not None and same.side == by.side and same.pending:
            return same
        if same is not None:
            raise Refusal(
                _("This line is disputed already, by %(who)s") % {"who": same.by_name},
                where=where,
                next_step=_("Answer it there.") if same.pending else _("It was answered, and its outcome stands."),
            )
        last, version = dispute_until(account, statement), account.version_of(statement)
        if last is not None and local_day(at, version) > last:
            clock = version.clocks.dispute
            raise Refusal(
                _("The statement could be disputed until %(day)s; undisputed is final") % {"day": last},
                where=f"{where}, {clock.clause}" if clock and clock.clause else where,
            )
        dispute = Dispute.objects.create(
            partner=account.partner, month=month, line=line, publication=account.publication, reason=_written(reason, _("The reason")),
            evidence=readable(evidence)[:LONGEST_TEXT], link=link[:400], side=by.side, by_id=by.user_id, by_name=by.name, at=at,
        )  # fmt: skip
        record(
            by=by, at=at, verb="raise_dispute", object_kind="statement", object_id=f"{account.partner}-{month}", partner=account.partner,
            sentence=_("%(who)s disputes %(line)s of %(month)s") % {"who": by.name, "line": line, "month": month},
            data={"line": line, "publication": account.publication, "reason": dispute.reason},
        )  # fmt: skip
    return dispute


def answer_dispute(*, dispute: Dispute, upheld: bool, words: str, by: Viewer, at: dt.datetime) -> Dispute:
    """The other side says that the line falls, or that it stands. The same answer again changes nothing."""
    require(by, "answer_dispute")
    with transaction.atomic():
        wait_for_the_chain()
        dispute = Dispute.objects.select_for_update().get(pk=dispute.pk)
        _by_the_other(dispute, by)
        outcome = (Outcome.UPHELD if upheld else Outcome.REFUSED).value
        if not dispute.pending:
            if dispute.outcome == outcome:
                return dispute
            raise Refusal(
                _("The dispute was answered by %(who)s and stays so") % {"who": dispute.answered_by_name},
                where=f"{dispute.line}, {dispute.month}",
            )
        dispute.outcome = outcome
        dispute.answer_with(_written(words, _("The answer")), by, at)
        said = (
            _("%(who)s accepted the dispute of %(line)s of %(month)s; the line falls")
            if upheld
            else _("%(who)s refused the dispute of %(line)s of %(month)s; the line stands")
        )
        record(
            by=by, at=at, verb="answer_dispute", object_kind="statement", object_id=f"{dispute.partner}-{dispute.month}",
            partner=dispute.partner, sentence=said % {"who": by.name, "line": dispute.line, "month": dispute.month},
            data={"line": dispute.line, "outcome": outcome, "answer": dispute.answer},
        )  # fmt: skip
    return dispute


def _by_the_other(made: Dispute | ExcuseClaim, by: Viewer) -> None:
    """Nobody answers for the other side, nor itself."""
    if by.side != made.other_side or (by.side == Side.PARTNER and by.partner != made.partner):
        raise Refusal(
            _("Your side made this move; the other side answers it"),
            next_step=_("Wait for the answer, or talk to them."),
            kind=RefusalKind.PERMISSION,
        )


def _written(text: str, what: str) -> str:
    return written(text, what, LONGEST_TEXT, expected=_("a few sentences, at most %(n)s characters"))
