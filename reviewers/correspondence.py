"""The letters of the committee (L5, L5b, L14, L15, L18), what the receipt of L5 brings, who downloads its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import roles_of
from journal.moves import Actor
from label.actions import material, pieces
from label.correspondence import common
from label.models import Application
from letters.models import Letter
from letters.registry import file_audience, letter, on_receipt
from letters.typography import french_time
from reviewers.actions.sessions.deferrals import DOCUMENT, open_deferral, time_to_answer_starts
from reviewers.actions.sessions.minutes import PURPOSE
from reviewers.addresses import home_of, is_on_paper
from reviewers.models import Assignment, Evaluation, Mandate, Publication, Session
from reviewers.paper_opinion import PAPER_MINUTES
from reviewers.reading import closed_keys, is_kept_from
from reviewers.session_mails import member_page


@file_audience("paper_grid")
def reads_paper_grid(user: User, on: date, record: models.Model) -> bool:
    """The scores of a paper grid: the member who gave them, and the secretariat who typed them."""
    assignment = cast(Assignment, record)
    return assignment.mandate.user_id == user.pk or Role.SECRETARIAT in roles_of(user, on=on)


@file_audience("consent")
def reads_consent(user: User, on: date, record: models.Model) -> bool:
    """The signed consent of a member: the member, the secretariat and the ethics officer."""
    mandate = cast(Mandate, record)
    return mandate.user_id == user.pk or bool({Role.SECRETARIAT, Role.ETHICS_OFFICER} & roles_of(user, on=on))


@file_audience(PURPOSE)
def reads_minutes(user: User, on: date, record: models.Model) -> bool:
    """The whole minutes name people: those who sit and the offices that work with the committee, none with a link.

    Somebody kept away from an item reads the minutes without it, on the page of the session.
    """
    if closed_keys(cast(Session, record), user, on=on):
        return False
    if {Role.SECRETARIAT, Role.ETHICS_OFFICER} & roles_of(user, on=on):
        return True
    return Mandate.objects.filter(user=user, state__in=Mandate.SEATED).exists()


@file_audience(PAPER_MINUTES)
def reads_paper_minutes(user: User, on: date, record: models.Model) -> bool:
    """The minutes of a session held on paper name people: the offices that handle the dossier, none with a link."""
    dossier = Application.objects.visible_to(user, on=on).filter(pk=cast(Evaluation, record).application_id)
    handling = {Role.SECRETARIAT, Role.ETHICS_OFFICER, Role.CASE_OFFICER, Role.SIGNATORY}
    return bool(handling & roles_of(user, on=on)) and dossier.exists()


def reads_documents(user: User, on: date, record: models.Model) -> bool:
    """The documents of a dossier: whoever sees the dossier, unless a link found today keeps them from it."""
    return not is_kept_from(cast(Application, record), user, on=on)


for _purpose in (material.PURPOSE, pieces.PURPOSE, DOCUMENT):
    file_audience(_purpose)(reads_documents)


@letter("L5", about="label.application", compulsory=("structure", "questions", "answer_before"))
def deferral_letter(application: Application, **extra: Any) -> dict[str, Any]:
    """Facts of the deferral: the exact questions, the time to answer from the receipt, whether there is a hearing.

    `answer_before` is given: the last day if the letter is received the day it is written, never sooner.
    """
    deferral = open_deferral(application)
    return {
        **common(application),
        "questions": deferral.questions if deferral else [],
        "days": settings.DEFERRAL_DAYS,
        "hearing": deferral.hearing if deferral else False,
        **extra,
    }


@on_receipt("L5")
def deferral_letter_received(
    letter: Letter, received_on: date, presumed: bool, at: datetime, by: Actor
) -> None:
    """The time to answer the committee counts from the receipt of its letter (domain 5.3)."""
    time_to_answer_starts(letter_pk=letter.pk, received_on=received_on, at=at, by=by)


@letter("L5b", about="label.application", compulsory=("structure", "sits_on", "place"))
def hearing_letter(
    application: Application, *, session: Session, cancelled: bool = False, **extra: Any
) -> dict[str, Any]:
    """Facts of a hearing: when and where the association is heard, or that it is not heard that day."""
    return {
        **common(application),
        "sits_on": session.sits_on,
        "sits_time": french_time(session.sits_at),
        "place": session.place,
        "link": "" if cancelled else session.link,
        "access": session.access_notes,
        "cancelled": cancelled,
        **extra,
    }


@letter("L14", about="reviewers.session", compulsory=("agenda", "sits_on", "place"))
def convening_letter(
    session: Session, *, agenda: Sequence[str] = (), member: User | None = None, **extra: Any
) -> dict[str, Any]:
    """Facts of a convocation; `agenda` is what that member may read of it, one line per item."""
    return {
        "structure": "",
        "address_lines": home_of(member) if member else [],
        "officer": session.secretary.get_full_name(),
        "agenda": list(agenda),
        "sits_on": session.sits_on,
        "sits_time": french_time(session.sits_at),
        "place": session.place,
        "link": session.link,
        "access": session.access_notes,
        "expenses": session.expenses_notes,
        "length": session.minutes_planned,
        "second": session.is_second,
        "page": f"{settings.PUBLIC_URL}{member_page(session)}",
        **extra,
    }


@letter("L15", about="reviewers.mandate", compulsory=())
def call_for_interests(
    mandate: Mandate, *, before: date, is_first: bool = False, **extra: Any
) -> dict[str, Any]:
    """Facts of the call for interests: until when, what happens without answer, who helps."""
    effect = (
        "Tant que ce n'est pas fait, nous ne vous confions pas de dossier."
        if is_first
        else "Sans réponse à cette date, nous ne vous confions plus de dossier jusqu'à votre réponse."
    )
    return {
        **_of_a_mandate(mandate),
        "before": before,
        "first": is_first,
        "effect": effect,
        "help_line": ", ".join(words for words in (settings.SERVICE_PHONE, settings.SERVICE_HOURS) if words),
        "page": f"{settings.PUBLIC_URL}{reverse('committee_interests')}",
        **extra,
    }


PUBLISHED = {
    Publication.NAME_AND_COLLEGE: "Aujourd'hui, tout le monde peut lire votre nom et votre collège.",
    Publication.NAME: "Aujourd'hui, tout le monde peut lire votre nom. Votre collège n'est pas écrit.",
    Publication.PSEUDONYM: "Aujourd'hui, seul le pseudonyme que vous avez choisi est écrit.",
    Publication.NOTHING: "Aujourd'hui, rien n'est écrit sur vous.",
}


@letter("L18", about="reviewers.mandate", compulsory=())
def consent_to_hold_the_college(mandate: Mandate, **extra: Any) -> dict[str, Any]:
    """Facts of the consent (GDPR, articles 7-3 and 9-2-a): what is published, how to take it back.

    The college itself is not written: the letter may be opened by somebody else at home.
    """
    page = f"{settings.PUBLIC_URL}{reverse('committee_withdraw_consent')}"
    by_hand = f"Appelez-nous au {settings.SERVICE_PHONE}, ou écrivez-nous."
    return {
        **_of_a_mandate(mandate),
        "consented_on": timezone.localdate(mandate.consented_at) if mandate.consented_at else None,
        "published": PUBLISHED[Publication(mandate.publication)],
        "withdraw": by_hand if is_on_paper(mandate.user) else f"{by_hand} En ligne : {page}.",
        "kept_months": settings.MANDATE_KEPT_MONTHS,
        "page": f"{settings.PUBLIC_URL}{reverse('committee_mandate')}",
        **extra,
    }


def _of_a_mandate(mandate: Mandate) -> dict[str, Any]:
    return {"structure": "", "address_lines": home_of(mandate.user)}
