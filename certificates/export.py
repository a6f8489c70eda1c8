"""What an offline verifier needs of one certificate, as files: `manage.py export_certificate`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from asn1crypto import pem

from certificates.credential import did
from certificates.models import Certificate, StatusList
from certificates.seal import signers
from journal.numbering import InvalidNumber, parse_number


class NothingToExport(ValueError):
    """There is no certificate made under that number."""


def export(number: str, folder: Path) -> Iterator[Path]:
    """Write the last certificate of a label, its credential, our keys and its status lists; yields each file written.

    Each file is as published. Raises `NothingToExport` before anything is written, OSError for the folder.
    """
    for name, content in _files(_last(number)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        yield path


def _last(number: str) -> Certificate:
    try:
        canonical = parse_number(number).canonical
    except InvalidNumber as error:
        raise NothingToExport(f"{number}: not a number ({error.reason})") from None
    made = Certificate.objects.filter(label__number=canonical, file__isnull=False, credential__isnull=False)
    last = made.select_related("file", "credential").order_by("-issue").first()
    if last is None:
        raise NothingToExport(f"{canonical}: no certificate was made under this number")
    return last


def _files(certificate: Certificate) -> Iterator[tuple[str, bytes]]:
    if (file := certificate.newest_file()) is not None:
        with file.content.open("rb") as content:
            yield "certificate.pdf", content.read()
    if roots := signers.roots():
        yield "root.pem", b"".join(pem.armor("CERTIFICATE", root.dump()) for root in roots)
    yield "credential.json", certificate.credential.content.encode()
    yield "did.json", json.dumps(did.document(), indent=1).encode()
    for row in StatusList.objects.filter(number=certificate.credential.list_number).order_by("purpose"):
        yield f"status/{row.purpose}-{row.number}.json", row.content.encode()
