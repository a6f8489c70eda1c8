"""The words of the states of a label, its follow-ups, a withdrawal and a report."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.look.state_words.word import StateWord

LABEL: Final[dict[str, StateWord]] = {
    "in_force": StateWord(
        _("Actif"),
        _("Label valide"),
        "success",
        "checkbox-circle-fill",
        _("Vous pouvez l'afficher."),
    ),
    "in_force_with_conditions": StateWord(
        _("Actif sous réserves"),
        _("Valide, avec réserves"),
        "success",
        "checkbox-circle-line",
        _("À corriger avant le {date}."),
    ),
    "in_force_extended": StateWord(
        _("Prolongé"),
        _("Valide, renouvellement en cours"),
        "info",
        "refresh-line",
        _("Prolongé jusqu'au {date}."),
    ),
    "suspended": StateWord(
        _("Suspendu"),
        _("Label suspendu"),
        "todo",
        "pause-circle-fill",
        _("Ne l'affichez pas jusqu'au {date}."),
    ),
    "expired": StateWord(
        _("Expiré"),
        _("Label expiré"),
        "plain",
        "calendar-close-line",
        _("Retirez-le de vos supports."),
    ),
    "withdrawn": StateWord(
        _("Retiré"),
        _("Label retiré"),
        "error",
        "close-circle-fill",
        _("Retirez-le avant le {date}."),
    ),
    "annulled": StateWord(
        _("Annulé"),
        _("Numéro non valide"),
        "error",
        "close-circle-line",
        _("Considéré comme jamais donné."),
    ),
    "relinquished": StateWord(
        _("Renoncé"),
        _("Label rendu"),
        "plain",
        "logout-box-r-line",
        _("Vous y avez renoncé."),
    ),
    "lapsed": StateWord(
        _("Caduc"),
        _("Structure dissoute"),
        "plain",
        "archive-line",
        _("La structure n'existe plus."),
    ),
    "transferred": StateWord(
        _("Transféré"),
        _("Label transféré"),
        "info",
        "arrow-right-circle-line",
        _("Porté par {structure}."),
    ),
    "renewed": StateWord(
        _("Remplacé"),
        _("Label remplacé"),
        "info",
        "arrow-right-circle-line",
        _("Un nouveau label prend la suite."),
    ),
}

FOLLOW_UP: Final[dict[str, StateWord]] = {
    "upcoming": StateWord(_("À venir"), _("À venir"), "plain", "calendar-line", _("S'ouvrira le {date}.")),
    "open": StateWord(_("Ouvert"), _("À remplir"), "todo", "edit-line", _("5 minutes si rien n'a changé.")),
    "overdue": StateWord(
        _("En retard"),
        _("Attendu"),
        "warning",
        "time-line",
        _("La date est passée. Vous pouvez encore l'envoyer."),
    ),
    "submitted": StateWord(
        _("Transmis"),
        _("Envoyé"),
        "info",
        "send-plane-line",
        _("Nous le lisons avant le {date}."),
    ),
    "gaps": StateWord(
        _("Écarts"),
        _("À corriger"),
        "todo",
        "tools-line",
        _("{n} point(s) à corriger avant le {date}."),
    ),
    "compliant": StateWord(
        _("Conforme"),
        _("Suivi terminé"),
        "success",
        "checkbox-circle-line",
        _("Tout est en ordre."),
    ),
    "resolved": StateWord(
        _("Écarts levés"),
        _("Corrections acceptées"),
        "success",
        "check-line",
        _("Merci, c'est réglé."),
    ),
    "escalated": StateWord(
        _("Escaladé"),
        _("Procédure ouverte"),
        "warning",
        "error-warning-line",
        _("Une lettre vous explique la suite."),
    ),
    "void": StateWord(
        pgettext_lazy("follow-up", "Sans objet"),
        pgettext_lazy("follow-up", "Sans objet"),
        "plain",
        "close-line",
        _("Le label s'est arrêté."),
    ),
}

WITHDRAWAL: Final[dict[str, StateWord]] = {
    "opened": StateWord(_("Ouverte"), None, "plain", "folder-2-line"),
    "formal_notice": StateWord(
        _("Mise en demeure"),
        _("À corriger avant le {date}"),
        "todo",
        "tools-line",
        _("Si c'est corrigé, la procédure s'arrête."),
    ),
    "hearing": StateWord(
        _("Contradictoire"),
        _("Votre réponse est attendue"),
        "todo",
        "chat-quote-line",
        _("Écrite ou orale, avec la personne de votre choix."),
    ),
    "hearing_closed": StateWord(
        _("Contradictoire clos"),
        _("Réponse reçue ou délai passé"),
        "info",
        "mail-check-line",
        _("Le comité va donner son avis."),
    ),
    "advised": StateWord(
        _("Avis rendu"),
        _("Décision en préparation"),
        "info",
        "quill-pen-line",
        _("L'Institut décide."),
    ),
    "dismissed": StateWord(
        _("Classée"),
        _("Procédure arrêtée"),
        "success",
        "checkbox-circle-line",
        _("Les faits ne sont pas établis."),
    ),
    "remedied": StateWord(
        _("Régularisée"),
        _("Corrigé"),
        "success",
        "check-line",
        _("Vos corrections sont acceptées."),
    ),
    "maintained": StateWord(
        _("Maintien"),
        _("Label maintenu"),
        "success",
        "award-line",
        _("Rien ne change."),
    ),
    "maintained_with_conditions": StateWord(
        _("Maintien sous réserves"),
        _("Maintenu, avec réserves"),
        "success",
        "checkbox-circle-line",
        _("À corriger avant le {date}."),
    ),
    "withdrawn": StateWord(
        _("Retrait prononcé"),
        _("Label retiré"),
        "error",
        "close-circle-fill",
        _("La lettre dit pourquoi et comment contester."),
    ),
    "void": StateWord(
        pgettext_lazy("withdrawal", "Sans objet"),
        _("Procédure sans objet"),
        "plain",
        "close-line",
        _("Le label s'est arrêté autrement."),
    ),
}

REPORT: Final[dict[str, StateWord]] = {
    "received": StateWord(
        _("Reçu"),
        _("Signalement envoyé"),
        "info",
        "send-plane-line",
        _("Gardez votre numéro."),
    ),
    "acknowledged": StateWord(
        _("Accusé"),
        _("Signalement reçu"),
        "info",
        "mail-check-line",
        _("Une personne le lit sous 10 jours."),
    ),
    "qualified": StateWord(
        _("Qualifié"),
        _("En cours d'examen"),
        "info",
        "search-line",
        _("Nous voyons ce qui peut être fait."),
    ),
    "under_inquiry": StateWord(
        _("En enquête"),
        _("Vérification en cours"),
        "info",
        "search-line",
        _("Sans donner votre nom."),
    ),
    "founded": StateWord(
        _("Fondé"),
        _("Faits retenus"),
        "todo",
        "tools-line",
        _("L'association doit corriger."),
    ),
    "closed": StateWord(_("Clos"), _("Terminé"), "success", "check-line", _("Les mesures sont prises.")),
    "unfounded": StateWord(
        _("Non fondé"),
        _("Faits non établis"),
        "plain",
        "close-line",
        _("Nous n'avons pas pu les établir."),
    ),
    "inadmissible": StateWord(
        _("Écarté"),
        _("Hors de notre rôle"),
        "plain",
        "close-line",
        _("La réponse dit qui peut vous aider."),
    ),
    "passed_on": StateWord(
        _("Transmis à l'autorité"),
        _("Transmis"),
        "info",
        "arrow-right-circle-line",
        _("À l'autorité compétente."),
    ),
}
