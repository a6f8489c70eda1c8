"""The days that a structure has to sign a new version of the charter."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from charter.models import SIGNATURE, Charter, Signature
from deadlines import actions as deadlines
from deadlines.models import Deadline
from journal.moves import subject_key
from structures.models import Structure

SIGNATURE_REMINDERS = (-60, -30, -7)


def start_signature(structure: Structure, charter: Charter, *, at: datetime) -> Deadline | None:
    """The gear of the re-signature campaign: the structure was told, its days to sign begin (domain 5.3).

    They begin when the version takes effect at the earliest. Asking again changes nothing; None when it has signed.
    The caller holds the thread of the structure.
    """
    if Signature.objects.filter(structure=structure, charter=charter).exists():
        return None
    running = deadlines.running(structure, SIGNATURE)
    if running is not None and running.proof == subject_key(charter):
        return running
    deadlines.drop(subject=structure, kind=SIGNATURE, at=at)  # the days of an earlier version
    begun = max(timezone.localdate(at), charter.effective_on or timezone.localdate(at))
    return deadlines.start(
        thread=structure.thread,
        subject=structure,
        kind=SIGNATURE,
        started_on=begun,
        days=settings.CHARTER_SIGNATURE_DAYS,
        reminders=SIGNATURE_REMINDERS,
        proof=subject_key(charter),
    )


def ask_signature_again(structure: Structure, *, at: datetime) -> Deadline | None:
    """The gear of a label given back: its holder has all its days again to sign what it was asked to sign.

    The end of the label had dropped that clock. None when nothing was asked, or when the version in force is signed.
    """
    charter = Charter.objects.in_force()
    if charter is None:
        return None
    dropped = Deadline.objects.of(structure).filter(
        kind=SIGNATURE, outcome="dropped", proof=subject_key(charter)
    )
    return start_signature(structure, charter, at=at) if dropped.exists() else None
