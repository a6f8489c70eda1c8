"""Who evaluates what: assignments with their scores, and the evaluation that closes over them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.rules import roles_of
from journal.seen import token
from journal.triggers import append_only
from journal.visibility import VisibleQuerySet
from label.models import Application, Snapshot
from letters.models import StoredFile
from reviewers.lifecycle import AssignmentLifecycle
from reviewers.models.people import College, Mandate
from reviewers.pseudonyms import told_pseudonym

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Assignment(AssignmentLifecycle):
    """One member asked to evaluate one dossier; the scores of each round are kept."""

    class Means(models.TextChoices):
        POST = "post", _("Courrier")
        PHONE = "phone", _("Téléphone")
        VISIT = "visit", _("Visite")

    thread_path = "application__thread_id"

    application = models.ForeignKey(Application, models.PROTECT, related_name="assignments")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="assignments")
    # Whose mandate it is: a person whose mandate is renewed stays the same on a panel.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="assignments", editable=False
    )
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    college = models.CharField(max_length=14, choices=College.choices)  # as it was when named
    pseudonym = models.CharField(max_length=20)  # « Patient A »
    answer_due_on = models.DateField()
    review_due_on = models.DateField()
    overall_advice = models.CharField(max_length=30, blank=True)
    overall_comment = models.TextField(max_length=5000, blank=True)
    overall_typed = models.BooleanField(default=False)  # by the secretariat, not by the member
    safety_alert = models.TextField(max_length=2000, blank=True)
    link_statement = models.TextField(
        max_length=2000, blank=True
    )  # read by the ethics officer and the secretariat
    link_answered_at = models.DateTimeField(null=True, blank=True)
    more_time_asked_at = models.DateTimeField(null=True, blank=True)  # by the member: once, then they call
    called_on = models.DateField(null=True, blank=True)  # the call before a late review was stopped
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entry_means = models.CharField(max_length=8, choices=Means.choices, blank=True)
    read_back_on = models.DateField(null=True, blank=True)
    paper_grid = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0)

    objects: ClassVar = VisibleQuerySet.as_manager()

    class Meta(AssignmentLifecycle.Meta):
        abstract = False
        verbose_name = _("évaluation demandée")
        constraints: ClassVar = [
            *AssignmentLifecycle.Meta.constraints,
            models.UniqueConstraint(
                fields=["application", "user"],
                condition=Q(state__in=["proposed", "accepted", "submitted", "reopened", "final"]),
                name="one_live_assignment_per_person",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["mandate", "state"], name="assignment_of_member"),
            models.Index(fields=["state", "review_due_on"], name="assignment_due"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.pseudonym}"

    @property
    def called(self) -> str:
        """The pseudonym, in the reader's language."""
        return told_pseudonym(self.pseudonym)

    @property
    def overall_is_own(self) -> bool:
        """Whether the member wrote the overall advice: then nobody else reads it before the end (domain 6.5)."""
        return not self.overall_typed and bool(self.overall_advice or self.overall_comment)

    @property
    def correct_until(self) -> date | None:
        """The last of the days to correct a grid typed for the member and read back; None outside of them."""
        entry = (
            getattr(self, "entry", None) if self.entered_by_id and self.state == self.State.ACCEPTED else None
        )
        last: date | None = entry.correction_due_on if entry else None
        return last

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row with the person of its mandate: neither ever changes."""
        if self.user_id is None:
            self.user_id = self.mandate.user_id
        super().save(*args, **kwargs)

    @property
    def overall_token(self) -> str:
        """The version token of a page that shows the overall advice and its comment."""
        return token(self.overall_advice, self.overall_comment)

    def journal_snapshot(self) -> str:
        """The digest of the dossier as it is judged."""
        return self.snapshot.digest


# Where the others' scores are read once the discussion was opened; while a panel is composed again, they are not.
DISCUSSED = (Application.State.IN_DELIBERATION, Application.State.DEFERRED, Application.State.ADVISED)


class ScoreQuerySet(models.QuerySet["Score"]):
    def visible_to(self, user: User | AnonymousUser, *, on: date) -> ScoreQuerySet:
        """One's own scores; those of a panel when they may be read, and never a draft of somebody else (domain 6.5).

        By its members once the discussion is open to them, by the secretariat once the evaluation is closed.
        """
        if not user.is_authenticated:
            return self.none()
        visible = Assignment.objects.visible_to(user, on=on)
        found = Q(assignment__in=visible.filter(mandate__user=user)) | self._discussed_by(user, on)
        if Role.SECRETARIAT in roles_of(user, on=on):
            closed = Evaluation.objects.filter(
                application=OuterRef("assignment__application"),
                closed_at__gte=OuterRef("assignment__submitted_at"),
            )
            found |= Q(Exists(closed), assignment__in=visible)
        return self.filter(found)

    def _discussed_by(self, user: User, on: date) -> Q:
        """The sealed scores of the panels whose discussion is open to this member, while the dossier is under way."""
        discussing = Assignment.objects.visible_to(user, on=on).filter(
            mandate__user=user,
            reopened_at__isnull=False,
            state__in=[Assignment.State.REOPENED, Assignment.State.FINAL],
            application__state__in=DISCUSSED,
            application__in=Application.objects.visible_to(user, on=on).values("pk"),
        )
        return Q(
            assignment__application__in=discussing.values("application"),
            assignment__state__in=Assignment.COUNTED,
        )

    def of_round(self, number: int) -> list[Score]:
        """The scores that count in a round, one per member and criterion: in the second, those of the first that
        were not changed stand."""
        rows = self.filter(round__lte=number).order_by("round", "pk")
        return list({(row.assignment_id, row.criterion): row for row in rows}.values())


class Score(models.Model):
    """What a member thinks of one criterion in one round. No row = not looked at yet."""

    class Verdict(models.TextChoices):
        SCORED = "scored", _("Notée")
        NOT_APPLICABLE = "not_applicable", _("Sans objet")
        NO_OPINION = "no_opinion", _("Je ne me prononce pas")

    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="scores")
    criterion = models.CharField(max_length=8)
    round = models.PositiveSmallIntegerField(default=1)
    verdict = models.CharField(max_length=16, choices=Verdict.choices, default=Verdict.SCORED)
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(max_length=5000, blank=True)
    change_reason = models.TextField(max_length=2000, blank=True)
    typed = models.BooleanField(default=False)  # by the secretariat, not by the member
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    objects: ClassVar = ScoreQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment", "criterion", "round"], name="score_once"),
            models.CheckConstraint(name="score_of_two_rounds", condition=Q(round__in=[1, 2])),
            models.CheckConstraint(
                name="score_reason_is_of_second_round", condition=Q(round=2) | Q(change_reason="")
            ),
            models.CheckConstraint(
                name="score_from_0_to_4",
                condition=Q(verdict="scored", value__gte=0, value__lte=4)
                | (~Q(verdict="scored") & Q(value=None))
                | Q(verdict="scored", value=None),  # a comment typed before the score is chosen is kept
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assignment_id} {self.criterion}"

    @property
    def is_given(self) -> bool:
        """Whether the member has chosen; a comment alone is not a choice."""
        return self.verdict != Score.Verdict.SCORED or self.value is not None

    @property
    def is_own(self) -> bool:
        """Whether the member wrote it: then nobody else reads it before the end (domain 6.5)."""
        return not self.typed and (self.is_given or bool(self.comment))


class Evaluation(models.Model):
    """The aggregate of the submitted reviews when the evaluation closed: frozen, with its digest."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="evaluations")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(default=1)
    result = models.JSONField()  # reviewers.scoring as data, exact numbers as text
    digest = models.CharField(max_length=64)
    derogation = models.TextField(max_length=2000, blank=True)
    closed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"evaluation {self.pk}"


append_only("reviewers_evaluation")
