"""Writing that runs from right to left: Arabic letters joined, each line put in the order of the eye.

The subset of the Unicode bidirectional algorithm that names, addresses and sentences need: no explicit
embeddings (their marks are dropped), first strong letter gives the direction of the paragraph.
"""

import re
import unicodedata
from functools import cache

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_MIRROR = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_FORMS = ("isolated", "final", "initial", "medial")


def right_to_left(text: str) -> bool:
    """Whether some of the text is read from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def starts_right(text: str) -> bool:
    """Whether the first strong letter of the text is read from right to left."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return False


@cache
def _forms() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD)):
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        base = "".join(chr(int(letter, 16)) for letter in letters)
        pair = len(base) == 2 and base[0] == "\u0644" and base[1] in "\u0622\u0623\u0625\u0627"
        if kind.strip("<>") in _FORMS and (len(base) == 1 or pair):
            table.setdefault(base, {}).setdefault(kind.strip("<>"), chr(code))
    return table


@cache
def _letters() -> dict[int, str]:
    return {ord(form): base for base, kinds in _forms().items() for form in kinds.values()}


def unjoin(text: str) -> str:
    """The plain letters of a text given by `join`."""
    return text.translate(_letters())


def join(text: str) -> str:
    """The text with each Arabic letter in the form its neighbours give it, still in reading order."""
    forms = _forms()
    units = _arabic_units(text)
    letters = [index for index, unit in enumerate(units) if not unicodedata.combining(unit[0])]
    joined = list(units)
    for place, index in enumerate(letters):
        unit = units[index]
        if unit not in forms:
            continue
        before = units[letters[place - 1]] if place else ""
        after = units[letters[place + 1]] if place + 1 < len(letters) else ""
        linked_before = _joins_after(before) and "final" in forms[unit]
        linked_after = _joins_after(unit) and (after == "\u0640" or "final" in forms.get(after, {}))
        kind = _FORMS[linked_before + 2 * linked_after]
        joined[index] = forms[unit].get(kind, unit)
    return "".join(joined)


def _arabic_units(text: str) -> list[str]:
    pairs = "|".join(base for base in _forms() if len(base) == 2)
    return re.findall(f"{pairs}|.", text, flags=re.DOTALL)


def _joins_after(unit: str) -> bool:
    return unit == "\u0640" or "initial" in _forms().get(unit, {})


def visual(chars: list[tuple[str, bool]], *, from_right: bool) -> list[tuple[str, bool]]:
    """One line of (character, bold) in the order of the eye, left to right; brackets turned where needed."""
    base = 1 if from_right else 0
    clusters = _clusters(chars)
    levels = _levels([cluster[0][0] for cluster in clusters], base)
    order = list(range(len(clusters)))
    for level in range(max(levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and levels[order[end]] >= level:
                end += 1
            order[start:end] = order[start:end][::-1]
            start = end + 1
    turned: list[tuple[str, bool]] = []
    for index in order:
        first, *marks = clusters[index]
        char = first[0].translate(_MIRROR) if levels[index] % 2 else first[0]
        letter = (char, first[1])
        # The fonts draw a mark at the right of where the pen is: under its letter when it comes before it.
        turned += [*marks, letter] if levels[index] % 2 else [letter, *marks]
    return turned


def _clusters(chars: list[tuple[str, bool]]) -> list[list[tuple[str, bool]]]:
    clusters: list[list[tuple[str, bool]]] = []
    for char in chars:
        if clusters and unicodedata.combining(char[0]):
            clusters[-1].append(char)
        else:
            clusters.append([char])
    return clusters


def _levels(letters: list[str], base: int) -> list[int]:
    kinds = _directions(letters, base)
    if base:
        return [1 if kind == "R" else 2 for kind in kinds]
    return [{"L": 0, "R": 1, "N": 2}[kind] for kind in kinds]


def _directions(letters: list[str], base: int) -> list[str]:
    """Each letter as L, R, or N for a number inside right-to-left writing."""
    default = "R" if base else "L"
    kinds: list[str] = []
    strong = default
    for letter in letters:
        kind = unicodedata.bidirectional(letter)
        if kind in {"L", "R", "AL"}:
            strong = "L" if kind == "L" else "R"
            kinds.append(strong)
        elif kind in {"EN", "AN"}:
            kinds.append("L" if strong == "L" else "N")
        else:
            kinds.append("")
    return _fill(letters, kinds, default)


def _fill(letters: list[str], kinds: list[str], default: str) -> list[str]:
    start = 0
    while start < len(kinds):
        if kinds[start]:
            start += 1
            continue
        end = start
        while end < len(kinds) and not kinds[end]:
            end += 1
        before = kinds[start - 1] if start else default
        after = kinds[end] if end < len(kinds) else default
        # A separator inside a number stays in it: 01/02, 12,5.
        inside = before == after == "N" and end - start == 1 and letters[start] in "/.,:-"
        plain = {"L": "L", "R": "R", "N": "R"}
        same = plain[before] == plain[after]
        kinds[start:end] = ["N" if inside else plain[before] if same else default] * (end - start)
        start = end
    return kinds
