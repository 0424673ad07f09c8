"""Template tags every template has without loading them."""

from __future__ import annotations

from collections.abc import Sequence

from django.template import Library
from django.utils.html import format_html
from django.utils.safestring import SafeString

from levelfield_web.parts.marks import mark_of
from levelfield_web.parts.sparkline import sparkline as drawn

register = Library()


@register.simple_tag
def reading(word: str, text: str) -> SafeString:
    """A reading of a chart: usual, worse, better or changed, with its shape and its words."""
    return marked("reading", word, text)


@register.simple_tag
def state(word: str, text: str) -> SafeString:
    """A state: open, waiting, agreed or withdrawn, with its shape and its words."""
    return marked("state", word, text)


def marked(kind: str, word: str, text: str) -> SafeString:
    """Shape and words side by side; a screen reader hears the words."""
    return format_html(
        '<span class="{} {}-{}"><span class="mark" aria-hidden="true">{}</span> {}</span>',
        *(kind, kind, word, mark_of(word), text),
    )


@register.simple_tag
def sparkline(
    values: Sequence[float | None],
    low: float | None = None,
    high: float | None = None,
    last: str = "usual",
    label: str = "",
) -> SafeString:
    """The word-sized picture of `parts/sparkline.py`; the band is drawn when both its ends are known."""
    band = (low, high) if low is not None and high is not None else None
    return drawn(values, band=band, last=last, label=label)
