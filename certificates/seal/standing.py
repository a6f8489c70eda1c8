"""Whether the key of the seal answers, and how long its certificate still holds: asked before opening, and watched."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

from cryptography import x509
from django.conf import settings
from pyhanko.sign.signers.csc_signer import CSCSigner

from certificates.seal import signers

WORDS = b"Is the key of the seal there?"
SECONDS = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """What the seal is worth that day; `fault` says in the words of the key what is wrong, empty when it can seal."""

    is_set: bool
    fault: str = ""
    ends_on: date | None = None

    def ends_soon(self, on: date) -> bool:
        """Whether its certificate must be replaced in the days to come (`SEAL_NOTICE_DAYS`)."""
        return self.ends_on is not None and (self.ends_on - on).days <= settings.SEAL_NOTICE_DAYS


def standing(*, on: date) -> Standing:
    """What the seal is worth that day, its key having signed a few words that its certificate verifies.

    A cloud is only asked for its certificate: a signature there is allowed, counted and paid. Without a key no
    fault: certificates are then issued unsealed, and say so. Never raises.
    """
    if not signers.is_available():
        return Standing(is_set=False)
    try:
        certificate = _in_time()
        if not signers.roots():
            return Standing(True, "SEAL_ROOT_FILE: no root to check a seal with")
    # Whatever a key, a module or a service raises, the answer is that it does not seal.
    except Exception as error:
        return Standing(True, f"{type(error).__name__}: {error}".strip(": "))
    begins, ends = certificate.not_valid_before_utc.date(), certificate.not_valid_after_utc.date()
    fault = "" if begins <= on <= ends else f"its certificate holds from {begins} to {ends}"
    return Standing(True, fault, ends)


def _in_time() -> x509.Certificate:
    """The certificate of the key that answered; a module that hangs is left behind, whoever asked is not."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        return pool.submit(asyncio.run, _proved()).result(timeout=SECONDS)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


async def _proved() -> x509.Certificate:
    async with signers.opened() as signer:
        if signer.signing_cert is None:
            raise LookupError("the key has no certificate")
        certificate = x509.load_der_x509_certificate(signer.signing_cert.dump())
        if not isinstance(signer, CSCSigner):
            # The signer reads its signature again with the certificate.
            await signer.async_sign_raw(WORDS, "sha256")
    return certificate
