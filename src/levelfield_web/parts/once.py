"""The name a form gives to what it sends, so that sending it twice does it once."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

LONGEST = 30


def once() -> str:
    """A new name."""
    return secrets.token_hex(8)


def sent_once(request: HttpRequest) -> str:
    """The name that was sent; a new one where none was."""
    return request.POST.get("once", "")[:LONGEST] or once()
