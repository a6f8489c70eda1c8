"""The space of a structure: opening it, keeping its facts and numbers right, freezing it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import require
from journal.models import Thread
from journal.moves import Actor, note, subject_key
from journal.refusals import Blocked, Missing, NotAllowed, block_unless_empty
from journal.seen import must_write
from journal.wording import is_blank
from letters import files
from letters.models import StoredFile
from structures import facets
from structures.actions.registers import ask_registers
from structures.checklist import missing_other_entity, missing_representative_read, missing_to_tell
from structures.identifiers import normalise
from structures.models import Membership, Registration, Structure

FACTS = (
    "name",
    "short_name",
    "structure_type",
    "address",
    "postal_code",
    "city",
    "country",
    "website",
    "email",
    "phone",
    "founded_on",
)
PROOF_WANTED = _("Joignez un justificatif : récépissé, extrait du registre ou photo lisible.")
READ_ONLY = _(
    "L'espace est en lecture seule, le temps de savoir qui représente la structure. Rien n'a été enregistré."
)


class AlreadyRegistered(Blocked):
    """Another structure bears this number; `structure_pk` is for asking to join, never for showing it."""

    def __init__(self, structure_pk: int):
        self.structure_pk = structure_pk
        super().__init__([Missing(str(_("Cette structure a déjà un espace.")), code="already_registered")])


@transaction.atomic
def create_structure(  # noqa: PLR0913 - one form, one action
    *,
    name: str,
    registration_kind: str,
    raw_number: str = "",
    founder: User,
    quality: str = "",
    role: str = Membership.Role.REPRESENTATIVE,
    proof: UploadedFile | None = None,
    at: datetime,
    by: Actor,
    **facts: Any,
) -> Structure:
    """Open the space of a structure with its number and its first member, and ask the registers.

    `registration_kind` is one of `Registration.Kind`; kind `none` wants a proof instead of a number. Raises
    `InvalidIdentifier`, `AlreadyRegistered` when another structure bears the number, `NotAllowed`, and
    `ValidationError` for a file that cannot be kept.
    """
    require("structures.create_structure", by, founder, on=timezone.localdate(at))
    value = _free_number(registration_kind, raw_number)
    if registration_kind == Registration.Kind.NONE and proof is None:
        raise Blocked([Missing(str(PROOF_WANTED), code="proof")])
    thread = Thread.objects.create(reference=f"STR-{uuid.uuid4().hex[:12]}")
    structure = Structure.objects.open(
        thread=thread, at=at, by=by, created_at=at, **_placed({**facts, "name": name})
    )
    _add_registration(structure, registration_kind, value, proof, at=at, by=by)
    Membership.objects.create(structure=structure, user=founder, role=role, quality=quality, started_at=at)
    ask_registers(structure, at=at)
    return structure


@transaction.atomic
def save_structure(
    *, structure_pk: int, data: Mapping[str, Any], seen: str | None = None, at: datetime, by: Actor
) -> Structure:
    """Write the facts given (of `FACTS`; the others stay); department and region follow the postal code.

    `seen` is the token (`Structure.token_of`) of these facts on the page. Raises `NotAllowed`, `Blocked` while the
    space is read only, `Stale` when somebody else changed them since.
    """
    structure = Structure.objects.hold(structure_pk)
    refuse_when_frozen(structure)
    require("structures.edit_structure", by, structure, on=timezone.localdate(at))
    kept = tuple(getattr(structure, key) for key in data)
    if not must_write(structure, kept=kept, given=tuple(data.values()), seen=seen):
        return structure
    for key, value in _placed({**_facts_of(structure), **data}).items():
        setattr(structure, key, value)
    structure.save()
    note(structure, what="save_structure", at=at, by=by)
    return structure


@transaction.atomic
def correct_identifier(  # noqa: PLR0913 - one form, one action
    *,
    structure_pk: int,
    registration_pk: int | None,
    kind: str,
    raw_number: str,
    proof: UploadedFile,
    reason: str,
    other_entity: str = "",
    at: datetime,
    by: Actor,
) -> Registration:
    """Replace a wrong number, or add one (`registration_pk` None); the wrong one is kept, superseded.

    Domain 5.3, "wrong registration number found later": with proof and reason. `other_entity` names whose number the
    wrong one was, empty for a typing error: that entity is then to be told (`tell_other_entity`). Raises
    `InvalidIdentifier`, `AlreadyRegistered`, `NotAllowed`, `Blocked` without reason, or without the name of the entity
    to which the register gives the wrong number.
    """
    structure = Structure.objects.hold(structure_pk)
    require("structures.correct_identifier", by, structure, on=timezone.localdate(at))
    refuse_without_reason(reason)
    wrong = None
    if registration_pk is not None:
        wrong = Registration.objects.get(structure=structure, superseded_at=None, pk=registration_pk)
    value = _free_number(kind, raw_number)
    if wrong is not None:
        block_unless_empty(missing_other_entity(structure, wrong, other_entity))
        wrong.superseded_at, wrong.other_entity = at, other_entity.strip()
        wrong.save(update_fields=["superseded_at", "other_entity"])
    right = _add_registration(structure, kind, value, proof, at=at, by=by)
    note(structure, what="correct_identifier", at=at, by=by.because(reason))
    ask_registers(structure, at=at)
    return right


@transaction.atomic
def tell_other_entity(
    *, registration_pk: int, told_on: date, how: str, at: datetime, by: Actor
) -> Registration:
    """Note that the entity whose number was borne by mistake was told: which day, and how. Once.

    Raises `NotAllowed`, `DoesNotExist` for a number that was of nobody else, `Blocked` when somebody noted it already,
    for a day before the correction or to come, or without saying how.
    """
    structure_pk = Registration.objects.values_list("structure_id", flat=True).get(pk=registration_pk)
    structure = Structure.objects.hold(structure_pk)
    require("structures.tell_other_entity", by, structure, on=timezone.localdate(at))
    registration = Registration.objects.exclude(other_entity="").get(pk=registration_pk)
    block_unless_empty(missing_to_tell(registration, told_on=told_on, how=how, today=timezone.localdate(at)))
    registration.other_told_on, registration.other_told_how = told_on, how.strip()
    registration.other_told_by = acting_person(by)
    registration.save(update_fields=["other_told_on", "other_told_how", "other_told_by"])
    note(structure, what="tell_other_entity", at=at, by=by)
    return registration


@transaction.atomic
def add_proof(*, registration_pk: int, proof: UploadedFile, at: datetime, by: Actor) -> Registration:
    """Join the proof of a number that no open register holds.

    Raises `NotAllowed`, `Blocked` while the space is read only, `ValidationError` for a file that cannot be kept.
    """
    structure_pk = Registration.objects.values_list("structure_id", flat=True).get(pk=registration_pk)
    structure = Structure.objects.hold(structure_pk)
    refuse_when_frozen(structure)
    require("structures.edit_structure", by, structure, on=timezone.localdate(at))
    registration = Registration.objects.get(pk=registration_pk)
    registration.proof = keep_proof(structure, proof, purpose="registration", at=at, by=by)
    registration.save(update_fields=["proof"])
    note(structure, what="add_proof", at=at, by=by)
    return registration


@transaction.atomic
def freeze(*, structure_pk: int, reason: str, at: datetime, by: Actor) -> Structure:
    """Make the space read only until it is known who represents the structure (domain 5.3, internal dispute).

    Raises `NotAllowed`, `Blocked` without reason, `TransitionNotAllowed` when it is frozen already.
    """
    structure = Structure.objects.hold(structure_pk)
    require("structures.freeze_structure", by, structure, on=timezone.localdate(at))
    refuse_without_reason(reason)
    structure.freeze(by=by.because(reason), at=at)
    structure.save()
    return structure


@transaction.atomic
def unfreeze(*, structure_pk: int, reason: str, at: datetime, by: Actor) -> Structure:
    """Let members write again, once the register names who represents the structure (domain 5.3, internal dispute).

    Raises `NotAllowed`, `Blocked` without reason or reading of the register, `TransitionNotAllowed` when it is open.
    """
    structure = Structure.objects.hold(structure_pk)
    today = timezone.localdate(at)
    require("structures.freeze_structure", by, structure, on=today)
    refuse_without_reason(reason)
    if structure.state == Structure.State.FROZEN:
        block_unless_empty(missing_representative_read(structure, today=today))
    structure.unfreeze(by=by.because(reason), at=at)
    structure.save()
    return structure


def acting_person(by: Actor) -> User:
    """Who acts; raises `NotAllowed` for the clock."""
    if by.user is None:
        raise NotAllowed("only a person does this")
    return by.user


def refuse_when_frozen(structure: Structure) -> None:
    """Raise `Blocked` while the space is read only."""
    if structure.state == Structure.State.FROZEN:
        raise Blocked([Missing(str(READ_ONLY), code="frozen")])


def refuse_without_reason(reason: str) -> None:
    """Raise `Blocked` when an act that must be explained is not."""
    if is_blank(reason):
        raise Blocked([Missing(str(_("Dites pourquoi, en une phrase.")), code="reason")])


def keep_proof(
    structure: Structure, upload: UploadedFile | None, *, purpose: str, at: datetime, by: Actor
) -> StoredFile | None:
    """Store a proof given with an act on the structure; None when there is none."""
    if upload is None:
        return None
    return files.store(
        upload=upload, subject=subject_key(structure), purpose=purpose, thread=structure.thread, at=at, by=by
    )


def _free_number(kind: str, raw: str) -> str:
    """The normal form of a number that no other structure bears."""
    if kind == Registration.Kind.NONE:
        return ""
    value = normalise(kind, raw)
    if kind != Registration.Kind.OLD_RNA:
        taken = Registration.objects.filter(kind=kind, value=value, superseded_at=None).first()
        if taken is not None:
            raise AlreadyRegistered(taken.structure_id)
    return value


def _add_registration(
    structure: Structure, kind: str, value: str, proof: UploadedFile | None, *, at: datetime, by: Actor
) -> Registration:
    kept = keep_proof(structure, proof, purpose="registration", at=at, by=by)
    try:
        with transaction.atomic():
            return Registration.objects.create(
                structure=structure, kind=kind, value=value, proof=kept, added_at=at
            )
    except IntegrityError:  # somebody registered the same number a moment ago
        taken = Registration.objects.get(kind=kind, value=value, superseded_at=None)
        raise AlreadyRegistered(taken.structure_id) from None


def _facts_of(structure: Structure) -> dict[str, Any]:
    return {key: getattr(structure, key) for key in FACTS}


def _placed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The known facts, with the department and the region that the postal code gives."""
    unknown = set(data) - set(FACTS)
    if unknown:
        raise ValueError(f"unknown facts of a structure: {sorted(unknown)}")
    placed = dict(data)
    french = placed.get("country", "FR") == "FR"
    department = facets.department_of(placed.get("postal_code", "")) if french else ""
    return {**placed, "department": department, "region": facets.region_of(department) if department else ""}
