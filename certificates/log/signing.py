"""The key that signs the checkpoints of the log: a role of its own, shared with no other signature."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from certificates.log.note import signature_line, verifier_key


@dataclass(frozen=True)
class LogSigner:
    """The name of the log and its private key."""

    name: str
    key: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.key.public_key().public_bytes_raw()

    @property
    def verifier_key(self) -> str:
        """The public key as a verifier takes it."""
        return verifier_key(self.name, self.public)

    def sign(self, body: str) -> str:
        """The signed note of these lines."""
        return f"{body}\n{signature_line(self.name, self.public, self.key.sign(body.encode()))}"


def log_signer() -> LogSigner:
    """The signer of this installation: `LOG_KEY`, or a development key made at its first use.

    Raises `ImproperlyConfigured` in production without `LOG_KEY`, or when its file holds no Ed25519 key.
    """
    path = Path(settings.LOG_KEY) if settings.LOG_KEY else _development_key()
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"LOG_KEY: {path} holds no private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"LOG_KEY: {path} does not hold an Ed25519 key")
    return LogSigner(settings.LOG_ORIGIN, key)


def _development_key() -> Path:
    if settings.PRODUCTION:
        raise ImproperlyConfigured("LOG_KEY is missing: no development key signs in production")
    path = settings.DEVELOPMENT_KEYS / "log-development.pem"
    if path.exists():
        return path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = path.with_suffix(f".{token_hex(4)}")
    with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(
            Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    with suppress(FileExistsError):  # another worker made it first
        os.link(made, path)
    made.unlink()
    return path
