"""The antivirus: ClamAV's INSTREAM protocol over its socket. A file that it refuses is set apart."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from letters.models import StoredFile

logger = logging.getLogger(__name__)

CHUNK = 64 * 1024
PATIENCE = 60.0
BATCH = 50


class NoAnswer(OSError):
    """The antivirus did not answer, or not in its own words."""


def scan(file_pk: int, *, at: datetime) -> bool:
    """Show one file to the antivirus; True when it was looked at, False when it waits for the next try.

    A file with a threat is set apart: nobody can download it and pages show E17.
    """
    stored = StoredFile.objects.filter(pk=file_pk, scanned_at=None, removed_at=None).first()
    if stored is None or not settings.CLAMAV_SOCKET:
        return False
    try:
        with stored.content.open("rb") as content:
            is_clean = looks_clean(content.chunks(CHUNK), address=settings.CLAMAV_SOCKET)
    except OSError as error:
        logger.warning("file %s was not scanned: %s", stored.pk, type(error).__name__)
        return False
    waiting = StoredFile.objects.filter(pk=stored.pk, scanned_at=None)
    waiting.update(scanned_at=at, quarantined_at=None if is_clean else at)
    return True


def waits(stored: StoredFile) -> bool:
    """Whether the antivirus of this installation has still to look at that file."""
    return bool(settings.CLAMAV_SOCKET) and stored.scanned_at is None


def scan_waiting(at: datetime) -> int:
    """Scan the files that no worker has shown to the antivirus; says how many were looked at."""
    if not settings.CLAMAV_SOCKET:
        return 0
    waiting = StoredFile.objects.filter(scanned_at=None, removed_at=None, uploaded_at__lte=at).order_by("pk")
    return sum(scan(pk, at=at) for pk in list(waiting.values_list("pk", flat=True)[:BATCH]))


def looks_clean(chunks: Iterable[bytes], *, address: str) -> bool:
    """Whether ClamAV finds nothing; `address` is the path of its socket, or `host:port`.

    Raises NoAnswer (an OSError) when it cannot be reached or answers something else.
    """
    with _connection(address) as link:
        link.sendall(b"zINSTREAM\0")
        for chunk in chunks:
            link.sendall(struct.pack("!I", len(chunk)) + chunk)
        link.sendall(struct.pack("!I", 0))
        answer = _answer(link)
    if answer == "stream: OK":
        return True
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return False
    raise NoAnswer("unexpected answer of the antivirus")


def _connection(address: str) -> socket.socket:
    if address.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(PATIENCE)
        try:
            link.connect(address)
        except OSError:
            link.close()
            raise
        return link
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host or "localhost", int(port)), timeout=PATIENCE)


def _answer(link: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0"):
        part = link.recv(4096)
        if not part or len(received) > CHUNK:
            break
        received += part
    return received.rstrip(b"\0").decode("utf-8", errors="replace").strip()
