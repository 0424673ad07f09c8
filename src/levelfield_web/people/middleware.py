"""Who is looking, and that nobody looks before signing in."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from levelfield_web.fields.viewer import VISITOR, Request
from levelfield_web.parts.refusals import is_for_a_program
from levelfield_web.people.models import User
from levelfield_web.people.queries import viewer_of


class WhoIsLooking:
    """Puts `request.viewer` beside `request.user`, and keeps pages out of shared caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        cast(Request, request).viewer = viewer_of(user) if isinstance(user, User) else VISITOR
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class SignInFirst(LoginRequiredMiddleware):
    """Every page asks for a signed-in person unless its view says `login_not_required`."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """A page leads to the sign-in, a program gets 401, a fragment leads its whole page to the sign-in."""
        to_the_sign_in = super().process_view(request, view_func, view_args, view_kwargs)
        if to_the_sign_in is None:
            return None
        if is_for_a_program(request):
            return JsonResponse({"sign_in": _("Sign in first.")}, status=HTTPStatus.UNAUTHORIZED)
        if getattr(request, "htmx", False):
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": resolve_url("people:sign_in")})
        return to_the_sign_in
