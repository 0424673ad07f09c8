"""Check-ins that were held, what both sides say of a promise, calendar feeds, and which reminder was sent."""

from __future__ import annotations

import hashlib

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from levelfield.dialogue import State
from levelfield_web.dialogue.models import Case
from levelfield_web.people.signing import Signed
from levelfield_web.plan.models import StoredPromise

FEELINGS = (("on track", _("on track")), ("behind", _("behind")), ("cannot say yet", _("cannot say yet")))

RUNNING = (State.IN_PROGRESS, State.CANNOT_SAY)  # the states of a case in which there is something to check in on


def hashed(token: str) -> str:
    """What is kept of the token of a calendar address."""
    return hashlib.sha256(token.encode()).hexdigest()


class CheckIn(Signed):
    """One check-in as it was held: on which publication, who was present, how each promise went by the data."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="check_ins")
    publication = models.CharField(max_length=40)
    present = models.CharField(max_length=400)
    words = models.TextField()
    readings = models.JSONField(default=list)  # per promise: its name, the reading and its sentence
    once = models.CharField(max_length=32, unique=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["-at"]


class Saying(Signed):
    """What one side says of a promise, beside what the data say. The latest of each side counts; earlier ones stay."""

    promise = models.ForeignKey(StoredPromise, on_delete=models.CASCADE, related_name="sayings")
    feeling = models.CharField(max_length=16, choices=FEELINGS)
    words = models.TextField(blank=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=Q(feeling__in=[f for f, _w in FEELINGS]), name="what_is_said_of_a_promise_is_known")]  # fmt: skip


class CalendarFeed(models.Model):
    """The calendar address of one person. Only the hash of its token is kept; a new one takes the old one's place."""

    user = models.OneToOneField("levelfield.User", on_delete=models.CASCADE, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"


class Reminder(models.Model):
    """A digest that was sent to one person on one day: never twice."""

    user = models.ForeignKey("levelfield.User", on_delete=models.CASCADE, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="a_person_is_reminded_once_a_day")]
