"""The credential of one issue of a certificate: signed once, kept, never signed again."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import transaction

from certificates.credential import contents, proof
from certificates.credential.keys import signing_key
from certificates.credential.status_lists import take_place, write_bits
from certificates.models import Certificate, Credential, Label


def make_credential(certificate: Certificate, *, at: datetime) -> Credential:
    """Sign the credential of that issue, with a place of its own in the lists; a second call returns what exists.

    Killed at any moment and run again, it never takes two places. Raises `ImproperlyConfigured` without a key.
    """
    with transaction.atomic():
        label = Label.objects.hold(certificate.label_id)
        kept = Credential.objects.filter(certificate=certificate).first()
        if kept is not None:
            return kept
        place = take_place(label, at=at)
        document = contents.credential(certificate.facts, issue=certificate.issue, place=place)
        key = signing_key()
        signed = proof.sign(document, key=key, at=at)
        made = Credential.objects.create(
            certificate=certificate,
            list_number=place.number,
            list_index=place.index,
            content=json.dumps(signed, ensure_ascii=False, indent=1),
            made_at=at,
            signed_by=key.name,
        )
        write_bits(label, at=at)  # it may be suspended or ended already, and another issue may be replaced
        return made
