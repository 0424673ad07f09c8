"""Pages that belong to no room: the door, the theme, the patterns, and what is shown when something is not there."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from levelfield_web.fields.viewer import Request
from levelfield_web.parts.navigation import open_doors
from levelfield_web.parts.pattern import pattern_page
from levelfield_web.parts.refusals import is_for_a_program
from levelfield_web.parts.theme import COOKIE, COOKIE_AGE_S, THEMES


@require_safe
def home(request: Request) -> HttpResponse:
    """Lead to the first door that is open."""
    doors = open_doors()
    if not doors:
        raise Http404
    return redirect(doors[0].address)


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice in a cookie and go back to the page it was made on."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    choice = request.POST.get("theme", "")
    if choice in THEMES:
        response.set_cookie(
            COOKIE, choice, max_age=COOKIE_AGE_S, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
        )
    return response


@require_safe
def patterns(request: Request) -> HttpResponse:
    """Every part in each of its states."""
    return render(request, "parts/patterns.html", pattern_page())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same bytes for what does not exist and for what is not yours."""
    if is_for_a_program(request):
        return JsonResponse({"not_found": _("There is nothing at this address for you.")}, status=HTTPStatus.NOT_FOUND)
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Something Django itself refused."""
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was sent from another site, or that lay open too long."""
    return render(request, "403.html", {"form_expired": True}, status=HTTPStatus.FORBIDDEN)


def our_fault(request: HttpRequest) -> HttpResponse:
    """A bug of ours. Nothing here may need the database."""
    if is_for_a_program(request):
        message = _("Something failed on our side. It was written down.")
        return JsonResponse({"failed": message}, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    return render(request, "500.html", status=HTTPStatus.INTERNAL_SERVER_ERROR)
