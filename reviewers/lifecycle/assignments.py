"""States and moves of an assignment (domain 5.1), nothing else."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class AssignmentLifecycle(Record):
    """One member asked to evaluate one dossier."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposée")
        ACCEPTED = "accepted", _("Acceptée")
        SUBMITTED = "submitted", _("Soumise")
        REOPENED = "reopened", _("Rouverte")
        FINAL = "final", _("Finalisée")
        DECLINED = "declined", _("Déclinée")
        STOOD_DOWN = "stood_down", _("Déportée")
        RECUSED = "recused", _("Récusée")
        REPLACED = "replaced", _("Remplacée")
        EXPIRED = "expired", _("Expirée")

    OPEN = (State.PROPOSED, State.ACCEPTED)  # something is awaited from the member: they make the load
    COUNTED = (State.SUBMITTED, State.REOPENED, State.FINAL)
    LIVE = (State.PROPOSED, State.ACCEPTED, State.SUBMITTED, State.REOPENED, State.FINAL)
    READING = (State.ACCEPTED, State.SUBMITTED, State.REOPENED, State.FINAL)

    state = FSMField(default=State.PROPOSED, choices=State.choices, protected=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    no_link_stated_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    reopened_at = models.DateTimeField(null=True, blank=True)
    finalised_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_reading_after_statement",
                condition=~Q(state__in=["accepted", "submitted", "reopened", "final"])
                | Q(accepted_at__isnull=False, no_link_stated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_submitted_has_date",
                condition=~Q(state__in=["submitted", "reopened", "final"]) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_reopened_has_date",
                condition=~Q(state="reopened") | Q(reopened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_final_has_date",
                condition=~Q(state="final") | Q(finalised_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_released_has_date",
                condition=~Q(state__in=["declined", "stood_down", "recused", "replaced", "expired"])
                | Q(released_at__isnull=False),
            ),
        ]

    @move(State.PROPOSED, State.ACCEPTED)
    def accept(self, *, by: Actor, at: datetime) -> None:
        """The member states that there is no link with this dossier; only then is it opened."""
        self.accepted_at = at
        self.no_link_stated_at = at

    @move(State.PROPOSED, State.DECLINED)
    def decline(self, *, by: Actor, at: datetime) -> None:
        """No reason required."""
        self.released_at = at

    @move([State.PROPOSED, State.ACCEPTED], State.STOOD_DOWN)
    def stand_down(self, *, by: Actor, at: datetime) -> None:
        """The member declares a link."""
        self.released_at = at

    @move([State.PROPOSED, State.ACCEPTED, State.SUBMITTED, State.REOPENED, State.FINAL], State.RECUSED)
    def recuse(self, *, by: Actor, at: datetime) -> None:
        """A link was found; the review leaves the aggregate."""
        self.released_at = at

    @move([State.PROPOSED, State.ACCEPTED], State.EXPIRED)
    def expire(self, *, by: Actor, at: datetime) -> None:
        """No answer to the proposal (clock), no review after a phone call (secretariat), or the dossier has ended."""
        self.released_at = at

    @move(State.ACCEPTED, State.SUBMITTED)
    def submit(self, *, by: Actor, at: datetime) -> None:
        """Scores are sealed."""
        self.submitted_at = at

    @move(State.ACCEPTED, State.REPLACED)
    def replace(self, *, by: Actor, at: datetime) -> None:
        """Unavailable; no medical reason asked or stored."""
        self.released_at = at

    @move(State.SUBMITTED, State.REOPENED)
    def reopen(self, *, by: Actor, at: datetime) -> None:
        """Second round: the others' scores are shown by pseudonym and college."""
        self.reopened_at = at

    @move([State.SUBMITTED, State.REOPENED], State.FINAL)
    def finalise(self, *, by: Actor, at: datetime) -> None:
        """The scores count in the opinion."""
        self.finalised_at = at
