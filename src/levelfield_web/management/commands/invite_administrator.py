"""Open the house: a link for the first administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from levelfield.words import Refusal
from levelfield_web.fields.viewer import HOUSE, Side
from levelfield_web.people.actions import invite
from levelfield_web.people.models import Role


class Command(BaseCommand):
    """Write an invitation in the name of the installation itself."""

    help = "Write a link with which an administrator of the client joins."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom to invite, and how the site is reached."""
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--site", default="http://localhost:8000", help="how the site is reached")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link once."""
        try:
            invited = invite(
                email=options["email"],
                name=options["name"],
                side=Side.CLIENT.value,
                role=Role.ADMINISTRATOR.value,
                by=HOUSE,
                at=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError(refusal.sentence, returncode=13) from None
        path = reverse("people:invitation", kwargs={"token": invited.token})
        self.stdout.write(f"{options['site'].rstrip('/')}{path}")
        self.stdout.write("The link works once, for seven days. It is kept nowhere: pass it on over a way you trust.")
