"""The words of the journal: what each event says to the people of the Institute."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Role, User
from decisions.history import APPEAL_WORDS
from journal.models import Event
from journal.moves import SYSTEM_ROLE
from label.rules import FILE_HANDED_TO
from structures.models import Membership

Words = str | Promise
PERSON = "accounts.user:"  # how a subject key names a person

MOVES: dict[str, dict[str, Words]] = {
    "structures.structure": {
        "open": gettext_lazy("Espace de la structure créé"),
        "freeze": gettext_lazy("Espace mis en lecture seule"),
        "unfreeze": gettext_lazy("Espace rouvert"),
    },
    "charter.charter": {
        "open": gettext_lazy("Projet de charte écrit"),
        "adopt": gettext_lazy("Charte adoptée"),
        "enter_into_force": gettext_lazy("Charte entrée en vigueur"),
        "supersede": gettext_lazy("Charte remplacée"),
        "archive": gettext_lazy("Charte archivée"),
        "abandon": gettext_lazy("Projet de charte abandonné"),
    },
    "label.edition": {
        "open": gettext_lazy("Projet de référentiel écrit"),
        "adopt": gettext_lazy("Référentiel adopté"),
        "enter_into_force": gettext_lazy("Référentiel entré en vigueur"),
        "supersede": gettext_lazy("Référentiel remplacé"),
        "archive": gettext_lazy("Référentiel archivé"),
        "abandon": gettext_lazy("Projet de référentiel abandonné"),
    },
    "label.application": {
        "open": gettext_lazy("Dossier commencé"),
        "submit": gettext_lazy("Dossier déposé"),
        "reopen": gettext_lazy("Dossier rouvert, à examiner par d'autres membres"),
        "purge": gettext_lazy("Brouillon supprimé"),
        "ask_documents": gettext_lazy("Pièces demandées"),
        "complete": gettext_lazy("Pièces reçues"),
        "close": gettext_lazy("Dossier classé sans suite"),
        "declare_admissible": gettext_lazy("Dossier déclaré recevable"),
        "declare_inadmissible": gettext_lazy("Dossier déclaré irrecevable"),
        "assign_panel": gettext_lazy("Panel composé"),
        "close_review": gettext_lazy("Évaluation terminée"),
        "rebuild_panel": gettext_lazy("Panel à recomposer"),
        "defer": gettext_lazy("Dossier ajourné par le comité"),
        "answer_deferral": gettext_lazy("Réponse au comité reçue"),
        "record_opinion": gettext_lazy("Avis du comité écrit"),
        "ask_second_opinion": gettext_lazy("Second avis demandé"),
        "redo_deliberation": gettext_lazy("Délibération à refaire, par acte de la présidence"),
        "grant": gettext_lazy("Label accordé"),
        "grant_implicitly": gettext_lazy("Label accordé par le silence, constaté"),
        "refuse": gettext_lazy("Label refusé"),
        "withdraw": gettext_lazy("Demande retirée"),
    },
    "reviewers.mandate": {
        "open": gettext_lazy("Mandat proposé"),
        "appoint": gettext_lazy("Membre nommé"),
        "set_aside": gettext_lazy("Membre non retenu"),
        "activate": gettext_lazy("Mandat commencé"),
        "pause": gettext_lazy("Mandat en pause"),
        "resume": gettext_lazy("Mandat repris"),
        "expire_interests": gettext_lazy("Déclaration d'intérêts arrivée à son terme"),
        "confirm_interests": gettext_lazy("Déclaration d'intérêts confirmée"),
        "end": gettext_lazy("Fin du mandat"),
        "resign": gettext_lazy("Démission"),
        "terminate": gettext_lazy("Fin anticipée du mandat"),
    },
    "reviewers.assignment": {
        "open": gettext_lazy("Évaluation demandée à un membre"),
        "accept": gettext_lazy("Évaluation acceptée, sans lien déclaré"),
        "decline": gettext_lazy("Évaluation déclinée"),
        "stand_down": gettext_lazy("Membre déporté"),
        "recuse": gettext_lazy("Membre récusé"),
        "replace": gettext_lazy("Membre remplacé"),
        "expire": gettext_lazy("Demande d'évaluation sans réponse"),
        "submit": gettext_lazy("Évaluation envoyée"),
        "reopen": gettext_lazy("Évaluation rouverte pour le second tour"),
        "finalise": gettext_lazy("Évaluation définitive"),
    },
    "reviewers.session": {
        "open": gettext_lazy("Séance planifiée"),
        "convene": gettext_lazy("Séance convoquée"),
        "begin": gettext_lazy("Séance ouverte"),
        "find_no_quorum": gettext_lazy("Quorum non atteint"),
        "reconvene": gettext_lazy("Seconde convocation"),
        "cancel": gettext_lazy("Séance annulée"),
        "close": gettext_lazy("Séance close"),
        "approve_minutes": gettext_lazy("Procès-verbal approuvé"),
    },
    "reviewers.agendaitem": {
        "open": gettext_lazy("Point inscrit à l'ordre du jour"),
        "call": gettext_lazy("Point appelé"),
        "open_vote": gettext_lazy("Vote ouvert"),
        "adopt": gettext_lazy("Avis adopté"),
        "send_back": gettext_lazy("Point reporté après discussion"),
        "take_off": gettext_lazy("Point retiré de l'ordre du jour"),
    },
    "decisions.decision": {
        "open": gettext_lazy("Décision en préparation"),
        "sign": gettext_lazy("Décision signée"),
        "abandon": gettext_lazy("Projet de décision abandonné"),
        "notify": gettext_lazy("Décision notifiée"),
        "become_final": gettext_lazy("Décision définitive"),
        "replace": gettext_lazy("Décision remplacée"),
        "reopen_remedies": gettext_lazy("Délai de recours rouvert : un recours posté à temps"),
        "annul": gettext_lazy("Décision annulée par un juge"),
    },
    "certificates.label": {
        "open": gettext_lazy("Label délivré"),
        "suspend": gettext_lazy("Label suspendu"),
        "lift": gettext_lazy("Suspension levée"),
        "expire": gettext_lazy("Label arrivé à son terme"),
        "withdraw": gettext_lazy("Label retiré"),
        "annul": gettext_lazy("Label annulé"),
        "relinquish": gettext_lazy("Label rendu par la structure"),
        "lapse": gettext_lazy("Label caduc"),
        "transfer": gettext_lazy("Label transféré"),
        "renew": gettext_lazy("Label renouvelé"),
        "restore": gettext_lazy("Label rétabli"),
    },
    "decisions.appeal": APPEAL_WORDS,
    "feedback.report": {
        "open": gettext_lazy("Signalement reçu"),
        "acknowledge": gettext_lazy("Accusé de réception du signalement envoyé"),
        "qualify": gettext_lazy("Signalement qualifié"),
        "set_aside": gettext_lazy("Signalement écarté"),
        "pass_on": gettext_lazy("Signalement transmis à l'autorité compétente"),
        "inquire": gettext_lazy("Faits signalés présentés à l'association"),
        "find_unfounded": gettext_lazy("Faits signalés non établis"),
        "uphold": gettext_lazy("Faits signalés établis"),
        "close": gettext_lazy("Signalement terminé"),
    },
    "certificates.followup": {
        "open": gettext_lazy("Suivi annuel prévu"),
        "open_now": gettext_lazy("Suivi annuel ouvert"),
        "fall_overdue": gettext_lazy("Suivi annuel attendu, date passée"),
        "gain_time": gettext_lazy("Suivi annuel : date déplacée après une panne"),
        "submit": gettext_lazy("Suivi annuel transmis"),
        "accept": gettext_lazy("Suivi annuel conforme"),
        "find_gaps": gettext_lazy("Écarts relevés"),
        "resolve": gettext_lazy("Écarts levés"),
        "escalate": gettext_lazy("Procédure ouverte après le suivi"),
        "void": gettext_lazy("Suivi annuel sans objet"),
    },
    "certificates.registeralert": {
        "open": gettext_lazy("Alerte du registre ouverte"),
        "check_first": gettext_lazy("Alerte du registre vérifiée une première fois"),
        "confirm": gettext_lazy("Alerte du registre confirmée"),
        "set_aside": gettext_lazy("Alerte du registre écartée"),
    },
    "certificates.withdrawal": {
        "open": gettext_lazy("Procédure de retrait ouverte"),
        "dismiss": gettext_lazy("Procédure classée"),
        "give_formal_notice": gettext_lazy("Mise en demeure envoyée"),
        "record_remedy": gettext_lazy("Correction acceptée"),
        "notify_grounds": gettext_lazy("Griefs notifiés"),
        "close_hearing": gettext_lazy("Contradictoire clos"),
        "record_opinion": gettext_lazy("Avis du comité sur le retrait écrit"),
        "maintain": gettext_lazy("Label maintenu"),
        "maintain_with_conditions": gettext_lazy("Label maintenu avec réserves"),
        "withdraw": gettext_lazy("Retrait du label prononcé"),
        "void": gettext_lazy("Procédure sans objet"),
    },
}

NOTES: dict[str, Words] = {
    "take_up_late": gettext_lazy("Recours pris en charge après le silence"),
    "take_over_appeal": gettext_lazy("Recours repris par une autre personne"),
    "ask_attestation": gettext_lazy("Attestation d'acceptation demandée"),
    "ask_reasons": gettext_lazy("Raisons d'un rejet implicite demandées"),
    "litigation_open": gettext_lazy("Affaire suivie devant le tribunal"),
    "litigation_done": gettext_lazy("Date du juge respectée"),
    "litigation_interim_asked": gettext_lazy("Référé suspension demandé"),
    "litigation_interim_ordered": gettext_lazy("Suspension ordonnée par le juge"),
    "litigation_interim_refused": gettext_lazy("Suspension refusée par le juge"),
    "litigation_brief_due": gettext_lazy("Mémoire demandé par le juge"),
    "litigation_annulled": gettext_lazy("Décision annulée par le juge"),
    "litigation_partly_annulled": gettext_lazy("Décision annulée en partie par le juge"),
    "litigation_carried_out": gettext_lazy("Ce que le juge a dit est fait"),
    "litigation_without_object": gettext_lazy("Plus rien à faire de ce que le juge a dit"),
    "litigation_dismissed": gettext_lazy("Requête rejetée par le juge"),
    "litigation_abandoned": gettext_lazy("Désistement devant le juge"),
    "litigation_resumed": gettext_lazy("Décision remise en effet après le jugement"),
    "change_declared": gettext_lazy("Changement déclaré"),
    "change_done": gettext_lazy("Suite d'un changement faite"),
    "change_read": gettext_lazy("Changement lu"),
    "contact_noted": gettext_lazy("Essai pour joindre l'association noté"),
    "follow_up_typed": gettext_lazy("Suivi annuel saisi pour l'association"),
    "follow_up_without_letter": gettext_lazy(
        "Suivi annuel ouvert sans lettre : personne ne représente la structure"
    ),
    "gap_closed": gettext_lazy("Écart clos"),
    "gap_proof_returned": gettext_lazy("Autre preuve demandée pour un écart"),
    "gap_proof_sent": gettext_lazy("Preuve envoyée pour un écart"),
    "member_said_on_gap": gettext_lazy("Réponse d'un membre sur une preuve"),
    "members_asked_on_gap": gettext_lazy("Membres interrogés sur une preuve"),
    "add_solutions": gettext_lazy("Action ajoutée au label"),
    "choose_edition": gettext_lazy("Référentiel en vigueur choisi"),
    "decline_renewal": gettext_lazy("Renouvellement abandonné par la structure"),
    "letter_L10_to_nobody": gettext_lazy("Avis de fin du label : personne à qui l'envoyer"),
    "letter_L9b_to_nobody": gettext_lazy("Appel à renouveler : personne à qui l'envoyer"),
    "offer_refusal_hearing": gettext_lazy("Structure invitée à répondre avant un refus de renouvellement"),
    "renewal_in_time": gettext_lazy("Renouvellement déposé à temps : le label est protégé"),
    "renewal_late": gettext_lazy("Renouvellement déposé en retard"),
    "renewal_over": gettext_lazy("Renouvellement terminé : le label n'est plus protégé"),
    "succeeded": gettext_lazy("Un nouveau label prend la suite"),
    "held_by_a_judge": gettext_lazy("Label prolongé tant que le juge n'a pas jugé"),
    "wait_for_renewal": gettext_lazy("Label en attente de la décision de renouvellement"),
    "court_bundle": gettext_lazy("Dossier contentieux téléchargé"),
    "communicable_bundle": gettext_lazy("Dossier communicable téléchargé"),
    "settle_label": gettext_lazy("Label concerné par un signalement précisé"),
    "change_label": gettext_lazy("Signalement rattaché à un autre label"),
    "danger_read": gettext_lazy("Danger signalé lu par un signataire"),
    "link_report": gettext_lazy("Signalement lié à un autre"),
    "propose_conclusion": gettext_lazy("Conclusion d'un signalement proposée"),
    "send_back_conclusion": gettext_lazy("Conclusion d'un signalement rendue"),
    "read_source": gettext_lazy("Identité de la personne qui a signalé lue"),
    "read_answer": gettext_lazy("Réponse lue par la personne qui a signalé"),
    "erase_source": gettext_lazy("Identité de la personne qui a signalé effacée"),
    "erase_report_text": gettext_lazy("Texte d'un signalement effacé"),
    "accept_invitation": gettext_lazy("Invitation acceptée"),
    "accept_request": gettext_lazy("Demande pour rejoindre la structure acceptée"),
    "answer_notice": gettext_lazy("Réponse de la structure à la mise en demeure"),
    "propose_step": gettext_lazy("Étape de la procédure de retrait transmise à la signature"),
    "send_back_step": gettext_lazy("Étape de la procédure de retrait rendue"),
    "add_person": gettext_lazy("Personne ajoutée"),
    "accept_condition_proof": gettext_lazy("Preuve acceptée pour une réserve : un signataire la confirme"),
    "lift_condition": gettext_lazy("Réserve levée"),
    "send_back_condition": gettext_lazy("Preuve envoyée pour une réserve : à relire"),
    "ask_condition_again": gettext_lazy("Autre preuve demandée pour une réserve"),
    "ask_to_be_heard": gettext_lazy("Audition demandée par la structure"),
    "check_event": gettext_lazy("Preuve vérifiée par une deuxième personne"),
    "hearing_closed": gettext_lazy("Temps de réponse de la structure terminé"),
    "hearing_dropped": gettext_lazy("Mesure envisagée abandonnée"),
    "invite_to_answer": gettext_lazy("Structure invitée à répondre avant une mesure"),
    "measure_without_effect": gettext_lazy("Acte reçu trop tard : sans effet"),
    "move_condition_date": gettext_lazy("Date d'une réserve changée"),
    "nothing_to_add": gettext_lazy("La structure n'a rien à ajouter"),
    "observe": gettext_lazy("Réponse de la structure reçue"),
    "plan_oral_hearing": gettext_lazy("Date de l'audition fixée"),
    "read_procedure": gettext_lazy("Dossier de la procédure lu par la structure"),
    "record_oral_hearing": gettext_lazy("Compte rendu de l'audition gardé"),
    "reissue_certificate": gettext_lazy("Certificat réédité"),
    "send_condition_proof": gettext_lazy("Preuve envoyée pour une réserve"),
    "waive_oral_hearing": gettext_lazy("Audition plus demandée"),
    "add_proof": gettext_lazy("Justificatif ajouté"),
    "add_solution": gettext_lazy("Action ajoutée"),
    "tell_by_hand": gettext_lazy("Message dit par téléphone, en face ou par courrier"),
    "answer_invitation": gettext_lazy("Réponse à la convocation"),
    "approve_minutes_first": gettext_lazy("Première approbation du procès-verbal"),
    "ballot": gettext_lazy("Vote enregistré"),
    "ballots_removed": gettext_lazy("Vote retiré : un lien a été trouvé"),
    "ballots_set_aside": gettext_lazy("Bulletins écartés : le vote n'est pas compté"),
    "casting_vote": gettext_lazy("Égalité départagée par la coprésidence"),
    "change_session": gettext_lazy("Séance modifiée"),
    "close_vote": gettext_lazy("Vote clos"),
    "complete_minutes": gettext_lazy("Procès-verbal complété"),
    "draft_minutes": gettext_lazy("Procès-verbal rédigé"),
    "merger_asked": gettext_lazy("Demande faite avant une fusion"),
    "merger_answered": gettext_lazy("Réponse avant une fusion"),
    "merger_dropped": gettext_lazy("Demande avant une fusion retirée"),
    "deadline_extended": gettext_lazy("Date déplacée ou à rendre : le service était en panne"),
    "outage_settled": gettext_lazy("Temps perdu pendant une panne : rendu par une personne"),
    "record_outage": gettext_lazy("Panne du service notée"),
    "confirm_outage": gettext_lazy("Panne du service confirmée"),
    "drop_outage": gettext_lazy("Panne du service écartée"),
    "deferral_time_starts": gettext_lazy("Délai de réponse au comité compté depuis la réception"),
    "hearing_done": gettext_lazy("Structure entendue"),
    "hearing_waived": gettext_lazy("Vote sans l'audition prévue"),
    "maintain_deliberation": gettext_lazy("Délibération maintenue, par acte de la présidence"),
    "await_opinion": gettext_lazy("Décision rendue : le comité délibère de nouveau"),
    "invite_expert": gettext_lazy("Personne extérieure invitée sur un point, sans voix"),
    "give_up_expert": gettext_lazy("Invitation d'une personne extérieure retirée"),
    "hand_documents": gettext_lazy("Documents remis à une personne extérieure, notés"),
    "hear_expert": gettext_lazy("Personne extérieure entendue"),
    "see_expert_out": gettext_lazy("Personne extérieure sortie avant la délibération"),
    "do_without_expert": gettext_lazy("Délibération sans l'audition d'une personne extérieure"),
    "erase_expert": gettext_lazy("Données d'une personne extérieure effacées"),
    "member_left": gettext_lazy("Départ d'un membre de la séance"),
    "member_returned": gettext_lazy("Retour d'un membre en séance"),
    "member_stepped_out": gettext_lazy("Sortie d'un membre de la séance"),
    "name_acting_chair": gettext_lazy("Présidence confiée à un membre"),
    "order_agenda": gettext_lazy("Ordre du jour réordonné"),
    "paper_ballots": gettext_lazy("Bulletins en papier comptés"),
    "record_attendance": gettext_lazy("Présence notée"),
    "record_expenses": gettext_lazy("Frais notés"),
    "secret_ballot": gettext_lazy("Vote secret demandé"),
    "open_ballot": gettext_lazy("Vote à main levée, trop peu de personnes pour un vote secret"),
    "send_minutes": gettext_lazy("Procès-verbal envoyé pour accord"),
    "state_link": gettext_lazy("Lien signalé sur un point"),
    "state_no_link": gettext_lazy("Absence de lien déclarée sur un point"),
    "write_logbook": gettext_lazy("Journal de bord complété"),
    "abandon_mailing": gettext_lazy("Envoi en nombre abandonné"),
    "analyse_link": gettext_lazy("Lien d'intérêts analysé"),
    "answer_challenge": gettext_lazy("Réponse à une demande de récusation"),
    "answer_link_statement": gettext_lazy("Lien signalé par un membre, examiné"),
    "ask_challenge": gettext_lazy("Récusation d'un membre demandée"),
    "ask_help": gettext_lazy("Aide demandée"),
    "ask_reading": gettext_lazy("Relecture du brouillon demandée"),
    "ask_to_join": gettext_lazy("Demande pour rejoindre la structure"),
    "ask_to_sign": gettext_lazy("Signature de la charte demandée"),
    "change_profile": gettext_lazy("Région, champs et charge d'un membre changés"),
    "change_seat": gettext_lazy("Place au comité changée"),
    "choose_publication": gettext_lazy("Choix de ce qui est public"),
    "change_role": gettext_lazy("Rôle changé"),
    "conclude_check": gettext_lazy("Vérification au registre conclue"),
    "confirm_mailing": gettext_lazy("Envoi en nombre confirmé"),
    "delete_document": gettext_lazy("Document avec des données de santé supprimé"),
    "mask_comment": gettext_lazy("Passage d'un commentaire masqué"),
    "mask_passage": gettext_lazy("Passage du dossier masqué"),
    "set_document_apart": gettext_lazy("Document mis de côté"),
    "prepare_mailing": gettext_lazy("Envoi en nombre préparé"),
    "confirm": gettext_lazy("Liens d'intérêts confirmés"),
    "consent": gettext_lazy("Accord donné pour le collège"),
    "correct_identifier": gettext_lazy("Numéro d'inscription corrigé"),
    "correct_findings": gettext_lazy("Constats de l'Institut corrigés"),
    "declare_link": gettext_lazy("Lien d'intérêts déclaré"),
    "drop_grounds": gettext_lazy("Procédure contre un membre arrêtée"),
    "end_link": gettext_lazy("Fin d'un lien d'intérêts notée"),
    "erase_data": gettext_lazy("Données d'un mandat effacées"),
    "enter_paper_grid": gettext_lazy("Grille papier recopiée"),
    "enter_rereading": gettext_lazy("Relecture recopiée"),
    "replace_own_words": gettext_lazy("Réponses en ligne remplacées à la demande de la personne"),
    "accept_on_behalf": gettext_lazy("Déclaration « aucun lien » reçue hors ligne"),
    "type_again": gettext_lazy("Grille recopiée une deuxième fois"),
    "settle_differences": gettext_lazy("Relecture de la grille terminée"),
    "write_summary": gettext_lazy("Résumé en langage simple écrit"),
    "extend_review": gettext_lazy("Délai d'évaluation prolongé"),
    "file_read": gettext_lazy("Document ouvert par un membre"),
    "give_service_consent": gettext_lazy("Accord pour recevoir les décisions en ligne"),
    "hand_over": gettext_lazy("Changement de représentant demandé"),
    "help_given": gettext_lazy("Structure rappelée"),
    "leave": gettext_lazy("Départ d'une personne"),
    "letter_by_post": gettext_lazy("Lettre mise en ligne, remise par courrier : les e-mails reviennent"),
    "letter_posted": gettext_lazy("Lettre postée"),
    "letter_presented": gettext_lazy("Lettre présentée"),
    "letter_presumed_received": gettext_lazy("Lettre considérée comme reçue"),
    "letter_signed": gettext_lazy("Lettre signée à la main"),
    "letter_withdrawn": gettext_lazy("Lettre retirée : on n'écrit plus à cette personne"),
    "pieces_time_starts": gettext_lazy("Délai d'envoi des pièces recompté depuis la réception"),
    "correct_entry": gettext_lazy("Réception du dossier papier corrigée"),
    "notify_grounds": gettext_lazy("Faits reprochés, dits à un membre"),
    "record_declaration": gettext_lazy("Déclaration d'intérêts notée"),
    "record_observations": gettext_lazy("Réponse d'un membre notée"),
    "read_back": gettext_lazy("Dossier relu avec la personne"),
    "remove_solution": gettext_lazy("Action retirée"),
    "contact_attempt": gettext_lazy("Essai pour joindre la structure autrement"),
    "mail_arrives": gettext_lazy("Les e-mails à une adresse arrivent de nouveau"),
    "mail_returned": gettext_lazy("Les e-mails à une adresse reviennent"),
    "check_identity": gettext_lazy("Vérifié qui a signé à la main"),
    "read_officers": gettext_lazy("Liste des dirigeants lue au registre"),
    "tell_other_entity": gettext_lazy("Autre structure prévenue : son numéro avait été porté par erreur"),
    "replace_representative": gettext_lazy("Représentant remplacé"),
    "revise": gettext_lazy("Décision reprise"),
    "revoke_service_consent": gettext_lazy("Retour au courrier pour recevoir les décisions"),
    "safety_alert": gettext_lazy("Alerte sécurité"),
    "safety_alert_withdrawn": gettext_lazy("Alerte sécurité retirée"),
    "save_structure": gettext_lazy("Coordonnées de la structure changées"),
    "settle_staff_match": gettext_lazy("Nom d'un agent rapproché d'une structure, examiné"),
    "settle_match": gettext_lazy("Lien d'intérêts rapproché d'une structure, examiné"),
    "send_back": gettext_lazy("Décision renvoyée à la préparation"),
    "send_for_signature": gettext_lazy("Décision transmise à la signature"),
    "sign_charter": gettext_lazy("Charte signée"),
    "withdraw_consent": gettext_lazy("Accord pour le collège retiré"),
    "write_findings": gettext_lazy("Constats de l'Institut écrits"),
    "withdraw_invitation": gettext_lazy("Invitation annulée"),
    "exchange_message": gettext_lazy("Message écrit"),
    "exchange_phone_call": gettext_lazy("Appel noté"),
    "exchange_visit": gettext_lazy("Visite notée"),
    "exchange_post": gettext_lazy("Courrier reçu, noté"),
}

FAMILIES: tuple[tuple[str, Words], ...] = (
    (rf"{FILE_HANDED_TO}\d+", gettext_lazy("Dossier confié à une personne qui instruit")),
    (r"letter_received.*", gettext_lazy("Lettre reçue")),
    (r"letter_.+", gettext_lazy("Lettre écrite")),
)

ROLES: dict[str, Words] = {
    **dict(Role.choices),
    **dict(Membership.Role.choices),
    "member": gettext_lazy("membre du comité"),
    "visitor": gettext_lazy("personne extérieure"),
    SYSTEM_ROLE: gettext_lazy("horloge du service"),
}


# What the events of the thread of a dossier are about, for the filter of its journal.
SUBJECTS: dict[str, Words] = {
    "label.application": gettext_lazy("Le dossier"),
    "reviewers.assignment": gettext_lazy("Les évaluations"),
    "decisions.decision": gettext_lazy("Les décisions"),
    "decisions.appeal": gettext_lazy("Les recours"),
    "certificates.label": gettext_lazy("Le label"),
    "certificates.followup": gettext_lazy("Les suivis annuels"),
    "certificates.registeralert": gettext_lazy("Les alertes du registre"),
    "certificates.withdrawal": gettext_lazy("Les procédures de retrait"),
}


def event_words(event: Event, handed_to: Mapping[str, str] | None = None) -> str:
    """What happened, in words; `handed_to` gives the names of the people of `handed_to_in`."""
    if handed_to and (name := handed_to.get(event.move)):
        return _("Dossier confié à {name}").format(name=name)
    model = event.subject.split(":", 1)[0]
    known = MOVES.get(model, {}).get(event.move) or NOTES.get(event.move)
    if known is not None:
        return str(known)
    for pattern, words in FAMILIES:
        if re.fullmatch(pattern, event.move):
            return str(words)
    return _("Fait noté")


def handed_to_in(events: Iterable[Event]) -> dict[str, str]:
    """The moves by which a dossier was given to somebody, and their names, in one query."""
    keys = {
        event.move: event.move.removeprefix(FILE_HANDED_TO)
        for event in events
        if event.move.startswith(FILE_HANDED_TO)
    }
    named = User.objects.in_bulk(keys.values()) if keys else {}
    return {move: named[int(key)].get_full_name() for move, key in keys.items() if int(key) in named}


def actor_words(event: Event, represented: Mapping[str, str]) -> str:
    """Who did it, in which role, and for whom when they stood in for somebody."""
    role = str(ROLES.get(event.role, ""))
    if event.actor is None:
        return role
    who = f"{event.actor} ({role})" if role else str(event.actor)
    absent = represented.get(event.on_behalf_of)
    return _("{who}, pour {absent}").format(who=who, absent=absent) if absent else who


def represented_in(events: Iterable[Event]) -> dict[str, str]:
    """The names of the people for whom others acted in these events, by their subject key; one query."""
    keys = {event.on_behalf_of for event in events if event.on_behalf_of.startswith(PERSON)}
    found = User.objects.filter(pk__in=[key.removeprefix(PERSON) for key in keys])
    return {f"{PERSON}{user.pk}": str(user) for user in found}
