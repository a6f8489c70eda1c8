"""Reading the key of a role: the file that a setting names, or one made to try the engine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from certificates.keys import development


def path_of(setting: str, *, role: str) -> Path:
    """The file of the key that `setting` names, else the one made for that role.

    Raises `ImproperlyConfigured` in production without the setting.
    """
    named: str = getattr(settings, setting)
    if not named and settings.PRODUCTION:
        raise ImproperlyConfigured(
            f"{setting}: the key is missing, and no development key signs in production"
        )
    return Path(named) if named else development.folder() / f"{role}.pem"


@lru_cache(maxsize=16)
def ed25519(path: Path, setting: str) -> Ed25519PrivateKey:
    """The Ed25519 key of that file. Raises `ImproperlyConfigured`, which names the setting and the file only."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(f"{setting}: {path.name} cannot be read as a key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ImproperlyConfigured(f"{setting}: {path.name} is not an Ed25519 key")
    return key
