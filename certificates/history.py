"""The journal of one label in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.models import Label, Withdrawal
from decisions.history import WORDS as ACTS
from journal.models import Event
from journal.moves import subject_key

WORDS = {
    "open": gettext_lazy("Label accordé"),
    "suspend": gettext_lazy("Suspendu"),
    "lift": gettext_lazy("Suspension levée"),
    "expire": gettext_lazy("Expiré"),
    "withdraw": gettext_lazy("Retiré"),
    "annul": gettext_lazy("Annulé"),
    "relinquish": gettext_lazy("Rendu par l'association"),
    "lapse": gettext_lazy("Caduc"),
    "transfer": gettext_lazy("Transféré"),
    "renew": gettext_lazy("Remplacé par un nouveau label"),
    "restore": gettext_lazy("Rétabli"),
    "invite_to_answer": gettext_lazy("Structure invitée à répondre avant une mesure"),
    "read_procedure": gettext_lazy("Dossier de la procédure lu par la structure"),
    "observe": gettext_lazy("Réponse de la structure reçue"),
    "nothing_to_add": gettext_lazy("La structure n'a rien à ajouter"),
    "ask_to_be_heard": gettext_lazy("La structure demande à être entendue"),
    "waive_oral_hearing": gettext_lazy("La structure ne demande plus à être entendue"),
    "plan_oral_hearing": gettext_lazy("Date de l'audition fixée"),
    "record_oral_hearing": gettext_lazy("Compte rendu de l'audition gardé"),
    "hearing_closed": gettext_lazy("Temps de réponse terminé"),
    "hearing_dropped": gettext_lazy("Mesure abandonnée"),
    "reissue_certificate": gettext_lazy("Certificat réédité"),
    "measure_without_effect": gettext_lazy("Acte reçu trop tard : sans effet"),
    "send_condition_proof": gettext_lazy("Preuve envoyée pour une réserve"),
    "accept_condition_proof": gettext_lazy("Preuve acceptée pour une réserve : un signataire la confirme"),
    "lift_condition": gettext_lazy("Réserve levée"),
    "send_back_condition": gettext_lazy("Preuve envoyée pour une réserve : à relire"),
    "ask_condition_again": gettext_lazy("Autre preuve demandée pour une réserve"),
    "move_condition_date": gettext_lazy("Date d'une réserve changée"),
}


def history(label: Label) -> list[dict[str, Any]]:
    """What happened to that label, oldest first, for `parts/timeline.html`."""
    events = Event.objects.filter(thread=label.thread_id, subject=subject_key(label)).select_related(
        "actor", "reason"
    )
    return [_told(event) for event in events.order_by("position")]


def _words_of(event: Event, words: Mapping[str, Any]) -> Any:
    if event.move.startswith("letter_L"):
        return _("Lettre {code} écrite").format(code=event.move.removeprefix("letter_"))
    return words.get(event.move) or ACTS.get(event.move, event.move)


def _told(event: Event, words: Mapping[str, Any] = WORDS) -> dict[str, Any]:
    who = str(event.actor) if event.actor else _("Le service")
    reason = getattr(event, "reason", None)
    detail = f"{who} – {reason.text}" if reason is not None and reason.text else who
    return {"at": event.at, "words": _words_of(event, words), "detail": detail}


PROCEDURE = {
    "open": gettext_lazy("Procédure ouverte"),
    "propose_step": gettext_lazy("Étape transmise à la signature"),
    "send_back_step": gettext_lazy("Étape rendue"),
    "answer_notice": gettext_lazy("Réponse de la structure"),
    "dismiss": gettext_lazy("Classée"),
    "give_formal_notice": gettext_lazy("Mise en demeure signée"),
    "record_remedy": gettext_lazy("Correction acceptée"),
    "notify_grounds": gettext_lazy("Motifs notifiés"),
    "close_hearing": gettext_lazy("Temps de réponse terminé"),
    "record_opinion": gettext_lazy("Avis du comité"),
    "maintain": gettext_lazy("Label maintenu"),
    "maintain_with_conditions": gettext_lazy("Label maintenu, avec réserves"),
    "withdraw": gettext_lazy("Retrait signé"),
    "void": gettext_lazy("Sans objet : le label s'est arrêté autrement"),
}


def procedure_history(withdrawal: Withdrawal) -> list[dict[str, Any]]:
    """What happened in a withdrawal procedure, oldest first, for `parts/timeline.html`."""
    events = Event.objects.filter(thread=withdrawal.label.thread_id, subject=subject_key(withdrawal))
    related = events.select_related("actor", "reason").order_by("position")
    return [_told(event, PROCEDURE) for event in related]
