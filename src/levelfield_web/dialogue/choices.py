"""What can be chosen in forms of a case and of a plan."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from levelfield.measures.catalogue import MEASURES


def measure_choices(*, empty: bool = True) -> list[tuple[str, str]]:
    """Measures by their short titles."""
    return [*([("", str(_("none")))] if empty else []), *((m.name, m.label) for m in MEASURES.values())]
