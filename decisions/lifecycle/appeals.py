"""States and moves of an appeal to the Institute (domain 5.1 APPEAL), nothing else."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class AppealLifecycle(Record):
    """Examined by people who had no part in the contested act."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Reçu")
        ACKNOWLEDGED = "acknowledged", _("Accusé")
        UNDER_REVIEW = "under_review", _("En instruction")
        IMPLICITLY_REJECTED = "implicitly_rejected", _("Rejet implicite")
        UPHELD = "upheld", _("Admis")
        PARTLY_UPHELD = "partly_upheld", _("Admis en partie")
        REJECTED = "rejected", _("Rejeté")
        INADMISSIBLE = "inadmissible", _("Irrecevable")
        DROPPED = "dropped", _("Désistement")

    WAITING = (State.RECEIVED, State.ACKNOWLEDGED, State.UNDER_REVIEW)  # no answer, express or implicit
    OPEN = (*WAITING, State.IMPLICITLY_REJECTED)  # an express answer is still possible

    state = FSMField(default=State.RECEIVED, choices=State.choices, protected=True)
    received_on = models.DateField()  # when it reached the Institute: its silence runs from then
    implicitly_rejected_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ended_has_date",
                condition=Q(
                    state__in=["received", "acknowledged", "under_review", "implicitly_rejected"],
                    ended_at=None,
                )
                | (
                    ~Q(state__in=["received", "acknowledged", "under_review", "implicitly_rejected"])
                    & Q(ended_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_silence_has_date",
                condition=~Q(state="implicitly_rejected") | Q(implicitly_rejected_on__isnull=False),
            ),
        ]

    @move(State.RECEIVED, State.ACKNOWLEDGED)
    def acknowledge(self, *, by: Actor, at: datetime) -> None:
        """Its receipt says when silence rejects it, and how to go to court."""

    @move(State.ACKNOWLEDGED, State.UNDER_REVIEW)
    def take_up(self, *, by: Actor, at: datetime) -> None:
        """By an officer who had no part in the contested act."""

    @move([State.ACKNOWLEDGED, State.UNDER_REVIEW, State.IMPLICITLY_REJECTED], State.INADMISSIBLE)
    def declare_inadmissible(self, *, by: Actor, at: datetime) -> None:
        """Effect of a signed answer: against no act, or without interest, as is often seen once examined."""
        self.ended_at = at

    @move(WAITING, State.IMPLICITLY_REJECTED)
    def note_silence(self, *, by: Actor, at: datetime, rejected_on: date) -> None:
        """Two months without answer: a fact of time, and an express answer stays possible."""
        self.implicitly_rejected_on = rejected_on

    @move([State.UNDER_REVIEW, State.IMPLICITLY_REJECTED], State.UPHELD)
    def uphold(self, *, by: Actor, at: datetime) -> None:
        """Effect of a signed answer, which replaces the contested act."""
        self.ended_at = at

    @move([State.UNDER_REVIEW, State.IMPLICITLY_REJECTED], State.PARTLY_UPHELD)
    def uphold_in_part(self, *, by: Actor, at: datetime) -> None:
        """Effect of a signed answer, which replaces a part of the contested act."""
        self.ended_at = at

    @move([State.UNDER_REVIEW, State.IMPLICITLY_REJECTED], State.REJECTED)
    def reject(self, *, by: Actor, at: datetime) -> None:
        """Effect of a signed answer, with its reasons."""
        self.ended_at = at

    @move([State.ACKNOWLEDGED, State.UNDER_REVIEW], State.DROPPED)
    def drop(self, *, by: Actor, at: datetime) -> None:
        """The association gives it up."""
        self.ended_at = at
