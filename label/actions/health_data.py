"""Health data in a filed document: set apart, a clean version asked for, the original deleted (domain 5.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing
from journal.wording import is_blank
from label.models import Application, Document
from letters import actions as letters
from letters.models import StoredFile


@transaction.atomic
def set_document_apart(*, application_pk: int, document_pk: int, at: datetime, by: Actor) -> Document:
    """Nobody opens this document any more, and the association is asked for a version without health data.

    Doing it twice changes nothing. Raises `DoesNotExist`, `NotAllowed`.
    """
    application, document = _held(application_pk, document_pk, at=at, by=by)
    if document.file.quarantined_at is not None or document.removed_at is not None:
        return document
    _same_bytes(document).update(quarantined_at=at)
    note(application, what="set_document_apart", at=at, by=by)
    letters.write_message(
        record=application,
        text=_(
            "Le document « {document} » semble parler de la santé d'une personne. Nous l'avons mis de côté : "
            "plus personne ne l'ouvre. Merci de nous envoyer une version sans nom ni détail de santé, en réponse "
            "à ce message. Ce n'est pas un reproche, et votre dossier continue."
        ).format(document=document.description),
        at=at,
        by=by,
    )
    return document


@transaction.atomic
def delete_document(
    *, application_pk: int, document_pk: int, breach_check: str, at: datetime, by: Actor
) -> Document:
    """Delete the content of a document that was set apart; its name, its digest and the act remain in the record.

    `breach_check` says who may have read it and whether the data protection officer must act: an internal note.
    Raises `DoesNotExist`, `NotAllowed`, `Blocked` before it is set apart or without that check.
    """
    application, document = _held(application_pk, document_pk, at=at, by=by)
    if document.removed_at is not None:
        return document
    if document.file.quarantined_at is None:
        raise Blocked([_("Mettez d'abord le document de côté.")])
    if is_blank(breach_check):
        words = _("Écrivez qui a pu lire ce document, et si la personne déléguée à la protection doit agir.")
        raise Blocked([Missing(words, code="breach_check")])
    letters.write_note(record=application, text=breach_check, at=at, by=by)
    _same_bytes(document).update(removed_at=at)
    Document.objects.filter(file__in=_same_bytes(document), removed_at=None).update(removed_at=at)
    note(application, what="delete_document", at=at, by=by)
    storage, name = document.file.content.storage, str(document.file.content.name)
    transaction.on_commit(lambda: storage.delete(name))
    return document


def _same_bytes(document: Document) -> QuerySet[StoredFile]:
    """The file of that document and its copies in a dossier that an appeal reopened: one content on the disk."""
    return StoredFile.objects.filter(content=document.file.content.name)


def _held(application_pk: int, document_pk: int, *, at: datetime, by: Actor) -> tuple[Application, Document]:
    application = Application.objects.hold(application_pk)
    require("label.set_document_apart", by, application, on=timezone.localdate(at))
    return application, application.documents.select_related("file").get(pk=document_pk)
