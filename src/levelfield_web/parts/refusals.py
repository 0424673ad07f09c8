"""A rule said no: shown as written, in the form the reader asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from levelfield.words import Refusal, RefusalKind

REFUSED_BY_A_RULE = 422
NO_PERMISSION = 403


class RefusalsAsWritten:
    """Turns a Refusal raised by a view into its page. Everything else is our bug and stays one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The refusal as a page, a fragment or JSON."""
        return refusal_response(request, exception) if isinstance(exception, Refusal) else None


def status_of(refusal: Refusal) -> int:
    """403 where a permission is missing, 422 for every other rule."""
    return NO_PERMISSION if refusal.kind == RefusalKind.PERMISSION else REFUSED_BY_A_RULE


def as_content(refusal: Refusal) -> dict[str, Any]:
    """The parts of a refusal, for programs."""
    return {
        "kind": str(refusal.kind),
        "what": refusal.what,
        "where": refusal.where,
        "expected": refusal.expected,
        "next_step": refusal.next_step,
        "sentence": refusal.sentence,
    }


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The answer to a request that a rule refused."""
    status = status_of(refusal)
    if is_for_a_program(request):
        return JsonResponse({"refused": as_content(refusal)}, status=status)
    fragment = bool(getattr(request, "htmx", False))
    template = "parts/refusal.html" if fragment else "parts/refused.html"
    return render(request, template, {"refusal": refusal}, status=status)


def is_for_a_program(request: HttpRequest) -> bool:
    """Whether the address asks for data: it ends in .json or .csv, or belongs to the API."""
    return request.path.endswith((".json", ".csv")) or request.path.startswith("/api/")
