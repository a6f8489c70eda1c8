"""A list of bits: one for each credential, the first one at the left (Bitstring Status List 1.0, 4.1)."""

from __future__ import annotations

import base64
import gzip
import zlib
from typing import Final

LENGTH: Final = 131_072  # the least that the recommendation allows, so that one credential hides among many
BYTES: Final = LENGTH // 8
# Half of a list stays empty: an unused place is found at the second draw, on average, at worst.
CAPACITY: Final = LENGTH // 2


def empty() -> bytes:
    """A list in which no bit is set."""
    return bytes(BYTES)


def is_set(content: bytes, index: int) -> bool:
    """Whether that bit is set."""
    return bool(content[index // 8] & (0x80 >> index % 8))


def changed(content: bytes, index: int, value: bool) -> bytes:
    """The same list with that bit set or cleared."""
    found, mask = bytearray(content), 0x80 >> index % 8
    found[index // 8] = found[index // 8] | mask if value else found[index // 8] & ~mask
    return bytes(found)


def encoded(content: bytes) -> str:
    """The list as it is published: compressed, in base 64 for addresses, with the prefix of multibase.

    The same bits give the same text: no date in it.
    """
    return f"u{base64.urlsafe_b64encode(gzip.compress(content, mtime=0)).decode().rstrip('=')}"


def decoded(text: str) -> bytes:
    """The bits of a published list. Raises ValueError for what is none, or is not of the length that we publish."""
    if not text.startswith("u"):
        raise ValueError("not multibase")
    packed = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
    try:
        content = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(packed, BYTES + 1)
    except zlib.error as error:
        raise ValueError("not compressed") from error
    if len(content) != BYTES:
        raise ValueError("not of our length")
    return content
