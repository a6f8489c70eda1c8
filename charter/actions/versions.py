"""Versions of the charter: prepared, adopted and frozen, in force, superseded."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rules import require
from charter import checklist
from charter.models import Charter
from deadlines import actions as deadlines
from journal.models import Thread
from journal.moves import Actor
from journal.refusals import Blocked, block_unless_empty

EFFECTIVE = "charter_effective"
FIRST = Path(__file__).resolve().parents[1] / "data" / "charter-2027.json"


@transaction.atomic
def prepare_version(*, version: str, text: Mapping[str, Any], at: datetime, by: Actor) -> Charter:
    """A draft of a new version. Raises `NotAllowed`, `Blocked` when it exists or its text is incomplete."""
    require("charter.prepare_version", by, on=timezone.localdate(at))
    if Charter.objects.filter(version=version).exists():
        raise Blocked([_("Cette version de la charte existe déjà.")])
    draft = Charter(version=version, text=dict(text))
    block_unless_empty(checklist.missing_to_adopt(draft))
    thread = Thread.objects.create(reference=f"CHA-{uuid.uuid4().hex[:12]}")
    return Charter.objects.open(thread=thread, at=at, by=by, version=version, text=draft.text)


def load_charter(*, path: Path = FIRST, at: datetime, by: Actor) -> Charter:
    """The draft of the version that a file holds, once: {"version", "preamble_fr", "preamble_en", "articles"}.

    Raises `NotAllowed`, `Blocked` when the text is incomplete, `ValueError` for a file that is not such a text.
    """
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("version"), str):
        raise ValueError(f"{path.name} is not the text of a charter")
    version = content.pop("version")
    known = Charter.objects.filter(version=version).first()
    return known or prepare_version(version=version, text=content, at=at, by=by)


@transaction.atomic
def adopt_charter(
    *,
    charter_pk: int,
    effective_on: date,
    opinion: str = "",
    opinion_on: date | None = None,
    immediate_reason: str = "",
    at: datetime,
    by: Actor,
) -> Charter:
    """Freeze the text with its digest; it comes into force on that day, by the clock.

    Raises `NotAllowed`, `Blocked` when the text is incomplete, or without the opinion and the notice that a change
    needs (`checklist.missing_to_bring_in`), `TransitionNotAllowed`.
    """
    charter = Charter.objects.hold(charter_pk)
    today = timezone.localdate(at)
    require("charter.adopt_version", by, charter, on=today)
    adoption = checklist.Adoption(effective_on, opinion.strip(), opinion_on, immediate_reason.strip())
    replaces = Charter.objects.in_force() is not None
    block_unless_empty(
        [
            *checklist.missing_to_adopt(charter),
            *checklist.missing_to_bring_in(adoption, replaces=replaces, today=today),
        ]
    )
    adoption.write_on(charter)
    charter.digest = charter.compute_digest()
    charter.adopt(by=by, at=at)
    charter.save()
    deadlines.start(thread=charter.thread, subject=charter, kind=EFFECTIVE, started_on=effective_on)
    return charter


@transaction.atomic
def enter_into_force(*, charter_pk: int, at: datetime, by: Actor) -> Charter:
    """Put an adopted version in force from its date on; the one before is superseded in the same transaction.

    Raises `NotAllowed`, `Blocked` before its date, `TransitionNotAllowed`.
    """
    present = Charter.objects.filter(state=Charter.State.IN_FORCE).exclude(pk=charter_pk).first()
    threads = Charter.objects.filter(pk__in=[charter_pk, *([present.pk] if present else [])])
    Thread.objects.hold(*threads.values_list("thread_id", flat=True))
    charter = Charter.objects.hold(charter_pk)
    today = timezone.localdate(at)
    require("charter.enter_into_force", by, charter, on=today)
    if charter.effective_on is not None and today < charter.effective_on:
        raise Blocked([_("Cette version prend effet plus tard.")])
    charter.enter_into_force(by=by, at=at)
    if present is not None:
        former = Charter.objects.hold(present.pk)
        former.supersede(by=by, at=at)
        former.save()
    charter.save()
    deadlines.meet(subject=charter, kind=EFFECTIVE, at=at)
    return charter


@transaction.atomic
def abandon_charter(*, charter_pk: int, at: datetime, by: Actor) -> Charter:
    """Give up a draft. Raises `NotAllowed`, `TransitionNotAllowed`."""
    charter = Charter.objects.hold(charter_pk)
    require("charter.adopt_version", by, charter, on=timezone.localdate(at))
    charter.abandon(by=by, at=at)
    charter.save()
    return charter


@transaction.atomic
def archive_charter(*, charter_pk: int, at: datetime, by: Actor) -> Charter:
    """Put away a superseded version that no live dossier or label uses; the caller knows that.

    Raises `NotAllowed`, `TransitionNotAllowed`.
    """
    charter = Charter.objects.hold(charter_pk)
    require("charter.archive_version", by, charter, on=timezone.localdate(at))
    charter.archive(by=by, at=at)
    charter.save()
    return charter
