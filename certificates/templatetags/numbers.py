"""The certificates that bear a number replaced since, for the page of a structure in the room below."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Q, QuerySet

from certificates.models import Certificate
from structures.models import Structure

register = template.Library()
MOST = 50


@register.simple_tag
def certificates_with_a_replaced_number(structure: Structure) -> QuerySet[Any, Any]:
    """Each issue that prints a number which this structure bears no longer, the newest first (domain 5.3)."""
    replaced = structure.registrations.filter(superseded_at__isnull=False).exclude(value="")
    of_it = Q(label__structure=structure) | Q(label__application__structure=structure)
    rows = Certificate.objects.filter(
        of_it, facts__registration__in=list(replaced.values_list("value", flat=True))
    )
    return rows.select_related("label", "replaced_by").order_by("-pk")[:MOST]
