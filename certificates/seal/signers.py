"""Who holds the key of the seal: a file, a security module, a cloud service; one signer at a time, for one seal."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path

import aiohttp
from asn1crypto import keys as asn1_keys
from asn1crypto import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_private_key
from django.conf import settings
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.keys import load_cert_from_pemder, load_certs_from_pemder, load_private_key_from_pemder
from pyhanko.sign import Signer, SimpleSigner
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from certificates.keys import development

CSC_SECONDS = 30


def is_available() -> bool:
    """Whether anything can seal here; without it a certificate is issued unsealed and says so."""
    return bool(settings.SEAL_BACKEND)


@asynccontextmanager
async def opened() -> AsyncIterator[Signer]:
    """The signer of the backend that the settings name, for the time of one seal.

    Raises `LookupError` when none is set, what the backend raises when its key cannot be reached, and
    `PathValidationError` or `PathBuildingError` when no reader would believe its certificate: it has ended, or leads
    to none of our roots.
    """
    async with _from_backend() as signer:
        await _check_certificate(signer)
        yield signer


@asynccontextmanager
async def _from_backend() -> AsyncIterator[Signer]:
    backend = settings.SEAL_BACKEND
    if backend == "dev":
        place = development.folder()
        yield _from_files(place / "seal.key.pem", place / "seal.pem", place / "root.pem", "")
    elif backend == "pem":
        key, certificate = _file("SEAL_KEY_FILE"), _file("SEAL_CERTIFICATE_FILE")
        yield _from_files(key, certificate, _file("SEAL_CHAIN_FILE"), settings.SEAL_KEY_PASSWORD)
    elif backend == "pkcs11":
        async with _from_module() as signer:
            yield signer
    elif backend == "csc":
        async with _from_cloud() as signer:
            yield signer
    else:
        raise LookupError("no key seals certificates here")


def _file(setting: str) -> Path:
    """The file that a setting names. Raises `LookupError`, which names the setting, when it names none."""
    if not (named := getattr(settings, setting)):
        raise LookupError(f"{setting} is not set")
    return Path(named)


def roots() -> list[x509.Certificate]:
    """The certificates that a seal is checked with, the one of today first; none when there is no seal."""
    if settings.SEAL_BACKEND == "dev":
        return list(_certificates(development.folder() / "root.pem"))
    return list(_certificates(Path(settings.SEAL_ROOT_FILE))) if settings.SEAL_ROOT_FILE else []


def timestamp_roots() -> list[x509.Certificate]:
    """The certificates that a time-stamp is checked with."""
    return list(_certificates(Path(settings.TIMESTAMP_ROOT_FILE))) if settings.TIMESTAMP_ROOT_FILE else []


async def _check_certificate(signer: Signer) -> None:
    """What is sealed is kept for ever: better no seal today than one that nobody can verify."""
    known = roots()
    if known:
        trust = ValidationContext(trust_roots=known, allow_fetching=False, revocation_mode="soft-fail")
        path = CertificateValidator(signer.signing_cert, list(signer.cert_registry), validation_context=trust)
        await path.async_validate_usage(set())


class _Checked(Signer):
    """A signer whose signature is read again: a module or a service may answer that of another key, or anything."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature of these bytes. Raises `SigningError` when it is not that of the certificate."""
        value = await super().async_sign_raw(data, digest_algorithm, dry_run=dry_run)
        if dry_run:
            return value
        if self.signing_cert is None:
            raise SigningError("the seal has no certificate")
        mechanism = self.get_signature_mechanism_for_digest(digest_algorithm)
        try:
            DefaultSignatureValidator().validate_signature(
                value, data, self.signing_cert.public_key, mechanism
            )
        except InvalidSignature as error:
            raise SigningError("the signature is not that of the certificate of the seal") from error
        return value


class _FileSigner(_Checked, SimpleSigner):
    """A signer that reads its key once: the library parses and checks it again for each signature."""

    def __init__(
        self, certificate: x509.Certificate, key: asn1_keys.PrivateKeyInfo, chain: Iterable[x509.Certificate]
    ) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple([certificate, *chain])
        super().__init__(signing_cert=certificate, signing_key=key, cert_registry=registry)
        self._key = load_der_private_key(key.dump(), password=None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """The signature of these bytes, by elliptic curve or RSA: no reader of PDF knows Ed25519."""
        digest = getattr(hashes, digest_algorithm.upper())()
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(digest))
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), digest)
        raise TypeError("the seal is made with an elliptic curve key or an RSA key")


@cache
def _from_files(key: Path, certificate: Path, chain: Path, password: str) -> _FileSigner:
    secret = load_private_key_from_pemder(str(key), passphrase=password.encode() or None)
    return _FileSigner(load_cert_from_pemder(str(certificate)), secret, _certificates(chain))


@cache
def _certificates(path: Path) -> tuple[x509.Certificate, ...]:
    return tuple(load_certs_from_pemder([str(path)]))


class _ModuleSigner(_Checked, PKCS11Signer):
    """The key is in a security module."""


class _CloudSigner(_Checked, CSCSigner):
    """The key is in a cloud."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature of these bytes. Raises `SigningError`."""
        with _as_its_interface_says():
            return await super().async_sign_raw(data, digest_algorithm, dry_run=dry_run)


@contextmanager
def _as_its_interface_says() -> Iterator[None]:
    """Whatever the service answers instead, or its silence, is one error that says so."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise SigningError("the cloud seal did not answer as its interface says") from error


@asynccontextmanager
async def _from_module() -> AsyncIterator[Signer]:
    criteria = TokenCriteria(label=settings.PKCS11_TOKEN)
    with open_pkcs11_session(
        str(_file("PKCS11_MODULE")), token_criteria=criteria, user_pin=settings.PKCS11_PIN or None
    ) as session:
        yield _ModuleSigner(
            session,
            signing_cert=load_cert_from_pemder(str(_file("SEAL_CERTIFICATE_FILE"))),
            ca_chain=_certificates(_file("SEAL_CHAIN_FILE")),
            key_label=settings.PKCS11_KEY_LABEL,
            use_raw_mechanism=True,  # modules sign a digest with an elliptic curve, and hash nothing themselves
        )


@asynccontextmanager
async def _from_cloud() -> AsyncIterator[Signer]:
    service = CSCServiceSessionInfo(
        settings.CSC_URL, settings.CSC_CREDENTIAL, oauth_token=settings.CSC_TOKEN or None
    )
    async with aiohttp.ClientSession() as session:
        with _as_its_interface_says():
            credential = await fetch_certs_in_csc_credential(session, service, timeout=CSC_SECONDS)
        manager = _Authorization(service, credential, session)
        yield _CloudSigner(session, manager, sign_timeout=CSC_SECONDS)


class _Authorization(CSCAuthorizationManager):
    """Asks the service to allow one signature, tied to the digest that is signed."""

    def __init__(
        self, service: CSCServiceSessionInfo, credential: CSCCredentialInfo, session: aiohttp.ClientSession
    ):
        super().__init__(service, credential)
        self.session = session

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        """The right to sign these digests once; raises what the service answers when it refuses."""
        request = self.format_csc_auth_request(hash_b64s=hash_b64s, pin=settings.CSC_PIN or None)
        async with self.session.post(
            self.csc_session_info.endpoint_url("credentials/authorize"),
            headers=self.auth_headers,
            json=request,
            raise_for_status=True,
            timeout=aiohttp.ClientTimeout(total=CSC_SECONDS),
        ) as response:
            return self.parse_csc_auth_response(await response.json())
