"""Who may act on a label, and in a hearing: the record asked about is the label, or the hearing.

A hearing names its holder and its dossier as a label does (`Hearing.structure`, `Hearing.application`).
"""

from __future__ import annotations

from datetime import date

import rules
from django.db.models import Q

from accounts.rules import Claim, in_place_of, is_case_officer, is_secretariat, is_signatory, require
from certificates import follow_up_rules  # noqa: F401  (adds its permissions)
from certificates.models import Hearing, Label, MergerRequest
from decisions.rules import also_examines
from journal.moves import Actor
from label.rules import holds_the_file, is_outside_structure
from reviewers.conflicts import barred
from structures.models import Membership
from structures.rules import is_member, is_representative, is_writer, represents

Held = Label | Hearing


@rules.predicate
def follows_the_label(claim: Claim, label: Held | None) -> bool:
    """Holds the dossier, or replaces that day the person who does."""
    return label is not None and holds_the_file(claim, label.application)


@rules.predicate
def is_outside_holder(claim: Claim, label: Held | None) -> bool:
    """Never belonged to the structure that holds the label, nor to the one that it was granted to."""
    return label is not None and bool(is_outside_structure(claim, label.application))


@rules.predicate
def has_no_link(claim: Claim, label: Held | None) -> bool:
    """No link keeps the person from the holder of the label, nor from the structure that it was granted to."""
    if label is None or claim.user is None:
        return False
    return claim.user.pk not in barred(label.application, [claim.user.pk], on=claim.on)


@rules.predicate
def belongs_to_holder(claim: Claim, label: Held | None) -> bool:
    """Is a member of the structure that holds the label."""
    return label is not None and is_member(claim, label.structure)


@rules.predicate
def writes_for_holder(claim: Claim, label: Held | None) -> bool:
    """Writes for the structure that holds the label, in a space that is open."""
    return label is not None and is_writer(claim, label.structure)


@rules.predicate
def answers_for_holder(claim: Claim, label: Held | None) -> bool:
    """Writes for the holder, or represents it even while its space is read only: nobody loses the right to answer."""
    return label is not None and (is_writer(claim, label.structure) or represents(claim, label.structure))


@rules.predicate
def gives_up_for_holder(claim: Claim, label: Held | None) -> bool:
    """Represents the holder, also while its space is read only: giving up a right is not for who only writes."""
    return label is not None and represents(claim, label.structure)


@rules.predicate
def represents_holder(claim: Claim, label: Held | None) -> bool:
    """Is the legal representative of the holder, in a space that is open."""
    return label is not None and is_representative(claim, label.structure)


@rules.predicate
def answers_a_merger(claim: Claim, asked: MergerRequest | None) -> bool:
    """Signs, did not type the request, has no link with the holder, and belonged to neither structure."""
    if asked is None or claim.user is None or asked.asked_by_id == claim.user.pk:
        return False
    label = asked.label
    known = Membership.objects.filter(user=claim.user, structure=asked.successor_id)
    is_free = is_outside_holder(claim, label) and has_no_link(claim, label)
    return bool(is_signatory(claim) and is_free and not known.exists())


handles_label = is_case_officer & follows_the_label & is_outside_holder
is_office = is_case_officer | is_secretariat

rules.add_perm("certificates.prepare_measure", handles_label)
rules.add_perm("certificates.check_event", is_office & is_outside_holder)
rules.add_perm("certificates.notify_grounds", handles_label | (is_signatory & is_outside_holder))
rules.add_perm("certificates.run_hearing", handles_label | (is_secretariat & is_outside_holder))
rules.add_perm("certificates.answer_hearing", answers_for_holder)
rules.add_perm("certificates.give_up_answering", gives_up_for_holder)
rules.add_perm("certificates.read_procedure", belongs_to_holder)
rules.add_perm("certificates.sign_step", is_signatory & is_outside_holder & has_no_link)
types_for_holder = is_office & is_outside_holder  # what came by post, by phone or at the desk
rules.add_perm("certificates.send_condition_proof", writes_for_holder | types_for_holder)
rules.add_perm("certificates.read_condition_proof", handles_label)
rules.add_perm("certificates.lift_condition", is_signatory & is_outside_holder & has_no_link)
rules.add_perm("certificates.relinquish", represents_holder)
rules.add_perm("certificates.ask_merger", represents_holder | types_for_holder)
rules.add_perm("certificates.answer_merger", answers_a_merger)
rules.add_perm("certificates.decline_renewal", represents_holder)
rules.add_perm("certificates.record_relinquishment", types_for_holder)


# Who opened a procedure or put one of its steps forward signs none of its acts (domain 5.2 rule 1).
also_examines(
    Q(move__in=["propose_step", "record_remedy"])
    | Q(move="open", subject__startswith="certificates.withdrawal:")
)


def require_on_label(permission: str, by: Actor, label: Held, *, on: date) -> Actor:
    """Require an act on a label or in a hearing; returns the actor, on behalf of the officer whom they replace.

    Raises `NotAllowed`.
    """
    require(permission, by, label, on=on)
    return in_place_of(by, label.application.case_officer, on=on)
