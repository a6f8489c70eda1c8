"""People from outside whom the committee hears on one item, without a vote: they are no member and have no account."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviewers.models.agenda import AgendaItem


class ExpertQuerySet(models.QuerySet["Expert"]):
    def invited(self) -> ExpertQuerySet:
        """Those who are, or were, heard or awaited: neither given up before the convocation, nor erased since."""
        return self.filter(given_up_at=None, erased_at=None)

    def in_the_room(self) -> ExpertQuerySet:
        """Those who are being heard: they leave before the committee deliberates."""
        return self.invited().filter(heard_at__isnull=False, left_at=None)

    def awaited(self) -> ExpertQuerySet:
        """Those who were neither heard nor excused."""
        return self.invited().filter(heard_at=None, not_heard="")


class Expert(models.Model):
    """Somebody invited to one item when everybody who knows a rare disease knows everybody else (domain 5.3).

    Heard on that item only, never counted in a quorum nor in a vote, gone before the deliberation; sees of the dossier
    what the secretariat hands over, which is listed.
    """

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="experts")
    name = models.CharField(max_length=200, blank=True)  # empty once erased, as what follows
    quality = models.CharField(max_length=300, blank=True)
    why = models.TextField(max_length=2000, blank=True)
    declared_on = models.DateField()  # the declaration of interests: no link with the structure
    confidentiality_signed_on = models.DateField()
    documents = models.JSONField(default=list)  # what the secretariat handed over, by name
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    given_up_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    not_heard = models.TextField(max_length=2000, blank=True)  # why the committee did without
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name = _("personne extérieure entendue")
        ordering: ClassVar = ["item", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item", "name"],
                condition=Q(given_up_at=None, erased_at=None),
                name="expert_invited_once_per_item",
            ),
            models.CheckConstraint(
                name="expert_leaves_after_being_heard",
                condition=Q(left_at=None) | Q(heard_at__isnull=False),
            ),
            models.CheckConstraint(
                name="expert_heard_or_not",
                condition=Q(not_heard="") | Q(heard_at=None),
            ),
            models.CheckConstraint(
                name="expert_named_until_erased",
                condition=(Q(erased_at=None) & ~Q(name="") & ~Q(quality="") & ~Q(why=""))
                | Q(erased_at__isnull=False, name="", quality="", why="", not_heard="", documents=[]),
            ),
        ]

    def __str__(self) -> str:
        return f"expert {self.pk}"

    @property
    def is_invited(self) -> bool:
        """Neither given up nor erased, as `Expert.objects.invited()`."""
        return self.given_up_at is None and self.erased_at is None

    @property
    def is_in_the_room(self) -> bool:
        """Being heard now."""
        return self.heard_at is not None and self.left_at is None
