"""Who acts for a structure: invitations, requests to join, hand-over, people without an address."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from structures import mails
from structures.actions.spaces import PROOF_WANTED, keep_proof, refuse_when_frozen
from structures.checklist import missing_officers_read
from structures.models import Invitation, Membership, Structure
from structures.rules import reads_mail_of

Role = Membership.Role


@transaction.atomic
def invite(
    *, structure_pk: int, email: str, role: str, quality: str = "", at: datetime, by: Actor
) -> Invitation:
    """Invite somebody by mail; the mail leads to a page that wants sign-in with that very address.

    The role representative can be offered only while nobody represents the structure. Raises `NotAllowed`,
    and `Blocked` when the space is read only, the person is a member or is invited already.
    """
    structure = Structure.objects.hold(structure_pk)
    refuse_when_frozen(structure)
    require("structures.invite_member", by, structure, on=timezone.localdate(at))
    if role == Role.REPRESENTATIVE and structure.representative() is not None:
        raise Blocked([_("Quelqu'un représente déjà la structure. Choisissez « Passer la main ».")])
    return _open_invitation(structure, email, at=at, by=by, role=role, quality=quality)


@transaction.atomic
def hand_over(
    *, structure_pk: int, email: str, quality: str, proof: UploadedFile, at: datetime, by: Actor
) -> Invitation:
    """« Passer la main »: the representative names the next one, with the proof; both are told.

    Nothing changes until the other person accepts. Raises `NotAllowed`, `Blocked`, `ValidationError`.
    """
    structure = Structure.objects.hold(structure_pk)
    refuse_when_frozen(structure)
    require("structures.hand_over", by, structure, on=timezone.localdate(at))
    if by.user is not None and reads_mail_of(by.user, email) and not _guests(structure, by.user):
        raise Blocked([_("Cette adresse est la vôtre. Écrivez celle de la personne qui prend la suite.")])
    kept = keep_proof(structure, proof, purpose="mandate", at=at, by=by)
    return _open_invitation(
        structure, email, at=at, by=by, role=Role.REPRESENTATIVE, quality=quality, hands_over=True, proof=kept
    )


@transaction.atomic
def answer_invitation(*, invitation_pk: int, accepted: bool, at: datetime, by: Actor) -> Membership | None:
    """The invited person answers; accepting makes them a member, or the representative when it hands over.

    Answering twice the same way changes nothing. Raises `NotAllowed` when signed in with another address, and
    `Blocked` when the invitation has ended or the space is read only.
    """
    invitation, structure = _held_invitation(invitation_pk)
    require("structures.answer_invitation", by, invitation, on=timezone.localdate(at))
    if invitation.answered_at is not None and invitation.accepted is accepted:
        return Membership.objects.current().filter(structure=structure, user=by.user).first()
    _refuse_when_over(invitation, at)
    refuse_when_frozen(structure)
    _answer(invitation, accepted, at=at)
    note(structure, what="accept_invitation" if accepted else "decline_invitation", at=at, by=by)
    if not accepted or by.user is None:
        return None
    if invitation.role == Role.REPRESENTATIVE:
        return _seat_representative(structure, by.user, invitation, at=at)
    return _give_role(structure, by.user, invitation.role, invitation.quality, at=at)


@transaction.atomic
def withdraw_invitation(*, invitation_pk: int, at: datetime, by: Actor) -> Invitation:
    """Take back an invitation that nobody answered. Raises `NotAllowed`, `Blocked`."""
    invitation, structure = _held_invitation(invitation_pk)
    require("structures.invite_member", by, structure, on=timezone.localdate(at))
    _refuse_when_over(invitation, at)
    _answer(invitation, False, at=at)
    note(structure, what="withdraw_invitation", at=at, by=by)
    return invitation


@transaction.atomic
def ask_to_join(*, structure_pk: int, quality: str = "", at: datetime, by: Actor) -> Invitation:
    """Ask the representative to be let in; asking twice keeps the first request. Raises `NotAllowed`."""
    structure = Structure.objects.hold(structure_pk)
    require("structures.ask_to_join", by, structure, on=timezone.localdate(at))
    waiting = Invitation.objects.filter(
        structure=structure, requested_by=by.user, answered_at=None, expires_at__gt=at
    )
    known = waiting.first()
    if known is not None:
        return known
    request = Invitation.objects.create(
        structure=structure,
        role=Role.EDITOR,
        quality=quality,
        requested_by=by.user,
        created_at=at,
        expires_at=at + timedelta(days=settings.INVITATION_DAYS),
    )
    note(structure, what="ask_to_join", at=at, by=by)
    mails.tell_of_request(request, at=at)
    return request


@transaction.atomic
def answer_request(
    *, invitation_pk: int, accepted: bool, role: str = Role.EDITOR, at: datetime, by: Actor
) -> Membership | None:
    """The representative answers a request to join, and says with which role.

    Raises `NotAllowed`; `Blocked` when the request has ended, or for the role representative.
    """
    invitation, structure = _held_invitation(invitation_pk)
    refuse_when_frozen(structure)
    require("structures.answer_request", by, structure, on=timezone.localdate(at))
    if invitation.requested_by is None or role == Role.REPRESENTATIVE:
        raise Blocked([_("Cette demande ne peut pas être acceptée ainsi.")])
    _refuse_when_over(invitation, at)
    _answer(invitation, accepted, at=at)
    note(structure, what="accept_request" if accepted else "decline_request", at=at, by=by)
    mails.tell_of_answer(invitation, accepted=accepted, at=at)
    if not accepted:
        return None
    return _give_role(structure, invitation.requested_by, role, invitation.quality, at=at)


@transaction.atomic
def change_role(*, membership_pk: int, role: str, at: datetime, by: Actor) -> Membership:
    """Make an editor a reader or the reverse. Raises `NotAllowed`, `Blocked` for the representative."""
    member, structure = _held_member(membership_pk)
    refuse_when_frozen(structure)
    require("structures.end_membership", by, structure, on=timezone.localdate(at))
    if Role.REPRESENTATIVE in (member.role, role):
        raise Blocked([_("Pour changer qui représente la structure, choisissez « Passer la main ».")])
    note(structure, what="change_role", at=at, by=by)
    return _give_role(structure, member.user, role, member.quality, at=at)


@transaction.atomic
def end_membership(*, membership_pk: int, at: datetime, by: Actor) -> Membership:
    """A member leaves, or the representative ends their access. Raises `NotAllowed`, `Blocked`.

    The representative cannot leave without handing over.
    """
    member, structure = _held_member(membership_pk)
    leaving = by.user_id == member.user_id
    require(
        "structures.leave" if leaving else "structures.end_membership",
        by,
        structure,
        on=timezone.localdate(at),
    )
    if member.role == Role.REPRESENTATIVE:
        raise Blocked([_("Passez d'abord la main à la personne qui prend la suite.")])
    member.ended_at = at
    member.save(update_fields=["ended_at"])
    note(structure, what="leave" if leaving else "end_membership", at=at, by=by)
    return member


@transaction.atomic
def register_person(*, first_name: str, last_name: str, at: datetime, by: Actor, **contact: Any) -> User:
    """The office writes down a person who has no e-mail and acts by post or phone.

    `contact` takes phone, address, postal_code, city, country, preferred_channel, preferred_format. Raises
    `NotAllowed`.
    """
    require("structures.register_person", by, on=timezone.localdate(at))
    return _person_without_address(first_name, last_name, at=at, **contact)


@transaction.atomic
def add_person(
    *,
    structure_pk: int,
    first_name: str,
    last_name: str,
    role: str,
    quality: str = "",
    shares_mailbox_with: User | None = None,
    at: datetime,
    by: Actor,
    **contact: Any,
) -> Membership:
    """Add a member without an address of their own: behind the mailbox of another, or with none at all.

    The role representative is possible only while nobody represents the structure. Raises `NotAllowed`,
    `Blocked`.
    """
    structure = Structure.objects.hold(structure_pk)
    refuse_when_frozen(structure)
    require("structures.add_person", by, structure, on=timezone.localdate(at))
    if role == Role.REPRESENTATIVE and structure.representative() is not None:
        raise Blocked([_("Quelqu'un représente déjà la structure. Choisissez « Passer la main ».")])
    host = None
    if shares_mailbox_with is not None:
        if not Membership.objects.current().filter(structure=structure, user=shares_mailbox_with).exists():
            raise Blocked([_("Choisissez une adresse d'une personne de la structure.")])
        host = shares_mailbox_with.shares_mailbox_with or shares_mailbox_with
    person = _person_without_address(first_name, last_name, host=host, at=at, **contact)
    note(structure, what="add_person", at=at, by=by)
    return _give_role(structure, person, role, quality, at=at)


@transaction.atomic
def replace_representative(
    *,
    structure_pk: int,
    user: User,
    quality: str,
    proof: UploadedFile | None,
    reason: str,
    at: datetime,
    by: Actor,
) -> Membership:
    """The case officer records the new representative from a signed mandate (domain 5.3, contact leaves).

    Checked with the list of officers of the register (`read_officers`), lately. Also while the space is read only:
    that is how a dispute ends. Raises `NotAllowed`, `Blocked`.
    """
    structure = Structure.objects.hold(structure_pk)
    today = timezone.localdate(at)
    require("structures.replace_representative", by, structure, on=today)
    block_unless_empty(missing_officers_read(structure, user, today=today))
    kept = keep_proof(structure, proof, purpose="mandate", at=at, by=by)
    if kept is None:
        raise Blocked([Missing(str(PROOF_WANTED), code="proof")])
    note(structure, what="replace_representative", at=at, by=by.because(reason))
    former = structure.representative()
    member = _give_role(structure, user, Role.REPRESENTATIVE, quality, at=at, proof=kept)
    mails.tell_of_hand_over(structure, former=former, present=user, at=at)
    return member


def _open_invitation(
    structure: Structure, email: str, *, at: datetime, by: Actor, role: str, quality: str, **more: Any
) -> Invitation:
    address = email.strip().lower()
    mine = Membership.objects.current().filter(structure=structure)
    owned = mine.filter(user__email__iexact=address)
    if owned.exists() and not more.get("hands_over"):
        raise Blocked([_("Cette personne est déjà dans l'espace de la structure.")])
    waiting = Invitation.objects.filter(structure=structure, email=address, answered_at=None)
    for former in waiting.filter(Q(expires_at__lte=at) | Q(hands_over=not more.get("hands_over", False))):
        _answer(former, False, at=at)
    if waiting.exists():
        raise Blocked(
            [_("Cette personne est déjà invitée. L'e-mail est parti ; elle n'a pas encore répondu.")]
        )
    invitation = Invitation.objects.create(
        structure=structure,
        email=address,
        role=role,
        quality=quality,
        invited_by=by.user,
        created_at=at,
        expires_at=at + timedelta(days=settings.INVITATION_DAYS),
        **more,
    )
    note(structure, what="hand_over" if invitation.hands_over else "invite", at=at, by=by)
    mails.send_invitation(invitation, at=at)
    return invitation


def _held_invitation(invitation_pk: int) -> tuple[Invitation, Structure]:
    structure_pk = Invitation.objects.values_list("structure_id", flat=True).get(pk=invitation_pk)
    structure = Structure.objects.hold(structure_pk)
    return Invitation.objects.select_related("requested_by").get(pk=invitation_pk), structure


def _held_member(membership_pk: int) -> tuple[Membership, Structure]:
    structure_pk = Membership.objects.values_list("structure_id", flat=True).get(pk=membership_pk)
    structure = Structure.objects.hold(structure_pk)
    return Membership.objects.current().select_related("user").get(pk=membership_pk), structure


def _refuse_when_over(invitation: Invitation, at: datetime) -> None:
    if invitation.answered_at is not None or invitation.expires_at <= at:
        raise Blocked([_("Cette invitation n'est plus ouverte. Demandez-en une nouvelle.")])


def _answer(invitation: Invitation, accepted: bool, *, at: datetime) -> None:
    invitation.accepted, invitation.answered_at = accepted, at
    invitation.save(update_fields=["accepted", "answered_at"])


def _seat_representative(
    structure: Structure, user: User, invitation: Invitation, *, at: datetime
) -> Membership:
    former = structure.representative()
    if former == user:
        raise Blocked([_("Vous représentez déjà la structure.")])
    if former is not None and not (invitation.hands_over and invitation.invited_by_id == former.pk):
        raise Blocked([_("Quelqu'un représente déjà la structure. Cette invitation n'est plus ouverte.")])
    member = _give_role(
        structure, user, Role.REPRESENTATIVE, invitation.quality, at=at, proof=invitation.proof
    )
    mails.tell_of_hand_over(structure, former=former, present=user, at=at)
    return member


def _give_role(
    structure: Structure, user: User, role: str, quality: str, *, at: datetime, proof: Any = None
) -> Membership:
    """End what the person had, end the representative they replace, and give the role, in one transaction.

    The former representative stays as a reader, so that the past stays legible to them.
    """
    current = Membership.objects.current().filter(structure=structure)
    ended = list(current.filter(user=user))
    former = (
        current.filter(role=Role.REPRESENTATIVE).exclude(user=user) if role == Role.REPRESENTATIVE else []
    )
    replaced = list(former)
    for member in [*ended, *replaced]:
        member.ended_at = at
        member.save(update_fields=["ended_at"])
    for member in replaced:
        Membership.objects.create(
            structure=structure, user=member.user, role=Role.READER, quality="", started_at=at
        )
    return Membership.objects.create(
        structure=structure, user=user, role=role, quality=quality, proof=proof, started_at=at
    )


def _guests(structure: Structure, user: User) -> bool:
    """Whether another member reads the same mailbox: then the address alone does not say who is meant."""
    owner = user.shares_mailbox_with or user
    behind = Q(user=owner) | Q(user__shares_mailbox_with=owner)
    return Membership.objects.current().filter(behind, structure=structure).exclude(user=user).exists()


def _person_without_address(
    first_name: str, last_name: str, *, host: User | None = None, at: datetime, **contact: Any
) -> User:
    if host is None and "preferred_channel" not in contact:
        by_phone = contact.get("phone") and not contact.get("address")
        contact["preferred_channel"] = User.Channel.PHONE if by_phone else User.Channel.POST
    return User.objects.create_user(
        None,
        first_name=first_name,
        last_name=last_name,
        shares_mailbox_with=host,
        mail_returned_at=host.mail_returned_at if host else None,
        created_at=at,
        **contact,
    )
