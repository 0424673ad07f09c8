"""A management command whose refusals are read by people: the sentence alone, without the name of an exception."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class PlainCommand(BaseCommand):
    """At a terminal a refusal is its sentence and its exit code; called from Python it stays an exception."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command; show what it refuses as it is written."""
        try:
            return super().execute(*args, **options)
        except CommandError as refused:
            if not getattr(self, "_called_from_command_line", False):
                raise
            self.stderr.write(str(refused))
            sys.exit(refused.returncode)
