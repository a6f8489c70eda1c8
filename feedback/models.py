"""What the public reports about a label; who told it lies apart, in a row that can be erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.models import Gap, Label
from feedback.lifecycle import ReportLifecycle
from journal.models import Thread
from journal.visibility import VisibleQuerySet
from letters.models import Exchange

if TYPE_CHECKING:
    from datetime import date, datetime


class ReportQuerySet(VisibleQuerySet["Report"]):
    """The sets of reports that several rooms ask for, said once."""

    def under_way(self) -> ReportQuerySet:
        """Those on which there is something to do; two reports of the same fact count once."""
        return self.filter(duplicate_of=None, state__in=Report.OPEN)

    def on_safety(self) -> ReportQuerySet:
        """Those about a danger: as an officer read them, else as they were told."""
        return self.filter(Q(severity=Report.Severity.SAFETY) | Q(severity="", kind=Report.Kind.SAFETY))


class Report(ReportLifecycle):
    """One report. It has a thread of its own: nothing on the thread of the label tells who spoke, nor that they did."""

    class Kind(models.TextChoices):
        SAFETY = "safety", _("Quelqu'un peut être en danger")
        FALSE_INFORMATION = "false_information", _("Une information fausse ou trompeuse")
        MONEY = "money", _("Un problème d'argent")
        RESPECT = "respect", _("Un manque de respect, une pression")
        DATA = "data", _("Des données personnelles mal protégées")
        OTHER = "other", _("Autre chose")

    class Severity(models.TextChoices):
        SAFETY = "safety", _("Sécurité")
        ETHICS = "ethics", _("Éthique")
        QUALITY = "quality", _("Qualité")
        DATA = "data", _("Données")

    class Conclusion(models.TextChoices):
        UNFOUNDED = "unfounded", _("Les faits ne sont pas établis")
        FOUNDED = "founded", _("Les faits sont établis")

    class Measure(models.TextChoices):
        RECOMMENDATION = "recommendation", _("Une recommandation à l'association")
        GAP = "gap", _("Un écart dans le suivi annuel")
        WITHDRAWAL = "withdrawal", _("Une procédure de retrait du label")

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="reports")
    reference = models.CharField(max_length=24, unique=True)  # SIG-2027-000001-CC
    label = models.ForeignKey(Label, models.PROTECT, null=True, related_name="reports")
    about = models.CharField(max_length=300, blank=True)  # the association, when no number was given
    settled_at = models.DateTimeField(
        null=True, blank=True
    )  # which label it is about is known, or that there is none
    kind = models.CharField(_("Que se passe-t-il ?"), max_length=20, choices=Kind.choices)
    text = models.TextField(max_length=10_000, blank=True)
    text_erased_at = models.DateTimeField(null=True, blank=True)
    severity = models.CharField(max_length=8, choices=Severity.choices, blank=True)
    alerted_at = models.DateTimeField(
        null=True, blank=True
    )  # the signatories were told that people may be in danger
    seen_by_signatory_at = models.DateTimeField(null=True, blank=True)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="linked")
    facts = models.TextField(
        max_length=10_000, blank=True
    )  # as put to the association, without who told them
    asked = models.ForeignKey(Exchange, models.PROTECT, null=True, related_name="+")  # by which they were put
    conclusion = models.CharField(max_length=10, choices=Conclusion.choices, blank=True)
    measure = models.CharField(max_length=16, choices=Measure.choices, blank=True)
    reasons = models.TextField(max_length=10_000, blank=True)  # internal: why it is concluded so
    told = models.TextField(max_length=5000, blank=True)  # what the association reads
    answer = models.TextField(max_length=5000, blank=True)  # what the person who reported reads
    gap_terms = models.JSONField(default=dict)  # severity, expected, due_on of the gap proposed
    gap = models.ForeignKey(Gap, models.PROTECT, null=True, related_name="+")
    authority = models.CharField(max_length=300, blank=True)  # to which it was passed on
    sealed = models.TextField(max_length=10_000, blank=True)  # what was passed on, kept for the signatories

    objects: ClassVar = ReportQuerySet.as_manager()

    class Meta(ReportLifecycle.Meta):
        abstract = False
        verbose_name = _("signalement")
        constraints: ClassVar = [
            *ReportLifecycle.Meta.constraints,
            models.CheckConstraint(
                name="report_qualified_has_severity",
                condition=Q(state__in=["received", "acknowledged"]) | ~Q(severity=""),
            ),
            models.CheckConstraint(
                name="report_passed_on_names_the_authority",
                condition=~Q(state="passed_on") | ~Q(authority=""),
            ),
            models.CheckConstraint(
                name="report_founded_has_a_measure",
                condition=~Q(state__in=["founded", "closed"]) | ~Q(measure=""),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "received_at", "id"], name="report_by_state"),
            models.Index(fields=["-id"], name="report_newest"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def received_on(self) -> date:
        """The day in Paris on which it came."""
        return timezone.localdate(self.received_at)

    @property
    def told_state(self) -> str:
        """The state that the person who reported reads: that of the report to which theirs is linked, if it is."""
        return self.duplicate_of.state if self.duplicate_of else self.state


class Source(models.Model):
    """Who told it, if they said so, and what gives them back their page. Read by two people only, each time noted."""

    report = models.OneToOneField(Report, models.PROTECT, related_name="source")
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    address = models.TextField(max_length=500, blank=True)
    secret = models.CharField(max_length=64)  # keyed digest of the code given once
    form_key = models.CharField(max_length=32, unique=True)  # the same page sent twice reports once
    network = models.CharField(max_length=32, blank=True)  # keyed digest: tells a campaign, never who
    erased_at: models.DateTimeField[datetime | None, datetime | None] = models.DateTimeField(
        null=True, blank=True
    )

    class Meta:
        indexes: ClassVar = [models.Index(fields=["network", "-id"], name="source_network")]

    def __str__(self) -> str:
        return f"source {self.pk}"

    @property
    def can_be_reached(self) -> bool:
        """Whether there is a way to write or to speak to them."""
        return bool(self.email or self.address or self.phone)

    @property
    def says_something(self) -> bool:
        """Whether there is something to read about who they are."""
        return bool(self.name) or self.can_be_reached
