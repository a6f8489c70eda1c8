"""A dossier that came by post, phone or visit: the office types it for somebody, with proof and read-back."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from label.actions.drafting import open_application, person_of
from label.models import Application, PaperEntry
from label.registry import opening_of
from letters import actions as letters
from letters import files
from letters.models import StoredFile
from letters.postmarks import postmark_of, wrong_in_post
from structures.models import Structure

SCAN = "paper_scan"


@transaction.atomic
def enter_on_behalf(  # noqa: PLR0913 - one form, one action
    *,
    structure_pk: int,
    person: User,
    means: str,
    received_on: date,
    postmarked_on: date | None = None,
    confirms_dates: bool = False,
    scan: UploadedFile | None = None,
    kind: str = Application.Kind.INITIAL,
    at: datetime,
    by: Actor,
) -> Application:
    """Open the draft of somebody who wrote, called or came; the same form, checks and clocks follow.

    A dossier received by post has a postmark, whose date counts (CRPA L112-1), and a scan. `confirms_dates` says
    that a postmark much older than the receipt was checked. Raises `NotAllowed`, `Blocked` (E10, dates, missing
    proof), ValidationError for the scan.
    """
    structure = Structure.objects.get(pk=structure_pk)
    require("label.enter_on_behalf", by, structure, on=timezone.localdate(at))
    entry = PaperEntry(
        on_behalf_of=person,
        entered_by=person_of(by),
        means=means,
        received_on=received_on,
        postmarked_on=postmark_of(means, postmarked_on),
    )
    has_scan = scan is not None
    block_unless_empty(_wrong(entry, confirms_dates, has_scan=has_scan, today=timezone.localdate(at)))
    acting = by.standing_for(structure)
    opening = open_application if kind == Application.Kind.INITIAL else opening_of(kind)
    entry.application = opening(structure_pk=structure_pk, at=at, by=acting)
    entry.scan = _kept(entry.application, scan, at=at, by=acting)
    entry.save()
    return entry.application


@transaction.atomic
def correct_entry(  # noqa: PLR0913 - one form, one action
    *,
    application_pk: int,
    means: str,
    received_on: date,
    postmarked_on: date | None = None,
    confirms_dates: bool = False,
    scan: UploadedFile | None = None,
    reason: str,
    at: datetime,
    by: Actor,
) -> PaperEntry:
    """Correct how and when a paper dossier came, while it is a draft: afterwards its clocks run on these dates.

    Without a new copy the former one stays. Raises `NotAllowed`, `Blocked` (filed already, dates, missing proof or
    reason), ValidationError for the scan.
    """
    application = Application.objects.hold(application_pk)
    require("label.enter_on_behalf", by, application.structure, on=timezone.localdate(at))
    if not application.is_draft():
        raise Blocked([Missing(_("Ce dossier est déposé : ses dates ne changent plus."))])
    if is_blank(reason):
        raise Blocked([Missing(_("Dites pourquoi, en une phrase."), code="reason")])
    entry = application.paper_entry
    entry.means, entry.received_on = means, received_on
    entry.postmarked_on = postmark_of(means, postmarked_on)
    has_scan = scan is not None or entry.scan_id is not None
    block_unless_empty(_wrong(entry, confirms_dates, has_scan=has_scan, today=timezone.localdate(at)))
    entry.scan = _kept(application, scan, at=at, by=by) or entry.scan
    entry.save()
    note(application, what="correct_entry", at=at, by=by.because(reason))
    return entry


def _kept(
    application: Application, scan: UploadedFile | None, *, at: datetime, by: Actor
) -> StoredFile | None:
    if scan is None:
        return None
    return files.store(
        upload=scan, subject=application, purpose=SCAN, thread=application.thread, at=at, by=by
    )


def _wrong(entry: PaperEntry, confirms_dates: bool, *, has_scan: bool, today: date) -> list[Missing]:
    """What is wrong with the dates and proofs of an entry, each with the field to mend."""
    wrong = []
    if entry.received_on > today:
        wrong.append(Missing(_("Cette date de réception n'est pas encore arrivée."), code="received_on"))
    if entry.means != PaperEntry.Means.POST:
        return wrong
    wrong += wrong_in_post(entry.received_on, entry.postmarked_on, confirms_dates=confirms_dates)
    if not has_scan:
        wrong.append(Missing(_("Joignez la copie du dossier reçu."), code="scan"))
    return wrong


@transaction.atomic
def issue_read_back(*, application_pk: int, at: datetime, by: Actor) -> PaperEntry:
    """Send the read-back: the whole dossier as typed, by post, for the person to check. One letter per dossier.

    Raises `NotAllowed`, `Blocked` before filing.
    """
    application = Application.objects.hold(application_pk)
    require("label.read_back", by, application, on=timezone.localdate(at))
    entry = application.paper_entry
    if application.snapshot_id is None:
        raise Blocked([Missing(_("Déposez d'abord le dossier."))])
    if entry.read_back_letter_id is None:
        entry.read_back_letter = letters.issue(
            "L1b", record=application, addressee=entry.on_behalf_of, channel="post", at=at, by=by
        )
        entry.save(update_fields=["read_back_letter"])
    return entry


@transaction.atomic
def record_read_back(*, application_pk: int, read_on: date, at: datetime, by: Actor) -> PaperEntry:
    """« Relu avec la personne le … »: the typed dossier was read with the person. Raises `NotAllowed`, `Blocked`."""
    application = Application.objects.hold(application_pk)
    require("label.read_back", by, application, on=timezone.localdate(at))
    if read_on > timezone.localdate(at):
        raise Blocked([Missing(_("Cette date n'est pas encore arrivée."))])
    entry = application.paper_entry
    entry.read_back_on = read_on
    entry.save(update_fields=["read_back_on"])
    note(application, what="read_back", at=at, by=by)
    return entry
