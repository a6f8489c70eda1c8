"""Sealing a file, and renewing the proof of when it was sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.timestamps import HTTPTimeStamper
from pyhanko_certvalidator import ValidationContext

from certificates.seal import signers

FIELD = "Sceau"
DIGEST = "sha256"
RESERVED = 16384  # bytes for the signature in the file; measuring it first would sign twice
RESERVED_STAMPED = 32768
TIMESTAMP_SECONDS = 20
SECONDS = 240  # a key, an authority and lists of revoked keys, each with its own limit: all of them together


class _Writer(IncrementalPdfFileWriter):
    """Leaves the version of the file as it is: PDF/A-3 is a PDF 1.7, whatever the signature is called since."""

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Nothing."""


def seal(content: bytes) -> bytes:
    """The same PDF, sealed: what is shown can be changed no more without breaking it.

    PAdES B-LTA when a time-stamping authority is set, B-B otherwise. The moment of the seal is the one of the machine.
    Raises `LookupError` without a key; whatever the key, the module, the service or the authority raise.
    """
    return _run(_sealed(content))


def renew_timestamp(content: bytes) -> bytes:
    """The same sealed PDF with one more archive time-stamp, made before those of today can no longer be checked.

    Raises `LookupError` without an authority, `ValueError` for a file that bears no time-stamp to renew.
    """
    return _run(_renewed(content))


def is_stamped(content: bytes) -> bool:
    """Whether that sealed PDF bears an archive time-stamp, which can be renewed."""
    return bool(PdfFileReader(BytesIO(content)).embedded_timestamp_signatures)


def authority() -> HTTPTimeStamper | None:
    """The time-stamping authority of the settings (RFC 3161), if any."""
    if not settings.TIMESTAMP_URL:
        return None
    return HTTPTimeStamper(settings.TIMESTAMP_URL, timeout=TIMESTAMP_SECONDS)


def trust(*, fetches: bool) -> ValidationContext:
    """What seals and time-stamps are checked with; `fetches`: whether lists of revoked keys may be asked for."""
    return ValidationContext(
        trust_roots=[*signers.roots(), *signers.timestamp_roots()],
        allow_fetching=fetches,
        revocation_mode="soft-fail",
    )


async def _sealed(content: bytes) -> bytes:
    stamper = authority()
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=stamper is not None,
        use_pades_lta=stamper is not None,
        validation_context=trust(fetches=True) if stamper else None,
    )
    async with signers.opened() as signer:
        sealed = await PdfSigner(metadata, signer, timestamper=stamper).async_sign_pdf(
            _Writer(BytesIO(content)),
            bytes_reserved=RESERVED_STAMPED if stamper else RESERVED,
        )
    return bytes(sealed.getvalue())


async def _renewed(content: bytes) -> bytes:
    stamper = authority()
    if stamper is None:
        raise LookupError("no time-stamping authority is set")
    reader = PdfFileReader(BytesIO(content))
    renewed = await PdfTimeStamper(stamper).async_update_archival_timestamp_chain(
        reader, trust(fetches=True), output=BytesIO()
    )
    return bytes(renewed.getvalue())


def _run(work: Coroutine[Any, Any, bytes]) -> bytes:
    """In a thread of its own: the caller may already be in an event loop. Raises `TimeoutError` after `SECONDS`."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, asyncio.wait_for(work, SECONDS)).result()
