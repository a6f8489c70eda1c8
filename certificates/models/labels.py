"""What was granted: labels, the solutions recognised, suspension periods, conditions, and certificates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from certificates.lifecycle import LabelLifecycle
from deadlines.calendar import add_months
from decisions.models import Decision, ProposedCondition
from journal.models import Thread
from journal.triggers import append_only
from journal.visibility import VisibleQuerySet
from label.models import Application, Edition
from letters.models import StoredFile
from structures.models import Solution, Structure

ONE_DAY = timedelta(days=1)


def first_end_waiting_on(day: date) -> date:
    """The earliest end from which a filed renewal still waits that day: months are not all of one length."""
    end = add_months(day, -settings.EXTENSION_MONTHS) - timedelta(days=4)
    while add_months(end, settings.EXTENSION_MONTHS) < day:
        end += timedelta(days=1)
    return end


class LabelQuerySet(VisibleQuerySet["Label"]):
    def live(self) -> LabelQuerySet:
        """Labels in force or suspended."""
        return self.filter(state__in=LabelLifecycle.LIVE)

    def told(self) -> LabelQuerySet:
        """Labels of which the public may know: nobody reads a decision before its holder (docs/adr/0009)."""
        on_its_way = Decision.objects.filter(pk=OuterRef("decision_id"), state=Decision.State.SIGNED)
        return self.filter(~Exists(on_its_way))

    def holding(self, *, on: date) -> LabelQuerySet:
        """Labels whose certificate counts that day or later: live, or renewed and not ended yet by any way."""
        holds = Q(state__in=LabelLifecycle.LIVE) | Q(state=LabelLifecycle.State.RENEWED, ended_on__gt=on)
        return self.filter(holds).exclude(self.ended_with_the_next(on))

    def listed(self, *, on: date) -> LabelQuerySet:
        """Labels that the public register shows that day: told, and not past the last day on which they may hold.

        A label whose renewal was filed in time waits for a person, and one that is renewed holds until the other
        starts, or ends before it starts: each structure is listed once on any day, as `status.status_on` reads it.
        """
        waits = self.waiting_on(on)
        return (
            self.told()
            .holding(on=on)
            .filter(starts_on__lte=on)
            .filter(Q(ends_on__gte=on) | Q(term_on__gte=on) | Q(extended_until__gte=on) | waits)
        )

    @staticmethod
    def waiting_on(day: date) -> Q:
        """Labels whose renewal was filed in time, that may still wait for its decision that day."""
        first = first_end_waiting_on(day)
        counts = Q(term_on__gte=first) | Q(term_on=None, ends_on__gte=first)
        return Q(counts, renewal_filed_on__isnull=False)

    @staticmethod
    def ended_with_the_next(day: date) -> Q:
        """Renewed labels that ended by that day with the one that follows them, before it started (docs/adr/0029)."""
        ended = Label.objects.filter(previous=OuterRef("pk"), ended_on__lte=day, ended_on__lt=F("starts_on"))
        return Q(Exists(ended), state=LabelLifecycle.State.RENEWED)

    def ending_without_renewal(self, *, on: date, not_begun: bool = False) -> LabelQuerySet:
        """Live labels whose renewal window is open and for which nothing is filed; `not_begun`: not even drafted."""
        states = (Application.State.DRAFT, *Application.UNDER_WAY) if not_begun else Application.UNDER_WAY
        filed = Application.objects.filter(
            previous=OuterRef("application_id"),
            structure=OuterRef("structure_id"),
            kind=Application.Kind.RENEWAL,
            state__in=states,
        )
        opens = add_months(on, settings.RENEWAL_WINDOW_MONTHS)
        return self.live().filter(~Exists(filed), ends_on__lte=opens)


class Label(LabelLifecycle):
    """A label granted to a structure for recognised solutions. It lives on the thread of its dossier."""

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="labels")
    number = models.CharField(max_length=24, unique=True)  # LBL-2027-000123-29
    structure = models.ForeignKey(Structure, models.PROTECT, related_name="labels")
    # The dossier it was granted for; the label of the successor of a merger keeps that of the label it continues.
    application = models.ForeignKey(Application, models.PROTECT, related_name="labels")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="label")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="labels")
    previous = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="following")
    issued_at = models.DateTimeField()
    # The day on which a renewal was filed in time: the clock no longer lets the label expire (domain 5.1 RENEWAL).
    renewal_filed_on = models.DateField(null=True, blank=True)
    # From when an extension and the wait for a renewal count, when not from its end (docs/adr/0030): six months after
    # it was given back late, or the end that it had when it was taken over once past it.
    term_on = models.DateField(null=True, blank=True)
    # When its follow-ups were planned: at issue, or by the clock when a crash left it (`actions.plan_what_is_left`).
    follow_ups_planned_at = models.DateTimeField(null=True, blank=True)
    renewal_declined_on = models.DateField(
        null=True, blank=True
    )  # « Je ne renouvelle pas »: no reminder leaves
    # Filled at issue by `certificates.search.search_text`: structure, short name, city, recognised solutions.
    search_text = models.CharField(max_length=2000, blank=True)

    signed_at: datetime | None  # these two from `certificates.norms.with_signature()`
    sign_by: date | None

    objects: ClassVar = LabelQuerySet.as_manager()

    class Meta(LabelLifecycle.Meta):
        abstract = False
        verbose_name = _("label")
        constraints: ClassVar = [
            *LabelLifecycle.Meta.constraints,
            models.UniqueConstraint(
                fields=["structure"],
                condition=Q(state__in=["in_force", "suspended"]),
                name="one_live_label_per_structure",
            ),
            models.UniqueConstraint(
                fields=["application"], condition=Q(previous=None), name="one_label_granted_per_application"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["ends_on", "id"],
                condition=Q(state__in=["in_force", "suspended"]),
                name="label_ending",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["in_force", "suspended"], follow_ups_planned_at=None),
                name="label_to_plan",
            ),
            models.Index(fields=["-id"], name="label_newest"),
            models.Index(fields=["search_text", "id"], name="label_by_name"),
        ]

    def __str__(self) -> str:
        return self.number

    def journal_norm(self) -> str:
        """The edition under which it was granted."""
        return self.edition.version

    @property
    def term(self) -> date:
        """The day from which an extension and the wait for a renewal count: its end, but for a few labels."""
        return self.term_on or self.ends_on

    @property
    def own_end(self) -> date:
        """Its last day when nothing is asked nor extended: its end, or the six months for which it was given back."""
        return max(self.ends_on, self.term)

    @property
    def valid_until(self) -> date:
        """The last day that an act has written: its own end, or its extension when there is one."""
        return max(self.own_end, self.extended_until or self.own_end)

    def solutions(self) -> list[Solution]:
        """The solutions that it recognises today, those added included, with their facets."""
        found = Solution.objects.filter(recognitions__label=self).order_by("recognitions__pk")
        return list(found.prefetch_related("facets"))


class RecognisedSolution(models.Model):
    """A solution recognised by the label, with its words as they were that day."""

    label = models.ForeignKey(Label, models.PROTECT, related_name="recognised")
    solution = models.ForeignKey(Solution, models.PROTECT, related_name="recognitions")
    name = models.CharField(max_length=200)
    recognised_on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["label", "solution"], name="solution_recognised_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def holding_from(self, day: date) -> SuspensionQuerySet:
        """The periods that hold that day or will hold on a later one."""
        lasts = Q(lifted_on=None) | (Q(lifted_on__gt=day) & Q(lifted_on__gt=F("starts_on")))
        return self.filter(lasts, ends_on__gte=day)

    def holding_on(self, day: date) -> SuspensionQuerySet:
        """The periods that hold that day."""
        return self.holding_from(day).filter(starts_on__lte=day)


class Suspension(models.Model):
    """A period during which the label may not be used; it always carries a written end (domain 5.2 rule 8)."""

    class PublicReason(models.TextChoices):
        """What everybody may read: it accuses nobody. The reasons of the act stand in its letter."""

        ACTIVITY_STOPPED = "activity_stopped", _("l'action reconnue est interrompue")
        INFORMATION_MISSING = "information_missing", _("des informations demandées n'ont pas été données")
        BEING_CHECKED = "being_checked", _("une vérification est en cours")

    label = models.ForeignKey(Label, models.PROTECT, related_name="suspensions")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    lifted_on = models.DateField(null=True, blank=True)
    public_reason = models.CharField(max_length=40, choices=PublicReason, blank=True)
    annulled_at = models.DateTimeField(null=True, blank=True)  # by a judge: the public reads it no more

    objects: ClassVar = SuspensionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="suspension_period",
                condition=Q(ends_on__gte=F("starts_on"))
                & (Q(lifted_on=None) | Q(lifted_on__gte=F("starts_on"))),
            ),
            models.UniqueConstraint(
                fields=["label"], condition=Q(lifted_on=None), name="one_open_suspension_per_label"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label_id}: {self.starts_on} - {self.ends_on}"

    @property
    def last_day(self) -> date:
        """The last day on which it holds; the day before its start when it was stopped before it began."""
        return min(self.ends_on, self.lifted_on - ONE_DAY) if self.lifted_on else self.ends_on

    def stop(self, on: date) -> None:
        """Hold no more from that day; what it has held already stays, and it never holds longer than before."""
        self.lifted_on = min(self.last_day + ONE_DAY, max(on, self.starts_on))
        self.save(update_fields=["lifted_on"])


class Interruption(models.Model):
    """Days during which a label had ended before an appeal or a judge restored it: history is kept."""

    label = models.ForeignKey(Label, models.PROTECT, related_name="interruptions")
    state = models.CharField(
        max_length=12,
        choices=[("withdrawn", _("Retiré")), ("annulled", _("Annulé")), ("expired", _("Expiré"))],
    )
    starts_on = models.DateField()
    restored_on = models.DateField()  # the first day on which it held again
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, related_name="+"
    )  # the act that restored it
    annulled_at = models.DateTimeField(null=True, blank=True)  # by a judge: the public reads it no more

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="interruption_period", condition=Q(restored_on__gte=F("starts_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.label_id}: {self.starts_on} - {self.restored_on}"


class Condition(models.Model):
    """A condition ("réserve") on a label: a fact with a due date, met when its proof is accepted."""

    label = models.ForeignKey(Label, models.PROTECT, related_name="conditions")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="+")
    proposed = models.ForeignKey(ProposedCondition, models.PROTECT, related_name="+")  # its words in the act
    text = models.TextField(max_length=2000)
    proof = models.CharField(max_length=300)
    set_on = models.DateField()  # it binds from that day on
    due_on = models.DateField()
    answer = models.TextField(max_length=5000, blank=True)  # what the association sent as its proof
    answer_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)  # empty again when another proof is asked for
    asked_again = models.TextField(max_length=2000, blank=True)  # what was missing in the proof sent before
    # The officer who read the proof and accepts it: a signatory then lifts the condition (domain 5.1, lever_reserves).
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    met_on = models.DateField(null=True, blank=True)
    # The signatory who lifted it; nobody when an appeal or a judge freed the label of it.
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="condition_lifted_by_somebody_else",
                condition=Q(lifted_by=None) | (Q(met_on__isnull=False) & ~Q(lifted_by=F("accepted_by"))),
            ),
            models.CheckConstraint(
                name="condition_acceptance_is_whole",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, answered_at__isnull=False),
            ),
        ]

    @property
    def is_waiting(self) -> bool:
        """Whether the association still has a proof to send."""
        return self.met_on is None and self.answered_at is None

    def days_given_back(self) -> Interruption | None:
        """The days during which the label was away, that moved the day of this condition; None when none did."""
        away = self.label.interruptions.filter(starts_on__gte=self.set_on, restored_on__lte=self.due_on)
        return away.order_by("-restored_on").first()

    def __str__(self) -> str:
        return f"condition {self.pk}"


class Certificate(models.Model):
    """One issue of the certificate: the facts printed, and the file once made (never made twice)."""

    label = models.ForeignKey(Label, models.PROTECT, related_name="certificates")
    issue = models.PositiveSmallIntegerField(default=1)
    facts = models.JSONField()
    issued_at = models.DateTimeField()
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    claimed_at = models.DateTimeField(
        null=True, blank=True
    )  # who makes the file began then; free again on failure
    sealed_at = models.DateTimeField(
        null=True, blank=True
    )  # none: the document says that only the page counts
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["label", "issue"], name="certificate_issue_once"),
            models.CheckConstraint(
                name="certificate_sealed_is_made", condition=Q(sealed_at=None) | Q(file__isnull=False)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["id"], condition=Q(file=None), name="certificate_to_make")]

    def __str__(self) -> str:
        return f"{self.label_id} #{self.issue}"

    def newest_file(self) -> StoredFile | None:
        """What one downloads: as it was issued, or with the last time-stamp that was added; None until it is made."""
        renewal = self.renewals.select_related("file").order_by("-pk").first()
        return renewal.file if renewal else self.file


class SealRenewal(models.Model):
    """The same sealed file with one more archive time-stamp; what was issued first is kept beside."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="renewals")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.certificate_id} stamped {self.made_at:%Y-%m-%d}"


append_only("certificates_recognisedsolution")
