"""What pages of the settlement take in: moments, words, and the terms of a trial."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from levelfield.agreement.terms import Target
from levelfield.measures.definition import LETTERS, TITLES, Abandons
from levelfield.settlement.judging import unit_of
from levelfield.settlement.trail import shown
from levelfield.words import Refusal, RefusalKind
from levelfield_web.settlement.account import Account
from levelfield_web.settlement.models import Kind
from levelfield_web.settlement.trial import Changes


class ClaimForm(forms.Form):
    """An event that should be left out."""

    start = forms.DateTimeField(label=_("Begin"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    end = forms.DateTimeField(label=_("End"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    lines = forms.MultipleChoiceField(
        label=_("Lines"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means every line."),
    )
    reason = forms.CharField(label=_("What happened"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, zone: str, lines: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        cast(forms.ChoiceField, self.fields["lines"]).choices = [(x, x) for x in lines]
        if not lines:
            del self.fields["lines"]
        for name in ("start", "end"):
            self.fields[name].help_text = _("In the time of %(zone)s.") % {"zone": zone}

    def moment(self, name: str) -> dt.datetime:
        """A typed moment, in the time of the agreement."""
        typed: dt.datetime = self.cleaned_data[name]
        return typed.replace(tzinfo=self.zone)


class TrialForm(forms.Form):
    """Terms to try. An empty field leaves its term as it is."""

    target = forms.ChoiceField(label=_("Target"))
    expected = forms.DecimalField(label=_("Expected level"), required=False, help_text=_("In per cent or seconds."))
    minimum = forms.DecimalField(label=_("Minimum level"), required=False)
    abandons = forms.ChoiceField(label=_("Abandoned contacts"), required=False)
    threshold_s = forms.IntegerField(label=_("Threshold, seconds"), required=False, min_value=1, max_value=3600)
    at_risk = forms.DecimalField(label=_("At risk, % of fees"), required=False, min_value=0, max_value=100)
    cap = forms.DecimalField(label=_("Cap, % of fees"), required=False, min_value=0, max_value=100)
    above = forms.DecimalField(label=_("Relief above forecast by, %"), required=False, min_value=0, max_value=100)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        newest = {t.key: t for a in account.versions for t in a.targets}
        order = [t.key for t in account.latest.targets]
        named = order + sorted(set(newest) - set(order))
        cast(forms.ChoiceField, self.fields["target"]).choices = [(k, f"{k} ({levels_of(newest[k])})") for k in named]
        agreement = account.latest
        relief = agreement.forecast.relief
        for name, share in (
            ("at_risk", agreement.at_risk.share if agreement.at_risk else None),
            ("cap", agreement.cap.share if agreement.cap else None),
            ("above", relief.above if relief else None),
        ):
            if share is not None:
                self.fields[name].help_text = _("Agreed: %(share)s %%.") % {"share": shown(share * 100)}
        rules = [(str(r), f"{LETTERS[r]}: {TITLES[r]}") for r in Abandons]
        cast(forms.ChoiceField, self.fields["abandons"]).choices = [("", _("as agreed")), *rules]
        if not any(a.forecast.relief for a in account.versions):
            del self.fields["above"]

    @property
    def changes(self) -> Changes:
        """What is tried."""
        return Changes(**{name: value for name, value in self.cleaned_data.items() if value not in (None, "")})


def levels_of(target: Target) -> str:
    """The agreed levels of a target, in the unit shown."""
    unit, scale = unit_of(target)
    sign = "≥" if target.better == "at_least" else "≤"
    least = (
        "" if target.least is None else gettext(", minimum %(level)s") % {"level": shown(target.least * scale, unit)}
    )
    return f"{sign} {shown(target.level * scale, unit)}{least}"


def moment_of(text: str) -> dt.datetime:
    """A moment as our own pages write it into a form."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise Refusal("This is not a moment", expected="a version of the list", kind=RefusalKind.DEFINITION)
    return found
