"""A session held on two dossiers, with words that nobody could take for others in all that was said and written there.

One member is kept from the first dossier by a link that no stored row tells: whoever represents its structure took,
after the dossier was filed, the name that the member had declared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from accounts.models import User
from reviewers import actions as reviewing
from reviewers.actions import sessions as actions
from reviewers.models import AgendaItem, LinkMatch, Mandate, Session
from tests.factories import reviewers, sessions
from tests.factories.sessions import CONVENED_AT, SITS_AT
from tests.factories.structures import AT, structure

# Of the first dossier; then of the second one and of the whole sitting, which everybody who sits reads.
HIDDEN = frozenset({"held", "wrote", "said", "corrected", "lesson", "casting", "motive", "dissent"})
SHARED = frozenset({"wrote2", "said2", "lesson2", "welcome"})
ENDED_AT = SITS_AT + timedelta(hours=2)


@dataclass(frozen=True)
class Held:
    """The session, who is kept from its first item, and somebody who sits without any link."""

    session: Session
    kept_off: User
    sitter: User


def held(word: Callable[[str], str]) -> Held:
    """Everything through the real actions, from the written contributions to the approved minutes."""
    members = reviewers.committee()
    chair, writer, kept_off, sitter = members[0], members[1], members[2], members[3]
    first, second = structure(name=word("held")), structure(name="Relais des collines")
    dossiers = [sessions.deliberated(found=first), sessions.deliberated(found=second)]
    _link(kept_off, first.representative())
    session = sessions.convened(dossiers, members=members)
    items = [sessions.item_of(session, place) for place in range(2)]
    actions.answer_invitation(
        session_pk=session.pk,
        mandate_pk=writer.pk,
        answer="written",
        contributions={items[0].pk: word("wrote"), items[1].pk: word("wrote2")},
        at=CONVENED_AT,
        by=reviewers.member_actor(writer),
    )
    for mandate in members:
        sessions.attend(session, mandate, "written" if mandate == writer else "present")
    by = sessions.secretary_of(session)
    actions.begin_session(session_pk=session.pk, at=SITS_AT, by=by)
    _decide(session, [chair, sitter, *members[4:]], chair, word)
    back = by.because("Faute de temps.")
    actions.send_back(item_pk=sessions.called(session, 1).pk, sent_to="later", at=SITS_AT, by=back)
    actions.close_session(session_pk=session.pk, at=ENDED_AT, by=by)
    _write_down(session, items, chair, word)
    assert not LinkMatch.objects.exists()
    return Held(session, kept_off.user, sitter.user)


def _link(mandate: Mandate, leader: User) -> None:
    reviewing.declare_link(
        mandate_pk=mandate.pk,
        organisation_name="Camille Passerelle",
        kind="officer",
        at=AT,
        by=reviewers.member_actor(mandate),
    )
    leader.first_name, leader.last_name = "Camille", "Passerelle"
    leader.save()


def _decide(
    session: Session, voters: list[Mandate], chair: Mandate, word: Callable[[str], str]
) -> AgendaItem:
    """A tie that the co-chair decides, then the opinion."""
    item = sessions.voting(session)
    for mandate, choice in zip(
        voters, ("favourable", "favourable", "unfavourable", "unfavourable"), strict=True
    ):
        sessions.vote(item, mandate, choice)
    by = sessions.secretary_of(session)
    actions.close_vote(item_pk=item.pk, at=SITS_AT, by=by)
    actions.cast_deciding_vote(
        item_pk=item.pk,
        choice="unfavourable",
        at=SITS_AT,
        by=reviewers.member_actor(chair).because(word("casting")),
    )
    reasons = f"{word('motive')} {sessions.REASONS}"
    sessions.adopted(item, reasons=reasons, minority=word("dissent"), solutions=[])
    return item


def _write_down(
    session: Session, items: list[AgendaItem], chair: Mandate, word: Callable[[str], str]
) -> None:
    by = sessions.secretary_of(session)
    for item, text in zip(items, ("lesson", "lesson2"), strict=True):
        actions.write_logbook(session_pk=session.pk, text=word(text), item_pk=item.pk, at=ENDED_AT, by=by)
    actions.draft_minutes(session_pk=session.pk, at=ENDED_AT, by=by)
    first, second = (f"item-{item.pk}" for item in items)
    before = {"opening": word("welcome"), first: word("corrected"), second: word("said2")}
    for parts in (before, {first: word("said")}):
        actions.complete_minutes(session_pk=session.pk, parts=parts, at=ENDED_AT, by=by)
    actions.send_minutes(session_pk=session.pk, at=ENDED_AT, by=by)
    for actor in (reviewers.member_actor(chair), by):
        actions.approve_minutes(session_pk=session.pk, at=ENDED_AT, by=actor)
