"""Who signs, as an address that anybody resolves: did:web, and the document that lists our public keys."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from certificates.credential.keys import multibase, public_keys

CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]


def issuer_id() -> str:
    """Our identifier: `did:web:` and the name of this host; the colon before a port is written %3A."""
    return f"did:web:{urlsplit(settings.PUBLIC_URL).netloc.replace(':', '%3A')}"


def method_id(name: str) -> str:
    """The identifier of one of our keys."""
    return f"{issuer_id()}#{name}"


def document() -> dict[str, Any]:
    """What `/.well-known/did.json` says: each key that is published may sign what we assert."""
    methods = [
        {
            "id": method_id(name),
            "type": "Multikey",
            "controller": issuer_id(),
            "publicKeyMultibase": multibase(key),
        }
        for name, key in public_keys().items()
    ]
    return {
        "@context": CONTEXTS,
        "id": issuer_id(),
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }
