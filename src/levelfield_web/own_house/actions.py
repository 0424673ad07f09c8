"""Moves of the own house: ask the client, give or decline, announce a change, say how a duty stands."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from levelfield.own_house import DUTIES
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.fields.texts import readable, written
from levelfield_web.fields.viewer import Viewer
from levelfield_web.own_house.models import ANSWERS, Announcement, ChangeKind, ClientRequest, DutyAnswer, RequestKind
from levelfield_web.people.permissions import require

LONGEST_TITLE = 200
LONGEST_WORDS = 2000
FARTHEST = dt.timedelta(days=366)
MOST_OPEN = 100  # requests of one partner that wait for an answer
MOST_AHEAD = 200  # announced changes of one partner that lie ahead


def ask(*, partner: str, kind: str, what: str, needed_on: dt.date, by: Viewer, at: dt.datetime) -> ClientRequest:
    """Ask the client for something by a day. The same request while it is open changes nothing."""
    require(by, "ask_client")
    _theirs(by, partner)
    _known(kind, RequestKind, _("kind of request"))
    words = _written(what, _("What is asked"), LONGEST_TITLE)
    if not at.date() <= needed_on <= at.date() + FARTHEST:
        raise Refusal(
            _("It cannot be needed on %(day)s") % {"day": needed_on}, where=words,
            expected=_("today or a day within a year"), next_step=_("Choose another day."),
        )  # fmt: skip
    with transaction.atomic():
        wait_for_the_chain()
        same = ClientRequest.objects.filter(partner=partner, kind=kind, what=words, given=None).first()
        if same is not None:
            return same
        if ClientRequest.objects.filter(partner=partner, given=None).count() >= MOST_OPEN:
            raise Refusal(
                _("%(n)s requests wait for an answer already") % {"n": MOST_OPEN}, where=words,
                next_step=_("Agree which of them are still needed; each is open until the client gives or declines it."),
            )  # fmt: skip
        made = ClientRequest.objects.create(
            partner=partner,
            kind=kind,
            what=words,
            needed_on=needed_on,
            side=by.side,
            by_id=by.user_id,
            by_name=by.name,
            at=at,
        )
        record(
            by=by, at=at, verb="ask_client", object_kind="request", object_id=made.public_id, partner=partner,
            sentence=_("%(who)s asked the client for %(kind)s by %(day)s: %(what)s")
            % {"who": by.name, "kind": RequestKind(kind).label, "day": needed_on, "what": words},
            data={"kind": kind, "needed_on": needed_on.isoformat()},
        )  # fmt: skip
    return made


def answer_request(*, asked: ClientRequest, given: bool, words: str, by: Viewer, at: dt.datetime) -> ClientRequest:
    """The client gives what was asked, or says why not. The same answer again changes nothing."""
    require(by, "answer_request")
    said = _written(words, _("The answer"), LONGEST_WORDS)
    with transaction.atomic():
        wait_for_the_chain()
        asked = ClientRequest.objects.select_for_update().get(pk=asked.pk)
        _theirs(by, asked.partner)
        if asked.given is not None:
            if asked.given is given:
                return asked
            raise Refusal(
                _("The request was answered by %(who)s and stays so") % {"who": asked.answered_by_name},
                where=asked.what,
            )
        asked.given = given
        asked.answer_with(said, by, at)
        sentence = _("%(who)s gave: %(what)s") if given else _("%(who)s declined: %(what)s")
        record(
            by=by, at=at, verb="answer_request", object_kind="request", object_id=asked.public_id, partner=asked.partner,
            sentence=sentence % {"who": by.name, "what": asked.what}, data={"given": given, "answer": said},
        )  # fmt: skip
    return asked


def announce(
    *, partner: str, kind: str, title: str, takes_effect_on: dt.date, by: Viewer, at: dt.datetime
) -> Announcement:
    """Announce a change to a partner. Announcing it again changes nothing: the first day counts."""
    require(by, "announce")
    _theirs(by, partner)
    _known(kind, ChangeKind, _("kind of change"))
    words = _written(title, _("The title"), LONGEST_TITLE)
    if takes_effect_on < at.date() or takes_effect_on > at.date() + FARTHEST:
        raise Refusal(
            _("A change that takes effect on %(day)s cannot be announced today") % {"day": takes_effect_on}, where=words,
            expected=_("today or a day within a year: an announcement looks ahead"), next_step=_("Choose another day."),
        )  # fmt: skip
    with transaction.atomic():
        wait_for_the_chain()
        same = Announcement.objects.filter(partner=partner, title=words, takes_effect_on=takes_effect_on).first()
        if same is not None:
            return same
        if Announcement.objects.filter(partner=partner, takes_effect_on__gte=at.date()).count() >= MOST_AHEAD:
            raise Refusal(
                _("%(n)s changes are announced already") % {"n": MOST_AHEAD}, where=words, next_step=_("Announce them together.")
            )  # fmt: skip
        made = Announcement.objects.create(
            partner=partner,
            kind=kind,
            title=words,
            takes_effect_on=takes_effect_on,
            by_id=by.user_id,
            by_name=by.name,
            at=at,
        )
        record(
            by=by, at=at, verb="announce_change", object_kind="announcement", object_id=f"{partner}-{takes_effect_on}", partner=partner,
            sentence=_("%(who)s announced a change for %(day)s: %(title)s") % {"who": by.name, "day": takes_effect_on, "title": words},
            data={"kind": kind},
        )  # fmt: skip
    return made


def say(*, partner: str, duty: str, answer: str, words: str, by: Viewer, at: dt.datetime) -> DutyAnswer:
    """One side says how a duty stands. The latest answer of a side counts; the same again changes nothing."""
    require(by, "answer_duty")
    _theirs(by, partner)
    if duty not in DUTIES:
        raise Refusal(_("There is no such duty"), where=duty[:40], expected=_("a duty of the list"))
    if answer not in dict(ANSWERS):
        raise Refusal(
            _("An answer is missing"), where=DUTIES[duty].title, expected=", ".join(str(w) for _a, w in ANSWERS),
            next_step=_("Choose one of them."),
        )  # fmt: skip
    said = readable(words)
    if len(said) > LONGEST_WORDS:
        raise Refusal(
            _("The words are too long"),
            where=DUTIES[duty].title,
            expected=_("at most %(n)s characters") % {"n": LONGEST_WORDS},
            next_step=_("Shorten them and send them again."),
        )
    with transaction.atomic():
        wait_for_the_chain()
        last = DutyAnswer.objects.filter(partner=partner, duty=duty, side=by.side).first()
        if last is not None and (last.answer, last.words) == (answer, said):
            return last
        made = DutyAnswer.objects.create(
            partner=partner,
            duty=duty,
            side=by.side,
            answer=answer,
            words=said,
            by_id=by.user_id,
            by_name=by.name,
            at=at,
        )
        record(
            by=by, at=at, verb="answer_duty", object_kind="duty", object_id=f"{partner}-{duty}", partner=partner,
            sentence=_("%(who)s says of “%(duty)s”: %(answer)s")
            % {"who": by.name, "duty": DUTIES[duty].title, "answer": dict(ANSWERS)[answer]},
            data={"answer": answer, "words": said},
        )  # fmt: skip
    return made


def _theirs(by: Viewer, partner: str) -> None:
    """Nobody moves in the house of another partner."""
    if not by.sees(partner):
        raise Refusal(_("There is no such partner"), kind=RefusalKind.PERMISSION)


def _known(value: str, among: type[RequestKind] | type[ChangeKind], what: str) -> None:
    if value not in among.values:
        raise Refusal(
            _("“%(value)s” is not a %(what)s") % {"value": value[:40], "what": what}, expected=", ".join(map(str, among.labels)),
            next_step=_("Choose one of them."),
        )  # fmt: skip


def _written(text: str, what: str, most: int) -> str:
    return written(" ".join(readable(text).split()), what, most, next_step=_("Write it and send it again."))
