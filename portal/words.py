"""What the public reads about a label on a given day (screens P27): word, sentence, panel, icon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from letters.spoken import told_date

if TYPE_CHECKING:
    from certificates.status import Status
    from portal.verification import PublicLabel


@dataclass(frozen=True, slots=True)
class Panel:
    """The coloured block of an answer; the word alone must do, without colour nor icon."""

    word: str | Promise
    tone: str
    icon: str


PANELS: Final[dict[str, Panel]] = {
    "valid": Panel(gettext_lazy("Label valide"), "ok", "checkbox-circle-fill"),
    "valid_with_conditions": Panel(gettext_lazy("Label valide, avec réserves"), "ok", "checkbox-circle-line"),
    "extended": Panel(gettext_lazy("Label valide, renouvellement en cours"), "info", "refresh-line"),
    "suspended": Panel(gettext_lazy("Label suspendu"), "warn", "pause-circle-fill"),
    "withdrawn": Panel(gettext_lazy("Label retiré"), "no", "close-circle-fill"),
    "expired": Panel(gettext_lazy("Label expiré"), "off", "calendar-close-line"),
    "renewed": Panel(gettext_lazy("Label remplacé"), "info", "arrow-right-circle-line"),
    "relinquished": Panel(gettext_lazy("Label rendu par l'association"), "off", "logout-box-r-line"),
    "lapsed": Panel(gettext_lazy("Structure dissoute"), "off", "archive-line"),
    "transferred": Panel(gettext_lazy("Label transféré"), "info", "arrow-right-circle-line"),
    "annulled": Panel(gettext_lazy("Numéro non valide"), "no", "close-circle-line"),
    "not_yet_issued": Panel(gettext_lazy("Label à venir"), "info", "calendar-line"),
    "on_its_way": Panel(gettext_lazy("Numéro pas encore confirmé"), "info", "time-line"),
    "being_made": Panel(gettext_lazy("Attestation en cours de fabrication"), "info", "time-line"),
    "genuine": Panel(gettext_lazy("Certificat authentique"), "ok", "checkbox-circle-fill"),
    "carried": Panel(gettext_lazy("Attestation authentique"), "ok", "checkbox-circle-fill"),
    "altered": Panel(gettext_lazy("Fichier modifié"), "no", "error-warning-fill"),
    "not_ours": Panel(gettext_lazy("Pas un certificat de ce label"), "no", "error-warning-fill"),
    "replaced": Panel(gettext_lazy("Certificat remplacé"), "info", "arrow-right-circle-line"),
    "key_gone": Panel(gettext_lazy("Certificat à télécharger de nouveau"), "no", "error-warning-fill"),
    "unreadable": Panel(gettext_lazy("Fichier illisible"), "info", "question-line"),
    "busy": Panel(gettext_lazy("Réessayez dans une minute"), "info", "time-line"),
    "too_many": Panel(gettext_lazy("Réessayez dans dix minutes"), "info", "time-line"),
    "unknown": Panel(gettext_lazy("Numéro inconnu"), "no", "question-line"),
    "mistyped": Panel(gettext_lazy("Faute de frappe ?"), "info", "question-line"),
    "lettered": Panel(gettext_lazy("Faute de frappe ?"), "info", "question-line"),
    "malformed": Panel(gettext_lazy("Numéro incomplet ?"), "info", "question-line"),
    "dossier": Panel(gettext_lazy("Numéro de dossier"), "info", "question-line"),
}

NO_LABEL: Final[dict[str, Promise]] = {
    "on_its_way": gettext_lazy(
        "Une décision qui porte ce numéro est en route. Cette page répondra quand elle sera arrivée."
    ),
    "unknown": gettext_lazy(
        "Nous n'avons jamais donné ce numéro. Comparez-le au certificat. S'il est identique, signalez-le-nous."
    ),
    "mistyped": gettext_lazy(
        "Ce numéro ne peut pas exister : ses deux derniers chiffres ne correspondent pas."
    ),
    "lettered": gettext_lazy(
        "Après LBL, il n'y a que des chiffres. Vous avez peut-être écrit une lettre, comme O pour le chiffre 0."
    ),
    "malformed": gettext_lazy(
        "Un numéro de label ressemble à LBL-2027-000123-29. Vérifiez qu'il n'en manque pas un morceau."
    ),
    "dossier": gettext_lazy(
        "C'est le numéro d'une demande, pas d'un label. "
        "Le numéro d'un label commence par LBL : il est sur le certificat."
    ),
}

# What is said of a file, before what is said of its label today.
OF_A_FILE: Final[dict[str, Promise]] = {
    "genuine": gettext_lazy("Ce fichier est bien celui que l'Institut a signé."),
    "carried": gettext_lazy(
        "L'attestation que porte cette image est bien de l'Institut. Le dessin, lui, n'est pas vérifié."
    ),
    "altered": gettext_lazy("Ce fichier a été changé après la signature. Ne vous y fiez pas."),
    "not_ours": gettext_lazy("Ce fichier ne porte pas notre signature."),
    "replaced": gettext_lazy("Ce fichier est bien de l'Institut. Un certificat plus récent le remplace."),
    "key_gone": gettext_lazy(
        "La clé qui a signé ce fichier ne compte plus. Téléchargez-le de nouveau sur la page de son numéro."
    ),
    "unreadable": gettext_lazy(
        "Nous n'arrivons pas à lire ce fichier. Essayez avec le fichier d'origine, ou écrivez le numéro."
    ),
    "busy": gettext_lazy(
        "Beaucoup de fichiers sont vérifiés en ce moment. Vous pouvez aussi écrire le numéro."
    ),
    "too_many": gettext_lazy(
        "Beaucoup de fichiers que nous n'avons pas donnés viennent d'arriver de votre réseau. "
        "Le numéro, lui, se vérifie tout de suite."
    ),
}


@cache
def word_in(language: str, code: str) -> str:
    """The big word of a code in that language, for machines that read both."""
    with translation.override(language):
        return str(PANELS[code].word)


def strong(text: object) -> SafeString:
    """A name or a date that must be seen at once."""
    return format_html("<strong>{}</strong>", text)


def sentence(public: PublicLabel, status: Status) -> SafeString:
    """The sentence under the word, with names and dates; it never names anybody once annulled."""
    if status.code == "valid":
        return _granted(public)
    if status.code == "valid_with_conditions":
        return _with_conditions(status)
    if status.code in {"renewed", "transferred"}:
        return _followed(public, status)
    dates = {
        name: strong(told_date(day))
        for name, day in (("since", status.since), ("until", status.until))
        if day is not None
    }
    dates["end"] = strong(told_date(public.label.ends_on))
    code = "waiting" if status.is_waiting else status.code
    return format_html(_SENTENCES[code](), **dates)


_SENTENCES = {
    "extended": lambda: _(
        "Le label est prolongé par écrit jusqu'au {until}, le temps d'examiner le renouvellement."
    ),
    "waiting": lambda: _(
        "Le label devait se terminer le {end}. Son renouvellement est en cours d'examen : il reste valable "
        "jusqu'à la réponse, et jusqu'au {until} au plus tard."
    ),
    "suspended": lambda: _(
        "Du {since} au {until} au plus tard. L'association ne peut pas utiliser le label pendant ce temps."
    ),
    "withdrawn": lambda: _("L'Institut a retiré ce label le {since}. L'association ne peut plus l'utiliser."),
    "expired": lambda: _("Ce label n'est plus valable depuis le {since}."),
    "relinquished": lambda: _("L'association y a renoncé le {since}."),
    "lapsed": lambda: _("L'association n'existe plus depuis le {since}. Le label s'est arrêté ce jour-là."),
    "annulled": lambda: _("Aucun label n'est valable sous ce numéro."),
    "not_yet_issued": lambda: _("Ce label sera valable à partir du {until}."),
}


def _granted(public: PublicLabel) -> SafeString:
    names = [solution.name for solution in public.solutions]
    words = ngettext(
        "L'Institut national du cancer a accordé ce label à {structure}. Action reconnue : {solutions}."
        " Il est valable jusqu'au {until}.",
        "L'Institut national du cancer a accordé ce label à {structure}. Actions reconnues : {solutions}."
        " Il est valable jusqu'au {until}.",
        len(names),
    )
    return format_html(
        words,
        structure=strong(public.heading.structure),
        solutions=format_html_join(", ", "<strong>{}</strong>", ((name,) for name in names)),
        until=strong(told_date(public.label.ends_on)),
    )


def _with_conditions(status: Status) -> SafeString:
    words = ngettext(
        "L'association peut utiliser le label. Elle doit corriger {count} point avant le {until}.",
        "L'association peut utiliser le label. Elle doit corriger {count} points avant le {until}.",
        status.open_conditions,
    )
    until = strong(told_date(status.until)) if status.until else ""
    return format_html(words, count=status.open_conditions, until=until)


def _followed(public: PublicLabel, status: Status) -> SafeString:
    found = public.replaced_by(status)
    if found is None:
        return format_html("{}", _("Un nouveau label le remplace."))
    number, structure = map(strong, found)
    if status.code == "renewed":
        return format_html(_("Un nouveau label le remplace : {number}."), number=number)
    return format_html(
        _("Il est maintenant porté par {structure}, sous le numéro {number}."),
        structure=structure,
        number=number,
    )
