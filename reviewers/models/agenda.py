"""The items of an agenda: what is discussed, who is kept away, how it is voted, what is asked of the association."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journal.visibility import VisibleQuerySet
from label.models import Application
from letters.models import Letter, StoredFile
from reviewers.lifecycle import AgendaItemLifecycle
from reviewers.models.people import Mandate
from reviewers.models.reviews import Assignment
from reviewers.models.sessions import Attendance, Session


class AgendaItem(AgendaItemLifecycle):
    """One point of an agenda: its kind says, through `reviewers.registry`, what it is about and what its vote does.

    `application` is the dossier concerned: whoever is barred from it leaves, and its thread is held.
    """

    class SentTo(models.TextChoices):
        ASSOCIATION = "association", _("Questions à la structure")
        EVALUATION = "evaluation", _("Nouvelle évaluation")
        LATER = "later", _("Une prochaine séance")

    thread_path = "session__thread_id"

    session = models.ForeignKey(Session, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=20, default="opinion")
    subject = models.CharField(max_length=80)  # label.application:12
    application = models.ForeignKey(Application, models.PROTECT, related_name="agenda_items")
    position = models.PositiveSmallIntegerField()
    minutes_planned = models.PositiveSmallIntegerField(default=20)
    hearing_planned = models.BooleanField(default=False)
    hearing_done_at = models.DateTimeField(null=True, blank=True)
    hearing_waived = models.TextField(max_length=2000, blank=True)  # why the vote did without the hearing
    without_answer = models.BooleanField(default=False)  # comes back without the answer that was asked
    quorum = models.JSONField(default=dict)  # as counted when the item was called, without those kept away
    is_secret = models.BooleanField(default=False)
    vote_closed_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)  # choice -> number of votes, written when the vote is closed
    outcome = models.CharField(max_length=30, blank=True)  # the choice that has the majority
    casting_choice = models.CharField(max_length=30, blank=True)
    casting_by = models.ForeignKey(Mandate, models.PROTECT, null=True, blank=True, related_name="+")
    casting_reason = models.TextField(max_length=2000, blank=True)
    sent_to = models.CharField(max_length=12, choices=SentTo.choices, blank=True)

    objects: ClassVar = VisibleQuerySet.as_manager()

    class Meta(AgendaItemLifecycle.Meta):
        abstract = False
        verbose_name = _("point de l'ordre du jour")
        ordering: ClassVar = ["session", "position", "pk"]
        constraints: ClassVar = [
            *AgendaItemLifecycle.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=Q(state__in=["listed", "in_discussion", "voting"]),
                name="one_pending_item_per_subject",
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(state__in=["in_discussion", "voting"]),
                name="one_item_under_way_per_session",
            ),
            models.CheckConstraint(
                name="item_adopted_by_a_closed_vote",
                condition=~Q(state="adopted") | (Q(vote_closed_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="item_sent_back_somewhere",
                condition=(Q(state="sent_back") & ~Q(sent_to="")) | (~Q(state="sent_back") & Q(sent_to="")),
            ),
            models.CheckConstraint(
                name="item_cast_with_a_reason",
                condition=Q(casting_choice="", casting_by=None)
                | (~Q(casting_choice="") & Q(casting_by__isnull=False) & ~Q(casting_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}/{self.position}"

    def journal_norm(self) -> str:
        """The edition under which the dossier is judged."""
        return self.application.edition.version


class ItemStatement(models.Model):
    """What a member says of an item before the session: no link with it, or a link that keeps them away."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="statements")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    has_link = models.BooleanField()
    text = models.TextField(max_length=2000, blank=True)  # read by the ethics officer and the secretariat
    stated_at = models.DateTimeField()
    # How it reached the secretariat, who noted it; empty when the member said it alone.
    means = models.CharField(max_length=8, choices=Assignment.Means.choices, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "mandate"], name="one_statement_per_item")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.mandate_id}"


