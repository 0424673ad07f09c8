"""The form to deliver a file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from levelfield_io.profiles_at_hand import profiles
from levelfield_web.fields.viewer import Viewer
from levelfield_web.same_data.queries import estate

CLIENTS_OWN = ("partner", "add_unknown")  # fields that a partner, who delivers for itself, does not have


class DeliverForm(forms.Form):
    """A file, whose facts it holds, and how to read it."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, XLSX, ODS, Parquet, JSON or JSON lines; also packed as gz or zip. At most 2,000 MB."),
        allow_empty_file=True,
    )
    partner = forms.ChoiceField(
        label=_("Whose facts"), required=False, help_text=_("Choose a partner when the file does not name one.")
    )
    profile = forms.ChoiceField(
        label=_("Read as"), required=False, help_text=_("Leave it to us unless the wrong profile is found.")
    )
    zone = forms.CharField(
        label=_("Time zone of the file"),
        required=False,
        max_length=60,
        help_text=_("Such as Europe/Warsaw; only when it differs from the agreement's."),
    )
    threshold_s = forms.IntegerField(
        label=_("Answer threshold, seconds"),
        required=False,
        min_value=1,
        max_value=3600,
        help_text=_("Only when the file counts at another one."),
    )
    add_unknown = forms.BooleanField(
        label=_("Welcome partners, lines and sites that are not known yet"), required=False
    )
    zeros_are_real = forms.BooleanField(label=_("Days with zero contacts were really quiet"), required=False)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The house's own profiles carry titles the client wrote, perhaps about another partner.
        home = Path(settings.LEVELFIELD_HOME) if viewer.is_client else None
        known = sorted(profiles(home).values(), key=lambda p: p.title)
        cast(forms.ChoiceField, self.fields["profile"]).choices = [("", _("find out"))] + [
            (p.name, p.title) for p in known
        ]
        if viewer.is_client:
            names = estate(viewer=viewer)
            cast(forms.ChoiceField, self.fields["partner"]).choices = [("", _("the file says"))] + [
                (k, names.name_of(k)) for k in names.keys
            ]
        else:
            for name in CLIENTS_OWN:
                del self.fields[name]

    @property
    def options(self) -> dict[str, str]:
        """The options of the delivery, as the reader takes them."""
        given = self.cleaned_data
        found = {name: str(given[name]) for name in ("zone", "threshold_s") if given.get(name)}
        return found | {name: "yes" for name in ("add_unknown", "zeros_are_real") if given.get(name)}


def where_to_say(options: Iterable[str], *, viewer: Viewer) -> str:
    """The sentence that names the fields for what a finding or a refusal asks for, or who can do it; empty without any."""
    given = tuple(options)
    if not given:
        return ""
    own = {n: f for n, f in DeliverForm.base_fields.items() if viewer.is_client or n not in CLIENTS_OWN}
    labels = [f"“{own[name].label}”" for name in given if name in own]
    ways = [gettext("Deliver the file again with %(labels)s") % {"labels": ", ".join(labels)}] if labels else []
    if len(labels) < len(given):
        who = gettext("ask who runs this house") if viewer.is_client else gettext("ask the client")
        ways.append(who if ways else who.capitalize())
    return " " + gettext(" or ").join(ways) + "."
