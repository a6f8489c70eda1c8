"""What is kept of the people from outside whom the committee heard: how long, and what an opinion says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from deadlines.calendar import add_months
from letters.pdf import Block
from letters.typography import french_date, french_time
from reviewers.models import AgendaItem, Expert, Opinion


def expert_may_be_erased(item: AgendaItem, *, on: date) -> bool:
    """Whether the legal period is over: as long after the item as the data of a mandate after its end."""
    if item.settled_at is None:
        return False
    return on >= add_months(timezone.localdate(item.settled_at), settings.MANDATE_KEPT_MONTHS)


def experts_to_erase(*, on: date) -> QuerySet[Expert]:
    """The people heard, or given up, whose legal period is over that day."""
    oldest = add_months(on, -settings.MANDATE_KEPT_MONTHS)
    over = Expert.objects.filter(erased_at=None, item__settled_at__date__lte=oldest)
    return over.select_related("item").order_by("pk")


def heard_without_a_vote(opinion: Opinion) -> list[str]:
    """Who was heard before an opinion, by name and quality; read with its `item__experts`."""
    if opinion.item is None:
        return []
    heard = [one for one in opinion.item.experts.all() if one.is_invited and one.heard_at is not None]
    return [f"{one.name}, {one.quality}" for one in heard]


def as_data(expert: Expert) -> dict[str, Any]:
    """Somebody from outside as plain data for the minutes: why, what they were handed, how long they were heard."""
    return {
        "name": expert.name,
        "quality": expert.quality,
        "why": expert.why,
        "declared_on": french_date(expert.declared_on),
        "confidentiality_signed_on": french_date(expert.confidentiality_signed_on),
        "documents": expert.documents,
        "heard_at": _hour(expert.heard_at),
        "left_at": _hour(expert.left_at),
        "not_heard": expert.not_heard,
    }


def _hour(moment: datetime | None) -> str:
    return french_time(moment) if moment else ""


def blocks_of(expert: Mapping[str, Any]) -> list[Block]:
    """The same as blocks of the French minutes: nobody from outside took part in the deliberation."""
    blocks: list[Block] = [
        ("h3", f"Audition, sans voix, de {expert['name']}, {expert['quality']}"),
        ("p", f"Motif : {expert['why']}"),
        (
            "p",
            f"Déclaration d'intérêts du {expert['declared_on']} : aucun lien avec la structure. "
            f"Engagement de confidentialité du {expert['confidentiality_signed_on']}.",
        ),
    ]
    if expert["documents"]:
        blocks += [("p", "Documents remis :"), ("li", expert["documents"])]
    if expert["heard_at"]:
        heard = f"Audition de {expert['heard_at']} à {expert['left_at']}, avant la délibération."
        return [*blocks, ("p", heard)]
    return [*blocks, ("p", f"Sans audition : {expert['not_heard'] or 'le point a été reporté.'}")]


def number_heard(items: Iterable[Mapping[str, Any]]) -> int:
    """How many people from outside were heard on these items of minutes."""
    return sum(bool(one["heard_at"]) for item in items for one in item.get("experts", []))
