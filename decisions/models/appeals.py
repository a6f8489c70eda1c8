"""An appeal to the Institute against one of its acts: one open at a time per act."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from decisions.lifecycle import AppealLifecycle
from decisions.models.acts import Decision
from journal.visibility import VisibleQuerySet
from letters.models import Letter, StoredFile


class Appeal(AppealLifecycle):
    """What the association contests and asks, on the thread of the contested act."""

    class Means(models.TextChoices):
        ONLINE = "online", _("En ligne")
        POST = "post", _("Courrier")
        PHONE = "phone", _("Téléphone")
        VISIT = "visit", _("Visite")

    class Outcome(models.TextChoices):
        """What the answer says, written while it is prepared; the state follows its signature."""

        UPHELD = "upheld", _("Faire droit au recours")
        PARTLY_UPHELD = "partly_upheld", _("Faire droit en partie")
        REJECTED = "rejected", _("Rejeter le recours")
        INADMISSIBLE = "inadmissible", _("Constater que le recours ne peut pas être examiné")

    CHANGING = (Outcome.UPHELD, Outcome.PARTLY_UPHELD)  # the answer takes the place of the contested act

    thread_path = "decision__thread_id"

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="appeals")  # the contested act
    contested = models.TextField(_("Ce que vous contestez"), max_length=20_000)
    asked = models.TextField(_("Ce que vous demandez"), max_length=20_000)
    scores_contested = models.BooleanField(default=False)  # told to who answers: others judge in any case
    files = models.ManyToManyField(StoredFile, related_name="+")
    means = models.CharField(max_length=8, choices=Means.choices, default=Means.ONLINE)
    lodged_at = models.DateTimeField()
    lodged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    lodged_on = models.DateField()  # the day that counts for its time limit: sending, postmark (CRPA L112-1)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")  # of what came by post
    read_back_on = models.DateField(null=True, blank=True)  # what was typed was read again with the person
    is_late = models.BooleanField(default=False)  # it no longer protects the time to go to court
    receipt = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="appeals")
    silence_on = models.DateField()  # without an answer it is rejected once that day is over
    answer = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="answers_appeal")
    outcome = models.CharField(_("Sens de la réponse"), max_length=16, choices=Outcome.choices, blank=True)
    what_changes = models.TextField(
        _("Ce qui change"), max_length=5000, blank=True
    )  # upheld, wholly or in part

    objects: ClassVar = VisibleQuerySet.as_manager()

    class Meta(AppealLifecycle.Meta):
        abstract = False
        verbose_name = _("recours")
        constraints: ClassVar = [
            *AppealLifecycle.Meta.constraints,
            models.UniqueConstraint(
                fields=["decision"],
                condition=~Q(state__in=["inadmissible", "dropped"]),
                name="one_appeal_per_decision",
            ),
            models.CheckConstraint(
                name="posted_appeal_has_scan",
                condition=~Q(means="post") | Q(scan__isnull=False, entered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="appeal_reached_us_after_it_left", condition=Q(received_on__gte=models.F("lodged_on"))
            ),
            # An answer is written by the officer of the appeal, and says one thing (domain 5.1 APPEAL).
            models.CheckConstraint(
                name="answered_appeal_has_officer",
                condition=Q(answer=None) | Q(officer__isnull=False) & ~Q(outcome=""),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "silence_on", "id"], name="appeal_by_state")]

    def __str__(self) -> str:
        return f"appeal {self.pk}"

    @property
    def silence_is_opposable(self) -> bool:
        """Whether its receipt, which tells its dates and the court, was sent (CRPA L112-6): else one year to sue."""
        receipt = self.receipt
        return receipt is not None and (
            receipt.channel == Letter.Channel.ONLINE or receipt.sent_on is not None
        )

    def journal_snapshot(self) -> str:
        """The digest of the dossier as it was judged: what is contested does not change any more."""
        return self.decision.journal_snapshot()

    def journal_norm(self) -> str:
        """The edition under which the contested act was taken."""
        return self.decision.application.edition.version if self.decision.application else ""


class AnsweredPoint(models.Model):
    """One thing that the association says, and what the Institute answers to it (domain 3.3, L16)."""

    appeal = models.ForeignKey(Appeal, models.PROTECT, related_name="points")
    point = models.TextField(max_length=2000)
    answer = models.TextField(max_length=5000)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"point {self.pk}"
