"""What awaits the secretariat: letters to post, receipts to note, mails that did not leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from letters.models import Letter, Mail
from reviewers.models import Invitation
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.office.rows import of_person, person_task, task


def _letter(found: Found) -> Task:
    url = reverse("staff_letter", args=[found.row])
    before = timezone.localdate(found.since) + timedelta(days=settings.POSTING_DAYS)
    return task(found, "letter", _("Envoyer un courrier recommandé"), url, why=found.extra, due_on=before)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="issued_at",
    tell=_letter,
    reference="thread__reference",
    name="thread__application__structure__name",
    extra="title",
)
def letters_to_post(reader: Reader) -> QuerySet[Any, Any]:
    """Letters to print, sign by hand and post."""
    return Letter.objects.to_serve_by_post().filter(sent_on=None)


def _lost(found: Found) -> Task:
    url = reverse("staff_letter", args=[found.row])
    title = _("Remettre par courrier une lettre mise en ligne : les e-mails reviennent")
    return task(found, "lost-letter", title, url, why=found.extra)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="issued_at",
    tell=_lost,
    reference="thread__reference",
    name="thread__application__structure__name",
    extra="title",
)
def letters_lost_online(reader: Reader) -> QuerySet[Any, Any]:
    """Acts that wait online while the mails that announce them come back: no time limit runs (domain 5.3)."""
    return Letter.objects.lost_online()


def _receipt(found: Found) -> Task:
    url = reverse("staff_letter", args=[found.row])
    before = found.due_on + timedelta(days=settings.RECEIPT_DAYS) if found.due_on else None
    return task(found, "receipt", _("Noter la réception d'un courrier"), url, why=found.extra, due_on=before)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="issued_at",
    tell=_receipt,
    reference="thread__reference",
    name="thread__application__structure__name",
    extra="title",
    due="sent_on",
)
def receipts_to_note(reader: Reader) -> QuerySet[Any, Any]:
    """Letters posted whose receipt is not noted: no time limit runs without that proof."""
    return Letter.objects.to_serve_by_post().filter(sent_on__isnull=False)


def _convocation(found: Found) -> Task:
    url = f"{reverse('staff_session', args=[found.extra])}#adresses"
    title = _("Trouver l'adresse d'un membre pour le convoquer")
    return person_task(found, "convocation", title, url)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="session__convened_at",
    tell=_convocation,
    **of_person("mandate__user__"),
    extra="session__reference",
)
def convocations_without_address(reader: Reader) -> QuerySet[Any, Any]:
    """Members convened to a session to come whose letter could not be written: no address is known."""
    return Invitation.objects.unwritten()


def _mail(found: Found) -> Task:
    title = _("Joindre une personne autrement : un e-mail n'est pas parti")
    return task(found, "mail", title, reverse("staff_letters"))


@source(
    "staff",
    Role.SECRETARIAT,
    moment="created_at",
    tell=_mail,
    reference="thread__reference",
    name="thread__application__structure__name",
)
def mails_that_failed(reader: Reader) -> QuerySet[Any, Any]:
    """Mails that could not leave: somebody calls or writes instead."""
    return Mail.objects.filter(status=Mail.Status.FAILED)


def _by_hand(found: Found) -> Task:
    title = _("Appeler une personne sans e-mail, ou lui écrire")
    url = f"{reverse('staff_letters')}#unreached"
    return Task(
        f"byhand-{found.row}", title, f"{found.name} ({found.reference})", url, found.since, why=found.extra
    )


@source(
    "staff",
    Role.SECRETARIAT,
    moment="created_at",
    tell=_by_hand,
    reference=F("thread__reference"),
    name="recipient__last_name",
    extra="title",
)
def messages_to_say(reader: Reader) -> QuerySet[Any, Any]:
    """What people without a mailbox are told otherwise: a session cancelled, changed, near."""
    return Mail.objects.filter(status=Mail.Status.BY_HAND)
