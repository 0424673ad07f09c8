"""Signing in and out, one's own account, the people of both sides, and invitations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from levelfield.words import Refusal
from levelfield_web.fields.viewer import Request
from levelfield_web.parts.answers import Table, answer
from levelfield_web.parts.refusals import status_of
from levelfield_web.people import actions, queries
from levelfield_web.people.codes import opened, setup_picture
from levelfield_web.people.forms import (
    ChangePasswordForm,
    CodeForm,
    InviteForm,
    JoinForm,
    RenewForm,
    RevokeCodesForm,
    SignInForm,
)
from levelfield_web.people.models import Invitation, User
from levelfield_web.people.permissions import require

CODE_STEP_LASTS_S = 10 * 60  # between the password and the one-time code
BACKEND = settings.AUTHENTICATION_BACKENDS[0]

read_or_send = require_http_methods(["GET", "HEAD", "POST"])


def form_page(
    request: Request, template: str, context: Mapping[str, Any], refusal: Refusal | None = None
) -> HttpResponse:
    """A page with a form; after a refusal the answers stay, with the refusal above them."""
    form = context["form"]
    status = status_of(refusal) if refusal else 422 if form.is_bound and not form.is_valid() else 200
    return render(request, template, {**context, "refusal": refusal}, status=status)


# --- signing in ---------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@read_or_send
def sign_in(request: Request) -> HttpResponse:
    """Email address and password."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = SignInForm(request.POST if request.method == "POST" else None)
    going_to = request.POST.get("next") or request.GET.get("next", "")
    context = {"form": form, "next": going_to}
    if not form.is_valid():
        return form_page(request, "people/sign_in.html", context)
    try:
        user = actions.check_password(
            **form.cleaned_data, address=request.META.get("REMOTE_ADDR", ""), by=request.viewer, at=timezone.now()
        )
    except Refusal as refusal:
        return form_page(request, "people/sign_in.html", context, refusal)
    if not user.has_codes:
        return let_in(request, user, going_to)
    request.session.cycle_key()
    request.session["waits_for_code"] = {"user": user.pk, "since": timezone.now().timestamp(), "next": going_to}
    return redirect("people:sign_in_code")


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@read_or_send
def sign_in_code(request: Request) -> HttpResponse:
    """The one-time code, for whoever gave the password a moment ago."""
    waiting: dict[str, Any] = request.session.get("waits_for_code", {})
    now = timezone.now()
    user = User.objects.filter(pk=waiting["user"], is_active=True).first() if waiting else None
    if user is None or now.timestamp() - waiting["since"] > CODE_STEP_LASTS_S:
        request.session.pop("waits_for_code", None)
        return redirect("people:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return form_page(request, "people/sign_in_code.html", {"form": form})
    try:
        actions.check_code(
            user=user, **form.cleaned_data, address=request.META.get("REMOTE_ADDR", ""), by=request.viewer, at=now
        )
    except Refusal as refusal:
        return form_page(request, "people/sign_in_code.html", {"form": form}, refusal)
    del request.session["waits_for_code"]
    return let_in(request, user, waiting["next"])


def let_in(request: Request, user: User, next_page: str) -> HttpResponse:
    """Start the session and go where the person was going."""
    login(request, user, backend=BACKEND)
    is_ours = url_has_allowed_host_and_scheme(next_page, allowed_hosts=None)
    # A path, never the name of a view: somebody else may have written it.
    return HttpResponseRedirect(next_page if is_ours and next_page else resolve_url(settings.LOGIN_REDIRECT_URL))


@require_POST
def sign_out(request: Request) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("people:sign_in")


# --- invitations --------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@read_or_send
def invitation(request: Request, token: str) -> HttpResponse:
    """Join, or set a new password, with a link."""
    now = timezone.now()
    invited = (
        Invitation.objects.select_related("renews", "invited_by").filter(token_hash=actions.token_hash(token)).first()
    )
    if invited is None or not actions.is_open(invited, now):
        raise actions.link_is_of_no_use()
    data = request.POST if request.method == "POST" else None
    form = RenewForm(data) if invited.renews else JoinForm(data, initial={"name": invited.name})
    inviter = invited.invited_by
    context = {
        "form": form,
        "invited": invited,
        "inviter": actions.place(inviter.side, inviter.partner, inviter.role) if inviter else _("the client"),
        "place": actions.place(invited.side, invited.partner, invited.role),
    }
    if not form.is_valid():
        return form_page(request, "people/invitation.html", context)
    try:
        user = actions.accept_invitation(
            token=token,
            name=form.cleaned_data.get("name", invited.name),
            password=form.cleaned_data["password"],
            by=request.viewer,
            at=now,
        )
    except Refusal as refusal:
        return form_page(request, "people/invitation.html", context, refusal)
    return let_in(request, user, "")


@never_cache
@read_or_send
def invite(request: Request) -> HttpResponse:
    """Write an invitation and show its link once."""
    require(request.viewer, "invite")
    names = queries.partner_names(viewer=request.viewer)
    data = request.POST if request.method == "POST" else None
    form = InviteForm(data, viewer=request.viewer, partner_names=names)
    if not form.is_valid():
        return form_page(request, "people/invite.html", {"form": form})
    side, partner, role = form.place_chosen()
    try:
        invited = actions.invite(
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            side=side,
            partner=partner,
            role=role,
            by=request.viewer,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return form_page(request, "people/invite.html", {"form": form}, refusal)
    return link_page(request, invited)


def link_page(request: Request, invited: actions.Invited) -> HttpResponse:
    """The link of an invitation, which nobody can look up later."""
    link = request.build_absolute_uri(resolve_url("people:invitation", token=invited.token))
    return render(request, "people/link.html", {"invited": invited.invitation, "link": link})


@require_POST
def withdraw(request: Request, invitation_id: int) -> HttpResponse:
    """Make an open invitation useless."""
    now = timezone.now()
    found = queries.open_invitation(viewer=request.viewer, invitation_id=invitation_id, at=now)
    if found is None:
        raise Http404
    actions.withdraw_invitation(invitation=found, by=request.viewer, at=now)
    messages.info(request, _("The invitation of %(name)s is withdrawn.") % {"name": found.name})
    return redirect("people:people")


# --- people -------------------------------------------------------------------------------------------------------


@require_safe
def people(request: Request, format: str = "html") -> HttpResponse:
    """The people a viewer may know of."""
    rows = queries.people(viewer=request.viewer)
    columns = ("name", "acts_for", "role", "email", "may_sign_in", "one_time_codes", "last_signed_in")
    table = Table(
        name="people",
        columns=columns,
        rows=tuple(
            (r.name, r.acts_for or _("the client"), r.role, r.email, r.is_active, r.has_codes, r.last_seen_at)
            for r in rows
        ),
    )
    invitations = queries.open_invitations(viewer=request.viewer, at=timezone.now())
    context = {
        "rows": rows,
        "invitations": [(i, actions.place(i.side, i.partner, i.role)) for i in invitations] if format == "html" else [],
    }
    return answer(request, "people/people.html", context, table=table)


@read_or_send
def deactivate(request: Request, user_id: int) -> HttpResponse:
    """Ask first, with what will be recorded; then take the access away."""
    person = person_or_404(request, user_id)
    require(request.viewer, "deactivate")
    if request.method != "POST":
        place = actions.place(person.side, person.partner, person.role)
        return render(request, "people/deactivate.html", {"person": person, "place": place})
    actions.deactivate(person=person, by=request.viewer, at=timezone.now())
    messages.info(request, _("%(name)s has no access any more.") % {"name": person.name})
    return redirect("people:people")


@never_cache
@require_POST
def renew(request: Request, user_id: int) -> HttpResponse:
    """Write a link for a new password and show it once."""
    person = person_or_404(request, user_id)
    return link_page(request, actions.renew_access(person=person, by=request.viewer, at=timezone.now()))


def person_or_404(request: Request, user_id: int) -> User:
    """Somebody whose access the viewer may look after; nobody and somebody else's are the same."""
    person = queries.person(viewer=request.viewer, user_id=user_id)
    if person is None:
        raise Http404
    return person


# --- one's own account --------------------------------------------------------------------------------------------


@require_safe
def account(request: Request) -> HttpResponse:
    """One's own place, password and one-time codes."""
    user = request.user
    return render(request, "people/account.html", {"place": actions.place(user.side, user.partner, user.role)})


@never_cache
@sensitive_post_parameters()
@read_or_send
def change_password(request: Request) -> HttpResponse:
    """Set a new password for oneself."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return form_page(request, "people/change_password.html", {"form": form})
    try:
        user = actions.change_password(**form.cleaned_data, by=request.viewer, at=timezone.now())
    except Refusal as refusal:
        return form_page(request, "people/change_password.html", {"form": form}, refusal)
    update_session_auth_hash(request, user)
    messages.info(request, _("Your password is changed. Sessions on other machines have ended."))
    return redirect("people:account")


@never_cache
@read_or_send
def codes(request: Request) -> HttpResponse:
    """Set one-time codes up: a picture for the phone, then a first code."""
    user = request.user
    if user.has_codes:
        return redirect("people:account")
    if request.method == "POST" and "begin" in request.POST:
        actions.begin_codes(by=request.viewer, at=timezone.now())
        return redirect("people:codes")
    secret = opened(user.totp_secret)
    picture = setup_picture(secret, user.email) if secret else ""
    form = CodeForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "picture": picture, "secret": secret}
    if not form.is_valid():
        return form_page(request, "people/codes.html", context)
    try:
        actions.confirm_codes(**form.cleaned_data, by=request.viewer, at=timezone.now())
    except Refusal as refusal:
        return form_page(request, "people/codes.html", context, refusal)
    messages.info(request, _("One-time codes are on. You will be asked for one at each sign-in."))
    return redirect("people:account")


@never_cache
@sensitive_post_parameters()
@read_or_send
def codes_off(request: Request) -> HttpResponse:
    """Turn one-time codes off, knowing the password."""
    form = RevokeCodesForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return form_page(request, "people/codes_off.html", {"form": form})
    try:
        actions.revoke_codes(**form.cleaned_data, by=request.viewer, at=timezone.now())
    except Refusal as refusal:
        return form_page(request, "people/codes_off.html", {"form": form}, refusal)
    messages.info(request, _("One-time codes are off."))
    return redirect("people:account")
