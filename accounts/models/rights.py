"""Rights with dates: INCa roles, delegations of signature, absences."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Roles held at INCa (domain 5.4)."""

    CASE_OFFICER = "case_officer", _("Instructeur ou instructrice")
    SECRETARIAT = "secretariat", _("Secrétariat")
    ETHICS_OFFICER = "ethics_officer", _("Déontologue")
    SIGNATORY = "signatory", _("Signataire")
    APPEAL_OFFICER = "appeal_officer", _("Chargé ou chargée des recours")
    DATA_PROTECTION_OFFICER = "data_protection_officer", _("Délégué à la protection des données")
    TECHNICAL_ADMINISTRATOR = "technical_administrator", _("Administration technique")


class DatedQuerySet(models.QuerySet[Any]):
    def valid(self, *, on: date) -> DatedQuerySet:
        """Rows whose period contains that day (both ends included; no end = still running)."""
        return self.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on))

    def throughout(self, *, first: date, last: date | None = None) -> DatedQuerySet:
        """Rows that hold on the first day and until the last one, when it is known."""
        found = self.valid(on=first)
        return found if last is None else found.filter(Q(ends_on=None) | Q(ends_on__gte=last))


class Dated(models.Model):
    """A row that holds from a day to another, both included."""

    starts_on = models.DateField(_("À partir du"))
    ends_on = models.DateField(_("Jusqu'au"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_period",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            )
        ]


class RightQuerySet(DatedQuerySet):
    def valid(self, *, on: date) -> DatedQuerySet:
        """Rows that hold that day: in their period, and confirmed by a second person or named by the installation."""
        return super().valid(on=on).filter(Q(granted_by=None) | Q(confirmed_by__isnull=False))

    def waiting(self) -> RightQuerySet:
        """Rows given by one person that nobody has confirmed yet: without effect."""
        return self.filter(granted_by__isnull=False, confirmed_by=None)

    def overlapping(self, *, first: date, last: date | None) -> RightQuerySet:
        """Rows, confirmed or not, that share at least one day with that period."""
        found = self.filter(Q(ends_on=None) | Q(ends_on__gte=first))
        return found if last is None else found.filter(starts_on__lte=last)


class Right(Dated):
    """What one person gives to another and a third one confirms; `granted_by` is empty for the first installation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    objects = RightQuerySet.as_manager()

    class Meta(Dated.Meta):
        abstract = True
        constraints: ClassVar = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_not_to_oneself",
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_confirmed_by_a_third",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, granted_by__isnull=False)
                & ~Q(confirmed_by=F("user"))
                & ~Q(confirmed_by=F("granted_by")),
            ),
        ]

    @property
    def waits(self) -> bool:
        """True until a second person confirms it."""
        return self.granted_by_id is not None and self.confirmed_by_id is None


class RoleGrant(Right):
    """A role held at INCa by a person, within a service, for a period."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=30, choices=Role.choices)
    service = models.CharField(_("Service"), max_length=200, blank=True)

    class Meta(Right.Meta):
        indexes: ClassVar = [models.Index(fields=["role", "user"], name="role_grant_role")]

    def __str__(self) -> str:
        return f"{self.role}: {self.user_id}"


class Delegation(Right):
    """A delegation of signature: who may sign acts, in which quality, on which days (CRPA L212-1)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations")
    quality = models.CharField(_("Qualité"), max_length=200)
    service = models.CharField(_("Service"), max_length=200)
    act_reference = models.CharField(_("Référence de l'acte"), max_length=200)

    def __str__(self) -> str:
        return f"{self.act_reference}: {self.user_id}"


class AbsenceQuerySet(DatedQuerySet):
    def handed_over(self, *, on: date) -> dict[int, int]:
        """Who is away that day, and who holds their tasks: the keys of both; the last one noted counts."""
        return dict(self.valid(on=on).order_by("pk").values_list("user_id", "substitute_id"))


def substitutes(key: int, away: dict[int, int]) -> list[int]:
    """The keys to whom the tasks of a person go, one after the other: themselves first, the last one is there."""
    chain = [key]
    while (found := away.get(chain[-1])) is not None and found not in chain:
        chain.append(found)
    return chain


class Absence(Dated):
    """An absence with dates: the substitute, who holds the same roles, receives the whole to-do list meanwhile."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = AbsenceQuerySet.as_manager()

    class Meta(Dated.Meta):
        constraints: ClassVar = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="absence_substitute_is_someone_else", condition=~Q(user=F("substitute"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} -> {self.substitute_id}"
