"""The mails of this room: they only announce; the link leads to a page, after sign-in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from letters.actions import queue_mail
from letters.models import Mail
from letters.tasks import send_mail
from structures.models import Invitation, Structure


def send_invitation(invitation: Invitation, *, at: datetime) -> None:
    """Tell an address, known or not, that it is invited; tell the representative of a hand-over too."""
    known = User.objects.filter(email__iexact=invitation.email).first()
    if known is None:
        _write_to_stranger(invitation, at=at)
    else:
        queue_mail(
            kind="invitation",
            key=str(invitation.pk),
            recipient=known,
            title=lambda: _title(invitation),
            text=lambda: _text(invitation),
            at=at,
            thread=invitation.structure.thread,
            path=reverse("structure_invitations"),
        )
    former = invitation.structure.representative() if invitation.hands_over else None
    if former is not None:
        queue_mail(
            kind="hand_over_proposed",
            key=str(invitation.pk),
            recipient=former,
            title=lambda: _("Vous passez la main : {structure}").format(structure=invitation.structure.name),
            text=lambda: _(
                "Nous avons écrit à la personne qui prend la suite. Vous représentez la structure jusqu'à "
                "sa réponse. Ce n'est pas vous qui l'avez demandé ? Appelez-nous."
            ),
            at=at,
            thread=invitation.structure.thread,
        )


def tell_of_request(request: Invitation, *, at: datetime) -> None:
    """Tell the representative that somebody asks to join."""
    representative = request.structure.representative()
    if representative is None:
        return
    queue_mail(
        kind="request_to_join",
        key=str(request.pk),
        recipient=representative,
        title=lambda: _("Une personne demande à rejoindre {structure}").format(
            structure=request.structure.name
        ),
        text=lambda: _("Voyez qui, et répondez dans votre espace."),
        at=at,
        thread=request.structure.thread,
        path=reverse("structure_people"),
    )


def tell_of_answer(request: Invitation, *, accepted: bool, at: datetime) -> None:
    """Tell somebody what became of their request to join."""
    if request.requested_by is None:
        return
    queue_mail(
        kind="request_answered",
        key=str(request.pk),
        recipient=request.requested_by,
        title=lambda: _("Votre demande pour rejoindre {structure}").format(structure=request.structure.name),
        text=lambda: (
            _("Votre demande est acceptée. Votre espace est ouvert.")
            if accepted
            else _("Votre demande n'a pas été acceptée. Une question ? Appelez-nous.")
        ),
        at=at,
        thread=request.structure.thread,
        path=reverse("structure_people") if accepted else "",
    )


def tell_of_hand_over(structure: Structure, *, former: User | None, present: User, at: datetime) -> None:
    """Tell both people that the representative has changed."""
    told = [(present, _present_words)]
    if former is not None and former != present:
        told.append((former, _former_words))
    for person, words in told:
        queue_mail(
            kind="hand_over_done",
            key=f"{structure.pk}:{at.isoformat()}",
            recipient=person,
            title=lambda: _("La personne qui représente {structure} a changé").format(
                structure=structure.name
            ),
            text=words,
            at=at,
            thread=structure.thread,
            path=reverse("structure_people"),
        )


def _present_words() -> str:
    return _("Vous représentez maintenant la structure : vous signez la charte et déposez les dossiers.")


def _former_words() -> str:
    return _("Vous ne représentez plus la structure. Ce n'est pas normal ? Appelez-nous.")


def _title(invitation: Invitation) -> str:
    if invitation.hands_over:
        return _("On vous propose de représenter {structure}").format(structure=invitation.structure.name)
    return _("Invitation à rejoindre l'espace de {structure}").format(structure=invitation.structure.name)


def _text(invitation: Invitation) -> str:
    if invitation.hands_over:
        words = _(
            "Si vous acceptez, vous représenterez la structure : vous signerez la charte et déposerez les "
            "dossiers. Connectez-vous avec l'adresse {email}, puis répondez."
        )
    else:
        words = _(
            "Vous êtes invité dans l'espace de cette structure. "
            "Connectez-vous avec l'adresse {email}, puis répondez."
        )
    return words.format(email=invitation.email)


def _write_to_stranger(invitation: Invitation, *, at: datetime) -> None:
    """The outbox writes to people; somebody without an account yet has only an address."""
    mail = Mail.objects.create(
        thread=invitation.structure.thread,
        kind="invitation",
        key=f"invitation:{invitation.pk}:stranger",
        to_address=invitation.email,
        title=_title(invitation)[:200],
        text=f"{_text(invitation)}\n\n{settings.PUBLIC_URL}{reverse('structure_invitations')}",
        created_at=at,
        next_try_at=at,
    )
    transaction.on_commit(lambda: send_mail.enqueue(mail.pk), robust=True)
