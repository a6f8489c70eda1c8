"""How decisions reach a structure: online with its express consent, else by registered post."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.rules import require
from journal.moves import Actor, note
from structures.actions.spaces import acting_person, refuse_when_frozen
from structures.models import ServiceConsent, Structure


@transaction.atomic
def give_service_consent(*, structure_pk: int, text: str, at: datetime, by: Actor) -> ServiceConsent:
    """The representative agrees to receive decisions online; `text` is what they read and agreed to.

    Giving it twice keeps the first. Raises `NotAllowed`, `Blocked` while the space is read only.
    """
    structure = Structure.objects.hold(structure_pk)
    refuse_when_frozen(structure)
    require("structures.choose_service", by, structure, on=timezone.localdate(at))
    live = ServiceConsent.objects.filter(structure=structure, revoked_at=None).first()
    if live is not None:
        return live
    note(structure, what="give_service_consent", at=at, by=by)
    return ServiceConsent.objects.create(
        structure=structure, given_by=acting_person(by), text=text, given_at=at
    )


@transaction.atomic
def revoke_service_consent(*, structure_pk: int, at: datetime, by: Actor) -> ServiceConsent | None:
    """The representative goes back to registered post, at any time; acts already served keep their dates.

    None when there was no consent. Raises `NotAllowed`, `Blocked` while the space is read only.
    """
    structure = Structure.objects.hold(structure_pk)
    refuse_when_frozen(structure)
    require("structures.choose_service", by, structure, on=timezone.localdate(at))
    live = ServiceConsent.objects.filter(structure=structure, revoked_at=None).first()
    if live is not None:
        live.revoked_at = at
        live.save(update_fields=["revoked_at"])
        note(structure, what="revoke_service_consent", at=at, by=by)
    return live
