"""Digest instead of noise: the reminders of a day to one person become one mail. Formal letters stay apart."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from letters.models import Mail

DIGEST = "digest"
BATCH = 500


def gather(at: datetime) -> int:
    """Put the waiting reminders on their way: one alone as it is, several to one person as one mail. Says how many.

    Somebody who already had a digest that day waits for the next one. Safe to run twice at once: the key of the
    digest is unique, and each person is done in one transaction.
    """
    today = Mail.objects.filter(kind=DIGEST, recipient=OuterRef("recipient"), key__startswith=_key(at))
    waiting = Mail.objects.filter(~Exists(today), status=Mail.Status.GATHERING).order_by().values("recipient")
    people = waiting.annotate(number=Count("pk")).values_list("recipient", flat=True)[:BATCH]
    return sum(_gather_one(person, at) for person in list(people))


@transaction.atomic
def _gather_one(recipient_pk: int, at: datetime) -> int:
    person = User.objects.select_for_update(of=("self",)).get(pk=recipient_pk)
    key = f"{_key(at)}:{person.pk}"
    rows = list(Mail.objects.filter(recipient=person, status=Mail.Status.GATHERING).order_by("pk"))
    if not rows or Mail.objects.filter(key=key).exists():
        return 0
    if len(rows) == 1:
        Mail.objects.filter(pk=rows[0].pk).update(status=Mail.Status.QUEUED, next_try_at=at)
        return 1
    with translation.override(person.language):
        title = ngettext("{n} rappel", "{n} rappels", len(rows)).format(n=len(rows))
        hello = _("Voici ce qui vous attend. Chaque point mène à sa page.")
    parts = [hello, *(f"{row.title}\n{row.text}" for row in rows)]
    digest = Mail.objects.create(
        key=key,
        kind=DIGEST,
        recipient=person,
        to_address=rows[0].to_address,
        title=f"{title} – {settings.SERVICE_NAME}",
        text="\n\n".join(parts),
        created_at=at,
        next_try_at=at,
    )
    Mail.objects.filter(pk__in=[row.pk for row in rows]).update(status=Mail.Status.JOINED, joined_in=digest)
    return 1


def _key(at: datetime) -> str:
    return f"{DIGEST}:{timezone.localdate(at).isoformat()}"
