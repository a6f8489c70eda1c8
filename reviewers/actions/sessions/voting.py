"""The vote on an item: opened, cast in person or by proxy, openly or in secret, closed, and written as an opinion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.translation import gettext as _

from accounts.models import Role
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from reviewers import tally
from reviewers.actions.sessions.attendance import come_back
from reviewers.actions.sessions.ballots import cast_by, take_out
from reviewers.actions.sessions.holding import (
    held_item,
    mandate_of,
    open_room,
    refuse_a_chair_with_a_link,
    refuse_without_reason,
)
from reviewers.models import AgendaItem, Ballot, Mandate, SecretCount
from reviewers.registry import Outcome, scale_of, subject_of
from reviewers.room import Room
from reviewers.session_checklist import (
    missing_statements,
    missing_to_count,
    missing_to_keep_secret,
    missing_to_open_vote,
    not_in_this_vote,
    too_few_secret_ballots,
    vote_is_closed,
)


@transaction.atomic
def open_vote(*, item_pk: int, at: datetime, by: Actor) -> AgendaItem:
    """Open the ballots of an item; the scores of its evaluation become final.

    Raises `NotAllowed`; `Blocked` before the hearing, while a point is not discussed, or without the item's quorum.
    """
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    room = open_room(item, at=at)
    refuse_a_chair_with_a_link(room, by)
    if item.state != AgendaItem.State.IN_DISCUSSION:
        raise Blocked([_("Ce point n'est pas en discussion.")])
    subject = subject_of(item.kind)
    record = subject.hold(item)
    block_unless_empty(subject.missing_to_list(record))
    block_unless_empty(missing_to_open_vote(item, list(item.points.all()), room))
    subject.before_vote(record, at=at)
    item.open_vote(by=by, at=at)
    item.save()
    return item


@transaction.atomic
def ask_secret_ballot(*, item_pk: int, at: datetime, by: Actor) -> AgendaItem:
    """One member asks for a secret vote: it is secret. Open ballots already cast are torn up and cast again.

    A second call changes nothing. Raises `NotAllowed`; `Blocked` for somebody who takes no part in the item (E32),
    once the vote is closed (E31), or when so few people vote that each would read the choice of the others.
    """
    item = held_item(item_pk, "reviewers.ask_secret_ballot", at=at, by=by)
    room = open_room(item, at=at)
    if item.state not in AgendaItem.UNDER_WAY or item.vote_closed_at is not None:
        raise Blocked([vote_is_closed(item)])
    asking = mandate_of(by.user_id)
    if by.role != Role.SECRETARIAT and (asking is None or asking.pk not in room.in_person):
        raise Blocked([not_in_this_vote()])
    if not item.is_secret:
        block_unless_empty(missing_to_keep_secret(room))
        item.ballots.all().delete()
        item.is_secret = True
        item.save(update_fields=["is_secret"])
        SecretCount.objects.bulk_create(SecretCount(item=item, choice=choice) for choice in _choices(item))
        note(item, what="secret_ballot", at=at, by=by)
    return item


@transaction.atomic
def give_up_secret_ballot(*, item_pk: int, at: datetime, by: Actor) -> AgendaItem:
    """So many people left that the secret cannot be kept: the urn is emptied, the vote is by show of hands.

    Raises `NotAllowed`; `Blocked` unless the vote is secret and open, or while enough people could still vote: what
    one member asked for stands then (domain 6.10).
    """
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    room = open_room(item, at=at)
    refuse_a_chair_with_a_link(room, by)
    if item.state not in AgendaItem.UNDER_WAY or item.vote_closed_at is not None or not item.is_secret:
        raise Blocked([_("Aucun vote secret n'est en cours sur ce point.")])
    if not missing_to_keep_secret(room):
        raise Blocked([_("Assez de personnes peuvent voter : le vote reste secret.")])
    item.ballots.all().delete()
    item.secret_counts.all().delete()
    item.is_secret = False
    item.save(update_fields=["is_secret"])
    note(item, what="open_ballot", at=at, by=by)
    return item


@transaction.atomic
def cast_ballot(*, item_pk: int, choice: str, mandate_pk: int, at: datetime, by: Actor) -> Ballot:
    """Vote on an item, for oneself or for who gave one a proxy: `mandate_pk` is whose vote it is.

    An open ballot may be changed until the vote is closed; a secret one may not. The secretariat enters an open vote
    said aloud by a member without a device (`by.on_behalf_of`). Raises `NotAllowed`, ValueError for an unknown
    choice; `Blocked` when the vote is not open (E31), for somebody absent, kept away, or whose vote is not theirs
    to cast (E32), or who did not say that they have no link with the dossier.
    """
    item = held_item(item_pk, "reviewers.vote", at=at, by=by)
    room = open_room(item, at=at)
    choice = subject_of(item.kind).choices(choice)
    if item.state != AgendaItem.State.VOTING or item.vote_closed_at is not None:
        raise Blocked([vote_is_closed(item)])
    caster = _caster(room, mandate_pk, by)
    block_unless_empty(missing_statements(item, room.casters([mandate_pk])))
    if item.is_secret and caster is None:
        raise Blocked([_("Un vote secret se fait par la personne elle-même, ou sur un bulletin en papier.")])
    found = Ballot.objects.filter(item=item, mandate=mandate_pk).first()
    if found is not None and item.is_secret:
        raise Blocked([_("Ce vote secret est déjà dans l'urne : il ne peut plus être changé.")])
    ballot = found or Ballot(item=item, mandate_id=mandate_pk)
    ballot.cast_by = caster if caster is not None and caster.pk != mandate_pk else None
    ballot.is_secret, ballot.choice = item.is_secret, "" if item.is_secret else choice
    ballot.cast_at = at
    ballot.save()
    if item.is_secret:
        _into_the_urn(item, {choice: 1})
    note(item, what="ballot", at=at, by=by)
    return ballot


def _caster(room: Room, mandate_pk: int, by: Actor) -> Mandate | None:
    """Who casts this vote: the member or the holder of their proxy; None for the secretariat. `Blocked` (E32)."""
    if mandate_pk not in room.here:
        raise Blocked([not_in_this_vote()])
    if by.role == Role.SECRETARIAT:
        return None
    caster = next((one for one in room.members.values() if one.user_id == by.user_id), None)
    if caster is None or caster.pk not in room.in_person:
        raise Blocked([not_in_this_vote()])
    if mandate_pk != caster.pk and room.represented.get(mandate_pk) != caster.pk:
        raise Blocked([not_in_this_vote()])
    return caster


def _into_the_urn(item: AgendaItem, counts: Mapping[str, int]) -> None:
    """Add ballots to the counters of a secret vote; every counter is rewritten, so that none shows the last one."""
    added = [When(choice=choice, then=Value(counts.get(choice, 0))) for choice in _choices(item)]
    SecretCount.objects.filter(item=item).update(count=F("count") + Case(*added, default=Value(0)))


@transaction.atomic
def count_paper_ballots(
    *, item_pk: int, mandate_pks: Collection[int], counts: Mapping[str, int], at: datetime, by: Actor
) -> AgendaItem:
    """Count secret ballots on paper: who put one in the urn, and how many of each choice came out.

    Raises `NotAllowed`; `Blocked` for an open vote, when the two numbers differ, for somebody who takes no part, has
    voted already or said nothing of their links, and for so few ballots that they would tell who voted what.
    """
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    room = open_room(item, at=at)
    refuse_a_chair_with_a_link(room, by)
    if item.state != AgendaItem.State.VOTING or item.vote_closed_at is not None:
        raise Blocked([vote_is_closed(item)])
    if not item.is_secret:
        raise Blocked([_("Les bulletins en papier servent au vote secret.")])
    voters = set(mandate_pks)
    if counts.keys() - set(_choices(item)) or any(number < 0 for number in counts.values()):
        raise Blocked([_("Écrivez un nombre entier, sans lettre. S'il n'y en a pas, écrivez 0.")])
    if not voters or sum(counts.values()) != len(voters):
        raise Blocked([_("Il doit y avoir autant de bulletins que de personnes qui ont voté.")])
    if voters - room.here or Ballot.objects.filter(item=item, mandate__in=voters).exists():
        raise Blocked([_("Une de ces personnes ne participe pas à ce point, ou a déjà voté.")])
    block_unless_empty(too_few_secret_ballots(room.casters(voters)))
    block_unless_empty(missing_statements(item, room.casters(voters)))
    for key in sorted(voters):
        holder = room.represented.get(key)
        Ballot.objects.create(item=item, mandate_id=key, cast_by_id=holder, is_secret=True, cast_at=at)
    _into_the_urn(item, counts)
    note(item, what="paper_ballots", at=at, by=by)
    return item


@transaction.atomic
def close_vote(*, item_pk: int, at: datetime, by: Actor) -> AgendaItem:
    """Close the ballots and count them: `item.counts` and `item.outcome`, which is empty in a tie.

    What somebody cast whose link was found meanwhile is taken out first; a secret vote then begins again instead of
    closing. A second call changes nothing. Raises `NotAllowed`; `Blocked` when no vote is open or nobody voted, and
    when the quorum of the item is lost: `send_back` is then the way out.
    """
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    room = open_room(item, at=at)
    refuse_a_chair_with_a_link(room, by)
    if item.state != AgendaItem.State.VOTING:
        raise Blocked([vote_is_closed(item)])
    removed = take_out(item, room.away, at=at, by=by)
    if item.vote_closed_at is not None or (removed and item.is_secret):
        return item
    block_unless_empty(missing_to_count(room))
    item.counts = counted(item)
    if not sum(item.counts.values()):
        raise Blocked([_("Personne n'a encore voté.")])
    if item.is_secret:
        block_unless_empty(too_few_secret_ballots(who_voted(item)))
    item.outcome = tally.outcome(item.counts, scale_of(item.kind))
    item.vote_closed_at = at
    item.save(update_fields=["counts", "outcome", "vote_closed_at"])
    note(item, what="close_vote", at=at, by=by)
    return item


def who_voted(item: AgendaItem) -> set[int]:
    """The keys of the mandates of those who cast a vote on an item, for themselves or for others."""
    return {holder or own for own, holder in item.ballots.values_list("mandate_id", "cast_by_id")}


def counted(item: AgendaItem) -> dict[str, int]:
    """How many votes each choice has, from the ballots or from the urn."""
    if item.is_secret:
        rows = dict(item.secret_counts.values_list("choice", "count"))
    else:
        rows = Counter(item.ballots.values_list("choice", flat=True))
    return {choice: rows.get(choice, 0) for choice in _choices(item)}


def _choices(item: AgendaItem) -> list[str]:
    return subject_of(item.kind).choices.values


@transaction.atomic
def cast_deciding_vote(*, item_pk: int, choice: str, at: datetime, by: Actor) -> AgendaItem:
    """In a tie the co-chair decides, and says why (`by.reason`): recorded in the minutes.

    Raises `NotAllowed`; `Blocked` without a tie (abstentions alone are none), without a reason, for a choice that is
    not tied, or for a co-chair who takes no part in the item.
    """
    item = held_item(item_pk, "reviewers.cast_deciding_vote", at=at, by=by)
    room = open_room(item, at=at)
    refuse_without_reason(by)
    between = tally.tied(item.counts, scale_of(item.kind))
    if item.state != AgendaItem.State.VOTING or item.vote_closed_at is None or item.outcome or not between:
        raise Blocked([_("Il n'y a pas d'égalité à départager.")])
    chair = next((one for one in room.members.values() if one.user_id == by.user_id), None)
    if chair is None or chair.pk not in room.in_person:
        raise Blocked([not_in_this_vote()])
    if choice not in between:
        text = _("Choisissez le sens de l'avis parmi les choix à égalité.")
        raise Blocked([Missing(text, code="choice")])
    item.casting_choice, item.casting_by, item.casting_reason = choice, chair, by.reason.strip()
    item.outcome = tally.outcome(item.counts, scale_of(item.kind), casting=choice)
    item.save(update_fields=["casting_choice", "casting_by", "casting_reason", "outcome"])
    note(item, what="casting_vote", at=at, by=by)
    return item


@transaction.atomic
def adopt_opinion(
    *,
    item_pk: int,
    reasons: str,
    conditions: Sequence[str] = (),
    minority: str = "",
    solutions: Collection[int] = (),
    at: datetime,
    by: Actor,
) -> Any:
    """Write what was voted, with its reasons, reservations and minority opinions: the item is settled.

    The sense of the opinion is the outcome of the vote, nobody chooses it here. Returns the opinion. Raises
    `NotAllowed`; `Blocked` while the vote is open or tied, when the quorum of the item is lost, or with what is missing
    in the text.
    """
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    room = open_room(item, at=at)
    refuse_a_chair_with_a_link(room, by)
    block_unless_empty([*_missing_outcome(item), *missing_to_count(room)])
    if cast_by(item, room.away).exists():
        raise Blocked([_("Un lien a été trouvé depuis le vote : il faut compter de nouveau.")])
    subject = subject_of(item.kind)
    record = subject.hold(item)
    outcome = Outcome(
        choice=item.outcome,
        reasons=reasons,
        counts=item.counts,
        conditions=tuple(text.strip() for text in conditions if not is_blank(text)),
        minority=minority,
        solutions=tuple(solutions),
    )
    block_unless_empty(subject.missing_to_adopt(record, outcome))
    item.adopt(by=by, at=at)
    item.save()
    come_back(item, at=at)
    return subject.adopt(record, item, outcome, at=at, by=by)


def _missing_outcome(item: AgendaItem) -> list[Missing]:
    if item.state != AgendaItem.State.VOTING or item.vote_closed_at is None:
        return [Missing(_("Le vote n'est pas encore clos."), code="vote")]
    if not tally.expressed(item.counts, scale_of(item.kind)):
        text = _("Chacun s'est abstenu : il n'y a pas d'avis. Reportez ce point.")
        return [Missing(text, code="no_opinion")]
    if not item.outcome:
        return [Missing(_("Les votes sont à égalité : la coprésidence doit trancher."), code="tie")]
    return []


def awaited(item: AgendaItem, room: Room) -> list[Mandate]:
    """Who may still vote on the item, by name and never by choice."""
    voted = set(item.ballots.values_list("mandate_id", flat=True))
    return [mandate for key, mandate in room.members.items() if key in room.here and key not in voted]
