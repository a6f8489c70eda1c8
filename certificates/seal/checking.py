"""Whether a file that somebody holds is the one that the Institute sealed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum

from asn1crypto import pem
from django.conf import settings
from django.db.models import Q

from certificates.models import Certificate
from certificates.seal import signers

LARGEST = 10_000_000  # bytes of a file to check (screens P27)
SECONDS = 20


class Verdict(StrEnum):
    """What can be said of a file."""

    GENUINE = "genuine"
    ALTERED = "altered"
    NOT_OURS = "not_ours"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Checked:
    """The verdict, and the certificate when the file is exactly one that was issued."""

    verdict: Verdict
    certificate: Certificate | None = None


def check(content: bytes) -> Checked:
    """What that file is: by its digest first, then by its seal, read with little memory and time.

    A file that was changed after the seal, even by an addition that ordinary readers accept, is altered.
    Raises `ValueError` above `LARGEST`.
    """
    if len(content) > LARGEST:
        raise ValueError("the file is too large to be checked")
    digest = hashlib.sha256(content).hexdigest()
    same = Q(file__sha256=digest) | Q(renewals__file__sha256=digest)
    issued = Certificate.objects.filter(same).select_related("label").first()
    if issued is not None:
        return Checked(Verdict.GENUINE, issued)
    return Checked(_inspected(content))


def _inspected(content: bytes) -> Verdict:
    if not signers.roots():
        return Verdict.NOT_OURS
    with ExitStack() as files:
        command = [sys.executable, "-m", "certificates.seal.inspection"]
        for roots in filter(None, (signers.roots(), signers.timestamp_roots())):
            file = files.enter_context(tempfile.NamedTemporaryFile(suffix=".pem"))
            file.write(b"".join(pem.armor("CERTIFICATE", root.dump()) for root in roots))
            file.flush()
            command.append(file.name)
        try:
            done = subprocess.run(
                command,
                input=content,
                capture_output=True,
                cwd=settings.BASE_DIR,
                timeout=SECONDS,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return Verdict.UNREADABLE
    return Verdict(json.loads(done.stdout)["verdict"])
