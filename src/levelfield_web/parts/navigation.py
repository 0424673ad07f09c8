"""The doors in the header, in the order of the work. A door whose room is not built yet is not shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Door:
    """A page of the header: the URL name a room gives it, and its words."""

    url_name: str
    words: str | Promise


@dataclass(frozen=True)
class OpenDoor:
    """A door as the header shows it."""

    address: str
    words: str | Promise
    here: bool


DOORS = (
    Door("today:today", _("Today")),
    Door("signals:signals", _("Signals")),
    Door("dialogue:cases", _("Cases")),
    Door("own_house:houses", _("Own house")),
    Door("measures:partners", _("Partners")),
    Door("settlement:statements", _("Statements")),
    Door("measures:lab", _("Definitions lab")),
    Door("same_data:data", _("Data")),
    Door("reasons:charters", _("Reasons")),
    Door("agreement:agreements", _("Agreements")),
    Door("people:people", _("People")),
)


def open_doors(here: str = "") -> list[OpenDoor]:
    """The doors that lead somewhere, with the one that leads to where we are."""
    found: list[tuple[Door, str]] = []
    for door in DOORS:
        try:
            found.append((door, reverse(door.url_name)))
        except NoReverseMatch:
            continue
    fitting = [address for _, address in found if here.startswith(address)]
    nearest = max(fitting, key=len, default=None)
    return [OpenDoor(address, door.words, address == nearest) for door, address in found]
