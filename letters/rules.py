"""Who may open, serve and write; one sentence each."""

from __future__ import annotations

from typing import Any

import rules

from accounts.rules import (
    Claim,
    is_appeal_officer,
    is_case_officer,
    is_ethics_officer,
    is_secretariat,
    is_signatory,
)
from letters import subjects
from letters.models import Letter

works_on_letters = is_case_officer | is_secretariat | is_appeal_officer
reads_letters = works_on_letters | is_signatory | is_ethics_officer


@rules.predicate
def speaks_for_association(claim: Claim, record: Any) -> bool:
    """The person writes for the association of this subject, and does not act in another role."""
    return subjects.corresponds("writes", claim, record)


@rules.predicate
def hears_for_association(claim: Claim, record: Any) -> bool:
    """The person reads what the office writes to the association of this subject."""
    return subjects.corresponds("reads", claim, record)


@rules.predicate
def receives(claim: Claim, letter: Letter) -> bool:
    """The person is the addressee and has not left, or represents the association that the letter is about."""
    if claim.user is None:
        return False
    if claim.user.pk == letter.addressee_id:
        return subjects.still_addressed(letter.subject, claim.user, on=claim.on)
    try:
        record = subjects.visible(letter.subject, claim.user, on=claim.on)
    except LookupError:
        return False
    return subjects.corresponds("represents", claim, record)


rules.add_perm("letters.open_letter", receives)
rules.add_perm("letters.serve_letter", works_on_letters)
rules.add_perm("letters.write_message", works_on_letters | speaks_for_association)
rules.add_perm("letters.read_exchanges", reads_letters | hears_for_association)
rules.add_perm("letters.record_call", works_on_letters)
rules.add_perm("letters.tell_by_hand", works_on_letters)
rules.add_perm("letters.write_note", works_on_letters)
rules.add_perm("letters.send_mailing", is_case_officer | is_secretariat)
