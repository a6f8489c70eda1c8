"""Which vendored font draws which character, how wide it is, and what of it goes into a file."""

import re
import threading
import unicodedata
import zlib
from functools import cache, lru_cache
from pathlib import Path
from urllib.parse import quote

from anyascii import anyascii
from reportlab.pdfbase.ttfonts import TTFontFace

FOLDER = Path(__file__).parent / "fonts"
REGULAR = ("AtkinsonHyperlegible-Regular", "DejaVuSans", "DroidSansFallback", "NotoEmoji-Regular")
BOLD = ("AtkinsonHyperlegible-Bold", "DejaVuSans-Bold", *REGULAR[1:])
MISSING = "\ufffd"
SPACES = "\t \u1680\u2000-\u200a\u202f\u205f\u3000\u00a0"

_SPACE = re.compile(f"[{SPACES}]")
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufffe\uffff"
    # The frame of a key and the colours of a skin: the emoji are drawn in one colour, without a frame.
    "\u20e3\U0001f3fb-\U0001f3ff\U000e0000-\U000e01ef]"
)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_LONE = re.compile("[\ud800-\udfff]")
_READING = threading.Lock()


@cache
def face(name: str) -> TTFontFace:
    """The vendored font of this name, read once."""
    return TTFontFace(str(FOLDER / f"{name}.ttf"))


@cache
def _drawn_by(name: str) -> frozenset[str]:
    return frozenset(map(chr, face(name).charToGlyph))


def clean(text: str) -> str:
    """The text as it can be written in a file: composed, line ends as `\\n`, no half character."""
    if text.isascii() and "\r" not in text:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _LONE.sub(MISSING, text))


def written(text: str) -> str:
    """The text for a title or another property of the file: one line, nothing that XML refuses."""
    return " ".join(_UNSEEN.sub(" ", clean(text)).split())


def spaced(text: str) -> str:
    """The text with spaces of one kind."""
    return text if text.isascii() else _SPACE.sub(" ", text)


def spoken(text: str) -> str:
    """The text for those who hear or copy it: all of it but the controls."""
    return _CONTROLS.sub("", text)


def address(text: str) -> str:
    """An address as plain ASCII, the rest percent-encoded."""
    return quote(written(text), safe="!#$%&'()*+,/:;=?@[]~")


@cache
def colour_profile() -> bytes:
    """The sRGB profile that every file carries, compressed."""
    return zlib.compress((FOLDER / "sRGB2014.icc").read_bytes())


@lru_cache(maxsize=4096)
def _drawn(char: str, bold: bool) -> tuple[str, str]:
    # A private character means nothing outside the font that holds it.
    kind = unicodedata.category(char)
    known = kind != "Co"
    chain = BOLD if bold else REGULAR
    for name in (REGULAR[-1], *chain) if char >= "\U0001f000" else chain:
        if known and char in _drawn_by(name):
            return name, char
    latin = anyascii(char) if known else ""
    return (chain[0], latin) if latin or kind.startswith("M") else ("DejaVuSans", MISSING)


def is_rewritten(text: str) -> bool:
    """Whether some of the text is drawn otherwise than it is written, because no font knows its alphabet."""
    seen = _UNSEEN.sub("", _SPACE.sub("", clean(text)))
    return any(_drawn(char, bold=False)[1] != char for char in seen)


def runs(text: str, *, bold: bool) -> list[tuple[str, str]]:
    """The text cut in (font, characters to draw): spaces of one kind, what cannot be seen taken out.

    What no font draws is rewritten in Latin letters, character by character; what means nothing becomes U+FFFD.
    """
    first = BOLD[0] if bold else REGULAR[0]
    if text.isascii() and text.isprintable():
        return [(first, text)] if text else []
    text = _UNSEEN.sub("", _SPACE.sub(" ", text))
    if _drawn_by(first).issuperset(text):
        return [(first, text)] if text else []
    cut: list[tuple[str, str]] = []
    for char in text:
        name, shown = _drawn(char, bold)
        if cut and cut[-1][0] == name:
            cut[-1] = (name, cut[-1][1] + shown)
        else:
            cut.append((name, shown))
    return cut


@lru_cache(maxsize=20_000)
def advance(text: str, *, bold: bool) -> float:
    """How wide the text is, in thousandths of its size."""
    total = 0.0
    for name, shown in runs(text, bold=bold):
        widths, default = face(name).charWidths, face(name).defaultWidth
        total += sum(widths.get(ord(char), default) for char in shown)
    return total


@lru_cache(maxsize=256)
def subset(name: str, codes: tuple[int, ...]) -> tuple[int, bytes]:
    """A TrueType font that holds these characters only: its length, and its bytes compressed."""
    reader = face(name)
    with _READING:  # the reader keeps its place in the file on itself
        program = bytes(reader.makeSubset(list(codes)))
    return len(program), zlib.compress(program)


@cache
def face_for_subset(name: str) -> TTFontFace:
    """A second reader of the font, used under the lock only."""
    return TTFontFace(str(FOLDER / f"{name}.ttf"))
