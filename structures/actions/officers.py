"""Who leads a structure according to the register: read by a person, before it changes anything (domain 5.3)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from structures.actions.spaces import PROOF_WANTED, acting_person, keep_proof
from structures.checklist import missing_to_note_officers
from structures.models import OfficersRead, Structure


@transaction.atomic
def read_officers(
    *,
    structure_pk: int,
    person: User,
    read_on: date,
    answer: str,
    proof: UploadedFile | None,
    at: datetime,
    by: Actor,
) -> OfficersRead:
    """Note what the list of officers, or a court, says of somebody, with its proof; each reading is kept.

    Also while the space is read only. Raises `NotAllowed`, `Blocked` without proof, for a day to come, for « no list »
    when a register has one; `ValidationError` for a file that cannot be kept.
    """
    structure = Structure.objects.hold(structure_pk)
    today = timezone.localdate(at)
    require("structures.read_officers", by, structure, on=today)
    missing = missing_to_note_officers(structure, read_on=read_on, answer=answer, today=today)
    block_unless_empty(missing)
    kept = keep_proof(structure, proof, purpose="officers_list", at=at, by=by)
    if kept is None:
        raise Blocked([Missing(str(PROOF_WANTED), code="proof")])
    note(structure, what="read_officers", at=at, by=by)
    return OfficersRead.objects.create(
        structure=structure,
        person=person,
        read_on=read_on,
        answer=OfficersRead.Answer(answer).value,
        proof=kept,
        noted_by=acting_person(by),
        noted_at=at,
    )
