"""What the page of circumstances takes in."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from levelfield_web.scenarios.actions import known_scenarios
from levelfield_web.scenarios.models import OWNERS

DATE = {"type": "date"}


class CircumstanceForm(forms.Form):
    """A dated circumstance."""

    scenario = forms.ChoiceField(label=_("What it is"))
    title = forms.CharField(label=_("In a few words"), max_length=200, required=False)
    starts_on = forms.DateField(label=_("Since"), widget=forms.DateInput(attrs=DATE))
    ends_on = forms.DateField(
        label=_("Over since"),
        required=False,
        widget=forms.DateInput(attrs=DATE),
        help_text=_("The first day without it; empty while it goes on."),
    )
    site = forms.ChoiceField(label=_("Site"), required=False)
    line = forms.ChoiceField(label=_("Line"), required=False)
    owner = forms.ChoiceField(label=_("Whose"), choices=OWNERS)
    words = forms.CharField(label=_("More"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, sites: list[str], lines: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["scenario"]).choices = known_scenarios()
        cast(forms.ChoiceField, self.fields["site"]).choices = [("", _("every site")), *((s, s) for s in sites)]
        cast(forms.ChoiceField, self.fields["line"]).choices = [("", _("every line")), *((x, x) for x in lines)]
