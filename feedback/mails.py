"""The mails of a report: to who told it, without a word of what it says; to the people of the Institute."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from feedback.correspondence import MAIL
from feedback.models import Report
from feedback.rules import tied
from letters.actions import queue_mail, queue_mail_without_name


def tell_received(report: Report, *, at: datetime) -> None:
    """The number and what happens next; never the secret code, which was shown once."""
    text = (
        f"Votre signalement est bien arrivé. Son numéro est {report.reference}.\n\n"
        f"Une personne le lit sous {settings.REPORT_ANSWER_DAYS} jours."
    )
    _to_source(report, "received", f"Signalement reçu : {report.reference}", text, at)


def tell_answered(report: Report, *, at: datetime) -> None:
    """Something new waits behind the number and the code."""
    text = "Du nouveau sur votre signalement : il faut votre numéro et votre code pour lire sa page."
    _to_source(report, f"answer:{report.told_state}", f"Votre signalement {report.reference}", text, at)


def _to_source(report: Report, key: str, title: str, text: str, at: datetime) -> None:
    """In French, as letters are: nothing is kept of the language of somebody without account."""
    if report.source.email:
        queue_mail_without_name(
            kind=MAIL,
            key=f"{report.reference}:{key}",
            title=title,
            text=text,
            at=at,
            thread=report.thread,
            path=reverse("report_follow"),
        )


def alert_signatories(report: Report, *, at: datetime) -> None:
    """Each signatory who may read it is told at once that people may be in danger; the words stay on the page."""
    today = timezone.localdate(at)
    for person in User.objects.holding(Role.SIGNATORY, on=today):
        if Report.objects.filter(tied(person, on=today), pk=report.pk).exists():
            continue
        queue_mail(
            kind="report_safety",
            key=report.reference,
            recipient=person,
            title=gettext_lazy("Un signalement de danger attend votre lecture"),
            text=gettext_lazy("Quelqu'un signale que des personnes peuvent être en danger."),
            at=at,
            thread=report.thread,
            path=reverse("staff_report", args=[report.reference]),
        )
