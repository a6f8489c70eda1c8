"""Somebody from outside before the committee: invited to one item, heard without a vote, gone before it deliberates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, block_unless_empty
from journal.wording import is_blank
from reviewers.actions.sessions.holding import (
    held_item,
    open_room,
    refuse_a_chair_with_a_link,
    refuse_without_reason,
)
from reviewers.expert_checklist import missing_documents, missing_to_invite
from reviewers.experts import expert_may_be_erased
from reviewers.models import AgendaItem, Expert, Session


@transaction.atomic
def invite_expert(  # noqa: PLR0913 - one act, said in one place
    *,
    item_pk: int,
    name: str,
    quality: str,
    why: str,
    declared_on: date,
    confidentiality_signed_on: date,
    no_link: bool,
    documents: Sequence[str] = (),
    at: datetime,
    by: Actor,
) -> Expert:
    """Invite somebody to be heard on one item, without a vote; the convocation tells the members (domain 5.3).

    They get no access: the secretariat hands documents over, which are listed. Raises `NotAllowed`; `Blocked` once the
    session is convened, for a member of the committee, for who acts for the structure, or with what is missing:
    the declaration of interests without a link (CSP L1451-1, L1452-3), the promise to keep what they learn to
    themselves.
    """
    item = held_item(item_pk, "reviewers.invite_expert", at=at, by=by)
    _refuse_unless_planned(item)
    told = [one.strip() for one in documents if not is_blank(one)]
    block_unless_empty(
        [
            *missing_to_invite(
                item,
                name=name,
                quality=quality,
                why=why,
                declared_on=declared_on,
                confidentiality_signed_on=confidentiality_signed_on,
                no_link=no_link,
                on=timezone.localdate(at),
            ),
            *missing_documents(told),
        ]
    )
    expert = Expert.objects.create(
        item=item,
        name=name.strip(),
        quality=quality.strip(),
        why=why.strip(),
        declared_on=declared_on,
        confidentiality_signed_on=confidentiality_signed_on,
        documents=told,
        invited_by=by.person,
        invited_at=at,
    )
    note(item, what="invite_expert", at=at, by=by)
    return expert


@transaction.atomic
def give_up_expert(*, expert_pk: int, at: datetime, by: Actor) -> Expert:
    """Take an invitation back before anybody is told of it. Raises `NotAllowed`; `Blocked` once convened."""
    expert, item = _held(expert_pk, "reviewers.invite_expert", at=at, by=by)
    _refuse_unless_planned(item)
    expert.given_up_at = at
    expert.save(update_fields=["given_up_at"])
    note(item, what="give_up_expert", at=at, by=by)
    return expert


@transaction.atomic
def hand_documents(*, expert_pk: int, documents: Sequence[str], at: datetime, by: Actor) -> Expert:
    """Write the whole list of what was handed over. Raises `NotAllowed`; `Blocked` once the item is over."""
    expert, item = _held(expert_pk, "reviewers.invite_expert", at=at, by=by)
    if item.state not in AgendaItem.PENDING:
        raise Blocked([_("Ce point est terminé : la liste ne change plus.")])
    told = [one.strip() for one in documents if not is_blank(one)]
    block_unless_empty(missing_documents(told))
    expert.documents = told
    expert.save(update_fields=["documents"])
    note(item, what="hand_documents", at=at, by=by)
    return expert


@transaction.atomic
def hear_expert(*, expert_pk: int, at: datetime, by: Actor) -> Expert:
    """The invited person comes in and is heard. Raises `NotAllowed`; `Blocked` unless the item is in discussion."""
    expert, item = _in_discussion(expert_pk, at=at, by=by)
    if expert.heard_at is None:
        expert.heard_at, expert.not_heard = at, ""
        expert.save(update_fields=["heard_at", "not_heard"])
        note(item, what="hear_expert", at=at, by=by)
    return expert


@transaction.atomic
def see_expert_out(*, expert_pk: int, at: datetime, by: Actor) -> Expert:
    """The person heard leaves before the deliberation. Raises `NotAllowed`; `Blocked` unless they are there."""
    expert, item = _in_discussion(expert_pk, at=at, by=by)
    if expert.heard_at is None:
        raise Blocked([_("Cette personne n'est pas dans la séance.")])
    if expert.left_at is None:
        expert.left_at = at
        expert.save(update_fields=["left_at"])
        note(item, what="see_expert_out", at=at, by=by)
    return expert


@transaction.atomic
def do_without_expert(*, expert_pk: int, at: datetime, by: Actor) -> Expert:
    """The committee deliberates without hearing them, for a reason that the minutes keep (`by.reason`).

    Raises `NotAllowed`; `Blocked` without a reason, unless the item is in discussion, or once heard.
    """
    expert, item = _in_discussion(expert_pk, at=at, by=by)
    refuse_without_reason(by)
    if expert.heard_at is not None:
        raise Blocked([_("Cette personne a déjà été entendue.")])
    expert.not_heard = by.reason.strip()
    expert.save(update_fields=["not_heard"])
    note(item, what="do_without_expert", at=at, by=by)
    return expert


@transaction.atomic
def erase_expert(*, expert_pk: int, at: datetime, by: Actor) -> Expert:
    """The legal period is over: who they are and why they came is erased; that somebody was heard stays.

    The approved minutes keep the name, as they keep those of who sat. Raises `NotAllowed`; `Blocked` before the time.
    """
    found = Expert.objects.select_related("item").get(pk=expert_pk)
    item = AgendaItem.objects.select_related("application__edition").hold(found.item_id)
    require("reviewers.erase_expert", by, item, on=timezone.localdate(at))
    expert = Expert.objects.get(pk=expert_pk)
    if not expert_may_be_erased(item, on=timezone.localdate(at)):
        raise Blocked([_("Ces données doivent encore être gardées.")])
    if expert.erased_at is None:
        expert.name = expert.quality = expert.why = expert.not_heard = ""
        expert.documents, expert.erased_at = [], at
        expert.save()
        note(item, what="erase_expert", at=at, by=by)
    return expert


def _held(expert_pk: int, permission: str, *, at: datetime, by: Actor) -> tuple[Expert, AgendaItem]:
    """The invitation read afresh under the thread of its session. Raises `DoesNotExist`, `NotAllowed`, `Blocked`."""
    item = held_item(Expert.objects.get(pk=expert_pk).item_id, permission, at=at, by=by)
    expert = item.experts.invited().filter(pk=expert_pk).first()
    if expert is None:
        raise Blocked([_("Cette invitation a été retirée.")])
    return expert, item


def _in_discussion(expert_pk: int, *, at: datetime, by: Actor) -> tuple[Expert, AgendaItem]:
    expert, item = _held(expert_pk, "reviewers.run_item", at=at, by=by)
    refuse_a_chair_with_a_link(open_room(item, at=at), by)
    if item.state != AgendaItem.State.IN_DISCUSSION:
        raise Blocked([_("Ce point n'est pas en discussion.")])
    return expert, item


def _refuse_unless_planned(item: AgendaItem) -> None:
    if item.session.state != Session.State.PLANNED or item.state != AgendaItem.State.LISTED:
        raise Blocked([_("L'ordre du jour est fixé depuis la convocation.")])
