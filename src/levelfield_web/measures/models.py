"""Where the lines of a series start anew because somebody said so."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from levelfield_web.fields.viewer import Side


class RebasePoint(models.Model):
    """From a day on a series is judged anew, with the reason. A point is never edited; it can be withdrawn."""

    partner = models.CharField(max_length=60)
    measure = models.CharField(max_length=80)
    scope = models.CharField(max_length=400, blank=True)  # the slice as addresses have it
    on = models.DateField(_("from"))
    reason = models.TextField(_("reason"))
    side = models.CharField(max_length=10, choices=Side.choices)
    by = models.ForeignKey("levelfield.User", null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["partner", "measure", "on"]
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "measure", "scope", "on"], condition=Q(withdrawn_at=None), name="a_series_starts_anew_once_a_day"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_rebase_point_says_why"),
            models.CheckConstraint(
                condition=Q(withdrawn_by_name="", withdrawn_at=None) | (~Q(withdrawn_by_name="") & Q(withdrawn_at__isnull=False)),
                name="a_withdrawn_rebase_point_says_by_whom_and_when",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.measure} of {self.partner} from {self.on}"
