"""What accompanies the answers of a draft: documents, and the people and partners expected to take part."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from journal.moves import Actor
from journal.refusals import Blocked, Stale
from journal.seen import must_write
from label.actions.drafting import writable
from label.models import Application, Contributor, Document
from letters import files

PURPOSE = "document"
MAXIMUM_CONTRIBUTORS = 50


@transaction.atomic
def add_document(
    *,
    application_pk: int,
    upload: UploadedFile,
    description: str,
    criteria: Iterable[str] = (),
    at: datetime,
    by: Actor,
) -> Document:
    """Add a document to a draft: eight at most, checked by content, described in one line.

    Raises ValidationError (E15, E16, E18), `Blocked` when there are eight already or the dossier is filed,
    `NotAllowed`.
    """
    application = writable(application_pk, at=at, by=by)
    if application.documents.filter(removed_at=None).count() >= settings.MAX_DOCUMENTS:
        raise Blocked(
            [
                _("Il y a déjà {n} documents. Retirez-en un pour en ajouter un autre.").format(
                    n=settings.MAX_DOCUMENTS
                )
            ]
        )
    stored = files.store(
        upload=upload, subject=application, purpose=PURPOSE, thread=application.thread, at=at, by=by
    )
    return Document.objects.create(
        application=application,
        file=stored,
        description=description,
        criteria=_known(application, criteria),
        added_at=at,
    )


@transaction.atomic
def remove_document(*, application_pk: int, document_pk: int, at: datetime, by: Actor) -> Document:
    """Take a document off a draft; its file can no longer be downloaded. Raises `NotAllowed`, `Blocked`."""
    application = writable(application_pk, at=at, by=by)
    document = application.documents.select_related("file").get(pk=document_pk)
    if document.removed_at is None:
        document.removed_at = document.file.removed_at = at
        document.save(update_fields=["removed_at"])
        document.file.save(update_fields=["removed_at"])
    return document


@transaction.atomic
def link_documents(
    *, application_pk: int, criterion: str, document_pks: Iterable[int], at: datetime, by: Actor
) -> None:
    """Say which documents show one criterion. Raises `NotAllowed`, `Blocked`, `KeyError` for no such criterion."""
    application = writable(application_pk, at=at, by=by)
    application.edition.criterion(criterion)
    wanted = set(document_pks)
    for document in application.documents.filter(removed_at=None):
        codes = set(document.criteria) - {criterion}
        if document.pk in wanted:
            codes.add(criterion)
        if sorted(codes) != document.criteria:
            document.criteria = sorted(codes)
            document.save(update_fields=["criteria"])


def _known(application: Application, criteria: Iterable[str]) -> list[str]:
    codes = {row["code"] for row in application.edition.data["criteria"]}
    return sorted(codes & set(criteria))


@transaction.atomic
def save_contributor(
    *,
    application_pk: int,
    contributor_pk: int | None = None,
    name: str,
    part: str,
    is_confirmed: bool,
    seen: str | None = None,
    at: datetime,
    by: Actor,
) -> Contributor:
    """Write a person or partner expected to take part; never published.

    `seen` is the token (`Contributor.token`) of what the page showed. Raises `NotAllowed`, `Blocked`, `Stale`.
    """
    application = writable(application_pk, at=at, by=by)
    if contributor_pk is None:
        if application.contributors.count() >= MAXIMUM_CONTRIBUTORS:
            raise Blocked([_("La liste a déjà {n} lignes.").format(n=MAXIMUM_CONTRIBUTORS)])
        return application.contributors.create(name=name, part=part, is_confirmed=is_confirmed)
    contributor = application.contributors.get(pk=contributor_pk)
    given = (name, part, is_confirmed)
    if must_write(contributor, kept=contributor.told(), given=given, seen=seen):
        contributor.name, contributor.part, contributor.is_confirmed = given
        contributor.save()
    return contributor


@transaction.atomic
def remove_contributor(
    *, application_pk: int, contributor_pk: int, seen: str | None = None, at: datetime, by: Actor
) -> None:
    """Take a person or partner off the list. Raises `NotAllowed`, `Blocked`, `Stale` when changed since `seen`."""
    application = writable(application_pk, at=at, by=by)
    contributor = application.contributors.filter(pk=contributor_pk).first()
    if contributor is None:
        return
    if seen is not None and seen != contributor.token():
        raise Stale(contributor)
    contributor.delete()
