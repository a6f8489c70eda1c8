"""Signing a document and checking its signature: Data Integrity, eddsa-rdfc-2022 (VC Data Integrity EdDSA 1.0, 3.2)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld import jsonld

from certificates.credential import loader
from certificates.credential.did import method_id
from certificates.credential.keys import SigningKey

Document = dict[str, Any]

TYPE: Final = "DataIntegrityProof"
CRYPTOSUITE: Final = "eddsa-rdfc-2022"
PURPOSE: Final = "assertionMethod"
MOST_VALUES: Final = 300
DEEPEST: Final = 8
SIGNATURE_BYTES: Final = 64
NAMELESS: Final = "_:"


class InvalidProof(ValueError):
    """The document is not one that we signed, or it was changed since."""


def moment(at: datetime) -> str:
    """That moment as credentials write it: UTC, to the second."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def sign(document: Document, *, key: SigningKey, at: datetime) -> Document:
    """The document with its proof. Raises `InvalidProof` for one that `verify` would not read."""
    _read_without_risk(document)
    options = {
        "type": TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": moment(at),
        "verificationMethod": method_id(key.name),
        "proofPurpose": PURPOSE,
    }
    value = key.sign(_digest(document, options))
    return {**document, "proof": {**options, "proofValue": f"z{base58.b58encode(value).decode()}"}}


def verify(document: Document, *, keys: Mapping[str, Ed25519PublicKey]) -> str:
    """The identifier of the key that signed the document; `keys` are ours, by identifier (`keys.public_keys`).

    Raises `InvalidProof`: no proof, one of another kind, a key that is not ours or is published no more, a document
    that was changed. Nothing is turned into a graph before it is known to be small and to name all its nodes: the
    work grows with the size alone, which `checking` bounds.
    """
    proof = document.get("proof")
    if not isinstance(proof, dict) or not all(isinstance(value, str) for value in proof.values()):
        raise InvalidProof("no proof")
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    ours = {method_id(name): (name, key) for name, key in keys.items()}
    name, key = ours.get(options.get("verificationMethod", ""), (None, None))
    expected = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose"}
    stated = (options.get("type"), options.get("cryptosuite"), options.get("proofPurpose"))
    if name is None or key is None or set(options) != expected or stated != (TYPE, CRYPTOSUITE, PURPOSE):
        raise InvalidProof("not a proof of ours")
    content = {name: value for name, value in document.items() if name != "proof"}
    _read_without_risk(content)
    try:
        key.verify(_signature(proof.get("proofValue", "")), _digest(content, options))
    except (InvalidSignature, jsonld.JsonLdError) as error:
        raise InvalidProof("the document was changed") from error
    return name


def _signature(value: str) -> bytes:
    """The bytes of a signature written in base 58, whose length is bounded before it is read."""
    if not value.startswith("z") or len(value) > 2 * SIGNATURE_BYTES:
        raise InvalidProof("not a signature")
    try:
        return base58.b58decode(value[1:])
    except ValueError as error:
        raise InvalidProof("not a signature") from error


def _digest(document: Document, options: Mapping[str, str]) -> bytes:
    """What is signed: the digest of the options of the proof, then that of the document, both as canonical graphs."""
    parts = ({"@context": document["@context"], **options}, document)
    return b"".join(hashlib.sha256(_canonical(part)).digest() for part in parts)


def _canonical(document: Document) -> bytes:
    settings = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader.load}
    text: str = jsonld.normalize(document, settings)
    return text.encode()


def _read_without_risk(document: Document) -> None:
    """Only our contexts, few values, each node with an identifier of its own.

    A graph with nameless nodes may take factorial time to put in order (RDF Dataset Canonicalization, section 7.1).
    """
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not contexts or not all(_is_ours(one) for one in contexts):
        raise InvalidProof("not our contexts")
    content = {name: value for name, value in document.items() if name != "@context"}
    waiting: list[tuple[Any, int]] = [(content, 0)]
    seen = 0
    while waiting:
        value, depth = waiting.pop()
        seen += 1
        if depth > DEEPEST or seen > MOST_VALUES:
            raise InvalidProof("too deep or too large")
        if isinstance(value, dict):
            _read_node(value)
            waiting += [(inside, depth + 1) for inside in value.values()]
        elif isinstance(value, list):
            waiting += [(inside, depth + 1) for inside in value]
        elif isinstance(value, str) and value.startswith(NAMELESS):
            raise InvalidProof("a nameless node")


def _is_ours(context: object) -> bool:
    return isinstance(context, str) and context in loader.PINNED


def _read_node(node: Document) -> None:
    if not isinstance(node.get("id"), str) or not node["id"]:
        raise InvalidProof("a node without identifier")
    if any(name.startswith(("@", NAMELESS)) for name in node):
        raise InvalidProof("keywords of JSON-LD")
