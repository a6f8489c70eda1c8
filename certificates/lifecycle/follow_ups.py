"""States and moves of a yearly follow-up (domain 5.1 FOLLOWUP), nothing else."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class FollowUpLifecycle(Record):
    """Opened before each anniversary, sent by the association, read by an officer."""

    class State(models.TextChoices):
        UPCOMING = "upcoming", _("À venir")
        OPEN = "open", _("Ouvert")
        OVERDUE = "overdue", _("En retard")
        SUBMITTED = "submitted", _("Transmis")
        GAPS = "gaps", _("Écarts")
        COMPLIANT = "compliant", _("Conforme")
        RESOLVED = "resolved", _("Écarts levés")
        ESCALATED = "escalated", _("Escaladé")
        VOID = "void", _("Sans objet")

    AWAITED = (State.OPEN, State.OVERDUE)  # the association may send it
    LIVE = (State.UPCOMING, State.OPEN, State.OVERDUE, State.SUBMITTED, State.GAPS)

    state = FSMField(default=State.UPCOMING, choices=State.choices, protected=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)  # an officer found it in order, or listed its gaps
    read_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_opened_has_date",
                condition=Q(state__in=["upcoming", "void"]) | Q(opened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_submitted_has_sender",
                condition=~Q(state__in=["submitted", "gaps", "compliant", "resolved"])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_read_by_somebody_else",
                condition=~Q(state__in=["gaps", "compliant", "resolved"])
                | (Q(read_at__isnull=False, read_by__isnull=False) & ~Q(read_by=F("submitted_by"))),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ended_has_date",
                condition=Q(state__in=["compliant", "resolved", "escalated", "void"], ended_at__isnull=False)
                | (~Q(state__in=["compliant", "resolved", "escalated", "void"]) & Q(ended_at=None)),
            ),
        ]

    @move(State.UPCOMING, State.OPEN)
    def open_now(self, *, by: Actor, at: datetime) -> None:
        """Sixty days before the anniversary; letter L9a."""
        self.opened_at = at

    @move(State.OPEN, State.OVERDUE)
    def fall_overdue(self, *, by: Actor, at: datetime) -> None:
        """The anniversary is passed: reminders, then a call."""

    @move(State.OVERDUE, State.OPEN)
    def gain_time(self, *, by: Actor, at: datetime) -> None:
        """The service was down on the anniversary: the follow-up is late no longer."""

    @move(AWAITED, State.SUBMITTED)
    def submit(self, *, by: Actor, at: datetime) -> None:
        """The association declares what changed, or that nothing did."""
        self.submitted_at = at
        self.submitted_by = by.user

    @move(State.SUBMITTED, State.COMPLIANT)
    def accept(self, *, by: Actor, at: datetime) -> None:
        """No gap."""
        self.read_at = self.ended_at = at
        self.read_by = by.user

    @move(State.SUBMITTED, State.GAPS)
    def find_gaps(self, *, by: Actor, at: datetime) -> None:
        """Minor or major gaps, each with what is expected and by when."""
        self.read_at = at
        self.read_by = by.user

    @move(State.GAPS, State.RESOLVED)
    def resolve(self, *, by: Actor, at: datetime) -> None:
        """Every gap is closed by an accepted proof."""
        self.ended_at = at

    @move([State.OVERDUE, State.GAPS], State.ESCALATED)
    def escalate(self, *, by: Actor, at: datetime) -> None:
        """Nothing came in spite of two channels, a major gap stays open, or people are in danger."""
        self.ended_at = at

    @move(LIVE, State.VOID)
    def void(self, *, by: Actor, at: datetime) -> None:
        """The label ended."""
        self.ended_at = at
