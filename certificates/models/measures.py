"""What an act does to a label, beside its reasons: dates, urgency, legal effect, grounds."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.hearings import Ground, Hearing
from certificates.models.labels import Condition, Label, Suspension
from certificates.models.withdrawals import Withdrawal
from decisions.models import Decision
from label.models import Application
from structures.models import Structure


class Measure(models.Model):
    """The terms of one act on a label (extend, conditions, suspend, lift, withdraw, annul, lapse, transfer)."""

    class LegalEffect(models.TextChoices):
        """CRPA L242-2 (for the future), L242-1 (illegal, within four months), L241-2 (fraud, at any time)."""

        REPEAL = "repeal", _("Pour l'avenir (abrogation)")
        EX_TUNC = "ex_tunc", _("Depuis l'origine (retrait d'une décision illégale)")
        FRAUD = "fraud", _("Depuis l'origine, pour fraude")

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="measure")
    label = models.ForeignKey(Label, models.PROTECT, related_name="measures")
    hearing = models.ForeignKey(Hearing, models.PROTECT, null=True, related_name="measures")
    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, null=True, related_name="measures")
    grounds = models.ManyToManyField(Ground, related_name="+")  # those retained, among the notified ones
    renewal = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")  # of an extension
    suspension = models.ForeignKey(Suspension, models.PROTECT, null=True, related_name="+")  # the one lifted
    lifted_conditions = models.ManyToManyField(Condition, related_name="+")
    starts_on = models.DateField(null=True, blank=True)  # empty: the day on which it may take effect
    ends_on = models.DateField(null=True, blank=True)  # of a suspension or an extension
    urgency_reason = models.TextField(max_length=5000, blank=True)  # safety of people: no hearing first
    public_reason = models.CharField(max_length=40, choices=Suspension.PublicReason, blank=True)
    what_lifts_it = models.TextField(max_length=2000, blank=True)
    legal_effect = models.CharField(max_length=8, choices=LegalEffect.choices, blank=True)
    answers_to_observations = models.TextField(max_length=20_000, blank=True)
    successor = models.ForeignKey(Structure, models.PROTECT, null=True, related_name="+")  # of a transfer
    event_on = models.DateField(null=True, blank=True)  # of the dissolution or of the merger
    event_proof = models.CharField(max_length=500, blank=True)  # where it is proven: JOAFE, register, deed
    # The second person who read that proof (domain 5.1 LABEL: checked by two people).
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    took_effect_on = models.DateField(null=True, blank=True)  # the first day on which the label was changed

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="measure_check_is_whole",
                condition=Q(checked_by=None, checked_at=None)
                | Q(checked_by__isnull=False, checked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="measure_period_in_order",
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"measure {self.pk}"
