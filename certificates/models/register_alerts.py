"""What the watch of the registers found about the holder of a label: a task for two people, never an act."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.lifecycle import RegisterAlertLifecycle
from certificates.models.labels import Label
from journal.visibility import VisibleQuerySet
from letters.models import StoredFile


class RegisterAlert(RegisterAlertLifecycle):
    """One thing that a register says of the holder of a label, as it was imported, on the thread of that label."""

    class Kind(models.TextChoices):
        DISSOLVED = "dissolved", _("Dissoute")
        CLOSED = "closed", _("Supprimée du registre")
        REPLACED = "replaced", _("Remplacée par une autre")

    thread_path = "label__thread_id"

    label = models.ForeignKey(Label, models.PROTECT, related_name="register_alerts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.CharField(max_length=20)  # of the entry of the register
    title = models.CharField(max_length=500)  # the name that the register gives
    since = models.DateField(null=True, blank=True)  # the day that the register gives
    replaced_by = models.CharField(max_length=20, blank=True)
    found_at = models.DateTimeField()
    first_proof = models.TextField(max_length=2000, blank=True)
    first_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    last_proof = models.TextField(max_length=2000, blank=True)
    last_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    objects: ClassVar = VisibleQuerySet.as_manager()

    class Meta(RegisterAlertLifecycle.Meta):
        abstract = False
        verbose_name = _("alerte du registre")
        constraints: ClassVar = [
            *RegisterAlertLifecycle.Meta.constraints,
            models.UniqueConstraint(fields=["label", "number", "kind"], name="one_alert_per_fact"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["found_at", "id"],
                condition=Q(state__in=["open", "first_checked"]),
                name="register_alert_to_check",
            ),
        ]

    def __str__(self) -> str:
        return f"register alert {self.pk}"

    def journal_norm(self) -> str:
        """The edition of the label."""
        return self.label.edition.version
