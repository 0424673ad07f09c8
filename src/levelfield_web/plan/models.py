"""A plan of a case and its promises, with what became of each."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from levelfield.plan import Path, Promise
from levelfield.plan.promise import Owner
from levelfield_web.dialogue.models import Case
from levelfield_web.fields.viewer import Side
from levelfield_web.people.signing import Signed

OUTCOMES = (("", _("not judged yet")), ("worked", _("worked")), ("did not work", _("did not work")), ("cannot say yet", _("cannot say yet")))  # fmt: skip


class PlanState(models.TextChoices):
    """Where a plan stands."""

    DRAFT = "draft", _("being written")
    PROPOSED = "proposed", _("proposed")
    AGREED = "agreed", _("agreed")
    ENDED = "ended", _("ended")


def new_promise_id() -> str:
    """The name of a promise."""
    return f"M-{secrets.token_hex(6)}"


class Plan(models.Model):
    """One plan of a case. A case has one that is not ended; one that is tried again is another one."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="plans")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    side = models.CharField(max_length=10, choices=Side.choices, default=Side.PARTNER)  # who proposed it
    publication = models.CharField(max_length=40, blank=True)  # that it was tested on when it was proposed
    proposed_by_name = models.CharField(max_length=200, blank=True)
    proposed_at = models.DateTimeField(null=True)
    answered_by_name = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)
    by_silence = models.BooleanField(default=False)
    returned_words = models.TextField(blank=True)  # why it came back last
    returned_by_name = models.CharField(max_length=200, blank=True)
    returned_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        ordering = ["case", "number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="a_plan_of_a_case_has_one_number"),
            models.UniqueConstraint(fields=["case"], condition=~Q(state="ended"), name="a_case_has_one_plan_at_a_time"),
            models.CheckConstraint(
                condition=Q(proposed_by_name="", proposed_at=None) | (~Q(proposed_by_name="") & Q(proposed_at__isnull=False)), name="a_proposed_plan_says_by_whom",
            ),
        ]  # fmt: skip


class StoredPromise(Signed):
    """One promise of a plan, and its verdict once its day has come."""

    public_id = models.CharField(max_length=14, unique=True, default=new_promise_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="promises")
    action = models.CharField(max_length=300)
    owner_side = models.CharField(max_length=10, choices=Side.choices)
    owner_name = models.CharField(max_length=200)
    measure = models.CharField(max_length=80)
    scope = models.CharField(max_length=400, blank=True)
    baseline = models.FloatField()
    baseline_publication = models.CharField(max_length=40)
    target = models.FloatField()
    begins_on = models.DateField()
    full_on = models.DateField()
    judged_on = models.DateField()
    how = models.CharField(max_length=400, blank=True)
    rhythm_weeks = models.PositiveSmallIntegerField(default=2)
    cost = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    heads = models.PositiveIntegerField(null=True)  # new people, where the promise is about people
    training_weeks = models.PositiveSmallIntegerField(null=True)
    leave_share = models.FloatField(null=True)
    overruled_words = models.TextField(blank=True)  # why the plan goes on although a test says no
    overruled_by_name = models.CharField(max_length=200, blank=True)
    overruled_side = models.CharField(max_length=10, blank=True)
    overruled_at = models.DateTimeField(null=True)
    once = models.CharField(max_length=32, unique=True)

    outcome = models.CharField(max_length=16, choices=OUTCOMES, blank=True)
    estimate = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    verdict_words = models.TextField(blank=True)
    verdict_checks = models.JSONField(default=list)
    weeks_more = models.PositiveSmallIntegerField(null=True)
    verdict_publication = models.CharField(max_length=40, blank=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(begins_on__lte=F("full_on")) & Q(full_on__lt=F("judged_on")), name="a_promise_begins_shows_and_is_judged"),
            models.CheckConstraint(
                condition=Q(overruled_words="", overruled_by_name="", overruled_at=None) | (~Q(overruled_words="") & ~Q(overruled_by_name="") & Q(overruled_at__isnull=False)),
                name="an_overruled_test_says_by_whom_and_why",
            ),
            models.CheckConstraint(condition=Q(rhythm_weeks__gte=1, rhythm_weeks__lte=13), name="check_ins_come_every_one_to_thirteen_weeks"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.action

    @property
    def path(self) -> Path:
        """Its days."""
        return Path(self.begins_on, self.full_on, self.judged_on)

    @property
    def promise(self) -> Promise:
        """The promise as the pure floor has it."""
        return Promise(
            self.public_id, self.action, Owner(self.owner_side), self.owner_name, self.measure, self.scope, self.baseline, self.target, self.path, self.how,
            self.rhythm_weeks, self.cost, self.currency,
        )  # fmt: skip
