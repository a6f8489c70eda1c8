"""The dossiers of a structure, for pages of the rooms below."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.db.models import QuerySet
from django.template import Context

from label.models import Application
from structures.models import Structure

register = template.Library()


@register.simple_tag(takes_context=True)
def dossiers_of(context: Context, structure: Structure, today: date) -> QuerySet[Any, Any]:
    """What the reader of the page may see of the dossiers of that structure, the newest first."""
    visible = Application.objects.visible_to(context["request"].user, on=today)
    return visible.filter(structure=structure).exclude(state=Application.State.PURGED).order_by("-pk")
