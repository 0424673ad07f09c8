"""Moves of the scenarios: file a circumstance, withdraw one's own."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from levelfield.scenarios import SCENARIOS, scenario_of
from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.fields.texts import readable
from levelfield_web.fields.viewer import Viewer
from levelfield_web.people.permissions import require
from levelfield_web.scenarios.models import OWNERS, FiledCircumstance

LONGEST_TITLE, LONGEST_WORDS = 200, 2000
MOST_FILED = 200  # of one side at one partner, not withdrawn
EARLIEST = dt.date(2000, 1, 1)
FARTHEST = dt.timedelta(days=366)


def file(
    *, partner: str, scenario: str, title: str, starts_on: dt.date, ends_on: dt.date | None, site: str, line: str, owner: str, words: str, by: Viewer,
    at: dt.datetime,
) -> FiledCircumstance:  # fmt: skip
    """File a dated circumstance. The same of the same side again changes nothing."""
    require(by, "file_scenario")
    if not by.sees(partner):
        raise Refusal(_("There is no such partner"), kind=RefusalKind.PERMISSION)
    known = scenario_of(scenario)
    told = " ".join(readable(title).split())[:LONGEST_TITLE] or known.title
    if not EARLIEST <= starts_on <= at.date() + FARTHEST:
        raise Refusal(
            _("It cannot begin on %(day)s") % {"day": starts_on},
            where=told,
            expected=_("a day since 2000 and within a year"),
            next_step=_("Choose another day."),
        )
    if ends_on is not None and ends_on <= starts_on:
        raise Refusal(
            _("It begins on %(start)s and is over on %(end)s") % {"start": starts_on, "end": ends_on}, where=told,
            expected=_("an end after the start, or none while it goes on"), next_step=_("Correct one of the two days."),
        )  # fmt: skip
    if owner not in dict(OWNERS):
        raise Refusal(
            _("“%(owner)s” is no owner") % {"owner": owner[:40]},
            where=told,
            expected=", ".join(dict(OWNERS)),
            next_step=_("Say whose it is."),
        )
    if scenario == "own" and not readable(title):
        raise Refusal(
            _("A circumstance in own words needs a title"), expected=_("a few words"), next_step=_("Say what it is.")
        )
    with transaction.atomic():
        wait_for_the_chain()
        same = FiledCircumstance.objects.filter(
            partner=partner,
            scenario=scenario,
            title=told,
            starts_on=starts_on,
            ends_on=ends_on,
            site=site,
            line=line,
            side=by.side,
            withdrawn_at=None,
        ).first()
        if same is not None:
            return same
        if FiledCircumstance.objects.filter(partner=partner, side=by.side, withdrawn_at=None).count() >= MOST_FILED:
            raise Refusal(
                _("%(n)s circumstances are filed already") % {"n": MOST_FILED}, where=told,
                next_step=_("Withdraw those that no longer matter, then file this one."),
            )  # fmt: skip
        made = FiledCircumstance.objects.create(
            partner=partner, scenario=scenario, title=told, words=readable(words)[:LONGEST_WORDS], owner=owner, starts_on=starts_on, ends_on=ends_on, site=site, line=line,
            side=by.side, by_id=by.user_id, by_name=by.name, at=at,
        )  # fmt: skip
        record(
            by=by, at=at, verb="file_circumstance", object_kind="circumstance", object_id=made.public_id, partner=partner,
            sentence=_("%(who)s filed a circumstance: %(title)s, since %(day)s") % {"who": by.name, "title": told, "day": starts_on},
            data={"scenario": scenario, "owner": owner},
        )  # fmt: skip
    return made


def withdraw(*, filed: FiledCircumstance, by: Viewer, at: dt.datetime) -> FiledCircumstance:
    """Take back what one's own side filed. Again changes nothing."""
    require(by, "file_scenario")
    with transaction.atomic():
        wait_for_the_chain()
        filed = FiledCircumstance.objects.select_for_update().get(pk=filed.pk)
        if not by.sees(filed.partner):
            raise Refusal(_("There is no such circumstance"), kind=RefusalKind.PERMISSION)
        if filed.withdrawn_at is not None:
            return filed
        if filed.side != by.side:
            raise Refusal(
                _("The other side filed this circumstance"), where=filed.title, next_step=_("Ask %(who)s to withdraw it.") % {"who": filed.by_name},
                kind=RefusalKind.PERMISSION,
            )  # fmt: skip
        filed.withdrawn_by_name, filed.withdrawn_at = by.name, at
        filed.save()
        record(
            by=by, at=at, verb="withdraw_circumstance", object_kind="circumstance", object_id=filed.public_id, partner=filed.partner,
            sentence=_("%(who)s withdrew a circumstance: %(title)s") % {"who": by.name, "title": filed.title},
        )  # fmt: skip
    return filed


def known_scenarios() -> list[tuple[str, str]]:
    """Keys and titles, in their order."""
    return [(s.key, s.title) for s in SCENARIOS.values()]
