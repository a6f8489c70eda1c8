"""States and moves of a label (domain 5.1 LABEL), nothing else. Conditions and extensions are facts, not states."""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class LabelLifecycle(Record):
    """A label is in force until a date, a measure or its holder ends it."""

    class State(models.TextChoices):
        IN_FORCE = "in_force", _("Actif")
        SUSPENDED = "suspended", _("Suspendu")
        EXPIRED = "expired", _("Expiré")
        WITHDRAWN = "withdrawn", _("Retiré")
        ANNULLED = "annulled", _("Annulé")
        RELINQUISHED = "relinquished", _("Renoncé")
        LAPSED = "lapsed", _("Caduc")
        TRANSFERRED = "transferred", _("Transféré")
        RENEWED = "renewed", _("Remplacé")

    LIVE = (State.IN_FORCE, State.SUSPENDED)

    state = FSMField(default=State.IN_FORCE, choices=State.choices, protected=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    extended_until = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)  # the first day on which it no longer held

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_dates_in_order",
                condition=Q(ends_on__gt=F("starts_on"))
                & (Q(extended_until=None) | Q(extended_until__gt=F("ends_on"))),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ended_has_date",
                condition=Q(state__in=["in_force", "suspended"], ended_on=None)
                | (~Q(state__in=["in_force", "suspended"]) & Q(ended_on__isnull=False)),
            ),
        ]

    @move(State.IN_FORCE, State.SUSPENDED)
    def suspend(self, *, by: Actor, at: datetime) -> None:
        """A period row holds the written end."""

    @move(State.SUSPENDED, State.IN_FORCE)
    def lift(self, *, by: Actor, at: datetime) -> None:
        """The cause ended, or the written end is reached; validity is not prolonged."""

    @move([State.IN_FORCE, State.SUSPENDED], State.EXPIRED)
    def expire(self, *, by: Actor, at: datetime, ended_on: date) -> None:
        """The end is passed and no renewal was filed in time."""
        self.ended_on = ended_on

    @move([State.IN_FORCE, State.SUSPENDED], State.WITHDRAWN)
    def withdraw(self, *, by: Actor, at: datetime, ended_on: date) -> None:
        """End of a withdrawal procedure, for the future."""
        self.ended_on = ended_on

    @move([State.IN_FORCE, State.SUSPENDED], State.ANNULLED)
    def annul(self, *, by: Actor, at: datetime, ended_on: date) -> None:
        """Deemed never issued: illegal and within four months, or fraud."""
        self.ended_on = ended_on

    @move([State.IN_FORCE, State.SUSPENDED], State.RELINQUISHED)
    def relinquish(self, *, by: Actor, at: datetime, ended_on: date) -> None:
        """Given up by the representative, in a signed statement."""
        self.ended_on = ended_on

    @move([State.IN_FORCE, State.SUSPENDED], State.LAPSED)
    def lapse(self, *, by: Actor, at: datetime, ended_on: date) -> None:
        """The holder no longer exists; checked by a person."""
        self.ended_on = ended_on

    @move([State.IN_FORCE, State.SUSPENDED], State.TRANSFERRED)
    def transfer(self, *, by: Actor, at: datetime, ended_on: date) -> None:
        """Merger: the successor holds a new label for the remaining time."""
        self.ended_on = ended_on

    @move([State.IN_FORCE, State.SUSPENDED], State.RENEWED)
    def renew(self, *, by: Actor, at: datetime, ended_on: date) -> None:
        """A new label is chained and starts the day after the original end."""
        self.ended_on = ended_on

    @move([State.WITHDRAWN, State.ANNULLED, State.EXPIRED], State.IN_FORCE)
    def restore(self, *, by: Actor, at: datetime) -> None:
        """An appeal or a judge undid or suspended the measure, or the refusal of the renewal that protected it."""
        self.ended_on = None
