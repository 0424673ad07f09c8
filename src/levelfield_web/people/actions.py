"""Everything that changes people, their access and their invitations."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from levelfield.words import Refusal, RefusalKind
from levelfield_web.audit.actions import record
from levelfield_web.audit.models import Move
from levelfield_web.fields.viewer import HOUSE_ROLE, Side, Viewer
from levelfield_web.people import codes
from levelfield_web.people.attempts import count_before_checking, forget_failures
from levelfield_web.people.models import CLIENT_ROLES, PARTNER_ROLES, Invitation, Partner, Role, User, plain_email
from levelfield_web.people.permissions import require

INVITATION_LASTS = dt.timedelta(days=7)


@dataclass(frozen=True)
class Invited:
    """An invitation with its link, which is shown once and kept nowhere."""

    invitation: Invitation
    token: str


# --- partners -----------------------------------------------------------------------------------------------------


@transaction.atomic
def know_partner(*, key: str, name: str, by: Viewer, at: dt.datetime) -> Partner:
    """Make a partner known under its key, or give it a new name. Doing it twice changes nothing."""
    partner, is_new = Partner.objects.get_or_create(key=key, defaults={"name": name, "known_since_at": at})
    if not is_new and partner.name == name:
        return partner
    before, partner.name = partner.name, name
    partner.save(update_fields=["name"])
    sentence = (
        _("%(by)s made %(name)s known.") % {"by": by.name, "name": name}
        if is_new
        else _("%(by)s gave %(before)s the name %(name)s.") % {"by": by.name, "before": before, "name": name}
    )
    record(
        by=by, at=at, verb="know_partner", object_kind="partner", object_id=key, sentence=sentence, partner=key,
        data={"name": name},
    )  # fmt: skip
    return partner


# --- people -------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_person(
    *, email: str, name: str, side: str, role: str, password: str, by: Viewer, at: dt.datetime, partner: str = ""
) -> User:
    """Let a person join without an invitation. Only the installation itself may: for the first administrator and demos."""
    if by.role != HOUSE_ROLE:
        raise Refusal(
            _("People join by invitation"), next_step=_("Write an invitation instead."), kind=RefusalKind.PERMISSION
        )
    refuse_wrong_place(side=side, partner=partner, role=role)
    if User.objects.filter(email=plain_email(email)).exists():
        raise email_is_taken(email)
    user = new_user(email=email, name=name, side=side, partner=partner, role=role, password=password, at=at)
    record(
        by=by, at=at, verb="add_person", object_kind="person", object_id=user.pk, partner=partner,
        sentence=_("%(by)s added %(name)s, %(place)s.") % {"by": by.name, "name": name, "place": place(side, partner, role)},
        data={"side": str(side), "partner": partner, "role": str(role)},
    )  # fmt: skip
    return user


@transaction.atomic
def deactivate(*, person: User, by: Viewer, at: dt.datetime) -> None:
    """Take away a person's access. What they did stays, in their name."""
    require(by, "deactivate")
    refuse_beyond_reach(by, person.side, person.partner)
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        return
    if person.pk == by.user_id:
        raise Refusal(
            _("You cannot take away your own access"),
            next_step=_("Ask another person with your role, so that somebody stays who can let people in."),
        )
    person.is_active, person.deactivated_at = False, at
    person.save(update_fields=["is_active", "deactivated_at"])
    # Links to the person and links the person wrote open no door any more.
    of_person = Q(renews=person) | Q(invited_by=person)
    Invitation.objects.filter(of_person, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    record(
        by=by, at=at, verb="deactivate", object_kind="person", object_id=person.pk, partner=person.partner,
        sentence=_("%(by)s took away the access of %(name)s.") % {"by": by.name, "name": person.name},
    )  # fmt: skip


def taken_away_by_client(person: User) -> bool:
    """Was it the client who took the access away the last time?"""
    last = (
        Move.objects.filter(verb="deactivate", object_kind="person", object_id=str(person.pk)).order_by("-id").first()
    )
    return last is not None and last.side == Side.CLIENT


def change_password(*, current: str, new: str, by: Viewer, at: dt.datetime) -> User:
    """Change one's own password, knowing the current one. Signed-in sessions elsewhere end."""
    refuse_wrong_password(password=current, by=by, at=at)
    with transaction.atomic():
        user = oneself(by)
        refuse_weak_password(new, user)
        user.set_password(new)
        user.save(update_fields=["password"])
        record(
            by=by, at=at, verb="change_password", object_kind="person", object_id=user.pk,
            sentence=_("%(name)s changed their password.") % {"name": user.name},
        )  # fmt: skip
    return user


# --- one-time codes -----------------------------------------------------------------------------------------------


@transaction.atomic
def begin_codes(*, by: Viewer, at: dt.datetime) -> User:
    """Prepare a key for one's phone. Nothing is asked at sign-in before a first code has fitted."""
    user = oneself(by)
    if user.has_codes:
        raise Refusal(
            _("One-time codes are set up already"),
            next_step=_("Turn them off first, then set them up on the other phone."),
        )
    user.totp_secret = codes.sealed(codes.new_secret())
    user.save(update_fields=["totp_secret"])
    record(
        by=by, at=at, verb="begin_codes", object_kind="person", object_id=user.pk,
        sentence=_("%(name)s began to set up one-time codes.") % {"name": user.name},
    )  # fmt: skip
    return user


@transaction.atomic
def confirm_codes(*, code: str, by: Viewer, at: dt.datetime) -> User:
    """Turn one-time codes on, with a first code that fits."""
    user = oneself(by)
    if user.has_codes or not user.totp_secret:
        raise Refusal(_("There is nothing to confirm"), next_step=_("Begin to set up one-time codes again."))
    step = codes.step_of_code(codes.opened(user.totp_secret), code, at, after=None)
    if step is None:
        raise Refusal(
            _("The code does not fit"),
            expected=_("the six digits your phone shows now"),
            next_step=_("Check the clock of the phone and type the next code."),
        )
    user.totp_confirmed_at, user.totp_last_step = at, step
    user.save(update_fields=["totp_confirmed_at", "totp_last_step"])
    record(
        by=by, at=at, verb="confirm_codes", object_kind="person", object_id=user.pk,
        sentence=_("%(name)s turned one-time codes on.") % {"name": user.name},
    )  # fmt: skip
    return user


def revoke_codes(*, password: str, by: Viewer, at: dt.datetime) -> User:
    """Turn one's own one-time codes off, knowing the password."""
    refuse_wrong_password(password=password, by=by, at=at)
    with transaction.atomic():
        user = oneself(by)
        forget_codes(user)
        user.save(update_fields=["totp_secret", "totp_confirmed_at", "totp_last_step"])
        record(
            by=by, at=at, verb="revoke_codes", object_kind="person", object_id=user.pk,
            sentence=_("%(name)s turned one-time codes off.") % {"name": user.name},
        )  # fmt: skip
    return user


# --- signing in ---------------------------------------------------------------------------------------------------


def check_password(*, email: str, password: str, address: str, by: Viewer, at: dt.datetime) -> User:
    """The person whose password this is. What is refused takes as long, and reads the same, whoever it names.

    A try is not a move: it is counted, and forgotten when it no longer matters.
    """
    count_before_checking(email=email, address=address, step="password", at=at)
    user = User.objects.filter(email=plain_email(email)).first()
    if user is None:
        make_password(password)  # the same work as for somebody who exists
        fits = False
    else:
        fits = user.check_password(password) and user.is_active
    if user is None or not fits:
        raise Refusal(
            _("The email address and the password do not fit together"),
            next_step=_("Check both and try again, or ask an administrator or your account manager for a new link."),
        )
    forget_failures(email=email, address=address, step="password")
    return user


def check_code(*, user: User, code: str, address: str, by: Viewer, at: dt.datetime) -> None:
    """Let a person pass whose one-time code fits; each code opens once."""
    count_before_checking(email=user.email, address=address, step="code", at=at)
    with transaction.atomic():
        fresh = User.objects.select_for_update().get(pk=user.pk)
        step = codes.step_of_code(codes.opened(fresh.totp_secret), code, at, after=fresh.totp_last_step)
        if step is not None and fresh.has_codes and fresh.is_active:
            fresh.totp_last_step = step
            fresh.save(update_fields=["totp_last_step"])
            forget_failures(email=user.email, address=address, step="code")
            return
    raise Refusal(
        _("The code does not fit, or was used before"),
        expected=_("the six digits your phone shows now"),
        next_step=_("Wait for the next code and type that one."),
    )


# --- invitations --------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, email: str, name: str, side: str, role: str, by: Viewer, at: dt.datetime, partner: str = "") -> Invited:
    """Write a link that lets one person join, for seven days. An earlier open link for the same place is withdrawn."""
    require(by, "invite")
    refuse_beyond_reach(by, side, partner)
    refuse_wrong_place(side=side, partner=partner, role=role)
    if role == Role.ADMINISTRATOR and by.role not in (Role.ADMINISTRATOR, HOUSE_ROLE):
        raise Refusal(
            _("Only an administrator may invite an administrator"),
            next_step=_("Ask an administrator."),
            kind=RefusalKind.PERMISSION,
        )
    email = plain_email(email)
    refuse_foreign_address(by, email)
    there = User.objects.filter(email=email).first()
    # Whether an address belongs to another partner is not told: such an invitation is written and cannot be used.
    if there is not None and (by.sees(there.partner) if there.partner else by.is_client):
        raise email_is_taken(email)
    Invitation.objects.filter(
        email=email, side=side, partner=partner, renews=None, accepted_at=None, withdrawn_at=None
    ).update(withdrawn_at=at)
    invited = new_invitation(email=email, name=name, side=side, partner=partner, role=role, renews=None, by=by, at=at)
    record(
        by=by, at=at, verb="invite", object_kind="invitation", object_id=invited.invitation.pk, partner=partner,
        sentence=_("%(by)s invited %(name)s, %(place)s.") % {"by": by.name, "name": name, "place": place(side, partner, role)},
        data={"email": email, "side": str(side), "partner": partner, "role": str(role)},
    )  # fmt: skip
    return invited


@transaction.atomic
def renew_access(*, person: User, by: Viewer, at: dt.datetime) -> Invited:
    """Write a link with which a person sets a new password: after losing password or phone, or to give access back.

    One-time codes go off, and access comes back, when the link is used and not before.
    """
    require(by, "manage_people")
    refuse_beyond_reach(by, person.side, person.partner)
    if person.pk == by.user_id:
        raise Refusal(_("You cannot write a link for yourself"), next_step=_("Change your password on your own page."))
    if not person.is_active and not by.is_client and taken_away_by_client(person):
        raise Refusal(
            _("The client took away the access of %(name)s") % {"name": person.name},
            next_step=_("Ask the client to give it back."),
            kind=RefusalKind.PERMISSION,
        )
    Invitation.objects.filter(renews=person, accepted_at=None, withdrawn_at=None).update(withdrawn_at=at)
    invited = new_invitation(
        email=person.email, name=person.name, side=person.side, partner=person.partner, role=person.role, renews=person,
        by=by, at=at,
    )  # fmt: skip
    record(
        by=by, at=at, verb="renew_access", object_kind="person", object_id=person.pk, partner=person.partner,
        sentence=_("%(by)s wrote a link for a new password for %(name)s.") % {"by": by.name, "name": person.name},
    )  # fmt: skip
    return invited


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Viewer, at: dt.datetime) -> None:
    """Make an open invitation useless."""
    require(by, "invite")
    refuse_beyond_reach(by, invitation.side, invitation.partner)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at is not None:
        raise Refusal(
            _("The invitation was accepted already"), next_step=_("Take away the access of the person instead.")
        )
    if invitation.withdrawn_at is not None:
        return
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    record(
        by=by, at=at, verb="withdraw_invitation", object_kind="invitation", object_id=invitation.pk,
        partner=invitation.partner,
        sentence=_("%(by)s withdrew the invitation of %(name)s.") % {"by": by.name, "name": invitation.name},
    )  # fmt: skip


