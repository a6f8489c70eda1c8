"""Mails leave from rows: written with what they announce, sent after commit, tried again until done or given up."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F
from django.utils import translation
from django.utils.html import format_html, format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import Suppression
from letters import registry
from letters.models import Mail

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
LEASE = timedelta(minutes=10)  # a worker that dies while sending leaves the mail to another after that time
BATCH = 100


def send(mail_pk: int, *, at: datetime) -> bool:
    """Send one waiting mail whose time has come; says whether it left.

    The row is claimed by a conditional update, so that two workers never send the same mail. A failure is tried
    again after 1, 2, 4... minutes, then given up and shown to the office. A mail to somebody who may no longer be
    written to is dropped.
    """
    mail = Mail.objects.select_related("recipient__shares_mailbox_with").filter(pk=mail_pk).first()
    if mail is None or not _claim(mail, at):
        return False
    listed = Suppression.objects
    if mail.recipient:  # somebody on the list has no mailbox any more: only the address is left to ask about
        address = mail.recipient.mailbox
        is_silent = not address or listed.hold(address)
    else:
        late = registry.late_addresses.get(mail.kind)
        address = late(mail) if late else mail.to_address
        is_silent = not address or listed.silences(address)
    if is_silent:
        Mail.objects.filter(pk=mail.pk).update(status=Mail.Status.DROPPED)
        return False
    try:
        message(mail, address).send()
    except (OSError, SMTPException) as error:
        logger.warning("mail %s did not leave: %s", mail.pk, type(error).__name__)
        _try_later(mail, at)
        return False
    kept = {"to_address": address} if mail.recipient else {}
    Mail.objects.filter(pk=mail.pk).update(status=Mail.Status.SENT, sent_at=at, **kept)
    return True


def flush(at: datetime) -> int:
    """Send the mails whose time has come, oldest first, and say how many left; stops after a hundred."""
    waiting = Mail.objects.filter(status=Mail.Status.QUEUED, next_try_at__lte=at).order_by(
        "next_try_at", "pk"
    )
    return sum(send(pk, at=at) for pk in list(waiting.values_list("pk", flat=True)[:BATCH]))


def message(mail: Mail, address: str) -> EmailMultiAlternatives:
    """The mail as text and as simple HTML, with the last line that every mail bears."""
    language = mail.recipient.language if mail.recipient else settings.LANGUAGE_CODE
    with translation.override(language):
        closing = _("Vous préférez le téléphone ou le courrier ? {phone}.").format(
            phone=settings.SERVICE_PHONE
        )
    text = f"{mail.text}\n\n{closing}\n"
    letter = EmailMultiAlternatives(mail.title, text, settings.DEFAULT_FROM_EMAIL, [address])
    if settings.SERVICE_EMAIL:
        letter.reply_to = [settings.SERVICE_EMAIL]
    letter.attach_alternative(_page(mail.title, text, language), "text/html")
    return letter


def _page(title: str, text: str, language: str) -> str:
    paragraphs = ((_linked(part),) for part in text.strip().split("\n\n"))
    return format_html(
        '<!DOCTYPE html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>{}</body></html>',
        language,
        title,
        format_html_join("", "<p>{}</p>", paragraphs),
    )


def _linked(paragraph: str) -> SafeString:
    linked = (
        urlize(paragraph, autoescape=True)
        if settings.PUBLIC_URL in paragraph
        else format_html("{}", paragraph)
    )
    return mark_safe(linked.replace("\n", "<br>"))


def _claim(mail: Mail, at: datetime) -> bool:
    if mail.status != Mail.Status.QUEUED or mail.next_try_at > at:
        return False
    free = Mail.objects.filter(pk=mail.pk, status=Mail.Status.QUEUED, next_try_at=mail.next_try_at)
    return bool(free.update(next_try_at=at + LEASE, attempts=F("attempts") + 1))


def _try_later(mail: Mail, at: datetime) -> None:
    attempts = mail.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        Mail.objects.filter(pk=mail.pk).update(status=Mail.Status.FAILED)
        return
    Mail.objects.filter(pk=mail.pk).update(next_try_at=at + timedelta(minutes=2 ** (attempts - 1)))
