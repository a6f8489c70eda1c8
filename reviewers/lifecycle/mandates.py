"""States and moves of a mandate (domain 5.1), nothing else."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class MandateLifecycle(Record):
    """A member's term on the committee."""

    class State(models.TextChoices):
        APPROACHED = "approached", _("Pressenti")
        APPOINTED = "appointed", _("Nommé")
        ACTIVE = "active", _("Actif")
        PAUSED = "paused", _("En pause")
        INTERESTS_OVERDUE = "interests_overdue", _("Déclaration expirée")
        ENDED = "ended", _("Fin de mandat")
        RESIGNED = "resigned", _("Démission")
        TERMINATED = "terminated", _("Fin anticipée")
        NOT_APPOINTED = "not_appointed", _("Non retenu")

    SEATED = (State.ACTIVE, State.PAUSED, State.INTERESTS_OVERDUE)
    PENDING = (State.APPROACHED, State.APPOINTED)
    OVER = (State.ENDED, State.RESIGNED, State.TERMINATED, State.NOT_APPOINTED)

    state = FSMField(default=State.APPROACHED, choices=State.choices, protected=True)
    appointed_at = models.DateTimeField(null=True, blank=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    interests_confirmed_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_active_is_complete",
                condition=~Q(state__in=["active", "paused", "interests_overdue"])
                | Q(
                    appointed_at__isnull=False,
                    activated_at__isnull=False,
                    interests_confirmed_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ended_has_date",
                condition=Q(
                    state__in=["ended", "resigned", "terminated", "not_appointed"], ended_at__isnull=False
                )
                | (~Q(state__in=["ended", "resigned", "terminated", "not_appointed"]) & Q(ended_at=None)),
            ),
        ]

    @move(State.APPROACHED, State.APPOINTED)
    def appoint(self, *, by: Actor, at: datetime) -> None:
        """Written act; college chosen; explicit consent for the college data."""
        self.appointed_at = at

    @move(State.APPROACHED, State.NOT_APPOINTED)
    def set_aside(self, *, by: Actor, at: datetime) -> None:
        """Not retained; data deleted after six months."""
        self.ended_at = at

    @move(State.APPOINTED, State.ACTIVE)
    def activate(self, *, by: Actor, at: datetime) -> None:
        """Declaration filed and analysed, confidentiality signed, training done."""
        self.activated_at = at

    @move(State.ACTIVE, State.PAUSED)
    def pause(self, *, by: Actor, at: datetime) -> None:
        """No reason asked."""

    @move(State.PAUSED, State.ACTIVE)
    def resume(self, *, by: Actor, at: datetime) -> None:
        """Back, when the declaration is still current."""

    @move(State.ACTIVE, State.INTERESTS_OVERDUE)
    def expire_interests(self, *, by: Actor, at: datetime) -> None:
        """Twelve months without confirmation, or a change not analysed."""

    @move(State.INTERESTS_OVERDUE, State.ACTIVE)
    def confirm_interests(self, *, by: Actor, at: datetime, confirmed_on: date) -> None:
        """Confirmed and analysed."""
        self.interests_confirmed_on = confirmed_on

    # From appointed too: a term runs from its act, whether or not the member was ever made active.
    @move([State.APPOINTED, State.ACTIVE, State.PAUSED, State.INTERESTS_OVERDUE], State.ENDED)
    def end(self, *, by: Actor, at: datetime) -> None:
        """The term is over, or nobody may be written to any more."""
        self.ended_at = at

    @move([State.APPOINTED, State.ACTIVE, State.PAUSED, State.INTERESTS_OVERDUE], State.RESIGNED)
    def resign(self, *, by: Actor, at: datetime) -> None:
        """At the member's request."""
        self.ended_at = at

    @move([State.ACTIVE, State.INTERESTS_OVERDUE], State.TERMINATED)
    def terminate(self, *, by: Actor, at: datetime) -> None:
        """Breach, or six months without declaration; the member is heard first."""
        self.ended_at = at
