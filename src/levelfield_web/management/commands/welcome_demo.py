"""Let Ada, Noor and Sol sign in to the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from levelfield_io.store import Store
from levelfield_web.fields.viewer import HOUSE
from levelfield_web.people import actions
from levelfield_web.people.models import User

PASSWORD = "level-the-field"  # noqa: S105  (printed for everybody who runs the demo)
PEOPLE = (
    ("ada@client.example", "Ada", "client", "vendor_manager", ""),
    ("eve@client.example", "Eve", "client", "executive", ""),
    ("admin@client.example", "Ari", "client", "administrator", ""),
    ("noor@north.example", "Noor", "partner", "account_manager", "north"),
    ("sol@south.example", "Sol", "partner", "account_manager", "south"),
)


class Command(BaseCommand):
    """Add the demo's people once."""

    help = "Let the demo's people sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add partners and people that are missing."""
        if not (Path(settings.LEVELFIELD_HOME) / "demo-built").exists():
            self.stderr.write("This home is not the demo; nobody was added.")
            return
        at = timezone.now()
        for partner in Store(Path(settings.LEVELFIELD_HOME)).estate.partners:
            actions.know_partner(key=partner.key, name=partner.name, by=HOUSE, at=at)
        for email, name, side, role, partner_key in PEOPLE:
            if not User.objects.filter(email=email).exists():
                actions.add_person(
                    email=email,
                    name=name,
                    side=side,
                    role=role,
                    password=PASSWORD,
                    partner=partner_key,
                    by=HOUSE,
                    at=at,
                )
