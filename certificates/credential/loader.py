"""The contexts of JSON-LD: two files of ours, known by their digest; the network is never asked."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Final

CREDENTIALS: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
FOLDER = Path(__file__).parent / "contexts"
# The first digest is the one that W3C publishes in its recommendation (VC Data Model 2.0, appendix B.1).
PINNED: Final[dict[str, tuple[str, str]]] = {
    CREDENTIALS: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "open-badges-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
}


class UnknownContext(ValueError):
    """A context that is not one of ours, or a file of ours that was changed."""


@cache
def context(address: str) -> dict[str, Any]:
    """The context of that address. Raises `UnknownContext` for any other, and for a file whose digest differs."""
    if address not in PINNED:
        raise UnknownContext(address)
    name, digest = PINNED[address]
    content = (FOLDER / name).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise UnknownContext(f"{name} is not the published file")
    found: dict[str, Any] = json.loads(content)
    return found


def load(address: str, _options: object = None) -> dict[str, Any]:
    """The document loader of PyLD. « static »: what it resolved is kept for the life of the process."""
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": address,
        "document": context(address),
        "tag": "static",
    }
