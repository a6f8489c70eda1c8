"""Who signed by hand is called back at the declared number; a number that does not answer is followed by a letter."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import require
from charter.checklist import CALLS, declared_numbers, missing_to_check_identity
from charter.models import IdentityCheck
from journal.moves import Actor, note
from journal.refusals import Blocked, block_unless_empty
from structures.actions.spaces import keep_proof
from structures.models import Structure


@transaction.atomic
def check_identity(  # noqa: PLR0913 - one form, one action
    *,
    structure_pk: int,
    signatory: User,
    way: str,
    done_on: date,
    result: str,
    answered_by: str = "",
    proof: UploadedFile | None = None,
    at: datetime,
    by: Actor,
) -> IdentityCheck:
    """Note a call back to a declared number, or the written answer to a letter, and what came of it (domain 5.3).

    `way` is "person" or "structure" (whose declared number was called) or "letter". Each try is kept; the last one
    counts. Raises `NotAllowed`; `Blocked` without a declared number, for a letter while a declared number was not
    tried, for a day to come, without who answered; `ValidationError` for a file that cannot be kept.
    """
    structure = Structure.objects.hold(structure_pk)
    today = timezone.localdate(at)
    require("charter.record_paper_signature", by, structure, on=today)
    if by.user is None:
        raise Blocked([_("Seule une personne peut le noter.")])
    found = IdentityCheck(
        structure=structure,
        signatory=signatory,
        means=IdentityCheck.Means.CALL if way in CALLS else IdentityCheck.Means.LETTER,
        number=declared_numbers(structure, signatory).get(way, ""),
        done_on=done_on,
        answered_by=answered_by.strip(),
        result=result,
        noted_by=by.user,
        noted_at=at,
    )
    has_proof = proof is not None
    block_unless_empty(missing_to_check_identity(found, way=way, has_proof=has_proof, today=today))
    if found.means == IdentityCheck.Means.LETTER:
        found.proof = keep_proof(structure, proof, purpose="identity", at=at, by=by)
    found.save()
    note(structure, what="check_identity", at=at, by=by)
    return found
