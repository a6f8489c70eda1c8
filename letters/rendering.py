"""From a versioned template and facts to the blocks of a letter; never to markup: text stays text.

A template is written line by line: `# title`, `## subtitle`, `- item`, `1. item`, `~ label : value`, plain lines
(joined up to an empty line), `**bold**`, `@law reference`, `@attached piece`. The tags of Django's template
language choose and repeat; nothing can be loaded or included. A fact never changes the form of the letter.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.template import Context, Engine

from letters.pdf import Block, Bold, Content, LetterContent, Signatory
from letters.typography import french_date, french_datetime, no_break

LINE_END, STAR = (
    "\ue000",
    "\ue001",
)  # private signs: what a person typed is never read as a sign of the template
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_NUMBERED = re.compile(r"\d+\. ")
_FACT = re.compile(r"~ (.+?) :(.*)")

engine = Engine(dirs=[], app_dirs=False, loaders=[], libraries={}, autoescape=False, string_if_invalid="")


@dataclass
class Parsed:
    """The parts of a written text."""

    blocks: list[Block]
    laws: list[str]
    attachments: list[str]


def write(source: str, facts: Mapping[str, Any]) -> str:
    """The text of a template with its facts; dates and numbers in French. Raises TemplateSyntaxError."""
    return engine.from_string(source).render(Context(_shielded(dict(facts)), autoescape=False))


def line(source: str, facts: Mapping[str, Any]) -> str:
    """One line of text: a subject."""
    return no_break(" ".join(_plain(write(source, facts)).split()))


def lines(source: str, facts: Mapping[str, Any]) -> list[Content]:
    """The lines that are not empty: a summary."""
    return [_content(found) for found in write(source, facts).splitlines() if found.strip()]


def blocks(source: str, facts: Mapping[str, Any]) -> Parsed:
    """The blocks of a body, its legal references and its attachments."""
    parsed = Parsed([], [], [])
    paragraph: list[str] = []
    for found in [*write(source, facts).splitlines(), ""]:
        text = found.strip()
        if text and not _is_special(text):
            paragraph.append(text)
            continue
        if paragraph:
            parsed.blocks += _paragraphs(" ".join(paragraph))
            paragraph = []
        if text:
            _special(parsed, text)
    return parsed


def as_data(content: LetterContent) -> dict[str, Any]:
    """The content of a letter as JSON data; bold words become `{"b": words}`."""
    data = {one.name: _data(getattr(content, one.name)) for one in fields(content)}
    data["signatory"] = {one.name: getattr(content.signatory, one.name) for one in fields(Signatory)}
    data["dated"] = content.dated.isoformat() if content.dated else None
    return data


def from_data(data: Mapping[str, Any]) -> LetterContent:
    """The content of a letter from its frozen JSON data."""
    values = {name: _undata(value) for name, value in data.items() if name not in {"signatory", "dated"}}
    dated = data.get("dated")
    return LetterContent(
        **values,
        signatory=Signatory(**data["signatory"]),
        dated=datetime.fromisoformat(dated) if dated else None,
    )


def digest(data: Mapping[str, Any]) -> str:
    """The SHA-256 of a frozen letter."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _shielded(value: Any) -> Any:
    if isinstance(value, str):
        return LINE_END.join(value.strip().splitlines()).replace("*", STAR)
    if isinstance(value, datetime):
        return french_datetime(value)
    if isinstance(value, date):
        return french_date(value)
    if isinstance(value, Mapping):
        return {str(name): _shielded(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [_shielded(one) for one in value]
    return value if value is None or isinstance(value, bool | int) else _shielded(str(value))


def _plain(text: str) -> str:
    return no_break(text.replace(LINE_END, "\n").replace(STAR, "*"))


def _content(text: str) -> Content:
    parts = _BOLD.split(text.strip())
    spans = [Bold(_plain(part)) if place % 2 else _plain(part) for place, part in enumerate(parts) if part]
    return spans[0] if len(spans) == 1 and not isinstance(spans[0], Bold) else spans


def _paragraphs(text: str) -> list[Block]:
    return [
        ("p", _content(part)) for part in re.split(f"{LINE_END}(?:[ ]*{LINE_END})+", text) if part.strip()
    ]


def _is_special(text: str) -> bool:
    return text.startswith(("# ", "## ", "- ", "~ ", "@law ", "@attached ")) or bool(_NUMBERED.match(text))


def _special(parsed: Parsed, text: str) -> None:
    if text.startswith("@law "):
        parsed.laws.append(_plain(text.removeprefix("@law ")))
    elif text.startswith("@attached "):
        parsed.attachments.append(_plain(text.removeprefix("@attached ")))
    elif text.startswith("## "):
        parsed.blocks.append(("h3", _content(text.removeprefix("## "))))
    elif text.startswith("# "):
        parsed.blocks.append(("h", _content(text.removeprefix("# "))))
    elif found := _FACT.fullmatch(text):
        if found[2].strip():
            _grown(parsed.blocks, "facts", (_plain(found[1]), _content(found[2])))
    elif text.startswith("- "):
        _grown(parsed.blocks, "li", _content(text.removeprefix("- ")))
    else:
        _grown(parsed.blocks, "ol", _content(_NUMBERED.sub("", text, count=1)))


def _grown(found: list[Any], kind: str, item: Any) -> None:
    """Add an item to the list that ends the letter so far, or begin a list."""
    if found and found[-1][0] == kind:
        found[-1][1].append(item)
    else:
        found.append((kind, [item]))


def _data(value: Any) -> Any:
    if isinstance(value, Bold):
        return {"b": str(value)}
    if isinstance(value, tuple | list):
        return [_data(one) for one in value]
    return value


def _undata(value: Any) -> Any:
    if isinstance(value, dict):
        return Bold(value["b"])
    if isinstance(value, list):
        return [_undata(one) for one in value]
    return value
