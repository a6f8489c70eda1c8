"""Letter L17, and where mails to the people who reported go: their address lies in their erasable row alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.models import User
from certificates.models import Label
from feedback.models import Report, Source
from journal.moves import subject_key
from label.models import Application
from letters.models import Mail
from letters.registry import also_tells_office, late_address, letter

SUBJECT = "feedback.report"
MAIL = "report"  # the kind of the mails to who reported
OUTCOMES = {
    "inadmissible": "Ce que vous signalez n'entre pas dans notre rôle : la réponse dit pourquoi.",
    "passed_on": "Nous l'avons transmis à l'autorité compétente.",
    "unfounded": "Nous avons vérifié : les faits n'ont pas pu être établis.",
    "founded": "Nous avons vérifié : les faits sont établis, et l'association doit corriger.",
    "closed": "Nous avons vérifié : les faits étaient établis, et les mesures demandées sont prises.",
}


@letter("L17", about=SUBJECT, compulsory=())
def answer_to_who_reported(report: Report, *, outcome: str = "", **extra: Any) -> dict[str, Any]:
    """Facts of the answer. It bears no name: an envelope carries it, and nobody who finds it learns who reported.

    `outcome` is the state reached; a linked report is answered with the words of the one that it follows.
    """
    first = report.duplicate_of or report
    return {
        "structure": "",
        "addressee_lines": [
            "À la personne qui a fait le signalement",
            report.reference,
        ],
        "number": report.reference,
        "reported_on": timezone.localdate(report.received_at),
        "outcome": OUTCOMES.get(outcome, ""),
        "answer": first.answer,
        "authority": first.authority if outcome == "passed_on" else "",
        **extra,
    }


@late_address(MAIL)
def address_of(mail: Mail) -> str:
    """The address that the person left, as it is when the mail leaves; empty once erased."""
    found = Source.objects.filter(report__thread=mail.thread_id).values_list("email", flat=True).first()
    return found or ""


@also_tells_office("label.application")
@also_tells_office("certificates.label")
def officers_who_inquire(about: Application | Label, on: date) -> Iterable[User]:
    """Who put facts to the association and waits for its answer; the mail says no more than that a message came."""
    waiting = Report.objects.filter(asked__subject=subject_key(about), state=Report.State.UNDER_INQUIRY)
    return User.objects.answering_for(list(waiting.values_list("officer_id", flat=True)), on=on)
