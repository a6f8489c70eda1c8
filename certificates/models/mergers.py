"""Before a merger: the holder asks whether its label will go on for the time that is left (domain 5.3)."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from certificates.models.labels import Label
from label.models import PaperEntry
from letters.models import Letter, StoredFile
from structures.models import Structure


class MergerRequest(models.Model):
    """A question of law asked before a merger (law of 1 July 1901, article 9 bis III), and its written answer."""

    class Outcome(models.TextChoices):
        YES = "yes", _("Oui, le label continuera")
        YES_IF = "yes_if", _("Oui, à des conditions")
        NO = "no", _("Non")

    label = models.ForeignKey(Label, models.PROTECT, related_name="merger_requests")
    successor_name = models.CharField(max_length=200)
    successor_number = models.CharField(max_length=40)  # as the registers write it
    successor = models.ForeignKey(
        Structure, models.PROTECT, null=True, related_name="+"
    )  # when it is known here
    planned_on = models.DateField()
    text = models.TextField(max_length=5000)
    treaty = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    means = models.CharField(
        max_length=8, choices=PaperEntry.Means.choices, blank=True
    )  # typed by the office
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    received_on = models.DateField()
    due_on = models.DateField()  # once it is over without an answer, silence is an acceptance
    receipt = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=6, choices=Outcome.choices, blank=True)
    conditions = models.TextField(max_length=5000, blank=True)
    reasons_in_law = models.TextField(max_length=20_000, blank=True)
    reasons_in_fact = models.TextField(max_length=20_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True, blank=True)  # the holder asks no longer

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="merger_answered_by_somebody_else",
                condition=Q(outcome="", answered_at=None, answered_by=None)
                | (
                    ~Q(outcome="")
                    & Q(answered_at__isnull=False, answered_by__isnull=False, dropped_at=None)
                    & ~Q(answered_by=F("asked_by"))
                ),
            ),
            models.UniqueConstraint(
                fields=["label"],
                condition=Q(answered_at=None, dropped_at=None),
                name="one_open_merger_request_per_label",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_on"], condition=Q(answered_at=None, dropped_at=None), name="merger_to_answer"
            ),
        ]

    def __str__(self) -> str:
        return f"merger request {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether an answer is awaited."""
        return self.answered_at is None and self.dropped_at is None

    def is_accepted_by_silence(self, *, on: date) -> bool:
        """Whether two months passed without an answer: silence is then an acceptance (CRPA L231-1)."""
        return self.is_open and on > self.due_on
