"""The text of a checkpoint: a signed note as other logs publish it (C2SP signed-note and tlog-checkpoint). Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
DASH = "\u2014"


class InvalidNote(ValueError):
    """The text is no checkpoint, or nobody known signed it."""


@dataclass(frozen=True)
class Statement:
    """What a checkpoint says: the name of the log, how many leaves, their root, and when."""

    origin: str
    size: int
    root: bytes
    at: str


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """The public key as a verifier takes it: name+id+key."""
    return f"{name}+{key_id(name, public).hex()}+{_told(ED25519 + public)}"


def body(origin: str, size: int, root: bytes, at: datetime) -> str:
    """The lines that are signed."""
    return f"{origin}\n{size}\n{_told(root)}\ntime {at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\n"


def signature_line(name: str, public: bytes, signature: bytes) -> str:
    """The line of one signature."""
    return f"{DASH} {name} {_told(key_id(name, public) + signature)}\n"


def is_note(text: str) -> bool:
    """Whether the text looks like a signed note."""
    return f"\n\n{DASH} " in text


def opened(text: str, keys: list[str]) -> Statement:
    """What a checkpoint says, once its signature by one of these keys was checked.

    Raises `InvalidNote` when it is no checkpoint or none of these keys signed it.
    """
    signed, gap, signatures = text.rpartition("\n\n")
    lines = signed.split("\n")
    try:
        known = [_key(one) for one in keys]
        statement = Statement(lines[0], int(lines[1]), _read(lines[2]), lines[3].removeprefix("time "))
        told = [line.removeprefix(f"{DASH} ").rsplit(" ", 1) for line in signatures.splitlines()]
        pairs = [(name, _read(signature)) for name, signature in told]
    except (ValueError, IndexError) as error:
        raise InvalidNote("this is not a checkpoint of a log") from error
    if not gap or statement.size < 0 or not any(_holds(f"{signed}\n", *pair, known) for pair in pairs):
        raise InvalidNote("no key of this log signed this checkpoint")
    return statement


def _holds(signed: str, name: str, signature: bytes, keys: list[tuple[str, bytes]]) -> bool:
    for known, public in keys:
        if known == name and key_id(name, public) == signature[:4]:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], signed.encode())
            except InvalidSignature:
                return False
            return True
    return False


def _key(text: str) -> tuple[str, bytes]:
    name, _id, told = text.strip().split("+", 2)
    return name, _read(told).removeprefix(ED25519)


def _told(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _read(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
