"""The key that signs the checkpoints of the log: a role of its own, shared with no other signature."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from certificates.keys import reading
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
    path = reading.path_of("LOG_KEY", role="log")
    return LogSigner(settings.LOG_ORIGIN, reading.ed25519(path, "LOG_KEY"))
