"""What the pattern page shows: each part, in its states, with invented content."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from levelfield.words import Refusal
from levelfield_web.parts.answers import Table
from levelfield_web.parts.formats import Missing


class PatternForm(forms.Form):
    """A form with one field in error, one with a hint, one with choices."""

    email = forms.EmailField(label=_("Email address"), help_text=_("The one the invitation was written to."))
    weeks = forms.IntegerField(label=_("Number of weeks"), min_value=1, required=False)
    partner = forms.ChoiceField(label=_("Partner"), choices=[("one", "Partner Example"), ("other", "Another Partner")])
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label=_("Both sides have read this"), required=False)


def pattern_page() -> dict[str, Any]:
    """The context of the pattern page."""
    form = PatternForm({"email": "somebody@", "weeks": "0", "partner": "one"})
    form.is_valid()
    week = [0.912, 0.901, 0.92, 0.91, 0.904, 0.918, 0.909, 0.923, 0.911, 0.906, 0.915]
    return {
        "form": form,
        "refusal": Refusal(
            _("`handled` is 131 but `offered` is 127"),
            where=_("Partner Example, intervals, row 4,812"),
            expected=_("handled ≤ offered"),
            next_step=_("Correct the row and deliver the file again; nothing was published."),
        ),
        "plain_table": Table(
            "pattern",
            (_("Line"), _("Offered"), _("Handling time, s"), _("Note")),
            (
                ("Billing", 21530, 412, ""),
                ("Orders", 4182, 388.5, _("two queues")),
                ("Returns", None, None, _("not delivered")),
            ),
        ),
        "missing": [Missing.NOT_APPLICABLE, Missing.TOO_FEW, Missing.NOT_DELIVERED, Missing.NOT_YET],
        "readings": [
            ("usual", _("As usual"), [*week, 0.91]),
            ("worse", _("Fell in week 23 and stayed low"), [*week, 0.889, 0.881, 0.887, 0.862]),
            ("better", _("Higher since week 25"), [*week, 0.934, 0.941, 0.938]),
            ("changed", _("Changed in week 24, no agreed direction"), [*week, None, None, 0.94, 0.937]),
        ],
        "states": [
            ("open", _("open since 3 March")),
            ("waiting", _("waiting for the partner since 5 March")),
            ("agreed", _("agreed on 9 March")),
            ("withdrawn", _("withdrawn on 10 March")),
        ],
        "page": Paginator(range(120), 25).page(3),
        "crumbs": [(_("Partners"), "/"), ("Partner Example", "/"), (_("Billing line"), "")],
        "downloads": [(".json", "#downloads"), (".csv", "#downloads")],
    }
