"""A structure signs the charter: the representative with a fresh code, or by hand with the scan."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import codes
from accounts.models import OneTimeCode, User
from accounts.rules import require
from charter import checklist
from charter.models import SIGNATURE, Charter, Signature
from deadlines import actions as deadlines
from journal.moves import Actor, note, subject_key
from journal.refusals import Blocked, block_unless_empty
from letters import actions as letters
from letters import files
from structures.models import Structure


def purpose(charter_pk: int, structure_pk: int) -> str:
    """What a signing code is good for: one version, one structure."""
    return f"charter:{charter_pk}:{structure_pk}"


@transaction.atomic
def request_signing_code(*, structure_pk: int, at: datetime, by: Actor) -> OneTimeCode:
    """Mail a fresh code to the representative for the version in force.

    Raises `NotAllowed`, `Blocked` without a version in force, `CodeRefused` when too many were asked.
    """
    structure = Structure.objects.hold(structure_pk)
    require("charter.sign_charter", by, structure, on=timezone.localdate(at))
    charter = _in_force()
    return codes.send_code(user=_person(by), purpose=purpose(charter.pk, structure_pk), at=at)


def sign_charter(
    *, structure_pk: int, charter_pk: int, quality: str, code: str, at: datetime, by: Actor
) -> Signature:
    """The representative signs the version that they were shown, with the code that they received.

    Signing twice gives the first signature again. Raises `NotAllowed`, `Blocked` when another version
    came into force meanwhile, `accounts.codes.CodeRefused` (E02, E03, E04).
    """
    structure = Structure.objects.get(pk=structure_pk)
    require("charter.sign_charter", by, structure, on=timezone.localdate(at))
    known = Signature.objects.filter(structure_id=structure_pk, charter_id=charter_pk).first()
    if known is not None:
        return known
    block_unless_empty(checklist.missing_to_sign(charter_pk, quality))
    # Before the transaction: a wrong code is counted even when everything else is undone.
    codes.check_code(user=_person(by), purpose=purpose(charter_pk, structure_pk), code=code, at=at)
    with transaction.atomic():
        structure = Structure.objects.hold(structure_pk)
        require("charter.sign_charter", by, structure, on=timezone.localdate(at))
        known = Signature.objects.filter(structure=structure, charter_id=charter_pk).first()
        if known is not None:
            return known
        block_unless_empty(checklist.missing_to_sign(charter_pk, quality))
        return _sign(
            structure, _person(by), quality, method=Signature.Method.CODE, signed_at=at, at=at, by=by
        )


@transaction.atomic
def record_paper_signature(
    *,
    structure_pk: int,
    charter_pk: int,
    signatory: User,
    quality: str,
    signed_on: date,
    scan: UploadedFile,
    at: datetime,
    by: Actor,
) -> Signature:
    """The office records a charter signed by hand, with its scan; `signatory` represents the structure.

    They said, at a declared number or in writing, that they signed it (`check_identity`). Recording it twice gives the
    first signature again. Raises `NotAllowed`, `Blocked`, and `ValidationError` for a scan that cannot be kept.
    """
    structure = Structure.objects.hold(structure_pk)
    require("charter.record_paper_signature", by, structure, on=timezone.localdate(at))
    known = Signature.objects.filter(structure=structure, charter_id=charter_pk).first()
    if known is not None:
        return known
    block_unless_empty(checklist.missing_to_sign(charter_pk, quality))
    block_unless_empty(
        checklist.missing_on_paper(structure, signatory, signed_on, today=timezone.localdate(at))
    )
    kept = files.store(
        upload=scan,
        subject=subject_key(structure),
        purpose="charter_scan",
        thread=structure.thread,
        at=at,
        by=by,
    )
    signed_at = timezone.make_aware(datetime.combine(signed_on, time(0)))
    return _sign(
        structure,
        signatory,
        quality,
        method=Signature.Method.PAPER,
        signed_at=signed_at,
        at=at,
        by=by,
        recorded_by=by.user,
        scan=kept,
    )


@transaction.atomic
def ask_to_sign(*, structure_pk: int, at: datetime, by: Actor) -> User:
    """« Lui demander de signer »: a colleague tells the representative (mail M4), once a day at most.

    Raises `NotAllowed`, `Blocked` when nobody represents the structure or nothing is in force.
    """
    structure = Structure.objects.hold(structure_pk)
    require("charter.ask_to_sign", by, structure, on=timezone.localdate(at))
    _in_force()
    representative = structure.representative()
    if representative is None:
        raise Blocked([_("Invitez d'abord la personne qui représente la structure.")])
    note(structure, what="ask_to_sign", at=at, by=by)
    asking = _person(by)
    letters.queue_mail(
        kind="sign_charter",
        key=f"{structure.pk}:{timezone.localdate(at).isoformat()}",
        recipient=representative,
        title=lambda: _("{name} vous demande de signer la charte").format(name=asking.first_name or asking),
        text=lambda: _(
            "{name} a préparé le dossier de {structure}. Lisez la charte et signez-la avec un code. "
            "Comptez 10 minutes."
        ).format(name=asking, structure=structure.name),
        at=at,
        thread=structure.thread,
        path=reverse("charter_sign"),
    )
    return representative


def _in_force() -> Charter:
    charter = Charter.objects.in_force()
    if charter is None:
        raise Blocked([_("Aucune version de la charte n'est en vigueur pour le moment.")])
    return charter


def _person(by: Actor) -> User:
    if by.user is None:
        raise Blocked([_("Seule une personne peut signer.")])
    return by.user


def _sign(
    structure: Structure,
    signatory: User,
    quality: str,
    *,
    method: str,
    signed_at: datetime,
    at: datetime,
    by: Actor,
    **evidence: Any,
) -> Signature:
    charter = _in_force()
    note(structure, what="sign_charter", at=at, by=by)
    deadlines.meet(subject=structure, kind=SIGNATURE, at=at)
    return Signature.objects.create(
        structure=structure,
        charter=charter,
        articles=charter.numbers(),
        text_digest=charter.digest,
        signed_by=signatory,
        signatory_name=signatory.get_full_name(),
        quality=quality.strip(),
        method=method,
        signed_at=signed_at,
        **evidence,
    )
