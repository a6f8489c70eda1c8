"""To whom nobody writes any more."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.people import User


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def standing(self) -> SuppressionQuerySet:
        """What holds today: not taken off the list."""
        return self.filter(lifted_at=None)

    def hold(self, address: str) -> bool:
        """Whether the address itself is on the list, whoever reads it."""
        return self.standing().filter(address=address.lower()).exclude(address="").exists()

    def silences(self, address: str) -> bool:
        """Whether nothing may leave to that address any more.

        It is on the list by itself, or it is that of somebody on the list and nobody else stands behind the mailbox.
        """
        if not address:
            return False
        if self.hold(address):
            return True
        behind = User.objects.behind(address.lower())
        reached = behind.filter(is_active=True, never_contact=False)
        return behind.filter(never_contact=True).exists() and not reached.exists()


class Suppression(models.Model):
    """Nobody writes to this person, or to this address, ever again: recorded after a death, without saying so."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="suppressions")
    address = models.EmailField(blank=True)  # in small letters, when nobody here signs in with it
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="suppression_of_somebody_or_of_an_address",
                condition=Q(user__isnull=False) ^ ~Q(address=""),
            ),
            models.CheckConstraint(
                name="suppression_lifted_by_somebody",
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(lifted_at=None), name="suppression_once_per_person"
            ),
            models.UniqueConstraint(
                fields=["address"],
                condition=Q(lifted_at=None) & ~Q(address=""),
                name="suppression_once_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"suppression {self.pk}"
