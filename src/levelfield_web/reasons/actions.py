"""Moves of the charter: reasons and weights are the client's; sponsors, buy-in and answers are each side's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from levelfield.measures.catalogue import MEASURES, measure_named
from levelfield.measures.measure import Direction
from levelfield.reasons import STATEMENTS, TITLES, VERSION, Kind, Reason
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.fields.texts import readable, written
from levelfield_web.fields.viewer import Side, Viewer
from levelfield_web.people.models import Partner, User
from levelfield_web.people.permissions import require
from levelfield_web.reasons.models import ANSWERS, LEVELS, STANCES, BuyIn, Sponsor, StoredReason, SurveyAnswer, Weighing

LONGEST_NAME, LONGEST_SOURCE, LONGEST_WORDS = 200, 200, 1000
MOST_REASONS = 12  # of one charter: more cannot be weighed with care
MOST_SPONSORS = 30  # of one side at one partner, in place
MOST_A_DAY = 20  # weighings, statements or surveys of one person or sponsor: more is a slip of a finger
MOST_POINTS = 100
LARGEST = Decimal(10) ** 12
EARLIEST = dt.date(1990, 1, 1)


def add_reason(
    *, partner: str, kind: str, words: str = "", measure: str = "", higher_is_better: bool | None = None, by: Viewer, at: dt.datetime
) -> StoredReason:  # fmt: skip
    """Put a reason on record. The same while it stands changes nothing."""
    require(by, "keep_charter")
    _theirs(by, partner)
    if kind not in set(Kind):
        raise Refusal(
            _("“%(kind)s” is no kind of reason") % {"kind": kind[:40]},
            expected=", ".join(TITLES.values()),
            next_step=_("Choose one of them."),
        )
    said = _at_most(words, _("The words"), LONGEST_WORDS)
    better = _better(measure, higher_is_better)
    made = Reason("new", Kind(kind), said, measure, better)  # refuses what cannot be
    with transaction.atomic():
        wait_for_the_chain()
        standing = StoredReason.objects.filter(partner=partner, withdrawn_at=None)
        same = standing.filter(kind=kind, words=said, measure=measure, higher_is_better=better).first()
        if same is not None:
            return same
        if standing.count() >= MOST_REASONS:
            raise Refusal(
                _("%(n)s reasons are on record already") % {"n": MOST_REASONS}, where=made.title,
                next_step=_("Withdraw one that counts no longer, then add this one."),
            )  # fmt: skip
        stored = StoredReason.objects.create(
            partner=partner, kind=kind, words=said, measure=measure, higher_is_better=better, by_id=by.user_id, by_name=by.name, at=at
        )  # fmt: skip
        record(
            by=by, at=at, verb="add_reason", object_kind="reason", object_id=stored.public_id, partner=partner,
            sentence=_("%(who)s added a reason to outsource: %(reason)s") % {"who": by.name, "reason": made.title},
            data={"kind": kind, "words": said, "measure": measure},
        )  # fmt: skip
    return stored


def withdraw_reason(*, reason: StoredReason, by: Viewer, at: dt.datetime) -> StoredReason:
    """Take a reason off the charter. Again changes nothing."""
    require(by, "keep_charter")
    with transaction.atomic():
        wait_for_the_chain()
        reason = StoredReason.objects.select_for_update().get(pk=reason.pk)
        _theirs(by, reason.partner)
        if reason.withdrawn_at is not None:
            return reason
        reason.withdrawn_by_name, reason.withdrawn_at = by.name, at
        reason.save()
        record(
            by=by, at=at, verb="withdraw_reason", object_kind="reason", object_id=reason.public_id, partner=reason.partner,
            sentence=_("%(who)s withdrew a reason to outsource: %(reason)s") % {"who": by.name, "reason": title_of(reason)},
        )  # fmt: skip
    return reason


def set_baseline(
    *, reason: StoredReason, measure: str, higher_is_better: bool | None = None, baseline: Decimal | None, baseline_on: dt.date | None, source: str, by: Viewer,
    at: dt.datetime,
) -> StoredReason:  # fmt: skip
    """Name the measure of a reason, and where it stood: value (in the unit of the measure), day and source, or none of the three."""
    require(by, "keep_charter")
    better = _better(measure, higher_is_better)
    said = " ".join(_at_most(source, _("The source"), LONGEST_SOURCE).split())
    if baseline is not None and not (baseline.is_finite() and abs(baseline) < LARGEST):
        raise Refusal(
            _("The baseline cannot be %(value)s") % {"value": str(baseline)[:30]},
            expected=_("a number"),
            next_step=_("Correct it."),
        )
    if baseline_on is not None and not EARLIEST <= baseline_on <= at.date():
        raise Refusal(
            _("The baseline cannot be of %(day)s") % {"day": baseline_on}, expected=_("a day since 1990 and not ahead"), next_step=_("Choose another day.")
        )  # fmt: skip
    value = None if baseline is None else baseline.quantize(Decimal("0.000001"))
    with transaction.atomic():
        wait_for_the_chain()
        reason = StoredReason.objects.select_for_update().get(pk=reason.pk)
        _theirs(by, reason.partner)
        if reason.withdrawn_at is not None:
            raise Refusal(_("The reason was withdrawn"), where=title_of(reason), next_step=_("Add it again."))
        Reason(
            "new",
            Kind(reason.kind),
            reason.words,
            measure,
            better,
            None if value is None else float(value),
            baseline_on,
            said,
        )  # refuses
        new = (measure, better, value, baseline_on, said)
        old = (reason.measure, reason.higher_is_better, reason.baseline, reason.baseline_on, reason.source)
        if new == old:
            return reason
        reason.measure, reason.higher_is_better, reason.baseline, reason.baseline_on, reason.source = new
        reason.save()
        record(
            by=by, at=at, verb="set_baseline", object_kind="reason", object_id=reason.public_id, partner=reason.partner,
            sentence=_("%(who)s set what “%(reason)s” is measured by: %(what)s")
            % {"who": by.name, "reason": title_of(reason), "what": MEASURES[measure].label if measure else _("nothing")},
            data={"measure": measure, "baseline": "" if value is None else str(value), "on": str(baseline_on or ""), "source": said,
                  "before": [old[0], "" if old[2] is None else str(old[2]), str(old[3] or ""), old[4]]},
        )  # fmt: skip
    return reason


def weigh(*, partner: str, points: Mapping[str, int | None], by: Viewer, at: dt.datetime) -> Weighing:
    """Give points to every reason of the charter. The latest weighing of a person counts; the same again changes nothing."""
    require(by, "weigh_reasons")
    _theirs(by, partner)
    with transaction.atomic():
        wait_for_the_chain()
        reasons = {r.public_id: r for r in StoredReason.objects.filter(partner=partner, withdrawn_at=None)}
        if not reasons or set(points) - set(reasons):
            raise Refusal(
                _("The charter has changed"),
                expected=_("points for the reasons that stand"),
                next_step=_("Look at the page again, then weigh."),
            )
        missing = [title_of(r) for key, r in reasons.items() if points.get(key) is None]
        if missing:
            raise Refusal(
                _("No points are given to %(names)s") % {"names": ", ".join(missing)}, expected=_("points for every reason; 0 where it does not count"),
                next_step=_("Fill in what is missing."),
            )  # fmt: skip
        given = {key: value for key, value in points.items() if value is not None}
        if any(isinstance(v, bool) or not 0 <= v <= MOST_POINTS for v in given.values()) or not sum(given.values()):
            raise Refusal(
                _("The points cannot be weighed"), expected=_("whole numbers from 0 to %(most)s, not all of them 0") % {"most": MOST_POINTS},
                next_step=_("Correct the points; only their proportions count."),
            )  # fmt: skip
        own = Weighing.objects.filter(partner=partner, by_id=by.user_id, by_name=by.name)
        last = own.first()
        if last is not None and last.points == given:
            return last
        _not_too_often(own, at)
        made = Weighing.objects.create(partner=partner, points=given, by_id=by.user_id, by_name=by.name, at=at)
        record(
            by=by, at=at, verb="weigh_reasons", object_kind="charter", object_id=partner, partner=partner,
            sentence=_("%(who)s weighed the reasons: %(points)s")
            % {"who": by.name, "points": ", ".join(f"{title_of(r)} {given[key]}" for key, r in reasons.items())},
            data=given,
        )  # fmt: skip
    return made


def name_sponsor(
    *, partner: str, name: str, level: str, since: dt.date, person_id: int | None = None, by: Viewer, at: dt.datetime
) -> Sponsor:
    """Name who stands behind the work on one's own side. The same who is in place changes nothing."""
    require(by, "name_sponsor")
    _theirs(by, partner)
    if level not in dict(LEVELS):
        raise Refusal(
            _("The level is missing"),
            expected=", ".join(str(w) for _k, w in LEVELS),
            next_step=_("Choose one of them."),
        )
    account = _account(person_id, partner, by)
    called = (
        account.name
        if account is not None
        else " ".join(written(" ".join(readable(name).split()), _("The name"), LONGEST_NAME).split())
    )
    if not EARLIEST <= since <= at.date():
        raise Refusal(
            _("A sponsor cannot stand there since %(day)s") % {"day": since}, where=called, expected=_("a day since 1990 and not ahead"),
            next_step=_("Choose another day."),
        )  # fmt: skip
    with transaction.atomic():
        wait_for_the_chain()
        here = Sponsor.objects.filter(partner=partner, side=by.side, left=None)
        same = here.filter(name=called, person=account).first()
        if same is not None:
            if same.level == level:
                return same
            raise Refusal(
                _("%(name)s is named already, as %(level)s") % {"name": called, "level": same.get_level_display()},
                next_step=_("Say first since when that is over, then name the new level."),
            )  # fmt: skip
        if here.count() >= MOST_SPONSORS:
            raise Refusal(
                _("%(n)s sponsors are named already") % {"n": MOST_SPONSORS},
                where=called,
                next_step=_("Say who has left."),
            )
        made = Sponsor.objects.create(
            partner=partner, side=by.side, name=called, level=level, person=account, since=since, by_id=by.user_id, by_name=by.name, at=at
        )  # fmt: skip
        record(
            by=by, at=at, verb="name_sponsor", object_kind="sponsor", object_id=made.public_id, partner=partner,
            sentence=_("%(who)s named %(name)s as a sponsor (%(level)s) since %(day)s")
            % {"who": by.name, "name": called, "level": made.get_level_display(), "day": since},
            data={"level": level},
        )  # fmt: skip
    return made


