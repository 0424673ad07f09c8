"""The stored move."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from levelfield_web.fields.viewer import Side


class OnlyGrows(models.QuerySet["Move"]):
    """Rows that are read and added, never changed."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Always refused."""
        raise TypeError("A move is never changed")

    def delete(self) -> NoReturn:
        """Always refused."""
        raise TypeError("A move is never removed")


class Move(models.Model):
    """Something a person did that the other side may want to look up later.

    `partner` is the key of the partner that may read the move; empty when only the client may.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("moment"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.PROTECT, related_name="moves"
    )
    by_name = models.CharField(_("name"), max_length=200)
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    partner = models.CharField(_("partner"), max_length=50, blank=True, db_index=True)
    verb = models.CharField(_("verb"), max_length=50)
    object_kind = models.CharField(_("kind of object"), max_length=50)
    object_id = models.CharField(_("object"), max_length=200)
    sentence = models.TextField(_("sentence"))
    data = models.JSONField(_("data"), default=dict)
    previous_hash = models.CharField(_("hash of the move before"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    objects: ClassVar[models.Manager[Move]] = OnlyGrows.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        constraints = [
            models.UniqueConstraint(fields=["previous_hash"], name="one_move_follows_another"),
            models.UniqueConstraint(fields=["hash"], name="no_two_moves_have_the_same_hash"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="a_move_is_made_on_one_of_two_sides"),
            models.CheckConstraint(
                condition=~Q(by_name="") & ~Q(verb="") & ~Q(sentence=""), name="a_move_says_who_did_what"
            ),
            models.CheckConstraint(
                condition=Q(side=Side.CLIENT) | ~Q(partner=""), name="a_move_of_a_partner_names_the_partner"
            ),
        ]
        indexes = [models.Index(fields=["object_kind", "object_id"], name="moves_of_an_object")]

    def __str__(self) -> str:
        return self.sentence

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the move; refuse to change one that exists."""
        if not self._state.adding:
            raise TypeError("A move is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Always refused."""
        raise TypeError("A move is never removed")
