"""What a promise is written with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from levelfield.measures.catalogue import MEASURES
from levelfield.measures.measure import Unit
from levelfield_web.dialogue.choices import measure_choices
from levelfield_web.fields.viewer import Side
from levelfield_web.measures.queries import line_of, line_scope
from levelfield_web.plan.models import StoredPromise

DATE = {"type": "date"}


class PromiseForm(forms.Form):
    """One promise."""

    action = forms.CharField(label=_("What will be done"), max_length=300)
    owner_side = forms.ChoiceField(label=_("Whose promise"))
    owner_name = forms.CharField(label=_("Who answers for it"), max_length=200)
    measure = forms.ChoiceField(label=_("Measure it shows in"))
    line = forms.ChoiceField(label=_("Line"), required=False)
    target = forms.DecimalField(
        label=_("What it should reach"), max_digits=14, decimal_places=4, help_text=_("As the measure is written: 78 for 78 %, 20 for 20 s. The level now is read from the data."),
    )  # fmt: skip
    begins_on = forms.DateField(label=_("Begins"), widget=forms.DateInput(attrs=DATE))
    full_on = forms.DateField(label=_("Shows in full from"), widget=forms.DateInput(attrs=DATE))
    judged_on = forms.DateField(
        label=_("Is judged on"),
        widget=forms.DateInput(attrs=DATE),
        help_text=_("Weeks count from Monday to Sunday; days are moved to their Monday."),
    )
    rhythm_weeks = forms.TypedChoiceField(
        label=_("Check-in"), coerce=int, choices=[(1, _("every week")), (2, _("every two weeks")), (4, _("every four weeks"))], initial=2
    )  # fmt: skip
    how = forms.CharField(label=_("How we will know"), max_length=400, required=False, help_text=_("Beside the measure: what people will see."))  # fmt: skip
    cost = forms.DecimalField(label=_("Cost"), required=False, max_digits=14, decimal_places=2, min_value=Decimal(0))
    heads = forms.IntegerField(
        label=_("New people"), required=False, min_value=1, max_value=100_000, help_text=_("Where the promise is about people: how many.")
    )  # fmt: skip
    training_weeks = forms.IntegerField(label=_("Weeks of training"), required=False, min_value=0, max_value=52)
    leave_per_cent = forms.DecimalField(
        label=_("Leave within 90 days, per cent"), required=False, min_value=Decimal(0), max_value=Decimal(99), decimal_places=1
    )  # fmt: skip
    once = forms.CharField(widget=forms.HiddenInput, max_length=32)
    replaces = forms.CharField(widget=forms.HiddenInput, max_length=14, required=False)

    def __init__(self, *args: Any, lines: list[str], side: str, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        both = [(Side.PARTNER.value, name), (Side.CLIENT.value, str(_now("the client")))]
        cast(forms.ChoiceField, self.fields["owner_side"]).choices = both if side == Side.PARTNER else both[1:]
        cast(forms.ChoiceField, self.fields["measure"]).choices = measure_choices(empty=False)
        cast(forms.ChoiceField, self.fields["line"]).choices = [("", _("every line")), *((x, x) for x in lines)]

    @property
    def promise(self) -> dict[str, Any]:
        """What `add_promise` takes."""
        given = dict(self.cleaned_data)
        given.pop("replaces")
        line, leave, target = given.pop("line"), given.pop("leave_per_cent"), given.pop("target")
        measure = MEASURES[given["measure"]]
        given["target"] = float(target) / 100 if measure.unit is Unit.SHARE else float(target)
        given["scope"] = line_scope(line)
        given["leave_share"] = float(leave) / 100 if leave is not None else None
        return given


def usual_days(newest: dt.date) -> dict[str, dt.date]:
    """Days to start from: begin next Monday, in full after four weeks, judged after twelve."""
    begin = newest + dt.timedelta(days=7 - newest.weekday())
    return {"begins_on": begin, "full_on": begin + dt.timedelta(weeks=4), "judged_on": begin + dt.timedelta(weeks=12)}


def as_written(own: StoredPromise) -> dict[str, Any]:
    """A promise as the form takes it, to be changed."""
    times = 100 if MEASURES[own.measure].unit is Unit.SHARE else 1
    leave = own.leave_share
    return {
        "action": own.action, "owner_side": own.owner_side, "owner_name": own.owner_name, "measure": own.measure, "line": line_of(own.scope),
        "target": f"{own.target * times:.4f}".rstrip("0").rstrip("."), "begins_on": own.begins_on, "full_on": own.full_on, "judged_on": own.judged_on,
        "rhythm_weeks": own.rhythm_weeks, "how": own.how, "cost": own.cost, "heads": own.heads, "training_weeks": own.training_weeks,
        "leave_per_cent": None if leave is None else round(leave * 100, 1), "replaces": own.public_id,
    }  # fmt: skip
