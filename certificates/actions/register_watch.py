"""The watch of the registers: what the imported register says of the holders of live labels, checked by two people.

The clock only opens an alert; once two people confirmed it, an officer may prepare the act, which somebody signs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rules import require
from certificates.follow_up_checklist import missing_to_check
from certificates.models import Label, RegisterAlert
from journal.moves import Actor
from journal.refusals import Blocked, Missing, block_unless_empty
from letters import files
from letters.models import StoredFile
from structures.models import RegisterEntry, Registration

PROOF = "register_proof"
MOST = 1000  # alerts opened at once: more means that an import went wrong; the next day goes on
Kind = RegisterAlert.Kind
DISSOLVED = Q(position="D") | Q(dissolved_on__isnull=False)
GONE = DISSOLVED | Q(position__in=["S", "R"])
# By which numbers a structure is found, and in which column of the register.
WAYS = (("number", (Registration.Kind.RNA, Registration.Kind.OLD_RNA)), ("siret", (Registration.Kind.SIRET,)))


def watch_registers(at: datetime) -> int:
    """Open an alert for each holder of a live label that the register tells dissolved, closed or replaced.

    As many queries whatever the number of labels, plus those of each new alert: the database joins the two tables.
    What is already known opens nothing. Returns how many alerts were opened.
    """
    opened = 0
    for column, kinds in WAYS:
        found = list(_gone(column, kinds)[:MOST])
        entries = RegisterEntry.objects.in_bulk([row["entry_pk"] for row in found])
        opened += sum(
            _alert(row["label_pk"], row["told_kind"], entries[row["entry_pk"]], at) for row in found
        )
    return opened


def _gone(column: str, kinds: tuple[str, ...]) -> QuerySet[Any, Any]:
    """Live labels whose holder the register tells gone, with the entry, when no alert says the same yet."""
    told = Case(
        When(DISSOLVED, then=Value(Kind.DISSOLVED)),
        When(position="S", then=Value(Kind.CLOSED)),
        default=Value(Kind.REPLACED),
        output_field=CharField(),
    )
    entry = RegisterEntry.objects.filter(GONE, **{column: OuterRef("value")}).annotate(told=told)
    known = RegisterAlert.objects.filter(
        label=OuterRef("label_pk"), number=OuterRef("entry_number"), kind=OuterRef("told_kind")
    )
    held = Registration.objects.filter(
        superseded_at=None, kind__in=kinds, structure__labels__state__in=Label.LIVE
    )
    return (
        held.annotate(
            label_pk=F("structure__labels"),
            entry_pk=Subquery(entry.values("pk")[:1]),
            entry_number=Subquery(entry.values("number")[:1]),
            told_kind=Subquery(entry.values("told")[:1]),
        )
        .filter(~Exists(known), entry_pk__isnull=False)
        .order_by("label_pk")
        .values("label_pk", "entry_pk", "told_kind")
    )


@transaction.atomic
def _alert(label_pk: int, kind: str, entry: RegisterEntry, at: datetime) -> bool:
    label = Label.objects.hold(label_pk)
    known = RegisterAlert.objects.filter(label=label, number=entry.number, kind=kind)
    if label.state not in Label.LIVE or known.exists():
        return False
    RegisterAlert.objects.open(
        thread=label._thread,
        at=at,
        by=Actor.system(),
        label=label,
        kind=kind,
        number=entry.number,
        title=entry.title,
        since=entry.dissolved_on or entry.updated_on,
        replaced_by=entry.replaced_by,
        found_at=at,
    )
    return True


@transaction.atomic
def check_alert(
    *, alert_pk: int, holds: bool, words: str, upload: UploadedFile | None = None, at: datetime, by: Actor
) -> RegisterAlert:
    """Somebody looked at the register: it is right (`holds`, with an extract), or it speaks of somebody else.

    The first who says that it is right leaves it to a second person; the second confirms it. Whoever says that it is
    wrong ends the alert. Raises `NotAllowed` (the same person twice), `Blocked`, ValidationError for the file.
    """
    alert = RegisterAlert.objects.hold(alert_pk)
    require("certificates.check_register", by, alert, on=timezone.localdate(at))
    if alert.state not in RegisterAlert.LIVE or alert.label.state not in Label.LIVE:
        raise Blocked([Missing(_("Cette alerte n'attend plus rien."))])
    block_unless_empty(missing_to_check(words, has_file=upload is not None, holds=holds))
    proof = _kept(alert, upload, at, by)
    if holds and alert.state == RegisterAlert.State.OPEN:
        alert.first_proof, alert.first_file = words.strip(), proof
        alert.check_first(by=by, at=at)
    else:
        alert.last_proof, alert.last_file = words.strip(), proof
        (alert.confirm if holds else alert.set_aside)(by=by, at=at)
    alert.save()
    return alert


def _kept(alert: RegisterAlert, upload: UploadedFile | None, at: datetime, by: Actor) -> StoredFile | None:
    if upload is None:
        return None
    return files.store(upload=upload, subject=alert, purpose=PROOF, thread=alert._thread, at=at, by=by)
