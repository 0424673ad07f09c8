"""Who accepted which version of an agreement. The versions themselves are files."""

from __future__ import annotations

from django.db import models


class Acceptance(models.Model):
    """One side accepts one version, named by the hash of what it says."""

    partner = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    content = models.CharField(max_length=64)
    side = models.CharField(max_length=10)
    by = models.ForeignKey("levelfield.User", null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        app_label = "levelfield"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["content", "side"], name="a_side_accepts_a_version_once")]
