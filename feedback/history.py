"""The journal of one report in plain words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from feedback.models import Report
from journal.models import Event
from journal.moves import subject_key

WORDS = {
    "open": gettext_lazy("Signalement reçu"),
    "acknowledge": gettext_lazy("Accusé de réception envoyé"),
    "settle_label": gettext_lazy("Label concerné précisé"),
    "change_label": gettext_lazy("Rattaché à un autre label"),
    "qualify": gettext_lazy("Qualifié"),
    "hand_over_report": gettext_lazy("Confié à une autre personne"),
    "danger_read": gettext_lazy("Danger lu par un signataire"),
    "link_report": gettext_lazy("Lié à un autre signalement"),
    "inquire": gettext_lazy("Faits présentés à l'association"),
    "propose_conclusion": gettext_lazy("Conclusion proposée"),
    "send_back_conclusion": gettext_lazy("Conclusion rendue pour être changée"),
    "find_unfounded": gettext_lazy("Faits non établis"),
    "uphold": gettext_lazy("Faits établis"),
    "close": gettext_lazy("Terminé : les mesures sont prises"),
    "set_aside": gettext_lazy("Écarté"),
    "pass_on": gettext_lazy("Transmis à l'autorité compétente"),
    "read_source": gettext_lazy("Identité de la personne lue"),
    "read_answer": gettext_lazy("Réponse lue par la personne"),
    "erase_source": gettext_lazy("Identité de la personne effacée"),
    "erase_report_text": gettext_lazy("Texte du signalement effacé"),
    "letter_L17": gettext_lazy("Réponse à la personne écrite"),
    "letter_signed": gettext_lazy("Lettre signée à la main"),
    "letter_posted": gettext_lazy("Lettre envoyée"),
    "letter_received": gettext_lazy("Lettre reçue"),
    "letter_presumed_received": gettext_lazy("Lettre réputée reçue"),
}


def history(report: Report) -> list[dict[str, Any]]:
    """What happened to that report, oldest first, for `parts/timeline.html`."""
    events = Event.objects.filter(thread=report.thread_id, subject=subject_key(report))
    return [_told(event) for event in events.select_related("actor", "reason").order_by("position")]


def _told(event: Event) -> dict[str, Any]:
    who = str(event.actor) if event.actor else ""
    reason = getattr(event, "reason", None)
    detail = f"{who} – {reason.text}" if reason is not None and reason.text else who
    return {"at": event.at, "words": WORDS.get(event.move, event.move), "detail": detail}
