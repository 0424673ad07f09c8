"""What pages of the own house take in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from levelfield_web.own_house.models import ChangeKind, RequestKind


class AskForm(forms.Form):
    """Something asked of the client."""

    kind = forms.ChoiceField(label=_("Kind"), choices=RequestKind.choices)
    what = forms.CharField(
        label=_("What is asked"), max_length=200, help_text=_("Access to the order system for 12 people, say.")
    )
    needed_on = forms.DateField(label=_("Needed by"), widget=forms.DateInput(attrs={"type": "date"}))


class AnnounceForm(forms.Form):
    """A change announced to a partner."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ChangeKind.choices)
    title = forms.CharField(label=_("What changes"), max_length=200)
    takes_effect_on = forms.DateField(label=_("Takes effect on"), widget=forms.DateInput(attrs={"type": "date"}))
