"""INCa's acts: reasons, conditions, signature under delegation, notification and remedies."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Delegation
from decisions.lifecycle import DecisionLifecycle
from journal.models import Thread
from journal.moves import subject_key
from journal.visibility import VisibleQuerySet
from label.models import Application, Snapshot
from letters.models import Letter
from reviewers.models import Opinion
from structures.models import ServiceConsent, Solution

RELATED = ("structure", "edition", "snapshot", "case_officer")  # of the dossier


class DecisionQuerySet(VisibleQuerySet["Decision"]):
    def whole(self) -> DecisionQuerySet:
        """Acts with what their checks and their letter read, in one statement.

        `newest_opinion_id` is the opinion of today, `is_served_online` whether the structure agrees to it today,
        `implicit_id` the decision that silence made on the same dossier and that an express one replaces.
        """
        newest = Opinion.objects.filter(application=OuterRef("application")).order_by("-pk")
        consent = ServiceConsent.objects.filter(structure=OuterRef("application__structure"), revoked_at=None)
        silence = Decision.objects.filter(
            application=OuterRef("application"), kind="implicit", state__in=["notified", "final"]
        )
        found = {
            "newest_opinion_id": Subquery(newest.values("pk")[:1]),
            "is_served_online": Exists(consent),
            "implicit_id": Subquery(silence.values("pk")[:1]),
        }
        return (
            self.select_related(
                "snapshot", "opinion__evaluation", *(f"application__{name}" for name in RELATED)
            )
            .defer("snapshot__content", "application__snapshot__content")
            .annotate(**found)
        )


class Decision(DecisionLifecycle):
    """One act. It lives on the thread of its dossier, as does the label that the dossier was granted.

    An act on a label names the dossier of that label: the people who had a part in it, its structure and its
    letters are then those of every act (docs/adr/0016).
    """

    class Kind(models.TextChoices):
        GRANT = "grant", _("Octroi du label")
        GRANT_WITH_CONDITIONS = "grant_with_conditions", _("Octroi avec réserves")
        REFUSE = "refuse", _("Refus")
        INADMISSIBLE = "inadmissible", _("Irrecevabilité")
        CLOSE = "close", _("Classement sans suite")
        IMPLICIT = "implicit", _("Décision implicite")
        EXTEND = "extend", _("Prolongation")
        CONDITIONS = "conditions", _("Réserves")
        SUSPEND = "suspend", _("Suspension")
        LIFT = "lift", _("Levée de suspension")
        WITHDRAW = "withdraw", _("Retrait du label")
        ANNUL = "annul", _("Annulation")
        LAPSE = "lapse", _("Caducité")
        TRANSFER = "transfer", _("Transfert")
        APPEAL_ANSWER = "appeal_answer", _("Réponse à un recours")

    class SuspensionOutcome(models.TextChoices):
        """What the grant of a renewal says of a suspension that still runs (domain 5.1 LABEL)."""

        ENDS = "ends", _("La suspension prend fin")
        GOES_ON = "goes_on", _("La suspension continue sur le nouveau label, jusqu'à sa date de fin")

    # What ends a request, or would; the other kinds are about a label or about another act.
    ON_A_REQUEST = (
        Kind.GRANT,
        Kind.GRANT_WITH_CONDITIONS,
        Kind.REFUSE,
        Kind.INADMISSIBLE,
        Kind.CLOSE,
        Kind.IMPLICIT,
    )

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="decisions")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, null=True, related_name="+")
    opinion = models.ForeignKey(Opinion, models.PROTECT, null=True, related_name="+")
    solutions = models.ManyToManyField(Solution, related_name="+")  # those recognised
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)  # sent for signature
    reasons_in_law = models.TextField(_("En droit"), max_length=20_000, blank=True)
    reasons_in_fact = models.TextField(_("En fait"), max_length=20_000, blank=True)
    divergence_reasons = models.TextField(
        _("Pourquoi la décision s'écarte de l'avis"), max_length=20_000, blank=True
    )
    criteria = models.JSONField(default=list)  # codes of the criteria that the reasons rest on
    closed_reason = models.CharField(max_length=40, blank=True)  # of an inadmissible application
    how_to_improve = models.TextField(max_length=10_000, blank=True)
    answers_to_observations = models.TextField(max_length=20_000, blank=True)  # `decisions.observations`
    suspension_outcome = models.CharField(max_length=8, choices=SuspensionOutcome.choices, blank=True)
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+")
    signatory_name = models.CharField(max_length=200, blank=True)
    signatory_quality = models.CharField(max_length=200, blank=True)
    signatory_service = models.CharField(max_length=200, blank=True)
    remedies_opposable = models.BooleanField(default=True)
    gracious_until = models.DateField(null=True, blank=True)
    court_until = models.DateField(null=True, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    newest_opinion_id: int | None  # these three from `whole()`
    is_served_online: bool
    implicit_id: int | None
    signatory_ran: bool  # these four from `rules.with_part_of()`
    signatory_judged: bool
    signatory_belongs: bool
    signatory_apart: bool

    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta(DecisionLifecycle.Meta):
        abstract = False
        verbose_name = _("décision")
        constraints: ClassVar = [
            *DecisionLifecycle.Meta.constraints,
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(
                    state__in=["prepared", "signed"],
                    kind__in=[
                        "grant",
                        "grant_with_conditions",
                        "refuse",
                        "inadmissible",
                        "close",
                        "implicit",
                    ],
                ),
                name="one_decision_under_way_per_application",
            ),
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=Q(state__in=["prepared", "signed"]),
                name="one_act_of_a_kind_under_way",
            ),
            models.CheckConstraint(
                name="signed_decision_has_reasons",
                condition=Q(state__in=["prepared", "abandoned"])
                | Q(kind="implicit")
                | (~Q(reasons_in_law="") & ~Q(reasons_in_fact="") & Q(delegation__isnull=False)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=Q(state="prepared"), name="decision_to_sign"),
            models.Index(fields=["-id"], name="decision_newest"),
        ]

    def __str__(self) -> str:
        return f"decision {self.pk}"  # pages that name a record never say what was decided

    @property
    def is_on_a_request(self) -> bool:
        """Whether it answers a request for the label; else it is about a label or about another act."""
        return self.kind in self.ON_A_REQUEST

    @cached_property
    def recognised(self) -> list[Solution]:
        """The solutions that the act recognises, with their facets, read once."""
        return list(self.solutions.order_by("pk").prefetch_related("facets"))

    @cached_property
    def letter(self) -> Letter | None:
        """The letter that carries this act, once it is signed."""
        return (
            Letter.objects.filter(subject=subject_key(self))
            .select_related("addressee")
            .order_by("pk")
            .first()
        )

    def journal_snapshot(self) -> str:
        """The digest of the dossier that was judged."""
        return self.snapshot.digest if self.snapshot_id and self.snapshot else ""


class ProposedCondition(models.Model):
    """A condition ("réserve") that the decision sets: what to fix, with which proof, by when."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="conditions")
    text = models.TextField(max_length=2000)
    proof = models.CharField(max_length=300)
    due_on = models.DateField()

    def __str__(self) -> str:
        return f"condition {self.pk}"
