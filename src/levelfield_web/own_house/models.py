"""What the partner waits for, what the client announces, and what both sides say of a duty."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from levelfield.own_house import DUTIES
from levelfield_web.fields.viewer import Side
from levelfield_web.people.signing import person
from levelfield_web.settlement.models import ToAnswer


class RequestKind(models.TextChoices):
    """What is asked of the client."""

    ACCESS = "access", _("access for people")
    DECISION = "decision", _("a decision")
    TRAINING = "training", _("training or experts")
    MATERIAL = "material", _("material or content")
    DATA = "data", _("data")


class ChangeKind(models.TextChoices):
    """What a change of the client's is."""

    RELEASE = "release", _("product or system release")
    POLICY = "policy", _("policy or terms")
    PRICE = "price", _("price")
    CAMPAIGN = "campaign", _("campaign or mailing")
    CONTENT = "content", _("knowledge or scripts")


ANSWERS = (("kept", _("yes")), ("kept in part", _("in part")), ("not kept", _("no")))


def new_request_id() -> str:
    """The name of a request, in addresses and trails; it tells nobody how many others there are."""
    return f"Q-{secrets.token_hex(6)}"


class ClientRequest(ToAnswer):
    """Something the client is asked for, and when it was given."""

    public_id = models.CharField(max_length=14, unique=True, default=new_request_id, editable=False)
    partner = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=10, choices=RequestKind.choices)
    what = models.CharField(max_length=200)
    needed_on = models.DateField()
    given = models.BooleanField(null=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["needed_on", "public_id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="kind_of_a_request_is_known"),
            models.CheckConstraint(
                condition=Q(given=None, answered_by_name="", answered_at=None)
                | (Q(given__isnull=False, answered_at__isnull=False) & ~Q(answered_by_name="")),
                name="an_answered_request_says_by_whom_and_when",
            ),
        ]


class Announcement(models.Model):
    """A change of the client's, announced to one partner before it takes effect."""

    partner = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    title = models.CharField(max_length=200)
    takes_effect_on = models.DateField()
    by = person()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        ordering = ["-takes_effect_on", "title"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ChangeKind.values), name="kind_of_an_announcement_is_known"),
            models.UniqueConstraint(
                fields=["partner", "title", "takes_effect_on"], name="a_change_is_announced_once_to_a_partner"
            ),
        ]


class DutyAnswer(models.Model):
    """What one side says of a duty. The latest of each side counts; earlier ones stay."""

    partner = models.CharField(max_length=60, db_index=True)
    duty = models.CharField(max_length=20)
    side = models.CharField(max_length=10, choices=Side.choices)
    answer = models.CharField(max_length=12, choices=ANSWERS)
    words = models.TextField(blank=True)
    by = person()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(duty__in=list(DUTIES)), name="duty_that_is_answered_is_known"),
            models.CheckConstraint(condition=Q(answer__in=[a for a, _w in ANSWERS]), name="answer_to_a_duty_is_known"),
        ]