def sponsor_leaves(*, sponsor: Sponsor, left: dt.date, by: Viewer, at: dt.datetime) -> Sponsor:
    """Say since when a sponsor of one's own side no longer stands there. Again changes nothing."""
    require(by, "name_sponsor")
    with transaction.atomic():
        wait_for_the_chain()
        sponsor = _own(sponsor, by)
        if sponsor.left is not None:
            return sponsor
        if not sponsor.since <= left <= at.date():
            raise Refusal(
                _("%(name)s cannot have left on %(day)s") % {"name": sponsor.name, "day": left},
                expected=_("a day since %(since)s and not ahead") % {"since": sponsor.since}, next_step=_("Choose another day."),
            )  # fmt: skip
        sponsor.left = left
        sponsor.save()
        record(
            by=by, at=at, verb="sponsor_leaves", object_kind="sponsor", object_id=sponsor.public_id, partner=sponsor.partner,
            sentence=_("%(who)s said that %(name)s is no sponsor any more since %(day)s") % {"who": by.name, "name": sponsor.name, "day": left},
        )  # fmt: skip
    return sponsor


def say_buy_in(
    *, sponsor: Sponsor, stance: str, words: str = "", said_on: dt.date | None = None, by: Viewer, at: dt.datetime
) -> BuyIn:
    """Record what a sponsor of one's own side says of the work. Who signs in speaks for themselves."""
    require(by, "say_buy_in")
    said = _at_most(words, _("The words"), LONGEST_WORDS)
    day = said_on or at.date()
    with transaction.atomic():
        wait_for_the_chain()
        sponsor = _own(sponsor, by)
        if stance not in dict(STANCES):
            raise Refusal(_("It is not said how %(name)s stands to it") % {"name": sponsor.name}, expected=", ".join(str(w) for _k, w in STANCES),
                          next_step=_("Choose one of them."))  # fmt: skip
        if sponsor.person_id is not None and sponsor.person_id != by.user_id:
            raise Refusal(
                _("%(name)s signs in here and speaks for themselves") % {"name": sponsor.name}, next_step=_("Ask %(name)s to say it on this page.") % {"name": sponsor.name},
                kind=RefusalKind.PERMISSION,
            )  # fmt: skip
        if sponsor.left is not None:
            raise Refusal(
                _("%(name)s is no sponsor any more") % {"name": sponsor.name},
                next_step=_("Name them again if they came back."),
            )
        if not sponsor.since <= day <= at.date():
            raise Refusal(
                _("It cannot have been said on %(day)s") % {"day": day}, where=sponsor.name,
                expected=_("a day since %(since)s and not ahead") % {"since": sponsor.since}, next_step=_("Choose another day."),
            )  # fmt: skip
        same = BuyIn.objects.filter(sponsor=sponsor, stance=stance, words=said, said_on=day).first()
        if same is not None:
            return same
        _not_too_often(BuyIn.objects.filter(sponsor=sponsor), at)
        made = BuyIn.objects.create(
            sponsor=sponsor, stance=stance, words=said, said_on=day, by_id=by.user_id, by_name=by.name, at=at
        )
        record(
            by=by, at=at, verb="say_buy_in", object_kind="sponsor", object_id=sponsor.public_id, partner=sponsor.partner,
            sentence=_("%(who)s recorded for %(day)s: %(name)s %(stance)s")
            % {"who": by.name, "day": day, "name": sponsor.name, "stance": dict(STANCES)[stance]},
            data={"stance": stance, "words": said},
        )  # fmt: skip
    return made


