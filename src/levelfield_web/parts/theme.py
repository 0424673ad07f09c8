"""Light, dark, or as the system says: kept in a cookie, set by a form that needs no script."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

COOKIE = "levelfield-theme"
COOKIE_AGE_S = 365 * 24 * 60 * 60
THEMES = {"system": _("System"), "light": _("Light"), "dark": _("Dark")}


def theme_of(request: HttpRequest) -> str:
    """The stored choice, or system."""
    choice = request.COOKIES.get(COOKIE, "system")
    return choice if choice in THEMES else "system"
