"""Keys that are made at first use, to try the engine; what they sign is worth nothing, and production refuses them."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.conf import settings

WARNING = "DEVELOPMENT - NOT VALID"
YEARS = timedelta(days=3650)
ED25519_ROLES = ("credential", "log")
Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


def folder() -> Path:
    """Where the development keys are, made now when they are not there yet.

    Made aside then put in place at once: of two processes that start together, both read the same keys.
    Raises `RuntimeError` in production.
    """
    if settings.PRODUCTION:
        raise RuntimeError("production never signs with development keys")
    place: Path = settings.KEYS_DIR
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix="keys-", dir=place.parent))  # 0700
        _fill(made)
        try:
            made.rename(place)
        except OSError:  # another process put its own in place first
            for file in made.iterdir():
                file.unlink()
            made.rmdir()
    return place


def _fill(place: Path) -> None:
    root_key, seal_key = ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP256R1())
    root_name, seal_name = _name(f"{WARNING} root"), _name(f"{WARNING} seal")
    root = (
        _certificate(root_name, root_key.public_key(), issuer=root_name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA384())
    )
    seal = (
        _certificate(seal_name, seal_key.public_key(), issuer=root_name)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .sign(root_key, hashes.SHA384())
    )
    _write(place / "root.pem", root.public_bytes(Encoding.PEM))
    _write(place / "seal.pem", seal.public_bytes(Encoding.PEM))
    _write(place / "root.key.pem", _private(root_key))
    _write(place / "seal.key.pem", _private(seal_key))
    for role in ED25519_ROLES:
        _write(place / f"{role}.pem", _private(ed25519.Ed25519PrivateKey.generate()))


def _name(common: str) -> x509.Name:
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "FR"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, WARNING),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ])  # fmt: skip


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePublicKey, *, issuer: x509.Name
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + YEARS)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
