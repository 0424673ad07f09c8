"""Check that no move was changed after it was made."""

from typing import Any

from django.core.management.base import CommandError

from levelfield_web.audit.queries import check_chain, last_hash
from levelfield_web.management.plain import PlainCommand


class Command(PlainCommand):
    """Walk the chain of moves from the beginning."""

    help = "Check that no move was changed after it was made."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say that the chain is whole, or where it breaks."""
        broken = check_chain()
        if broken is not None:
            raise CommandError(
                f"Move {broken} does not fit the one before it: it, or a move just before it, was changed after it was "
                "made. Compare with a backup or with a download of the moves.",
                returncode=13,
            )
        self.stdout.write(f"Every move fits the one before it. The last hash is {last_hash()}.")
        self.stdout.write("Keep it outside the database: moves cut off at the end cannot be noticed without it.")
