"""The words of the states of a mandate, an assignment, a session and its items."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.look.state_words.word import StateWord

MANDATE: Final[dict[str, StateWord]] = {
    "approached": StateWord(
        _("Pressenti"),
        _("Proposition de mandat"),
        "todo",
        "mail-open-line",
        _("Dites-nous si vous acceptez."),
    ),
    "appointed": StateWord(
        _("Nommé"),
        _("Nommé, à préparer"),
        "todo",
        "todo-line",
        _("Il reste la déclaration, la confidentialité, la formation."),
    ),
    "active": StateWord(
        _("Actif"),
        _("Membre du comité"),
        "success",
        "user-star-line",
        _("Vous pouvez évaluer et voter."),
    ),
    "paused": StateWord(
        _("En pause"),
        _("En pause"),
        "plain",
        "pause-circle-line",
        _("Rien ne vous est demandé. Revenez quand vous voulez."),
    ),
    "interests_overdue": StateWord(
        _("Déclaration expirée"),
        _("Liens d'intérêts à confirmer"),
        "todo",
        "refresh-line",
        _("Confirmez-les pour recevoir des dossiers."),
    ),
    "ended": StateWord(
        _("Fin de mandat"),
        _("Mandat terminé"),
        "plain",
        "calendar-check-line",
        _("Merci pour votre travail."),
    ),
    "resigned": StateWord(
        _("Démission"),
        _("Mandat arrêté à votre demande"),
        "plain",
        "logout-box-r-line",
        _("Votre demande est prise en compte."),
    ),
    "terminated": StateWord(
        _("Fin anticipée"),
        _("Mandat arrêté"),
        "plain",
        "close-circle-line",
        _("La lettre dit pourquoi."),
    ),
    "not_appointed": StateWord(
        _("Non retenu"),
        _("Non retenu"),
        "plain",
        "close-line",
        _("Vos données seront effacées après 6 mois."),
    ),
}

ASSIGNMENT: Final[dict[str, StateWord]] = {
    "proposed": StateWord(
        _("Proposée"),
        _("À accepter ou non"),
        "todo",
        "mail-unread-line",
        _("Répondez avant le {date}."),
    ),
    "accepted": StateWord(
        _("Acceptée"),
        _("À évaluer"),
        "todo",
        "survey-line",
        _("Votre évaluation est attendue avant le {date}."),
    ),
    "submitted": StateWord(
        _("Soumise"),
        _("Envoyée"),
        "success",
        "checkbox-circle-line",
        _("Vos notes sont fermées."),
    ),
    "reopened": StateWord(
        _("Rouverte"),
        _("À relire"),
        "todo",
        "discuss-line",
        _("Vous pouvez garder ou changer vos notes."),
    ),
    "final": StateWord(
        _("Finalisée"),
        _("Terminée"),
        "success",
        "check-line",
        _("Vos notes comptent dans l'avis."),
    ),
    "declined": StateWord(
        _("Déclinée"),
        _("Refusée par vous"),
        "plain",
        "close-line",
        _("Rien d'autre à faire."),
    ),
    "stood_down": StateWord(
        _("Déportée"),
        _("Vous vous êtes déporté"),
        "plain",
        "shield-line",
        _("Vous ne voyez plus ce dossier."),
    ),
    "recused": StateWord(
        _("Récusée"),
        _("Lien constaté"),
        "plain",
        "shield-line",
        _("Le déontologue l'a décidé."),
    ),
    "replaced": StateWord(
        _("Remplacée"),
        _("Remplacé"),
        "plain",
        "arrow-left-right-line",
        _("Une autre personne prend la suite."),
    ),
    "expired": StateWord(
        _("Expirée"),
        _("Proposition terminée"),
        "plain",
        "time-line",
        _("Une autre personne a été sollicitée."),
    ),
}

SESSION: Final[dict[str, StateWord]] = {
    "planned": StateWord(
        _("Planifiée"),
        _("Date à retenir"),
        "plain",
        "calendar-line",
        _("L'ordre du jour viendra."),
    ),
    "convened": StateWord(
        _("Convoquée"),
        _("Convoquée"),
        "info",
        "mail-send-line",
        _("Vous avez les documents."),
    ),
    "open": StateWord(_("Ouverte"), _("En cours"), "info", "live-line", _("La séance a commencé.")),
    "no_quorum": StateWord(
        _("Quorum non atteint"),
        _("Reportée"),
        "warning",
        "group-line",
        _("Trop peu de présents ; nouvelle date dans 15 jours au moins."),
    ),
    "reconvened": StateWord(
        _("Reconvoquée"),
        _("Nouvelle date"),
        "info",
        "calendar-event-line",
        _("Même ordre du jour."),
    ),
    "closed": StateWord(
        _("Close"),
        pgettext_lazy("session", "Terminée"),
        "plain",
        "check-line",
        _("Le compte rendu se prépare."),
    ),
    "minutes_approved": StateWord(
        _("PV validé"),
        _("Compte rendu approuvé"),
        "success",
        "file-text-line",
        _("L'extrait public est en ligne."),
    ),
    "cancelled": StateWord(
        pgettext_lazy("session", "Annulée"),
        pgettext_lazy("session", "Annulée"),
        "plain",
        "calendar-close-line",
        _("Les dossiers passent à la suivante."),
    ),
}

AGENDA_ITEM: Final[dict[str, StateWord]] = {
    "listed": StateWord(
        _("Inscrit"), pgettext_lazy("agenda item", "À venir"), "plain", "list-unordered", _("Sera discuté.")
    ),
    "in_discussion": StateWord(
        _("En discussion"),
        _("En discussion"),
        "info",
        "discuss-line",
        _("On en parle maintenant."),
    ),
    "voting": StateWord(
        _("Vote ouvert"),
        _("Vote ouvert"),
        "todo",
        "chat-poll-line",
        _("Vous pouvez voter."),
    ),
    "adopted": StateWord(
        _("Avis adopté"),
        _("Avis adopté"),
        "success",
        "checkbox-circle-line",
        _("L'avis est écrit et compté."),
    ),
    "sent_back": StateWord(
        _("Renvoyé"),
        _("Reporté"),
        "plain",
        "arrow-go-forward-line",
        _("Reviendra plus tard."),
    ),
}
