"""A dispute before a court, followed as dated facts on the contested act (domain 5.1 LITIGATION): no state of ours."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from decisions.models.acts import Decision, ProposedCondition
from letters.models import StoredFile


class LitigationQuerySet(models.QuerySet["Litigation"]):
    def pending(self) -> LitigationQuerySet:
        """Cases that no judgment and no withdrawal of the claim has ended."""
        ended = LitigationStep.objects.filter(litigation=OuterRef("pk"), kind__in=LitigationStep.ENDING)
        return self.filter(~Exists(ended))

    def holding_back(self) -> LitigationQuerySet:
        """Cases in which a judge suspended the act until the judgment, which has not come (CJA L521-1)."""
        return self.pending().filter(steps__kind=LitigationStep.Kind.INTERIM_ORDERED)

    def to_resume(self) -> LitigationQuerySet:
        """Cases lost by who opened them, while an act that stands is still held back by what the judge had ordered.

        Nobody has put the act back in effect since that order, and no other case holds it back.
        """
        steps = LitigationStep.objects.filter(litigation=OuterRef("pk"))
        ordered = steps.filter(kind=LitigationStep.Kind.INTERIM_ORDERED)
        resumed = LitigationStep.objects.filter(
            litigation__decision=OuterRef("decision"),
            kind=LitigationStep.Kind.RESUMED,
            pk__gt=OuterRef("ordered_pk"),
        )
        elsewhere = Litigation.objects.holding_back().filter(decision=OuterRef("decision"))
        return self.annotate(ordered_pk=Subquery(ordered.order_by("-pk").values("pk")[:1])).filter(
            Exists(steps.filter(kind__in=LitigationStep.LOST)),
            ~Exists(resumed),
            ~Exists(elsewhere),
            ordered_pk__isnull=False,
            decision__state__in=[Decision.State.NOTIFIED, Decision.State.FINAL],
        )


class Litigation(models.Model):
    """One case before a court, against one act."""

    class BroughtBy(models.TextChoices):
        """Who contests: what a judgment undoes depends on it."""

        HOLDER = "holder", _("La structure qui a reçu la décision")
        OTHER = "other", _("Quelqu'un d'autre")

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="litigations")
    court = models.CharField(max_length=200)
    number = models.CharField(max_length=60)  # the one that the court gives
    opened_on = models.DateField()
    brought_by = models.CharField(max_length=6, choices=BroughtBy.choices)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects: ClassVar = LitigationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["court", "number"], name="one_litigation_per_number"),
            models.CheckConstraint(
                name="litigation_says_who_contests", condition=models.Q(brought_by__in=["holder", "other"])
            ),
        ]

    def __str__(self) -> str:
        return f"litigation {self.pk}"


class LitigationStepQuerySet(models.QuerySet["LitigationStep"]):
    def waiting(self) -> LitigationStepQuerySet:
        """What a judge said and that could not be carried out yet; an order that suspends waits until the judgment."""
        pending = Litigation.objects.pending().filter(pk=OuterRef("litigation"))
        is_order = models.Q(kind=LitigationStep.Kind.INTERIM_ORDERED)
        return self.filter(
            ~is_order | Exists(pending), kind__in=LitigationStep.WITH_AN_EFFECT, carried_out_at=None
        )


class LitigationStep(models.Model):
    """A dated fact of a case; `due_on` is the date that an injunction sets, a hard deadline."""

    class Kind(models.TextChoices):
        LODGED = "lodged", _("Requête introduite")
        INTERIM_ASKED = "interim_asked", _("Référé suspension demandé")
        INTERIM_ORDERED = "interim_ordered", _("Suspension ordonnée par le juge")
        INTERIM_REFUSED = "interim_refused", _("Suspension refusée par le juge")
        BRIEF_DUE = "brief_due", _("Mémoire à produire")
        ANNULLED = "annulled", _("Décision annulée par le juge")
        PARTLY_ANNULLED = "partly_annulled", _("Décision annulée en partie par le juge")
        DISMISSED = "dismissed", _("Requête rejetée")
        ABANDONED = "abandoned", _("Désistement")
        RESUMED = "resumed", _("Décision remise en effet")

    LOST = (Kind.DISMISSED, Kind.ABANDONED)  # the contested act stands
    STANDING = (*LOST, Kind.PARTLY_ANNULLED)  # or what is left of it
    ENDING = (Kind.ANNULLED, *STANDING)
    WITH_AN_EFFECT = (Kind.INTERIM_ORDERED, Kind.ANNULLED, Kind.PARTLY_ANNULLED)
    TOLD = (*WITH_AN_EFFECT, Kind.RESUMED)  # to the structure to which the act was served
    WITH_AN_ACTION = (Kind.LODGED, Kind.RESUMED)  # written by what opens the case, by what follows it

    litigation = models.ForeignKey(Litigation, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    happened_on = models.DateField()
    text = models.TextField(max_length=5000, blank=True)
    due_on = models.DateField(null=True, blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    # Those that the judge annulled, when only a part of the act is.
    conditions = models.ManyToManyField(ProposedCondition, related_name="annulled_by")
    # Empty while something is in the way of what the judge said: a person carries it out later.
    carried_out_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects: ClassVar = LitigationStepQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["happened_on", "pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_on}"
