"""Who did something, for which side, when: the fields of everything that people write down."""

from __future__ import annotations

from typing import Any

from django.db import models

from levelfield_web.fields.viewer import Side


def person(**options: Any) -> models.ForeignKey[Any, Any]:
    """Somebody who made a move; the name stays when the person goes."""
    return models.ForeignKey("levelfield.User", null=True, on_delete=models.SET_NULL, related_name="+", **options)


class Signed(models.Model):
    """Something somebody wrote down for a side."""

    side = models.CharField(max_length=10, choices=Side.choices)
    by = person()
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        abstract = True
