"""Before a renewal is refused: what the Institute contemplates, and what the association answers (domain 3.1)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from label.models import Application
from letters.models import Letter


class RefusalHearing(models.Model):
    """The invitation to answer before a refusal of a renewal (letter L9d), and the answer.

    Ruling on a request asks for no hearing (CRPA L121-1); it is offered, because something held is being lost.
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="refusal_hearing")
    letter = models.ForeignKey(Letter, models.PROTECT, null=True, related_name="+")
    contemplated = models.TextField(max_length=10_000)  # the reasons for which a refusal is contemplated
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer_until = models.DateField(null=True, blank=True)  # known once the letter is received
    answer = models.TextField(max_length=20_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="refusal_hearing_says_why", condition=~Q(contemplated="")),
            models.CheckConstraint(
                name="refusal_answer_has_its_day",
                condition=Q(answered_at=None, answer="") | Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"hearing before refusal {self.pk}"
