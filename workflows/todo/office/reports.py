"""What awaits officers and signatories about reports; nobody is told of a report on a label that they handle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role
from deadlines.calendar import working_days_after
from feedback.models import Report
from feedback.rules import left_by_officer
from letters.models import Exchange
from workflows.todo.engine import Found, Reader, Task, source

State = Report.State
ABOUT = "label__structure__name"


_TO_CONCLUDE = Q(state=State.UNDER_INQUIRY, proposed_at=None)
_ANSWERS = Exchange.objects.filter(
    subject=OuterRef("asked__subject"), pk__gt=OuterRef("asked_id"), side=Exchange.Side.ASSOCIATION
)


def _readable(reader: Reader) -> QuerySet[Any, Any]:
    return Report.objects.filter(pk__in=reader.reports, duplicate_of=None)


def _task(found: Found, key: str, title: str, **more: Any) -> Task:
    url = reverse("staff_report", args=[found.reference])
    about = f"{found.name} ({found.reference})" if found.name else found.reference
    return Task(f"{key}-{found.row}", title, about, url, found.since, **more)


def _danger(found: Found) -> Task:
    due = working_days_after(timezone.localdate(found.since), 1)
    return _task(found, "report-danger", _("Lire un signalement de danger"), due_on=due)


@source("staff", Role.SIGNATORY, moment="alerted_at", tell=_danger, reference=F("reference"), name=ABOUT)
def dangers_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """Reports of a danger that no signatory has read."""
    return _readable(reader).filter(
        alerted_at__isnull=False, seen_by_signatory_at=None, state__in=Report.OPEN
    )


def _settle(found: Found) -> Task:
    return _task(found, "report-label", _("Dire quel label un signalement concerne"))


@source("staff", Role.SIGNATORY, moment="received_at", tell=_settle, reference=F("reference"))
def labels_to_settle(reader: Reader) -> QuerySet[Any, Any]:
    """Reports whose label is not known yet."""
    return _readable(reader).filter(settled_at=None, state__in=Report.NEW)


def _qualify(found: Found) -> Task:
    due = timezone.localdate(found.since) + timedelta(days=settings.REPORT_ANSWER_DAYS)
    return _task(found, "report-new", _("Lire et prendre un signalement"), due_on=due)


@source("staff", Role.CASE_OFFICER, moment="received_at", tell=_qualify, reference=F("reference"), name=ABOUT)
def reports_to_qualify(reader: Reader) -> QuerySet[Any, Any]:
    """New reports about labels that this person does not handle."""
    return _readable(reader).filter(state__in=Report.NEW, settled_at__isnull=False)


def _handle(found: Found) -> Task:
    titles = {
        State.QUALIFIED: _("Donner suite à un signalement"),
        State.UNDER_INQUIRY: _("Conclure une vérification"),
        State.FOUNDED: _("Terminer un signalement quand les mesures sont prises"),
    }
    return _task(found, "report", str(titles[State(found.extra)]))


@source(
    "staff",
    Role.CASE_OFFICER,
    moment="qualified_at",
    tell=_handle,
    reference=F("reference"),
    name=ABOUT,
    extra="state",
)
def reports_to_handle(reader: Reader) -> QuerySet[Any, Any]:
    """The reports of this officer, and of those whom they replace, that nobody else has to move."""
    moving = Q(state__in=[State.QUALIFIED, State.FOUNDED]) | (_TO_CONCLUDE & ~Exists(_ANSWERS))
    return _readable(reader).filter(moving, officer__in=reader.stands_for)


def _read_answer(found: Found) -> Task:
    return _task(found, "report-answer", _("Lire la réponse de l'association à un signalement"))


@source(
    "staff", Role.CASE_OFFICER, moment="qualified_at", tell=_read_answer, reference=F("reference"), name=ABOUT
)
def report_answers_to_read(reader: Reader) -> QuerySet[Any, Any]:
    """The inquiries of this officer that the association answered, until they propose a conclusion.

    Whoever runs the dossier may open the message first: that does not take it off this list.
    """
    return _readable(reader).filter(_TO_CONCLUDE, Exists(_ANSWERS), officer__in=reader.stands_for)


def _take_over(found: Found) -> Task:
    return _task(found, "report-left", _("Confier un signalement à une autre personne"))


@source(
    "staff",
    Role.CASE_OFFICER,
    Role.SIGNATORY,
    moment="qualified_at",
    tell=_take_over,
    reference=F("reference"),
    name=ABOUT,
)
def reports_left(reader: Reader) -> QuerySet[Any, Any]:
    """Reports whose officer cannot follow them any more."""
    return _readable(reader).filter(left_by_officer(reader.on))


def _confirm(found: Found) -> Task:
    return _task(found, "report-end", _("Confirmer la conclusion d'un signalement"))


@source("staff", Role.SIGNATORY, moment="proposed_at", tell=_confirm, reference=F("reference"), name=ABOUT)
def conclusions_to_confirm(reader: Reader) -> QuerySet[Any, Any]:
    """Conclusions that wait for a signatory who did not write them."""
    waiting = _readable(reader).filter(state=State.UNDER_INQUIRY, proposed_at__isnull=False)
    return waiting.exclude(Q(proposed_by=reader.user) | Q(officer=reader.user))
