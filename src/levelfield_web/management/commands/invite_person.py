"""Write an invitation for somebody of either side, in the name of who runs this house."""

from __future__ import annotations

import getpass
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from levelfield.words import Refusal
from levelfield_web.fields.viewer import HOUSE, Side
from levelfield_web.management.plain import PlainCommand
from levelfield_web.people.actions import invite
from levelfield_web.people.models import Role


class Command(PlainCommand):
    """Print a link that lets one person join, once."""

    help = "Write a link with which a person of the client, or of a partner, joins."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom to invite, on which side, and how the site is reached."""
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--partner", default="", help="key of the partner; empty for the client")
        parser.add_argument(
            "--role", default="", help="vendor_manager for the client and account_manager for a partner, if not given"
        )
        parser.add_argument("--by", default="", help="who invites; the name of the machine's user, if not given")
        parser.add_argument("--site", default="http://127.0.0.1:8000", help="how the site is reached")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link once."""
        partner = options["partner"]
        role = options["role"] or (Role.ACCOUNT_MANAGER if partner else Role.VENDOR_MANAGER).value
        side = (Side.PARTNER if partner else Side.CLIENT).value
        try:
            invited = invite(
                email=options["email"],
                name=options["name"],
                side=side,
                role=role,
                partner=partner,
                by=replace(HOUSE, name=options["by"] or getpass.getuser()),
                at=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence, returncode=13) from None
        path = reverse("people:invitation", kwargs={"token": invited.token})
        self.stdout.write(f"{options['site'].rstrip('/')}{path}")
