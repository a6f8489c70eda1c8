"""What the secretariat says of a dossier in plain language, the same for all its reviewers."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from journal.triggers import append_only
from label.models import Application, Snapshot


class PlainSummaryQuerySet(models.QuerySet["PlainSummary"]):
    def of(self, snapshot: Snapshot | None) -> PlainSummary | None:
        """The last version written on that snapshot, the one that is read; None when there is none."""
        return self.filter(snapshot=snapshot).order_by("-number").first() if snapshot else None


class PlainSummary(models.Model):
    """One version of the summary in plain language, on the snapshot that it tells; a new one never replaces its row.

    It is not the public summary of the gate, which the association wrote.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="plain_summaries")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=10_000)
    digest = models.CharField(max_length=64)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects: ClassVar = PlainSummaryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "number"], name="plain_summary_numbered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: summary {self.number}"


append_only("reviewers_plainsummary")
