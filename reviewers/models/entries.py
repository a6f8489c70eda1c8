"""A grid that a member gave on paper, by phone or in a meeting, and that somebody else typed (domain 6.9)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from letters.models import StoredFile
from reviewers.models.reviews import Assignment


def is_drawn(digest: str, *, percent: int) -> bool:
    """Whether the grid whose typing has this digest in the journal is one of the sample: the same for everybody."""
    return int(digest[:8], 16) % 100 < percent


ADVICE = "advice"  # beside the criteria, the overall advice is typed, corrected and compared too
KEEP, REPLACE = "keep", "replace"  # what the member wrote themselves, when somebody types for them


class GridEntryQuerySet(models.QuerySet["GridEntry"]):
    def waiting(self) -> GridEntryQuerySet:
        """Grids read back, in their days to correct or after them, not sealed yet: nothing more is asked."""
        return self.filter(assignment__state=Assignment.State.ACCEPTED, correction_due_on__isnull=False)

    def to_check(self) -> GridEntryQuerySet:
        """Grids drawn for the double check that still wait for a second person, or for their differences."""
        return self.waiting().filter(drawn=True, settled_at=None)

    def stuck(self, *, on: date) -> GridEntryQuerySet:
        """Grids whose days are over and that are not sealed: something is missing in them again."""
        return self.waiting().filter(correction_due_on__lt=on).exclude(drawn=True, settled_at=None)


class GridEntry(models.Model):
    """How a grid came and was typed, read back, corrected, checked by a second person.

    Who typed, the means, the scan and the day of the read-back stand on the assignment.
    """

    class ReadBack(models.TextChoices):
        CALL = "call", _("Au téléphone")
        LETTER = "letter", _("Par lettre")
        MEETING = "meeting", _("De vive voix")

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="entry")
    code = models.CharField(max_length=40, blank=True)  # printed on each page of the grid that came
    read_back_by = models.CharField(max_length=8, choices=ReadBack.choices, blank=True)
    entered_at = models.DateTimeField()
    correction_due_on = models.DateField(null=True, blank=True)  # the last of the days to correct
    corrected_at = models.DateTimeField(null=True, blank=True)  # by the member, on the pages
    corrected = models.JSONField(default=list)  # what they corrected: criteria, or the overall advice
    version = models.PositiveSmallIntegerField(default=0)  # of the typing: the double check is of that one
    # The draw of the double check: anybody can do it again from this digest of the journal.
    drawn_from = models.CharField(max_length=64, blank=True)
    drawn = models.BooleanField(default=False)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True, blank=True)
    second_lines = models.JSONField(default=dict)  # criterion → the choice typed blind by the second person
    differences = models.JSONField(default=list)  # criteria typed otherwise by the two
    settled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = GridEntryQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grid_entry_drawn_from_the_journal",
                condition=Q(drawn=False) | ~Q(drawn_from=""),
            ),
            models.CheckConstraint(
                name="grid_entry_settled_after_second",
                condition=Q(settled_at=None) | Q(second_at__isnull=False, second_at__lte=F("settled_at")),
            ),
            models.CheckConstraint(
                name="grid_entry_second_has_author",
                condition=Q(second_at=None, second_by=None)
                | Q(second_at__isnull=False, second_by__isnull=False),
            ),
        ]

        indexes: ClassVar = [
            models.Index(
                fields=["entered_at"], condition=Q(drawn=True, settled_at=None), name="grid_entry_to_check"
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"

    def is_open(self, *, on: date) -> bool:
        """Whether the grid may still be corrected that day."""
        return self.correction_due_on is None or on <= self.correction_due_on

    def type_over(self) -> None:
        """The grid is typed, again or not: what a second person read of it no longer counts; corrections stay."""
        self.version += 1
        self.second_by, self.second_at, self.settled_at = None, None, None
        self.second_lines, self.differences = {}, []

    def correct(self, code: str, *, at: datetime) -> None:
        """The member's own word on a criterion, or on the overall advice: a double check leaves it as it is."""
        self.corrected_at = at
        self.corrected = sorted({*self.corrected, code})
        self.save(update_fields=["corrected_at", "corrected"])

    @property
    def to_settle(self) -> list[str]:
        """The differences of the double check on which the member said nothing since."""
        return [code for code in self.differences if code not in self.corrected]

    @property
    def token(self) -> str:
        """What a page that shows the typing sends back: it says whether something was written meanwhile."""
        return f"{self.version}-{self.corrected_at.isoformat() if self.corrected_at else ''}"

    @property
    def awaits_second(self) -> bool:
        """Whether the double check keeps the grid from being sealed."""
        return self.drawn and self.settled_at is None


class RereadEntry(models.Model):
    """The second round of a member who answered on paper, by phone or face to face, typed by somebody else.

    The member may correct until the discussion is closed: nothing typed for them ends their rereading.
    """

    assignment = models.OneToOneField(Assignment, models.PROTECT, related_name="reread_entry")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    means = models.CharField(max_length=8, choices=Assignment.Means.choices)
    read_back_on = models.DateField()
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="reread_entry_by_post_has_its_scan",
                condition=~Q(means=Assignment.Means.POST) | Q(scan__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"reread entry {self.pk}"
