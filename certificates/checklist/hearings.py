"""What is missing before each step of a hearing: pages and guards read the same lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import Hearing, Label, Observation
from journal.refusals import Missing
from journal.wording import is_blank
from letters.spoken import told_date

MOST_GROUNDS = 12
LONGEST_DAYS = 365
ALOUD = (Observation.Means.PHONE, Observation.Means.VISIT)


def missing_to_notify(
    label: Label, measure: str, grounds: Sequence[Mapping[str, Any]], days: int, *, is_urgent: bool
) -> list[Missing]:
    """What forbids to send letter L13b: a label that ended, no whole ground, too short a time (CRPA L122-1)."""
    found: list[Missing] = []
    if label.state not in Label.LIVE:
        found.append(Missing(_("Le label n'est plus en cours : il n'y a plus rien à envisager.")))
    if measure not in Hearing.Measure:
        found.append(Missing(_("Choisissez la mesure envisagée."), "#id_measure", "measure"))
    elif label.hearings.filter(measure=measure, closed_on=None, dropped_at=None).exists():
        words = _("La structure est déjà invitée à répondre sur cette mesure : attendez la fin.")
        found.append(Missing(words))
    if not 0 < len(grounds) <= MOST_GROUNDS:
        words = _("Écrivez entre 1 et {n} faits.")
        found.append(Missing(words.format(n=MOST_GROUNDS), "#id_grounds-0-fact", "grounds"))
    if any(is_blank(ground[part]) for ground in grounds for part in ("fact", "text_breached", "source")):
        words = _(
            "Chaque fait a besoin de trois choses : le fait, le texte concerné, d'où vient l'information."
        )
        found.append(Missing(words, "#id_grounds-0-fact", "grounds"))
    least = settings.URGENT_OBSERVATIONS_DAYS if is_urgent else settings.OBSERVATIONS_DAYS
    if not least <= days <= LONGEST_DAYS:
        words = _("Laissez au moins {n} jours pour répondre, et {most} au plus.")
        found.append(Missing(words.format(n=least, most=LONGEST_DAYS), "#id_days", "days"))
    return found


def missing_to_answer(hearing: Hearing) -> list[Missing]:
    """What forbids the association to answer, or to ask to be heard: it is over."""
    if hearing.dropped_at is not None:
        return [Missing(_("Cette mesure n'est plus envisagée : vous n'avez rien à faire."))]
    if hearing.closed_on is not None:
        words = _("Le temps de répondre est terminé depuis le {date}. Écrivez-nous si quelque chose manque.")
        return [Missing(words.format(date=told_date(hearing.closed_on)))]
    return []


def missing_to_observe(
    hearing: Hearing, *, text: str, means: str, received_on: date | None, read_back_on: date | None, on: date
) -> list[Missing]:
    """What an observation lacks: words, an honest day, and the reading back of what was said aloud."""
    found = missing_to_answer(hearing)
    if is_blank(text):
        found.append(Missing(_("Écrivez la réponse."), "#id_text", "text"))
    if means not in Observation.Means:
        found.append(Missing(_("Dites comment la réponse est arrivée."), "#id_means", "means"))
    first = timezone.localdate(hearing.notified_at)
    if received_on is None or not first <= received_on <= on:
        words = _("Choisissez une date entre le {first} et le {last}.")
        words = words.format(first=told_date(first), last=told_date(on))
        found.append(Missing(words, "#id_received_on", "received_on"))
    if means in ALOUD and read_back_on is None:
        words = _("Relisez ce texte avec la personne, puis notez le jour de la relecture.")
        found.append(Missing(words, "#id_read_back_on", "read_back_on"))
    elif read_back_on is not None and received_on is not None and not received_on <= read_back_on <= on:
        words = _("La relecture se fait entre le jour de la réponse et aujourd'hui.")
        found.append(Missing(words, "#id_read_back_on", "read_back_on"))
    return found


def missing_to_plan_oral(hearing: Hearing, *, planned_at: datetime, at: datetime) -> list[Missing]:
    """What forbids to fix a date: nobody asked, it was held, or the date is over."""
    found = missing_to_answer(hearing)
    if hearing.oral_asked_on is None or hearing.oral_waived_on is not None:
        found.append(Missing(_("La structure n'a pas demandé à être entendue.")))
    elif hearing.oral_held_on is not None:
        found.append(Missing(_("La structure a déjà été entendue.")))
    if planned_at <= at:
        found.append(Missing(_("Choisissez une date à venir."), "#id_planned_on", "planned_on"))
    return found


def missing_to_record_oral(hearing: Hearing, *, held_on: date, minutes: str, on: date) -> list[Missing]:
    """What the minutes of an oral hearing lack."""
    found = missing_to_answer(hearing)
    if hearing.oral_held_on is not None:
        found.append(Missing(_("Le compte rendu est déjà gardé.")))
    if is_blank(minutes):
        found.append(Missing(_("Écrivez le compte rendu."), "#id_minutes", "minutes"))
    first = timezone.localdate(hearing.notified_at)
    if not first <= held_on <= on:
        words = _("Choisissez une date entre le {first} et le {last}.")
        words = words.format(first=told_date(first), last=told_date(on))
        found.append(Missing(words, "#id_held_on", "held_on"))
    return found


def missing_to_close(hearing: Hearing, *, on: date) -> list[Missing]:
    """What forbids to close a hearing (domain 5.1 REVOCATION): no proof of receipt, time left, a promise not kept."""
    if hearing.dropped_at is not None or hearing.closed_on is not None:
        return [Missing(_("Cette étape est déjà terminée."))]
    found: list[Missing] = []
    if hearing.answer_until is None:
        words = _(
            "La preuve que la structure a reçu la lettre manque : son temps de réponse n'a pas commencé."
        )
        found.append(Missing(words))
    elif on <= hearing.answer_until and not _has_said_all(hearing):
        words = _("La structure peut encore répondre jusqu'au {date}.")
        found.append(Missing(words.format(date=told_date(hearing.answer_until))))
    if hearing.oral_asked_on and hearing.oral_held_on is None and hearing.oral_waived_on is None:
        found.append(Missing(_("La structure a demandé à être entendue : entendez-la d'abord.")))
    return found


def _has_said_all(hearing: Hearing) -> bool:
    return hearing.complete_on is not None and hearing.observations.exists()
