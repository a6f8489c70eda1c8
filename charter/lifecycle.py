"""States and moves of a text that comes into force (charter, edition of the framework), nothing else."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class NormLifecycle(Record):
    """One machine for every text that comes into force (domain 5.1 NORM)."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Projet")
        ADOPTED = "adopted", _("Adopté")
        IN_FORCE = "in_force", _("En vigueur")
        SUPERSEDED = "superseded", _("Remplacé")
        ARCHIVED = "archived", _("Archivé")
        ABANDONED = "abandoned", _("Abandonné")

    state = FSMField(default=State.DRAFT, choices=State.choices, protected=True)
    adopted_at = models.DateTimeField(null=True, blank=True)
    effective_on = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the frozen text
    # What the committee thought of it before it was adopted, and why it does not wait when a law requires it.
    opinion = models.TextField(max_length=5000, blank=True)
    opinion_on = models.DateField(null=True, blank=True)
    immediate_reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_adopted_is_frozen",
                condition=Q(state__in=["draft", "abandoned"])
                | (Q(adopted_at__isnull=False, effective_on__isnull=False) & ~Q(digest="")),
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="in_force"), name="%(app_label)s_%(class)s_one_in_force"
            ),
        ]

    @move(State.DRAFT, State.ADOPTED)
    def adopt(self, *, by: Actor, at: datetime) -> None:
        """Frozen from now on; the caller has set `effective_on` and `digest`."""
        self.adopted_at = at

    @move(State.DRAFT, State.ABANDONED)
    def abandon(self, *, by: Actor, at: datetime) -> None:
        """Will never come into force."""

    @move(State.ADOPTED, State.IN_FORCE)
    def enter_into_force(self, *, by: Actor, at: datetime) -> None:
        """New applications use it."""

    @move(State.IN_FORCE, State.SUPERSEDED)
    def supersede(self, *, by: Actor, at: datetime) -> None:
        """The next version is in force; running dossiers keep this one."""

    @move(State.SUPERSEDED, State.ARCHIVED)
    def archive(self, *, by: Actor, at: datetime) -> None:
        """No live dossier or label uses it any more."""
