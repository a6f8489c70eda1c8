"""What the office found of facts, beside the criteria that the edition names: shown to the panel, never scoring."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from journal.triggers import append_only
from label.models import Application, Snapshot


class OfficeFindingQuerySet(models.QuerySet["OfficeFinding"]):
    def current(self, snapshot_pk: int | None) -> dict[str, OfficeFinding]:
        """The last version of each finding on that snapshot, by criterion."""
        rows = self.filter(snapshot=snapshot_pk).order_by("version")
        return {row.criterion: row for row in rows}


class OfficeFinding(models.Model):
    """One version of a factual finding on one criterion of a snapshot: written once, corrected by a new version."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="office_findings")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    criterion = models.CharField(max_length=8)
    version = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=2000)
    correction = models.CharField(
        max_length=500, blank=True
    )  # why it was corrected after the panel began to read
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    objects: ClassVar = OfficeFindingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["snapshot", "criterion", "version"], name="office_finding_version_once"
            ),
            models.CheckConstraint(
                name="office_finding_says_something", condition=Q(version__gte=1) & ~Q(text="")
            ),
            models.CheckConstraint(
                name="office_finding_first_corrects_nothing", condition=Q(version__gt=1) | Q(correction="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.criterion} v{self.version}"


append_only("reviewers_officefinding")
