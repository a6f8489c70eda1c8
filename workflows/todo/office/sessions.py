"""What awaits the secretariat around the sittings: dossiers to list, letters to send, a new date, minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from reviewers.models import AgendaItem, Deferral, Session
from workflows.flows import CertificationFlow as Flow
from workflows.todo.engine import Found, Reader, Task, source
from workflows.todo.office.rows import STEP, of_step, open_steps, task

State = Session.State
NEAR_DAYS = 7  # a convocation shows a week before the day on which it should leave
DAY_OF_SITTING = Cast(TruncDate("sits_at"), CharField())


def _to_list(found: Found) -> Task:
    page = (
        reverse("staff_session_agenda", args=[found.extra]) if found.extra else reverse("staff_session_plan")
    )
    return task(found, "list", _("Mettre un dossier à l'ordre du jour"), page)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="created",
    tell=_to_list,
    **of_step(),
    extra=Subquery(
        Session.objects.filter(state=State.PLANNED).order_by("sits_at", "pk").values("reference")[:1]
    ),
)
def dossiers_to_list(reader: Reader) -> QuerySet[Any, Any]:
    """Dossiers in deliberation on no agenda, of which nothing is asked of the association."""
    listed = AgendaItem.objects.filter(application=OuterRef(f"{STEP}pk"), state__in=AgendaItem.PENDING)
    asked = Deferral.objects.filter(
        application=OuterRef(f"{STEP}pk"), answered_at__isnull=True, passed_at__isnull=True
    )
    return open_steps(Flow.session, "workflows.secretariat").filter(~Exists(listed), ~Exists(asked))


def _about_session(found: Found, key: str, title: str, page: str, **more: Any) -> Task:
    url = reverse(page, args=[found.reference])
    return Task(f"{key}-{found.row}", title, found.reference, url, found.since, **more)


def _to_convene(found: Found) -> Task:
    day = found.due_on - timedelta(days=settings.CONVENING_TARGET_DAYS) if found.due_on else None
    return _about_session(found, "convene", _("Convoquer une séance"), "staff_session_convene", due_on=day)


@source(
    "staff",
    Role.SECRETARIAT,
    moment="sits_at",
    tell=_to_convene,
    reference=F("reference"),
    due=DAY_OF_SITTING,
)
def sessions_to_convene(reader: Reader) -> QuerySet[Any, Any]:
    """Sessions planned, with an agenda, whose letters should leave within a week."""
    day = reader.on + timedelta(days=settings.CONVENING_TARGET_DAYS + NEAR_DAYS)
    listed = AgendaItem.objects.filter(session=OuterRef("pk"), state=AgendaItem.State.LISTED)
    return Session.objects.filter(Exists(listed), state=State.PLANNED, sits_at__date__lte=day)


def _to_hold(found: Found) -> Task:
    return _about_session(
        found, "hold", _("Tenir la séance du jour"), "staff_session_run", due_on=found.due_on
    )


@source(
    "staff", Role.SECRETARIAT, moment="sits_at", tell=_to_hold, reference=F("reference"), due=DAY_OF_SITTING
)
def sessions_to_hold(reader: Reader) -> QuerySet[Any, Any]:
    """Sittings under way, or convened for that day or a day that has passed."""
    return Session.objects.filter(
        Q(state=State.OPEN) | Q(state__in=Session.AWAITED, sits_at__date__lte=reader.on)
    )


def _again(found: Found) -> Task:
    title = _("Proposer une nouvelle date : le quorum n'était pas atteint")
    return _about_session(found, "reconvene", title, "staff_session_convene")


@source("staff", Role.SECRETARIAT, moment="no_quorum_at", tell=_again, reference=F("reference"))
def sessions_without_quorum(reader: Reader) -> QuerySet[Any, Any]:
    """Sittings without quorum: a second convocation follows."""
    return Session.objects.filter(state=State.NO_QUORUM)


def _minutes(found: Found) -> Task:
    day = timezone.localdate(found.since) + timedelta(days=settings.MINUTES_DAYS)
    title = _("Rédiger le procès-verbal d'une séance")
    return _about_session(found, "minutes", title, "staff_session_minutes", due_on=day)


@source("staff", Role.SECRETARIAT, moment="closed_at", tell=_minutes, reference=F("reference"))
def minutes_to_write(reader: Reader) -> QuerySet[Any, Any]:
    """Sittings that are over, whose minutes are not sent for agreement."""
    return Session.objects.filter(Q(minutes=None) | Q(minutes__sent_at=None), state=State.CLOSED)


def _approval(found: Found) -> Task:
    title = _("Approuver le procès-verbal d'une séance")
    return _about_session(found, "approve", title, "staff_session_minutes")


@source("staff", Role.SECRETARIAT, moment="minutes__sent_at", tell=_approval, reference=F("reference"))
def minutes_to_approve(reader: Reader) -> QuerySet[Any, Any]:
    """Minutes that wait for the agreement of their secretary."""
    return Session.objects.filter(
        state=State.CLOSED,
        secretary=reader.user,
        minutes__sent_at__isnull=False,
        minutes__secretary_approved_at=None,
    )