class Contribution(models.Model):
    """What a member who takes part in writing says of one item: it is read, kept and hidden with that item."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="contributions")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    text = models.TextField(max_length=10_000)
    written_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["item", "mandate"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "mandate"], name="one_contribution_per_item"),
            models.CheckConstraint(name="contribution_says_something", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.mandate_id}"


class DiscussionPoint(models.Model):
    """« Point à discuter »: what the evaluation flagged, ticked once the session has discussed it (domain 6.7)."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="points")
    code = models.CharField(max_length=24)  # reviewers.scoring.FlagCode
    criterion = models.CharField(max_length=8, blank=True)
    college = models.CharField(max_length=14, blank=True)
    discussed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["item", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "code", "criterion", "college"], name="one_point_once")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.code} {self.criterion}"


class StepOut(models.Model):
    """A member out of the room for a while, time stamped: for a conflict on an item, or of their own will."""

    class Cause(models.TextChoices):
        CONFLICT = "conflict", _("Déport sur ce point")
        AWAY = "away", _("Absence momentanée")

    attendance = models.ForeignKey(Attendance, models.PROTECT, related_name="steps_out")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="steps_out")
    cause = models.CharField(max_length=8, choices=Cause.choices)
    left_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["attendance"], condition=Q(returned_at=None), name="out_once_at_a_time"
            ),
            models.CheckConstraint(
                name="out_for_a_conflict_on_an_item",
                condition=Q(cause="conflict", item__isnull=False) | Q(cause="away"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendance_id} {self.cause}"


class Choice(models.TextChoices):
    """What a member may vote on a dossier (domain 6.10): the three opinions, or abstention, counted apart."""

    FAVOURABLE = "favourable", _("Favorable")
    FAVOURABLE_WITH_CONDITIONS = "favourable_with_conditions", _("Favorable avec réserves")
    UNFAVOURABLE = "unfavourable", _("Défavorable")
    ABSTENTION = "abstention", _("Abstention")


class Ballot(models.Model):
    """The mark that a member voted on an item; the choice is there only when the vote is open."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="ballots")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+")  # whose vote it is
    cast_by = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="+")  # the holder of a proxy
    is_secret = models.BooleanField(default=False)
    choice = models.CharField(max_length=30, blank=True)  # of `AgendaSubject.choices`
    cast_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "mandate"], name="one_ballot_per_member"),
            models.CheckConstraint(
                name="secret_ballot_says_nothing",
                condition=Q(is_secret=True, choice="") | (Q(is_secret=False) & ~Q(choice="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.mandate_id}"


class SecretCount(models.Model):
    """The urn of a secret vote: how many ballots per choice, and nothing else.

    Counters rather than one anonymous row per ballot: the order of rows, or the transaction number that PostgreSQL
    keeps on each, would tie a row to the mark of its voter. All the counters of an item are rewritten at each
    ballot, so that the last one does not show either.
    """

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="secret_counts")
    choice = models.CharField(max_length=30)  # of `AgendaSubject.choices`
    count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "choice"], name="one_counter_per_choice")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.choice}"


class Deferral(models.Model):
    """What the committee asks of the association before it gives its opinion, and what came (letter L5)."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="deferral")
    application = models.ForeignKey(Application, models.PROTECT, related_name="deferrals")
    questions = models.JSONField()  # precise questions, as sentences
    hearing = models.BooleanField(default=False)  # the association will be heard
    due_on = models.DateField(null=True, blank=True)  # none before the letter is received
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(max_length=20_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    files = models.ManyToManyField(StoredFile, related_name="+")  # sent with the answer
    passed_at = models.DateTimeField(null=True, blank=True)  # its time was over without an answer

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(answered_at=None, passed_at=None),
                name="one_open_deferral_per_dossier",
            ),
        ]

    def __str__(self) -> str:
        return f"deferral {self.pk}"
