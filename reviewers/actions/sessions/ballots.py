"""What becomes of ballots when a link is found during a vote or after it, and when a vote cannot be counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from journal.moves import Actor, note
from reviewers.models import AgendaItem, Ballot


def cast_by(item: AgendaItem, people: Collection[int]) -> QuerySet[Ballot]:
    """The ballots that these members (keys of mandates) cast on an item, for themselves or by proxy."""
    return item.ballots.filter(Q(mandate__in=people) | Q(cast_by__in=people))


def take_out(item: AgendaItem, away: Collection[int], *, at: datetime, by: Actor) -> bool:
    """Take out what members kept away from an item cast; says whether there was any.

    Part of an act whose author was checked, on an item already held. An open vote that was closed is open again, to be
    counted again. A secret ballot cannot be found in the urn: the urn is emptied and everybody votes again.
    """
    theirs = cast_by(item, away)
    if item.state != AgendaItem.State.VOTING or not theirs.exists():
        return False
    if item.is_secret:
        _empty(item)
    else:
        theirs.delete()
    _forget_result(item)
    item.save()
    note(item, what="ballots_removed", at=at, by=by.because(""))
    return True


def set_aside(item: AgendaItem, *, at: datetime, by: Actor) -> None:
    """The vote will not be counted: no ballot is kept. Part of an act that saves the item, already held."""
    _empty(item)
    _forget_result(item)
    note(item, what="ballots_set_aside", at=at, by=by.because(""))


def _empty(item: AgendaItem) -> None:
    item.ballots.all().delete()
    item.secret_counts.update(count=0)


def _forget_result(item: AgendaItem) -> None:
    item.vote_closed_at, item.counts, item.outcome = None, {}, ""
    item.casting_choice, item.casting_by, item.casting_reason = "", None, ""
