"""The letter of the yearly follow-up (L9a), who exchanges about it, who may download its files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django.db import models

from accounts.models import User
from accounts.rules import Claim, roles_of
from certificates.actions.changes import PROOF as CHANGE_PROOF
from certificates.actions.follow_ups.filling import ACCOUNTS, SCAN
from certificates.actions.follow_ups.gaps import PROOF as GAP_PROOF
from certificates.actions.register_watch import PROOF as REGISTER_PROOF
from certificates.follow_up import QUESTIONS
from certificates.models import Consultation, FollowUp, Label
from label import correspondence as dossiers
from label import mails
from label.visibility import HANDLING_ROLES
from letters import registry
from reviewers.conflicts import barred
from reviewers.reading import is_kept_from
from structures.models import Membership
from structures.rules import is_member, is_writer, represents

FOLLOW_UP = "certificates.followup"


@registry.letter("L9a", about=FOLLOW_UP, compulsory=("structure", "number", "due_on", "topics"))
def follow_up_call(follow_up: FollowUp, **extra: Any) -> dict[str, Any]:
    """Facts of the call for a yearly follow-up: its day, what is asked, what is known from the year before."""
    label = follow_up.label
    return {
        **dossiers.common(label.application, label.structure),
        "number": label.number,
        "valid_until": label.ends_on,
        "year": follow_up.year,
        "due_on": follow_up.due_on,
        "topics": [str(question.title) for question in QUESTIONS],
        **extra,
    }


def _reads(claim: Claim, follow_up: FollowUp) -> bool:
    return bool(is_member(claim, follow_up.label.structure))


def _writes(claim: Claim, follow_up: FollowUp) -> bool:
    return bool(is_writer(claim, follow_up.label.structure))


def _represents(claim: Claim, follow_up: FollowUp) -> bool:
    return bool(represents(claim, follow_up.label.structure))


def _association(follow_up: FollowUp, on: date) -> Iterable[User]:
    return mails.contacts(follow_up.label.application)


def _office(follow_up: FollowUp, on: date) -> Iterable[User]:
    return registry.correspondents["label.application"].office(follow_up.label.application, on)


registry.exchanges(
    FOLLOW_UP,
    reads=_reads,
    writes=_writes,
    represents=_represents,
    association=_association,
    office=_office,
)


def _handles(user: User, on: date) -> bool:
    return bool(HANDLING_ROLES & roles_of(user, on=on))


def _belongs(user: User, structure_pk: int) -> bool:
    return Membership.objects.current().filter(user=user, structure=structure_pk).exists()


def reads_what_was_sent(user: User, on: date, record: models.Model) -> bool:
    """The accounts and the paper of a follow-up: the holder of the label and the Institute, never a member asked."""
    return _handles(user, on) or _belongs(user, cast(FollowUp, record).label.structure_id)


for _purpose in (ACCOUNTS, SCAN):
    registry.file_audience(_purpose)(reads_what_was_sent)


@registry.file_audience(GAP_PROOF)
def reads_a_proof(user: User, on: date, record: models.Model) -> bool:
    """The proof of a gap: the same, and the members asked about it while no link keeps them away."""
    follow_up = cast(FollowUp, record)
    if reads_what_was_sent(user, on, record):
        return True
    asked = Consultation.objects.filter(gap__follow_up=follow_up, member=user, superseded_at=None)
    return asked.exists() and user.pk not in barred(follow_up.label.application, [user.pk], on=on)


@registry.file_audience(REGISTER_PROOF)
def reads_an_extract(user: User, on: date, record: models.Model) -> bool:
    """What was found in a register stays at the Institute."""
    return _handles(user, on)


@registry.file_audience(CHANGE_PROOF)
def reads_what_the_holder_sent(user: User, on: date, record: models.Model) -> bool:
    """What is joined to a declared change, a hearing or a condition: whoever sees the label, unless a link of today.

    The subject is the label; its members keep their own space.
    """
    label = cast(Label, record)
    return _belongs(user, label.structure_id) or not is_kept_from(label.application, user, on=on)
