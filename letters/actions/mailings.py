"""A mail to many: prepared and looked at, then confirmed by its number. `letters.sending` sends it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import require
from journal.models import Thread
from journal.moves import Actor, append, subject_key
from journal.refusals import Blocked, Missing
from letters.campaigns import campaigns
from letters.models import Mailing, MailingRecipient


@transaction.atomic
def prepare_mailing(*, kind: str, at: datetime, by: Actor) -> Mailing:
    """Freeze whom this mailing would reach today; nothing leaves before somebody confirms it.

    Raises `LookupError` for an unknown kind, `NotAllowed`, `Blocked` when nobody is concerned or when another one of
    this kind is not over.
    """
    campaign, on = campaigns[kind], timezone.localdate(at)
    require("letters.send_mailing", by, on=on)
    criteria = campaign.criteria(on)
    told = set(MailingRecipient.objects.told(kind, criteria).values_list("subject", flat=True))
    concerned = campaign.concerned(criteria, on) if criteria is not None else ()
    targets = [target for target in concerned if target.subject not in told]
    if criteria is None or not targets:
        raise Blocked([_("Personne n'est concerné aujourd'hui.")])
    thread = Thread.objects.create(reference=f"ENV-{uuid.uuid4().hex[:12]}")
    try:
        with transaction.atomic():
            mailing = Mailing.objects.create(
                thread=thread,
                kind=kind,
                criteria=dict(criteria),
                number=len(targets),
                prepared_by=_person(by),
                prepared_at=at,
            )
    except IntegrityError:
        raise Blocked([_("Un envoi de ce type n'est pas terminé. Terminez-le ou abandonnez-le.")]) from None
    MailingRecipient.objects.bulk_create(
        MailingRecipient(
            mailing=mailing,
            thread_id=target.thread_id,
            subject=target.subject,
            about=target.about,
            person=target.person,
        )
        for target in targets
    )
    _journal(mailing, "prepare_mailing", at=at, by=by)
    return mailing


@transaction.atomic
def confirm_mailing(*, mailing_pk: int, typed: int, at: datetime, by: Actor) -> Mailing:
    """Let it leave: `typed` is the number of recipients, as the person read and typed it again.

    Confirming twice changes nothing. Raises `NotAllowed`, `Blocked` for another number or one that was given up.
    """
    mailing = _held(mailing_pk)
    require("letters.send_mailing", by, mailing, on=timezone.localdate(at))
    if mailing.confirmed_at is not None:
        return mailing
    if mailing.abandoned_at is not None:
        raise Blocked([_("Cet envoi a été abandonné. Préparez-en un autre.")])
    if typed != mailing.number:
        raise Blocked([Missing(_("Tapez le nombre de destinataires écrit plus haut."), code="typed")])
    mailing.confirmed_at, mailing.confirmed_by = at, _person(by)
    mailing.save(update_fields=["confirmed_at", "confirmed_by"])
    _journal(mailing, "confirm_mailing", at=at, by=by)
    transaction.on_commit(lambda: _ask_to_send(mailing.pk), robust=True)
    return mailing


@transaction.atomic
def abandon_mailing(*, mailing_pk: int, at: datetime, by: Actor) -> Mailing:
    """Give it up before anything left. Raises `NotAllowed`, `Blocked` once it is confirmed."""
    mailing = _held(mailing_pk)
    require("letters.send_mailing", by, mailing, on=timezone.localdate(at))
    if mailing.confirmed_at is not None:
        raise Blocked([_("Cet envoi est parti.")])
    if mailing.abandoned_at is None:
        mailing.abandoned_at = at
        mailing.save(update_fields=["abandoned_at"])
        _journal(mailing, "abandon_mailing", at=at, by=by)
    return mailing


def _held(mailing_pk: int) -> Mailing:
    Thread.objects.hold(Mailing.objects.values_list("thread_id", flat=True).get(pk=mailing_pk))
    return Mailing.objects.get(pk=mailing_pk)


def _journal(mailing: Mailing, move: str, *, at: datetime, by: Actor) -> None:
    append(
        Thread.objects.hold(mailing.thread_id)[mailing.thread_id],
        subject=subject_key(mailing),
        move=move,
        at=at,
        by=by,
    )


def _person(by: Actor) -> User:
    if by.user is None:
        raise Blocked([_("Seule une personne peut préparer ou confirmer un envoi.")])
    return by.user


def _ask_to_send(mailing_pk: int) -> None:
    """Go on in the background."""
    from letters.tasks import send_mailing_in_background  # noqa: PLC0415 - tasks know the mailings

    send_mailing_in_background.enqueue(mailing_pk)
