"""States and moves of an application (domain 5.1 APPLICATION), nothing else."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class ApplicationLifecycle(Record):
    """From the draft to the decision. The implicit date is an attribute, not a state."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        SUBMITTED = "submitted", _("Déposé, à vérifier")
        INCOMPLETE = "incomplete", _("Incomplet")
        ADMISSIBLE = "admissible", _("Recevable, panel à composer")
        UNDER_REVIEW = "under_review", _("En évaluation")
        IN_DELIBERATION = "in_deliberation", _("En délibération")
        DEFERRED = "deferred", _("Ajourné")
        ADVISED = "advised", _("Avis rendu")
        GRANTED = "granted", _("Accordé")
        REFUSED = "refused", _("Refusé")
        INADMISSIBLE = "inadmissible", _("Irrecevable")
        WITHDRAWN = "withdrawn", _("Désisté")
        CLOSED = "closed", _("Classé sans suite")
        PURGED = "purged", _("Purgé")

    FINAL = (State.GRANTED, State.REFUSED, State.INADMISSIBLE, State.WITHDRAWN, State.CLOSED, State.PURGED)
    UNDER_WAY = (
        State.SUBMITTED,
        State.INCOMPLETE,
        State.ADMISSIBLE,
        State.UNDER_REVIEW,
        State.IN_DELIBERATION,
        State.DEFERRED,
        State.ADVISED,
    )
    # The states from which a silence that means acceptance can be recorded: never while pieces are awaited.
    IMPLICIT = (
        State.SUBMITTED,
        State.ADMISSIBLE,
        State.UNDER_REVIEW,
        State.IN_DELIBERATION,
        State.DEFERRED,
        State.ADVISED,
    )

    state = FSMField(default=State.DRAFT, choices=State.choices, protected=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    admissible_at = models.DateTimeField(null=True, blank=True)
    advised_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_submitted_has_date",
                condition=Q(state__in=["draft", "purged"])
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_draft_has_no_date",
                condition=~Q(state="draft") | Q(submitted_at=None, ended_at=None),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ended_if_final",
                condition=Q(
                    state__in=["granted", "refused", "inadmissible", "withdrawn", "closed", "purged"],
                    ended_at__isnull=False,
                )
                | (
                    ~Q(state__in=["granted", "refused", "inadmissible", "withdrawn", "closed", "purged"])
                    & Q(ended_at=None)
                ),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_review_needs_admissible",
                condition=~Q(
                    state__in=[
                        "admissible",
                        "under_review",
                        "in_deliberation",
                        "deferred",
                        "advised",
                        "refused",
                    ]
                )
                | Q(admissible_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_advised_has_date",
                condition=~Q(state__in=["advised", "refused"]) | Q(advised_at__isnull=False),
            ),
        ]

    @move(State.DRAFT, State.SUBMITTED)
    def submit(self, *, by: Actor, at: datetime) -> None:
        """The legal representative files; the snapshot is frozen by the action."""
        self.submitted_at = at
        self.submitted_by = by.user

    @move(State.DRAFT, State.ADMISSIBLE)
    def reopen(self, *, by: Actor, at: datetime) -> None:
        """An appeal or a judge undid the refusal: examined again by another panel, nothing is asked for again."""
        self.submitted_at = self.admissible_at = at
        self.submitted_by = by.user

    @move(State.DRAFT, State.PURGED)
    def purge(self, *, by: Actor, at: datetime) -> None:
        """No edit for twelve months, two reminders sent."""
        self.ended_at = at

    @move(State.SUBMITTED, State.INCOMPLETE)
    def ask_documents(self, *, by: Actor, at: datetime) -> None:
        """Letter L2: what is missing, by when."""

    @move(State.INCOMPLETE, State.SUBMITTED)
    def complete(self, *, by: Actor, at: datetime) -> None:
        """Everything that was asked has arrived."""

    @move(State.INCOMPLETE, State.CLOSED)
    def close(self, *, by: Actor, at: datetime) -> None:
        """Nothing came; letter L4. Never silently by the clock."""
        self.ended_at = at

    @move([State.SUBMITTED, State.ADMISSIBLE, State.UNDER_REVIEW], State.INADMISSIBLE)
    def declare_inadmissible(self, *, by: Actor, at: datetime) -> None:
        """A closed reason; letter L3."""
        self.ended_at = at

    @move(State.SUBMITTED, State.ADMISSIBLE)
    def declare_admissible(self, *, by: Actor, at: datetime) -> None:
        """The register check is concluded by a person, the charter is signed."""
        self.admissible_at = at

    @move(State.ADMISSIBLE, State.UNDER_REVIEW)
    def assign_panel(self, *, by: Actor, at: datetime) -> None:
        """The panel has the minimum per college."""

    @move(State.UNDER_REVIEW, State.IN_DELIBERATION)
    def close_review(self, *, by: Actor, at: datetime) -> None:
        """Every college has its minimum of submitted reviews, or a written derogation."""

    @move([State.UNDER_REVIEW, State.IN_DELIBERATION], State.ADMISSIBLE)
    def rebuild_panel(self, *, by: Actor, at: datetime) -> None:
        """The panel is no longer possible or valid; submitted reviews are kept."""

    @move(State.IN_DELIBERATION, State.DEFERRED)
    def defer(self, *, by: Actor, at: datetime) -> None:
        """The committee asks precise questions; letter L5. The clock goes on."""

    @move(State.DEFERRED, State.IN_DELIBERATION)
    def answer_deferral(self, *, by: Actor, at: datetime) -> None:
        """An answer came, or its time has passed."""

    @move(State.IN_DELIBERATION, State.ADVISED)
    def record_opinion(self, *, by: Actor, at: datetime) -> None:
        """The committee's opinion is written."""
        self.advised_at = at

    @move(State.ADVISED, State.IN_DELIBERATION)
    def ask_second_opinion(self, *, by: Actor, at: datetime) -> None:
        """Once only, with a written question of the signatory."""

    @move(State.ADVISED, State.IN_DELIBERATION)
    def redo_deliberation(self, *, by: Actor, at: datetime) -> None:
        """Who presides has the deliberation done again: its secret was broken (domain 5.3)."""

    @move(State.ADVISED, State.GRANTED)
    def grant(self, *, by: Actor, at: datetime) -> None:
        """Effect of a signed decision."""
        self.ended_at = at

    @move(State.ADVISED, State.REFUSED)
    def refuse(self, *, by: Actor, at: datetime) -> None:
        """Effect of a signed decision."""
        self.ended_at = at

    @move(IMPLICIT, State.GRANTED)
    def grant_implicitly(self, *, by: Actor, at: datetime) -> None:
        """A person records that silence has meant acceptance (domain 3.1 Silence)."""
        self.ended_at = at

    @move(UNDER_WAY, State.WITHDRAWN)
    def withdraw(self, *, by: Actor, at: datetime) -> None:
        """The representative gives up the request before the decision is notified."""
        self.ended_at = at
