"""What each side may know about people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from levelfield_web.fields.viewer import Side, Viewer
from levelfield_web.people.models import Invitation, Partner, Role, User

UNKNOWN_PARTNER = "Partner"


@dataclass(frozen=True)
class PersonRow:
    """A person as a viewer may know them. Of the client's people a partner knows names and roles, no more."""

    id: int | None
    name: str
    role: str
    acts_for: str
    email: str | None
    is_active: bool
    has_codes: bool | None
    last_seen_at: dt.datetime | None


def viewer_of(user: User) -> Viewer:
    """The person as queries and actions know them."""
    return user.as_viewer


def people(*, viewer: Viewer) -> list[PersonRow]:
    """The people of both sides for the client; for a partner its own people, and the names of the client's."""
    names = partner_names(viewer=viewer)
    return [row_of(user, viewer, names) for user in visible_people(viewer).order_by("side", "partner", "name", "id")]


def visible_people(viewer: Viewer) -> QuerySet[User]:
    """The rows a viewer may see at all."""
    if viewer.side == Side.CLIENT:
        return User.objects.all()
    if viewer.side == Side.PARTNER and viewer.partner:
        return User.objects.filter(Q(side=Side.CLIENT, is_active=True) | Q(side=Side.PARTNER, partner=viewer.partner))
    return User.objects.none()


def row_of(user: User, viewer: Viewer, names: dict[str, str]) -> PersonRow:
    """A person, cut down to what the viewer may know."""
    is_ours = viewer.is_client or user.side == Side.PARTNER
    return PersonRow(
        id=user.pk if is_ours else None,
        name=user.name,
        role=str(Role(user.role).label),
        acts_for=names.get(user.partner, user.partner),
        email=user.email if is_ours else None,
        is_active=user.is_active,
        has_codes=user.has_codes if is_ours else None,
        last_seen_at=user.last_login if is_ours else None,
    )


def person(*, viewer: Viewer, user_id: int) -> User | None:
    """One person whose access the viewer may look after; None for nobody and for somebody else's alike."""
    found = visible_people(viewer).filter(pk=user_id)
    return (found if viewer.is_client else found.filter(side=Side.PARTNER)).first()


def open_invitations(*, viewer: Viewer, at: dt.datetime) -> QuerySet[Invitation]:
    """Links that may still be used: all of them for the client, its own for a partner."""
    rows = Invitation.objects.select_related("invited_by").filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=at
    )
    if viewer.side == Side.CLIENT:
        return rows
    return rows.filter(side=Side.PARTNER, partner=viewer.partner) if viewer.partner else rows.none()


def open_invitation(*, viewer: Viewer, invitation_id: int, at: dt.datetime) -> Invitation | None:
    """One of them."""
    return open_invitations(viewer=viewer, at=at).filter(pk=invitation_id).first()


def partners(*, viewer: Viewer) -> QuerySet[Partner]:
    """The partners a viewer may know of: all for the client, itself for a partner."""
    rows = Partner.objects.order_by("name")
    if viewer.side == Side.CLIENT:
        return rows
    return rows.filter(key=viewer.partner) if viewer.partner else rows.none()


def partner_names(*, viewer: Viewer) -> dict[str, str]:
    """Names by key, of the partners a viewer may know of."""
    return dict(partners(viewer=viewer).values_list("key", "name"))


def partner_name(*, viewer: Viewer, key: str) -> str:
    """The name of one partner, or its key while it has no name, or nothing where the viewer may not know."""
    if not viewer.sees(key):
        return ""
    return partner_names(viewer=viewer).get(key) or f"{UNKNOWN_PARTNER} {key}"
