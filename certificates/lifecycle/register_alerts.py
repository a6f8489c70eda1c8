"""States and moves of an alert of the register: two people check it, it never acts (domain 5.3, dissolution)."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class RegisterAlertLifecycle(Record):
    """A register says that the holder of a label is dissolved, closed or replaced."""

    class State(models.TextChoices):
        OPEN = "open", _("À vérifier")
        FIRST_CHECKED = "first_checked", _("Vérifiée une première fois")
        CONFIRMED = "confirmed", _("Confirmée")
        FALSE = "false", _("Écartée")

    LIVE = (State.OPEN, State.FIRST_CHECKED)

    state = FSMField(default=State.OPEN, choices=State.choices, protected=True)
    first_checked_at = models.DateTimeField(null=True, blank=True)
    first_checked_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_checked_by_two_people",
                condition=~Q(state="confirmed")
                | (
                    Q(first_checked_by__isnull=False, ended_by__isnull=False)
                    & ~Q(first_checked_by=F("ended_by"))
                ),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_first_check_has_person",
                condition=~Q(state="first_checked")
                | Q(first_checked_at__isnull=False, first_checked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ended_has_person",
                condition=Q(state__in=["open", "first_checked"], ended_at=None, ended_by=None)
                | (
                    ~Q(state__in=["open", "first_checked"])
                    & Q(ended_at__isnull=False, ended_by__isnull=False)
                ),
            ),
        ]

    @move(State.OPEN, State.FIRST_CHECKED)
    def check_first(self, *, by: Actor, at: datetime) -> None:
        """A first person found, with a proof, that the register is right."""
        self.first_checked_at = at
        self.first_checked_by = by.user

    @move(State.FIRST_CHECKED, State.CONFIRMED)
    def confirm(self, *, by: Actor, at: datetime) -> None:
        """A second person found the same: the act may be prepared."""
        self.ended_at = at
        self.ended_by = by.user

    @move(LIVE, State.FALSE)
    def set_aside(self, *, by: Actor, at: datetime) -> None:
        """The register is wrong, or speaks of somebody else."""
        self.ended_at = at
        self.ended_by = by.user
