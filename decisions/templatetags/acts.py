"""The acts of a dossier, for pages of the rooms below."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.db.models import QuerySet
from django.template import Context

from accounts.rules import may
from decisions.models import Decision
from label.models import Application

register = template.Library()


@register.simple_tag(takes_context=True)
def asks_again(context: Context, application: Application, today: date) -> bool:
    """Whether the reader of the page may ask the committee for a second opinion on that dossier."""
    is_time = application.state == Application.State.ADVISED and not hasattr(application, "second_opinion")
    return is_time and may("decisions.ask_second_opinion", context["request"].user, application, on=today)


@register.simple_tag(takes_context=True)
def acts_of(context: Context, application: Application, today: date) -> QuerySet[Any, Any]:
    """What the reader of the page may see of the acts on that dossier, the newest first."""
    visible = Decision.objects.visible_to(context["request"].user, on=today)
    return visible.filter(application=application).order_by("-pk")
