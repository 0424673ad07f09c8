"""A name never stands alone where both sides read it: everybody writes a name of their own, nobody a side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template import Context, Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from levelfield_web.fields.viewer import Side

register = Library()


@register.simple_tag(takes_context=True)
def signed(context: Context, name: str, side: str, partner: str = "") -> SafeString:
    """A name with whom its person acts for; `partner` is whose people the person belongs to, if to a partner's."""
    sides: Mapping[str, Any] = context["side_names"]
    key = partner if side == Side.PARTNER else ""
    return format_html("{} ({})", name, sides.get(key, key))
