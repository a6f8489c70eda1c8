"""The words of the states of a structure, of the framework and of its dossier."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from config.look.state_words.word import StateWord

STRUCTURE: Final[dict[str, StateWord]] = {
    "open": StateWord(_("Ouvert"), _("Ouvert"), "plain", "check-line"),
    "frozen": StateWord(_("En lecture seule"), _("En lecture seule"), "warning", "lock-line"),
}

EDITION: Final[dict[str, StateWord]] = {
    "draft": StateWord(_("Projet"), None, "plain", "draft-line"),
    "adopted": StateWord(_("Adopté"), _("À venir"), "info", "calendar-2-line", _("S'appliquera le {date}.")),
    "in_force": StateWord(
        _("En vigueur"),
        _("En vigueur"),
        "success",
        "checkbox-circle-line",
        _("Version utilisée pour les nouvelles demandes."),
    ),
    "superseded": StateWord(
        _("Remplacé"),
        _("Ancienne version"),
        "plain",
        "time-line",
        _("Reste valable pour les dossiers commencés avec elle."),
    ),
    "archived": StateWord(
        _("Archivé"),
        _("Archives"),
        "plain",
        "archive-line",
        _("Plus aucun dossier ne l'utilise."),
    ),
    "abandoned": StateWord(_("Abandonné"), None, "plain", "delete-bin-line"),
}

APPLICATION: Final[dict[str, StateWord]] = {
    "draft": StateWord(_("Brouillon"), _("Brouillon"), "plain", "edit-line", _("Rien n'est encore envoyé.")),
    "submitted": StateWord(
        _("Déposé, à vérifier"),
        _("Déposé"),
        "info",
        "send-plane-line",
        _("Nous vérifions les pièces."),
    ),
    "incomplete": StateWord(
        _("Incomplet"),
        _("Pièces à envoyer"),
        "todo",
        "edit-line",
        _("Nous attendons des pièces pour continuer."),
    ),
    "admissible": StateWord(
        _("Recevable, panel à composer"),
        _("Complet"),
        "info",
        "checkbox-circle-line",
        _("Le comité va recevoir votre dossier."),
    ),
    "under_review": StateWord(
        _("En évaluation"),
        _("En évaluation"),
        "info",
        "survey-line",
        _("Des membres du comité lisent votre dossier."),
    ),
    "in_deliberation": StateWord(
        _("En délibération"),
        _("Discuté par le comité"),
        "info",
        "discuss-line",
        _("Le comité en parle en séance."),
    ),
    "deferred": StateWord(
        _("Ajourné"),
        _("Réponse attendue de vous"),
        "todo",
        "question-answer-line",
        _("Le comité vous pose des questions. Le délai de réponse continue."),
    ),
    "advised": StateWord(
        _("Avis rendu"),
        _("Décision en préparation"),
        "info",
        "quill-pen-line",
        _("Le comité a donné son avis. L'Institut décide."),
    ),
    # An act is signed without an opinion (L3, L4) and its letter is on its way.
    "deciding": StateWord(
        _("Décision à notifier"),
        _("Décision en préparation"),
        "info",
        "quill-pen-line",
        _("L'Institut décide, et vous écrit."),
    ),
    "granted": StateWord(
        _("Accordé"),
        _("Label accordé"),
        "success",
        "award-line",
        _("Votre label est actif."),
    ),
    "refused": StateWord(
        _("Refusé"),
        _("Label refusé"),
        "error",
        "close-circle-line",
        _("La lettre dit pourquoi et comment contester."),
    ),
    "inadmissible": StateWord(
        _("Irrecevable"),
        _("Demande non examinée"),
        "error",
        "error-warning-line",
        _("Une condition manque ; la lettre dit laquelle."),
    ),
    "withdrawn": StateWord(
        _("Désisté"),
        _("Demande retirée"),
        "plain",
        "arrow-go-back-line",
        _("Vous avez retiré votre demande."),
    ),
    "closed": StateWord(
        _("Classé sans suite"),
        _("Dossier clos"),
        "plain",
        "archive-line",
        _("Les pièces ne sont pas arrivées. Vous pouvez recommencer."),
    ),
    "purged": StateWord(
        _("Purgé"),
        _("Brouillon supprimé"),
        "plain",
        "delete-bin-line",
        _("Sans activité depuis 12 mois."),
    ),
}
