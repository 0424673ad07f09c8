"""The slice an address asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

SLICES = ("line", "site", "channel", "program", "queue", "language", "reason", "tenure_band")
MOST_LABELS = 20  # of one attribute
LONGEST_LABEL = 200


def slice_asked(request: HttpRequest, among: Sequence[str] = SLICES) -> dict[str, tuple[str, ...]]:
    """Labels by attribute, as many and as long as an address may hold."""
    found = {d: tuple(v[:LONGEST_LABEL] for v in request.GET.getlist(d)[:MOST_LABELS] if v) for d in among}
    return {d: labels for d, labels in found.items() if labels}


class AddressesAreText:
    """An address with a sign no name can hold is of a page that does not exist; no database is asked for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404
        return self.get_response(request)
