"""A dossier that an appeal or a judge reopens: a new one with the content that was judged, never the old one edited."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from journal.models import Counter, Thread
from journal.moves import Actor
from journal.numbering import format_number
from journal.refusals import block_unless_empty
from label import clocks
from label.actions.drafting import PREFIX, copy_words, person_of
from label.answers import texts_of
from label.checklist import missing_to_reopen
from label.models import Application, Document, Snapshot
from label.snapshots import digest_of
from letters.models import StoredFile


@transaction.atomic
def reopen(*, application: Application, is_admissible: bool, at: datetime, by: Actor) -> Application:
    """Open again the request of a dossier that ended, which is held: same content, charter and edition.

    When `is_admissible`, it waits for its panel, made of other members (domain 5.1 APPEAL; docs/adr); else its pieces
    are checked. Its silence counts from today. Called in the transaction of the act or of the judgment that reopens.
    Raises `Blocked` when the structure has another dossier under way.
    """
    block_unless_empty(missing_to_reopen(application))
    on = timezone.localdate(at)
    reference = format_number(PREFIX, on.year, Counter.objects.allocate(PREFIX, on.year))
    fresh: Application = Application.objects.open(
        thread=Thread.objects.create(reference=reference, root_id=application.thread.root_key),
        at=at,
        by=by,
        reference=reference,
        kind=application.kind,
        structure=application.structure,
        previous=application.previous,
        reopens=application,
        edition=application.edition,
        opened_at=at,
        opened_by=person_of(by),
        edited_at=at,
        edited_by=by.user,
        charter_signature=application.charter_signature,
        public_summary=application.public_summary,
    )
    copy_words(application, fresh, texts_of(application), at=at, by=by)
    fresh.solutions.set(application.solutions.filter(removed_at=None))
    _copy_snapshot(application, fresh, at=at, by=by)
    if is_admissible:
        fresh.reopen(by=by, at=at)
        clocks.start_panel(fresh, on=on)
        clocks.start_silence(fresh, on)
    else:
        fresh.submit(by=by, at=at)
        clocks.start_at_filing(fresh)
    fresh.save()
    return fresh


def _copy_snapshot(old: Application, fresh: Application, *, at: datetime, by: Actor) -> None:
    """What was judged, frozen again under the new reference; its files are the same bytes, for the new readers."""
    if old.snapshot is None:
        raise Application.DoesNotExist("a dossier without snapshot was never filed")
    content = deepcopy(old.snapshot.content)
    content["reference"] = fresh.reference
    keys = {row["key"]: _copy_document(row, fresh, at=at, by=by) for row in content["documents"]}
    for said in content["criteria"].values():
        said["documents"] = [keys[key] for key in said["documents"] if key in keys]
    for piece in content["pieces"]:
        if piece["file"]:
            piece["file"] = _copy_file(piece["file"], fresh, at=at, by=by).pk
    fresh.snapshot = Snapshot.objects.create(
        application=fresh,
        number=1,
        content=content,
        digest=digest_of(content),
        edition_version=old.snapshot.edition_version,
        charter_version=old.snapshot.charter_version,
        made_at=at,
    )


def _copy_document(row: dict[str, Any], fresh: Application, *, at: datetime, by: Actor) -> int:
    """The key of the same document in the new dossier; the row of the content is brought to it."""
    kept = _copy_file(row["file"], fresh, at=at, by=by)
    made = Document.objects.create(
        application=fresh,
        file=kept,
        description=row["description"],
        criteria=row["criteria"],
        added_at=at,
        removed_at=at if kept.removed_at else None,
    )
    row["key"], row["file"] = made.pk, kept.pk
    return made.pk


def _copy_file(pk: int, fresh: Application, *, at: datetime, by: Actor) -> StoredFile:
    """The same bytes under the new dossier: whoever reads it reads them, and the old dossier stays closed to them."""
    kept = StoredFile.objects.get(pk=pk)
    kept.pk, kept._state.adding = None, True
    kept.thread, kept.subject = fresh._thread, f"{fresh._meta.label_lower}:{fresh.pk}"
    kept.uploaded_by, kept.uploaded_at = by.user, at
    kept.save(force_insert=True)
    return kept
