"""Moves of agreements: add a version, accept it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from levelfield.agreement.agreement import Agreement
from levelfield.words import Refusal
from levelfield_io.agreements_at_hand import parse_agreement, save_agreement
from levelfield_web.agreement.files import home
from levelfield_web.agreement.models import Acceptance
from levelfield_web.audit.actions import record
from levelfield_web.fields.viewer import Viewer
from levelfield_web.people.permissions import require

LARGEST = 1_000_000


def add_version(*, body: bytes, name: str, known_partners: tuple[str, ...], by: Viewer, at: dt.datetime) -> Agreement:
    """Add a version of an agreement. One that exists is never edited."""
    require(by, "add_agreement")
    if len(body) > LARGEST:
        raise Refusal(_("The file is larger than an agreement can be"), where=name, expected=_("at most 1 MB"))
    parsed = parse_agreement(body, name)
    if parsed.partner not in known_partners:
        raise Refusal(
            _("There is no partner with the key “%(key)s”") % {"key": parsed.partner},
            where=name,
            expected=", ".join(known_partners),
        )
    with transaction.atomic():
        saved = save_agreement(home(), body, name)
        record(
            by=by, at=at, verb="add_agreement", object_kind="agreement", object_id=f"{saved.partner}-{saved.version}", partner=saved.partner,
            sentence=_("%(who)s added version %(n)s of “%(title)s”") % {"who": by.name, "n": saved.version, "title": saved.title},
            data={"content": saved.content},
        )  # fmt: skip
    return saved


def accept(*, agreement: Agreement, by: Viewer, at: dt.datetime) -> Acceptance:
    """Accept a version for one's side, once."""
    require(by, "acknowledge")
    with transaction.atomic():
        accepted, new = Acceptance.objects.get_or_create(
            content=agreement.content, side=by.side,
            defaults={"partner": agreement.partner, "version": agreement.version, "by_id": by.user_id, "by_name": by.name, "at": at},
        )  # fmt: skip
        if new:
            record(
                by=by, at=at, verb="accept_agreement", object_kind="agreement", object_id=f"{agreement.partner}-{agreement.version}",
                partner=agreement.partner,
                sentence=_("%(who)s accepted version %(n)s of “%(title)s”") % {"who": by.name, "n": agreement.version, "title": agreement.title},
                data={"content": agreement.content},
            )  # fmt: skip
    return accepted
