"""What each letter must contain (domain 3.3): the facts without which it may not leave, and their names on screen.

Upper apps give these facts from their function `registry.letter(code, …)`. A date is a `date`, a moment a
`datetime`, the rest is text, a list of texts, or a list of dicts whose keys stand in brackets below.

Every letter:  structure (name), address_lines (list of lines of the seat), officer (person to call),
               applied_on (date received), distance_months (0, 1 or 2: distance of the seat, for the court)
About a dossier: kind (of the request: initial, renewal or addition), dossier (its reference)
Every act:     reasons_in_law, reasons_in_fact, criteria (list of titles; may be empty but in L7 and L8)
L1 receipt:    received_on, implicit_on (date), check_before (date), missing (list of {name, why}), how,
               posted_on (date of the postmark, or None)
L2 documents:  pieces (list of {name, why}), answer_before (date), asked_on, implicit_on,
               again ({asked_on, reason} when pieces were asked for before)
L4 closed:     asked (list of {name, why} that did not come), arrived (list of names), asked_on, answer_before,
               reminded_on, moved ({first_date, received_on} when the date changed),
               outages (list of {was, until}: the service was down on a last day)
L5 deferral:   questions (list), days (from the receipt), answer_before (the soonest last day), hearing (bool)
L5b hearing:   sits_on (date), sits_time, place, link, access, cancelled (bool: it does not take place that day)
L6 grant:      number, valid_from, valid_until, solutions (list of {name, fields, territory}),
               conditions_of_maintenance (list), directory (list of what is published)
               previous_number (of the label that a renewal follows; may be empty)
L7:            as L6, conditions (list of {text, proof, before})
L8 refusal:    label_number, label_ends_on, logo_days (of the label that is not renewed; an addition: the number alone),
               opinion, axes (list of {name, result}), improvements (list), divergence (may be empty),
               answers (of a renewal: list of {name, text}; empty when nothing was said)
L1r appeal:    received_on, posted_on, how, contested_act, decided_on, is_implicit (bool: born of silence),
               contested, asked, silence_on, is_late (bool), late_since
L1c, L8b:      implicit_on, asked_on; L1c also number, L8b the reasons
L16 answer:    contested_act, decided_on, is_implicit, lodged_on, outcome, outcome_words, is_late,
               points (list of {point, answer}), after_silence (date or None), what_changes (when the act changes)
L9a follow-up: number, valid_until, year, due_on (date), topics (list of what may have changed)
L6b transfer:  former_number, former_structure, merged_on, own_number (may be empty), valid_until, solutions,
               suspended_until (date or None: of the suspension that goes on), conditions_of_maintenance
L7b:           number, conditions, observations_answered (may be empty)
L9c extension: number, valid_until, extended_until
L10b lapse:    number, ended_on, proof, logo_before, observations_answered (may be empty)
L11 suspended: number, suspended_until, not_before (date or None), grounds, urgency (may be empty), what_lifts_it,
               observations_answered (may be empty)
L11b lifted:   number, lifted_on, conditions (may be empty), observations_answered (may be empty)
L13b hearing:  number, measure, effect, grounds (list of {fact, day, breached, source}), days, urgent (bool), page
L12 withdrawn: number, legal_effect, kind, from_the_origin (bool), grounds, fraud_proof (may be empty), opinion,
               divergence (may be empty), answers (list of {name, text}; empty when nothing was said), logo_days
L13a notice:   number, acts (list), grounds (list of {fact, day, breached, source}), days, page
L13c end:      number, outcome, told_on (date), reasons, valid_until
L9b renewal:   number, ends_on, protected_until, come_back_until, extension_months, edition, old_edition,
               edition_changed (bool), charter (may be empty), charter_to_sign (bool)
L9d hearing:   number, ends_on, contemplated, days, page
L1m merger:    number, received_on, implicit_on, planned_on, successor, successor_number, transfer_days
L20 answer:    as L1m, outcome, outcome_words, conditions
L10 expiry:    number, starts_on, last_day, ended_on, logo_until, come_back_until (date or None),
               filed_late (bool), protected_until
L14 convening: agenda (list of lines), sits_on (date), sits_time, place, link, access, expenses, length (minutes),
               second (bool: second convocation), page (address)
L15 interests: before (date), effect (what happens without answer), help_line, first (bool), page
L17 report:    number, reported_on (date), outcome (one sentence), answer (text), authority (may be empty)
L18 consent:   consented_on (date), published (text), withdraw (text), kept_months, page; never the college

A part is a fact, or a passage known by words that no version of the letter may lose; `letters.checklist` reads both
in the written text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

COMMON = (
    "service_name",
    "service_address",
    "service_phone",
    "service_email",
    "reference",
    "addressee_lines",
    "signatory",
    "data_protection",
)
REMEDIES = ("court_name",)
REASONS = ("reasons_in_law", "reasons_in_fact")
ACT = ("legal_basis", *REASONS)
SILENCE = ("silence_effect", "silence_reference")
GRANT = ("number", "valid_from", "valid_until", "solutions", "conditions_of_maintenance", "directory")
TRANSFER = (
    "former_number",
    "former_structure",
    "valid_until",
    "solutions",
    "conditions_of_maintenance",
)

BY_LAW: dict[str, tuple[str, ...]] = {
    "L1": ("received_on", "implicit_on", "legal_basis", *SILENCE),
    "L2": ("pieces", "answer_before", "legal_basis", *SILENCE),
    "L3": (*ACT, *REMEDIES),
    "L4": ("asked", "asked_on", "answer_before", *ACT, *REMEDIES),
    "L6": (*GRANT, *ACT, *REMEDIES),
    "L7": (*GRANT, *ACT, "criteria", "conditions", *REMEDIES),
    "L8": ("opinion", "axes", *ACT, "criteria", *REMEDIES),
    "L1r": ("received_on", "silence_on", "contested", "asked"),
    "L1c": ("implicit_on", "legal_basis", "silence_reference"),
    "L8b": ("implicit_on", "asked_on", *ACT, *REMEDIES),
    "L16": ("contested_act", "lodged_on", "outcome_words", "points", *ACT, *REMEDIES),
    "L9a": ("number", "due_on", "topics"),
    "L6b": (*TRANSFER, *ACT, *REMEDIES),
    "L7b": ("number", *ACT, "conditions", *REMEDIES),
    "L9c": ("number", "valid_until", "extended_until", *ACT, *REMEDIES),
    "L10b": ("number", "ended_on", "proof", "logo_before", *ACT, *REMEDIES),
    "L11": ("number", "suspended_until", "what_lifts_it", *ACT, *REMEDIES),
    "L11b": ("number", "lifted_on", *ACT, *REMEDIES),
    "L12": ("number", "legal_effect", "grounds", "opinion", "logo_days", *ACT, *REMEDIES),
    "L13a": ("number", "acts", "grounds", "days", "page", "legal_basis"),
    "L13b": ("number", "measure", "grounds", "days", "page", "legal_basis"),
    "L13c": ("number", "told_on", "reasons", "valid_until"),
    "L9b": ("number", "ends_on", "protected_until", "come_back_until"),
    "L9d": ("number", "ends_on", "contemplated", "days", "page"),
    "L1m": ("number", "received_on", "implicit_on", "planned_on", "successor"),
    "L20": ("number", "received_on", "outcome_words", "successor", *ACT, *REMEDIES),
    "L10": ("number", "last_day", "logo_until"),
    "L14": ("agenda", "place", "access", "expenses", "page"),
    "L15": ("before", "effect", "help_line"),
    "L17": ("reported_on", "outcome", "answer"),
    "L18": ("consented_on", "published", "withdraw"),
}
# Facts that some letters do without, and that are never lost once given: a hybrid session has its link.
WHEN_GIVEN: dict[str, tuple[str, ...]] = {
    "L5b": ("link",),
    "L7b": ("observations_answered",),
    "L10b": ("observations_answered",),
    "L11": ("urgency", "not_before", "grounds", "observations_answered"),
    "L6b": ("suspended_until",),
    "L11b": ("conditions", "observations_answered"),
    "L12": ("divergence", "answers", "fraud_proof"),
    "L14": ("link",),
    "L8": ("label_number", "label_ends_on", "answers"),
    "L10": ("come_back_until",),
}

# Counted in days: a figure alone would be read in any date.
IN_DAYS = frozenset({"days", "logo_days"})

# Words that show that a passage is there.
PASSAGES: dict[str, tuple[str, ...]] = {
    "remedies": (
        "Recours gracieux",
        "dans les deux mois",
        "Ce recours interrompt le délai",
        "Télérecours citoyens",
        "R. 421-1",
        "R. 421-5",
    ),
    "court_remedies": ("Tribunal", "Télérecours citoyens", "R. 421-1", "R. 421-5"),
    "appeal_silence": ("recours est rejeté", "L. 231-4"),
    "others_examine": ("Des personnes qui n'ont pas participé à la décision l'examineront",),
    "reasons_of_silence": ("raisons de ce rejet", "L. 232-4"),
    "missing_later": ("Si une pièce indispensable manque, nous vous l'écrivons",),
    "clock": ("L. 114-5", "délai au bout duquel"),
    "translation": ("traduction en français",),
    "reapply": ("Vous pouvez déposer une nouvelle demande",),
    "duties": ("dans les 30 jours", "suivi annuel", "renouvellement"),
    "logo": ("Utilisez le logo", "Retirez-les"),
    "publication": ("annuaire des associations labellisées", "corriger ces informations"),
    "maintenance": ("L. 242-2",),
    "logo_off": ("etirez le logo",),  # at the head of a sentence or within it
    "validity": ("ne prolonge pas la durée du label",),
    "proof_of_condition": ("Envoyez", "preuve"),
    "written": ("Répondre par écrit",),
    "oral": ("Demander à être entendu", "L. 122-1"),
    "counsel": ("vous faire assister", "représenter", "avocat"),
    "file_access": ("le dossier de la procédure",),
    "time_from_receipt": ("à partir du jour où vous recevez cette lettre",),
    "not_a_decision": ("n'est pas une décision",),
    "limited_to_grounds": ("ne repose que sur des faits qui vous ont été notifiés",),
    "publication_of_an_end": ("page de vérification", "Les motifs ne sont pas publiés"),
    "heard": ("L. 121-1", "L. 122-1"),
    "assistance": ("accompagner",),
    "what_is_protected": ("votre label continue jusqu'à notre décision",),
    "observations": ("L. 121-1", "assister par un conseil", "lire le dossier"),
    "link_question": ("un lien avec un point",),
    "documents": ("Ils sont sur la page de la séance", "sur papier"),
    "secrecy": ("Votre nom n'est jamais transmis à l'association",),
    "limits": ("Ce que nous ne pouvons pas dire",),
    "no_fault": ("Ne pas répondre n'est pas une faute",),
    "silence_accepts": ("vaut accord", "L. 231-1"),
    "any_moment": ("quand vous voulez", "sans donner de raison"),
}
PASSAGES_BY_LAW: dict[str, tuple[str, ...]] = {
    "L1": ("missing_later",),
    "L1r": ("appeal_silence", "others_examine", "court_remedies"),
    "L8b": ("court_remedies",),
    "L16": ("court_remedies",),
    "L2": ("clock", "translation"),
    "L3": ("reapply", "remedies"),
    "L4": ("reapply", "remedies"),
    "L5": ("assistance",),
    "L5b": ("assistance",),
    "L6": ("maintenance", "duties", "logo", "publication", "remedies"),
    "L7": ("maintenance", "duties", "logo", "publication", "remedies"),
    "L8": ("reapply", "remedies"),
    "L6b": ("maintenance", "duties", "logo", "publication", "remedies"),
    "L7b": ("proof_of_condition", "maintenance", "remedies"),
    "L9c": ("remedies",),
    "L10b": ("logo_off", "reapply", "remedies"),
    "L11": ("logo_off", "validity", "remedies"),
    "L11b": ("validity", "remedies"),
    "L12": ("limited_to_grounds", "logo_off", "publication_of_an_end", "reapply", "heard", "remedies"),
    "L13a": (
        "written",
        "counsel",
        "file_access",
        "time_from_receipt",
        "not_a_decision",
        "maintenance",
        "heard",
    ),
    "L13b": ("written", "oral", "counsel", "file_access", "time_from_receipt", "not_a_decision"),
    "L9b": ("what_is_protected",),
    "L9d": ("observations",),
    "L1m": ("silence_accepts",),
    "L20": ("remedies",),
    "L10": ("logo_off",),
    "L14": ("link_question", "documents"),
    "L15": ("no_fault",),
    "L17": ("secrecy", "limits"),
    "L18": ("any_moment",),
}
OF_A_SILENT_REFUSAL = {"L1": ("reasons_of_silence", "remedies")}

# Acts that only somebody with a delegation of signature valid that day may sign (L212-1).
ON_A_LABEL = frozenset({"L6b", "L7b", "L9c", "L10b", "L11", "L11b", "L12", "L20"})
ACTS = frozenset({"L3", "L4", "L6", "L7", "L8", "L16"}) | ON_A_LABEL

# What the service edits itself, receipts and what the clock sends: no person decides or promises anything in it.
EDITED_BY_THE_SERVICE = frozenset({"L1", "L1m", "L1r", "L9a", "L9b", "L10", "L15", "L18"})

LABELS: dict[str, Any] = {
    "service_name": _("Nom du service"),
    "service_address": _("Adresse du service"),
    "service_phone": _("Téléphone du service"),
    "service_email": _("E-mail du service"),
    "reference": _("Numéro du dossier"),
    "addressee_lines": _("Destinataire et adresse"),
    "signatory": _("Prénom, nom, qualité et service de la personne qui signe"),
    "data_protection": _("Mention sur les données personnelles"),
    "received_on": _("Date de réception de la demande"),
    "silence_effect": _("Ce que signifie l'absence de réponse"),
    "implicit_on": _("Date à partir de laquelle l'absence de réponse compte"),
    "pieces": _("Liste des pièces demandées"),
    "answer_before": _("Date limite pour répondre"),
    "reasons_in_law": _("Motifs en droit"),
    "reasons_in_fact": _("Motifs en fait"),
    "court_name": _("Tribunal compétent"),
    "asked": _("Pièces demandées qui ne sont pas arrivées"),
    "asked_on": _("Date de la demande de pièces"),
    "number": _("Numéro du label"),
    "valid_from": _("Date de début"),
    "valid_until": _("Date de fin"),
    "solutions": _("Actions reconnues"),
    "conditions_of_maintenance": _("Conditions pour garder le label"),
    "conditions": _("Réserves, preuves et dates"),
    "opinion": _("Avis du comité"),
    "axes": _("Résultats par axe"),
    "structure": _("Nom de la structure"),
    "edition": _("Édition du référentiel"),
    "ends_on": _("Fin du label"),
    "planned_on": _("Date prévue de la fusion"),
    "successor": _("Structure qui reprend l'action"),
    "protected_until": _("Date qui protège le label"),
    "come_back_until": _("Date jusqu'à laquelle une demande allégée est possible"),
    "contemplated": _("Raisons du refus envisagé"),
    "last_day": _("Dernier jour du label"),
    "logo_until": _("Date à laquelle le logo est retiré"),
    "what_is_protected": _("Ce que protège le dépôt à temps"),
    "observations": _("Droit de répondre avant la décision"),
    "label_number": _("Numéro du label en cours"),
    "label_ends_on": _("Fin du label en cours"),
    "officer": _("Personne à contacter"),
    "improvements": _("Comment progresser"),
    "applied_on": _("Date de la demande"),
    "check_before": _("Date de fin de la vérification"),
    "sections": _("Réponses recopiées"),
    "legal_basis": _("Texte qui crée le label"),
    "silence_reference": _("Texte qui dit ce que vaut le silence"),
    "criteria": _("Critères sur lesquels reposent les motifs"),
    "directory": _("Ce qui est publié"),
    "remedies": _("Voies et délais de recours"),
    "reasons_of_silence": _("Droit de demander les raisons d'un rejet implicite"),
    "court_remedies": _("Recours devant le tribunal"),
    "appeal_silence": _("Ce que signifie l'absence de réponse au recours"),
    "others_examine": _("Qui examine le recours"),
    "silence_on": _("Date à partir de laquelle l'absence de réponse vaut rejet du recours"),
    "contested": _("Ce qui est contesté"),
    "contested_act": _("Décision contestée"),
    "lodged_on": _("Date du recours"),
    "outcome_words": _("Sens de la réponse au recours"),
    "points": _("Réponse à chaque point"),
    "missing_later": _("Annonce des pièces qui manqueraient"),
    "clock": _("Effet de la demande de pièces sur le délai"),
    "translation": _("Traduction des pièces en français"),
    "reapply": _("Comment déposer une nouvelle demande"),
    "duties": _("Obligations de la structure"),
    "logo": _("Règles d'usage du logo"),
    "publication": _("Ce que montre l'annuaire"),
    "due_on": _("Date avant laquelle le suivi est attendu"),
    "topics": _("Ce qui est demandé dans le suivi"),
    "questions": _("Questions précises"),
    "agenda": _("Ordre du jour"),
    "sits_on": _("Date de la séance"),
    "place": _("Lieu"),
    "assistance": _("Droit de se faire accompagner"),
    "link_question": _("Comment dire un lien d'intérêts"),
    "documents": _("Où lire les documents"),
    "access": _("Accès et besoins"),
    "expenses": _("Frais"),
    "link": _("Lien pour suivre à distance"),
    "page": _("Adresse de la page à ouvrir"),
    "former_number": _("Numéro du label repris"),
    "former_structure": _("Structure dont le label est repris"),
    "extended_until": _("Nouvelle date de fin"),
    "ended_on": _("Date de la fin de la structure"),
    "proof": _("Preuve de la fin de la structure"),
    "suspended_until": _("Date de fin de la suspension"),
    "not_before": _("Premier jour de la suspension"),
    "urgency": _("Pourquoi c'est urgent"),
    "what_lifts_it": _("Ce qui fait lever la suspension"),
    "lifted_on": _("Date de la levée"),
    "observations_answered": _("Réponse aux observations"),
    "measure": _("Mesure envisagée"),
    "grounds": _("Faits, dates, textes et sources"),
    "logo_off": _("Retrait du logo"),
    "validity": _("Effet sur la durée du label"),
    "proof_of_condition": _("Comment envoyer une preuve"),
    "written": _("Comment répondre par écrit"),
    "oral": _("Comment demander à être entendu"),
    "counsel": _("Droit de se faire assister ou représenter"),
    "file_access": _("Accès au dossier de la procédure"),
    "time_from_receipt": _("Point de départ du temps de réponse"),
    "acts": _("Ce que la structure doit corriger"),
    "days": _("Temps donné à la structure"),
    "legal_effect": _("Effet de la décision"),
    "logo_days": _("Temps pour retirer le logo"),
    "logo_before": _("Date avant laquelle le logo est retiré"),
    "divergence": _("Pourquoi la décision s'écarte de l'avis"),
    "answers": _("Réponse à chaque observation"),
    "fraud_proof": _("Preuve de la fraude"),
    "told_on": _("Date de la première lettre"),
    "reasons": _("Raisons"),
    "limited_to_grounds": _("Mention que seuls les motifs notifiés sont retenus"),
    "publication_of_an_end": _("Ce que montre la page de vérification"),
    "heard": _("Droit d'être entendu"),
    "not_a_decision": _("Mention que la lettre n'est pas une décision"),
    "maintenance": _("Effet d'une condition qui n'est plus remplie"),
    "before": _("Date limite"),
    "effect": _("Ce qui se passe sans réponse"),
    "help_line": _("Aide par téléphone"),
    "reported_on": _("Date du signalement"),
    "outcome": _("Suite donnée"),
    "answer": _("Réponse"),
    "consented_on": _("Date de l'accord"),
    "published": _("Ce que la page publique dit"),
    "withdraw": _("Comment retirer son accord"),
    "secrecy": _("Protection du nom"),
    "limits": _("Limites de ce qui peut être dit"),
    "no_fault": _("Que ne pas répondre n'est pas une faute"),
    "any_moment": _("Que l'accord peut être retiré à tout moment"),
}


def compulsory(code: str, asked: tuple[str, ...]) -> list[str]:
    """The names of the facts without which this letter may not leave: common, by law, then asked by the app."""
    return list(dict.fromkeys((*COMMON, *BY_LAW.get(code, ()), *asked)))


def passages(code: str, facts: Mapping[str, Any]) -> list[str]:
    """The names of the passages without which this letter may not leave, with these facts."""
    names = PASSAGES_BY_LAW.get(code, ())
    if facts.get("silence_effect") == "refusal":
        names += OF_A_SILENT_REFUSAL.get(code, ())
    return list(names)


def label(name: str) -> str:
    """The name of a part on screen."""
    return str(LABELS.get(name, name.replace("_", " ")))


def of_the_house() -> dict[str, Any]:
    """The facts that the installation gives to every letter."""
    return {
        "service_name": settings.SERVICE_NAME,
        "service_address": settings.SERVICE_ADDRESS,
        "service_phone": settings.SERVICE_PHONE,
        "service_email": settings.SERVICE_EMAIL,
        "service_hours": settings.SERVICE_HOURS,
        "court_name": settings.COURT_NAME,
        "silence_effect": settings.SILENCE_EFFECT,
        "silence_months": settings.SILENCE_MONTHS,
        "silence_reference": settings.SILENCE_LEGAL_REFERENCE,
        "legal_basis": settings.LEGAL_BASIS,
        "data_protection": settings.PRIVACY_NOTICE,
        "public_url": settings.PUBLIC_URL,
    }


def service_name() -> str:
    """The service that writes, as set for this installation."""
    return settings.SERVICE_NAME