def answer_survey(
    *, partner: str, answers: Mapping[str, int | None], by: Viewer, at: dt.datetime
) -> list[SurveyAnswer]:
    """Answer every statement for one's own side. A person's latest answers count; the same again changes nothing.

    The audit says that the person answered, and never what: the other side reads it before it has answered itself.
    """
    require(by, "answer_survey")
    _theirs(by, partner)
    if set(answers) - set(STATEMENTS):
        raise Refusal(
            _("The survey has changed"),
            expected=_("answers to its statements"),
            next_step=_("Look at the page again, then answer."),
        )
    missing = [n for n, key in enumerate(STATEMENTS, start=1) if answers.get(key) not in dict(ANSWERS)]
    if missing:
        raise Refusal(
            _("No answer is given to statement %(numbers)s") % {"numbers": ", ".join(map(str, missing))}, expected=_("an answer to each of %(n)s statements") % {"n": len(STATEMENTS)},
            next_step=_("Fill in what is missing."),
        )  # fmt: skip
    given = {key: int(answers[key] or 0) for key in STATEMENTS}
    with transaction.atomic():
        wait_for_the_chain()
        own = SurveyAnswer.objects.filter(
            partner=partner, version=VERSION, side=by.side, by_id=by.user_id, by_name=by.name
        )
        last = {a.statement: a for a in reversed(own)}
        if {key: a.answer for key, a in last.items()} == given:
            return list(last.values())
        _not_too_often(own.filter(statement=next(iter(STATEMENTS))), at)
        made = [
            SurveyAnswer.objects.create(
                partner=partner, version=VERSION, statement=key, side=by.side, answer=value, by_id=by.user_id, by_name=by.name, at=at
            )
            for key, value in given.items()
        ]  # fmt: skip
        record(
            by=by, at=at, verb="answer_survey", object_kind="survey", object_id=partner, partner=partner,
            sentence=_("%(who)s answered the survey of both sides") % {"who": by.name}, data={"version": VERSION},
        )  # fmt: skip
    return made


