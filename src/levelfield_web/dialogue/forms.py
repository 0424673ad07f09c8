"""What the opening page of a case takes in."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from levelfield_web.dialogue.choices import measure_choices
from levelfield_web.dialogue.standings import LONGEST_TITLE, LONGEST_WORDS


class CaseForm(forms.Form):
    """An issue raised by hand, or from a statement."""

    title = forms.CharField(label=_("The issue in a few words"), max_length=LONGEST_TITLE)
    words = forms.CharField(
        label=_("What you see, and since when"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )
    measure = forms.ChoiceField(label=_("Measure it shows in"), required=False)
    line = forms.ChoiceField(label=_("Line"), required=False)
    once = forms.CharField(widget=forms.HiddenInput, max_length=32)
    month = forms.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", widget=forms.HiddenInput, required=False)
    target = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def __init__(self, *args: Any, lines: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["measure"]).choices = measure_choices()
        cast(forms.ChoiceField, self.fields["line"]).choices = [("", _("every line")), *((x, x) for x in lines)]


class SignalCaseForm(forms.Form):
    """An issue raised from a signal, which says all but what the person sees."""

    words = forms.CharField(
        label=_("What you see, and what you would like to find out"), max_length=LONGEST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )  # fmt: skip
    once = forms.CharField(widget=forms.HiddenInput, max_length=32)
