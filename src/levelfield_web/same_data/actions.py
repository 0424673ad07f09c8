"""The moves of deliveries: receive, publish, withdraw, acknowledge; and what the worker writes down."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record, wait_for_the_chain
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import Side, Viewer
from levelfield_web.people.permissions import require
from levelfield_web.same_data.models import ENDED, Delivery, Seen, State, organisation
from levelfield_web.same_data.warehouse import current_release, partner_visible, store, upload_folder

LARGEST_UPLOAD = 2_000_000_000
LEASE = dt.timedelta(seconds=30)
MOST_TRIES = 3
DAY = dt.timedelta(days=1)


def receive(
    *,
    name: str,
    chunks: Iterable[bytes],
    partner: str,
    profile: str,
    options: Mapping[str, str],
    leave_rejected: bool,
    by: Viewer,
    at: dt.datetime,
) -> Delivery:
    """Keep an uploaded file and let the worker look at it. A partner delivers its own facts only."""
    require(by, "upload")
    if by.side == Side.PARTNER:
        partner = by.partner
        options = {k: v for k, v in options.items() if k != "add_unknown"}
    elif partner and not partner_visible(viewer=by, partner=partner):
        raise Refusal(
            _("There is no partner with the key “%(key)s”") % {"key": partner}, next_step=_("Choose one from the list.")
        )
    folder = upload_folder()
    folder.mkdir(parents=True, exist_ok=True)
    stored_as = secrets.token_hex(16)
    digest, size = hashlib.sha256(), 0
    path = folder / stored_as
    try:
        with path.open("wb") as out:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST_UPLOAD:
                    raise Refusal(
                        _("The file is larger than %(mb)s MB") % {"mb": LARGEST_UPLOAD // 1_000_000},
                        where=name,
                        next_step=_("Deliver it packed, in parts, or at the command line."),
                    )
                digest.update(chunk)
                out.write(chunk)
        given = dict(options) | ({"partner": partner} if partner else {})
        with transaction.atomic():
            refuse_beyond_quota(size=size, by=by, at=at)
            delivery = Delivery.objects.create(
                name=name[-200:], sha256=digest.hexdigest(), size=size, stored_as=stored_as, partner=partner, side=by.side, by_id=by.user_id,
                by_name=by.name, at=at, profile=profile, options=given, leave_rejected=leave_rejected,
            )  # fmt: skip
            record(
                by=by, at=at, verb="deliver", object_kind="delivery", object_id=delivery.public_id, partner=partner or None,
                sentence=_("%(who)s delivered %(name)s (%(size)s bytes)") % {"who": by.name, "name": name, "size": f"{size:,}"},
                data={"sha256": delivery.sha256},
            )  # fmt: skip
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return delivery


def refuse_beyond_quota(*, size: int, by: Viewer, at: dt.datetime) -> None:
    """Each side has room for so many deliveries that wait, and for so many bytes a day."""
    own = Delivery.objects.filter(side=by.side) if by.is_client else Delivery.objects.filter(of_partner(by.partner))
    waiting = own.exclude(state__in=ENDED).count()
    if waiting >= settings.MOST_WAITING:
        raise Refusal(
            _("%(n)s deliveries of your side wait already") % {"n": waiting},
            expected=_("at most %(n)s") % {"n": settings.MOST_WAITING},
            next_step=_("Withdraw those that are not needed, or wait until they are published."),
        )
    today = own.filter(at__gt=at - DAY).aggregate(bytes=Sum("size"))["bytes"] or 0
    if today + size > settings.MOST_DELIVERED_A_DAY:
        raise Refusal(
            _("Your side delivered %(mb)s MB within a day, and there is no room for this file")
            % {"mb": f"{today // 1_000_000:,}"},
            expected=_("at most %(mb)s MB a day") % {"mb": f"{settings.MOST_DELIVERED_A_DAY // 1_000_000:,}"},
            next_step=_("Deliver it tomorrow, or let it be published at the command line."),
        )


def of_partner(partner: str) -> Q:
    """What the people of one partner delivered."""
    return Q(side=Side.PARTNER, partner=partner)


def ask_to_publish(*, delivery: Delivery, leave_rejected: bool, by: Viewer, at: dt.datetime) -> Delivery:
    """Queue a looked-at delivery for publication. Pressing twice queues it once."""
    require(by, "publish")
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.state in (State.QUEUED, State.PUBLISHING, State.PUBLISHED):
            return delivery
        if delivery.state != State.CHECKED:
            raise Refusal(
                _("The delivery is %(state)s and cannot be published") % {"state": delivery.get_state_display()},
                where=delivery.name,
                next_step=_("Correct the file and deliver it again."),
            )
        delivery.state, delivery.step, delivery.share, delivery.tries = State.QUEUED, "", 0.0, 0
        delivery.leave_rejected = delivery.leave_rejected or leave_rejected
        delivery.save()
        record(
            by=by, at=at, verb="publish", object_kind="delivery", object_id=delivery.public_id, partner=delivery.partner or None,
            sentence=_("%(who)s asked to publish %(name)s") % {"who": by.name, "name": delivery.name},
        )  # fmt: skip
    return delivery


def withdraw(*, delivery: Delivery, by: Viewer, at: dt.datetime) -> None:
    """Take a delivery back before it is published; its file goes."""
    require(by, "upload")
    if by.side == Side.PARTNER and delivery.side != Side.PARTNER:
        raise Refusal(
            _("The client delivered this file"),
            next_step=_("Ask the client to withdraw it."),
            kind=RefusalKind.PERMISSION,
        )
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
        if delivery.state in (State.PUBLISHED, State.PUBLISHING, State.QUEUED):
            raise Refusal(_("The delivery is %(state)s") % {"state": delivery.get_state_display()}, where=delivery.name)
        if delivery.state == State.WITHDRAWN:
            return
        delivery.state, delivery.ended_at = State.WITHDRAWN, at
        delivery.lease_token, delivery.lease_until = "", None
        delivery.save()
        record(
            by=by, at=at, verb="withdraw", object_kind="delivery", object_id=delivery.public_id, partner=delivery.partner or None,
            sentence=_("%(who)s withdrew %(name)s") % {"who": by.name, "name": delivery.name},
        )  # fmt: skip
        transaction.on_commit(lambda: (upload_folder() / delivery.stored_as).unlink(missing_ok=True))


def acknowledge(*, publication: str, partner: str, by: Viewer, at: dt.datetime) -> Seen:
    """Say that one has seen a publication. Saying it again changes nothing."""
    require(by, "acknowledge")
    with transaction.atomic():
        seen, new = Seen.objects.get_or_create(
            publication=publication,
            side=by.side,
            by_name=by.name,
            defaults={"partner": partner, "by_id": by.user_id, "at": at},
        )
        if new:
            record(
                by=by, at=at, verb="acknowledge", object_kind="publication", object_id=publication, partner=partner,
                sentence=_("%(who)s has seen publication %(id)s") % {"who": by.name, "id": publication},
            )  # fmt: skip
    return seen


def note_publications(*, by: Viewer, at: dt.datetime) -> int:
    """Record a move for every publication that has none yet: those made at the command line. How many there were.

    What a delivery on these pages is being made into is left to that delivery; where its worker died between the
    release and its move, the move is made here.
    """
    release, estate = current_release()
    known = store()
    records = [record_ for partner in release.current for record_ in known.records(partner)]
    with transaction.atomic():
        wait_for_the_chain()
        told = set(Move.objects.filter(object_kind="publication", verb="published").values_list("object_id", flat=True))
        noted = 0
        for published in sorted((r for r in records if r.id not in told), key=lambda r: r.published_at):
            # A delivery's publication is signed “Noor Haddad (north)”.
            who = published.by.rpartition(" (")[0] or published.by
            around = Delivery.objects.filter(by_name=who, at__lte=published.published_at)
            if around.filter(state=State.PUBLISHING).exists():
                continue
            delivered = around.filter(state=State.PUBLISHED, ended_at__gte=published.published_at).exists()
            words = {
                "id": published.id, "name": estate.name_of(published.publication.partner), "who": published.by,
                "moment": f"{published.published_at.astimezone(dt.UTC):%Y-%m-%d %H:%M}",
            }  # fmt: skip
            sentence = (
                _("Publication %(id)s of %(name)s was made from a delivery of %(who)s at %(moment)s UTC")
                if delivered
                else _("Publication %(id)s of %(name)s was published at the command line by %(who)s at %(moment)s UTC")
            )
            record(
                by=by, at=at, verb="published", object_kind="publication", object_id=published.id,
                partner=published.publication.partner, sentence=sentence % words,
                data={"by": published.by, "published_at": published.published_at.isoformat()},
            )  # fmt: skip
            noted += 1
    return noted


# What the worker writes. A lease says who is at work; one that ran out may be taken over.


def claim(*, at: dt.datetime) -> Delivery | None:
    """Take the next delivery that waits, or one whose worker has died. The sides take turns."""
    with transaction.atomic():
        due = Q(state__in=[State.WAITING, State.QUEUED]) | Q(
            state__in=[State.CHECKING, State.PUBLISHING], lease_until__lt=at
        )
        next_one = next_in_turn(due)
        delivery = Delivery.objects.select_for_update().filter(due, pk=next_one).first() if next_one else None
        if delivery is None:
            return None
        publishing = delivery.state in (State.QUEUED, State.PUBLISHING)
        delivery.tries, delivery.claimed_at = delivery.tries + 1, at
        if delivery.tries > MOST_TRIES:
            delivery.state, delivery.ended_at = State.REFUSED, at
            delivery.lease_token, delivery.lease_until = "", None
            delivery.refusal = {
                "what": _("The work on this file stopped %(n)s times") % {"n": MOST_TRIES},
                "next_step": _("Tell who runs this house."),
            }
            delivery.save()
            return None
        delivery.state = State.PUBLISHING if publishing else State.CHECKING
        delivery.lease_token, delivery.lease_until = secrets.token_hex(16), at + LEASE
        delivery.save()
        return delivery


def next_in_turn(due: Q) -> int | None:
    """The oldest delivery of the side whose last turn is longest ago, so that nobody waits for a long queue of others."""
    turns: dict[str, dt.datetime] = {}
    taken = Delivery.objects.exclude(claimed_at=None).order_by().values_list("side", "partner")
    for side, partner, last in taken.annotate(last=Max("claimed_at")):
        who = organisation(side, partner)
        turns[who] = max(last, turns.get(who, last))
    waiting = Delivery.objects.filter(due).values_list("pk", "side", "partner")
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    return min(((turns.get(organisation(s, p), never), pk) for pk, s, p in waiting), default=(never, None))[1]


def keep_going(*, delivery_id: int, token: str, at: dt.datetime) -> bool:
    """Renew a lease; False when somebody else has taken over."""
    return bool(Delivery.objects.filter(pk=delivery_id, lease_token=token).update(lease_until=at + LEASE))


def tell_progress(*, delivery_id: int, token: str, step: str, share: float) -> None:
    """Note how far the work is."""
    Delivery.objects.filter(pk=delivery_id, lease_token=token).update(step=step[:80], share=max(0.0, min(1.0, share)))


def finish(
    *, delivery_id: int, token: str, state: State, result: Mapping[str, Any], by: Viewer, at: dt.datetime
) -> bool:
    """Write down what became of a delivery, if the lease still holds."""
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().filter(pk=delivery_id, lease_token=token).first()
        if delivery is None:
            return False
        for name, value in result.items():
            setattr(delivery, name, value)
        delivery.state, delivery.share, delivery.step = state, 1.0, ""
        delivery.lease_token, delivery.lease_until, delivery.tries = "", None, 0
        delivery.ended_at = at if state in (State.REFUSED, State.PUBLISHED) else None
        delivery.save()
        for partner, id_ in delivery.publications.items() if state == State.PUBLISHED else ():
            record(
                by=by, at=at, verb="published", object_kind="publication", object_id=id_, partner=partner,
                sentence=_("Publication %(id)s was made from %(name)s") % {"id": id_, "name": delivery.name if delivery.partner else _("a delivery")},
            )  # fmt: skip
        if state in (State.REFUSED, State.PUBLISHED):
            transaction.on_commit(lambda: (upload_folder() / delivery.stored_as).unlink(missing_ok=True))
    return True
