"""The keys that sign credentials and status lists: Ed25519, one in use, the former ones still published.

A key is a PEM file; its name without extension is its identifier, the year of its making: `2027.pem`. What was signed
by a former key stays valid as long as its public part is published; a key that was stolen is published no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import base58
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from certificates.keys import reading

ED25519 = b"\xed\x01"  # the multicodec of an Ed25519 public key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The key in use: its identifier and what signs."""

    name: str
    private: Ed25519PrivateKey

    def sign(self, data: bytes) -> bytes:
        """The signature of these bytes."""
        return self.private.sign(data)


def signing_key() -> SigningKey:
    """The key in use. Raises `ImproperlyConfigured` in production without one, and for a file that holds none."""
    return _read(_path_in_use())


def public_keys() -> dict[str, Ed25519PublicKey]:
    """Every key that is published, by its identifier, the one in use first."""
    return _published(_path_in_use(), tuple(settings.CREDENTIAL_FORMER_KEYS))


def multibase(key: Ed25519PublicKey) -> str:
    """The public key as a Multikey writes it."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return f"z{base58.b58encode(ED25519 + raw).decode()}"


def _path_in_use() -> Path:
    return reading.path_of("CREDENTIAL_KEY", role="credential")


def _read(path: Path) -> SigningKey:
    return SigningKey(path.stem, reading.ed25519(path, "CREDENTIAL_KEY"))


@lru_cache(maxsize=8)
def _published(in_use: Path, former: tuple[str, ...]) -> dict[str, Ed25519PublicKey]:
    current = _read(in_use)
    keys = {current.name: current.private.public_key()}
    for path in map(Path, former):
        if path.stem in keys:
            raise ImproperlyConfigured(f"CREDENTIAL_FORMER_KEYS: two keys are named {path.stem}")
        try:
            key = serialization.load_pem_public_key(path.read_bytes())
        except (OSError, ValueError) as error:
            raise ImproperlyConfigured(f"CREDENTIAL_FORMER_KEYS: {path.name} cannot be read") from error
        if not isinstance(key, Ed25519PublicKey):
            raise ImproperlyConfigured(f"CREDENTIAL_FORMER_KEYS: {path.name} is not an Ed25519 key")
        keys[path.stem] = key
    return keys
