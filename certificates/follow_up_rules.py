"""Who may do what with a follow-up, its gaps, a declared change, an alert of the register."""

from __future__ import annotations

from typing import Any

import rules

from accounts.rules import Claim, is_case_officer, is_clock, is_secretariat
from certificates.models import Change, Consultation, FollowUp, Gap, Label, RegisterAlert
from label.rules import holds_the_file, is_outside_structure
from structures.models import Structure
from structures.rules import is_open, is_writer


def label_of(record: Any) -> Label | None:
    """The label of a follow-up, a gap, a change or an alert."""
    match record:
        case Label():
            return record
        case FollowUp() | Change() | RegisterAlert():
            return record.label
        case Gap():
            return record.follow_up.label
        case Consultation():
            return record.gap.follow_up.label
    return None


def structure_of(record: Any) -> Structure | None:
    """The structure that holds that label."""
    label = label_of(record)
    return label.structure if label is not None else None


@rules.predicate
def writes_for_the_holder(claim: Claim, record: Any) -> bool:
    """Represents the holder of the label or writes for it, and its space is open."""
    return bool(is_writer(claim, structure_of(record)))


@rules.predicate
def is_outside_the_holder(claim: Claim, record: Any) -> bool:
    """Never belonged to the holder of the label, nor to the structure that it was granted to."""
    label = label_of(record)
    return label is not None and bool(is_outside_structure(claim, label.application))


@rules.predicate
def holder_is_open(claim: Claim, record: Any) -> bool:
    """The space is not frozen: the office does not write for one side of a dispute either (domain 5.3)."""
    return bool(is_open(claim, structure_of(record)))


@rules.predicate
def follows_the_dossier(claim: Claim, record: FollowUp | None) -> bool:
    """Holds the dossier of the label that day: who opens a procedure is who will run it."""
    return record is not None and bool(holds_the_file(claim, record.label.application))


@rules.predicate
def did_not_send(claim: Claim, record: Any) -> bool:
    """Did not send or type what is read: who reads is not who sent."""
    if claim.user is None:
        return False
    match record:
        case FollowUp():
            return record.submitted_by_id != claim.user.pk
        case Gap():
            return record.follow_up.submitted_by_id != claim.user.pk
        case Change():
            return record.declared_by_id != claim.user.pk
    return False


@rules.predicate
def is_consulted(claim: Claim, record: Consultation | None) -> bool:
    """Is the member who was asked."""
    return record is not None and claim.user is not None and record.member_id == claim.user.pk


@rules.predicate
def did_not_check_first(claim: Claim, record: RegisterAlert | None) -> bool:
    """Two people look at an alert of the register."""
    return record is not None and claim.user is not None and record.first_checked_by_id != claim.user.pk


is_office = is_case_officer | is_secretariat
types_for_the_holder = is_office & is_outside_the_holder & holder_is_open
reads = is_case_officer & is_outside_the_holder & did_not_send

rules.add_perm("certificates.plan_follow_ups", is_clock)
rules.add_perm("certificates.open_follow_up", is_clock)
rules.add_perm("certificates.fill_follow_up", writes_for_the_holder | types_for_the_holder)
rules.add_perm("certificates.type_follow_up", types_for_the_holder)
rules.add_perm("certificates.answer_gap", writes_for_the_holder | types_for_the_holder)
rules.add_perm("certificates.read_follow_up", reads)
rules.add_perm("certificates.note_contact", is_office & is_outside_the_holder)
rules.add_perm("certificates.escalate_follow_up", reads & follows_the_dossier)
rules.add_perm("certificates.consult_members", is_office & is_outside_the_holder)
rules.add_perm("certificates.give_voice", is_consulted | (is_secretariat & is_outside_the_holder))
rules.add_perm("certificates.declare_change", writes_for_the_holder | types_for_the_holder)
rules.add_perm("certificates.read_change", reads)
rules.add_perm("certificates.finish_change", is_case_officer & is_outside_the_holder)
rules.add_perm("certificates.check_register", is_office & is_outside_the_holder & did_not_check_first)
