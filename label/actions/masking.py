"""A passage of a filed dossier that is about a person is masked wherever it stands, with its trace (domain 5.3)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from journal.models import Event, Thread
from journal.moves import Actor, append, subject_key
from journal.refusals import block_unless_empty
from label.checklist import missing_to_mask
from label.masking import (
    COPIED_IN,
    EVENT,
    MARK,
    Mask,
    mask_rows,
    masked_content,
    names_of,
    written_keys,
)
from label.models import Application, Masking, Snapshot
from label.snapshots import digest_of
from letters import actions as letters
from letters import masking
from letters.models import Letter


@transaction.atomic
def mask_passage(
    *,
    application_pk: int,
    passage: str,
    why: str,
    breach_check: str,
    asks_again: bool = False,
    at: datetime,
    by: Actor,
) -> list[Masking]:
    """Put « [passage retiré] » in place of a passage of what was filed; the passage is kept nowhere.

    In this dossier and in each one that the same structure filed: answers, snapshots, letters that copy them. Drafts
    stay as they are typed. The association is told, and asked for other words when `asks_again`. `breach_check` says
    who may have read it and whether the data protection officer must act: an internal note. Raises `DoesNotExist`,
    `NotAllowed`, `ValueError` for no such reason, `Blocked` with what is missing (domain 5.3; docs/adr/0037).
    """
    threads = Thread.objects.hold(*_kin(application_pk).values_list("thread_id", flat=True))
    application = Application.objects.select_related("structure", "edition").get(pk=application_pk)
    require("label.mask_passage", by, application, on=timezone.localdate(at))
    reason = Masking.Why(why)
    block_unless_empty(missing_to_mask(application, passage, breach_check))
    mask, made = Mask(passage), []
    for dossier in _kin(application_pk).exclude(snapshot=None).select_related("edition").order_by("pk"):
        thread = threads[dossier.thread_id]
        made += _mask_snapshots(dossier, thread, mask, reason, at=at, by=by)
        made += _mask_letters(dossier, thread, mask, reason, at=at, by=by)
        mask_rows(dossier, mask)
    letters.write_note(record=application, text=breach_check, at=at, by=by)
    own = [key for one in made if one.event.subject == subject_key(application) for key in one.places]
    text = _told(names_of(application, own), asks_again=asks_again)
    letters.write_message(record=application, text=text, at=at, by=by)
    return made


def _kin(application_pk: int) -> QuerySet[Application]:
    """The dossier and every other of its structure or of its story: words are copied from one to the next."""
    found = Application.objects.filter(pk=application_pk)
    structure, thread, root = found.values_list("structure_id", "thread_id", "thread__root_id").get()
    root = root or thread
    return Application.objects.filter(Q(structure=structure) | Q(thread=root) | Q(thread__root=root))


def _mask_snapshots(
    dossier: Application, thread: Thread, mask: Mask, why: str, *, at: datetime, by: Actor
) -> list[Masking]:
    made, written = [], written_keys(dossier.edition)
    for row in dossier.snapshots.order_by("number"):
        content, places = masked_content(row.content, mask, written)
        if places:
            last = row.maskings.order_by("-number").first()
            event = _event(dossier, thread, digest_of(content), at=at, by=by)
            made.append(
                Masking.objects.create(
                    snapshot=row,
                    number=row.masked + 1,
                    places=places,
                    why=why,
                    before=last.after if last else row.digest,
                    after=event.snapshot,
                    event=event,
                )
            )
            Snapshot.objects.filter(pk=row.pk).update(content=content, masked=row.masked + 1)
    return made


def _mask_letters(
    dossier: Application, thread: Thread, mask: Mask, why: str, *, at: datetime, by: Actor
) -> list[Masking]:
    made = []
    rows = Letter.objects.of(dossier).filter(code__in=COPIED_IN)
    for letter in rows.select_for_update(of=("self",)).order_by("pk"):
        after = masking.mask(letter, mask, at=at)
        if after is not None:
            last = Masking.objects.filter(letter=letter).order_by("-number").first()
            made.append(
                Masking.objects.create(
                    letter=letter,
                    number=last.number + 1 if last else 1,
                    places=[],
                    why=why,
                    before=last.after if last else letter.digest,
                    after=after,
                    event=_event(dossier, thread, after, at=at, by=by),
                )
            )
    return made


def _event(dossier: Application, thread: Thread, digest: str, *, at: datetime, by: Actor) -> Event:
    """The chain says that this content is now the one of that digest."""
    return append(
        thread,
        subject=subject_key(dossier),
        move=EVENT,
        source=dossier.state,
        target=dossier.state,
        snapshot=digest,
        norm=dossier.journal_norm(),
        at=at,
        by=by,
    )


def _told(names: list[str], *, asks_again: bool) -> str:
    parts = [
        _(
            "Dans votre dossier, un passage parlait d'une personne que l'on peut reconnaître. Nous l'avons retiré : "
            "à sa place, on lit « {mark} ». Plus personne ne le lit chez nous. Le reste ne change pas, et votre "
            "dossier continue. Ce n'est pas un reproche."
        ).format(mark=MARK),
        _("Où : {places}").format(places=" ; ".join(names)),
    ]
    if asks_again:
        parts.append(
            _(
                "Ce passage peut compter pour votre demande. Merci de nous l'écrire autrement, sans nom ni détail "
                "de santé, en réponse à ce message."
            )
        )
    parts.append(
        _("Si ce passage est aussi dans un brouillon, retirez-le : nous ne changeons jamais vos brouillons.")
    )
    return "\n\n".join(parts)
