"""What is asked for once silence has decided: the attestation of an acceptance, the reasons of a refusal."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from decisions.models.acts import Decision
from letters.models import Letter


class SilenceRequest(models.Model):
    """One request about an implicit decision, and the letter that answers it."""

    class Kind(models.TextChoices):
        ATTESTATION = "attestation", _("Attestation d'acceptation")  # CRPA L232-3
        REASONS = "reasons", _("Raisons du rejet implicite")  # CRPA L232-4

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="silence_requests")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reasons_in_law = models.TextField(_("En droit"), max_length=20_000, blank=True)
    reasons_in_fact = models.TextField(_("En fait"), max_length=20_000, blank=True)
    letter = models.OneToOneField(Letter, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["decision", "kind"], name="one_silence_request_of_a_kind"),
            models.CheckConstraint(
                name="answered_silence_request_has_letter",
                condition=models.Q(answered_at=None, letter=None)
                | models.Q(answered_at__isnull=False, letter__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
