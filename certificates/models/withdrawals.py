"""The procedure by which a label may be withdrawn: one open at a time per label."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.lifecycle import WithdrawalLifecycle
from certificates.models.labels import Label
from journal.triggers import append_only
from journal.visibility import VisibleQuerySet
from letters.models import Letter, StoredFile
from reviewers.models import AgendaItem


class Withdrawal(WithdrawalLifecycle):
    """A withdrawal procedure, on the thread of its label. Its hearings and their grounds are rows beside it."""

    class Origin(models.TextChoices):
        FOLLOW_UP = "follow_up", _("Suivi annuel")
        CONDITION = "condition", _("Réserve non levée")
        REPORT = "report", _("Signalement")
        REGISTER = "register", _("Registre")
        OFFICE = "office", _("Constat de l'Institut")

    thread_path = "label__thread_id"

    label = models.ForeignKey(Label, models.PROTECT, related_name="withdrawals")
    origin = models.CharField(max_length=12, choices=Origin.choices)
    # What opened it, as a key such as `certificates.followup:4`; empty for a finding of the office.
    origin_key = models.CharField(max_length=80, blank=True)
    facts = models.TextField(max_length=10_000)  # what is known when it opens; never sent as it stands
    formal_notice = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")  # L13a
    comply_by = models.DateField(null=True, blank=True)  # known once the formal notice is received
    remedy = models.TextField(max_length=5000, blank=True)  # the proof accepted
    # The opinion of the committee that the decision follows: the last one, when a new ground asked for another.
    opinion = models.ForeignKey("WithdrawalOpinion", models.PROTECT, null=True, related_name="+")
    closing_reason = models.TextField(max_length=20_000, blank=True)
    closing_letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")  # L13c

    objects: ClassVar = VisibleQuerySet.as_manager()

    class Meta(WithdrawalLifecycle.Meta):
        abstract = False
        verbose_name = _("procédure de retrait")
        constraints: ClassVar = [
            *WithdrawalLifecycle.Meta.constraints,
            models.UniqueConstraint(
                fields=["label"],
                condition=Q(state__in=["opened", "formal_notice", "hearing", "hearing_closed", "advised"]),
                name="one_open_withdrawal_per_label",
            ),
            models.CheckConstraint(
                name="withdrawal_advised_has_opinion",
                condition=Q(advised_at=None) | Q(opinion__isnull=False),
            ),
            models.CheckConstraint(
                name="withdrawal_under_notice_has_its_letter",
                condition=~Q(state__in=["formal_notice", "remedied"]) | Q(formal_notice__isnull=False),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "-id"], name="withdrawal_by_state")]

    def __str__(self) -> str:
        return f"withdrawal {self.pk}"

    def journal_norm(self) -> str:
        """The edition of the label."""
        return self.label.edition.version

    def told_on(self) -> date | None:
        """The day of the first letter: before it the association does not know of the procedure."""
        letters = [self.formal_notice, *(row.letter for row in self.hearings.select_related("letter"))]
        days = [timezone.localdate(one.issued_at) for one in letters if one is not None]
        return min(days, default=None)


class WithdrawalOpinion(models.Model):
    """What the committee says of a withdrawal, on the whole of what was said: written once."""

    class Kind(models.TextChoices):
        """From the most favourable to the association; `reviewers.registry.AgendaSubject.choices` adds abstention."""

        MAINTAIN = "maintain", _("Maintenir le label")
        CONDITIONS = "conditions", _("Maintenir le label avec réserves")
        WITHDRAW = "withdraw", _("Retirer le label")

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="opinions")
    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="withdrawal_opinion")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    reasons = models.TextField(max_length=20_000)
    conditions = models.JSONField(default=list)  # proposed conditions, as sentences
    minority = models.TextField(max_length=10_000, blank=True)
    votes = models.JSONField(default=dict)  # choice -> number
    adopted_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.withdrawal_id}: {self.kind}"


class WithdrawalProposal(models.Model):
    """A step that the officer puts before the signatories; another text is another row, never a rewriting."""

    class Step(models.TextChoices):
        DISMISS = "dismiss", _("Classer la procédure")
        FORMAL_NOTICE = "formal_notice", _("Mettre en demeure")
        HEARING = "hearing", _("Notifier les motifs")
        MAINTAIN = "maintain", _("Maintenir le label")

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="proposals")
    step = models.CharField(max_length=14, choices=Step.choices)
    reasons = models.TextField(max_length=20_000, blank=True)  # to dismiss, to maintain
    grounds = models.JSONField(
        default=list
    )  # of a letter: fact, occurred_on, text_breached, source, criterion
    acts = models.JSONField(default=list)  # what a formal notice asks, act by act
    days = models.PositiveSmallIntegerField(null=True, blank=True)  # to comply or to answer, from the receipt
    measure = models.CharField(max_length=12, blank=True)  # of `Hearing.Measure`: the one contemplated
    is_urgent = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)  # given back, replaced, or without object
    dropped_reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["withdrawal"],
                condition=Q(signed_at=None, dropped_at=None),
                name="one_open_proposal_per_withdrawal",
            ),
            models.CheckConstraint(
                name="proposal_signed_by_somebody_else",
                condition=Q(signed_by=None, signed_at=None)
                | (
                    Q(signed_by__isnull=False, signed_at__isnull=False, dropped_at=None)
                    & ~Q(signed_by=models.F("proposed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.withdrawal_id}: {self.step}"


class NoticeAnswer(models.Model):
    """What the association answers to a formal notice: what it corrected, and its proof."""

    class Means(models.TextChoices):
        ONLINE = "online", _("En ligne")
        POST = "post", _("Courrier")
        PHONE = "phone", _("Téléphone")
        VISIT = "visit", _("Visite")

    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, related_name="notice_answers")
    text = models.TextField(max_length=20_000)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    means = models.CharField(max_length=8, choices=Means.choices)
    received_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["received_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="notice_answer_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


append_only("certificates_withdrawalopinion")
