"""Make the partners of estate.toml known to the house, so that their people can be invited."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from levelfield_web.fields.viewer import HOUSE
from levelfield_web.people.actions import know_partner
from levelfield_web.same_data.warehouse import store


class Command(BaseCommand):
    """Doing it twice changes nothing."""

    help = "Make the partners of estate.toml known."

    def handle(self, *args: Any, **options: Any) -> None:
        """Every partner of the estate."""
        for partner in store().estate.partners:
            know_partner(key=partner.key, name=partner.name, by=HOUSE, at=timezone.now())
