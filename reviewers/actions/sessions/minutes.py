"""The minutes: drafted from the record, completed by hand, approved by two people, frozen; and the logbook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, NotAllowed
from journal.wording import is_blank
from letters import files
from letters.pdf import render_document
from reviewers import session_mails
from reviewers.actions.evaluations import digest_of
from reviewers.actions.sessions.holding import held_session
from reviewers.minutes import CLOSING, OPENING, blocks_of, item_part, parts_of, record_of, title_of
from reviewers.models import ChairApproval, LogbookEntry, Minutes, MinutesChange, Session
from reviewers.reading import closed_keys, item_named, open_keys

LONGEST_PART = 20_000
PURPOSE = "minutes"


@transaction.atomic
def draft_minutes(*, session_pk: int, at: datetime, by: Actor) -> Minutes:
    """Draft the minutes from the record of a closed session; drafted again, the record is read afresh.

    What was completed by hand is kept. Raises `NotAllowed`; `Blocked` before the end, or once somebody approved.
    """
    session = held_session(session_pk, "reviewers.draft_minutes", at=at, by=by)
    if session.state != Session.State.CLOSED:
        raise Blocked([_("Le procès-verbal s'écrit quand la séance est close.")])
    found = Minutes.objects.filter(session=session).first() or Minutes(session=session)
    approved = found.chair_approved_at or found.secretary_approved_at
    if approved or (found.pk and found.chair_approvals.exists()):
        raise _already_approved()
    found.record, found.drafted_at = record_of(session), at
    found.save()
    note(session, what="draft_minutes", at=at, by=by)
    return found


@transaction.atomic
def complete_minutes(*, session_pk: int, parts: Mapping[str, str], at: datetime, by: Actor) -> Minutes:
    """Write parts completed by hand; what changes in a part already written leaves its old words beside the new ones.

    Approvals already given fall: what was approved has changed. Those who approved, or were asked to, are told; not
    the person who writes. Raises `NotAllowed`, also for the part of an item from which a link keeps the author;
    KeyError for an unknown part; `Blocked` before the draft or once the minutes are approved, and for a part on the
    whole session that names what an item is about.
    """
    session = held_session(session_pk, "reviewers.draft_minutes", at=at, by=by)
    found = _minutes_of(session)
    known = parts_of(found.record)
    closed = {item_part(pk) for pk in closed_keys(session, by.person, on=timezone.localdate(at))}
    approved = _who_approved(found)
    is_changed = False
    for name, typed in parts.items():
        if name not in known:
            raise KeyError(name)
        old, new = found.parts.get(name, ""), typed.strip()[:LONGEST_PART]
        if old == new:
            continue
        if name in closed:
            raise NotAllowed("reviewers.draft_minutes")
        if name in (OPENING, CLOSING):
            refuse_an_item_named(session, new, code=name, at=at, by=by)
        if old:
            MinutesChange.objects.create(
                minutes=found, part=name, old=old, new=new, changed_by=by.person, changed_at=at
            )
        found.parts[name], is_changed = new, True
        found.chair_approvals.all().delete()
        found.chair_approved_at = found.chair_approved_by = None
        found.secretary_approved_at = found.secretary_approved_by = None
    found.save()
    note(session, what="complete_minutes", at=at, by=by)
    if is_changed and found.sent_at is not None:
        for person in (_asked_to_approve(session) | approved) - {by.person}:
            session_mails.tell_minutes_changed(session, person, had_approved=person in approved, at=at)
    return found


def _asked_to_approve(session: Session) -> set[User]:
    chairs = (session.lay_chair, session.professional_chair, session.acting_chair)
    return {session.secretary, *(one.user for one in chairs if one is not None)}


def _who_approved(found: Minutes) -> set[User]:
    approvals = found.chair_approvals.select_related("approved_by")
    return {one.approved_by for one in approvals} | {one for one in [found.secretary_approved_by] if one}


@transaction.atomic
def send_minutes(*, session_pk: int, at: datetime, by: Actor) -> Minutes:
    """Send the minutes to the co-chairs and the secretary, for approval. Raises `NotAllowed`, `Blocked`."""
    session = held_session(session_pk, "reviewers.draft_minutes", at=at, by=by)
    found = _minutes_of(session)
    found.sent_at = at
    found.save(update_fields=["sent_at"])
    note(session, what="send_minutes", at=at, by=by)
    for person in _asked_to_approve(session):
        session_mails.ask_to_approve(session, person, at=at)
    return found


@transaction.atomic
def approve_minutes(*, session_pk: int, at: datetime, by: Actor) -> Minutes:
    """Who presides approves the items that no link hides from them, the secretary the whole.

    Once each item has the approval of a chair, and the secretary's is there, the text is frozen and its PDF kept. A
    second approval by the same person changes nothing. Raises `NotAllowed`; `Blocked` before the minutes were sent,
    for the secretary whom a link keeps from an item, or for a chair kept from all.
    """
    session = held_session(session_pk, "reviewers.approve_minutes", at=at, by=by)
    found = _minutes_of(session)
    if found.sent_at is None:
        raise Blocked([_("Le procès-verbal n'a pas encore été envoyé pour accord.")])
    closed = closed_keys(session, by.person, on=timezone.localdate(at))
    if by.role == Role.SECRETARIAT:
        is_new = _approve_as_secretary(found, closed, at=at, by=by)
    else:
        is_new = _approve_as_chair(found, closed, at=at, by=by)
    if not is_new:
        return found
    found.save()
    if found.chair_approved_at and found.secretary_approved_at:
        _freeze(session, found, at=at, by=by)
    else:
        note(session, what="approve_minutes_first", at=at, by=by)
    return found


def _approve_as_secretary(found: Minutes, closed: Collection[int], *, at: datetime, by: Actor) -> bool:
    """The whole, by somebody from whom nothing is hidden; whether it is new."""
    if found.secretary_approved_at is not None:
        return False
    if closed:
        raise Blocked(
            [_("Un lien vous tient à l'écart d'un point de cette séance : une autre personne approuve.")]
        )
    if found.chair_approvals.filter(approved_by=by.person).exists():
        raise _same_person()
    found.secretary_approved_at, found.secretary_approved_by = at, by.person
    return True


def _approve_as_chair(found: Minutes, closed: Collection[int], *, at: datetime, by: Actor) -> bool:
    """The items that this chair may read and that nobody approved yet; whether there is any."""
    if found.secretary_approved_by == by.person:
        raise _same_person()
    every = {item["pk"] for item in found.record["items"]}
    done = set(found.chair_approvals.values_list("item_id", flat=True))
    if every and every <= set(closed):
        raise Blocked(
            [_("Un lien vous tient à l'écart d'un point de cette séance : une autre personne approuve.")]
        )
    mine = every - set(closed) - done
    ChairApproval.objects.bulk_create(
        ChairApproval(minutes=found, item_id=pk, approved_by=by.person, approved_at=at) for pk in sorted(mine)
    )
    if every <= done | mine and found.chair_approved_at is None:
        found.chair_approved_at, found.chair_approved_by = at, by.person
        return True
    return bool(mine)


def _same_person() -> Blocked:
    return Blocked([_("La même personne n'approuve pas deux fois.")])


def _freeze(session: Session, found: Minutes, *, at: datetime, by: Actor) -> None:
    """All have approved: the digest of the text and its PDF are kept, nothing changes any more."""
    text = {"record": found.record, "parts": found.parts}
    found.digest = digest_of(text)
    found.pdf = files.store_made(
        content=render_document(
            title_of(found.record),
            blocks_of(found.record, found.parts),
            reference=session.reference,
            dated=at,
        ),
        name=f"proces-verbal-{session.reference}.pdf",
        subject=f"reviewers.session:{session.pk}",
        purpose=PURPOSE,
        thread=session.thread,
        at=at,
        by=by,
    )
    found.save()
    session.approve_minutes(by=by, at=at)
    session.save()
    deadlines.meet(subject=session, kind="minutes", at=at)


def _minutes_of(session: Session) -> Minutes:
    found = Minutes.objects.filter(session=session).first()
    if found is None:
        raise Blocked([_("Le procès-verbal n'est pas encore rédigé.")])
    if found.digest:
        raise _already_approved()
    return found


def _already_approved() -> Blocked:
    return Blocked([_("Le procès-verbal est approuvé : il ne change plus.")])


def refuse_an_item_named(session: Session, text: str, *, code: str, at: datetime, by: Actor) -> None:
    """What everybody reads may not say what an item is about: some are kept away from it. Raises `Blocked`."""
    item = item_named(session, text, by.person, on=timezone.localdate(at))
    if item is not None:
        told = _("Ce texte parle du point {n}. Écrivez-le avec ce point : tout le monde ne peut pas le lire.")
        raise Blocked([Missing(told.format(n=item.position), code=code)])


@transaction.atomic
def write_logbook(
    *, session_pk: int, text: str, item_pk: int | None = None, at: datetime, by: Actor
) -> LogbookEntry:
    """Write what the session taught, in the logbook (« journal de bord »): of the whole sitting, or of one item.

    Raises `NotAllowed`, also for an item from which a link keeps the author; `Blocked` before the sitting, for nothing,
    and for a lesson on the whole that names what an item is about.
    """
    session = held_session(session_pk, "reviewers.write_logbook", at=at, by=by)
    if session.state not in Session.HELD:
        raise Blocked([_("Cette séance n'a pas encore eu lieu.")])
    if is_blank(text):
        raise Blocked([_("Écrivez ce que la séance vous a appris.")])
    if item_pk is None:
        refuse_an_item_named(session, text, code="item", at=at, by=by)
    elif item_pk not in open_keys(session.items.all(), by.person, on=timezone.localdate(at)):
        raise NotAllowed("reviewers.write_logbook")
    found = LogbookEntry.objects.create(
        session=session, item_id=item_pk, author=by.person, text=text.strip(), at=at
    )
    note(session, what="write_logbook", at=at, by=by)
    return found
