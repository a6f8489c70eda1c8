"""Who may do what in the space of a structure."""

from __future__ import annotations

from typing import Any

import rules

from accounts.rules import Claim, is_case_officer, is_secretariat
from structures.models import Invitation, Membership, Structure

REPRESENTATIVE = Membership.Role.REPRESENTATIVE
EDITOR = Membership.Role.EDITOR
WRITERS = (REPRESENTATIVE, EDITOR)


def role_in(claim: Claim, structure: Structure | None) -> str:
    """The role that the person holds in that structure; empty when none, or when they claim another one."""
    if structure is None or claim.user is None or not claim.user.is_active:
        return ""
    member = Membership.objects.current().filter(structure=structure, user=claim.user).first()
    if member is None or claim.role not in ("", member.role):
        return ""
    return member.role


@rules.predicate
def is_member(claim: Claim, structure: Structure | None) -> bool:
    """Belongs to the structure, in any role."""
    return bool(role_in(claim, structure))


@rules.predicate
def represents(claim: Claim, structure: Structure | None) -> bool:
    """Is the legal representative, even while the space is read only (reading, receiving)."""
    return role_in(claim, structure) == REPRESENTATIVE


@rules.predicate
def is_open(claim: Claim, structure: Structure | None) -> bool:
    """The space is not frozen: members may write (domain 5.3, internal dispute)."""
    return structure is not None and structure.state == Structure.State.OPEN


@rules.predicate
def is_representative(claim: Claim, structure: Structure | None) -> bool:
    """Is the legal representative of a structure whose space is open: signs and files."""
    return is_open(claim, structure) and role_in(claim, structure) == REPRESENTATIVE


@rules.predicate
def is_writer(claim: Claim, structure: Structure | None) -> bool:
    """Represents the structure or writes for it, and its space is open."""
    return is_open(claim, structure) and role_in(claim, structure) in WRITERS


@rules.predicate
def is_writer_without_representative(claim: Claim, structure: Structure | None) -> bool:
    """Writes for a structure that nobody represents yet: somebody must be able to invite that person."""
    return is_writer(claim, structure) and structure is not None and structure.representative() is None


@rules.predicate
def is_outsider(claim: Claim, structure: Structure | None) -> bool:
    """Does not belong to the structure: an agent never handles an association of which they are a member."""
    if structure is None or claim.user is None:
        return False
    return not Membership.objects.filter(structure=structure, user=claim.user).exists()


@rules.predicate
def is_not_member(claim: Claim, structure: Structure | None) -> bool:
    """Signed in and not in the structure today."""
    if structure is None or claim.user is None or not claim.user.is_active:
        return False
    return not Membership.objects.current().filter(structure=structure, user=claim.user).exists()


@rules.predicate
def is_self(claim: Claim, person: Any) -> bool:
    """Acts for oneself."""
    return claim.user is not None and claim.user == person


@rules.predicate
def is_invited(claim: Claim, invitation: Invitation | None) -> bool:
    """Signed in with the address to which the invitation went (never a token that acts)."""
    if invitation is None or claim.user is None or not invitation.email:
        return False
    return reads_mail_of(claim.user, invitation.email)


def reads_mail_of(user: Any, address: str) -> bool:
    """Whether that person signs in with that address, of their own or shared, and it is not unconfirmed."""
    from allauth.account.models import EmailAddress  # noqa: PLC0415  (models are loaded by then)

    owner = user.shares_mailbox_with or user
    if not user.is_active or (owner.email or "").lower() != address.lower():
        return False
    return not EmailAddress.objects.filter(user=owner, email__iexact=address, verified=False).exists()


is_office = is_case_officer | is_secretariat

rules.add_perm("structures.create_structure", is_self | is_office)
rules.add_perm("structures.edit_structure", is_writer | (is_office & is_outsider))
rules.add_perm("structures.look_up", is_member | is_office)
rules.add_perm("structures.conclude_check", is_case_officer & is_outsider)
rules.add_perm("structures.correct_identifier", is_case_officer & is_outsider)
rules.add_perm("structures.tell_other_entity", is_office & is_outsider)
rules.add_perm("structures.freeze_structure", is_case_officer & is_outsider)
rules.add_perm("structures.invite_member", is_representative | is_writer_without_representative)
rules.add_perm(
    "structures.add_person", is_representative | is_writer_without_representative | (is_office & is_outsider)
)
rules.add_perm("structures.end_membership", is_representative)
rules.add_perm("structures.leave", is_member)
rules.add_perm("structures.hand_over", is_representative)
rules.add_perm("structures.ask_to_join", is_not_member)
rules.add_perm("structures.answer_request", is_representative | is_writer_without_representative)
rules.add_perm("structures.register_person", is_office)
rules.add_perm("structures.answer_invitation", is_invited)
rules.add_perm("structures.replace_representative", is_case_officer & is_outsider)
rules.add_perm("structures.read_officers", is_case_officer & is_outsider)
rules.add_perm("structures.note_returned_mail", is_office & is_outsider)
rules.add_perm("structures.choose_service", is_representative)
rules.add_perm("structures.edit_solution", is_writer | (is_office & is_outsider))
