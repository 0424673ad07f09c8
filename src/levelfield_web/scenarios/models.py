"""A circumstance that one side filed: what, when, where, whose."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q

from levelfield_web.fields.viewer import Side
from levelfield_web.people.signing import person

OWNERS = (("client", "client"), ("partner", "partner"), ("shared", "shared"), ("outside", "outside"))


def new_circumstance_id() -> str:
    """The name of a circumstance, in addresses and trails."""
    return f"C-{secrets.token_hex(6)}"


class FiledCircumstance(models.Model):
    """A circumstance as one side filed it. It is never edited; the side that filed it may withdraw it."""

    public_id = models.CharField(max_length=14, unique=True, default=new_circumstance_id, editable=False)
    partner = models.CharField(max_length=60, db_index=True)
    scenario = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    words = models.TextField(blank=True)
    owner = models.CharField(max_length=10, choices=OWNERS)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)  # the first day on which it is over
    site = models.CharField(max_length=200, blank=True)
    line = models.CharField(max_length=200, blank=True)
    side = models.CharField(max_length=10, choices=Side.choices)
    by = person()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["-starts_on", "public_id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on=None) | Q(ends_on__gt=F("starts_on")), name="a_circumstance_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(owner__in=[o for o, _w in OWNERS]), name="owner_of_a_circumstance_is_known"),
            models.CheckConstraint(
                condition=Q(withdrawn_by_name="", withdrawn_at=None) | (~Q(withdrawn_by_name="") & Q(withdrawn_at__isnull=False)),
                name="a_withdrawn_circumstance_says_by_whom_and_when",
            ),
        ]  # fmt: skip
