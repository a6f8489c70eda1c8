"""What pages of lower rooms show of the committee, without knowing it: where a dossier stands on the agendas."""

from datetime import date
from typing import Any

from django import template

from accounts.models import Role
from accounts.rules import roles_of
from label.models import Application
from reviewers.models import AgendaItem, Deferral, Session
from reviewers.questions import asked_of
from reviewers.reading import with_openness

register = template.Library()
MOST = 10
SESSION_READERS = {Role.SECRETARIAT, Role.ETHICS_OFFICER}


@register.simple_tag(takes_context=True)
def sittings_of(context: template.Context, application: Application, today: date) -> list[AgendaItem]:
    """The items of agendas about that dossier that the person of the page may see, newest first."""
    found = AgendaItem.objects.filter(application=application).select_related("session").order_by("-pk")
    return [one for one in with_openness(found, context["request"].user, on=today) if one.is_open][:MOST]


@register.simple_tag(takes_context=True)
def reads_sessions(context: template.Context, today: date) -> bool:
    """Whether the person of the page opens the pages of sessions in the space of the Institute."""
    return bool(SESSION_READERS & roles_of(context["request"].user, on=today))


@register.simple_tag
def asked_about(application: Application) -> list[Deferral]:
    """What the committee asked about that dossier and what came, for the office and the association themselves."""
    return asked_of([application.pk])


@register.simple_tag
def hearing_of(application: Application) -> Any:
    """The session at which the association will be heard, once convened; nothing else of a session is told outside."""
    item = (
        AgendaItem.objects.filter(
            application=application,
            state=AgendaItem.State.LISTED,
            hearing_planned=True,
            session__state__in=Session.AWAITED,
        )
        .select_related("session")
        .first()
    )
    return item.session if item is not None else None
