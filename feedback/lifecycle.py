"""States and moves of a report (domain 5.1 COMPLAINT), nothing else."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class ReportLifecycle(Record):
    """Read by an officer who is not the usual one of that label; concluded by two people."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Reçu")
        ACKNOWLEDGED = "acknowledged", _("Accusé")
        QUALIFIED = "qualified", _("Qualifié")
        UNDER_INQUIRY = "under_inquiry", _("En enquête")
        FOUNDED = "founded", _("Fondé")
        CLOSED = "closed", _("Clos")
        UNFOUNDED = "unfounded", _("Non fondé")
        INADMISSIBLE = "inadmissible", _("Écarté")
        PASSED_ON = "passed_on", _("Transmis à l'autorité")

    NEW = (State.RECEIVED, State.ACKNOWLEDGED)  # nobody has qualified it
    FOLLOWED = (State.QUALIFIED, State.UNDER_INQUIRY, State.FOUNDED)  # by its officer
    OPEN = (*NEW, *FOLLOWED)

    state = FSMField(default=State.RECEIVED, choices=State.choices, protected=True)
    received_at = models.DateTimeField()
    qualified_at = models.DateTimeField(null=True, blank=True)
    officer = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_qualified_by_somebody",
                condition=Q(state__in=["received", "acknowledged"])
                | Q(qualified_at__isnull=False, officer__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_concluded_by_two_people",
                condition=~Q(state__in=["founded", "closed", "unfounded"])
                | (
                    Q(proposed_by__isnull=False, confirmed_by__isnull=False)
                    & ~Q(confirmed_by=F("proposed_by"))
                    & ~Q(confirmed_by=F("officer"))
                ),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ended_has_date",
                condition=Q(
                    state__in=["closed", "unfounded", "inadmissible", "passed_on"], ended_at__isnull=False
                )
                | (~Q(state__in=["closed", "unfounded", "inadmissible", "passed_on"]) & Q(ended_at=None)),
            ),
        ]

    @move(State.RECEIVED, State.ACKNOWLEDGED)
    def acknowledge(self, *, by: Actor, at: datetime) -> None:
        """There is a way to write back: the number and the dates are sent at once."""

    @move(NEW, State.QUALIFIED)
    def qualify(self, *, by: Actor, at: datetime) -> None:
        """An officer who does not handle that label says how serious it is, and takes it."""
        self.qualified_at = at
        self.officer = by.user

    @move(State.QUALIFIED, State.INADMISSIBLE)
    def set_aside(self, *, by: Actor, at: datetime) -> None:
        """Out of scope or abusive: the answer says why."""
        self.ended_at = at

    @move(State.QUALIFIED, State.PASSED_ON)
    def pass_on(self, *, by: Actor, at: datetime) -> None:
        """A crime, sect-like abuse or a health alert: to the competent authority, by a signatory."""
        self.ended_at = at

    @move(State.QUALIFIED, State.UNDER_INQUIRY)
    def inquire(self, *, by: Actor, at: datetime) -> None:
        """The facts are put to the association without the identity of who told them."""

    @move(State.UNDER_INQUIRY, State.UNFOUNDED)
    def find_unfounded(self, *, by: Actor, at: datetime) -> None:
        """Proposed by the officer, confirmed by a signatory."""
        self.confirmed_by = by.user
        self.ended_at = at

    @move(State.UNDER_INQUIRY, State.FOUNDED)
    def uphold(self, *, by: Actor, at: datetime) -> None:
        """Proposed by the officer, confirmed by a signatory: a recommendation, a gap or a withdrawal procedure."""
        self.confirmed_by = by.user

    @move(State.FOUNDED, State.CLOSED)
    def close(self, *, by: Actor, at: datetime) -> None:
        """What was asked of the association is done."""
        self.ended_at = at
