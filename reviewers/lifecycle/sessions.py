"""States and moves of a session of the committee and of the items of its agenda (domain 5.1), nothing else."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class SessionLifecycle(Record):
    """A sitting of the committee, from its date to its approved minutes."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planifiée")
        CONVENED = "convened", _("Convoquée")
        OPEN = "open", _("Ouverte")
        NO_QUORUM = "no_quorum", _("Quorum non atteint")
        RECONVENED = "reconvened", _("Reconvoquée")
        CLOSED = "closed", _("Close")
        MINUTES_APPROVED = "minutes_approved", _("PV validé")
        CANCELLED = "cancelled", pgettext_lazy("session", "Annulée")

    AWAITED = (State.CONVENED, State.RECONVENED)  # the members were written to, the sitting has not begun
    TO_COME = (State.PLANNED, State.CONVENED, State.NO_QUORUM, State.RECONVENED)
    HELD = (State.OPEN, State.CLOSED, State.MINUTES_APPROVED)
    TOLD = (State.CONVENED, State.OPEN, State.NO_QUORUM, State.RECONVENED, State.CLOSED)

    state = FSMField(default=State.PLANNED, choices=State.choices, protected=True)
    convened_at = models.DateTimeField(null=True, blank=True)
    no_quorum_at = models.DateTimeField(null=True, blank=True)
    reconvened_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    minutes_approved_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_convened_has_date",
                condition=Q(state__in=["planned", "cancelled"]) | Q(convened_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_reconvened_after_no_quorum",
                condition=(~Q(state="reconvened") | Q(reconvened_at__isnull=False))
                & (Q(reconvened_at=None) | Q(no_quorum_at__isnull=False))
                & (~Q(state="no_quorum") | Q(no_quorum_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_opened_has_date",
                condition=(Q(state__in=["open", "closed", "minutes_approved"]) & Q(opened_at__isnull=False))
                | (~Q(state__in=["open", "closed", "minutes_approved"]) & Q(opened_at=None)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_closed_has_date",
                condition=(Q(state__in=["closed", "minutes_approved"]) & Q(closed_at__isnull=False))
                | (~Q(state__in=["closed", "minutes_approved"]) & Q(closed_at=None)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_approved_has_date",
                condition=(Q(state="minutes_approved") & Q(minutes_approved_at__isnull=False))
                | (~Q(state="minutes_approved") & Q(minutes_approved_at=None)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_cancelled_has_date",
                condition=(Q(state="cancelled") & Q(cancelled_at__isnull=False))
                | (~Q(state="cancelled") & Q(cancelled_at=None)),
            ),
        ]

    @move(State.PLANNED, State.CONVENED)
    def convene(self, *, by: Actor, at: datetime) -> None:
        """The agenda is fixed and each member is written to (L14), five days before at least."""
        self.convened_at = at

    @move([State.CONVENED, State.RECONVENED], State.OPEN)
    def begin(self, *, by: Actor, at: datetime) -> None:
        """The quorum is there; after a second convocation, a member or a contribution of each college."""
        self.opened_at = at

    @move(State.CONVENED, State.NO_QUORUM)
    def find_no_quorum(self, *, by: Actor, at: datetime) -> None:
        """Too few came."""
        self.no_quorum_at = at

    @move(State.NO_QUORUM, State.RECONVENED)
    def reconvene(self, *, by: Actor, at: datetime) -> None:
        """Same agenda, fifteen days later at least; no overall quorum is required any more."""
        self.reconvened_at = at

    @move([State.PLANNED, State.CONVENED, State.RECONVENED], State.CANCELLED)
    def cancel(self, *, by: Actor, at: datetime) -> None:
        """The session does not take place; its dossiers stay in deliberation."""
        self.cancelled_at = at

    @move(State.OPEN, State.CLOSED)
    def close(self, *, by: Actor, at: datetime) -> None:
        """Every item has its outcome."""
        self.closed_at = at

    @move(State.CLOSED, State.MINUTES_APPROVED)
    def approve_minutes(self, *, by: Actor, at: datetime) -> None:
        """A co-chair and the secretary of the session have both approved the minutes."""
        self.minutes_approved_at = at


class AgendaItemLifecycle(Record):
    """A point of the agenda: called, discussed, voted, or sent back."""

    class State(models.TextChoices):
        LISTED = "listed", _("Inscrit")
        IN_DISCUSSION = "in_discussion", _("En discussion")
        VOTING = "voting", _("Vote ouvert")
        ADOPTED = "adopted", _("Avis adopté")
        SENT_BACK = "sent_back", _("Renvoyé")

    PENDING = (State.LISTED, State.IN_DISCUSSION, State.VOTING)
    UNDER_WAY = (State.IN_DISCUSSION, State.VOTING)
    SETTLED = (State.ADOPTED, State.SENT_BACK)

    state = FSMField(default=State.LISTED, choices=State.choices, protected=True)
    called_at = models.DateTimeField(null=True, blank=True)
    vote_opened_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_called_has_date",
                condition=~Q(state__in=["in_discussion", "voting", "adopted"]) | Q(called_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_voting_has_date",
                condition=Q(state="sent_back")
                | (Q(state__in=["voting", "adopted"]) & Q(vote_opened_at__isnull=False))
                | (Q(state__in=["listed", "in_discussion"]) & Q(vote_opened_at=None)),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_settled_has_date",
                condition=(Q(state__in=["adopted", "sent_back"]) & Q(settled_at__isnull=False))
                | (~Q(state__in=["adopted", "sent_back"]) & Q(settled_at=None)),
            ),
        ]

    @move(State.LISTED, State.IN_DISCUSSION)
    def call(self, *, by: Actor, at: datetime) -> None:
        """Whoever has a link leaves; the quorum is counted again without them."""
        self.called_at = at

    @move(State.IN_DISCUSSION, State.VOTING)
    def open_vote(self, *, by: Actor, at: datetime) -> None:
        """The applicant was heard if planned, each point to discuss was discussed."""
        self.vote_opened_at = at

    @move(State.VOTING, State.ADOPTED)
    def adopt(self, *, by: Actor, at: datetime) -> None:
        """The majority of expressed votes, with its reasons."""
        self.settled_at = at

    @move([State.IN_DISCUSSION, State.VOTING], State.SENT_BACK)
    def send_back(self, *, by: Actor, at: datetime) -> None:
        """Something is missing; from the vote, only when it lost its dossier (withdrawn, recusal) or its quorum."""
        self.settled_at = at

    @move(State.LISTED, State.SENT_BACK)
    def take_off(self, *, by: Actor, at: datetime) -> None:
        """Taken off the agenda before it was called."""
        self.settled_at = at
