"""For whom the reader acts, said in words on every page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from levelfield_web.fields.viewer import VISITOR, Viewer
from levelfield_web.people.permissions import PERMISSIONS, may
from levelfield_web.people.queries import partner_name, partner_names


def acting_for(request: HttpRequest) -> dict[str, Any]:
    """The viewer, the words for the header, the names of the sides by key, and which moves the role may make (`{% if moves_allowed.invite %}`)."""
    viewer: Viewer = getattr(request, "viewer", VISITOR)
    return {
        "viewer": viewer,
        "acting_for": lambda: words_for(viewer),
        "side_names": SimpleLazyObject(lambda: {"": _("the client"), **partner_names(viewer=viewer)}),
        "moves_allowed": {move: may(viewer, move) for move in PERMISSIONS},
    }


def words_for(viewer: Viewer) -> str:
    """The client, or a partner by its name."""
    return _("the client") if viewer.is_client else partner_name(viewer=viewer, key=viewer.partner)
