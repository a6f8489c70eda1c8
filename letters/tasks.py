"""Work done after commit: mails that leave, PDFs that are made, files that are looked at.

Each task starts from its row and does nothing when the row says that it was done; the tick asks again for what
stayed behind. Only keys travel in tasks.
"""

from __future__ import annotations

from django.utils import timezone
from django_tasks import task

from letters import outbox, pdfs, scans, sending


@task()
def send_mail(mail_pk: int) -> None:
    """Send one mail of the outbox when its time has come."""
    outbox.send(mail_pk, at=timezone.now())


@task()
def send_mailing_in_background(mailing_pk: int) -> None:
    """Do the next recipients of a confirmed mailing."""
    sending.send_mailing(mailing_pk, at=timezone.now())


@task()
def make_letter_pdf(letter_pk: int, mail_pk: int | None = None) -> None:
    """Make the PDF of a letter that has none, then send the mail that announces it: it leads to something to read."""
    now = timezone.now()
    pdfs.make(letter_pk, at=now)
    if mail_pk is not None:
        outbox.send(mail_pk, at=now)


@task()
def scan_file(file_pk: int) -> None:
    """Show one file to the antivirus."""
    scans.scan(file_pk, at=timezone.now())
