"""What people type about themselves and each other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from levelfield_web.fields.viewer import HOUSE_ROLE, Side, Viewer
from levelfield_web.people.models import CLIENT_ROLES, PARTNER_ROLES, Role

Place = tuple[str, str, str]  # side, partner, role


class SignInForm(forms.Form):
    """The first step."""

    email = forms.EmailField(
        label=_("Email address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class CodeForm(forms.Form):
    """Six digits from a phone."""

    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("The six digits your phone shows now."),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short"}),
    )


class JoinForm(forms.Form):
    """What an invitation asks for."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("As both sides should read it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least twelve characters, and not a common one. A few words work well."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class RenewForm(forms.Form):
    """What a link for a new password asks for."""

    password = JoinForm.base_fields["password"]


class ChangePasswordForm(forms.Form):
    """The current password and a new one."""

    current = forms.CharField(
        label=_("Current password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least twelve characters, and not a common one. A few words work well."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class RevokeCodesForm(forms.Form):
    """The password, to turn one-time codes off."""

    password = forms.CharField(
        label=_("Current password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class InviteForm(forms.Form):
    """Who is invited, and to which place. The places offered are those the inviter may give."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("Email address"), widget=forms.EmailInput(attrs={"spellcheck": "false"}))
    place = forms.ChoiceField(label=_("Joins as"), help_text=_("The side and the role cannot be changed later."))

    def __init__(self, *args: Any, viewer: Viewer, partner_names: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared just above
        field.choices = places_for(viewer, partner_names)

    def place_chosen(self) -> Place:
        """Side, partner and role of the choice."""
        side, partner, role = self.cleaned_data["place"].split("/")
        return side, partner, role


def places_for(viewer: Viewer, partner_names: dict[str, str]) -> list[Any]:
    """The places a viewer may give, grouped by whom the person will act for."""
    groups: list[Any] = [("", _("Choose a role"))]
    if viewer.is_client:
        makes_administrators = viewer.role in (Role.ADMINISTRATOR, HOUSE_ROLE)
        roles = [role for role in CLIENT_ROLES if makes_administrators or role != Role.ADMINISTRATOR]
        groups.append(
            (_("The client"), [(f"{Side.CLIENT.value}//{role.value}", sentence_case(role)) for role in roles])
        )
    groups += [
        (name, [(f"{Side.PARTNER.value}/{key}/{role.value}", sentence_case(role)) for role in PARTNER_ROLES])
        for key, name in partner_names.items()
    ]
    return groups


def sentence_case(role: Role) -> str:
    """A role at the beginning of a line."""
    label = str(role.label)
    return label[:1].upper() + label[1:]