@transaction.atomic
def accept_invitation(*, token: str, name: str, password: str, by: Viewer, at: dt.datetime) -> User:
    """Join, or set a new password, with a link that is open. The move is made in the name of who accepts."""
    invitation = Invitation.objects.select_for_update().filter(token_hash=token_hash(token)).first()
    if invitation is None or not is_open(invitation, at):
        raise link_is_of_no_use()
    person = invitation.renews
    if person is None:
        person = join(invitation, name=name, password=password, at=at)
        sentence = _("%(name)s accepted the invitation of %(by)s and joined, %(place)s.")
    else:
        refuse_weak_password(password, person)
        person.set_password(password)
        forget_codes(person)
        person.is_active, person.deactivated_at = True, None
        person.save()
        sentence = _("%(name)s set a new password with a link of %(by)s, %(place)s.")
    invitation.accepted_by, invitation.accepted_at = person, at
    invitation.save(update_fields=["accepted_by", "accepted_at"])
    where = place(person.side, person.partner, person.role)
    record(
        by=person.as_viewer, at=at, verb="accept_invitation", object_kind="invitation", object_id=invitation.pk,
        sentence=sentence % {"name": person.name, "by": invitation.invited_by_name, "place": where},
    )  # fmt: skip
    return person


def join(invitation: Invitation, *, name: str, password: str, at: dt.datetime) -> User:
    """The new person an invitation was written for. A weak password is refused first, so that it tells nothing more."""
    refuse_weak_password(password, User(email=invitation.email, name=name))
    if User.objects.filter(email=invitation.email).exists():
        raise link_is_of_no_use()
    try:
        with transaction.atomic():
            return new_user(
                email=invitation.email, name=name, side=invitation.side, partner=invitation.partner,
                role=invitation.role, password=password, at=at,
            )  # fmt: skip
    except IntegrityError:  # two links for one address, used in the same moment
        raise link_is_of_no_use() from None


