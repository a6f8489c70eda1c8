"""A confirmed mailing leaves row by row: once to each who is still concerned, whatever crashes in between."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from accounts.models import User
from journal.models import Thread
from letters.actions.mails import queue_mail
from letters.campaigns import Words, campaigns
from letters.models import Mail, Mailing, MailingRecipient

BATCH = 200
Outcome = MailingRecipient.Outcome


def send_mailings(at: datetime) -> int:
    """Go on with every confirmed mailing, some recipients each; says how many were done. Safe to run twice at once."""
    return sum(
        send_mailing(pk, at=at) for pk in list(Mailing.objects.under_way().values_list("pk", flat=True))
    )


def send_mailing(mailing_pk: int, *, at: datetime) -> int:
    """Do the next recipients of a confirmed mailing, each in its own transaction: a crash loses and doubles nothing.

    The tick goes on with the rest.
    """
    mailing = Mailing.objects.under_way().filter(pk=mailing_pk).first()
    if mailing is None:
        return 0
    waiting = mailing.recipients.filter(done_at=None).order_by("pk").values_list("pk", flat=True)
    keys = list(waiting[:BATCH])
    done = sum(_tell(pk, at) for pk in keys)
    if not mailing.recipients.filter(done_at=None).exists():
        Mailing.objects.filter(pk=mailing.pk, finished_at=None).update(finished_at=at)
    return done


def words_for(recipient: MailingRecipient, *, at: datetime) -> Words:
    """What this recipient would read today, in their language."""
    mailing = recipient.mailing
    with translation.override(recipient.person.language if recipient.person else settings.LANGUAGE_CODE):
        return campaigns[mailing.kind].words(mailing.criteria, recipient, timezone.localdate(at))


@transaction.atomic
def _tell(recipient_pk: int, at: datetime) -> bool:
    """One recipient: its thread first, then its row, read afresh; told only when it is still concerned."""
    Thread.objects.hold(MailingRecipient.objects.values_list("thread_id", flat=True).get(pk=recipient_pk))
    rows = MailingRecipient.objects.select_for_update(of=("self",)).select_related("mailing", "person")
    row = rows.get(pk=recipient_pk)
    if row.done_at is not None:
        return False
    campaign, criteria = campaigns[row.mailing.kind], row.mailing.criteria
    if not campaign.still_concerns(criteria, row, timezone.localdate(at)):
        row.outcome = Outcome.NOT_CONCERNED
    elif row.person is None:
        row.outcome = Outcome.NOBODY
    else:
        row.mail = _queue(row, row.person, at)
        by_hand = row.mail is not None and row.mail.status == Mail.Status.BY_HAND
        row.outcome = (Outcome.BY_HAND if by_hand else Outcome.SENT) if row.mail else Outcome.NOBODY
    if row.outcome not in (Outcome.NOT_CONCERNED, Outcome.NOBODY):
        campaign.told(criteria, row, at)
    row.done_at = at
    row.save(update_fields=["outcome", "mail", "done_at"])
    return True


def _queue(row: MailingRecipient, person: User, at: datetime) -> Mail | None:
    words = words_for(row, at=at)
    return queue_mail(
        kind=row.mailing.kind,
        key=f"{row.mailing_id}:{row.subject}",
        recipient=person,
        title=words.title,
        text=words.text,
        at=at,
        thread=row.thread,
        path=words.path,
        or_by_hand=True,
    )
