"""What people do with a structure: its space, its members, its numbers, its solutions."""

from structures.actions.members import (
    add_person,
    answer_invitation,
    answer_request,
    ask_to_join,
    change_role,
    end_membership,
    hand_over,
    invite,
    register_person,
    replace_representative,
    withdraw_invitation,
)
from structures.actions.officers import read_officers
from structures.actions.reaching import note_attempt, note_mail_arrives, note_returned_mail
from structures.actions.registers import conclude_check, look_up
from structures.actions.service import give_service_consent, revoke_service_consent
from structures.actions.solutions import StaleSolution, remove_solution, save_solution
from structures.actions.spaces import (
    AlreadyRegistered,
    add_proof,
    correct_identifier,
    create_structure,
    freeze,
    save_structure,
    tell_other_entity,
    unfreeze,
)

__all__ = [
    "AlreadyRegistered",
    "StaleSolution",
    "add_person",
    "add_proof",
    "answer_invitation",
    "answer_request",
    "ask_to_join",
    "change_role",
    "conclude_check",
    "correct_identifier",
    "create_structure",
    "end_membership",
    "freeze",
    "give_service_consent",
    "hand_over",
    "invite",
    "look_up",
    "note_attempt",
    "note_mail_arrives",
    "note_returned_mail",
    "read_officers",
    "register_person",
    "remove_solution",
    "replace_representative",
    "revoke_service_consent",
    "save_solution",
    "save_structure",
    "tell_other_entity",
    "unfreeze",
    "withdraw_invitation",
]
