"""Whether a file that somebody holds is the one that the Institute sealed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum

from asn1crypto import pem
from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet

from certificates.models import Certificate
from certificates.seal import signers

LARGEST = 10_000_000  # bytes of a file to check (screens P27)
SECONDS = 20
AT_ONCE = 2  # files of strangers read at a time on one installation


class Busy(Exception):
    """As many files as one machine may read at a time are being read."""


class Verdict(StrEnum):
    """What can be said of a file."""

    GENUINE = "genuine"
    REPLACED = "replaced"  # genuine, and a newer issue took its place
    ALTERED = "altered"
    NOT_OURS = "not_ours"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Checked:
    """The verdict, and the number that the file bears: known to be ours when we gave it, else only what it says."""

    verdict: Verdict
    number: str = ""


def check(content: bytes) -> Checked:
    """What that file is: by its digest first, then by its seal. Raises what these two raise."""
    return recognised(content) or inspected(content)


def recognised(content: bytes) -> Checked | None:
    """The certificate that we issued with these very bytes, None when there is none; two queries, nothing is opened.

    Raises `ValueError` above `LARGEST`.
    """
    if len(content) > LARGEST:
        raise ValueError("the file is too large to be checked")
    digest = hashlib.sha256(content).hexdigest()
    # One question for each: together they would read every certificate that exists.
    for same in (Q(file__sha256=digest), Q(renewals__file__sha256=digest)):
        if issued := _issues().filter(same).first():
            return _told(issued)
    return None


def inspected(content: bytes) -> Checked:
    """What a file of a stranger is: its seal is read, and what it seals must be a file that we issued.

    An authority certifies others than us, and a key may be stolen: a seal alone never makes a file ours. Raises `Busy`.
    """
    sealed = seal_of(content)
    return _continued(content, sealed.number) if sealed.verdict == Verdict.GENUINE else sealed


def seal_of(content: bytes) -> Checked:
    """What the seal of a file of a stranger says, read with little memory and time.

    A file that was changed after the seal, even by an addition that ordinary readers accept, is altered; one that asks
    for more than is given to it is unreadable. Raises `Busy` when too many unknown files are read at the same moment.
    """
    if not signers.roots():
        return Checked(Verdict.NOT_OURS)
    with _place():
        return _read(content)


def _issues() -> QuerySet[Certificate]:
    newer = Certificate.objects.filter(replaces=OuterRef("pk"))
    return Certificate.objects.select_related("label", "file").annotate(is_replaced=Exists(newer))


def _told(issued: Certificate) -> Checked:
    is_replaced: bool = issued.is_replaced  # type: ignore[attr-defined]
    return Checked(Verdict.REPLACED if is_replaced else Verdict.GENUINE, issued.label.number)


def _continued(content: bytes, number: str) -> Checked:
    """The issue under that number whose very bytes begin a file that is whole: only time-stamps follow them."""
    for issued in _issues().filter(label__number=number.replace("\0", "")):
        file = issued.file
        if file and hashlib.sha256(content[: file.size]).hexdigest() == file.sha256:
            return _told(issued)
    return Checked(Verdict.NOT_OURS, number)


@contextmanager
def _place() -> Iterator[None]:
    """One of the few places for a file that anybody may have made; given back at the end, or once its time is over."""
    for name in (f"inspection-{place}" for place in range(AT_ONCE)):
        if cache.add(name, True, timeout=SECONDS + 5):
            try:
                yield
            finally:
                cache.delete(name)
            return
    raise Busy


def _read(content: bytes) -> Checked:
    """What a process that knows nothing of this one reads: no secret is in its reach, memory and time are counted."""
    # Compiled programs are kept where this process keeps them, never in the tree.
    compiled = ["-X", f"pycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []
    with ExitStack() as files:
        command = [sys.executable, *compiled, "-m", "certificates.seal.inspection"]
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
                env={},
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return Checked(Verdict.UNREADABLE)
    said = json.loads(done.stdout)
    return Checked(Verdict(said["verdict"]), said["number"])
