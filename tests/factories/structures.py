"""Structures of the tests, opened through the real actions."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from journal.moves import Actor, subject_key
from structures import actions
from structures.models import (
    Invitation,
    Membership,
    OfficersRead,
    RegisterEntry,
    Registration,
    Solution,
    Structure,
)
from tests.factories.accounts import acting, person, staff
from tests.keeping import kept

AT = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
ROLES = Membership.Role
_numbers = itertools.count(1)

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"
)


def proof(name: str = "recepisse.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A small true PDF, as a person sends it."""
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def rna_number() -> str:
    """An invented RNA number that nobody else has in this run."""
    return f"W99{next(_numbers):07d}"


@kept
def structure(
    *,
    representative: User | None = None,
    editor: User | None = None,
    reader: User | None = None,
    name: str = "Escale Anémone",
    registration_kind: str = Registration.Kind.RNA,
    raw_number: str | None = None,
    quality: str = "Présidente",
    at: datetime = AT,
    **facts: Any,
) -> Structure:
    """A structure with its representative, and other members when they are given."""
    founder = representative or person(first_name="Nadia", last_name="Brossard")
    if raw_number is None:
        raw_number = rna_number() if registration_kind == Registration.Kind.RNA else ""
    if registration_kind == Registration.Kind.NONE:
        facts.setdefault("proof", proof())
    facts.setdefault("postal_code", "69100")
    facts.setdefault("city", "Villeurbanne")
    facts.setdefault("address", "3 rue des Anémones")
    made = actions.create_structure(
        name=name,
        registration_kind=registration_kind,
        raw_number=raw_number,
        founder=founder,
        quality=quality,
        at=at,
        by=acting(founder, ROLES.REPRESENTATIVE),
        **facts,
    )
    for user, role in ((editor, ROLES.EDITOR), (reader, ROLES.READER)):
        if user is not None:
            member(made, role=role, user=user, at=at)
    return Structure.objects.get(pk=made.pk)


def member_of(found: Structure, user: User) -> Actor:
    """That person acting in the role they hold in that structure."""
    seat = Membership.objects.current().get(structure=found, user=user)
    return Actor(user, seat.role, subject_key(found))


def representative_of(found: Structure) -> Actor:
    """The representative of that structure, acting."""
    user = found.representative()
    if user is None:
        raise LookupError("nobody represents this structure")
    return member_of(found, user)


def member(
    found: Structure, *, role: str = ROLES.EDITOR, user: User | None = None, at: datetime = AT
) -> User:
    """A person invited by the representative who accepted."""
    invited = user or person()
    invitation = actions.invite(
        structure_pk=found.pk, email=invited.mailbox, role=role, at=at, by=representative_of(found)
    )
    actions.answer_invitation(
        invitation_pk=invitation.pk, accepted=True, at=at, by=acting(invited, "invited")
    )
    return invited


def invitation(
    found: Structure, *, email: str = "invitee@exemple.fr", at: datetime = AT, **fields: Any
) -> Invitation:
    """An invitation that waits for its answer."""
    fields.setdefault("role", ROLES.EDITOR)
    return actions.invite(structure_pk=found.pk, email=email, at=at, by=representative_of(found), **fields)


def solution(found: Structure, *, at: datetime = AT, **data: Any) -> Solution:
    """A solution of that structure, complete enough to be presented."""
    data.setdefault("name", "Permanence d'écoute")
    data.setdefault("summary", "Une écoute par d'anciens malades, trois fois par semaine.")
    data.setdefault("main_field", "PSY")
    data.setdefault("fields", ["PSY", "AID"])
    data.setdefault("cancers", ["all"])
    data.setdefault("territory", "regional")
    data.setdefault("regions", ["84"])
    data.setdefault("audiences", ["patient", "caregiver"])
    data.setdefault("access", ["on_site", "phone"])
    data.setdefault("is_free", True)
    return actions.save_solution(structure_pk=found.pk, data=data, at=at, by=representative_of(found))


def frozen(found: Structure, *, at: datetime = AT) -> Structure:
    """That structure, made read only by a case officer."""
    actions.freeze(
        structure_pk=found.pk,
        reason="Deux personnes disent présider.",
        at=at,
        by=acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
    )
    return Structure.objects.get(pk=found.pk)


def officers_read(
    found: Structure, user: User, *, answer: str = "same", at: datetime = AT, **fields: Any
) -> OfficersRead:
    """A case officer read in the list of officers that this person leads the structure."""
    fields.setdefault("read_on", timezone.localdate(at))
    return actions.read_officers(
        structure_pk=found.pk,
        person=user,
        answer=answer,
        proof=proof("dirigeants.pdf"),
        at=at,
        by=acting(staff(Role.CASE_OFFICER), Role.CASE_OFFICER),
        **fields,
    )


def register_entry(number: str | None = None, **fields: Any) -> RegisterEntry:
    """A line of the local register."""
    fields.setdefault("title", "ESCALE ANEMONE")
    fields.setdefault("postal_code", "69100")
    fields.setdefault("city", "Villeurbanne")
    return RegisterEntry.objects.create(number=number or rna_number(), **fields)


def choosing(client: Client, found: Structure) -> Client:
    """The signed-in person of this client acts for that structure."""
    session = client.session
    session["structure"] = found.pk
    session.save()
    return client
