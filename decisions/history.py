"""The journal of one act in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from decisions.models import Decision, LitigationStep
from journal.models import Event
from journal.moves import subject_key

WORDS = {
    "open": gettext_lazy("Préparation commencée"),
    "revise": gettext_lazy("Texte repris par une autre personne"),
    "send_for_signature": gettext_lazy("Transmise à la signature"),
    "send_back": gettext_lazy("Rendue pour être changée"),
    "await_opinion": gettext_lazy("Rendue : le comité délibère de nouveau"),
    "sign": gettext_lazy("Signée"),
    "notify": gettext_lazy("Notifiée"),
    "become_final": gettext_lazy("Devenue définitive"),
    "abandon": gettext_lazy("Abandonnée"),
    "replace": gettext_lazy("Remplacée"),
    "annul": gettext_lazy("Annulée"),
    "check_event": gettext_lazy("Preuve vérifiée par une deuxième personne"),
    "court_bundle": gettext_lazy("Dossier contentieux téléchargé"),
    "communicable_bundle": gettext_lazy("Dossier communicable téléchargé"),
    "letter_signed": gettext_lazy("Lettre signée à la main"),
    "letter_posted": gettext_lazy("Lettre envoyée"),
    "letter_withdrawn": gettext_lazy("Lettre retirée : on n'écrit plus à cette personne"),
    "letter_presented": gettext_lazy("Lettre présentée"),
    "letter_received": gettext_lazy("Lettre reçue"),
    "letter_presumed_received": gettext_lazy("Lettre réputée reçue"),
}

APPEAL_WORDS: dict[str, str | Promise] = {
    "open": gettext_lazy("Recours déposé"),
    "acknowledge": gettext_lazy("Accusé de réception du recours envoyé"),
    "take_up": gettext_lazy("Recours pris en charge"),
    "declare_inadmissible": gettext_lazy("Recours déclaré irrecevable"),
    "note_silence": gettext_lazy("Recours rejeté par le silence, constaté"),
    "uphold": gettext_lazy("Recours accepté"),
    "uphold_in_part": gettext_lazy("Recours accepté en partie"),
    "reject": gettext_lazy("Recours rejeté"),
    "drop": gettext_lazy("Recours retiré par la structure"),
}


def history(decision: Decision) -> list[dict[str, Any]]:
    """What happened to that act, oldest first, for `parts/timeline.html`."""
    events = Event.objects.filter(thread=decision.thread_id, subject=subject_key(decision))
    return [told(event) for event in events.select_related("actor", "reason").order_by("position")]


def judged(decision: Decision) -> list[LitigationStep]:
    """What judges said that changes that act, oldest first; reads `litigations__steps`, prefetched by a list."""
    steps = (step for case in decision.litigations.all() for step in case.steps.all())
    return sorted(
        (one for one in steps if one.kind in LitigationStep.TOLD), key=lambda one: (one.happened_on, one.pk)
    )


def told(event: Event, known: Mapping[str, str | Promise] = WORDS) -> dict[str, Any]:
    """One event: when, what, by whom, and why when the reason is still kept; `known` words the moves of its record."""
    letter = event.move.startswith("letter_L")
    words = _("Lettre {code} écrite").format(code=event.move.removeprefix("letter_")) if letter else None
    who = str(event.actor) if event.actor else _("Le service")
    reason = getattr(event, "reason", None)
    detail = f"{who} – {reason.text}" if reason is not None and reason.text else who
    return {
        "at": event.at,
        "words": words or known.get(event.move) or WORDS.get(event.move, event.move),
        "detail": detail,
    }
