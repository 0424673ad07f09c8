"""Where agreement files are."""

from pathlib import Path

from django.conf import settings


def home() -> Path:
    """The home of this house."""
    return Path(settings.LEVELFIELD_HOME)
