"""Badges that carry their credential inside the image (Open Badges 3.0, 5.3: PNG and SVG)."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

KEYWORD: Final = b"openbadgecredential"
NAMESPACE: Final = "https://purl.imsglobal.org/ob/v3p0"
FOLDER = Path(__file__).parent / "images"
PNG: Final = b"\x89PNG\r\n\x1a\n"
HEADER: Final = 33  # the signature of a PNG and its first chunk, which stays the first


def png(credential: str) -> bytes:
    """The badge as PNG with its credential."""
    image = (FOLDER / "badge.png").read_bytes()
    # keyword, not compressed, no language, no translated keyword, text in UTF-8
    data = KEYWORD + bytes(5) + credential.encode()
    kind = b"iTXt"
    chunk = struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return image[:HEADER] + chunk + image[HEADER:]


def svg(credential: str, *, number: str, title: str) -> str:
    """The badge as SVG with its credential; it shows the number of the label."""
    image = (FOLDER / "badge.svg").read_text(encoding="utf-8")
    start, rest = image.split("\n", 1)
    # A text may not hold the sign that ends it: it is cut there in two.
    kept = credential.replace("]]>", "]]]]><![CDATA[>")
    carried = (
        f'<openbadges:credential xmlns:openbadges="{NAMESPACE}"><![CDATA[{kept}]]></openbadges:credential>'
    )
    words = rest.replace("{number}", escape(number)).replace("{title}", escape(title))
    return f"{start}\n{carried}\n{words}"


def carried(content: bytes) -> str | None:
    """The credential that a badge carries, None for what carries none; the image itself is not looked at.

    Only what `png` and `svg` write is read, in one pass over the bytes: whoever changed a badge may have drawn it.
    """
    if content.startswith(PNG):
        return _of_png(content)
    _, found, rest = content.partition(
        f'<openbadges:credential xmlns:openbadges="{NAMESPACE}"><![CDATA['.encode()
    )
    kept, end, _ = rest.partition(b"]]></openbadges:credential>")
    if not content.lstrip().startswith(b"<svg") or not found or not end:
        return None
    return kept.replace(b"]]]]><![CDATA[>", b"]]>").decode(errors="replace")


def _of_png(content: bytes) -> str | None:
    place, mark = len(PNG), KEYWORD + bytes(5)
    while place + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        data = content[place + 8 : place + 8 + length]
        if kind == b"iTXt" and data.startswith(mark):
            return data.removeprefix(mark).decode(errors="replace")
        place += length + 12  # its length, its kind and its check too
    return None
