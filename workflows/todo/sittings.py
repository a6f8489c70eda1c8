"""What a sitting asks of a member: an answer, a word on each item, an agreement on the minutes (screens P14)."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _

from reviewers.models import (
    AgendaItem,
    Assignment,
    ChairApproval,
    Invitation,
    ItemStatement,
    Mandate,
    Session,
)
from workflows.todo.engine import Found, Reader, Task, source

State = Session.State
KEYS = ("answer", "links", "minutes")


def _task(found: Found, key: str, title: str, page: str) -> Task:
    url = reverse(page, args=[found.reference])
    return Task(f"{key}-{found.row}", title, found.reference, url, found.since, due_on=found.due_on)


def _answer(found: Found) -> Task:
    return _task(found, "answer", _("Dire comment vous participez à la séance"), "committee_session")


@source(
    "committee",
    moment="session__convened_at",
    tell=_answer,
    reference=F("session__reference"),
    due=Cast(TruncDate("session__sits_at"), CharField()),
)
def convocations_to_answer(reader: Reader) -> QuerySet[Any, Any]:
    """The last convocation of a session that is awaited, without an answer."""
    last = Q(convocation=1, session__reconvened_at=None) | Q(
        convocation=2, session__reconvened_at__isnull=False
    )
    return Invitation.objects.filter(
        last,
        answer="",
        session__state__in=Session.AWAITED,
        mandate__user=reader.user,
        mandate__state__in=Mandate.SEATED,
    )


def _links(found: Found) -> Task:
    title = _("Dire si vous avez un lien avec un point de l'ordre du jour")
    return _task(found, "links", title, "committee_session")


@source(
    "committee",
    moment="convened_at",
    tell=_links,
    reference=F("reference"),
    due=Cast(TruncDate("sits_at"), CharField()),
)
def links_to_state(reader: Reader) -> QuerySet[Any, Any]:
    """Sessions to which the member is convened, with an item of which they said nothing and reviewed nothing."""
    mine = Invitation.objects.filter(
        session=OuterRef("pk"), mandate__user=reader.user, mandate__state__in=Mandate.SEATED
    )
    said = ItemStatement.objects.filter(item=OuterRef("pk"), mandate__user=reader.user)
    reviews = Assignment.objects.filter(
        application=OuterRef("application"), user=reader.user, state__in=Assignment.READING
    )
    items = AgendaItem.objects.visible_to(reader.user, on=reader.on).filter(
        ~Exists(said), ~Exists(reviews), session=OuterRef("pk"), state=AgendaItem.State.LISTED
    )
    return Session.objects.filter(Exists(mine), Exists(items), state__in=Session.AWAITED)


def _minutes(found: Found) -> Task:
    return _task(found, "minutes", _("Relire et approuver le procès-verbal"), "committee_session_minutes")


@source("committee", moment="minutes__sent_at", tell=_minutes, reference=F("reference"))
def minutes_to_approve(reader: Reader) -> QuerySet[Any, Any]:
    """Minutes of which an item waits for a co-chair who may read it, and who did not approve as secretary."""
    chairs = Mandate.objects.filter(user=reader.user, state=Mandate.State.ACTIVE).values("pk")
    presides = Q(lay_chair__in=chairs) | Q(professional_chair__in=chairs) | Q(acting_chair__in=chairs)
    approved = ChairApproval.objects.filter(item=OuterRef("pk"))
    waiting = AgendaItem.objects.visible_to(reader.user, on=reader.on).filter(
        ~Exists(approved), session=OuterRef("pk")
    )
    return Session.objects.filter(
        presides,
        Exists(waiting),
        state=State.CLOSED,
        minutes__sent_at__isnull=False,
        minutes__chair_approved_at=None,
    ).exclude(minutes__secretary_approved_by=reader.user)
