"""What waits to leave to somebody on the suppression list is dropped at once: mails, letters not posted yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import Suppression, User
from accounts.suppression import suppressed
from journal.models import Thread
from journal.moves import Actor, note
from letters import subjects
from letters.models import Letter, Mail


@receiver(suppressed, sender=Suppression)
def drop_waiting_mails(user: User | None, address: str, **_: Any) -> None:
    """Mails queued for that person; those for the address alone, unless somebody else reads it."""
    found = Q(recipient=user) if user is not None else Q(pk__in=[])
    if address and Suppression.objects.silences(address):
        found |= Q(to_address__iexact=address)
    waiting = [Mail.Status.QUEUED, Mail.Status.BY_HAND]
    Mail.objects.filter(found, status__in=waiting).update(status=Mail.Status.DROPPED)


@receiver(suppressed, sender=Suppression)
def withdraw_letters(user: User | None, at: datetime, by: Actor, **_: Any) -> None:
    """Letters on paper that were not posted leave the lists (`Letter.is_withdrawn`); the journal of each keeps it."""
    if user is None:
        return
    rows = Letter.objects.filter(
        addressee=user, channel=Letter.Channel.POST, sent_on=None, received_on=None
    ).order_by("thread_id", "pk")
    letters = list(rows.values_list("thread_id", "subject"))
    Thread.objects.hold(*(thread for thread, _subject in letters))
    for _thread, subject in letters:
        note(subjects.held(subject), what="letter_withdrawn", at=at, by=by)
