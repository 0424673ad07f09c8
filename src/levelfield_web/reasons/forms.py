"""What the pages of the charter take in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from levelfield.measures.catalogue import MEASURES, THEMES
from levelfield.measures.measure import Unit
from levelfield.reasons import STATEMENTS
from levelfield_web.reasons.actions import MOST_POINTS
from levelfield_web.reasons.models import ANSWERS, KINDS, LEVELS, STANCES, StoredReason

DATE = {"type": "date"}
BETTER = (("", _("as the measure is defined")), ("higher", _("higher is better")), ("lower", _("lower is better")))
WAYS = {"": None, "higher": True, "lower": False}


def measures() -> list[tuple[str, object]]:
    """Every measure under its theme, and none."""
    return [
        ("", _("no measure shows it")),
        *(
            (theme, [(m.name, f"{m.label}{' (%)' if m.unit is Unit.SHARE else ''}") for m in own])
            for theme, own in THEMES.items()
        ),
    ]


class MeasureFields(forms.Form):
    """The measure that would show whether a reason comes true."""

    measure = forms.ChoiceField(
        label=_("Measure that shows it"),
        required=False,
        help_text=_("Without one, nobody can say whether it comes true."),
    )
    better = forms.ChoiceField(label=_("Which way is better"), choices=BETTER, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["measure"]).choices = cast(Any, measures())

    @property
    def higher_is_better(self) -> bool | None:
        """The better way as the moves take it."""
        return WAYS[self.cleaned_data["better"]]


class ReasonForm(MeasureFields):
    """A reason to outsource."""

    kind = forms.ChoiceField(label=_("Reason"), choices=KINDS)
    words = forms.CharField(
        label=_("In your words"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    field_order = ["kind", "words", "measure", "better"]


class BaselineForm(MeasureFields):
    """Where the measure of a reason stood before."""

    baseline = forms.DecimalField(
        label=_("Baseline"),
        required=False,
        max_digits=18,
        decimal_places=6,
        help_text=_("As it is shown: 81.5 for 81.5 %, seconds for times, amounts in the currency of the agreement."),
    )
    baseline_on = forms.DateField(label=_("Measured on"), required=False, widget=forms.DateInput(attrs=DATE))
    source = forms.CharField(
        label=_("Where it comes from"),
        required=False,
        max_length=200,
        help_text=_("A report, a contract, a ledger: so that either side can look it up."),
    )

    @classmethod
    def of(cls, reason: StoredReason) -> BaselineForm:
        """The form as a reason stands."""
        shown = None if reason.baseline is None else (reason.baseline * factor(reason.measure)).normalize()
        way = {None: "", True: "higher", False: "lower"}[reason.higher_is_better]
        own = {
            "measure": reason.measure,
            "better": way,
            "baseline": None if shown is None else f"{shown:f}",
            "baseline_on": reason.baseline_on,
            "source": reason.source,
        }
        return cls(initial=own, auto_id=f"{reason.public_id}_%s")

    @property
    def in_unit(self) -> Decimal | None:
        """The baseline in the unit of its measure: a share from 0 to 1."""
        value: Decimal | None = self.cleaned_data["baseline"]
        return None if value is None else value / factor(self.cleaned_data["measure"])


def factor(measure: str) -> int:
    """By what a value is multiplied before people read it."""
    return 100 if measure in MEASURES and MEASURES[measure].unit is Unit.SHARE else 1


class WeighingForm(forms.Form):
    """Points for every reason; the names of the fields are those of the reasons."""

    def __init__(self, *args: Any, reasons: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, title in reasons:
            self.fields[key] = forms.IntegerField(
                label=title,
                min_value=0,
                max_value=MOST_POINTS,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )


class SponsorForm(forms.Form):
    """Who stands behind the work on one's own side."""

    person = forms.TypedChoiceField(label=_("Person who signs in here"), required=False, coerce=int, empty_value=None)
    name = forms.CharField(label=_("Or the name of somebody who does not"), required=False, max_length=200)
    level = forms.ChoiceField(label=_("Level"), choices=LEVELS)
    since = forms.DateField(label=_("Sponsor since"), widget=forms.DateInput(attrs=DATE))

    def __init__(self, *args: Any, people: Mapping[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["person"]).choices = [("", _("nobody of these")), *people.items()]


class BuyInForm(forms.Form):
    """What a sponsor says."""

    stance = forms.ChoiceField(label=_("What is said"), choices=STANCES)
    said_on = forms.DateField(
        label=_("Said on"), required=False, widget=forms.DateInput(attrs=DATE), help_text=_("Empty: today.")
    )
    words = forms.CharField(
        label=_("In their words"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class LeavesForm(forms.Form):
    """Since when a sponsor no longer stands there."""

    left = forms.DateField(label=_("No sponsor since"), widget=forms.DateInput(attrs=DATE))


class SurveyForm(forms.Form):
    """Every statement with the five answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, statement in STATEMENTS.items():
            self.fields[key] = forms.TypedChoiceField(
                label=statement.words, choices=ANSWERS, coerce=int, required=False, empty_value=None, widget=forms.RadioSelect(attrs={"required": True})
            )  # fmt: skip
