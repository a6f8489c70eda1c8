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
HEADER: Final = 33  # the signature of a PNG and its first chunk, which stays the first


def png(credential: str) -> bytes:
    """The badge as PNG with its credential."""
    image = (FOLDER / "badge.png").read_bytes()
    # keyword, not compressed, no language, no translated keyword, text in UTF-8
    data = KEYWORD + b"\0" + b"\0\0" + b"\0" + b"\0" + credential.encode()
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
