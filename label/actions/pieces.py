"""The correction loop: pieces asked for (letter L2), answers piece by piece, and the completed dossier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_fsm import TransitionNotAllowed

from accounts.rules import require
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, Stale, block_unless_empty
from journal.seen import must_write
from journal.wording import is_blank
from label import clocks, mails, published_list
from label.actions.drafting import person_of
from label.actions.filing import channel_of
from label.checklist import missing_to_ask, missing_to_complete
from label.models import Application, DocumentRequest, RequestedPiece
from label.rules import require_on_file
from label.snapshots import freeze
from letters import actions as letters
from letters import files

PURPOSE = "piece"


@dataclass(frozen=True)
class Piece:
    """A piece to ask for: its code in the published list and why it is needed, in the words of the officer."""

    code: str
    why: str


@transaction.atomic
def ask_documents(
    *,
    application_pk: int,
    pieces: Sequence[Piece | Mapping[str, str]],
    reason: str = "",
    at: datetime,
    by: Actor,
) -> DocumentRequest:
    """Ask for pieces of the published list: letter L2, a date, and the silence that waits (CRPA L114-5).

    A second call with the same pieces returns the request that is open. After a first request was answered, only its
    pieces are asked for again, unless `reason` says why others are: the letter prints it. Raises `NotAllowed`,
    `Blocked` with what is missing, `KeyError` for a code that is not in the published list, `TransitionNotAllowed`
    when somebody else already asked for other pieces or moved the dossier.
    """
    application = Application.objects.hold(application_pk)
    by = require_on_file("label.check_file", by, application, on=timezone.localdate(at))
    wanted = [piece if isinstance(piece, Piece) else Piece(piece["code"], piece["why"]) for piece in pieces]
    existing = application.open_request()
    if existing is not None:
        if {(row.code, row.why) for row in existing.pieces.all()} != {(one.code, one.why) for one in wanted}:
            raise TransitionNotAllowed("other pieces were asked for a moment ago")
        return existing
    block_unless_empty(missing_to_ask(application, [piece.code for piece in wanted], reason=reason))
    application.ask_documents(by=by, at=at)
    due_on = clocks.wait_for_pieces(application, on=timezone.localdate(at), at=at)
    application.save()
    request = _open_request(application, wanted, due_on, at=at, by=by)
    request.letter = letters.issue(
        "L2",
        record=application,
        addressee=application.structure.representative(),
        channel=channel_of(application),
        at=at,
        by=by,
        announced=False,
        reason=reason,
    )
    request.save(update_fields=["letter"])
    mails.pieces(application, request, at=at)
    return request


def _open_request(
    application: Application, wanted: Sequence[Piece], due_on: date, *, at: datetime, by: Actor
) -> DocumentRequest:
    request = DocumentRequest.objects.create(
        application=application, asked_at=at, asked_by=person_of(by), due_on=due_on
    )
    RequestedPiece.objects.bulk_create(
        RequestedPiece(
            request=request,
            code=piece.code,
            what=published_list.item_named(application.edition, piece.code).what[:300],
            why=piece.why,
        )
        for piece in wanted
    )
    return request


@transaction.atomic
def answer_piece(
    *,
    application_pk: int,
    piece_pk: int,
    answer: str = "",
    upload: UploadedFile | None = None,
    cannot_provide: bool = False,
    seen: str | None = None,
    at: datetime,
    by: Actor,
) -> RequestedPiece:
    """Answer one piece: a text, a file, or « Je n'ai pas cette pièce » with why. It may be changed until the end.

    `seen` is the token (`RequestedPiece.token`) of what the page showed. Raises `NotAllowed`, `Stale` when somebody
    else answered since, `Blocked` when nothing is asked any more, ValidationError for a file (E15, E16, E18),
    `RequestedPiece.DoesNotExist` for a piece of another dossier.
    """
    application = Application.objects.hold(application_pk)
    require("label.answer_pieces", by, application, on=timezone.localdate(at))
    request = _awaiting(application)
    piece = RequestedPiece.objects.select_related("file").get(pk=piece_pk, request=request)
    if cannot_provide and is_blank(answer):
        raise Blocked([Missing(_("Expliquez en une phrase pourquoi vous n'avez pas cette pièce."))])
    answer = answer.strip()
    words, _dot, file_seen = seen.partition(".") if seen is not None else (None, "", "")
    kept = (piece.answer, piece.cannot_provide)
    if must_write(piece, kept=kept, given=(answer, cannot_provide), seen=words):
        piece.answer, piece.cannot_provide = answer, cannot_provide
    if upload is not None:
        if seen is not None and file_seen != str(piece.file_id or ""):
            raise Stale(piece)
        if piece.file is not None:
            piece.file.removed_at = at
            piece.file.save(update_fields=["removed_at"])
        piece.file = files.store(
            upload=upload, subject=application, purpose=PURPOSE, thread=application.thread, at=at, by=by
        )
    piece.answered_at = at if piece.answer or piece.file_id or piece.cannot_provide else None
    piece.save()
    return piece


@transaction.atomic
def complete(*, application_pk: int, received_on: date | None = None, at: datetime, by: Actor) -> Application:
    """Send the pieces once every one is answered: a new snapshot, and the clock that runs again.

    `received_on` is the day on which pieces sent by post reached the office (CRPA L114-5). A second call
    changes nothing. Raises `NotAllowed`, `Blocked` with the pieces still without answer.
    """
    application = Application.objects.hold(application_pk)
    require("label.answer_pieces", by, application, on=timezone.localdate(at))
    request = application.open_request()
    if request is None and application.state == Application.State.SUBMITTED:
        return application
    request = _awaiting(application)
    block_unless_empty(missing_to_complete(application))
    request.answered_at = at
    request.save(update_fields=["answered_at"])
    if application.charter_signature is not None:
        freeze(application, application.charter_signature, at=at)
    application.complete(by=by, at=at)
    clocks.run_again(application, on=received_on or timezone.localdate(at), at=at)
    application.save()
    mails.complements(application, request, at=at)
    return application


def _awaiting(application: Application) -> DocumentRequest:
    request = application.open_request()
    if request is None or application.state != Application.State.INCOMPLETE:
        raise Blocked([Missing(_("Aucune pièce n'est attendue pour ce dossier."))])
    return request


def time_starts_at_receipt(*, letter_pk: int, received_on: date, at: datetime, by: Actor) -> None:
    """Letter L2 was received after the day it was written: the time to answer is counted from its receipt.

    Called inside the transaction that records the receipt; the date already told never comes sooner.
    """
    request = DocumentRequest.objects.filter(letter_id=letter_pk, answered_at=None).first()
    if request is None:
        return
    application = Application.objects.hold(request.application_id)
    due_on = clocks.restart_documents(application, received_on, at=at)
    if due_on is not None and due_on > request.due_on:
        application.save(update_fields=["implicit_decision_on"])
        request.due_on = due_on
        request.save(update_fields=["due_on"])
        note(application, what="pieces_time_starts", at=at, by=by)
