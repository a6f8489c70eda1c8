"""The practice dossiers of the training (domain 6.9): what a member tried on them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from reviewers.models.people import Mandate


class Practice(models.Model):
    """What a member answered on a fictitious dossier: read by them alone, counted nowhere, in no journal."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="practices")
    case = models.CharField(max_length=20)
    answers = models.JSONField(default=dict)  # criterion → {"note": ..., "comment": ...}
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["mandate", "case"], name="practice_once_per_case"),
        ]

    def __str__(self) -> str:
        return f"practice {self.pk}"
