"""A session before it is convened: its date, its agenda and the order of its items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.rules import require, roles_of
from journal.models import Counter, Thread
from journal.moves import Actor, note
from journal.numbering import format_number
from journal.refusals import Blocked, Missing, block_unless_empty
from reviewers import agenda, session_mails
from reviewers.actions.sessions.hearings import write_to_the_heard
from reviewers.actions.sessions.holding import (
    held_item,
    held_session,
    invitations_of,
    refuse_a_chair_with_a_link,
    refuse_without_reason,
)
from reviewers.models import AgendaItem, DiscussionPoint, Mandate, Session
from reviewers.questions import promised_hearings
from reviewers.registry import subject_of
from reviewers.room import kept_away, members_in_office, room_of
from reviewers.session_checklist import missing_to_plan

PREFIX = "SEA"
LONGEST_AGENDA = 60
LONGEST_ITEM = 240  # minutes
CHANGEABLE = ("place", "link", "access_notes", "expenses_notes", "minutes_planned")


@transaction.atomic
def plan_session(  # noqa: PLR0913 - what a session is
    *,
    sits_at: datetime,
    place: str,
    lay_chair_pk: int,
    professional_chair_pk: int,
    minutes_planned: int = 120,
    link: str = "",
    access_notes: str = "",
    expenses_notes: str = "",
    secretary: User | None = None,
    at: datetime,
    by: Actor,
) -> Session:
    """Put a session in the calendar and give it its SEA number; `secretary` keeps its minutes, by default the actor.

    Raises `NotAllowed`, and `Blocked` for a day past, no place, or co-chairs that are not one of each side (6.1).
    """
    on = timezone.localdate(at)
    require("reviewers.plan_session", by, None, on=on)
    chairs = Mandate.objects.in_bulk([lay_chair_pk, professional_chair_pk])
    block_unless_empty(
        missing_to_plan(
            sits_at=sits_at,
            place=place,
            length=minutes_planned,
            lay_chair=chairs.get(lay_chair_pk),
            professional_chair=chairs.get(professional_chair_pk),
            on=on,
        )
    )
    keeper = secretary or by.person
    if Role.SECRETARIAT not in roles_of(keeper, on=on):
        raise Blocked([Missing(_("Choisissez une personne du secrétariat."), code="secretary")])
    reference = format_number(PREFIX, on.year, Counter.objects.allocate(PREFIX, on.year))
    found: Session = Session.objects.open(
        thread=Thread.objects.create(reference=reference),
        at=at,
        by=by,
        reference=reference,
        sits_at=sits_at,
        minutes_planned=minutes_planned,
        place=place.strip(),
        link=link,
        access_notes=access_notes.strip(),
        expenses_notes=expenses_notes.strip(),
        lay_chair_id=lay_chair_pk,
        professional_chair_id=professional_chair_pk,
        secretary=keeper,
    )
    return found


@transaction.atomic
def change_session(
    *, session_pk: int, sits_at: datetime | None = None, at: datetime, by: Actor, **facts: str | int
) -> Session:
    """Change the place, the link, the notes or the length before the sitting; its date while it is only planned.

    Those convened are told by mail of another place or link, once. `facts` are among `CHANGEABLE`. Raises
    `NotAllowed`, `Blocked`, and TypeError for anything else.
    """
    session = held_session(session_pk, "reviewers.plan_session", at=at, by=by)
    if unknown := facts.keys() - set(CHANGEABLE):
        raise TypeError(f"a session has no {', '.join(sorted(unknown))}")
    if session.state not in Session.TO_COME:
        raise Blocked([_("Cette séance a commencé ou n'aura pas lieu.")])
    if sits_at is not None and sits_at != session.sits_at and session.state != Session.State.PLANNED:
        raise Blocked([_("La date est annoncée : annulez cette séance et planifiez-en une autre.")])
    announced = session.place, session.link
    for name, value in facts.items():
        setattr(session, name, value.strip() if isinstance(value, str) else value)
    session.sits_at = sits_at or session.sits_at
    moved = session.state in Session.AWAITED and announced != (session.place, session.link)
    block_unless_empty(
        missing_to_plan(
            sits_at=session.sits_at,
            place=session.place,
            length=session.minutes_planned,
            lay_chair=session.lay_chair,
            professional_chair=session.professional_chair,
            on=timezone.localdate(at),
        )
    )
    session.save()
    note(session, what="change_session", at=at, by=by)
    if moved:
        for invitation in invitations_of(session):
            session_mails.tell_change(session, invitation.mandate.user, at=at)
        write_to_the_heard(session, listed_items(session), at=at, by=by)
    return session


@transaction.atomic
def list_item(
    *,
    session_pk: int,
    subject_pk: int,
    kind: str = "opinion",
    hearing: bool = False,
    minutes_planned: int = 20,
    at: datetime,
    by: Actor,
) -> AgendaItem:
    """Put a subject (for the kind « opinion », the key of a dossier) at the end of the agenda of a planned session.

    Its points to discuss are those of its evaluation; a hearing that was promised is planned whatever `hearing` says.
    What answers no request was heard before: the sitting plans no hearing of its own.
    Raises `NotAllowed`; `Blocked` when the session is convened, the dossier is in another state or already on an
    agenda; LookupError for an unknown kind.
    """
    session = held_session(session_pk, "reviewers.plan_session", at=at, by=by)
    subject = subject_of(kind)
    if session.state != Session.State.PLANNED:
        raise Blocked([_("L'ordre du jour est fixé depuis la convocation.")])
    key = f"{subject.model}:{subject_pk}"
    place = session.items.count()
    if not 1 <= minutes_planned <= LONGEST_ITEM:
        raise Blocked([_("La durée d'un point va de 1 à {most} minutes.").format(most=LONGEST_ITEM)])
    if place >= LONGEST_AGENDA:
        raise Blocked([_("Cet ordre du jour est trop long : planifiez une autre séance.")])
    item = AgendaItem(
        session=session,
        kind=kind,
        subject=key,
        application_id=subject.application_of(subject_pk),
        position=place + 1,
        minutes_planned=minutes_planned,
    )
    record = subject.hold(item)
    require("reviewers.list_item", by, item, on=timezone.localdate(at))
    if AgendaItem.objects.filter(kind=kind, subject=key, state__in=AgendaItem.PENDING).exists():
        raise Blocked([_("Ce dossier est déjà à l'ordre du jour d'une séance.")])
    block_unless_empty(subject.missing_to_list(record))
    if subject.on_a_request:
        asked = item.application.deferrals.order_by("-pk").first()
        item.without_answer = asked is not None and asked.passed_at is not None
        item.hearing_planned = hearing or bool(promised_hearings([item.application_id]))
    item = _listed(item, session, at=at, by=by)
    refresh_points(item, record)
    return item


def _listed(item: AgendaItem, session: Session, *, at: datetime, by: Actor) -> AgendaItem:
    names = (
        *("session", "kind", "subject", "application", "position", "minutes_planned"),
        *("hearing_planned", "without_answer"),
    )
    found: AgendaItem = AgendaItem.objects.open(
        thread=session._thread, at=at, by=by, **{name: getattr(item, name) for name in names}
    )
    return found


def refresh_points(item: AgendaItem, record: object) -> None:
    """Write the points to discuss of an item as its subject says them now; what was discussed stays ticked."""
    points = subject_of(item.kind).points(record)
    DiscussionPoint.objects.bulk_create(
        (
            DiscussionPoint(item=item, code=one.code, criterion=one.criterion, college=one.college)
            for one in points
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def take_off(*, item_pk: int, at: datetime, by: Actor) -> AgendaItem:
    """Take an item off the agenda before it is called; `by` carries the reason. Raises `NotAllowed`, `Blocked`."""
    item = held_item(item_pk, "reviewers.run_item", at=at, by=by)
    refuse_a_chair_with_a_link(room_of(item.session, on=timezone.localdate(at), item=item), by)
    refuse_without_reason(by)
    if item.state != AgendaItem.State.LISTED:
        raise Blocked([_("Ce point a déjà été appelé.")])
    if item.session.state in Session.AWAITED:
        write_to_the_heard(item.session, [item], cancelled=True, at=at, by=by)
    item.sent_to = AgendaItem.SentTo.LATER
    item.take_off(by=by, at=at)
    item.save()
    return item


@transaction.atomic
def order_agenda(
    *, session_pk: int, item_pks: Sequence[int] | None = None, at: datetime, by: Actor
) -> list[AgendaItem]:
    """Put the items in this order, or, without one, in the order in which people leave and return the fewest times.

    Raises `NotAllowed`; `Blocked` once the session has begun or when the keys are not those of its agenda.
    """
    session = held_session(session_pk, "reviewers.plan_session", at=at, by=by)
    if session.state not in (Session.State.PLANNED, Session.State.CONVENED):
        raise Blocked([_("L'ordre du jour ne change plus.")])
    items = {item.pk: item for item in listed_items(session)}
    keys = list(item_pks) if item_pks is not None else best_order(items.values(), on=timezone.localdate(at))
    if sorted(keys) != sorted(items):
        raise Blocked([_("L'ordre du jour a changé entre-temps : relisez-le.")])
    for place, key in enumerate(keys, start=1):
        items[key].position = place
        items[key].save(update_fields=["position"])
    note(session, what="order_agenda", at=at, by=by)
    return [items[key] for key in keys]


def listed_items(session: Session) -> list[AgendaItem]:
    """The items of the agenda that were not called yet, in order."""
    found = session.items.filter(state=AgendaItem.State.LISTED).order_by("position", "pk")
    return list(
        found.select_related("application__structure", "application__edition").prefetch_related("experts")
    )


def best_order(items: Iterable[AgendaItem], *, on: date) -> list[int]:
    """The keys of these items in the order with the fewest passages through the door."""
    members = members_in_office(on=on)
    return agenda.fewest_passages({item.pk: kept_away(item, members, on=on) for item in items})
