"""A change that the association tells outside of a follow-up: declared at any time, read by an officer, then done."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates import follow_up_mails as mails
from certificates.follow_up_checklist import label_is_over
from certificates.models import Change, Label
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, block_unless_empty
from journal.wording import is_blank
from label.models import PaperEntry
from letters import files

PROOF = "change_proof"
# What a kind of change asks of an officer at least (domain 5.3); a person may conclude that more is needed.
LEADS_TO = {
    Change.Kind.SOLUTION: Change.NextStep.SCOPE,
    Change.Kind.MERGER: Change.NextStep.HOLDER,
}


@transaction.atomic
def declare_change(
    *,
    label_pk: int,
    kind: str,
    happened_on: date,
    text: str,
    upload: UploadedFile | None = None,
    means: str = "",
    at: datetime,
    by: Actor,
) -> Change:
    """Tell a change of the structure or of what was recognised; late is accepted and told.

    `means` says how it reached the office when the office types it. Raises `NotAllowed`, `Blocked` with what is
    missing, ValidationError for the file.
    """
    label = Label.objects.hold(label_pk)
    on = timezone.localdate(at)
    require("certificates.declare_change", by, label, on=on)
    block_unless_empty(label_is_over(label))
    block_unless_empty(_wrong(label, kind, happened_on, text, means, on))
    proof = None
    if upload is not None:
        proof = files.store(upload=upload, subject=label, purpose=PROOF, thread=label._thread, at=at, by=by)
    change = Change.objects.create(
        label=label,
        kind=kind,
        happened_on=happened_on,
        text=text.strip(),
        file=proof,
        means=means,
        declared_by=by.person,
        declared_at=at,
    )
    note(label, what="change_declared", at=at, by=by)
    mails.change_received(change, at=at)
    return change


def _wrong(label: Label, kind: str, happened_on: date, text: str, means: str, on: date) -> list[Missing]:
    wrong = []
    if kind not in Change.Kind.values:
        wrong.append(Missing(_("Dites ce qui change."), code="kind"))
    if happened_on < label.starts_on:
        wrong.append(Missing(_("Ce jour précède le label. Vérifiez la date."), code="happened_on"))
    elif happened_on.year > on.year + 2:
        wrong.append(Missing(_("Ce jour est trop loin. Vérifiez la date."), code="happened_on"))
    if is_blank(text):
        wrong.append(Missing(_("Décrivez le changement en quelques phrases."), code="text"))
    if means and means not in PaperEntry.Means.values:
        wrong.append(Missing(_("Dites comment ces informations sont arrivées."), code="means"))
    return wrong


@transaction.atomic
def read_change(*, change_pk: int, conclusion: str, next_step: str, at: datetime, by: Actor) -> Change:
    """An officer who did not declare it reads a change and says what follows, which a person then does.

    A merger, a dissolution or a solution that changed always lead to a task. Raises `NotAllowed`, `Blocked`.
    """
    change, label = _held(change_pk)
    require("certificates.read_change", by, change, on=timezone.localdate(at))
    if change.read_at is not None:
        raise Blocked([Missing(_("Ce changement est déjà lu."))])
    if is_blank(conclusion):
        raise Blocked([Missing(_("Écrivez votre conclusion en une phrase."), code="conclusion")])
    if next_step not in Change.NextStep.values:
        raise Blocked([Missing(_("Dites ce qui suit."), code="next_step")])
    least = LEADS_TO.get(Change.Kind(change.kind))
    if least is not None and next_step == Change.NextStep.NOTHING:
        raise Blocked([Missing(_("Ce changement demande une suite : choisissez-la."), code="next_step")])
    change.read_at, change.read_by = at, by.person
    change.conclusion, change.next_step = conclusion.strip(), next_step
    change.save()
    note(label, what="change_read", at=at, by=by)
    return change


@transaction.atomic
def finish_change(*, change_pk: int, done: str, at: datetime, by: Actor) -> Change:
    """What a change asked for is done: an officer says how. Raises `NotAllowed`, `Blocked`."""
    change, label = _held(change_pk)
    require("certificates.finish_change", by, change, on=timezone.localdate(at))
    if change.next_step in ("", Change.NextStep.NOTHING) or change.done_at is not None:
        raise Blocked([Missing(_("Rien n'est à faire pour ce changement."))])
    if is_blank(done):
        raise Blocked([Missing(_("Dites ce qui est fait."), code="done")])
    change.done_at, change.done_by, change.done_note = at, by.person, done.strip()
    change.save()
    note(label, what="change_done", at=at, by=by)
    return change


def _held(change_pk: int) -> tuple[Change, Label]:
    label = Label.objects.hold(Change.objects.values_list("label_id", flat=True).get(pk=change_pk))
    change = Change.objects.select_related("file").get(pk=change_pk)
    change.label = label
    return change, label
