"""What the association declares in its follow-up, or the office for somebody who wrote, called or came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates import follow_up_mails as mails
from certificates.actions.follow_ups.planning import AWAITED, READING
from certificates.follow_up import FIGURES, KEYS, LIMIT
from certificates.follow_up_checklist import label_is_over, missing_to_send, wrong_days
from certificates.models import FollowUp
from deadlines import actions as deadlines
from journal.moves import Actor, note
from journal.refusals import Blocked, Missing, Stale, block_unless_empty
from letters import files
from letters.models import StoredFile

ACCOUNTS, SCAN = "follow_up_accounts", "follow_up_scan"
State = FollowUp.State


@dataclass(frozen=True)
class Declaration:
    """What a page of the follow-up gives: the first answer, what is ticked, the texts, the figures, the accounts.

    A text or a figure that is absent stays as it was.
    """

    nothing_changed: bool | None = None
    changed: Sequence[str] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, int | None] = field(default_factory=dict)
    accounts_note: str | None = None
    accounts: UploadedFile | None = None


@dataclass(frozen=True)
class Paper:
    """How what the office types reached it, and when it was read again with the person."""

    means: str = ""
    received_on: date | None = None
    read_back_on: date | None = None
    scan: UploadedFile | None = None


@transaction.atomic
def save_follow_up(
    *,
    follow_up_pk: int,
    declaration: Declaration,
    version: int | None = None,
    at: datetime,
    by: Actor,
) -> FollowUp:
    """Keep what was typed; nothing is sent.

    `version` is what the page showed. Raises `NotAllowed`; `Stale` when somebody else wrote since, unless the same;
    `Blocked` when nothing is awaited any more; ValidationError for the file.
    """
    follow_up = _awaited(follow_up_pk, at=at, by=by)
    _keep(follow_up, declaration, version, at, by)
    return follow_up


@transaction.atomic
def send_follow_up(
    *,
    follow_up_pk: int,
    declaration: Declaration,
    exact: bool,
    paper: Paper | None = None,
    version: int | None = None,
    at: datetime,
    by: Actor,
) -> FollowUp:
    """Keep what was typed and send the follow-up. A second call by the same person changes nothing.

    `paper` is given when the office types for somebody who wrote, called or came: it names the way, and the copy or
    the reading again. Raises as `save_follow_up`, and `Blocked` with what is missing.
    """
    follow_up = FollowUp.objects.hold(follow_up_pk)
    if follow_up.state == State.SUBMITTED and follow_up.submitted_by_id == by.user_id:
        return follow_up
    follow_up = _awaited(follow_up_pk, at=at, by=by)
    _keep(follow_up, declaration, version, at, by)
    typed = paper is not None
    if paper is not None:
        require("certificates.type_follow_up", by, follow_up, on=timezone.localdate(at))
        _keep_paper(follow_up, paper, at, by)
    missing = missing_to_send(
        follow_up, exact=exact, typed=typed, means=follow_up.means, has_scan=follow_up.scan_id is not None
    )
    block_unless_empty(missing)
    follow_up.submit(by=by, at=at)
    follow_up.save()
    deadlines.meet(subject=follow_up, kind=AWAITED, at=at)
    deadlines.start(
        thread=follow_up._thread,
        subject=follow_up,
        kind=READING,
        started_on=timezone.localdate(at),
        days=settings.FOLLOW_UP_READING_DAYS,
    )
    mails.received(follow_up, at=at)
    return follow_up


def _awaited(follow_up_pk: int, *, at: datetime, by: Actor) -> FollowUp:
    follow_up = FollowUp.objects.hold(follow_up_pk)
    require("certificates.fill_follow_up", by, follow_up, on=timezone.localdate(at))
    block_unless_empty(label_is_over(follow_up.label))
    if follow_up.state == State.UPCOMING:
        raise Blocked([Missing(_("Ce suivi n'est pas encore ouvert."))])
    if follow_up.state not in FollowUp.AWAITED:
        raise Blocked([Missing(_("Ce suivi est déjà envoyé : il ne change plus."))])
    return follow_up


def _keep(follow_up: FollowUp, given: Declaration, version: int | None, at: datetime, by: Actor) -> None:
    """Write what changed; what comes from an old page and differs from what is kept is refused (E11)."""
    answers = _merged(follow_up, given)
    first = follow_up.nothing_changed if given.nothing_changed is None else given.nothing_changed
    same = (answers, first) == (follow_up.answers, follow_up.nothing_changed)
    if same and given.accounts is None:
        return
    if version is not None and version != follow_up.version:
        raise Stale(follow_up)
    if given.accounts is not None:
        follow_up.accounts = _stored(follow_up, given.accounts, ACCOUNTS, follow_up.accounts, at, by)
    follow_up.answers, follow_up.nothing_changed = answers, first
    follow_up.version += 1
    follow_up.save(update_fields=["answers", "nothing_changed", "accounts", "version"])


def _merged(follow_up: FollowUp, given: Declaration) -> dict[str, object]:
    answers = dict(follow_up.answers)
    answers |= {key: text.strip()[:LIMIT] for key, text in given.texts.items() if key in KEYS}
    answers |= {name: value for name, value in given.figures.items() if name in FIGURES}
    if given.nothing_changed is not None:
        answers["changed"] = [key for key in KEYS if key in given.changed and not given.nothing_changed]
    if given.accounts_note is not None:
        answers["accounts_note"] = given.accounts_note.strip()[:LIMIT]
    return answers


def _keep_paper(follow_up: FollowUp, paper: Paper, at: datetime, by: Actor) -> None:
    block_unless_empty(wrong_days(paper.received_on, paper.read_back_on, on=timezone.localdate(at)))
    follow_up.means, follow_up.received_on = paper.means, paper.received_on
    follow_up.read_back_on = paper.read_back_on
    if paper.scan is not None:
        follow_up.scan = _stored(follow_up, paper.scan, SCAN, follow_up.scan, at, by)
    note(follow_up, what="follow_up_typed", at=at, by=by)


def _stored(
    follow_up: FollowUp,
    upload: UploadedFile,
    purpose: str,
    former: StoredFile | None,
    at: datetime,
    by: Actor,
) -> StoredFile:
    if former is not None:
        former.removed_at = at
        former.save(update_fields=["removed_at"])
    return files.store(
        upload=upload, subject=follow_up, purpose=purpose, thread=follow_up._thread, at=at, by=by
    )
