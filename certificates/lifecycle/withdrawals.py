"""States and moves of a withdrawal procedure (domain 5.1 REVOCATION), nothing else."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class WithdrawalLifecycle(Record):
    """No step before the one that protects the association."""

    class State(models.TextChoices):
        OPENED = "opened", _("Ouverte")
        FORMAL_NOTICE = "formal_notice", _("Mise en demeure")
        HEARING = "hearing", _("Contradictoire")
        HEARING_CLOSED = "hearing_closed", _("Contradictoire clos")
        ADVISED = "advised", _("Avis rendu")
        DISMISSED = "dismissed", _("Classée")
        REMEDIED = "remedied", _("Régularisée")
        MAINTAINED = "maintained", _("Maintien")
        MAINTAINED_WITH_CONDITIONS = "maintained_with_conditions", _("Maintien sous réserves")
        WITHDRAWN = "withdrawn", _("Retrait prononcé")
        VOID = "void", _("Sans objet")

    LIVE = (State.OPENED, State.FORMAL_NOTICE, State.HEARING, State.HEARING_CLOSED, State.ADVISED)
    TOLD = (State.FORMAL_NOTICE, State.HEARING, State.HEARING_CLOSED, State.ADVISED)  # of the live ones

    state = FSMField(default=State.OPENED, choices=State.choices, protected=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    advised_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ended_has_date",
                condition=Q(
                    state__in=["opened", "formal_notice", "hearing", "hearing_closed", "advised"],
                    ended_at=None,
                )
                | (
                    ~Q(state__in=["opened", "formal_notice", "hearing", "hearing_closed", "advised"])
                    & Q(ended_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_decided_after_an_opinion",
                condition=~Q(state__in=["advised", "maintained", "maintained_with_conditions", "withdrawn"])
                | Q(advised_at__isnull=False),
            ),
        ]

    @move(State.OPENED, State.DISMISSED)
    def dismiss(self, *, by: Actor, at: datetime) -> None:
        """The facts are not established."""
        self.ended_at = at

    @move(State.OPENED, State.FORMAL_NOTICE)
    def give_formal_notice(self, *, by: Actor, at: datetime) -> None:
        """Letter L13a: exact acts, and a date to comply."""

    @move(State.FORMAL_NOTICE, State.REMEDIED)
    def record_remedy(self, *, by: Actor, at: datetime) -> None:
        """The proof is accepted."""
        self.ended_at = at

    @move([State.OPENED, State.FORMAL_NOTICE, State.ADVISED], State.HEARING)
    def notify_grounds(self, *, by: Actor, at: datetime) -> None:
        """Letter L13b; after an opinion, a new ground reopens the hearing."""

    @move(State.HEARING, State.HEARING_CLOSED)
    def close_hearing(self, *, by: Actor, at: datetime) -> None:
        """Observations came, or their time is over with the proof that the letter was received."""

    @move(State.HEARING_CLOSED, State.ADVISED)
    def record_opinion(self, *, by: Actor, at: datetime) -> None:
        """The committee read the whole observations and gave its opinion."""
        self.advised_at = at

    @move(State.ADVISED, State.MAINTAINED)
    def maintain(self, *, by: Actor, at: datetime) -> None:
        """The label stays as it is."""
        self.ended_at = at

    @move(State.ADVISED, State.MAINTAINED_WITH_CONDITIONS)
    def maintain_with_conditions(self, *, by: Actor, at: datetime) -> None:
        """Effect of a signed act that sets conditions."""
        self.ended_at = at

    @move(State.ADVISED, State.WITHDRAWN)
    def withdraw(self, *, by: Actor, at: datetime) -> None:
        """Effect of a signed act, on the notified grounds only."""
        self.ended_at = at

    @move(LIVE, State.VOID)
    def void(self, *, by: Actor, at: datetime) -> None:
        """The label ended otherwise."""
        self.ended_at = at
