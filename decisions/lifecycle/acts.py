"""States and moves of an act of the Institute (domain 5.3 DECISION), nothing else."""

from datetime import date, datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from journal.moves import Actor, Record
from journal.typed import move


class DecisionLifecycle(Record):
    """Prepared by one person, signed by another, notified with proof."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("Préparée")
        SIGNED = "signed", _("Signée, à notifier")
        NOTIFIED = "notified", _("Notifiée")
        FINAL = "final", _("Définitive")
        REPLACED = "replaced", _("Remplacée")
        ANNULLED = "annulled", _("Annulée")
        ABANDONED = "abandoned", _("Abandonnée")

    state = FSMField(default=State.PREPARED, choices=State.choices, protected=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    notified_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_signed_has_signatory",
                condition=Q(state__in=["prepared", "abandoned"], signed_at=None, signed_by=None)
                | Q(kind="implicit")
                | (
                    ~Q(state__in=["prepared", "abandoned"])
                    & Q(signed_at__isnull=False, signed_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_notified_has_date",
                condition=~Q(state__in=["notified", "final"]) | Q(notified_on__isnull=False),
            ),
            # Separation of duties (domain 5.2 rule 1): who prepared does not sign.
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_signatory_did_not_prepare",
                condition=Q(signed_by=None) | ~Q(signed_by=models.F("prepared_by")),
            ),
        ]

    @move(State.PREPARED, State.SIGNED)
    def sign(self, *, by: Actor, at: datetime) -> None:
        """By a signatory whose delegation is valid that day."""
        self.signed_at = at
        self.signed_by = by.user

    @move(State.PREPARED, State.ABANDONED)
    def abandon(self, *, by: Actor, at: datetime) -> None:
        """Sent back by the signatory, or without object: another one is prepared."""
        self.ended_at = at

    @move(State.SIGNED, State.NOTIFIED)
    def notify(self, *, by: Actor, at: datetime, received_on: date) -> None:
        """Received, with proof or by presumption."""
        self.notified_on = received_on

    @move(State.NOTIFIED, State.FINAL)
    def become_final(self, *, by: Actor, at: datetime) -> None:
        """Remedies are exhausted."""
        self.ended_at = at

    @move(State.FINAL, State.NOTIFIED)
    def reopen_remedies(self, *, by: Actor, at: datetime) -> None:
        """An appeal posted in time (CRPA L112-1), or a case in court, was noted after the last day."""
        self.ended_at = None

    @move([State.NOTIFIED, State.FINAL], State.REPLACED)
    def replace(self, *, by: Actor, at: datetime) -> None:
        """A new decision takes its place."""
        self.ended_at = at

    @move([State.NOTIFIED, State.FINAL], State.ANNULLED)
    def annul(self, *, by: Actor, at: datetime) -> None:
        """By a judge."""
        self.ended_at = at
