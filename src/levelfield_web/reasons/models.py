"""What a charter holds: reasons, what people give for them, sponsors with what they say, answers to the survey."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from levelfield.reasons import SCALE, STATEMENTS, TITLES, Kind, Level, Stance
from levelfield_web.fields.viewer import Side
from levelfield_web.people.signing import person as somebody  # a sponsor has a person of its own

KINDS = tuple((kind.value, _(title)) for kind, title in TITLES.items())
LEVELS = ((Level.EXECUTIVE.value, _("executive")), (Level.SENIOR.value, _("senior manager")), (Level.OPERATIONAL.value, _("operational")))  # fmt: skip
STANCES = (
    (Stance.BEHIND.value, _("stands behind it")),
    (Stance.RESERVATIONS.value, _("stands behind it with reservations")),
    (Stance.NO_LONGER.value, _("no longer stands behind it")),
)
ANSWERS = tuple((value, _(words)) for value, words in SCALE.items())


def new_reason_id() -> str:
    """The name of a reason, in addresses and trails."""
    return f"R-{secrets.token_hex(6)}"


def new_sponsor_id() -> str:
    """The name of a sponsor, in addresses and trails; it tells nobody how many others there are."""
    return f"B-{secrets.token_hex(6)}"


class StoredReason(models.Model):
    """One reason of a charter. Its baseline may be set anew, which is a move; the reason itself is withdrawn, never edited."""

    public_id = models.CharField(max_length=14, unique=True, default=new_reason_id, editable=False)
    partner = models.CharField(max_length=60, db_index=True)
    kind = models.CharField(max_length=12, choices=KINDS)
    words = models.TextField(blank=True)
    measure = models.CharField(max_length=60, blank=True)
    higher_is_better = models.BooleanField(null=True)
    baseline = models.DecimalField(
        max_digits=20, decimal_places=6, null=True
    )  # in the unit of the measure; shares 0 to 1
    baseline_on = models.DateField(null=True)
    source = models.CharField(max_length=200, blank=True)
    by = somebody()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["at", "public_id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[k for k, _w in KINDS]), name="kind_of_a_reason_is_known"),
            models.CheckConstraint(condition=~Q(kind=Kind.OWN.value) | ~Q(words=""), name="a_reason_in_own_words_has_words"),
            models.CheckConstraint(
                condition=Q(measure="", higher_is_better=None) | (~Q(measure="") & Q(higher_is_better__isnull=False)),
                name="a_measured_reason_says_which_way_is_better",
            ),
            models.CheckConstraint(
                condition=Q(baseline=None, baseline_on=None, source="")
                | (Q(baseline__isnull=False, baseline_on__isnull=False) & ~Q(source="") & ~Q(measure="")),
                name="a_baseline_has_a_measure_a_day_and_a_source",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_by_name="", withdrawn_at=None) | (~Q(withdrawn_by_name="") & Q(withdrawn_at__isnull=False)),
                name="a_withdrawn_reason_says_by_whom_and_when",
            ),
        ]  # fmt: skip


class Weighing(models.Model):
    """Points one person of the client gives to the reasons. The latest of a person counts; earlier ones stay."""

    partner = models.CharField(max_length=60, db_index=True)
    points = models.JSONField()  # by public id of the reason, whole numbers
    by = somebody()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(by_name=""), name="a_weighing_says_by_whom")]


class Sponsor(models.Model):
    """Somebody who stands behind the work on one side. A sponsor may be a person who signs in, or one who never does."""

    public_id = models.CharField(max_length=14, unique=True, default=new_sponsor_id, editable=False)
    partner = models.CharField(max_length=60, db_index=True)
    side = models.CharField(max_length=10, choices=Side.choices)
    name = models.CharField(max_length=200)
    level = models.CharField(max_length=20, choices=LEVELS)
    person = somebody()
    since = models.DateField()
    left = models.DateField(null=True)  # the first day on which the sponsor no longer stands there
    by = somebody()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        ordering = ["side", "since", "public_id"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="a_sponsor_stands_on_one_of_two_sides"),
            models.CheckConstraint(condition=Q(level__in=[k for k, _w in LEVELS]), name="level_of_a_sponsor_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="a_sponsor_has_a_name"),
            models.CheckConstraint(
                condition=Q(left=None) | Q(left__gte=F("since")), name="a_sponsor_leaves_after_coming"
            ),
        ]


class BuyIn(models.Model):
    """What a sponsor says of the work, on a day. The latest counts until it lapses; earlier ones stay."""

    sponsor = models.ForeignKey(Sponsor, on_delete=models.PROTECT, related_name="said")
    stance = models.CharField(max_length=40, choices=STANCES)
    words = models.TextField(blank=True)
    said_on = models.DateField()
    by = somebody()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        ordering = ["said_on", "id"]
        constraints = [models.CheckConstraint(condition=Q(stance__in=[k for k, _w in STANCES]), name="stance_of_a_sponsor_is_known")]  # fmt: skip


class SurveyAnswer(models.Model):
    """What one person answers to one statement. The latest of a person counts; earlier ones stay."""

    partner = models.CharField(max_length=60, db_index=True)
    version = models.PositiveSmallIntegerField()
    statement = models.CharField(max_length=30)
    side = models.CharField(max_length=10, choices=Side.choices)
    answer = models.PositiveSmallIntegerField(choices=ANSWERS)
    by = somebody()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(statement__in=list(STATEMENTS)), name="statement_of_the_survey_is_known"
            ),
            models.CheckConstraint(condition=Q(answer__gte=1, answer__lte=5), name="an_answer_lies_on_the_scale"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="an_answer_comes_from_one_of_two_sides"),
        ]
