"""Who is looking: the one object that queries and actions ask about rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class Side(models.TextChoices):
    """The two sides of an agreement. They have the same rank."""

    CLIENT = "client", _("client")
    PARTNER = "partner", _("partner")


@dataclass(frozen=True)
class Viewer:
    """A person at work, as far as rights are concerned. `partner` is a key such as "north", empty for the client."""

    user_id: int | None
    name: str
    side: str
    partner: str
    role: str

    def sees(self, partner_key: str) -> bool:
        """Whether what belongs to this partner may be shown: the client sees all, a partner itself.

        >>> Viewer(7, "Noor", "partner", "north", "analyst").sees("south")
        False
        """
        if self.side == Side.CLIENT:
            return True
        return self.side == Side.PARTNER and self.partner != "" and self.partner == partner_key

    @property
    def is_client(self) -> bool:
        """Whether the viewer acts for the client."""
        return self.side == Side.CLIENT


HOUSE_ROLE = "house"

# The installation itself: set-up, the command line and background work act in this name, on the client's machine.
HOUSE = Viewer(user_id=None, name="Levelfield", side=Side.CLIENT.value, partner="", role=HOUSE_ROLE)

# Somebody who has not signed in. Stands on no side, sees nothing, may do nothing.
VISITOR = Viewer(user_id=None, name="", side="", partner="", role="")


class Request(HttpRequest):
    """A request as views receive it, after our middleware; only the type checker ever sees this class."""

    viewer: Viewer
    htmx: HtmxDetails
    user: Any
