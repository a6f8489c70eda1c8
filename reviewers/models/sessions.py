"""The sittings of the committee: when and where, who was convened, who came and how."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from journal.models import Thread
from journal.visibility import VisibleQuerySet
from letters.models import Letter
from reviewers.lifecycle import SessionLifecycle
from reviewers.models.people import College, Mandate
from reviewers.models.reviews import Assignment

if TYPE_CHECKING:
    from django.db.models import QuerySet

FIRST, SECOND = 1, 2  # convocations
Means = Assignment.Means


class SessionQuerySet(VisibleQuerySet["Session"]):
    def to_come(self, *, after: datetime) -> QuerySet[Session]:
        """Sessions that will sit after that moment, soonest first."""
        return self.filter(state__in=SessionLifecycle.TO_COME, sits_at__gte=after).order_by("sits_at", "pk")


class Session(SessionLifecycle):
    """One sitting. Two members share the chair: one of the patients or caregivers, one professional (domain 6.1)."""

    thread = models.OneToOneField(Thread, models.PROTECT, related_name="committee_session")
    reference = models.CharField(max_length=24, unique=True)  # SEA-2027-000003-12
    sits_at = models.DateTimeField()
    minutes_planned = models.PositiveSmallIntegerField(default=120)  # domain 6.9: two hours with a break
    place = models.CharField(_("Lieu"), max_length=300)
    link = models.URLField(_("Lien pour suivre à distance"), max_length=300, blank=True)
    access_notes = models.TextField(_("Accès et besoins"), max_length=2000, blank=True)
    expenses_notes = models.TextField(_("Frais"), max_length=2000, blank=True)
    lay_chair = models.ForeignKey(Mandate, models.PROTECT, related_name="+")  # patients or caregivers
    professional_chair = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    # Who presides over an item when neither co-chair may: named by the co-chairs or the secretariat.
    acting_chair = models.ForeignKey(Mandate, models.PROTECT, null=True, blank=True, related_name="+")
    secretary = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first_sits_at = models.DateTimeField(null=True, blank=True)  # the date of the first convocation
    quorum = models.JSONField(default=dict)  # as counted when the sitting began

    objects: ClassVar = SessionQuerySet.as_manager()

    class Meta(SessionLifecycle.Meta):
        abstract = False
        verbose_name = _("séance")
        constraints: ClassVar = [
            *SessionLifecycle.Meta.constraints,
            models.CheckConstraint(
                name="session_has_two_chairs", condition=~Q(lay_chair=F("professional_chair"))
            ),
            models.CheckConstraint(
                name="session_has_a_bounded_length",
                condition=Q(minutes_planned__gte=15, minutes_planned__lte=600),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["state", "sits_at"], name="session_by_date")]

    def __str__(self) -> str:
        return self.reference

    @property
    def sits_on(self) -> date:
        """The day of the sitting in Paris."""
        return timezone.localdate(self.sits_at)

    @property
    def ends_at(self) -> datetime:
        """When it should be over."""
        return self.sits_at + timedelta(minutes=self.minutes_planned)

    @property
    def convocation(self) -> int:
        """1 or 2: which convocation the members answer."""
        return SECOND if self.reconvened_at is not None else FIRST

    @property
    def is_second(self) -> bool:
        """« Seconde convocation »: no overall quorum is required."""
        return self.convocation == SECOND

    @property
    def chair_pks(self) -> set[int]:
        """The keys of the mandates that may preside."""
        found = {self.lay_chair_id, self.professional_chair_id}
        return found | ({self.acting_chair_id} if self.acting_chair_id else set())


class AttendanceMode(models.TextChoices):
    """How a member takes part (domain 5.1 SESSION)."""

    PRESENT = "present", _("Sur place")
    REMOTE = "remote", _("À distance")
    PROXY = "proxy", _("Par pouvoir")
    WRITTEN = "written", _("Par écrit")


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unwritten(self) -> InvitationQuerySet:
        """Members convened to a session that is awaited, to whom no letter could be written for want of an address."""
        second = Q(session__state=Session.State.RECONVENED, convocation=SECOND)
        first = Q(session__state=Session.State.CONVENED, convocation=FIRST)
        return self.filter(first | second, letter=None, mandate__user__never_contact=False)


class Invitation(models.Model):
    """One member convened, with the letter, and what they answered."""

    class Answer(models.TextChoices):
        PRESENT = "present", _("Je viens")
        REMOTE = "remote", _("Je participe à distance")
        PROXY = "proxy", _("Je donne un pouvoir")
        WRITTEN = "written", _("J'envoie ma contribution par écrit")
        ABSENT = "absent", _("Je ne participe pas")

    session = models.ForeignKey(Session, models.PROTECT, related_name="invitations")
    convocation = models.PositiveSmallIntegerField(default=FIRST)
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")
    on_paper = models.BooleanField(default=False)  # the documents are printed and posted
    large_print = models.BooleanField(default=False)
    answer = models.CharField(max_length=8, choices=Answer.choices, blank=True)
    holder = models.ForeignKey(Mandate, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    # How it reached the secretariat, who noted it; empty when the member answered alone.
    means = models.CharField(max_length=8, choices=Means.choices, blank=True)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "convocation", "mandate"], name="one_invitation_per_member"
            ),
            models.CheckConstraint(
                name="invitation_names_a_holder_for_a_proxy",
                condition=Q(answer="proxy", holder__isnull=False) | (~Q(answer="proxy") & Q(holder=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.mandate_id}"


class Attendance(models.Model):
    """How a member takes part in the sitting, with the college as it was that day."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendance")
    convocation = models.PositiveSmallIntegerField(default=FIRST)
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="+")
    college = models.CharField(max_length=14, choices=College.choices)
    mode = models.CharField(max_length=8, choices=AttendanceMode.choices)
    holder = models.ForeignKey(Mandate, models.PROTECT, null=True, blank=True, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)  # gone for good before the end
    # What was written before, once the sitting had begun: {"mode", "holder" (key of a mandate), "until"}, in order.
    earlier = models.JSONField(default=list, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    expenses_cents = models.PositiveIntegerField(null=True, blank=True)
    expenses_notes = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "convocation", "mandate"], name="one_attendance_per_member"
            ),
            models.UniqueConstraint(
                fields=["session", "convocation", "holder"],
                condition=Q(mode="proxy"),
                name="one_proxy_per_holder",
            ),
            models.CheckConstraint(
                name="attendance_proxy_has_a_holder",
                condition=Q(mode="proxy", holder__isnull=False) | (~Q(mode="proxy") & Q(holder=None)),
            ),
            models.CheckConstraint(
                name="attendance_nobody_holds_their_own_proxy",
                condition=Q(holder=None) | ~Q(holder=F("mandate")),
            ),
            models.CheckConstraint(
                name="attendance_expenses_are_bounded",
                condition=Q(expenses_cents=None) | Q(expenses_cents__lte=1_000_000),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.mandate_id} {self.mode}"

    @property
    def in_person(self) -> bool:
        """Whether the member is there in person, in the room or on the line."""
        return self.mode in (AttendanceMode.PRESENT, AttendanceMode.REMOTE)