def oneself(by: Viewer) -> User:
    """The person who acts, held until the transaction ends."""
    if by.user_id is None:
        raise Refusal(_("Only a person who has signed in has an account"), kind=RefusalKind.PERMISSION)
    return User.objects.select_for_update().get(pk=by.user_id)


# --- rules --------------------------------------------------------------------------------------------------------


def new_user(*, email: str, name: str, side: str, partner: str, role: str, password: str, at: dt.datetime) -> User:
    """A stored person with a password that is strong enough."""
    user = User(email=plain_email(email), name=name.strip(), side=side, partner=partner, role=role, joined_at=at)
    refuse_weak_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)
    return user


def new_invitation(
    *, email: str, name: str, side: str, partner: str, role: str, renews: User | None, by: Viewer, at: dt.datetime
) -> Invited:
    """A stored invitation and the token of its link."""
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        email=email, name=name.strip(), side=side, partner=partner, role=role, token_hash=token_hash(token), renews=renews,
        invited_by_id=by.user_id, invited_by_name=by.name, invited_at=at, expires_at=at + INVITATION_LASTS,
    )  # fmt: skip
    return Invited(invitation, token)


def token_hash(token: str) -> str:
    """What is kept of a link. The token has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_open(invitation: Invitation, at: dt.datetime) -> bool:
    """Whether the link may still be used."""
    return invitation.accepted_at is None and invitation.withdrawn_at is None and at < invitation.expires_at


def forget_codes(user: User) -> None:
    """Without a key no code is asked."""
    user.totp_secret, user.totp_confirmed_at, user.totp_last_step = "", None, None


def place(side: str, partner: str, role: str) -> str:
    """Where somebody stands, in words."""
    label = str(Role(role).label)
    if side == Side.CLIENT:
        return _("%(role)s of the client") % {"role": label}
    known = Partner.objects.filter(key=partner).values_list("name", flat=True).first()
    return _("%(role)s of %(partner)s") % {"role": label, "partner": known or partner}


def refuse_beyond_reach(by: Viewer, side: str, partner: str) -> None:
    """The client reaches both sides, a partner its own people. What lies beyond is not described."""
    if by.is_client or (side == Side.PARTNER and by.sees(partner)):
        return
    raise Refusal(
        _("You act for your own side only"), expected=_("a person of your own side"), kind=RefusalKind.PERMISSION
    )


def refuse_foreign_address(by: Viewer, email: str) -> None:
    """A partner invites at the domains its people have already, so that nobody tries out, or takes, addresses of others.

    The client lets the first person of a partner in, and with that person the domain.
    """
    if by.is_client:
        return
    own = User.objects.filter(side=Side.PARTNER, partner=by.partner, is_active=True).values_list("email", flat=True)
    domains = sorted({domain_of(address) for address in own})
    if domain_of(email) not in domains:
        raise Refusal(
            _("You may invite people at the domains of your own side"),
            where=email,
            expected=_("an address at %(domains)s") % {"domains": ", ".join(domains)},
            next_step=_("Ask the client to invite this person."),
        )


def domain_of(email: str) -> str:
    """What stands behind the @."""
    return email.rpartition("@")[2]


def refuse_wrong_place(*, side: str, partner: str, role: str) -> None:
    """A side goes with its own roles, and the partner's side with a partner that is known."""
    roles = CLIENT_ROLES if side == Side.CLIENT else PARTNER_ROLES
    if role not in roles:
        raise Refusal(_("The role does not belong to that side"), expected=", ".join(str(Role(r).label) for r in roles))
    if (side == Side.PARTNER) != bool(partner):
        raise Refusal(
            _("The side and the partner do not fit"), expected=_("a partner for a partner's person, none else")
        )
    if partner and not Partner.objects.filter(key=partner).exists():
        raise Refusal(
            _("The partner “%(key)s” is not known") % {"key": partner},
            next_step=_("Make the partner known with its first agreement or delivery."),
        )


