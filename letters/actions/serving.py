"""A letter is served: opened online, or posted; each step leaves its proof. No date counts but the receipt."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from letters import registry, subjects
from letters.checklist import written_to_nobody
from letters.models import Letter, StoredFile
from letters.spoken import told_date

BATCH = 200


@transaction.atomic
def open_online(*, letter_pk: int, at: datetime, by: Actor) -> Letter:
    """Note that the addressee, or a member who represents, opens the letter: the first opening is the receipt.

    Raises NotAllowed when the person is neither. A letter that also goes by post is received by post.
    """
    letter, record = _held(letter_pk)
    require("letters.open_letter", by, letter, on=timezone.localdate(at))
    if letter.opened_at is None:
        letter.opened_at = at
        letter.save(update_fields=["opened_at"])
        if letter.channel == Letter.Channel.ONLINE:
            _receive(letter, record, received_on=timezone.localdate(at), presumed=False, at=at, by=by)
    return letter


@transaction.atomic
def serve_by_post(*, letter_pk: int, at: datetime, by: Actor) -> Letter:
    """A letter put online goes by post instead: the mails that announce it come back (domain 5.3).

    Its text stays as it was frozen; it is printed, signed by hand and posted like any other. Raises NotAllowed;
    Blocked when it was received, or while the mails to its addressee arrive; TransitionNotAllowed when it goes by post
    already.
    """
    letter, record = _held(letter_pk)
    require("letters.serve_letter", by, letter, on=timezone.localdate(at))
    if letter.channel == Letter.Channel.POST:
        raise TransitionNotAllowed("the letter already goes by post")
    if letter.received_on is not None:
        raise Blocked([_("Cette lettre est déjà reçue.")])
    if letter.addressee is None or not letter.addressee.mail_comes_back:
        raise Blocked([_("Les e-mails à cette personne arrivent : la lettre reste en ligne.")])
    letter.channel = Letter.Channel.POST
    letter.save(update_fields=["channel"])
    note(record, what="letter_by_post", at=at, by=by)
    return letter


@transaction.atomic
def record_hand_signature(*, letter_pk: int, scan: StoredFile, at: datetime, by: Actor) -> Letter:
    """Keep the scan of the letter signed by hand: nothing leaves on paper without it. Raises NotAllowed, Blocked."""
    letter, record = _held_by_office(letter_pk, by, at)
    if letter.sent_on is not None:
        raise Blocked([_("La lettre est déjà partie : sa signature ne change plus.")])
    block_unless_empty(written_to_nobody(letter.addressee))
    letter.signed_scan = scan
    letter.save(update_fields=["signed_scan"])
    note(record, what="letter_signed", at=at, by=by)
    return letter


@transaction.atomic
def record_posting(
    *, letter_pk: int, registered_number: str, sent_on: date, at: datetime, by: Actor
) -> Letter:
    """Note the registered number and the day of posting, once.

    Raises NotAllowed; Blocked without the signed scan; TransitionNotAllowed when somebody noted them already.
    """
    letter, record = _held_by_office(letter_pk, by, at)
    if letter.sent_on is not None:
        raise TransitionNotAllowed("the letter is already posted")
    missing = (
        [] if letter.signed_scan_id else [Missing(_("Ajoutez d'abord la lettre signée à la main, scannée."))]
    )
    if not registered_number.strip():
        missing.append(Missing(_("Indiquez le numéro de l'envoi recommandé.")))
    missing = [*written_to_nobody(letter.addressee), *missing]
    block_unless_empty([*missing, *_wrong_day(sent_on, letter, at)])
    letter.registered_number, letter.sent_on = registered_number.strip(), sent_on
    letter.save(update_fields=["registered_number", "sent_on"])
    note(record, what="letter_posted", at=at, by=by)
    return letter


@transaction.atomic
def record_presentation(*, letter_pk: int, presented_on: date, at: datetime, by: Actor) -> Letter:
    """Note the day when the postman came. Raises NotAllowed, Blocked."""
    letter, record = _held_by_office(letter_pk, by, at)
    block_unless_empty([*_not_posted(letter), *_wrong_day(presented_on, letter, at)])
    letter.presented_on = presented_on
    letter.save(update_fields=["presented_on"])
    note(record, what="letter_presented", at=at, by=by)
    return letter


@transaction.atomic
def record_receipt(
    *,
    letter_pk: int,
    received_on: date | None,
    proof: StoredFile | None,
    at: datetime,
    by: Actor,
    presented_on: date | None = None,
) -> Letter:
    """Record when a posted letter was received, with its proof; called once, `on_receipt` follows in the transaction.

    Without `received_on` nobody collected the letter: once the post has kept it `settings.POST_KEEPS_DAYS`, it counts
    as received on the day it was presented (domain 3.2). Raises NotAllowed, Blocked (no proof, absurd day, already
    received).
    """
    letter, record = _held_by_office(letter_pk, by, at)
    presented_on = presented_on or letter.presented_on
    day = received_on or presented_on
    missing = _not_posted(letter)
    if proof is None:
        missing.append(Missing(_("Ajoutez la preuve : avis de réception ou pli retourné.")))
    if day is None:
        missing.append(Missing(_("Indiquez la date de réception, ou celle de la présentation.")))
    elif day and presented_on and day < presented_on:
        missing.append(Missing(_("La réception ne peut pas précéder la présentation.")))
    if letter.received_on is not None:
        known = _("La réception est déjà notée, le {date}.").format(date=told_date(letter.received_on))
        missing.append(Missing(known))
    for one in (presented_on, received_on):
        missing += _wrong_day(one, letter, at) if one else []
    if received_on is None and presented_on is not None:
        missing += _still_at_the_post(letter, presented_on, at)
    block_unless_empty(missing)
    letter.presented_on, letter.proof = presented_on, proof
    letter.save(update_fields=["presented_on", "proof"])
    if day is not None:
        _receive(letter, record, received_on=day, presumed=received_on is None, at=at, by=by)
    return letter


def _still_at_the_post(letter: Letter, presented_on: date, at: datetime) -> list[Missing]:
    """Nobody is deemed to have received a letter that they may still collect, nor on the day it was posted."""
    if letter.sent_on is not None and presented_on <= letter.sent_on:
        return [
            Missing(_("Une lettre n'est pas présentée le jour où elle est postée. Vérifiez les deux dates."))
        ]
    back_on = presented_on + timedelta(days=settings.POST_KEEPS_DAYS)
    if timezone.localdate(at) < back_on:
        words = _(
            "La Poste garde la lettre jusqu'au {date}. Avant, indiquez la date de réception, "
            "ou attendez le retour du pli."
        )
        return [Missing(words.format(date=told_date(back_on)))]
    return []


def presume_receipts(at: datetime) -> int:
    """Deem received the letters put online that nobody opened in time; says how many. Each in its own transaction.

    The time is `settings.PRESUMED_RECEIPT_DAYS` from the day the letter was put in the space (domain 3.2).
    """
    first = timezone.localdate(at) - timedelta(days=settings.PRESUMED_RECEIPT_DAYS)
    midnight = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    waiting = Letter.objects.filter(channel=Letter.Channel.ONLINE, received_on=None, issued_at__lt=midnight)
    # Nobody is there to open it, or nobody was told of it: no time limit runs from silence.
    waiting = waiting.exclude(Q(addressee__never_contact=True) | Q(addressee__mail_returned_at__isnull=False))
    keys = list(waiting.order_by("issued_at", "pk").values_list("pk", flat=True)[:BATCH])
    return sum(_presume(pk, at) for pk in keys)


@transaction.atomic
def _presume(letter_pk: int, at: datetime) -> bool:
    letter, record = _held(letter_pk)
    if letter.received_on is not None:
        return False
    day = timezone.localdate(letter.issued_at) + timedelta(days=settings.PRESUMED_RECEIPT_DAYS)
    _receive(letter, record, received_on=day, presumed=True, at=at, by=Actor.system())
    return True


def _receive(
    letter: Letter, record: Any, *, received_on: date, presumed: bool, at: datetime, by: Actor
) -> None:
    if letter.received_on is not None:
        return
    letter.received_on, letter.presumed = received_on, presumed
    letter.save(update_fields=["received_on", "presumed"])
    note(record, what="letter_presumed_received" if presumed else "letter_received", at=at, by=by)
    follows = registry.receipts.get(letter.code)
    if follows is not None:
        follows(letter=letter, received_on=received_on, presumed=presumed, at=at, by=by)


def _held(letter_pk: int) -> tuple[Letter, Any]:
    """The letter read afresh and its subject, thread locked."""
    record = subjects.held(Letter.objects.values_list("subject", flat=True).get(pk=letter_pk))
    return Letter.objects.select_related("thread", "addressee").get(pk=letter_pk), record


def _held_by_office(letter_pk: int, by: Actor, at: datetime) -> tuple[Letter, Any]:
    letter, record = _held(letter_pk)
    require("letters.serve_letter", by, letter, on=timezone.localdate(at))
    if letter.channel != Letter.Channel.POST:
        raise Blocked([_("Cette lettre est remise en ligne.")])
    return letter, record


def _not_posted(letter: Letter) -> list[Missing]:
    return [] if letter.sent_on else [Missing(_("Notez d'abord le jour de l'envoi."))]


def _wrong_day(day: date, letter: Letter, at: datetime) -> list[Missing]:
    """A day of the mail lies between the day the letter was written, or sent, and today."""
    first = letter.sent_on or timezone.localdate(letter.issued_at)
    if first <= day <= timezone.localdate(at):
        return []
    words = _("Choisissez une date entre le {first} et le {last}.")
    return [Missing(words.format(first=told_date(first), last=told_date(timezone.localdate(at))))]
