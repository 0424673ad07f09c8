"""How much a browser may send. It is asked before a body is read, because reading it is what costs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from levelfield.words import Refusal
from levelfield_web.parts.refusals import refusal_response

MOST_FORM = 2_000_000  # bytes: any form of ours, and the file of an agreement, which has a megabyte at most

View = Callable[..., HttpResponseBase]


class FormsAreSmall:
    """Refuses a large body unread, beyond what a view says it takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Before the token of a form is looked for in its body."""
        most = getattr(view, "takes_up_to", MOST_FORM)
        if announced(request) <= most:
            return None
        refusal = Refusal(
            _("This page does not take so much at once"),
            expected=_("at most %(mb)s MB") % {"mb": int(most // 1_000_000)},
            next_step=_("Files with facts go in under Data, “Deliver a file”."),
        )
        return refusal_response(request, refusal)


def takes_files(view: View) -> View:
    """Mark a view that says for itself how much it takes."""
    return _taking(view, math.inf)


def takes_up_to(most: int) -> Callable[[View], View]:
    """Mark a view whose form brings a file of at most so many bytes; it too is refused unread beyond that."""

    def marked(view: View) -> View:
        return _taking(view, most + MOST_FORM)

    return marked


def _taking(view: View, most: float) -> View:
    view.takes_up_to = most  # type: ignore[attr-defined]
    return view


def announced(request: HttpRequest) -> int:
    """The length of the body as the request tells it; Django reads no byte beyond."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
