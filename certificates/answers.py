"""What the association said in its hearings, as the act that follows answers it: one thing after the other."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import translation

from certificates.models import Hearing, Observation, Withdrawal
from decisions.observations import Said, also_hears
from label.models import Application
from letters.typography import french_date


def said_in(hearings: QuerySet[Hearing]) -> list[Said]:
    """What was said in these hearings: in writing, in the order in which it was kept, then aloud.

    What comes late is the last one: no name that an act already answers changes.
    """
    rows = list(hearings.filter(dropped_at=None).order_by("pk").prefetch_related("observations"))
    written = sorted((one for row in rows for one in row.observations.all()), key=lambda one: one.pk)
    said = [Said(f"o{one.pk}", _name(one, rank), one.text) for rank, one in enumerate(written, start=1)]
    return [*said, *(Said(f"h{row.pk}", _oral(row), row.oral_minutes) for row in rows if row.oral_held_on)]


def said_in_procedure(withdrawal: Withdrawal) -> list[Said]:
    """What the association said in all the hearings of a withdrawal procedure."""
    return said_in(withdrawal.hearings.all())


@also_hears
def said_before_a_refusal(application: Application) -> list[Said]:
    """What the holder said before a refusal of its renewal (letter L9d); nothing for another request."""
    if application.kind != Application.Kind.RENEWAL:
        return []
    return said_in(Hearing.objects.filter(renewal=application))


def _name(observation: Observation, number: int) -> str:
    with translation.override("fr"):
        means = str(observation.get_means_display()).lower()
    day = french_date(observation.received_on)
    if observation.postmarked_on:
        return f"Observation {number}, postée le {french_date(observation.postmarked_on)}, reçue le {day} ({means})"
    return f"Observation {number}, reçue le {day} ({means})"


def _oral(hearing: Hearing) -> str:
    return f"Entretien du {french_date(hearing.oral_held_on)}" if hearing.oral_held_on else "Entretien"
