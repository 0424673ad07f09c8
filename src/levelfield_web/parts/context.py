"""What the frame of a page needs: doors, theme, version."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

import levelfield
from levelfield_web.parts.navigation import open_doors
from levelfield_web.parts.theme import THEMES, theme_of


def page(request: HttpRequest) -> dict[str, Any]:
    """For every template; nothing here touches the database."""
    return {
        "doors": lambda: open_doors(request.path),
        "theme": theme_of(request),
        "themes": THEMES,
        "version": levelfield.__version__,
    }
