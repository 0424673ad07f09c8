"""What people of both sides do that a settlement needs: locks, claims, disputes. Statements themselves are computed."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from levelfield.settlement.ledger import Outcome
from levelfield_web.fields.viewer import Side, Viewer
from levelfield_web.people.signing import Signed, person


class Kind(models.TextChoices):
    """What an event was that somebody wants to be left out."""

    CLIENT_SYSTEM = "client_system", _("failure of a system of the client")
    FORCE_MAJEURE = "force_majeure", _("force majeure")
    PLANNED_EVENT = "planned_event", _("planned event")
    STAFFING = "staffing", _("staffing of the partner")


OUTCOMES = ((Outcome.PENDING.value, _("not answered yet")), (Outcome.UPHELD.value, _("upheld: the line falls")), (Outcome.REFUSED.value, _("refused: the line stands")))  # fmt: skip


def new_public_id() -> str:
    """The name of a claim, in addresses and trails. A number would tell each side how many the others make."""
    return f"E-{secrets.token_hex(6)}"


class ForecastLock(models.Model):
    """One delivered version of a forecast that binds for one month. A lock is never edited."""

    partner = models.CharField(max_length=60)
    month = models.CharField(max_length=7)
    month_starts_on = models.DateField()
    made_at = models.DateTimeField()  # of the version
    by = person()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    acknowledged_by = person()
    acknowledged_by_name = models.CharField(max_length=200, blank=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["partner", "month"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "month"], name="a_month_has_one_locked_forecast"),
            models.CheckConstraint(
                condition=Q(acknowledged_by_name="", acknowledged_at=None)
                | (~Q(acknowledged_by_name="") & Q(acknowledged_at__isnull=False)),
                name="an_acknowledged_lock_says_by_whom_and_when",
            ),
        ]


class ToAnswer(Signed):
    """What one side says and the other side answers."""

    answer = models.TextField(blank=True)
    answered_by = person()
    answered_by_name = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def other_side(self) -> str:
        """Who answers."""
        return (Side.PARTNER if self.side == Side.CLIENT else Side.CLIENT).value

    def answer_with(self, words: str, by: Viewer, at: dt.datetime) -> None:
        """Take down who answered what, and keep it."""
        self.answer, self.answered_by_id, self.answered_by_name, self.answered_at = words, by.user_id, by.name, at
        self.save()


class ExcuseClaim(ToAnswer):
    """An event that one side wants to be left out, and what the other side said to it."""

    public_id = models.CharField(max_length=14, unique=True, default=new_public_id, editable=False)
    partner = models.CharField(max_length=60, db_index=True)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    lines = models.JSONField(default=list)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    reason = models.TextField()
    accepted = models.BooleanField(null=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["start_at", "public_id"]
        constraints = [
            models.CheckConstraint(condition=Q(start_at__lt=models.F("end_at")), name="a_claimed_event_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="kind_of_a_claimed_event_is_known"),
            models.CheckConstraint(
                condition=Q(accepted=None, answered_by_name="", answered_at=None)
                | (Q(accepted__isnull=False, answered_at__isnull=False) & ~Q(answered_by_name="")),
                name="an_answered_claim_says_by_whom_and_when",
            ),
        ]  # fmt: skip


class Dispute(ToAnswer):
    """A figure of one statement that one side does not accept, and how it ended. It freezes that line and no other."""

    partner = models.CharField(max_length=60)
    month = models.CharField(max_length=7)
    line = models.CharField(max_length=200)
    publication = models.CharField(max_length=40)  # that the statement stood on
    reason = models.TextField()
    evidence = models.TextField(blank=True)
    link = models.CharField(max_length=400, blank=True)  # to a page of ours
    outcome = models.CharField(max_length=10, choices=OUTCOMES, default=Outcome.PENDING.value)

    class Meta:
        app_label = "levelfield"
        ordering = ["month", "line"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "month", "line"], name="a_line_of_a_statement_is_disputed_once"),
            models.CheckConstraint(condition=Q(outcome__in=[str(o) for o in Outcome]), name="outcome_of_a_dispute_is_known"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.PENDING.value, answered_by_name="", answered_at=None)
                | (~Q(outcome=Outcome.PENDING.value) & ~Q(answered_by_name="") & Q(answered_at__isnull=False)),
                name="an_answered_dispute_says_by_whom_and_when",
            ),
        ]  # fmt: skip

    @property
    def pending(self) -> bool:
        """Does it wait for an answer?"""
        return self.outcome == Outcome.PENDING.value
