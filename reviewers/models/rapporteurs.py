"""Who presents a dossier in session: drawn by lot among its panel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models

from journal.models import Event
from journal.triggers import append_only
from label.models import Application
from reviewers.lot import drawn
from reviewers.models.reviews import Assignment


class RapporteurQuerySet(models.QuerySet["Rapporteur"]):
    def current(self, application: Application) -> Rapporteur | None:
        """The last one drawn for that dossier who still sits on its panel; None when there is none."""
        last = self.filter(application=application).select_related("assignment__mandate__user").last()
        return last if last is not None and last.assignment.state in Assignment.LIVE else None

    def by_dossier(self, applications: Iterable[int]) -> dict[int, Rapporteur]:
        """The same for several dossiers, by their keys, in one query."""
        found = self.filter(application__in=applications).select_related("assignment__mandate__user")
        last = {one.application_id: one for one in found.order_by("pk")}
        return {key: one for key, one in last.items() if one.assignment.state in Assignment.LIVE}


class Rapporteur(models.Model):
    """One lot drawn, as `reviewers.lot` says; another one is drawn when that person leaves the panel."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="rapporteurs")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+")
    seed = models.CharField(max_length=64)  # the digest of an event of the dossier
    position = models.PositiveIntegerField()  # where that event stands in the journal of the dossier
    among = models.JSONField()  # the keys of the evaluations among which it was drawn
    drawn_at = models.DateTimeField()

    objects: ClassVar = RapporteurQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["application", "position"], name="one_lot_per_event"),
        ]

    def __str__(self) -> str:
        return f"rapporteur {self.pk}"

    def is_regular(self) -> bool:
        """Whether the lot, drawn again from the journal, names the same person."""
        thread = self.application.thread_id
        known = Event.objects.filter(thread=thread, position=self.position, digest=self.seed).exists()
        return known and drawn(self.seed, self.among) == self.assignment_id


append_only("reviewers_rapporteur")
