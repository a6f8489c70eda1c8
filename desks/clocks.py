"""The words of the legal clocks on the lists of the office."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Kinds of `deadlines.models.Deadline`, as the rooms start them. A draft is nobody's business before it is filed.
KINDS: dict[str, Promise | str] = {
    "silence": _("Date de la décision implicite"),
    "completeness": _("Vérification des pièces"),
    "documents": _("Envoi des pièces par l'association"),
    "documents_grace": _("Délai laissé après la relance"),
    "assign": _("Composition du panel"),
    "assignment_answer": _("Réponse d'un membre sollicité"),
    "review": _("Évaluation d'un membre"),
    "grid_correction": _("Relecture par un membre de sa grille saisie"),
    "challenge": _("Réponse à une demande de récusation"),
    "decision": _("Décision à prendre"),
    "second_opinion": _("Second avis du comité"),
    "court": _("Fin du délai pour contester"),
    "judgment": _("Fin du délai d'appel contre un jugement"),
    "appeal_silence": _("Réponse à un recours"),
    "reasons": _("Raisons d'un rejet implicite à donner"),
    "injunction": _("Date fixée par le juge"),
    "brief": _("Mémoire à produire devant le juge"),
    "label_end": _("Fin du label"),
    "extension_end": _("Fin d'une prolongation"),
    "judge_holds": _("Label gardé tant que le juge n'a pas jugé"),
    "suspension_start": _("Début d'une suspension"),
    "suspension": _("Fin d'une suspension"),
    "observations": _("Réponse de la structure avant une mesure ou un refus"),
    "observations_by_post": _("Arrivée des réponses postées à temps"),
    "condition": _("Réserve à lever"),
    "follow_up_opening": _("Ouverture d'un suivi annuel"),
    "follow_up": _("Suivi annuel attendu de l'association"),
    "follow_up_reading": _("Lecture d'un suivi annuel"),
    "follow_up_gap": _("Preuve attendue pour un écart"),
    "renewal_window": _("Ouverture du renouvellement"),
    "renewal": _("Dernier jour pour renouveler sans interruption"),
    "merger_request": _("Réponse avant une fusion"),
    "interests": _("Déclaration d'intérêts à confirmer"),
    "link_analysis": _("Lien d'intérêts à analyser"),
    "withdrawal_opened": _("Suite à donner à une procédure de retrait"),
    "formal_notice": _("Fin du temps pour corriger"),
    "withdrawal_opinion": _("Avis du comité sur un retrait"),
    "withdrawal_decision": _("Décision après une procédure de retrait"),
    "session": _("Séance du comité"),
    "second_convocation": _("Seconde convocation possible"),
    "minutes": _("Procès-verbal à approuver"),
    "deferral": _("Réponse de la structure au comité"),
    "mandate_term": _("Fin d'un mandat"),
    "activation": _("Déclaration et formation d'un membre nommé"),
    "report_answer": _("Signalement à lire"),
    "report_safety": _("Danger signalé, à lire par un signataire"),
    "report_facts": _("Réponse de l'association aux faits signalés"),
    "report_inquiry": _("Vérification d'un signalement à conclure"),
    "charter_effective": _("Entrée en vigueur de la charte"),
    "charter_signature": _("Signature de la nouvelle charte"),
    "edition_effective": _("Entrée en vigueur du référentiel"),
}
# Past dates that only a person ends; the clock itself ends the others.
AWAITING_A_PERSON = (
    *("silence", "completeness", "documents_grace", "assign", "review", "challenge", "decision"),
    *("session", "second_convocation", "second_opinion", "minutes", "activation"),
    *("condition", "observations", "merger_request"),
    *("follow_up", "follow_up_reading", "follow_up_gap"),
    *("withdrawal_opened", "formal_notice", "withdrawal_opinion", "withdrawal_decision"),
    *("reasons", "injunction", "brief"),
    *("report_answer", "report_safety", "report_inquiry"),
)
HIDDEN = ("draft",)
ALERT_DAYS = 30  # from 30 days on, the implicit date stands out (domain 3.2)
