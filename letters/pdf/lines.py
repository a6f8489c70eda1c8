"""Text cut into lines: nothing is ever lost, whatever its length, its alphabet or its lack of spaces."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from letters.pdf import faces, scripts


class Bold(str):
    """Words in bold inside a paragraph: `["Écrivez avant le ", Bold("3 mars 2027"), "."]`."""

    __slots__ = ()


Content = str | Sequence[str]
Piece = tuple[str, bool]

_IDEOGRAPHS = (
    "\u2e80-\u2fdf\u3001-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
)
_BREAKING = " \t\u1680\u2000-\u2006\u2008-\u200a\u205f\u3000"
_PARTS = re.compile(f"\n|[{_BREAKING}]+|[{_IDEOGRAPHS}]|[^\n{_BREAKING}{_IDEOGRAPHS}]+")
_BREAKING_SET = frozenset(" \t\u1680\u205f\u3000") | {
    chr(code) for code in range(0x2000, 0x200B) if code != 0x2007
}
_HYPHENS = re.compile(r"(?<=[^\W\d_]-)(?=[^\W\d_])")
_SOFT_PLACES = frozenset("-/._@,;:?&=+")


@dataclass(slots=True)
class Line:
    """One line: its pieces (text, bold) in reading order, its width in thousandths of the size."""

    pieces: list[Piece] = field(default_factory=list)
    width: float = 0.0
    spaced: bool = False
    """A space follows in the text: it is written at the end of the line, for those who hear the page."""
    from_right: bool = False
    """The paragraph that the line is cut from begins at the right."""

    @property
    def text(self) -> str:
        """The line as plain text, in reading order."""
        return "".join(text for text, _ in self.pieces)


@dataclass(slots=True)
class _Word:
    pieces: list[Piece] = field(default_factory=list)
    width: float = 0.0
    after_space: bool = False

    def add(self, text: str, bold: bool) -> None:
        self.pieces.append((text, bold))
        self.width += _advance(text, bold)


def _advance(text: str, bold: bool) -> float:
    # Long words are rare and mostly hostile: they are measured without being remembered.
    return faces.advance(text, bold=bold) if len(text) < 64 else sum(_char(char, bold) for char in text)


@lru_cache(maxsize=4096)
def _char(char: str, bold: bool) -> float:
    return faces.advance(char, bold=bold)


def plain(content: Content) -> str:
    """The content without its bold."""
    return content if isinstance(content, str) else "".join(content)


def pieces_of(content: Content, *, bold: bool) -> list[Piece]:
    """The content as (text, bold), cleaned; Arabic letters joined."""
    spans = [content] if isinstance(content, str) else content
    cleaned = [(faces.clean(span), bold or isinstance(span, Bold)) for span in spans]
    return [(scripts.join(text) if scripts.right_to_left(text) else text, heavy) for text, heavy in cleaned]


def cut(content: Content, *, width: float, bold: bool = False) -> list[Line]:
    """The content in lines at most `width` wide, in thousandths of the size of the letters.

    A word too long for a line is cut, after a sign such as a hyphen or a slash when there is one near.
    """
    pieces = pieces_of(content, bold=bold)
    paragraphs = "".join(text for text, _ in pieces).split("\n")
    sides = iter([scripts.starts_right(paragraph) for paragraph in paragraphs])
    lines = [Line(from_right=next(sides))]
    for word in _words(pieces):
        if word is None:
            lines.append(Line(from_right=next(sides)))
            continue
        line = lines[-1]
        gap = faces.advance(" ", bold=bold) if word.after_space and line.pieces else 0.0
        if line.pieces and line.width + gap + word.width > width:
            line.spaced = word.after_space
            line = Line(from_right=line.from_right)
            lines.append(line)
            gap = 0.0
        for part in _fitting(word, width):
            if line.pieces and part is not word:
                line = Line(from_right=line.from_right)
                lines.append(line)
            _join(line, part, gap)
            gap = 0.0
    return lines


def _words(pieces: list[Piece]) -> Iterator[_Word | None]:
    """The words, and None for each line end that the text asks for."""
    word = _Word()
    for text, bold in pieces:
        for part in _PARTS.findall(text):
            if part == "\n" or part[0] in _BREAKING_SET:
                if word.pieces:
                    yield word
                word = _Word(after_space=True)
                if part == "\n":
                    yield None
                    word = _Word()
                continue
            for number, chunk in enumerate(_HYPHENS.split(part)):
                if word.pieces and (number or _ideograph(chunk) or _ideograph(word.pieces[-1][0])):
                    yield word
                    word = _Word()
                word.add(chunk, bold)
    if word.pieces:
        yield word


@lru_cache(maxsize=4096)
def _ideograph(part: str) -> bool:
    return len(part) == 1 and re.match(f"[{_IDEOGRAPHS}]", part) is not None


def _fitting(word: _Word, width: float) -> Iterator[_Word]:
    """The word itself, or its parts when it is wider than a line."""
    if word.width <= width:
        yield word
        return
    chars = [(char, bold) for text, bold in word.pieces for char in text]
    start, used, soft = 0, 0.0, -1
    for index, (char, bold) in enumerate(chars):
        step = _char(char, bold)
        if used + step > width and index > start:
            end, kept = index, 0.0
            if start <= soft and index - soft < 20:
                left = sum(_char(*one) for one in chars[soft + 1 : index])
                end, kept = (soft + 1, left) if left + step <= width else (index, 0.0)
            yield _packed(chars[start:end])
            start, used = end, kept
        if char in _SOFT_PLACES:
            soft = index
        used += step
    yield _packed(chars[start:])


def _packed(chars: list[Piece]) -> _Word:
    word = _Word()
    for text, bold in merged(chars):
        word.add(text, bold)
    return word


def merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbours of the same weight in one piece."""
    joined: list[tuple[list[str], bool]] = []
    for text, bold in pieces:
        if joined and joined[-1][1] == bold:
            joined[-1][0].append(text)
        else:
            joined.append(([text], bold))
    return [("".join(texts), bold) for texts, bold in joined]


def _join(line: Line, word: _Word, gap: float) -> None:
    pieces = [(" ", word.pieces[0][1]), *word.pieces] if gap else word.pieces
    line.pieces = merged([*line.pieces, *pieces])
    line.width += gap + word.width
