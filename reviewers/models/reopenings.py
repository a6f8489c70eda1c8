"""What comes after an opinion and before the decision: a second opinion is asked; the chair rules on a deliberation."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journal.triggers import append_only
from label.models import Application
from reviewers.models.opinions import Opinion
from reviewers.models.people import Mandate


class SecondOpinion(models.Model):
    """The written question of a signatory who asks the committee again: once only for a dossier (domain 5.1)."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="second_opinion")
    opinion = models.ForeignKey(
        Opinion, models.PROTECT, related_name="+"
    )  # the one that leaves a question open
    question = models.TextField(max_length=5000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("second avis")
        constraints: ClassVar = [
            models.CheckConstraint(name="second_opinion_asks_something", condition=~Q(question="")),
        ]

    def __str__(self) -> str:
        return f"second opinion on {self.application_id}"


class DeliberationAct(models.Model):
    """What who presides writes once the secret of a deliberation was broken: it stands, or it is done again.

    Domain 5.3. Written once, before the decision is signed; whoever broke the secret may be set apart from the new one.
    """

    class Outcome(models.TextChoices):
        MAINTAINED = "maintained", _("Délibération maintenue")
        REDONE = "redone", _("Délibération à refaire")

    application = models.ForeignKey(Application, models.PROTECT, related_name="deliberation_acts")
    opinion = models.OneToOneField(Opinion, models.PROTECT, related_name="act")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    facts = models.TextField(max_length=5000)  # what happened
    reasons = models.TextField(max_length=5000)  # why the deliberation stands or not
    set_apart = models.ForeignKey(Mandate, models.PROTECT, null=True, blank=True, related_name="+")
    signed_by = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("acte de la présidence sur une délibération")
        constraints: ClassVar = [
            models.CheckConstraint(name="deliberation_act_says_why", condition=~Q(facts="") & ~Q(reasons="")),
            models.CheckConstraint(
                name="deliberation_maintained_sets_nobody_apart",
                condition=Q(outcome="redone") | Q(set_apart=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opinion_id} {self.outcome}"


append_only("reviewers_secondopinion")
append_only("reviewers_deliberationact")
