"""A case, its steps, what both sides said in it, and what each side noted for itself."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from levelfield.dialogue import MOVES, Move, Pending, Standing, State
from levelfield_web.fields.viewer import Side
from levelfield_web.people.signing import Signed


class Source(models.TextChoices):
    """What a case was opened from."""

    SIGNAL = "signal", _("a signal")
    STATEMENT = "statement", _("a statement of account")
    HAND = "hand", _("by hand")


class Said(models.TextChoices):
    """What an entry of the talk is."""

    QUESTION = "question", _("question")
    ANSWER = "answer", _("answer")
    WORD = "word", _("note to both sides")
    AGREEMENT = "agreement", _("agreed by word of mouth")
    POINT = "point", _("point")
    WHY = "why", _("because")
    EVIDENCE = "evidence", _("evidence")
    FILE = "file", _("file")


STATES = [(s.value, s.value) for s in State]
STANDS = (("", _("not answered yet")), ("agreed", _("agreed")), ("disputed", _("disputed")))
PENDING = (("", ""), ("cause", "cause"), ("differ", "differ"), ("close", "close"))


def new_case_id() -> str:
    """The name of a case. A number would tell each side how many the others have."""
    return f"K-{secrets.token_hex(6)}"


def new_entry_id() -> str:
    """The name of an entry."""
    return f"T-{secrets.token_hex(6)}"


class Case(Signed):
    """One issue that both sides work on."""

    public_id = models.CharField(max_length=14, unique=True, default=new_case_id, editable=False)
    partner = models.CharField(max_length=60, db_index=True)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=10, choices=Source.choices)
    signal = models.CharField(max_length=14, blank=True)
    month = models.CharField(max_length=7, blank=True)
    target = models.CharField(max_length=200, blank=True)
    measure = models.CharField(max_length=80, blank=True)
    scope = models.CharField(max_length=400, blank=True)
    words = models.TextField()
    publication = models.CharField(max_length=40, blank=True)  # that both sides looked at when it was raised
    once = models.CharField(max_length=32, unique=True)

    state = models.CharField(max_length=24, choices=STATES, default=State.RAISED.value)
    pending = models.CharField(max_length=8, choices=PENDING, blank=True)
    pending_side = models.CharField(max_length=10, blank=True)
    pending_words = models.TextField(blank=True)
    plan_side = models.CharField(max_length=10, choices=Side.choices, default=Side.PARTNER)
    before_plan = models.CharField(max_length=24, blank=True)
    escalated_from = models.CharField(max_length=24, blank=True)
    rung = models.PositiveSmallIntegerField(default=0)  # how far up the ladder it is
    cause = models.TextField(blank=True)  # as both sides agreed it, or what they differ on
    since_at = models.DateTimeField()  # when the clock that runs began

    class Meta:
        app_label = "levelfield"
        ordering = ["-at", "public_id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s for s, _w in STATES]), name="state_of_a_case_is_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="source_of_a_case_is_known"),
            models.CheckConstraint(
                condition=Q(pending="", pending_side="") | (~Q(pending="") & ~Q(pending_side="")), name="a_proposal_in_a_case_says_whose_it_is",
            ),
            models.UniqueConstraint(
                fields=["signal"], condition=~Q(signal="") & ~Q(state="closed"), name="a_signal_has_one_open_case"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def standing(self) -> Standing:
        """The case as far as its moves are concerned."""
        return Standing(
            State(self.state), self.side, Pending(self.pending, self.pending_side) if self.pending else None, self.plan_side,
            State(self.before_plan) if self.before_plan else None, State(self.escalated_from) if self.escalated_from else None,
        )  # fmt: skip

    def stand(self, own: Standing) -> None:
        """Take a standing over."""
        self.state, self.plan_side = own.state.value, own.plan_by
        self.pending, self.pending_side = (own.pending.what, own.pending.by) if own.pending else ("", "")
        self.before_plan = own.before_plan.value if own.before_plan else ""
        self.escalated_from = own.escalated_from.value if own.escalated_from else ""


class CaseStep(Signed):
    """One move of a case, as it was made."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    move = models.CharField(max_length=24)
    before = models.CharField(max_length=24)
    after = models.CharField(max_length=24)
    words = models.TextField(blank=True)
    present = models.CharField(max_length=400, blank=True)  # who sat at the table
    publication = models.CharField(max_length=40, blank=True)
    once = models.CharField(max_length=32, unique=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["id"]

    @property
    def move_words(self) -> str:
        """What was done, in words."""
        return MOVES[Move(self.move)].words if self.move in set(Move) else str(_("raise the case"))


class Entry(Signed):
    """Something said in a case. It is never edited; the other side may agree to it or dispute it."""

    public_id = models.CharField(max_length=14, unique=True, default=new_entry_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=10, choices=Said.choices)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="below")
    to_side = models.CharField(max_length=10, blank=True)
    words = models.TextField()
    because = models.TextField(blank=True)
    present = models.CharField(max_length=400, blank=True)
    # of evidence: what is shown, pinned to what both sides saw
    measure = models.CharField(max_length=80, blank=True)
    scope = models.CharField(max_length=400, blank=True)
    publication = models.CharField(max_length=40, blank=True)
    # of a file
    file_name = models.CharField(max_length=200, blank=True)
    file_type = models.CharField(max_length=80, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_size = models.PositiveIntegerField(default=0)

    stand = models.CharField(max_length=10, choices=STANDS, blank=True)
    stand_words = models.TextField(blank=True)
    stand_by_name = models.CharField(max_length=200, blank=True)
    stand_at = models.DateTimeField(null=True)
    once = models.CharField(max_length=32, unique=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Said.values), name="kind_of_an_entry_is_known"),
            models.CheckConstraint(
                condition=Q(stand="", stand_by_name="", stand_at=None) | (~Q(stand="") & ~Q(stand_by_name="") & Q(stand_at__isnull=False)),
                name="an_answered_point_says_by_whom_and_when",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.words


class PrivateNote(Signed):
    """What one side noted for itself. Kept apart from the talk, so that no list of the talk can show it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    words = models.TextField()
    once = models.CharField(max_length=32, unique=True)

    class Meta:
        app_label = "levelfield"
        ordering = ["id"]


class Rung(Signed):
    """One step of the escalation ladder of one side: a person by name."""

    partner = models.CharField(max_length=60, db_index=True)
    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=200)

    class Meta:
        app_label = "levelfield"
        ordering = ["level", "side"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "side", "level"], name="a_rung_of_the_ladder_has_one_person_a_side"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="a_ladder_has_one_to_four_rungs"),
        ]  # fmt: skip
