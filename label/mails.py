"""The mails about a dossier: they announce and lead to a page, after sign-in; never an opinion or a score."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from deadlines.models import Extension
from deadlines.registry import public
from label.models import Application, DocumentRequest
from letters import actions as letters
from letters.spoken import told_date, told_distance, told_time
from structures.models import Membership, Structure

Words = Callable[[], tuple[str, str]]


def contacts(application: Application) -> list[User]:
    """The people told about a dossier: who represents the structure and who writes for it."""
    return members_who_write(application.structure)


def members_who_write(structure: Structure) -> list[User]:
    """Who represents a structure and who writes for it, in the order in which they came."""
    roles = (Membership.Role.REPRESENTATIVE, Membership.Role.EDITOR)
    rows = Membership.objects.current().filter(structure=structure, role__in=roles)
    return [row.user for row in rows.select_related("user__shares_mailbox_with").order_by("pk")]


def more_time(structure: Structure, extension: Extension, *, at: datetime) -> None:
    """The service was down on a last day: what moves, until when, and that nothing is to be asked for."""

    def words() -> tuple[str, str]:
        until = told_date(extension.due_on)
        what = str(public[extension.kind].words)
        warning = str(public[extension.kind].warning)
        if not extension.gives_time:
            text = _(
                "Le service était en panne le {was}. C'était le dernier jour pour : {what}. Nous regardons comment "
                "vous rendre ce temps, et nous vous écrivons. Vous n'avez rien à demander."
            )
            return _("Le service était en panne le dernier jour"), text.format(
                was=told_date(extension.was_due_on), what=what
            )
        text = _(
            "Le service était en panne le {was}. C'était le dernier jour pour : {what}. Vous avez maintenant "
            "jusqu'au {until}. Vous n'avez rien à demander."
        ).format(was=told_date(extension.was_due_on), what=what, until=until)
        return _("Service en panne : vous avez jusqu'au {until}").format(
            until=until
        ), f"{text} {warning}".strip()

    for person in members_who_write(structure):
        letters.queue_mail(
            kind="more_time",
            key=str(extension.pk),
            recipient=person,
            title=lambda: words()[0],
            text=lambda: words()[1],
            at=at,
            thread=extension.thread,
            path=reverse("space"),
            or_by_hand=True,
        )


def announce(
    application: Application,
    kind: str,
    words: Words,
    page: str,
    *,
    at: datetime,
    key: str = "",
    to: Iterable[User] = (),
    reminder: bool = False,
) -> None:
    """Queue one mail per contact, in the language of each; the same key never leaves twice.

    Reminders of a day leave together.
    """
    for person in to or contacts(application):
        letters.queue_mail(
            kind=kind,
            key=f"{application.reference}:{key}",
            recipient=person,
            title=lambda: words()[0],
            text=lambda: words()[1],
            at=at,
            thread=application.thread,
            path=reverse(page, args=[application.reference]),
            reminder=reminder,
        )


def pause_sentence() -> str:
    """What a request for pieces does to the time of the answer (CRPA L114-5): it waits, or starts with the pieces."""
    if settings.SILENCE_EFFECT == "acceptance":
        return _("Le délai de réponse commence quand tout est là.")
    return _("Le délai de réponse est arrêté jusqu'à leur arrivée, et au plus tard jusqu'à cette date.")


def silence_sentence() -> str:
    """What silence means, in one sentence; empty when the Institute has not decided."""
    if settings.SILENCE_EFFECT == "refusal":
        return _(
            "Sans réponse ce jour-là, la demande est considérée comme refusée ; "
            "vous pourrez contester, et l'examen continue."
        )
    if settings.SILENCE_EFFECT == "acceptance":
        return _(
            "Sans réponse ce jour-là, la demande est considérée comme acceptée ; "
            "nous vous enverrons une attestation."
        )
    return ""


def who_follows(application: Application) -> str:
    """The name of the person who follows the dossier, or of the service before anybody took it."""
    return application.case_officer.get_full_name() if application.case_officer else settings.SERVICE_NAME


def receipt(application: Application, *, check_before: date, at: datetime) -> None:
    """M2: the dossier is filed."""

    def words() -> tuple[str, str]:
        title = _("Dossier déposé : {structure} ({DOS})").format(
            structure=application.structure.name[:120], DOS=application.reference
        )
        parts = [
            _("Nous avons reçu votre dossier le {date} à {time}.").format(
                date=told_date(timezone.localdate(at)), time=told_time(at)
            ),
            _("Nous vérifions les pièces avant le {date}.").format(date=told_date(check_before)),
        ]
        if application.implicit_decision_on:
            parts.append(
                _("Nous devons répondre avant le {date}.").format(
                    date=told_date(application.implicit_decision_on)
                )
            )
            parts.append(silence_sentence())
        parts.append(
            _("{name} suit votre dossier : {phone}.").format(
                name=who_follows(application), phone=settings.SERVICE_PHONE
            )
        )
        parts.append(_("L'accusé de réception complet est dans votre espace."))
        return title, " ".join(parts)

    announce(application, "receipt", words, "application_receipt", at=at)


def pieces(
    application: Application, request: DocumentRequest, *, at: datetime, reminder: bool = False
) -> None:
    """M3: pieces are to be sent; the same words again as a reminder."""
    waiting = [piece.what for piece in request.pieces.filter(answered_at=None).order_by("pk")]

    def words() -> tuple[str, str]:
        title = ngettext(
            "{n} pièce à envoyer avant le {date} : {structure}",
            "{n} pièces à envoyer avant le {date} : {structure}",
            len(waiting),
        ).format(n=len(waiting), date=told_date(request.due_on), structure=application.structure.name[:100])
        text = _(
            "Pour continuer, il nous manque : {list}. {clock} Un doute sur une pièce ? Appelez-nous."
        ).format(list=" ; ".join(waiting), clock=pause_sentence())
        return title, text

    key = f"{request.pk}:{request.due_on}:{at:%Y-%m-%d}" if reminder else str(request.pk)
    kind = "pieces_reminder" if reminder else "pieces"
    announce(application, kind, words, "application_pieces", at=at, key=key, reminder=reminder)


def complements(application: Application, request: DocumentRequest, *, at: datetime) -> None:
    """The complements arrived: their receipt and the new legal date."""

    def words() -> tuple[str, str]:
        title = _("Pièces reçues : {structure} ({DOS})").format(
            structure=application.structure.name[:120], DOS=application.reference
        )
        parts = [
            _("Nous avons reçu vos pièces le {date} à {time}.").format(
                date=told_date(timezone.localdate(at)), time=told_time(at)
            )
        ]
        if application.implicit_decision_on:
            parts.append(
                _("Le délai repart : nous devons répondre avant le {date}.").format(
                    date=told_date(application.implicit_decision_on)
                )
            )
        return title, " ".join(parts)

    announce(application, "complements", words, "application_tracking", at=at, key=str(request.pk))


def draft_reminder(application: Application, *, purge_on: date, at: datetime) -> None:
    """A draft that nobody edits will be deleted."""

    def words() -> tuple[str, str]:
        title = _("Votre brouillon sera supprimé le {date}").format(date=told_date(purge_on))
        text = _(
            "Personne n'a écrit dans le dossier {DOS} de {structure} depuis longtemps. "
            "Pour le garder, ouvrez-le et changez une réponse. Besoin d'aide ? Appelez-nous."
        ).format(DOS=application.reference, structure=application.structure.name)
        return title, text

    key = f"{purge_on}:{at:%Y-%m-%d}"
    announce(application, "draft_reminder", words, "application", at=at, key=key, reminder=True)


def silence_alert(application: Application, *, at: datetime, to: Iterable[User]) -> None:
    """The office is told that the implicit date comes near."""
    limit = application.implicit_decision_on
    if limit is None:
        return
    days = (limit - timezone.localdate(at)).days

    def words() -> tuple[str, str]:
        title = _("Dossier {DOS} : date implicite {when}").format(
            DOS=application.reference, when=told_distance(days)
        )
        text = _("Sans décision avant le {date}, le silence produit son effet.").format(date=told_date(limit))
        return title, text

    key = f"{limit}:{days}"
    announce(application, "silence_alert", words, "staff_application", at=at, key=key, to=to, reminder=True)
