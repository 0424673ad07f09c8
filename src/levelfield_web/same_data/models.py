"""Deliveries on their way in, and who has seen which publication. Facts themselves are in the warehouse."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from levelfield_web.fields.viewer import Side


class State(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", _("waiting to be looked at")
    CHECKING = "checking", _("being looked at")
    CHECKED = "checked", _("looked at")
    REFUSED = "refused", _("refused")
    QUEUED = "queued", _("waiting to be published")
    PUBLISHING = "publishing", _("being published")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


AT_WORK = (State.WAITING, State.CHECKING, State.QUEUED, State.PUBLISHING)
ENDED = (State.REFUSED, State.PUBLISHED, State.WITHDRAWN)


def new_public_id() -> str:
    """The name of a delivery in addresses. A number would tell each side how many the others make."""
    return f"D-{secrets.token_hex(6)}"


class Delivery(models.Model):
    """One uploaded file. `partner` is whose facts it holds; empty when it holds those of several: the client's own."""

    public_id = models.CharField(max_length=14, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    stored_as = models.CharField(max_length=80, unique=True)
    partner = models.CharField(max_length=60, blank=True)
    side = models.CharField(max_length=10)
    by = models.ForeignKey("levelfield.User", null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    profile = models.CharField(max_length=80, blank=True)
    options = models.JSONField(default=dict)
    leave_rejected = models.BooleanField(default=False)

    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    step = models.CharField(max_length=80, blank=True)
    share = models.FloatField(default=0.0)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    rows_read = models.BigIntegerField(null=True)
    rows_good = models.BigIntegerField(null=True)
    rows_kept_out = models.BigIntegerField(null=True)
    findings = models.JSONField(default=list)
    refusal = models.JSONField(default=dict)
    quarantine = models.CharField(max_length=120, blank=True)
    publications = models.JSONField(default=dict)  # partner: id

    class Meta:
        app_label = "levelfield"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__gte=0) & models.Q(share__lte=1), name="progress_is_a_share"
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="delivery_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(lease_token="", lease_until=None)
                | (~models.Q(lease_token="") & models.Q(lease_until__isnull=False)),
                name="a_lease_has_token_and_end",
            ),
        ]

    @property
    def organisation(self) -> str:
        """Who delivered: the key of a partner, or nothing for the client."""
        return organisation(self.side, self.partner)

    @property
    def signature(self) -> str:
        """The name of who delivered with the side, as a publication keeps it."""
        return f"{self.by_name} ({self.organisation or Side.CLIENT.value})"


def organisation(side: str, partner: str) -> str:
    """The key of a partner that acts, or nothing for the client, who may act about a partner."""
    return partner if side == Side.PARTNER else ""


class Seen(models.Model):
    """One person of one side says: I have seen this publication."""

    publication = models.CharField(max_length=40)
    partner = models.CharField(max_length=60)
    side = models.CharField(max_length=10)
    by = models.ForeignKey("levelfield.User", null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "side", "by_name"], name="a_person_sees_a_publication_once")
        ]
