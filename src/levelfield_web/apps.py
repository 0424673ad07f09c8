"""The one Django app."""

from importlib import import_module

from django.apps import AppConfig


class Levelfield(AppConfig):
    """All rooms, under one label, so that rooms can be renamed without a migration."""

    name = "levelfield_web"
    label = "levelfield"
    verbose_name = "Levelfield"

    def ready(self) -> None:
        """Load the system checks."""
        import_module("levelfield_web.fields.checks")
