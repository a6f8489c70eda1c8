"""States and moves of a structure's space, nothing else."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class StructureLifecycle(Record):
    """A space is open, or frozen while nobody knows who represents the structure (domain 5.3)."""

    class State(models.TextChoices):
        OPEN = "open", _("Ouvert")
        FROZEN = "frozen", _("En lecture seule")

    state = FSMField(default=State.OPEN, choices=State.choices, protected=True)
    frozen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_frozen_has_date",
                condition=Q(state="frozen", frozen_at__isnull=False) | Q(state="open", frozen_at=None),
            ),
        ]

    @move(State.OPEN, State.FROZEN)
    def freeze(self, *, by: Actor, at: datetime) -> None:
        """Nobody writes until the representative is known."""
        self.frozen_at = at

    @move(State.FROZEN, State.OPEN)
    def unfreeze(self, *, by: Actor, at: datetime) -> None:
        """The representative is known again."""
        self.frozen_at = None
