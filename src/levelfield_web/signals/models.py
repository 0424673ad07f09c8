"""A signal: one episode of one series, with every reading it was given, and what people said to it."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from levelfield_web.fields.viewer import Side


class Closed(models.TextChoices):
    """Why a signal is closed."""

    OVER = "over", _("as usual again")
    RESTATED = "restated", _("gone after a restatement")
    FOLLOWED = "followed", _("followed by another change")
    REBASED = "rebased", _("the lines start anew")
    EXPLAINED = "explained", _("explained")
    ACCEPTED = "accepted", _("accepted as the new level")
    MISTAKEN = "mistaken", _("not real: an error in the data")


BY_PEOPLE = (Closed.EXPLAINED, Closed.ACCEPTED, Closed.MISTAKEN)


class Cause(models.TextChoices):
    """Why a reading was taken."""

    WEEK = "week", _("a further week")
    RESTATEMENT = "restatement", _("a restatement")


def new_public_id() -> str:
    """The name of a signal in addresses. A number would tell each side how many the others have."""
    return f"S-{secrets.token_hex(6)}"


def paired(*names: str) -> Q:
    """Text and moment that are there together or not at all: pairs of a name and a moment."""
    name, moment = names
    return Q(**{name: "", f"{moment}__isnull": True}) | (~Q(**{name: ""}) & Q(**{f"{moment}__isnull": False}))


class Signal(models.Model):
    """One episode of one series. It is opened once and updated, never repeated."""

    public_id = models.CharField(max_length=14, unique=True, default=new_public_id, editable=False)
    partner = models.CharField(max_length=60, db_index=True)
    measure = models.CharField(max_length=80)
    definition = models.TextField(blank=True)
    scope = models.CharField(max_length=400, blank=True)
    series = models.TextField()  # the key of the watched series
    label = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    opened_period = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=[("open", _("open")), ("closed", _("closed"))], default="open")
    # the latest reading, for lists; every reading is kept below
    kind = models.CharField(max_length=20)
    look = models.CharField(max_length=20)
    sentence = models.TextField()
    onset_on = models.DateField()
    onset_first_on = models.DateField()
    onset_last_on = models.DateField()
    period = models.CharField(max_length=12)
    publication = models.CharField(max_length=40)
    client_seen_by = models.CharField(max_length=200, blank=True)
    client_seen_at = models.DateTimeField(null=True)
    partner_seen_by = models.CharField(max_length=200, blank=True)
    partner_seen_at = models.DateTimeField(null=True)
    suppressed_until = models.DateField(null=True)
    suppressed_reason = models.TextField(blank=True)
    suppressed_by = models.CharField(max_length=200, blank=True)
    suppressed_side = models.CharField(max_length=10, blank=True)
    suppressed_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=12, choices=Closed.choices, blank=True)
    closed_words = models.TextField(blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    closed_side = models.CharField(max_length=10, blank=True)  # empty where the data closed it
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["-opened_at", "label"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "series"], condition=Q(state="open"), name="a_series_has_one_open_signal"),
            models.CheckConstraint(
                condition=Q(state="open", closed_why="", closed_at=None) | (Q(state="closed", closed_at__isnull=False) & ~Q(closed_why="")),
                name="a_closed_signal_says_why_and_when",
            ),
            models.CheckConstraint(condition=paired("client_seen_by", "client_seen_at"), name="a_signal_seen_by_the_client_says_by_whom"),
            models.CheckConstraint(condition=paired("partner_seen_by", "partner_seen_at"), name="a_signal_seen_by_the_partner_says_by_whom"),
            models.CheckConstraint(
                condition=Q(suppressed_until=None, suppressed_reason="") | (Q(suppressed_until__isnull=False) & ~Q(suppressed_reason="")),
                name="a_suppressed_signal_says_until_when_and_why",
            ),
            models.CheckConstraint(
                condition=Q(onset_first_on__lte=models.F("onset_on")) & Q(onset_on__lte=models.F("onset_last_on")),
                name="the_onset_lies_in_its_range",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.sentence

    @property
    def is_open(self) -> bool:
        """Has nobody and nothing closed it?"""
        return self.state == "open"

    def seen_by(self, side: str) -> str:
        """Who of a side acknowledged it; empty while nobody has."""
        return self.client_seen_by if side == Side.CLIENT else self.partner_seen_by


class SignalReading(models.Model):
    """What the verdict said of a signal's series at one look. Readings are added, never changed."""

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="readings")
    at = models.DateTimeField()
    period = models.CharField(max_length=12)
    publication = models.CharField(max_length=40)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    kind = models.CharField(max_length=20)
    sentence = models.TextField()
    p_value = models.FloatField(null=True)
    e_value = models.FloatField(null=True)
    probabilities = models.JSONField(default=dict)
    onset_on = models.DateField(null=True)
    onset_first_on = models.DateField(null=True)
    onset_last_on = models.DateField(null=True)
    size = models.FloatField(null=True)
    size_low = models.FloatField(null=True)
    size_high = models.FloatField(null=True)
    level_before = models.FloatField(null=True)
    level_after = models.FloatField(null=True)
    going_on = models.BooleanField(null=True)
    n = models.IntegerField(default=0)
    chosen = models.BooleanField(default=False)  # would it be opened at this look?
    difference = models.TextField(blank=True)  # what a restatement changed

    class Meta:
        app_label = "levelfield"
        ordering = ["at", "period", "id"]

    def __str__(self) -> str:
        return f"{self.period}: {self.sentence}"


class Review(models.Model):
    """A look at all watched series of one partner, at the end of one week, on one publication."""

    partner = models.CharField(max_length=60)
    publication = models.CharField(max_length=40)
    period = models.CharField(max_length=12)
    at = models.DateTimeField()
    watched = models.IntegerField()
    judged = models.IntegerField()
    changed = models.IntegerField()
    opened = models.IntegerField()

    class Meta:
        app_label = "levelfield"
        ordering = ["partner", "period", "at"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "publication", "period"], name="a_week_is_reviewed_once_on_a_publication")
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.partner} {self.period}"


def nothing_seen() -> dict[str, Any]:
    """What acknowledgements are reset to when a signal opens again."""
    return {"client_seen_by": "", "client_seen_at": None, "partner_seen_by": "", "partner_seen_at": None}
