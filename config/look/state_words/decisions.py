"""The words of the states of a decision and of an appeal."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from config.look.state_words.word import StateWord

DECISION: Final[dict[str, StateWord]] = {
    "prepared": StateWord(_("Préparée"), _("Décision en préparation"), "plain", "draft-line"),
    "signed": StateWord(_("Signée, à notifier"), _("Décision en préparation"), "plain", "quill-pen-line"),
    "notified": StateWord(
        _("Notifiée"),
        _("Décision reçue"),
        "info",
        "mail-check-line",
        _("Vous pouvez contester jusqu'au {date}."),
    ),
    "final": StateWord(
        _("Définitive"),
        _("Décision définitive"),
        "plain",
        "lock-line",
        _("Les délais pour contester sont passés."),
    ),
    "replaced": StateWord(
        _("Remplacée"),
        _("Remplacée"),
        "plain",
        "refresh-line",
        _("Une nouvelle décision la remplace."),
    ),
    "annulled": StateWord(
        _("Annulée"),
        _("Annulée"),
        "error",
        "close-circle-line",
        _("Elle ne s'applique plus."),
    ),
    "abandoned": StateWord(_("Abandonnée"), None, "plain", "delete-bin-line"),
}

APPEAL: Final[dict[str, StateWord]] = {
    "received": StateWord(
        _("Reçu"),
        _("Recours déposé"),
        "info",
        "send-plane-line",
        _("L'accusé de réception arrive."),
    ),
    "acknowledged": StateWord(
        _("Accusé"),
        _("Recours reçu"),
        "info",
        "mail-check-line",
        _("Réponse avant le {date}."),
    ),
    "under_review": StateWord(
        _("En instruction"),
        _("En cours d'examen"),
        "info",
        "search-line",
        _("Par des personnes qui n'avaient pas décidé."),
    ),
    "implicitly_rejected": StateWord(
        _("Rejet implicite"),
        _("Sans réponse : considéré comme refusé"),
        "warning",
        "time-line",
        _("Vous pouvez saisir le tribunal. Nous pouvons encore répondre."),
    ),
    "upheld": StateWord(
        _("Admis"),
        _("Accepté"),
        "success",
        "checkbox-circle-line",
        _("Une nouvelle décision remplace l'ancienne."),
    ),
    "partly_upheld": StateWord(
        _("Admis en partie"),
        _("Accepté en partie"),
        "success",
        "checkbox-line",
        _("La lettre dit ce qui change."),
    ),
    "rejected": StateWord(
        _("Rejeté"),
        pgettext_lazy("appeal", "Refusé"),
        "error",
        "close-circle-line",
        _("La lettre dit comment aller au tribunal."),
    ),
    "inadmissible": StateWord(
        _("Irrecevable"),
        _("Non examiné"),
        "error",
        "error-warning-line",
        _("La lettre dit pourquoi."),
    ),
    "dropped": StateWord(
        _("Désistement"),
        _("Retiré par vous"),
        "plain",
        "arrow-go-back-line",
        _("Vous avez arrêté le recours."),
    ),
}
