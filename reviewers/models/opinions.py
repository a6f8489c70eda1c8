"""What the committee says of a dossier."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from journal.triggers import append_only
from label.models import Application
from letters.models import StoredFile
from reviewers.models.people import College
from reviewers.models.reviews import Evaluation


class Opinion(models.Model):
    """The committee's opinion on a dossier, with its reasons: written once."""

    class Kind(models.TextChoices):
        FAVOURABLE = "favourable", _("Favorable")
        FAVOURABLE_WITH_CONDITIONS = "favourable_with_conditions", _("Favorable avec réserves")
        UNFAVOURABLE = "unfavourable", _("Défavorable")

    application = models.ForeignKey(Application, models.PROTECT, related_name="opinions")
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="+")
    # The item of the agenda on which it was voted; none when the secretariat wrote it from a session on paper.
    item = models.OneToOneField("AgendaItem", models.PROTECT, null=True, related_name="opinion")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    reasons = models.TextField(max_length=20_000)
    conditions = models.JSONField(default=list)  # proposed conditions, as sentences
    votes = models.JSONField(default=dict)  # {"for": n, "against": n, "abstained": n}, and each choice
    present = models.JSONField(default=dict)  # on paper: how many were present or represented, by college
    paper_minutes = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    # Colleges that could not take part, nor write: codes with spaces. Then the decision gives its own reasons (5.3).
    without_colleges = models.CharField(max_length=60, blank=True)
    absence_reasons = models.TextField(
        max_length=5000, blank=True
    )  # what was tried before doing without them
    minority = models.TextField(max_length=10_000, blank=True)
    solutions = models.JSONField(default=list)  # keys of the solutions that the committee would recognise
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    adopted_on = models.DateField()
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.application_id}: {self.kind}"

    @property
    def missing_colleges(self) -> list[College]:
        """The colleges that neither took part nor wrote, in the order of the colleges."""
        return [College(code) for code in self.without_colleges.split()]


append_only("reviewers_opinion")
