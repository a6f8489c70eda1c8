"""The adversarial phase (CRPA L121-1, L122-1): grounds notified, observations received, before a measure on a label."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.models.labels import Label
from certificates.models.withdrawals import Withdrawal
from decisions.models import Decision
from label.models import Application
from letters.models import Letter, StoredFile
from structures.models import Structure


class Hearing(models.Model):
    """One invitation to observe (letter L13b) and what came of it.

    A new ground asks for another row, with a new letter and a new time. `withdrawal` is empty for a measure that
    needs no committee: conditions set later, a suspension that is not urgent, a lapse. Before a renewal is refused,
    `renewal` is its dossier and `contemplated` says why (letter L9d): ruling on a request asks for no hearing (CRPA
    L121-1), it is offered because something held is being lost.
    """

    class Measure(models.TextChoices):
        CONDITIONS = "conditions", _("Réserves")
        SUSPEND = "suspend", _("Suspension")
        WITHDRAW = "withdraw", _("Retrait du label")
        ANNUL = "annul", _("Annulation du label")
        LAPSE = "lapse", _("Constat de la fin de la structure")
        REFUSE = "refuse", _("Refus du renouvellement")

    OF_A_PROCEDURE: ClassVar = (Measure.WITHDRAW, Measure.ANNUL)  # only a withdrawal procedure leads to them
    INVITED_FROM_THE_LABEL: ClassVar = (Measure.CONDITIONS, Measure.SUSPEND, Measure.LAPSE)

    label = models.ForeignKey(Label, models.PROTECT, related_name="hearings")
    withdrawal = models.ForeignKey(Withdrawal, models.PROTECT, null=True, related_name="hearings")
    renewal = models.ForeignKey(Application, models.PROTECT, null=True, related_name="hearings")
    measure = models.CharField(max_length=12, choices=Measure.choices)  # the one contemplated
    contemplated = models.TextField(
        max_length=10_000, blank=True
    )  # why a refusal is; else the grounds say it
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")  # L13b, L9d
    days = models.PositiveSmallIntegerField()  # given to answer, from the receipt of the letter
    is_urgent = models.BooleanField(default=False)
    notified_at = models.DateTimeField()
    notified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer_until = models.DateField(null=True, blank=True)  # known once the letter is received
    complete_on = models.DateField(null=True, blank=True)  # the association said that it has nothing to add
    oral_asked_on = models.DateField(null=True, blank=True)
    oral_waived_on = models.DateField(null=True, blank=True)  # it gave up being heard
    oral_planned_at = models.DateTimeField(null=True, blank=True)
    oral_held_on = models.DateField(null=True, blank=True)
    oral_minutes = models.TextField(max_length=20_000, blank=True)
    oral_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    assisted_by = models.CharField(max_length=300, blank=True)  # counsel or representative
    file_read_at = models.DateTimeField(
        null=True, blank=True
    )  # the association opened the file of the procedure
    closed_on = models.DateField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="hearing_held_has_minutes",
                condition=Q(oral_held_on=None) | ~Q(oral_minutes=""),
            ),
            models.CheckConstraint(
                name="hearing_closed_after_the_receipt",
                condition=Q(closed_on=None) | Q(answer_until__isnull=False),
            ),
            models.CheckConstraint(
                name="hearing_before_a_refusal_is_of_a_renewal",
                condition=Q(measure="refuse", renewal__isnull=False, withdrawal=None) & ~Q(contemplated="")
                | ~Q(measure="refuse") & Q(renewal=None, contemplated=""),
            ),
            models.UniqueConstraint(
                fields=["renewal"],
                condition=Q(dropped_at=None, renewal__isnull=False),
                name="one_hearing_before_a_refusal",
            ),
        ]

    def __str__(self) -> str:
        return f"hearing {self.pk}"

    @property
    def application(self) -> Application:
        """The dossier whose officer runs the hearing: that of the renewal, else that of the label."""
        return self.renewal or self.label.application

    @property
    def structure(self) -> Structure:
        """Who answers: the holder of the label."""
        return self.label.structure

    def is_by_post(self) -> bool:
        """Whether its letter went by post: what answers it may come by post too."""
        return self.letter is not None and self.letter.channel == Letter.Channel.POST

    def is_decided(self) -> bool:
        """Whether the act that answers what was said is signed, or there is nothing left to decide."""
        if self.renewal is not None:
            return self.renewal.state != Application.State.ADVISED
        if self.label.state not in Label.LIVE:
            return True
        if self.withdrawal is not None:
            return self.withdrawal.state not in Withdrawal.LIVE
        waiting = (Decision.State.PREPARED, Decision.State.ABANDONED)
        return self.measures.exclude(decision__state__in=waiting).exists()


class Ground(models.Model):
    """One ground notified: the fact, its date, the text breached; its source is told without identity."""

    hearing = models.ForeignKey(Hearing, models.PROTECT, related_name="grounds")
    fact = models.TextField(max_length=5000)
    occurred_on = models.DateField(null=True, blank=True)
    text_breached = models.CharField(max_length=500)
    source = models.CharField(max_length=300)
    criterion = models.CharField(max_length=8, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"ground {self.pk}"


class Observation(models.Model):
    """What the association answers, in its own words; read whole by the committee and answered in the act."""

    class Means(models.TextChoices):
        ONLINE = "online", _("En ligne")
        POST = "post", _("Courrier")
        PHONE = "phone", _("Téléphone")
        VISIT = "visit", _("Visite")

    hearing = models.ForeignKey(Hearing, models.PROTECT, related_name="observations")
    text = models.TextField(max_length=20_000)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    means = models.CharField(max_length=8, choices=Means.choices)
    received_on = models.DateField()
    postmarked_on = models.DateField(null=True, blank=True)  # the day that counts, by post (CRPA L112-1)
    read_back_on = models.DateField(
        null=True, blank=True
    )  # what was said aloud is read again with the person
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["received_on", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(name="observation_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="observation_aloud_is_read_back",
                condition=~Q(means__in=["phone", "visit"]) | Q(read_back_on__isnull=False),
            ),
            models.CheckConstraint(
                name="posted_observation_has_postmark_and_copy",
                condition=Q(means="post", file__isnull=False, postmarked_on__lte=models.F("received_on"))
                | ~Q(means="post") & Q(postmarked_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"observation {self.pk}"