def refuse_weak_password(password: str, user: User) -> None:
    """Say every reason at once."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refusal(
            _("The password is too easy to guess. %(reasons)s") % {"reasons": " ".join(error.messages)},
            next_step=_("Choose another one."),
        ) from None


def refuse_wrong_password(*, password: str, by: Viewer, at: dt.datetime) -> None:
    """The current password guards what a borrowed session must not change, so tries are counted here as well.

    Outside of any transaction: a refusal must not take the count back.
    """
    with transaction.atomic():
        user = oneself(by)
    count_before_checking(email=user.email, address="", step="current", at=at)
    if not user.check_password(password):
        raise Refusal(_("The current password does not fit"), next_step=_("Type it again; nothing was changed."))
    forget_failures(email=user.email, address="", step="current")


def email_is_taken(email: str) -> Refusal:
    """Somebody the inviter may see has this address."""
    return Refusal(
        _("A person with the address %(email)s is here already") % {"email": email},
        next_step=_("Look for them in the list of people."),
    )


def link_is_of_no_use() -> Refusal:
    """One sentence for a link that never was, was used, was withdrawn, or is too old."""
    return Refusal(
        _("This link cannot be used"),
        expected=_("a link that is at most seven days old and was not used before"),
        next_step=_("Ask the person who gave it to you for a new one."),
    )
