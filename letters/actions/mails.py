"""A mail is a row first: written with what it announces, sent after commit, never twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import require
from journal.models import Thread
from journal.moves import Actor, append, subject_key
from journal.refusals import Blocked
from letters.models import Mail

Words = str | Promise | Callable[[], str]
TITLE_LENGTH = 200


def queue_mail(  # noqa: PLR0913 - the fields of one mail
    *,
    kind: str,
    key: str,
    recipient: User,
    title: Words,
    text: Words,
    at: datetime,
    thread: Thread | None = None,
    path: str = "",
    alone: bool = True,
    or_by_hand: bool = False,
    reminder: bool = False,
) -> Mail | None:
    """Queue a mail to one person; None when they have no mailbox, may not be written to, or already got it.

    `title` and `text` are put in the language of the recipient when they are lazy or functions. `path` is the
    address on this site of the one page that the mail leads to. `key` names the announcement: the same kind and
    key never leave twice to the same person. With `alone=False` it leaves with the work of the caller. With
    `reminder=True` it leaves with the other reminders of the day, in one mail (`letters.digests`). With
    `or_by_hand=True`, what cannot be written to somebody without a mailbox, or whose mails come back, waits for the
    office to say it by phone or by post. Never the opinion, the score, the health or the name of another person in a
    mail (screens, section 4).
    """
    address = recipient.mailbox if recipient.is_active else ""
    if or_by_hand and recipient.mail_comes_back:
        address = ""
    by_hand = or_by_hand and not address and recipient.is_active and not recipient.never_contact
    if not address and not by_hand:
        return None
    with translation.override(recipient.language):
        said, body = _said(title), _said(text).strip()
        if recipient.shares_mailbox_with_id:
            body = _("Pour {name}").format(name=recipient.get_full_name()) + "\n\n" + body
    try:
        with transaction.atomic():
            mail = Mail.objects.create(
                key=f"{kind}:{key}:{recipient.pk}",
                thread=thread,
                kind=kind,
                recipient=recipient,
                to_address=address,
                title=Truncator(" ".join(said.split())).chars(TITLE_LENGTH),
                text=f"{body}\n\n{settings.PUBLIC_URL}{path}" if path and address else body,
                status=_first_status(by_hand=by_hand, reminder=reminder),
                created_at=at,
                next_try_at=at,
            )
    except IntegrityError:
        return None
    if alone and mail.status == Mail.Status.QUEUED:
        transaction.on_commit(lambda: _ask_to_send(mail.pk), robust=True)
    return mail


def queue_mail_without_name(
    *, kind: str, key: str, title: str, text: str, at: datetime, thread: Thread, path: str = ""
) -> Mail | None:
    """Queue a mail to somebody without account, whose address is asked for when it leaves (`registry.late_address`).

    Nothing in the row says who they are. None when the same announcement was queued before; in French.
    """
    try:
        with transaction.atomic():
            mail = Mail.objects.create(
                key=f"{kind}:{key}",
                thread=thread,
                kind=kind,
                title=Truncator(title).chars(TITLE_LENGTH),
                text=f"{text}\n\n{settings.PUBLIC_URL}{path}" if path else text,
                created_at=at,
                next_try_at=at,
            )
    except IntegrityError:
        return None
    transaction.on_commit(lambda: _ask_to_send(mail.pk), robust=True)
    return mail


@transaction.atomic
def tell_by_hand(*, mail_pk: int, at: datetime, by: Actor) -> Mail:
    """The office has called, met or written to somebody whom a mail cannot reach, or did not reach.

    A second call changes nothing. Raises `DoesNotExist`, `NotAllowed`; `Blocked` for a mail that left or will leave.
    """
    thread_pk = Mail.objects.values_list("thread", flat=True).get(pk=mail_pk)
    held = Thread.objects.hold(thread_pk) if thread_pk else {}
    mail = Mail.objects.select_for_update(of=("self",)).select_related("recipient").get(pk=mail_pk)
    require("letters.tell_by_hand", by, mail, on=timezone.localdate(at))
    if mail.status == Mail.Status.TOLD:
        return mail
    if mail.status not in Mail.NOT_REACHED:
        raise Blocked([_("Ce message est parti, ou partira par e-mail.")])
    mail.status, mail.sent_at = Mail.Status.TOLD, at
    mail.save(update_fields=["status", "sent_at"])
    for thread in held.values():
        acting = by.standing_for(mail.recipient) if mail.recipient else by
        append(thread, subject=subject_key(mail), move="tell_by_hand", at=at, by=acting)
    return mail


def _first_status(*, by_hand: bool, reminder: bool) -> str:
    if by_hand:
        return Mail.Status.BY_HAND
    return Mail.Status.GATHERING if reminder else Mail.Status.QUEUED


def _ask_to_send(pk: int) -> None:
    from letters.tasks import send_mail  # noqa: PLC0415 - tasks know the outbox

    send_mail.enqueue(pk)


def _said(words: Words) -> str:
    return words() if callable(words) else str(words)
