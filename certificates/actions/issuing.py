"""Making the file of a certificate."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from certificates.credential.making import make_credential
from certificates.documents import render_certificate
from certificates.facts import page_facts
from certificates.log.noting import note_certificate
from certificates.models import Certificate, Label
from journal.moves import Actor, subject_key
from letters.files import store_made

BATCH = 50


def make_certificate(*, certificate_pk: int, at: datetime) -> Certificate:
    """Sign the credential of one issue, draw and store its file: a second call returns what exists."""
    certificate = Certificate.objects.select_related("label", "file").get(pk=certificate_pk)
    if certificate.file_id:
        return certificate
    credential = make_credential(certificate, at=at)
    content = render_certificate(page_facts(certificate.facts), credential=credential.content)
    with transaction.atomic():
        label = Label.objects.hold(certificate.label_id)
        certificate = Certificate.objects.select_for_update().get(pk=certificate_pk)
        if certificate.file_id is None:
            certificate.file = store_made(
                content=content,
                name=f"{label.number}.pdf",
                content_type="application/pdf",
                subject=subject_key(label),
                purpose="certificate",
                thread=label._thread,
                at=at,
                by=Actor.system(),
            )
            certificate.save(update_fields=["file"])
            note_certificate(certificate)
    return certificate


def make_what_a_crash_left(at: datetime) -> int:
    """Make the files that no worker has made, oldest first; returns how many. Bounded."""
    waiting = list(Certificate.objects.filter(file=None).order_by("pk").values_list("pk", flat=True)[:BATCH])
    for certificate_pk in waiting:
        make_certificate(certificate_pk=certificate_pk, at=at)
    return len(waiting)
