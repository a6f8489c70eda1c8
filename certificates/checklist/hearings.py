"""What is missing before each step of a hearing: pages and guards read the same lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.models import Hearing, Label, Observation
from certificates.renewals import label_followed
from decisions.effects import also_checks
from decisions.models import Decision
from journal.refusals import Missing
from journal.wording import is_blank
from label.models import Application
from letters.postmarks import wrong_in_post
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


def missing_to_offer(application: Application, contemplated: str) -> list[Missing]:
    """What forbids to invite the holder to answer before its renewal is refused (letter L9d)."""
    found = []
    if application.kind != Application.Kind.RENEWAL or application.state != Application.State.ADVISED:
        words = _("Le dossier n'est pas un renouvellement sur lequel le comité a donné son avis.")
        found.append(Missing(words))
    elif label_followed(application) is None:
        found.append(Missing(_("La structure n'a plus le label que suit ce dossier : elle ne perd rien.")))
    if is_blank(contemplated):
        words = _("Dites pour quelles raisons un refus est envisagé.")
        found.append(Missing(words, "#id_contemplated", "contemplated"))
    return found


def missing_to_answer(hearing: Hearing) -> list[Missing]:
    """What forbids the association to answer, or to ask to be heard: it is over."""
    if hearing.dropped_at is not None:
        return [Missing(_("Cette mesure n'est plus envisagée : vous n'avez rien à faire."))]
    if hearing.closed_on is not None:
        words = _("Le temps de répondre est terminé depuis le {date}. Écrivez-nous si quelque chose manque.")
        return [Missing(words.format(date=told_date(hearing.closed_on)))]
    return []


def missing_to_add(hearing: Hearing, postmarked_on: date | None) -> list[Missing]:
    """What forbids to add to a closed hearing what came by post: posted too late, or decided (CRPA L112-1).

    Without a postmark, what forbids it whatever the postmark.
    """
    if hearing.dropped_at is not None or hearing.answer_until is None:
        return missing_to_answer(hearing)
    if hearing.is_decided():
        return [Missing(_("La décision est déjà prise : cette réponse n'y change plus rien."))]
    if postmarked_on is not None and postmarked_on > hearing.answer_until:
        words = _("Postée après le {date}, dernier jour pour répondre : elle arrive trop tard.")
        words = words.format(date=told_date(hearing.answer_until))
        return [Missing(words, "#id_postmarked_on", "postmarked_on")]
    return []


def missing_to_observe(  # noqa: PLR0913 - one form, one list
    hearing: Hearing,
    *,
    text: str,
    means: str,
    received_on: date | None,
    read_back_on: date | None,
    postmarked_on: date | None = None,
    confirms_dates: bool = False,
    has_copy: bool = False,
    on: date,
) -> list[Missing]:
    """What an observation lacks: words, an honest day, the proof of the post, the reading back of what was said aloud.

    What was posted in time is kept even once the hearing is closed, as long as nothing is decided.
    """
    is_posted = means == Observation.Means.POST
    is_late = is_posted and hearing.closed_on is not None
    found = missing_to_add(hearing, postmarked_on) if is_late else missing_to_answer(hearing)
    if is_blank(text):
        found.append(Missing(_("Écrivez la réponse."), "#id_text", "text"))
    if means not in Observation.Means:
        found.append(Missing(_("Dites comment la réponse est arrivée."), "#id_means", "means"))
    first = timezone.localdate(hearing.notified_at)
    if received_on is None or not first <= received_on <= on:
        words = _("Choisissez une date entre le {first} et le {last}.")
        words = words.format(first=told_date(first), last=told_date(on))
        found.append(Missing(words, "#id_received_on", "received_on"))
    elif is_posted:
        found += wrong_in_post(received_on, postmarked_on, confirms_dates=confirms_dates)
        if postmarked_on is not None and postmarked_on < first:
            words = _("Cette date précède la lettre qui invite à répondre.")
            found.append(Missing(words, "#id_postmarked_on", "postmarked_on"))
    if is_posted and not has_copy:
        found.append(Missing(_("Joignez la copie de la réponse reçue."), "#id_file", "file"))
    if means in ALOUD and read_back_on is None:
        words = _("Relisez ce texte avec la personne, puis notez le jour de la relecture.")
        found.append(Missing(words, "#id_read_back_on", "read_back_on"))
    elif read_back_on is not None and received_on is not None and not received_on <= read_back_on <= on:
        words = _("La relecture se fait entre le jour de la réponse et aujourd'hui.")
        found.append(Missing(words, "#id_read_back_on", "read_back_on"))
    return found


@also_checks(Decision.Kind.REFUSE)
def the_holder_was_heard(decision: Decision, on: date) -> Iterator[Missing]:
    """A refusal of a renewal is offered to the observations of its holder first (domain 3.1, CRPA L121-1)."""
    application = decision.application
    if application is None or application.kind != Application.Kind.RENEWAL:
        return
    heard = application.hearings.filter(dropped_at=None).select_related("letter").first()
    page = reverse("staff_refusal_hearing", args=[application.reference])
    if heard is None:
        if label_followed(application) is not None:
            words = _("Invitez d'abord l'association à répondre : elle perd un label qu'elle a.")
            yield Missing(words, page, "refusal_hearing")
    elif heard.closed_on is None:
        waits = missing_to_close(heard, on=on) or [Missing(_("Terminez d'abord le temps de réponse."))]
        yield from (Missing(one.text, page, "refusal_hearing") for one in waits)


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
    elif on <= (last := last_arrival(hearing, hearing.answer_until)) and not _has_said_all(hearing):
        words = _("Une réponse postée à temps peut encore arriver : attendez jusqu'au {date}.")
        found.append(Missing(words.format(date=told_date(last))))
    if hearing.oral_asked_on and hearing.oral_held_on is None and hearing.oral_waived_on is None:
        found.append(Missing(_("La structure a demandé à être entendue : entendez-la d'abord.")))
    return found


def last_arrival(hearing: Hearing, answer_until: date) -> date:
    """The last day on which what answers in time should arrive: some days more when the letter went by post."""
    extra = settings.OBSERVATIONS_POST_DAYS if hearing.is_by_post() else 0
    return answer_until + timedelta(days=extra)


def _has_said_all(hearing: Hearing) -> bool:
    """A holder who holds no right to be heard may say at once that it has nothing to say (CRPA L121-1)."""
    if hearing.complete_on is None:
        return False
    return hearing.renewal_id is not None or hearing.observations.exists()