def title_of(reason: StoredReason) -> str:
    """What people call a stored reason."""
    return Reason(reason.public_id, Kind(reason.kind), reason.words).title


def _theirs(by: Viewer, partner: str) -> None:
    """Nobody moves in the charter of another partner, or of one that is not there."""
    if not by.sees(partner) or not Partner.objects.filter(key=partner).exists():
        raise Refusal(_("There is no such partner"), kind=RefusalKind.PERMISSION)


def _own(sponsor: Sponsor, by: Viewer) -> Sponsor:
    """The sponsor as it stands now, where it is one of the mover's side."""
    found = Sponsor.objects.select_for_update().get(pk=sponsor.pk)
    if not by.sees(found.partner):
        raise Refusal(_("There is no such sponsor"), kind=RefusalKind.PERMISSION)
    if found.side != by.side:
        raise Refusal(
            _("The other side named this sponsor"), where=found.name, next_step=_("Each side speaks for its own sponsors."), kind=RefusalKind.PERMISSION
        )  # fmt: skip
    return found


def _account(person_id: int | None, partner: str, by: Viewer) -> User | None:
    """The person who signs in, where the sponsor is one; of one's own side alone."""
    if person_id is None:
        return None
    own = User.objects.filter(is_active=True, side=by.side, partner=partner if by.side == Side.PARTNER else "")
    found = own.filter(pk=person_id).first()
    if found is None:
        raise Refusal(
            _("There is no such person on your side"), next_step=_("Choose one of the list, or write a name.")
        )
    return found


def _better(measure: str, given: bool | None) -> bool | None:
    """Which way is better: as the measure says, and as the client says where it does not."""
    if not measure:
        return None
    direction = measure_named(measure).direction
    if direction is Direction.NONE:
        return given
    return direction is Direction.HIGHER


def _at_most(text: str, what: str, most: int) -> str:
    """What somebody wrote, which may be nothing."""
    return written(text, what, most, next_step=_("Shorten it and send it again.")) if readable(text) else ""


def _not_too_often(own: QuerySet[Any], at: dt.datetime) -> None:
    if own.filter(at__gt=at - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refusal(
            _("That was said %(n)s times within a day") % {"n": MOST_A_DAY}, next_step=_("Come back tomorrow.")
        )
