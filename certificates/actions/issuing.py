"""Making the file of a certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import SystemRandom

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates.credential.making import make_credential
from certificates.documents import render_certificate
from certificates.facts import page_facts
from certificates.log.noting import note_certificate
from certificates.models import Certificate, Label, SealRenewal
from certificates.seal import signers
from certificates.seal.sealing import authority, is_stamped, renew_timestamp, seal
from journal.moves import Actor, subject_key
from letters.files import store_made
from letters.models import StoredFile

BATCH = 50
CLAIM = timedelta(minutes=10)  # longer than a seal ever takes, with its time-stamps (`sealing.SECONDS`)
MOST_FAILURES = 3  # of one tick: then the key or the authority does not answer, and the clock has other work


def make_certificate(*, certificate_pk: int, at: datetime) -> Certificate:
    """Sign the credential of one issue, draw, seal and store its file; a second call returns what exists.

    One worker at a time: killed in the middle, another begins again after `CLAIM`. Raises what the key of the seal
    raises when it cannot be reached: nothing is stored then, and the clock tries again.
    """
    certificate = Certificate.objects.select_related("label", "file").get(pk=certificate_pk)
    if certificate.file_id or not _claim(certificate_pk, at):
        return certificate
    try:
        credential = make_credential(certificate, at=at)
        is_sealed = signers.is_available()
        content = render_certificate(
            page_facts(certificate.facts), credential=credential.content, is_sealed=is_sealed
        )
        return _keep(certificate, seal(content) if is_sealed else content, is_sealed=is_sealed, at=at)
    except Exception:
        # Another may have begun since, when this one took longer than `CLAIM`: what it holds stays held.
        Certificate.objects.filter(pk=certificate_pk, file=None, claimed_at=at).update(claimed_at=None)
        raise


def _claim(certificate_pk: int, at: datetime) -> bool:
    """Whether the making of that file is ours: nobody else began it lately."""
    free = Q(claimed_at=None) | Q(claimed_at__lte=at - CLAIM)
    return Certificate.objects.filter(free, pk=certificate_pk, file=None).update(claimed_at=at) == 1


@transaction.atomic
def _keep(certificate: Certificate, content: bytes, *, is_sealed: bool, at: datetime) -> Certificate:
    label = Label.objects.hold(certificate.label_id)
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.file_id is None:
        certificate.file = _stored(label, content, at=at)
        certificate.sealed_at = at if is_sealed else None
        certificate.save(update_fields=["file", "sealed_at"])
        note_certificate(certificate)
    return certificate


def _stored(label: Label, content: bytes, *, at: datetime) -> StoredFile:
    return store_made(
        content=content,
        name=f"{label.number}.pdf",
        content_type="application/pdf",
        subject=subject_key(label),
        purpose="certificate",
        thread=label._thread,
        at=at,
        by=Actor.system(),
    )


def make_what_a_crash_left(at: datetime) -> int:
    """Make the files that no worker has made, the oldest ones; returns how many. Bounded. Raises as `_each`."""
    waiting = Certificate.objects.filter(file=None).order_by("pk").values_list("label_id", "pk")[:BATCH]
    return _each(list(waiting), lambda pk: bool(make_certificate(certificate_pk=pk, at=at)))


def _each(waiting: list[tuple[int, int]], work: Callable[[int], bool]) -> int:
    """Do that work for each of them (label, certificate); returns how many times it was done.

    In no fixed order of labels, so that those which always fail never keep the others waiting; the issues of one label
    in theirs. Raises the first failure at the end, the others done; after `MOST_FAILURES` no other is tried.
    """
    turns = {label: SystemRandom().random() for label, _ in waiting}
    done, failed = 0, list[Exception]()
    for _, pk in sorted(waiting, key=lambda one: (turns[one[0]], one[1])):
        try:
            done += work(pk)
        except Exception as error:
            failed.append(error)
        if len(failed) == MOST_FAILURES:
            break
    if failed:
        raise failed[0]
    return done


def renew_seals(*, at: datetime) -> int:
    """Add an archive time-stamp to the sealed files whose last one is old (`RESEAL_MONTHS`); how many.

    Needs a time-stamping authority: raises `LookupError` without one. A file sealed before there was one bears no
    time-stamp to renew and is left. Run again, it goes on where it stopped. Raises as `_each`.
    """
    if authority() is None:
        raise LookupError("no time-stamping authority is set (TIMESTAMP_URL)")
    before = at - timedelta(days=30 * settings.RESEAL_MONTHS)
    lately = SealRenewal.objects.filter(certificate=OuterRef("pk"), made_at__gt=before)
    old = Certificate.objects.filter(~Exists(lately), sealed_at__lte=before)
    waiting = old.order_by("pk").values_list("label_id", "pk")
    return _each(list(waiting), lambda pk: _renewed(pk, old, at))


def _renewed(certificate_pk: int, old: QuerySet[Certificate], at: datetime) -> bool:
    certificate = Certificate.objects.select_related("file").get(pk=certificate_pk)
    file = certificate.newest_file()
    if file is None:
        return False
    with file.content.open("rb") as stored:
        content = stored.read()
    if not is_stamped(content):
        return False
    content = renew_timestamp(content)
    with transaction.atomic():
        label = Label.objects.hold(certificate.label_id)
        if not old.filter(pk=certificate_pk).exists():  # somebody else renewed it meanwhile
            return False
        SealRenewal.objects.create(certificate=certificate, file=_stored(label, content, at=at), made_at=at)
    return True
