"""Moves of the check-ins: say how a promise goes, hold a check-in, let the data judge, open and close a calendar feed."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from levelfield.check_ins import Outcome
from levelfield.dialogue import Move, State
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.check_ins.models import FEELINGS, RUNNING, CalendarFeed, CheckIn, Saying, hashed
from levelfield_web.check_ins.reading import effect_of, is_due, reading_of
from levelfield_web.dialogue.actions import advance, fresh
from levelfield_web.dialogue.models import Case, CaseStep
from levelfield_web.dialogue.standings import LONGEST_WORDS
from levelfield_web.fields.texts import readable, written
from levelfield_web.fields.viewer import HOUSE, Viewer
from levelfield_web.people.models import User
from levelfield_web.people.permissions import require
from levelfield_web.plan.live import promises_of
from levelfield_web.plan.models import StoredPromise
from levelfield_web.same_data.queries import current

MOST_SAID, MOST_HELD = 10, 3  # of one side, on one promise and in one case, within a day


def say(*, promise: StoredPromise, feeling: str, words: str, by: Viewer, at: dt.datetime) -> Saying:
    """One side says how a promise goes; it stands beside what the data say. The same again changes nothing."""
    require(by, "hold_check_in")
    if feeling not in dict(FEELINGS):
        raise Refusal(_("An answer is missing"), where=promise.action, expected=", ".join(str(w) for _f, w in FEELINGS), next_step=_("Choose one."))  # fmt: skip
    said = readable(words)[:LONGEST_WORDS]
    with transaction.atomic():
        wait_for_the_chain()
        case = _running(promise.plan.case, by)
        last = Saying.objects.filter(promise=promise, side=by.side).first()
        if last is not None and (last.feeling, last.words) == (feeling, said):
            return last
        _not_too_often(Saying.objects.filter(promise=promise, side=by.side), at, MOST_SAID)
        made = Saying.objects.create(
            promise=promise, feeling=feeling, words=said, side=by.side, by_id=by.user_id, by_name=by.name, at=at
        )
        record(
            by=by, at=at, verb="say_of_promise", object_kind="case", object_id=case.public_id, partner=case.partner,
            sentence=_("%(who)s says of “%(what)s”: %(feeling)s") % {"who": by.name, "what": promise.action, "feeling": feeling},
            data={"promise": promise.public_id, "words": said},
        )  # fmt: skip
    return made


def hold(*, case: Case, present: str, words: str, once: str, by: Viewer, at: dt.datetime) -> CheckIn:
    """Record a check-in with how each promise went by the data at that moment. Sent twice it is held once."""
    require(by, "hold_check_in")
    who = written(
        " ".join(readable(present).split()), _("Who was present"), 400, next_step=_("Name people of both sides.")
    )
    said = written(words, _("What was agreed"), LONGEST_WORDS, next_step=_("Write what both sides take away."))
    publication = current(viewer=HOUSE).get(case.partner, "")
    with transaction.atomic():
        wait_for_the_chain()
        case = _running(case, by)
        same = CheckIn.objects.filter(case=case, once=once, words=said).first()
        if same is not None:
            return same
        _not_too_often(CheckIn.objects.filter(case=case, side=by.side), at, MOST_HELD)
        readings = []
        for own in promises_of(case):
            found = reading_of(own, publication)
            readings.append({"promise": own.public_id, "action": own.action, "track": found.track.value, "sentence": found.sentence})  # fmt: skip
        made = CheckIn.objects.create(
            case=case, publication=publication, present=who, words=said, readings=readings, side=by.side, by_id=by.user_id, by_name=by.name, at=at,
            once=fresh(CheckIn, once),
        )  # fmt: skip
        record(
            by=by, at=at, verb="hold_check_in", object_kind="case", object_id=case.public_id, partner=case.partner,
            sentence=_("%(who)s recorded a check-in: %(title)s") % {"who": by.name, "title": case.title},
            data={"publication": publication, "readings": readings, "words": said},
        )  # fmt: skip
    return made


def judge(*, case: Case, once: str, by: Viewer, at: dt.datetime) -> Case:
    """Let the data judge every promise whose day has come; once all are judged the case moves. People cannot choose the result.

    A promise that was judged stays as it was judged, until it is judged on a later publication.
    """
    require(by, "hold_check_in")
    publication = current(viewer=HOUSE).get(case.partner, "")
    with transaction.atomic():
        wait_for_the_chain()
        if by.sees(case.partner) and CaseStep.objects.filter(case=case, once=once, move=Move.JUDGE).exists():
            return Case.objects.get(pk=case.pk)  # the same form, sent twice
        case = _running(case, by)
        promises = promises_of(case)
        due = [p for p in promises if is_due(case.partner, publication, p)]
        if not due:
            first = min((p.judged_on for p in promises), default=None)
            raise Refusal(
                _("No promise can be judged yet"), where=case.title, expected=_("weekly values up to %(day)s") % {"day": first},
                next_step=_("Deliver the weeks that are missing, or wait for that day."),
            )  # fmt: skip
        changed = False
        for own in due:
            changed = _judged(case, own, publication, promises, by, at) or changed
        left = [p for p in promises if not p.outcome]
        if left or (case.state == State.CANNOT_SAY and not changed):
            return case
        return advance(case=case, move=Move.JUDGE, outcome=_together(promises), publication=publication, words=_summary(promises), once=once, by=by, at=at)  # fmt: skip


def _judged(case: Case, own: StoredPromise, publication: str, touched: list[StoredPromise], by: Viewer, at: dt.datetime) -> bool:  # fmt: skip
    """Write the verdict of one promise down; whether it is another one than before."""
    if own.outcome and own.verdict_publication == publication:
        return False
    found = effect_of(own, publication, touched)
    if found is None:
        return False
    own.outcome, own.verdict_words, own.verdict_publication, own.judged_at = found.outcome.value, found.sentence, publication, at  # fmt: skip
    own.estimate, own.low, own.high, own.weeks_more = found.estimate, found.low, found.high, found.weeks_more
    own.verdict_checks = [{"name": c.name, "passed": c.passed, "sentence": c.sentence} for c in found.checks]
    own.save()
    record(
        by=by, at=at, verb="judge_promise", object_kind="case", object_id=case.public_id, partner=case.partner,
        sentence=_("The data judged “%(what)s”: %(said)s") % {"what": own.action, "said": found.sentence},
        data={"promise": own.public_id, "outcome": own.outcome, "estimate": repr(own.estimate), "low": repr(own.low), "high": repr(own.high), "publication": publication},
    )  # fmt: skip
    return True


def _together(promises: list[StoredPromise]) -> State:
    """The plan worked when every promise did; it did not when one did not; else the data cannot say yet."""
    outcomes = {p.outcome for p in promises}
    if outcomes == {Outcome.WORKED}:
        return State.WORKED
    return State.DID_NOT if Outcome.DID_NOT in outcomes else State.CANNOT_SAY


def _summary(promises: list[StoredPromise]) -> str:
    return "\n".join(f"{p.action}: {p.verdict_words}" for p in promises)


def _not_too_often(own: QuerySet[Saying] | QuerySet[CheckIn], at: dt.datetime, most: int) -> None:
    """A side says so much in a day and no more: what is said all the time is not read."""
    if own.filter(at__gt=at - dt.timedelta(days=1)).count() >= most:
        raise Refusal(
            _("Your side has done this %(n)s times within a day") % {"n": most},
            next_step=_("Put it into one, tomorrow."),
        )


def _running(case: Case, by: Viewer) -> Case:
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not by.sees(case.partner):
        raise Refusal(_("There is no such case"), kind=RefusalKind.PERMISSION)
    if case.state not in RUNNING:
        raise Refusal(
            _("There is nothing to check in on: the case is “%(state)s”") % {"state": case.state}, expected=_("a plan that is in progress"),
            next_step=_("See on the case who is waited for."),
        )  # fmt: skip
    return case


def open_feed(*, user: User, at: dt.datetime) -> str:
    """A new calendar address of one's own; the one before stops working. The token is told once and not kept."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        wait_for_the_chain()
        CalendarFeed.objects.update_or_create(user=user, defaults={"token_sha256": hashed(token), "at": at})  # fmt: skip
        record(
            by=user.as_viewer, at=at, verb="open_calendar_feed", object_kind="person", object_id=user.pk,
            sentence=_("%(who)s made a calendar address") % {"who": user.name},
        )  # fmt: skip
    return token


def close_feed(*, user: User, at: dt.datetime) -> None:
    """Take the calendar address back. Twice changes nothing."""
    with transaction.atomic():
        wait_for_the_chain()
        gone, _kinds = CalendarFeed.objects.filter(user=user).delete()
        if gone:
            record(
                by=user.as_viewer, at=at, verb="close_calendar_feed", object_kind="person", object_id=user.pk,
                sentence=_("%(who)s took the calendar address back") % {"who": user.name},
            )  # fmt: skip
